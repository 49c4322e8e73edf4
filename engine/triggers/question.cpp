#include "engine/triggers/question.hpp"

namespace sluice::triggers {

Result<Finding> examine(const Question& question, std::mutex& mirrors,
                        const std::function<bool()>& cancelled) {
  const Repository repository(question.url, question.mirror, cancelled);
  auto state = repository.ask();
  if (!state) return state.error();
  Finding finding{std::move(state->refs),
                  question.own_branch.empty() ? state->head_branch : question.own_branch,
                  {}};
  if (!question.before) return finding;
  const auto filter = TriggerFilter::compile(question.trigger, finding.own_branch);
  if (!filter) return filter.error();
  for (auto& push : pushes_between(*question.before, finding.refs)) {
    auto verdict = filter->wants(push, nullptr);
    if (verdict == Verdict::kNeedsFiles) {
      const std::lock_guard hold(mirrors);
      const auto files = repository.changed_files(push, *question.before);
      if (!files) return files.error();
      verdict = filter->wants(push, &*files);
    }
    if (verdict == Verdict::kYes) finding.wanted.push_back(std::move(push));
  }
  return finding;
}

Result<bool> wants_pull_request(const TriggerDeclaration& trigger, const PullRequest& pull,
                                const Repository& repository, std::mutex& mirrors) {
  const auto filter = TriggerFilter::compile(trigger, "");
  if (!filter) return filter.error();
  const auto verdict = filter->wants(pull, nullptr);
  if (verdict != Verdict::kNeedsFiles) return verdict == Verdict::kYes;
  const std::lock_guard hold(mirrors);
  const auto files = repository.changed_files(pull);
  if (!files) return files.error();
  return filter->wants(pull, &*files) == Verdict::kYes;
}

}  // namespace sluice::triggers
