#include "plugins/source/directory_source.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "plugins/source/git.hpp"
#include "plugins/source/tree.hpp"

namespace sluice::source {
namespace fs = std::filesystem;
namespace {

// What git says of the tree, if it is in a repository with a commit.
struct Place {
  std::string commit, branch;
  std::size_t changes = 0;
};

Place place_of(const Git& git, const std::string& directory) {
  Place place;
  const auto status =
      git({"-C", directory, "status", "--porcelain=v2", "--branch", "-z", "--", "."}, kTransfer_ms);
  if (!status.ok()) return place;
  constexpr std::string_view kCommit = "# branch.oid ", kBranch = "# branch.head ";
  bool renamed = false;  // then the old name follows, as an item of its own
  for (std::string_view rest = status.output; !rest.empty();) {
    const std::string_view item = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    if (item.starts_with(kCommit)) {
      place.commit = item.substr(kCommit.size());
    } else if (item.starts_with(kBranch)) {
      place.branch = item.substr(kBranch.size());
    } else if (!item.starts_with("# ") && !std::exchange(renamed, false)) {
      ++place.changes;
      renamed = item.starts_with("2 ");
    }
  }
  if (place.commit == "(initial)") return {};
  if (place.branch == "(detached)") place.branch.clear();
  return place;
}

std::string describe(const std::string& path, const Place& place) {
  std::string text = "Working tree " + path;
  if (place.commit.empty()) return text;
  text += " at " + place.commit.substr(0, 8);
  if (!place.branch.empty()) text += " (" + place.branch + ")";
  if (place.changes == 1) text += " with 1 change";
  if (place.changes > 1) text += " with " + std::to_string(place.changes) + " changes";
  return text;
}

void report(Run& run, const std::string& artifact, const std::string& path, const Place& place,
            const Copied& copied) {
  run.set_output("Path", process::valid_utf8(path));
  run.set_output("Revision", copied.digest);
  if (!place.commit.empty()) {
    run.set_output("CommitId", place.commit);
    if (!place.branch.empty()) run.set_output("BranchName", place.branch);
    run.set_output("Dirty", place.changes > 0 ? "true" : "false");
  }
  const std::string summary = process::valid_utf8(describe(path, place));
  run.set_revision(artifact, copied.digest, summary);
  run.set_external(copied.digest, "", summary);
  run.log(summary + ": " + std::to_string(copied.files) + " files, " +
          std::to_string(copied.bytes) + " bytes, revision " + copied.digest.substr(0, 12));
}

}  // namespace

Outcome directory_source(Run& run) {
  const auto outputs = run.outputs();
  if (outputs.empty()) return misconfigured("source/directory needs one output artifact");
  std::error_code error;
  const std::string wanted = run.configuration("path", ".");
  const fs::path path = fs::canonical(fs::path(run.base_directory()) / wanted, error);
  if (error || !fs::is_directory(path, error))
    return misconfigured(
        "path: " + (fs::path(run.base_directory()) / wanted).lexically_normal().string() +
        " is not a directory (relative paths start at the workflow file's folder)");

  // The engine may keep its data inside the tree.
  std::vector<std::string> excluded = {run.work_directory(), run.state_directory()};
  for (const auto& output : outputs) excluded.push_back(output.directory);
  for (auto& directory : excluded) directory = fs::weakly_canonical(directory, error).string();

  std::optional<Git> git;
  auto paths = list_plain_tree(path.string(), excluded);
  if (!paths) {
    GitOptions options;
    options.trusted = {path.string()};
    git.emplace(run, options);
    Outcome refused;
    paths = list_tree(run, *git, path.string(), excluded, refused);
    if (!paths) return refused;
  }
  const auto copied =
      copy_tree(path.string(), *paths, outputs[0].directory, [&] { return run.cancelled(); });
  if (run.cancelled())
    return failed("copying " + path.string() + " was cancelled", SLUICE_FAILURE_CANCELLED,
                  "Cancelled");
  if (!copied.problem.empty()) return failed(copied.problem);
  const Place place = git ? place_of(*git, path.string()) : Place{};
  report(run, outputs[0].name, path.string(), place, copied);
  return succeeded();
}

}  // namespace sluice::source
