#include "engine/cli/git_hook.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "plugins/process/child.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = "# Written by `sluice trigger install-hook`";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

// What runs beside git. Its own descriptors: whoever pushed over a connection would wait for ours.
std::string call_line(const HookCall& call) {
  const std::string pipeline = call.pipeline.empty() ? "" : " --pipeline " + quoted(call.pipeline);
  return "(" + quoted(call.program) + " trigger notify --data " + quoted(call.data) + pipeline +
         " \"$(git rev-parse --path-format=absolute --git-common-dir)\" </dev/null >/dev/null 2>&1 "
         "&)";
}

Result<std::string> ask_git(const std::string& repository, const char* what) {
  process::Command command;
  command.arguments = {"git",        "-C", repository, "rev-parse", "--path-format=absolute",
                       "--git-path", what};
  if (std::string_view(what).empty()) {
    command.arguments.pop_back();
    command.arguments.back() = "--git-common-dir";
  }
  command.environment = process::inherited_environment({"GIT_DIR", "GIT_WORK_TREE", "LC_ALL"});
  command.environment.emplace_back("LC_ALL", "C.UTF-8");
  command.deadline_ms = 30'000;
  std::string output, trouble;
  command.on_output = [&](std::string_view bytes) { output += bytes; };
  command.on_error = [&](std::string_view bytes) { trouble += bytes; };
  const auto ending = process::run(command);
  while (output.ends_with('\n')) output.pop_back();
  if (ending.succeeded() && !output.empty()) return output;
  return Error{ErrorKind::kBadInput, repository,
               "is no repository that git can use: git " + ending.text() +
                   (trouble.empty() ? "" : ": " + trouble.substr(0, trouble.find('\n')))};
}

Result<GitHook> hook_of(const std::string& repository) {
  const auto hooks = ask_git(repository, "hooks");
  if (!hooks) return hooks.error();
  const auto directory = ask_git(repository, "");
  if (!directory) return directory.error();
  const fs::path path = fs::path(*hooks) / "reference-transaction";
  return GitHook{path.string(), *hooks != *directory + "/hooks"};
}

bool is_ours(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return text.find(kMark) != std::string::npos;
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Error cannot(const std::string& path) {
  return {ErrorKind::kUnavailable, path, std::string("cannot be written: ") + strerror(errno)};
}

// Whole or not at all: git may run it any time.
Result<void> write_program(const std::string& path, const std::string& text) {
  const std::string part = path + ".sluice-" + std::to_string(getpid());
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0755);
  if (file < 0) return cannot(part);
  // 0755 whatever the umask is: git runs it as whoever pushes.
  const bool good = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                    fchmod(file, 0755) == 0 && fsync(file) == 0;
  close(file);
  if (good && std::rename(part.c_str(), path.c_str()) == 0) return {};
  const auto error = cannot(path);
  unlink(part.c_str());
  return error;
}

}  // namespace

std::string hook_text(const HookCall& call) {
  return std::string("#!/bin/sh\n") + kMark + R"(; `sluice trigger remove-hook` removes it.
# Tells the sluice server that branches or tags have changed; the push neither fails nor waits for it.
[ "$1" = committed ] || exit 0
grep -Eq ' refs/(heads|tags)/' || exit 0
[ -x )" + quoted(call.program) +
         R"( ] || exit 0
)" + call_line(call) +
         "\nexit 0\n";
}

Result<GitHook> install_git_hook(const std::string& repository, const HookCall& call) {
  auto hook = hook_of(repository);
  if (!hook) return hook;
  if (exists(hook->path) && !is_ours(hook->path)) {
    return Error{ErrorKind::kConflict, hook->path,
                 "there is a hook already; add to it what tells the server, and see that it comes "
                 "after the hook's own checks:\n  [ \"$1\" = committed ] && " +
                     call_line(call)};
  }
  std::error_code trouble;
  fs::create_directories(fs::path(hook->path).parent_path(), trouble);
  if (auto written = write_program(hook->path, hook_text(call)); !written) return written.error();
  return hook;
}

Result<GitHook> remove_git_hook(const std::string& repository) {
  auto hook = hook_of(repository);
  if (!hook) return hook;
  if (!exists(hook->path)) return Error{ErrorKind::kNotFound, hook->path, "there is no such hook"};
  if (!is_ours(hook->path))
    return Error{ErrorKind::kConflict, hook->path,
                 "this hook was not written by `sluice trigger install-hook`; remove what it does "
                 "for sluice by hand"};
  if (unlink(hook->path.c_str()) != 0) return cannot(hook->path);
  return hook;
}

}  // namespace sluice
