#include <algorithm>

#include "plugins/source/git_source.hpp"

namespace sluice::source {
namespace {

std::string without_prefix(std::string text, std::string_view prefix) {
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return text;
}

// git-check-ref-format(1), as far as a name could be taken for something else by git's commands.
bool is_ref_name(const std::string& name) {
  return !name.starts_with("-") && !name.starts_with("/") && !name.ends_with("/") &&
         !name.ends_with(".lock") && name.find("..") == std::string::npos &&
         name.find("@{") == std::string::npos &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return c > ' ' && c != 0x7F &&
                  std::string_view("~^:?*[\\").find(static_cast<char>(c)) == std::string_view::npos;
         });
}

bool is_commit_id(const std::string& text) {
  return text.size() >= 4 && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

std::string check(const GitRequest& request) {
  if (!is_ref_name(request.branch))
    return "branch: '" + request.branch + "' is not a branch name; write it as git branch shows it";
  if (!is_ref_name(request.tag))
    return "tag: '" + request.tag + "' is not a tag name; write it as git tag shows it";
  if (!request.commit.empty() && !is_commit_id(request.commit))
    return "commit: '" + request.commit +
           "' is not a commit id; give 4 to 64 hexadecimal digits, or use branch or tag";
  if (!request.tag.empty() && !request.commit.empty())
    return "tag and commit are both given; keep the one that is meant";
  if (!request.tag.empty() && !request.branch.empty())
    return "tag and branch are both given; keep the one that is meant";
  return "";
}

}  // namespace

std::optional<GitRequest> read_git_request(const Run& run, std::string& problem) {
  const std::string repository = run.configuration("repository", "");
  if (repository.empty() || repository.starts_with("-")) {
    problem = "repository: '" + repository + "' is neither a path nor a URL";
    return std::nullopt;
  }
  GitRequest request;
  request.location = locate(repository, run.base_directory());
  request.branch = without_prefix(run.configuration("branch", ""), "refs/heads/");
  request.tag = without_prefix(run.configuration("tag", ""), "refs/tags/");
  request.commit = run.configuration("commit", "");
  if (const auto revision = run.source_revision(); revision && !revision->empty()) {
    request.commit = *revision;
    request.tag.clear();
  }
  const std::string format = run.configuration("outputArtifactFormat", "CODE_ZIP");
  request.full_clone = format == "CODEBUILD_CLONE_REF" || format == "fullClone";
  request.submodules = run.flag("submodules");
  if (!request.full_clone && format != "CODE_ZIP" && format != "snapshot")
    problem = "outputArtifactFormat: '" + format +
              "' is not known; use CODE_ZIP (files only) or CODEBUILD_CLONE_REF (with .git)";
  if (problem.empty()) problem = check(request);
  if (!problem.empty()) return std::nullopt;
  return request;
}

}  // namespace sluice::source
