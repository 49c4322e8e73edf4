// Which executions go, and their removal.
#include <algorithm>

#include "engine/retention/collection.hpp"

namespace sluice::retention {
namespace {

constexpr std::uint32_t kPage = 1000;
// Some blocks of facts: a transaction of about a millisecond.
constexpr std::size_t kExecutionsOfStep = 32;

}  // namespace

void Collection::collect_history() {
  auto names = with_.store.removed_pipelines();
  if (!names) return trouble(names.error());
  for (const auto& [name, place] : places_) names->push_back(name);
  for (const std::string& name : *names) {
    if (!goes_on()) return;
    choose(name);
  }
  // Recovery is a snapshot and the facts after it: what goes must be before.
  std::set<std::string> with_candidates;
  for (const Candidate& candidate : chosen_) with_candidates.insert(candidate.ended.pipeline);
  if (!dry_run_)
    for (const std::string& name : with_candidates)
      if (!is_removed_name(name) && !look(name, true)) return;
  remove_chosen();
  for (const std::string& name : *names) {
    if (dry_run_ || !goes_on()) return;
    if (rules_.executions_age_ms != 0) remove_about(name);
  }
}

// Newest first, so that the newest successes are known before anything older is looked at.
void Collection::choose(const std::string& pipeline) {
  std::uint64_t rank = 0;
  each_row(pipeline, [&](const ExecutionRow& row) { choose_one(pipeline, row, rank++); });
}

// Newest first; what each row is as a target of rollbacks is known when `look` sees it.
void Collection::each_row(const std::string& pipeline,
                          const std::function<void(const ExecutionRow&)>& look) {
  std::vector<std::uint32_t> counts;
  ExecutionFilter filter{pipeline, {}, {}, kPage, 0};
  const auto place = places_.find(pipeline);
  while (goes_on()) {
    const auto rows = with_.store.executions(filter);
    if (!rows) {
      broken_off_ = true;  // what is a target is not known
      return trouble(rows.error());
    }
    for (const ExecutionRow& row : *rows) {
      if (place != places_.end()) count_target(place->second, row, counts);
      look(row);
    }
    if (rows->size() < kPage) return;
    filter.below = rows->back().number;
  }
}

// What a rollback may name: of the current version, no rollback itself, through the stage.
void Collection::count_target(Place& place, const ExecutionRow& row,
                              std::vector<std::uint32_t>& counts) const {
  if (row.version != place.use.version || row.type != ExecutionType::kStandard) return;
  counts.resize(std::max<std::size_t>(counts.size(), place.use.stages));
  for (const Index stage : row.details.succeeded_stages)
    if (stage < counts.size() && counts[stage]++ < rules_.rollback_targets)
      place.targets.insert(row.number);
}

std::string Collection::why_kept(const std::string& pipeline, const ExecutionRow& row) const {
  const auto place = places_.find(pipeline);
  if (place == places_.end()) return "";
  const InUse& use = place->second.use;
  if (use.in_flight.contains(row.number) || is_in_flight(row.status)) return "in flight";
  if (use.kept.contains(row.number)) return "needed by retry or rollback";
  if (place->second.targets.contains(row.number)) return "one of the newest successes of a stage";
  if (use.entered.contains(row.number)) return "the newest in a stage";
  return "";
}

void Collection::choose_one(const std::string& pipeline, const ExecutionRow& row,
                            std::uint64_t rank) {
  const bool old =
      rules_.executions_age_ms != 0 && row.updated.ms < began_.ms - rules_.executions_age_ms;
  const bool many = rules_.executions_most != 0 && rank >= rules_.executions_most;
  std::string why = why_kept(pipeline, row);
  if (why.empty() && rank == 0 && !is_removed_name(pipeline)) why = "the newest";
  const bool goes = (old || many) && why.empty();
  if (goes) {
    chosen_.push_back({{pipeline, row.number, row.id}, row.started});
    return;
  }
  versions_[pipeline].insert(row.version);
  if (why == "in flight") {
    ++report_.executions.in_flight;
  } else if (why.empty()) {
    ++report_.executions.young;
  } else {
    ++report_.executions.needed;
  }
  if ((old || many) && report_.kept.size() < Report::kMostKept)
    report_.kept.push_back({plain_name(pipeline), row.number, std::move(why)});
}

void Collection::remove_chosen() {
  std::sort(chosen_.begin(), chosen_.end(),
            [](const Candidate& a, const Candidate& b) { return a.started < b.started; });
  if (dry_run_) {
    for (const Candidate& candidate : chosen_)
      gone_.emplace(candidate.ended.pipeline, candidate.ended.number);
    report_.executions.removed = chosen_.size();
    return;
  }
  // Meanwhile the name may have come to mean another pipeline.
  std::erase_if(chosen_, [this](const Candidate& candidate) {
    const auto place = places_.find(candidate.ended.pipeline);
    if (place == places_.end()) return false;
    const InUse& use = place->second.use;
    const ExecutionNumber number = candidate.ended.number;
    return use.in_flight.contains(number) || use.kept.contains(number) ||
           use.entered.contains(number);
  });
  const Sequence upto = with_.read_upto();
  const LogStore logs(with_.logs);
  for (std::size_t at = 0; at < chosen_.size() && goes_on(); at += kExecutionsOfStep) {
    Removal step;
    step.upto = upto;
    const std::size_t end = std::min(at + kExecutionsOfStep, chosen_.size());
    for (std::size_t i = at; i < end; ++i) step.executions.push_back(chosen_[i].ended);
    const auto removed = with_.store.remove_history(step);
    if (!removed) return trouble(removed.error());
    report_.executions.removed += removed->executions.size();
    report_.executions.unread += step.executions.size() - removed->executions.size();
    report_.executions.facts += removed->facts;
    for (const Removal::Ended& ended : removed->executions) {
      gone_.emplace(ended.pipeline, ended.number);
      if (auto done = logs.remove(plain_name(ended.pipeline), ended.id); !done)
        trouble(done.error());
    }
    for (const Removal::Ended& ended : step.executions)
      if (!gone_.contains({ended.pipeline, ended.number}))
        if (const auto row = with_.store.execution(ended.pipeline, ended.number))
          versions_[ended.pipeline].insert(row->version);
  }
}

// Old facts about a pipeline itself: versions that nothing kept was of, and transitions.
void Collection::remove_about(const std::string& pipeline) {
  const auto facts = with_.store.execution_facts(pipeline, 0);
  if (!facts) return trouble(facts.error());
  const auto place = places_.find(pipeline);
  std::set<std::uint32_t> versions = versions_[pipeline];
  if (place != places_.end()) {
    versions.insert(place->second.use.versions.begin(), place->second.use.versions.end());
    versions.insert(place->second.use.version);
    versions.insert(1);  // when the pipeline came
  }
  Removal::About about{pipeline, {}};
  for (const StoredFact& stored : *facts) {
    if (stored.at.ms >= began_.ms - rules_.executions_age_ms) continue;
    const auto* adopted = std::get_if<DefinitionAdopted>(&stored.fact);
    if (adopted != nullptr && versions.contains(adopted->declaration.version)) continue;
    about.sequences.push_back(stored.sequence);
  }
  if (about.sequences.empty()) return;
  const auto removed = with_.store.remove_history({{}, {std::move(about)}, with_.read_upto()});
  if (!removed) return trouble(removed.error());
  report_.executions.facts += removed->facts;
}

}  // namespace sluice::retention
