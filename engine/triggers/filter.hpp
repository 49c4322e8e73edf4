// Which pushes and pull requests start a pipeline: the filters of a trigger (facts/codepipeline.md
// 1.4), without the cloud's leaks: every changed file counts, and so does the first push of a
// branch. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/declaration.hpp"
#include "engine/core/result.hpp"
#include "engine/triggers/glob.hpp"

namespace sluice::triggers {

struct Push {
  bool tag = false;            // else a branch
  std::string name;            // "main", "v1.0"
  std::string before, commit;  // before is empty where the name is new
  bool operator==(const Push&) const = default;
};

struct PullRequest {
  std::string event;                // OPEN, UPDATED, CLOSED
  std::string source, destination;  // branches
  std::string commit;               // the head of the source branch: what an execution uses
  std::string number, title;
  bool operator==(const PullRequest&) const = default;
};

enum class Verdict : std::uint8_t { kNo, kYes, kNeedsFiles };

class TriggerFilter {
 public:
  // own_branch: what a trigger without filters watches, the source action's branch. Refuses
  // patterns that are none.
  [[nodiscard]] static Result<TriggerFilter> compile(const TriggerDeclaration& trigger,
                                                     std::string own_branch);

  // changed: paths of all files that the push changed; null while they are not known, and then
  // kNeedsFiles says that they matter.
  [[nodiscard]] Verdict wants(const Push& push, const std::vector<std::string>* changed) const;
  [[nodiscard]] Verdict wants(const PullRequest& pull_request,
                              const std::vector<std::string>* changed) const;

 private:
  struct Criteria {
    std::vector<Glob> includes, excludes;
    [[nodiscard]] bool given() const { return !includes.empty() || !excludes.empty(); }
    [[nodiscard]] bool accepts(const std::string& name) const;
  };
  struct Filter {
    std::vector<std::string> events;
    Criteria tags, branches, files;
  };
  [[nodiscard]] static Result<Criteria> criteria(const GlobFilter& filter);
  [[nodiscard]] static Result<std::vector<Filter>> filters(const std::vector<GitFilter>& filters);
  [[nodiscard]] static Verdict by_files(const Filter& filter,
                                        const std::vector<std::string>* changed);

  std::vector<Filter> push_, pull_request_;
  std::string own_branch_;
};

}  // namespace sluice::triggers
