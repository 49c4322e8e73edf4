#include "plugins/source/checkout.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

namespace sluice::source {
namespace fs = std::filesystem;
namespace {

using Steps = std::vector<std::vector<std::string>>;

Answer all(const Git& git, const Steps& steps) {
  Answer answer;
  for (const auto& step : steps) {
    answer = git(step, kTransfer_ms);
    if (!answer.ok()) break;
  }
  return answer;
}

// Straight from the mirror's objects into the directory: no repository is made, and git archive's
// export-ignore and export-subst do not change what was committed.
Answer snapshot(const Run& run, const Mirror& mirror, const std::string& commit,
                const std::string& directory) {
  return mirror.git({"--work-tree=" + directory, "read-tree", "--reset", "-u", commit},
                    kTransfer_ms, {{"GIT_INDEX_FILE", run.work_directory() + "/index"}});
}

// A repository of its own in the output directory, checked out.
Answer clone(const Git& git, const Mirror& mirror, const GitRequest& request,
             const Selection& selection, const std::string& directory) {
  const auto in = [&](std::vector<std::string> step) {
    step.insert(step.begin(), {"-C", directory});
    return step;
  };
  Steps steps = {{"init", "--quiet", "--template=", directory},
                 in({"remote", "add", "origin", request.location.shown}),
                 in({"fetch", "--quiet", "--update-shallow", "--no-write-fetch-head",
                     mirror.directory(), "+refs/heads/*:refs/remotes/origin/*",
                     "+refs/tags/*:refs/tags/*", "+refs/sluice/*:refs/sluice/*"})};
  if (selection.branch.empty()) {
    steps.push_back(in({"checkout", "--quiet", "--detach", selection.commit}));
  } else {
    steps.push_back(in({"checkout", "--quiet", "-B", selection.branch, selection.commit}));
    steps.push_back(in({"config", "branch." + selection.branch + ".remote", "origin"}));
    steps.push_back(
        in({"config", "branch." + selection.branch + ".merge", "refs/heads/" + selection.branch}));
  }
  return all(git, steps);
}

Answer update_submodules(const Git& git, const std::string& directory) {
  return git({"-C", directory, "submodule", "--quiet", "update", "--init", "--recursive"},
             kTransfer_ms);
}

// Names only used while fetching do not belong in what the user gets.
Answer drop_private_refs(const Git& git, const std::string& directory) {
  auto refs = git({"-C", directory, "for-each-ref", "--format=%(refname)", "refs/sluice/"});
  process::Lines lines([&](const std::string& ref) {
    if (refs.ok()) refs = git({"-C", directory, "update-ref", "-d", ref});
  });
  const std::string names = refs.output;
  lines.add(names);
  return refs;
}

// Git refuses to track anything called ".git", so whatever has the name is a repository's.
void remove_git_directories(const std::string& directory) {
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator at(directory), end; at != end; ++at)
    if (at->path().filename() == ".git") {
      found.push_back(at->path());
      at.disable_recursion_pending();
    }
  for (const auto& path : found) fs::remove_all(path);
}

Answer read_facts(const Mirror& mirror, const std::string& commit, CommitFacts& facts) {
  auto shown = mirror.git(
      {"show", "-s", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%ad%n%cd%n%B", commit});
  if (!shown.ok()) return shown;
  std::string text = shown.output;
  const auto take_line = [&] {
    std::string line = first_line(text);
    text.erase(0, line.size() + 1);
    return line;
  };
  facts.author_date = take_line();
  facts.committer_date = take_line();
  facts.message = text;
  while (facts.message.ends_with('\n')) facts.message.pop_back();
  return shown;
}

}  // namespace

Answer check_out(Run& run, const Git& git, const Mirror& mirror, const GitRequest& request,
                 const Selection& selection, const OutputArtifact& output, CommitFacts& facts) {
  auto answer = read_facts(mirror, selection.commit, facts);
  if (!answer.ok()) return answer;
  if (!request.full_clone && !request.submodules)
    return snapshot(run, mirror, selection.commit, output.directory);
  answer = clone(git, mirror, request, selection, output.directory);
  if (answer.ok() && request.submodules) answer = update_submodules(git, output.directory);
  if (!answer.ok()) return answer;
  if (request.full_clone) return drop_private_refs(git, output.directory);
  remove_git_directories(output.directory);
  return answer;
}

}  // namespace sluice::source
