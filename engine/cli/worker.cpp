#include "engine/cli/worker.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "engine/artifacts/artifact_store.hpp"
#include "engine/artifacts/log_store.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/run_log.hpp"
#include "engine/cli/worker_place.hpp"
#include "engine/hosts/host_pool.hpp"
#include "engine/hosts/installation.hpp"
#include "engine/runtime/random_id.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/workers/worker.hpp"

namespace sluice {
namespace {

struct WorkerFlags {
  std::string data;
  unsigned slots = 64;
  std::int64_t idle_exit_s = 60, drain_s = 80;
};

// SIGTERM and its like become readable; every thread that is started later has them blocked.
int block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

void print_line(const std::string& line) {
  const time_t now = time(nullptr);
  tm utc = {};
  gmtime_r(&now, &utc);
  char text[32];
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  std::fprintf(stderr, "%s worker %d: %s\n", text, getpid(), line.c_str());
}

// What the jobs of one data directory need, and the hosts that run them.
struct Workplace {
  explicit Workplace(const DataDirectory& in)
      : data(in), artifacts(in.artifacts()), logs(in.logs()), log(logs) {}

  Result<std::unique_ptr<Hosts>> open_pool(std::vector<ActionTypeDescription> types, unsigned slots,
                                           ReportSink sink) {
    HostPoolOptions options;
    options.host_program = action_host_program();
    options.work_directory = data.work().string();
    options.state_directory = data.state().string();
    options.types = std::move(types);
    options.artifacts.unpack = [this](const ArtifactRef& artifact, const std::string& directory) {
      return artifacts.unpack(artifact.digest, directory);
    };
    options.artifacts.pack = [this](const Job&, const std::string&, const std::string& directory) {
      return artifacts.pack(directory);
    };
    options.log = &log;
    options.max_hosts = slots;
    auto pool = HostPool::open(std::move(options), std::move(sink));
    if (!pool) return pool.error();
    return std::unique_ptr<Hosts>(std::move(*pool));
  }

  DataDirectory data;
  ArtifactStore artifacts;
  LogStore logs;
  RunLog log;
};

int work(const WorkerFlags& flags, const CliEnvironment& environment) {
  auto data = open_data_directory(flags.data);
  if (!data) return complain(data.error());
  auto types = environment.catalogue();
  if (!types) return complain(types.error());

  Workplace place(*data);
  WorkerOptions options;
  options.instance = random_id();
  options.signals = block_signals();
  options.place = worker_socket(*data);
  options.files.directory = data->worker();
  options.leases = data->leases();
  options.program = SLUICE_VERSION;
  options.idle_exit_ms = flags.idle_exit_s * 1000;
  options.drain_ms = flags.drain_s * 1000;
  options.say = print_line;
  options.make_hosts = [&](ReportSink sink) {
    return place.open_pool(std::move(*types), flags.slots, std::move(sink));
  };
  const int signals = options.signals;
  auto worker = Worker::open(std::move(options));
  if (!worker) return complain(worker.error());
  const auto ended = (*worker)->run();
  worker->reset();
  close(signals);
  return ended ? 0 : complain(ended.error());
}

}  // namespace

void add_worker_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* const command = app.add_subcommand(
      "worker", "Run the actions of a data directory's server; the server starts one by itself");
  command->footer(
      "A worker outlives its server: what runs goes on, and the next server takes it up again. It "
      "ends by itself when it has no server and nothing runs. SIGTERM ends it when its actions "
      "have; a second one ends them.");
  auto flags = std::make_shared<WorkerFlags>();
  add_data_option(*command, flags->data);
  command->add_option("--slots", flags->slots, "Actions at once")
      ->check(CLI::Range(1u, 4096u))
      ->capture_default_str();
  command
      ->add_option("--idle-exit", flags->idle_exit_s,
                   "Seconds without a server and without anything running, then it ends")
      ->check(CLI::Range(1, 7 * 24 * 3600))
      ->capture_default_str();
  command
      ->add_option("--drain", flags->drain_s,
                   "Seconds that actions get to end by themselves after SIGTERM")
      ->check(CLI::Range(0, 7 * 24 * 3600))
      ->capture_default_str();
  command->callback([flags, &environment, &exit_code] { exit_code = work(*flags, environment); });
}

}  // namespace sluice
