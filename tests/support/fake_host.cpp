#include "tests/support/fake_host.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

namespace sluice::testing {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void die(const std::string& why) {
  std::cerr << "fake_host: " << why << '\n';
  std::abort();
}

// stdout and stderr go to a file while this lives.
class Capture {
 public:
  explicit Capture(const fs::path& path) {
    flush();
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) die("cannot open " + path.string());
    for (const int fd : {1, 2}) {
      saved_[fd - 1] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
      dup2(file, fd);
    }
    close(file);
  }
  ~Capture() {
    flush();
    for (const int fd : {1, 2}) {
      dup2(saved_[fd - 1], fd);
      close(saved_[fd - 1]);
    }
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

 private:
  static void flush() {
    std::cout.flush();
    std::fflush(nullptr);
  }
  int saved_[2];
};

std::string or_empty(const char* text) {
  return text ? text : "";
}

}  // namespace

void write_file(const fs::path& path, const std::string& text, bool executable) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  if (!fs::exists(path)) die("cannot write " + path.string());
  if (executable) fs::permissions(path, fs::perms(0755));
}

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> paths;
  if (!fs::exists(directory)) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_symlink() || !entry.is_directory())
      paths.push_back(entry.path().lexically_relative(directory).string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct FakeHost::Table {
  static FakeHost& self(sluice_run* run) { return *reinterpret_cast<FakeHost*>(run); }

  static const char* text(sluice_run* run, sluice_text which) {
    const auto found = self(run).texts_.find(which);
    return found == self(run).texts_.end() ? nullptr : found->second.c_str();
  }
  static const char* const* list(sluice_run* run, sluice_list which) {
    return self(run).list(which);
  }
  static const char* configuration(sluice_run* run, const char* key) {
    const auto found = self(run).configuration_.find(key);
    return found == self(run).configuration_.end() ? nullptr : found->second.c_str();
  }
  static int set_output(sluice_run* run, const char* key, const char* value) {
    if (self(run).refuse_outputs) return -1;
    self(run).outputs[key] = value;
    return 0;
  }
  static void set_revision(sluice_run* run, const char* artifact, const char* id,
                           const char* summary, const char* url) {
    self(run).revisions[artifact] = {or_empty(id), or_empty(summary), or_empty(url)};
  }
  static void set_detail(sluice_run* run, const char* key, const char* json) {
    self(run).details[key] = json;
  }
  static void set_external(sluice_run* run, const char* id, const char* url, const char* summary) {
    self(run).external = {or_empty(id), or_empty(url), or_empty(summary)};
  }
  static void fail(sluice_run* run, sluice_failure_kind kind, const char* code,
                   const char* message) {
    self(run).failure = {kind, or_empty(code), or_empty(message)};
  }
  static void continue_later(sluice_run* run, const char* token, int64_t delay_ms) {
    self(run).continuation = {or_empty(token), delay_ms};
  }
  static void log(sluice_run*, sluice_log_level, const char* text) {
    std::fflush(stdout);
    const std::string line = std::string(text) + '\n';
    if (write(1, line.data(), line.size()) < 0) die("cannot write the log");
  }
  static void progress(sluice_run* run, int32_t percent, const char* summary) {
    self(run).progress.emplace_back(percent, or_empty(summary));
  }
  static int cancelled(sluice_run* run) {
    auto& polls = self(run).polls_until_cancel_;
    if (polls < 0) return 0;
    if (polls == 0) return 1;
    --polls;
    return 0;
  }
  static int mask(sluice_run* run, const char* value) {
    self(run).masked.emplace_back(value);
    return 0;
  }
  static const void* extension(sluice_run* run, const char* id) {
    const auto found = self(run).extensions_.find(id);
    return found == self(run).extensions_.end() ? nullptr : found->second;
  }
};

FakeHost::FakeHost() {
  std::string pattern = (fs::temp_directory_path() / "sluice-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) die("cannot create a temporary directory");
  root_ = fs::canonical(pattern);
  for (const auto& directory : {work_directory(), state_directory(), base_directory()})
    fs::create_directories(directory);
  static constexpr sluice_secrets kSecrets = {sizeof(sluice_secrets), Table::mask};
  extensions_ = {{SLUICE_SECRETS_ID, &kSecrets}};
  texts_ = {{SLUICE_TEXT_PIPELINE, "webshop"},
            {SLUICE_TEXT_EXECUTION_ID, "11111111-2222-4333-8444-555555555555"},
            {SLUICE_TEXT_STAGE, "Stage"},
            {SLUICE_TEXT_ACTION, "Action"},
            {SLUICE_TEXT_ACTION_EXECUTION, "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"},
            {SLUICE_TEXT_REGION, "local"},
            {SLUICE_TEXT_ACCOUNT, "000000000000"},
            {SLUICE_TEXT_WORK_DIRECTORY, work_directory()},
            {SLUICE_TEXT_STATE_DIRECTORY, state_directory()},
            {SLUICE_TEXT_BASE_DIRECTORY, base_directory()},
            {SLUICE_TEXT_JOB, "{}"}};
}

FakeHost::~FakeHost() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void FakeHost::set_environment(const std::string& name, const std::string& value) {
  environment_.emplace_back(name, value);
}

fs::path FakeHost::input(const std::string& name, const std::string& revision) {
  const fs::path directory = root_ / "in" / name;
  fs::create_directories(directory);
  inputs_.push_back({name, directory, revision, {}});
  return directory;
}

fs::path FakeHost::output(const std::string& name, std::vector<std::string> files) {
  const fs::path directory = root_ / "out" / name;
  fs::create_directories(directory);
  outputs_.push_back({name, directory, "", std::move(files)});
  return directory;
}

std::vector<std::string> FakeHost::flatten(sluice_list which) const {
  std::vector<std::string> texts;
  switch (which) {
    case SLUICE_LIST_CONFIGURATION:
      for (const auto& [key, value] : configuration_) texts.insert(texts.end(), {key, value});
      break;
    case SLUICE_LIST_COMMANDS:
      texts = commands_;
      break;
    case SLUICE_LIST_ENVIRONMENT:
      for (const auto& [name, value] : environment_) texts.insert(texts.end(), {name, value});
      break;
    case SLUICE_LIST_OUTPUT_VARIABLES:
      texts = output_variables_;
      break;
    case SLUICE_LIST_INPUT_ARTIFACTS:
      for (const auto& a : inputs_) texts.insert(texts.end(), {a.name, a.directory, a.revision});
      break;
    case SLUICE_LIST_OUTPUT_ARTIFACTS:
      for (const auto& a : outputs_) texts.insert(texts.end(), {a.name, a.directory});
      break;
    case SLUICE_LIST_OUTPUT_FILES:
      for (const auto& a : outputs_)
        for (const auto& file : a.files) texts.insert(texts.end(), {a.name, file});
      break;
  }
  return texts;
}

const char* const* FakeHost::list(sluice_list which) {
  auto& [texts, pointers] = lists_[which];
  if (pointers.empty()) {
    texts = flatten(which);
    for (const auto& text : texts) pointers.push_back(text.c_str());
    pointers.push_back(nullptr);
  }
  return pointers.data();
}

sluice_outcome FakeHost::run(sluice_outcome (*action)(const sluice_host*, sluice_run*)) {
  lists_.clear();
  failure.reset();
  continuation.reset();
  const sluice_host host = {sizeof(sluice_host), SLUICE_ABI_MINOR,      Table::text,
                            Table::list,         Table::configuration,  Table::set_output,
                            Table::set_revision, Table::set_detail,     Table::set_external,
                            Table::fail,         Table::continue_later, Table::log,
                            Table::progress,     Table::cancelled,      Table::extension};
  const fs::path before = fs::current_path();
  fs::current_path(work_directory());
  sluice_outcome outcome;
  {
    const Capture capture(root_ / "log");
    outcome = action(&host, reinterpret_cast<sluice_run*>(this));
  }
  fs::current_path(before);
  return outcome;
}

std::string FakeHost::log() const {
  return read_file(root_ / "log");
}

}  // namespace sluice::testing
