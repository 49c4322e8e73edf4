#include "tests/workers/worker_fixture.hpp"

#include <poll.h>
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "engine/runtime/random_id.hpp"

namespace sluice::testing {

bool become_true(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    poll(nullptr, 0, 1);
  }
  return true;
}

Directory::Directory() {
  std::string pattern = std::filesystem::temp_directory_path() / "sluice-worker-XXXXXX";
  REQUIRE(mkdtemp(pattern.data()));
  path_ = pattern;
}
Directory::~Directory() {
  std::filesystem::remove_all(path_);
}

WorkerThread::WorkerThread(const std::filesystem::path& directory, std::int64_t idle_exit_ms) {
  WorkerOptions options;
  options.instance = random_id();
  options.place = {directory, "socket"};
  options.files.directory = options.leases = directory;
  options.program = "test";
  options.idle_exit_ms = idle_exit_ms;
  options.make_hosts = [this](ReportSink sink) -> Result<std::unique_ptr<Hosts>> {
    auto made = std::make_unique<ScriptedHosts>(std::move(sink));
    hosts = made.get();
    return std::unique_ptr<Hosts>(std::move(made));
  };
  auto opened = Worker::open(std::move(options));
  if (!opened) FAIL(opened.error().text());
  worker = std::move(*opened);
  thread_ = std::thread([this] {
    (void)worker->run();
    ended_ = true;
  });
}

WorkerThread::~WorkerThread() {
  if (!thread_.joinable()) return;
  worker->drain(true);
  thread_.join();
}

void WorkerThread::join() {
  thread_.join();
}

EngineDouble::EngineDouble(const std::filesystem::path& directory, std::vector<std::string> command,
                           bool settles) {
  WorkerHostsOptions options;
  options.engine = random_id();
  options.place = {directory, "socket"};
  options.files.directory = options.leases = directory;
  options.command = std::move(command);
  options.program = "test";
  options.say = [this](const std::string& line) {
    const std::lock_guard lock(mutex_);
    said_ += line + '\n';
  };
  auto opened = WorkerHosts::open(
      std::move(options),
      [this, settles](const std::string&, Input report, std::function<void()> settled) {
        const std::lock_guard lock(mutex_);
        ++reports_;
        if (const auto* const success = std::get_if<ReportSuccess>(&report))
          outcomes_[success->key.execution] = "success";
        if (const auto* const failure = std::get_if<ReportFailure>(&report))
          outcomes_[failure->key.execution] = failure->failure.code;
        if (settles)
          settled();
        else
          unsettled_.push_back(std::move(settled));
      });
  if (!opened) FAIL(opened.error().text());
  hosts = std::move(*opened);
}

std::string EngineDouble::outcome(ExecutionNumber execution) {
  const std::lock_guard lock(mutex_);
  const auto found = outcomes_.find(execution);
  return found == outcomes_.end() ? "" : found->second;
}

int EngineDouble::reports() {
  const std::lock_guard lock(mutex_);
  return reports_;
}

bool EngineDouble::heard(const std::string& words) {
  const std::lock_guard lock(mutex_);
  return said_.find(words) != std::string::npos;
}

void EngineDouble::settle_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& settled : unsettled_) settled();
  unsettled_.clear();
}

}  // namespace sluice::testing
