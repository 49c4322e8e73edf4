// Calls of a no-op action through warm hosts, from Hosts::start() to the report, beside what the
// machine allows: a message to another process and back, and starting a process.
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>
#include <zmq.hpp>

#include "engine/hosts/host_pool.hpp"
#include "engine/hosts/installation.hpp"
#include "engine/hosts/plugin_catalog.hpp"
#include "engine/hosts/plugin_probe.hpp"
#include "engine/runtime/random_id.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/workers/worker_hosts.hpp"

extern char** environ;

namespace {
using namespace sluice;

double now_us() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Of this process and of all that it has waited for.
double cpu_us() {
  double sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage;
    getrusage(who, &usage);
    for (const auto& time : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  }
  return sum;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// Counts reports, and wakes whoever waits for some of them.
class Gate {
 public:
  void pass() {
    const std::lock_guard lock(mutex_);
    ++passed_;
    if (passed_ >= wanted_) more_.notify_one();
  }
  void wait_for(long passed) {
    std::unique_lock lock(mutex_);
    wanted_ = passed;
    more_.wait(lock, [&] { return passed_ >= wanted_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  long passed_ = 0, wanted_ = 0;
};

std::string behaving() {
  return std::string(SLUICE_ZOO) + "/behaving.so";
}

using MakeHosts = std::function<std::unique_ptr<Hosts>(Gate& gate)>;

std::unique_ptr<Hosts> in_process(const std::string& directory, Gate& gate) {
  HostPoolOptions options;
  options.host_program = action_host_program();
  options.work_directory = directory + "/work";
  options.state_directory = directory + "/state";
  options.types = read_plugin_catalog({options.host_program, {}, {behaving()}, "", 20000}).types;
  if (options.types.empty()) {
    std::fprintf(stderr, "%s cannot be used\n", behaving().c_str());
    std::exit(1);
  }
  auto pool =
      HostPool::open(std::move(options), [&gate](const std::string&, Input) { gate.pass(); });
  if (!pool) std::exit(1);
  return std::move(*pool);
}

// The same through `sluice worker`, which settles every report at once.
std::unique_ptr<Hosts> in_worker(const std::string& directory, Gate& gate) {
  const auto data = open_data_directory(directory + "/data");
  std::filesystem::create_directories(directory + "/plugins");
  std::filesystem::copy_file(behaving(), directory + "/plugins/behaving.so",
                             std::filesystem::copy_options::overwrite_existing);
  setenv("SLUICE_PLUGIN_PATH", (directory + "/plugins").c_str(), 1);
  WorkerHostsOptions options;
  options.engine = random_id();
  options.place = {data->worker(), "socket"};
  options.files.directory = data->worker();
  options.leases = data->leases();
  options.command = {SLUICE_PROGRAM, "worker", "--data", data->root, "--drain", "0"};
  auto hosts = WorkerHosts::open(std::move(options),
                                 [&gate](const std::string&, Input, std::function<void()> settled) {
                                   settled();
                                   gate.pass();
                                 });
  if (!hosts) std::exit(1);
  (*hosts)->resumed();
  return std::move(*hosts);
}

class Bench {
 public:
  explicit Bench(const MakeHosts& make) : hosts_(make(gate_)) {
    job_.pipeline = "bench";
    job_.key = {1, 0, 0, 1, 1};
    job_.execution_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    job_.stage = "Stage";
    job_.action = "Action";
    job_.type = {Category::kInvoke, "Custom", "nothing", "1"};
    for (int i = 0; i < 200; ++i) one();  // warm
  }
  ~Bench() {
    const auto* const worker = dynamic_cast<WorkerHosts*>(hosts_.get());
    const auto pid = worker ? static_cast<pid_t>(worker->standing().pid) : 0;
    hosts_.reset();
    if (pid <= 0) return;
    kill(pid, SIGTERM);
    waitpid(pid, nullptr, 0);  // so that its CPU time counts
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  double one() {
    const double begin = now_us();
    start();
    gate_.wait_for(started_);
    return now_us() - begin;
  }
  // `count` calls with `in_flight` of them under way; calls a second.
  double many(long count, long in_flight) {
    const double begin = now_us();
    for (long i = 0; i < count; ++i) {
      start();
      if (started_ % 32 == 0) gate_.wait_for(started_ - in_flight);
    }
    gate_.wait_for(started_);
    return static_cast<double>(count) / (now_us() - begin) * 1e6;
  }

 private:
  void start() {
    job_.key.execution = static_cast<ExecutionNumber>(++started_);
    hosts_->start(job_);
  }

  Job job_;
  Gate gate_;
  long started_ = 0;
  std::unique_ptr<Hosts> hosts_;
};

// Each printed with what it cost, the hosts included.
void bench_calls(const char* name, const MakeHosts& make, int rounds, long calls,
                 const std::string& limit) {
  std::vector<double> times;
  double per_second, cpu_begin;
  {
    Bench bench(make);
    for (int i = 0; i < rounds; ++i) times.push_back(bench.one());
    cpu_begin = cpu_us();
    per_second = bench.many(calls, 256);
  }  // the hosts end, so their CPU time counts
  std::printf("  %-12s one at a time %10.1f us   (%s)\n", name, median(times), limit.c_str());
  std::printf("  %-12s 256 in flight %10.0f /s   %.1f us of CPU each, hosts included\n", name,
              per_second, (cpu_us() - cpu_begin) / static_cast<double>(calls));
}

// 300 bytes to a child process and back over ZeroMQ on a UNIX socket, one at a time.
double zmq_round_trip_us(const std::string& directory, int rounds) {
  const std::string address = "ipc://" + directory + "/echo";
  const pid_t child = fork();
  if (child == 0) {
    zmq::context_t context{1};
    zmq::socket_t router{context, zmq::socket_type::router};
    router.bind(address);
    for (int i = 0; i < rounds; ++i) {
      zmq::message_t peer, body;
      if (!router.recv(peer) || !router.recv(body)) break;
      router.send(peer, zmq::send_flags::sndmore);
      router.send(body, zmq::send_flags::none);
    }
    router.close();
    context.close();
    _exit(0);
  }
  std::vector<double> times;
  zmq::context_t context{1};
  zmq::socket_t dealer{context, zmq::socket_type::dealer};
  dealer.connect(address);
  const std::string message(300, 'x');
  for (int i = 0; i < rounds; ++i) {
    const double begin = now_us();
    zmq::message_t answer;
    dealer.send(zmq::buffer(message), zmq::send_flags::none);
    if (!dealer.recv(answer)) break;
    times.push_back(now_us() - begin);
  }
  waitpid(child, nullptr, 0);
  return median(times);
}

// 300 bytes to a child process and back, one at a time.
double bare_round_trip_us(int rounds) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 0;
  std::array<char, 300> message{};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    while (read(ends[1], message.data(), message.size()) > 0)
      if (write(ends[1], message.data(), message.size()) < 0) break;
    _exit(0);
  }
  close(ends[1]);
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const double begin = now_us();
    if (write(ends[0], message.data(), message.size()) < 0) break;
    if (read(ends[0], message.data(), message.size()) < 0) break;
    times.push_back(now_us() - begin);
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return median(times);
}

double bare_spawn_us(int rounds) {
  std::vector<double> times;
  std::string program = "/bin/true";
  std::array<char*, 2> arguments = {program.data(), nullptr};
  for (int i = 0; i < rounds; ++i) {
    const double begin = now_us();
    pid_t pid;
    if (posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) break;
    waitpid(pid, nullptr, 0);
    times.push_back(now_us() - begin);
  }
  return median(times);
}

double host_start_us(const std::string& plugin, int rounds) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const double begin = now_us();
    if (!probe_plugins(action_host_program(), {plugin}, 20000)[0]) return 0;
    times.push_back(now_us() - begin);
  }
  return median(times);
}

}  // namespace

int main(int count, char** values) {
  const bool quick = count > 1 && std::strcmp(values[1], "--quick") == 0;
  const int rounds = quick ? 20 : 2000;
  const long calls = quick ? 500 : 200000;
  std::string directory = std::filesystem::temp_directory_path() / "sluice-bench-XXXXXX";
  if (!mkdtemp(directory.data())) return 1;
  std::printf("calls of a no-op action through warm hosts\n");
  char limit[80];
  std::snprintf(limit, sizeof limit, "bare socket round trip %.1f us", bare_round_trip_us(rounds));
  bench_calls(
      "in process", [&](Gate& gate) { return in_process(directory, gate); }, rounds, calls, limit);
  std::snprintf(limit, sizeof limit, "bare ZeroMQ ipc round trip %.1f us",
                zmq_round_trip_us(directory, rounds));
  bench_calls(
      "in a worker", [&](Gate& gate) { return in_worker(directory, gate); }, rounds, calls, limit);
  const int starts = quick ? 3 : 100;
  std::printf("  start of a host, C++ %10.0f us   (bare posix_spawn of true %.0f us)\n",
              host_start_us(std::string(SLUICE_ZOO) + "/behaving.so", starts),
              bare_spawn_us(starts));
  std::printf("  start of a host, C   %10.0f us\n",
              host_start_us(std::string(SLUICE_ZOO) + "/plain_c.so", starts));
  std::filesystem::remove_all(directory);
  return 0;
}
