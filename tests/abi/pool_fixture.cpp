#include "tests/abi/pool_fixture.hpp"

#include <dirent.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>

#include "engine/hosts/installation.hpp"
#include "engine/hosts/plugin_catalog.hpp"
#include "engine/hosts/process_end.hpp"

namespace sluice::testing {
namespace fs = std::filesystem;
namespace {

constexpr const char* kTestVariable = "SLUICE_TEST_PROGRAM";

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

const ActionKey& key_of(const Input& report) {
  if (const auto* const r = std::get_if<ReportSuccess>(&report)) return r->key;
  if (const auto* const r = std::get_if<ReportContinue>(&report)) return r->key;
  if (const auto* const r = std::get_if<ReportProgress>(&report)) return r->key;
  return std::get<ReportFailure>(report).key;
}

}  // namespace

std::string Answer::variable(const std::string& name) const {
  for (const auto& [key, value] : std::get<ReportSuccess>(report).variables)
    if (key == name) return value;
  return "";
}

std::string zoo_file(const std::string& name) {
  return std::string(SLUICE_ZOO) + '/' + name + ".so";
}

std::vector<int> leftover_processes() {
  std::vector<int> found;
  const std::string wanted = std::string(kTestVariable) + '=' + std::to_string(getpid());
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0 || pid == getpid()) continue;
    const std::string environment = '\0' + read_file(entry.path() / "environ");
    if (environment.find('\0' + wanted + '\0') != std::string::npos) found.push_back(pid);
  }
  return found;
}

int open_descriptors() {
  int count = 0;
  DIR* const directory = opendir("/proc/self/fd");
  while (readdir(directory)) ++count;
  closedir(directory);
  return count;
}

bool become_true(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    poll(nullptr, 0, 1);
  }
  return true;
}

PoolFixture::PoolFixture(const Adjust& adjust) {
  setenv(kTestVariable, std::to_string(getpid()).c_str(), 1);
  std::string pattern = fs::temp_directory_path() / "sluice-pool-XXXXXX";
  REQUIRE(mkdtemp(pattern.data()));
  root_ = pattern;
  HostPoolOptions options;
  options.host_program = action_host_program();
  options.work_directory = root_ / "work";
  options.state_directory = root_ / "state";
  options.artifacts = port();
  options.log = this;
  options.cancel_grace_ms = 200;
  options.terminate_grace_ms = 200;
  const auto catalog = read_plugin_catalog(
      {options.host_program, {}, {zoo_file("behaving"), zoo_file("misbehaving")}, "", 20000});
  for (const auto& problem : catalog.problems) FAIL(problem.text());
  options.types = types_ = catalog.types;
  if (adjust) adjust(options);
  auto pool = HostPool::open(std::move(options),
                             [this](const std::string&, Input report) { take(std::move(report)); });
  if (!pool) FAIL(pool.error().text());
  pool_ = std::move(*pool);
}

PoolFixture::~PoolFixture() {
  pool_.reset();
  remove_tree(root_);
}

void PoolFixture::close() {
  pool_.reset();
}

ArtifactPort PoolFixture::port() {
  ArtifactPort port;
  port.unpack = [this](const ArtifactRef& artifact, const std::string& directory) -> Result<void> {
    const std::lock_guard lock(mutex_);
    const auto found = artifacts.find(artifact.digest);
    if (found == artifacts.end())
      return Error{ErrorKind::kNotFound, artifact.digest, "is not stored"};
    for (const auto& [path, content] : found->second) {
      fs::create_directories((fs::path(directory) / path).parent_path());
      std::ofstream(fs::path(directory) / path) << content;
    }
    return {};
  };
  port.pack = [this](const Job&, const std::string& name,
                     const std::string& directory) -> Result<std::string> {
    const std::lock_guard lock(mutex_);
    if (name == "unstorable") return Error{ErrorKind::kUnavailable, name, "the disk is full"};
    auto& content = artifacts["digest-of-" + name];
    content.clear();
    for (const auto& entry : fs::recursive_directory_iterator(directory))
      if (entry.is_regular_file())
        content[entry.path().lexically_relative(directory)] = read_file(entry.path());
    return "digest-of-" + name;
  };
  return port;
}

Job PoolFixture::job(const std::string& provider, Category category) {
  Job job;
  job.pipeline = "webshop";
  job.key = {next_++, 0, 0, 1, 1};
  job.id = {0x1111222233334444, 0x8555666677778888};
  job.execution_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
  job.stage = "Stage";
  job.action = "Action";
  job.type = {category, "Custom", provider, "1"};
  job.base_directory = root_;
  return job;
}

Instant PoolFixture::in_ms(std::int64_t ms) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + ms};
}

void PoolFixture::start(const Job& job) {
  pool_->start(job);
}

void PoolFixture::cancel(const Job& job) {
  pool_->cancel(job.pipeline, job.key);
}

Answer PoolFixture::wait(const Job& job) {
  std::unique_lock lock(mutex_);
  const bool came =
      more_.wait_for(lock, std::chrono::seconds(30), [&] { return reported_[job.key.execution]; });
  INFO("no report of " << job.type.provider);
  REQUIRE(came);
  return answers_[job.key.execution];
}

Answer PoolFixture::run(const Job& job) {
  start(job);
  return wait(job);
}

void PoolFixture::wait_for_log(const Job& job, const std::string& text) {
  std::unique_lock lock(mutex_);
  REQUIRE(more_.wait_for(lock, std::chrono::seconds(30), [&] {
    return answers_[job.key.execution].log.find(text) != std::string::npos;
  }));
}

bool PoolFixture::has_report(const Job& job) {
  const std::lock_guard lock(mutex_);
  return reported_[job.key.execution];
}

void PoolFixture::append(const Job& job, std::string_view lines) {
  const std::lock_guard lock(mutex_);
  answers_[job.key.execution].log += lines;
  more_.notify_all();
}

void PoolFixture::end(const Job& job) {
  const std::lock_guard lock(mutex_);
  ++answers_[job.key.execution].log_ends;
}

void PoolFixture::take(Input report) {
  const std::lock_guard lock(mutex_);
  const auto execution = key_of(report).execution;
  if (auto* const progress = std::get_if<ReportProgress>(&report)) {
    answers_[execution].progress.push_back(*progress);
    return;
  }
  answers_[execution].report = std::move(report);
  reported_[execution] = true;
  more_.notify_all();
}

}  // namespace sluice::testing
