#include "engine/cli/action_run.hpp"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <random>

#include "engine/cli/directory_copy.hpp"
#include "engine/hosts/host_pool.hpp"
#include "engine/hosts/installation.hpp"
#include "engine/hosts/process_end.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Uuid random_uuid() {
  std::random_device random;
  const auto word = [&] { return std::uint64_t{random()} << 32 | random(); };
  const std::uint64_t high = word(), low = word();
  return {(high & ~0xf000ull) | 0x4000ull, (low & ~(3ull << 62)) | (2ull << 62)};
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = fs::temp_directory_path() / "sluice-action-XXXXXX";
    if (mkdtemp(pattern.data())) path_ = pattern;
  }
  ~TemporaryDirectory() {
    if (!path_.empty()) remove_tree(path_);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class StreamLog final : public LogSink {
 public:
  explicit StreamLog(std::ostream& to) : to_(to) {}
  void append(const Job&, std::string_view lines) override { to_ << lines << std::flush; }
  void end(const Job&) override {}

 private:
  std::ostream& to_;
};

// Descriptors that the waiting thread listens to: signals, and reports from the pool's thread.
class Reports {
 public:
  Reports() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    signals_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~Reports() {
    close(event_);
    close(signals_);
  }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  // On any thread.
  void put(Input report) {
    if (std::holds_alternative<ReportProgress>(report)) return;
    const std::lock_guard lock(mutex_);
    report_ = std::move(report);
    const std::uint64_t one = 1;
    (void)!write(event_, &one, sizeof one);
  }
  // Waits for a report for limit_ms (below 0: without limit). Nothing: the limit is over, or
  // `interrupted`.
  std::optional<Input> take(int limit_ms, bool& interrupted) {
    pollfd sources[] = {{event_, POLLIN, 0}, {signals_, POLLIN, 0}};
    while (poll(sources, 2, limit_ms) < 0 && errno == EINTR) {
    }
    signalfd_siginfo signal;
    if (sources[1].revents != 0 && read(signals_, &signal, sizeof signal) > 0) interrupted = true;
    std::uint64_t count;
    (void)!read(event_, &count, sizeof count);
    const std::lock_guard lock(mutex_);
    return std::exchange(report_, std::nullopt);
  }

 private:
  int event_, signals_ = -1;
  std::mutex mutex_;
  std::optional<Input> report_;
};

Job make_job(const ActionRequest& request) {
  Job job;
  job.pipeline = "action-run";
  job.key = {1, 0, 0, 1, 1};
  job.id = random_uuid();
  job.execution_id = to_text(random_uuid());
  job.stage = "Stage";
  job.action = request.type.id.provider;
  job.type = request.type.id;
  job.configuration = request.configuration;
  job.secret_keys = request.secret_keys;
  job.commands = request.commands;
  job.output_variables = request.output_variables;
  job.environment = request.environment;
  for (const auto& [name, directory] : request.inputs) {
    ArtifactRef input;
    input.name = name;
    input.digest = directory;
    job.inputs.push_back(std::move(input));
  }
  for (const auto& [name, directory] : request.outputs) {
    const auto files = request.output_files.find(name);
    job.outputs.push_back(
        {name, files == request.output_files.end() ? std::vector<std::string>() : files->second});
  }
  job.base_directory = request.base_directory;
  job.source_revision = request.source_revision;
  if (request.timeout_ms > 0) job.deadline = {wall_ms() + request.timeout_ms};
  return job;
}

// Directories of the user's in the place of an artifact store.
ArtifactPort directories_as_artifacts(const ActionRequest& request) {
  ArtifactPort port;
  port.unpack = [](const ArtifactRef& artifact, const std::string& directory) {
    return copy_directory(artifact.digest, directory);
  };
  port.pack = [&request](const Job&, const std::string& name,
                         const std::string& directory) -> Result<std::string> {
    for (const auto& [output, target] : request.outputs) {
      if (output != name) continue;
      if (auto copied = copy_directory(directory, target); !copied) return copied.error();
      return target;
    }
    return Error{ErrorKind::kNotFound, name, "is no output of this action"};
  };
  return port;
}

Failure no_signal() {
  return {FailureKind::kConfiguration, "WaitsForSignal",
          "the action waits for a signal, and there is nobody to send one here: give its JSON "
          "with --signal"};
}

ActionResult interrupted_result() {
  ActionResult result;
  result.end = ActionEnd::kInterrupted;
  result.failure = {FailureKind::kCancelled, "Interrupted", "interrupted"};
  return result;
}

// True: `job` is to be called again, after delay_ms.
bool next_turn(const ReportContinue& report, std::string& signal, Job& job, ActionResult& result,
               std::int64_t& delay_ms) {
  result.account = report.account;
  job.has_continuation = true;
  job.continuation = report.token;
  job.signal.clear();
  ++job.key.turn;
  delay_ms = report.delay_ms;
  if (delay_ms >= 0) return true;
  if (signal.empty()) {
    result.failure = no_signal();
    return false;
  }
  job.signal = std::exchange(signal, "");
  delay_ms = 0;
  return true;
}

ActionResult run_turns(const ActionRequest& request, HostPool& pool, Reports& reports) {
  ActionResult result;
  Job job = make_job(request);
  std::string signal = request.signal;
  bool interrupted = false;
  for (;;) {
    pool.start(job);
    std::optional<Input> report;
    while (!report && !interrupted) report = reports.take(-1, interrupted);
    if (interrupted) return interrupted_result();
    if (auto* const success = std::get_if<ReportSuccess>(&*report)) {
      result.end = ActionEnd::kSucceeded;
      result.account = std::move(success->account);
      result.variables = std::move(success->variables);
      result.artifacts = std::move(success->outputs);
      return result;
    }
    if (auto* const failure = std::get_if<ReportFailure>(&*report)) {
      result.account = std::move(failure->account);
      result.failure = std::move(failure->failure);
      return result;
    }
    std::int64_t delay_ms = 0;
    if (!next_turn(std::get<ReportContinue>(*report), signal, job, result, delay_ms)) return result;
    const std::int64_t left_ms =
        job.deadline.ms == 0 ? delay_ms : std::min(delay_ms, job.deadline.ms - wall_ms());
    if (left_ms > 0) (void)reports.take(static_cast<int>(left_ms), interrupted);
    if (interrupted) return interrupted_result();
    if (job.deadline.ms != 0 && left_ms < delay_ms) {
      result.failure = {FailureKind::kTimedOut, "TimedOut",
                        "the action had " + std::to_string(request.timeout_ms) +
                            "ms and was still waiting to be continued"};
      return result;
    }
  }
}

}  // namespace

Result<ActionResult> run_action(const ActionRequest& request, std::ostream& log) {
  const TemporaryDirectory temporary;
  if (temporary.path().empty())
    return Error{ErrorKind::kUnavailable, fs::temp_directory_path(),
                 "no temporary directory can be made there: set TMPDIR"};
  StreamLog sink(log);
  HostPoolOptions options;
  options.host_program = action_host_program();
  options.work_directory = temporary.path() + "/work";
  options.state_directory = temporary.path() + "/state";
  options.types = {request.type};
  options.artifacts = directories_as_artifacts(request);
  options.log = &sink;
  if (!request.state_directory.empty()) {
    std::error_code error;
    fs::create_directories(request.state_directory, error);
    if (error) return Error{ErrorKind::kBadInput, request.state_directory, error.message()};
    options.state_of = [&](const Job&) { return request.state_directory; };
  }
  Reports reports;
  auto pool = HostPool::open(std::move(options), [&](const std::string&, Input report) {
    reports.put(std::move(report));
  });
  if (!pool) return pool.error();
  const std::int64_t begin = wall_ms();
  auto result = run_turns(request, **pool, reports);
  result.took_ms = wall_ms() - begin;
  if (result.end == ActionEnd::kInterrupted) {
    // A second signal is not for us any more.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  }
  pool->reset();
  return result;
}

}  // namespace sluice
