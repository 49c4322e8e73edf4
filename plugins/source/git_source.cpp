#include "plugins/source/git_source.hpp"

#include <algorithm>
#include <filesystem>

#include "plugins/source/checkout.hpp"
#include "plugins/source/digest.hpp"
#include "plugins/source/git.hpp"
#include "plugins/source/mirror.hpp"
#include "plugins/source/refs.hpp"

namespace sluice::source {
namespace fs = std::filesystem;
namespace {

using Refusal = std::optional<Outcome>;
constexpr const char* kAllBranches = "+refs/heads/*:refs/heads/*";
constexpr const char* kAllTags = "+refs/tags/*:refs/tags/*";

// Finds the commit that is asked for and sees to it that the mirror has it.
class Selector {
 public:
  Selector(Run& run, const GitRequest& request, const Mirror& mirror)
      : run_(run), request_(request), mirror_(mirror) {}

  [[nodiscard]] Refusal select(Selection& selection) {
    selection.repository = request_.location.name;
    return request_.commit.empty() ? select_name(selection) : select_commit(selection);
  }

 private:
  Outcome refuse(const Answer& answer, const std::string& doing) const {
    return explain(answer, doing, request_.location.url, request_.location.shown);
  }

  Refusal fetch(const std::vector<std::string>& refspecs, const std::string& what) {
    run_.log("Fetching " + what + " from " + request_.location.shown);
    const auto fetched = mirror_.fetch(refspecs);
    if (!fetched.ok()) return refuse(fetched, "Fetching " + what);
    return std::nullopt;
  }

  // A branch, a tag, or the remote's HEAD: the remote is asked first, because its answer is cheap,
  // often says that nothing is new, and tells the names for a good error message.
  Refusal select_name(Selection& selection) {
    const auto listed = mirror_.ask_remote();
    if (!listed.ok()) return refuse(listed, "Reading the repository");
    const Refs refs = parse_refs(listed.output);
    if (auto refusal = choose_name(refs, selection)) return refusal;
    const bool tag = !selection.tag.empty();
    const std::string& name = tag ? selection.tag : selection.branch;
    const auto& names = tag ? refs.tags : refs.branches;
    const auto found = names.find(name);
    if (found == names.end() && !name.empty())
      return failed(missing_name(tag ? "tag" : "branch", name, names, request_.location.shown),
                    SLUICE_FAILURE_CONFIGURATION, tag ? "TagNotFound" : "BranchNotFound");

    const std::string id = name.empty() ? refs.head_commit : found->second;
    selection.commit = mirror_.commit(id);
    if (!selection.commit.empty() && !request_.full_clone) return std::nullopt;
    const std::string remote = name.empty() ? "HEAD" : (tag ? "refs/tags/" : "refs/heads/") + name;
    // One flat name for each: branches "a" and later "a/b" do not get into each other's way.
    const std::string local = "refs/sluice/" + hex_digest(remote).substr(0, 32);
    std::vector<std::string> refspecs = {"+" + remote + ":" + local};
    if (request_.full_clone) refspecs.insert(refspecs.end(), {kAllBranches, kAllTags});
    if (auto refusal = fetch(refspecs, name.empty() ? "HEAD" : name)) return refusal;
    selection.commit = mirror_.commit(local);
    if (selection.commit.empty())
      return misconfigured("'" + name + "' in " + request_.location.shown + " is not a commit");
    return std::nullopt;
  }

  Refusal choose_name(const Refs& refs, Selection& selection) const {
    selection.tag = request_.tag;
    selection.branch = request_.branch;
    if (!selection.tag.empty() || !selection.branch.empty()) return std::nullopt;
    selection.branch = refs.head_branch;
    if (!refs.head_commit.empty()) return std::nullopt;
    if (refs.branches.empty())
      return failed(request_.location.shown + " has no commits yet", SLUICE_FAILURE_CONFIGURATION,
                    "EmptyRepository");
    return failed("the HEAD of " + request_.location.shown +
                      " names a branch that does not exist; set branch in the configuration",
                  SLUICE_FAILURE_CONFIGURATION, "BranchNotFound");
  }

  Refusal select_commit(Selection& selection) {
    selection.commit = mirror_.commit(request_.commit);
    std::vector<std::string> branches;
    if (!selection.commit.empty()) branches = mirror_.branches_with(selection.commit);
    if (branches.empty() || request_.full_clone) {
      if (auto refusal = fetch({kAllBranches, kAllTags}, "all branches")) return refusal;
      selection.commit = mirror_.commit(request_.commit);
    }
    // Some hosts hand out commits that no branch names, such as those of pull requests.
    if (selection.commit.empty() && request_.commit.size() >= 40) {
      const std::string local = "refs/sluice/" + request_.commit;
      if (mirror_.try_fetch({"+" + request_.commit + ":" + local}).ok())
        selection.commit = mirror_.commit(request_.commit);
    }
    if (selection.commit.empty())
      return failed("no branch of " + request_.location.shown + " contains a commit " +
                        request_.commit + "; was it pushed?",
                    SLUICE_FAILURE_CONFIGURATION, "CommitNotFound");
    if (branches.empty()) branches = mirror_.branches_with(selection.commit);
    for (const auto& likely : {request_.branch, std::string("main"), std::string("master")})
      if (selection.branch.empty() &&
          std::find(branches.begin(), branches.end(), likely) != branches.end())
        selection.branch = likely;
    if (selection.branch.empty() && !branches.empty()) selection.branch = branches.front();
    return std::nullopt;
  }

  Run& run_;
  const GitRequest& request_;
  const Mirror& mirror_;
};

// A path that is no repository gets a better answer from us than from git.
Refusal check_path(const GitRequest& request, const std::string& base_directory) {
  const fs::path path = request.location.url;
  std::error_code ignored;
  if (!request.location.local || !path.is_absolute()) return std::nullopt;
  if (!fs::exists(path, ignored))
    return failed("repository: there is no " + path.string() +
                      " (relative paths start at the workflow file's folder, " + base_directory +
                      ")",
                  SLUICE_FAILURE_CONFIGURATION, "RepositoryNotFound");
  if (!fs::is_directory(path, ignored) || fs::exists(path / ".git", ignored) ||
      fs::exists(path / "HEAD", ignored))
    return std::nullopt;
  for (fs::path above = path.parent_path(); above != above.root_path(); above = above.parent_path())
    if (fs::exists(above / ".git", ignored))
      return failed("repository: " + path.string() + " is a folder inside the git repository " +
                        above.string() + "; name that one",
                    SLUICE_FAILURE_CONFIGURATION, "NotARepository");
  return failed("repository: " + path.string() +
                    " is not a git repository; run git init there, or use source/directory",
                SLUICE_FAILURE_CONFIGURATION, "NotARepository");
}

void report(Run& run, const GitRequest& request, const OutputArtifact& output,
            const Selection& selection, const CommitFacts& facts) {
  constexpr std::size_t kLongestMessage = 100 * 1024;  // facts/codepipeline.md 3, CodeCommit
  const std::string message = process::valid_utf8(facts.message.substr(0, kLongestMessage));
  run.set_output("CommitId", selection.commit);
  if (!selection.branch.empty()) run.set_output("BranchName", selection.branch);
  if (!selection.tag.empty()) run.set_output("TagName", selection.tag);
  run.set_output("CommitMessage", message);
  run.set_output("AuthorDate", facts.author_date);
  run.set_output("CommitterDate", facts.committer_date);
  run.set_output("RepositoryName", selection.repository);
  const std::string page = commit_page(request.location.url, selection.commit);
  run.set_revision(output.name, selection.commit, message, page);
  run.set_external(selection.commit, page, first_line(message));
  const std::string& name = selection.tag.empty() ? selection.branch : selection.tag;
  run.log("Checked out " + selection.commit.substr(0, 8) + (name.empty() ? "" : " (" + name + ")") +
          ": " + first_line(message));
}

}  // namespace

Outcome git_source(Run& run) {
  std::string problem;
  const auto request = read_git_request(run, problem);
  if (!request) return misconfigured(problem);
  const auto outputs = run.outputs();
  if (outputs.empty()) return misconfigured("source/git needs one output artifact");
  if (auto refusal = check_path(*request, run.base_directory())) return *refusal;

  GitOptions options;
  options.url = request->location.url;
  options.local_submodules = request->location.local;
  if (request->location.local) options.trusted = {request->location.url};
  const Git git(run, options);
  const Mirror mirror(git, run.state_directory(), request->location.url);
  FileLock lock(run, mirror.lock_file());
  if (!lock.held())
    return run.cancelled()
               ? failed("cancelled while another run fetched the same repository",
                        SLUICE_FAILURE_CANCELLED, "Cancelled")
               : failed("cannot lock " + mirror.lock_file() + "; is the state directory writable?");
  Selection selection;
  if (auto refusal = Selector(run, *request, mirror).select(selection)) return *refusal;
  lock.share();

  CommitFacts facts;
  const auto delivered = check_out(run, git, mirror, *request, selection, outputs[0], facts);
  if (!delivered.ok())
    return explain(delivered, "Checking out " + selection.commit, request->location.url,
                   request->location.shown);
  report(run, *request, outputs[0], selection, facts);
  return succeeded();
}

}  // namespace sluice::source
