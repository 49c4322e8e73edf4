#include "engine/triggers/repository.hpp"

#include <algorithm>
#include <filesystem>

#include "plugins/process/child.hpp"
#include "plugins/source/refs.hpp"

namespace sluice::triggers {
namespace {

constexpr std::int64_t kQuick_ms = 60'000, kTransfer_ms = 600'000;
constexpr std::size_t kLongestOutput = std::size_t{256} << 20U, kLongestError = 4096;
constexpr const char* kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

// As git's hooks set them, which may well have started us.
const std::vector<std::string_view> kNotInherited = {"GIT_DIR",
                                                     "GIT_WORK_TREE",
                                                     "GIT_INDEX_FILE",
                                                     "GIT_OBJECT_DIRECTORY",
                                                     "GIT_PREFIX",
                                                     "GIT_NAMESPACE",
                                                     "GIT_QUARANTINE_PATH",
                                                     "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                                     "GIT_TERMINAL_PROMPT",
                                                     "LC_ALL",
                                                     "GIT_COMMON_DIR",
                                                     "GIT_CONFIG_PARAMETERS"};

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

Repository::Repository(std::string url, std::string mirror, std::function<bool()> cancelled)
    : url_(std::move(url)), mirror_(std::move(mirror)), cancelled_(std::move(cancelled)) {}

Repository::Answer Repository::git(std::vector<std::string> arguments,
                                   std::int64_t deadline_ms) const {
  Answer answer;
  process::Command command;
  command.arguments = {"git",
                       "-c",
                       "core.hooksPath=/dev/null",
                       "-c",
                       "core.fsmonitor=false",
                       "-c",
                       "protocol.ext.allow=never",
                       "-c",
                       "gc.auto=0"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = process::inherited_environment(kNotInherited);
  command.environment.insert(
      command.environment.end(),
      {{"GIT_TERMINAL_PROMPT", "0"}, {"SSH_ASKPASS_REQUIRE", "never"}, {"LC_ALL", "C.UTF-8"}});
  command.deadline_ms = deadline_ms;
  command.cancelled = cancelled_;
  bool whole = true;
  command.on_output = [&](std::string_view bytes) {
    whole = whole && answer.output.size() + bytes.size() <= kLongestOutput;
    if (whole) answer.output += bytes;
  };
  command.on_error = [&](std::string_view bytes) {
    if (answer.trouble.size() < kLongestError) answer.trouble += bytes;
  };
  const auto ending = process::run(command);
  answer.ok = ending.succeeded() && whole;
  if (!answer.ok) {
    const auto said = first_line(answer.trouble);
    answer.trouble = "git " + arguments.front() + " " + (whole ? ending.text() : "said too much") +
                     (said.empty() ? "" : ": " + said);
  }
  return answer;
}

Repository::Answer Repository::in_mirror(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"-C", mirror_});
  return git(std::move(arguments), kQuick_ms);
}

Result<Repository::State> Repository::ask() const {
  const auto answer =
      git({"ls-remote", "--symref", "--", url_, "HEAD", "refs/heads/*", "refs/tags/*"}, kQuick_ms);
  if (!answer.ok) return Error{ErrorKind::kUnavailable, url_, answer.trouble};
  const auto parsed = source::parse_refs(answer.output);
  State state;
  state.head_branch = parsed.head_branch;
  for (const auto& [name, id] : parsed.branches) state.refs.emplace("refs/heads/" + name, id);
  for (const auto& [name, id] : parsed.tags) state.refs.emplace("refs/tags/" + name, id);
  // An annotated tag means the commit, not the tag's own object.
  process::Lines lines([&](const std::string& line) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos || !line.ends_with("^{}")) return;
    const auto name = line.substr(tab + 1, line.size() - tab - 4);
    if (const auto tag = state.refs.find(name); tag != state.refs.end())
      tag->second = line.substr(0, tab);
  });
  lines.add(answer.output);
  lines.finish();
  return state;
}

// Everything, so that a push of any branch finds what it is compared with.
Result<void> Repository::fetch() const {
  std::error_code error;
  if (!std::filesystem::exists(mirror_ + "/HEAD", error)) {
    std::filesystem::create_directories(mirror_, error);
    const auto made = git({"init", "--quiet", "--bare", "--template=", "--", mirror_}, kQuick_ms);
    if (!made.ok) return Error{ErrorKind::kUnavailable, mirror_, made.trouble};
  }
  const auto fetched = git({"-C", mirror_, "fetch", "--quiet", "--no-tags", "--force", "--", url_,
                            "+refs/heads/*:refs/watched/heads/*"},
                           kTransfer_ms);
  if (!fetched.ok) return Error{ErrorKind::kUnavailable, url_, fetched.trouble};
  return {};
}

Result<std::vector<std::string>> Repository::changed(const std::string& from,
                                                     const std::string& to) const {
  // Without renames, so that the old and the new name of a moved file both count.
  const auto answer = in_mirror({"diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to});
  if (!answer.ok) return Error{ErrorKind::kUnavailable, url_, answer.trouble};
  std::vector<std::string> files;
  std::size_t at = 0;
  for (auto end = answer.output.find('\0'); end != std::string::npos;
       end = answer.output.find('\0', at)) {
    files.push_back(answer.output.substr(at, end - at));
    at = end + 1;
  }
  return files;
}

std::string Repository::shared_commit(const Push& push, const Refs& known) const {
  constexpr std::size_t kMostBranches = 5000;  // what a command line holds
  constexpr std::string_view kWatched = "refs/watched/heads/";
  std::vector<std::string> question = {"merge-base", push.commit};
  process::Lines lines([&](const std::string& ref) {
    const auto name = ref.substr(std::min(kWatched.size(), ref.size()));
    const bool before = known.contains("refs/heads/" + name);
    if (before && name != push.name && question.size() < kMostBranches) question.push_back(ref);
  });
  lines.add(in_mirror({"for-each-ref", "--format=%(refname)", std::string(kWatched)}).output);
  lines.finish();
  // With several, git looks for what is shared with any of them.
  const auto answer = question.size() > 2 ? in_mirror(question) : Answer{};
  return answer.ok ? first_line(answer.output) : "";
}

Result<std::vector<std::string>> Repository::changed_files(const Push& push,
                                                           const Refs& known) const {
  if (auto fetched = fetch(); !fetched) return fetched.error();
  if (!push.before.empty() && in_mirror({"cat-file", "-e", push.before + "^{commit}"}).ok)
    return changed(push.before, push.commit);
  const auto base = shared_commit(push, known);
  return changed(base.empty() ? kEmptyTree : base, push.commit);
}

Result<std::vector<std::string>> Repository::changed_files(const PullRequest& pull) const {
  if (auto fetched = fetch(); !fetched) return fetched.error();
  const auto base =
      in_mirror({"merge-base", "refs/watched/heads/" + pull.destination, pull.commit});
  return changed(base.ok ? first_line(base.output) : kEmptyTree, pull.commit);
}

}  // namespace sluice::triggers
