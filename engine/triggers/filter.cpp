#include "engine/triggers/filter.hpp"

#include <algorithm>

namespace sluice::triggers {
namespace {

// Yes before "needs files" before no: filters of a list are alternatives.
Verdict either(Verdict a, Verdict b) {
  if (a == Verdict::kYes || b == Verdict::kYes) return Verdict::kYes;
  return a == Verdict::kNeedsFiles || b == Verdict::kNeedsFiles ? Verdict::kNeedsFiles
                                                                : Verdict::kNo;
}

Result<std::vector<Glob>> globs(const std::vector<std::string>& patterns) {
  std::vector<Glob> all;
  for (const auto& pattern : patterns) {
    auto glob = Glob::compile(pattern);
    if (!glob) return Error{ErrorKind::kBadInput, pattern, glob.error().message};
    all.push_back(std::move(*glob));
  }
  return all;
}

bool any(const std::vector<Glob>& globs, const std::string& name) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const Glob& glob) { return glob.matches(name); });
}

}  // namespace

bool TriggerFilter::Criteria::accepts(const std::string& name) const {
  return (includes.empty() || any(includes, name)) && !any(excludes, name);
}

Result<TriggerFilter::Criteria> TriggerFilter::criteria(const GlobFilter& filter) {
  auto includes = globs(filter.includes);
  if (!includes) return includes.error();
  auto excludes = globs(filter.excludes);
  if (!excludes) return excludes.error();
  return Criteria{std::move(*includes), std::move(*excludes)};
}

Result<std::vector<TriggerFilter::Filter>> TriggerFilter::filters(
    const std::vector<GitFilter>& filters) {
  std::vector<Filter> all;
  for (const auto& filter : filters) {
    auto tags = criteria(filter.tags), branches = criteria(filter.branches),
         files = criteria(filter.file_paths);
    for (const auto* part : {&tags, &branches, &files})
      if (!*part) return part->error();
    all.push_back({filter.events, std::move(*tags), std::move(*branches), std::move(*files)});
  }
  return all;
}

Result<TriggerFilter> TriggerFilter::compile(const TriggerDeclaration& trigger,
                                             std::string own_branch) {
  TriggerFilter filter;
  auto push = filters(trigger.push);
  if (!push) return push.error();
  auto pull_request = filters(trigger.pull_request);
  if (!pull_request) return pull_request.error();
  filter.push_ = std::move(*push);
  filter.pull_request_ = std::move(*pull_request);
  filter.own_branch_ = std::move(own_branch);
  return filter;
}

// Each changed file is tested alone; one that passes is enough (facts 1.4, 6).
Verdict TriggerFilter::by_files(const Filter& filter, const std::vector<std::string>* changed) {
  if (!filter.files.given()) return Verdict::kYes;
  if (changed == nullptr) return Verdict::kNeedsFiles;
  const bool found = std::any_of(changed->begin(), changed->end(), [&](const std::string& path) {
    return filter.files.accepts(path);
  });
  return found ? Verdict::kYes : Verdict::kNo;
}

Verdict TriggerFilter::wants(const Push& push, const std::vector<std::string>* changed) const {
  if (push_.empty()) {
    const bool own = pull_request_.empty() && !push.tag && push.name == own_branch_;
    return own ? Verdict::kYes : Verdict::kNo;
  }
  auto verdict = Verdict::kNo;
  for (const auto& filter : push_) {
    const auto& names = push.tag ? filter.tags : filter.branches;
    if (names.given() && names.accepts(push.name))
      verdict = either(verdict, push.tag ? Verdict::kYes : by_files(filter, changed));
  }
  return verdict;
}

Verdict TriggerFilter::wants(const PullRequest& pull_request,
                             const std::vector<std::string>* changed) const {
  auto verdict = Verdict::kNo;
  for (const auto& filter : pull_request_) {
    const auto& events = filter.events;
    const bool event = events.empty() ||
                       std::find(events.begin(), events.end(), pull_request.event) != events.end();
    if (event && filter.branches.accepts(pull_request.destination))
      verdict = either(verdict, by_files(filter, changed));
  }
  return verdict;
}

}  // namespace sluice::triggers
