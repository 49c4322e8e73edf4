// Logs and artifacts: by need, by age, then by size, the oldest first.
#include <algorithm>
#include <limits>

#include "engine/artifacts/log_sweep.hpp"
#include "engine/retention/collection.hpp"

namespace sluice::retention {
namespace {

constexpr std::size_t kLogsOfStep = 16, kFilesOfStep = 64;
constexpr std::uint32_t kFactsOfStep = 2000;
constexpr int kMostTries = 100;  // of a step while somebody packs

void add_digests(const Fact& fact, std::unordered_set<std::string>& to) {
  const auto add = [&](const std::vector<ArtifactRef>& artifacts) {
    for (const ArtifactRef& artifact : artifacts) to.insert(artifact.digest);
  };
  if (const auto* done = std::get_if<ActionSucceeded>(&fact)) add(done->outputs);
  if (const auto* started = std::get_if<ActionStarted>(&fact)) add(started->inputs);
  if (const auto* started = std::get_if<RuleStarted>(&fact)) add(started->inputs);
  if (const auto* inherited = std::get_if<OutputsInherited>(&fact))
    for (const ActionOutput& output : inherited->outputs) add(output.artifacts);
}

struct File {
  Instant packed;
  std::uint64_t bytes = 0;
};

// Before which time files must have been packed to go, so that `bytes` of them are gone, the oldest
// first; what goes beyond is taken from `bytes`.
Instant time_to_free(std::vector<File>& files, std::uint64_t& bytes, Instant youngest) {
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.packed < b.packed; });
  Instant before;
  for (const File& file : files) {
    if (bytes == 0 || file.packed >= youngest) break;
    before.ms = file.packed.ms + 1;
    bytes -= std::min(bytes, file.bytes);
  }
  return std::min(before, youngest);
}

}  // namespace

void Collection::collect_logs() {
  std::set<Uuid> protected_ids;
  for (const auto& [name, place] : places_)
    protected_ids.insert(place.use.ids.begin(), place.use.ids.end());
  std::vector<ExecutionLogs> all;
  LogSweep sweep(with_.logs);
  while (sweep.step(kLogsOfStep, all))
    if (!goes_on()) return;
  std::sort(all.begin(), all.end(),
            [](const ExecutionLogs& a, const ExecutionLogs& b) { return a.newest < b.newest; });
  std::uint64_t bytes = 0;
  for (const ExecutionLogs& logs : all) bytes += logs.bytes;
  std::size_t looked_at = 0;
  for (const ExecutionLogs& logs : all) {
    if (++looked_at % kLogsOfStep == 0 && !goes_on()) return;
    const bool old = rules_.logs_age_ms != 0 && logs.newest.ms < began_.ms - rules_.logs_age_ms;
    const bool many = rules_.logs_bytes != 0 && bytes > rules_.logs_bytes;
    bool goes = (old || many) && logs.newest < began_ && !protected_ids.contains(logs.execution);
    if (!goes && rules_.of_executions() && !protected_ids.contains(logs.execution)) {
      const auto row = with_.store.find_execution(sluice::to_text(logs.execution));
      goes = row ? gone_.contains({row->pipeline, row->number})
                 : row.error().kind == ErrorKind::kNotFound;
    }
    if (!goes) {
      ++report_.logs.kept;
      report_.logs.kept_bytes += logs.bytes;
      continue;
    }
    if (!dry_run_)
      if (auto done = LogSweep::remove(logs); !done) {
        trouble(done.error());
        continue;
      }
    bytes -= logs.bytes;
    ++report_.logs.removed;
    report_.logs.removed_bytes += logs.bytes;
  }
}

// `needed`: of live state and of the newest successes; `shown`: of all history that is kept.
bool Collection::gather(std::unordered_set<std::string>& needed,
                        std::unordered_set<std::string>& shown) {
  Sequence after = 0;
  while (goes_on()) {
    const auto facts = with_.store.facts_after(after, kFactsOfStep);
    if (!facts) {
      trouble(facts.error());
      return false;
    }
    if (facts->empty()) break;
    after = facts->back().sequence;
    for (const StoredFact& stored : *facts) {
      const ExecutionNumber number = execution_of(stored.fact);
      if (number == 0 || gone_.contains({stored.pipeline, number})) continue;
      const auto place = places_.find(stored.pipeline);
      const bool target = place != places_.end() && place->second.targets.contains(number);
      add_digests(stored.fact, target ? needed : shown);
    }
  }
  if (!look_at_all()) return false;  // last: what it says now is what may be asked for
  for (const auto& [name, place] : places_)
    needed.insert(place.use.digests.begin(), place.use.digests.end());
  return goes_on();
}

void Collection::collect_artifacts() {
  // What a call that runs has packed is in nobody's state yet.
  Instant youngest = began_;
  for (const auto& [name, place] : places_)
    if (place.use.oldest_call.ms != 0) youngest = std::min(youngest, place.use.oldest_call);
  if (!rules_.of_executions())  // nobody has looked for the targets of rollbacks
    for (const auto& [name, place] : places_) each_row(name, [](const ExecutionRow&) {});
  if (!goes_on()) return;
  std::unordered_set<std::string> needed, shown;
  if (gather(needed, shown)) sweep(needed, shown, youngest);
}

void Collection::sweep(const std::unordered_set<std::string>& needed,
                       const std::unordered_set<std::string>& shown, Instant youngest) {
  std::vector<File> free, in_history;
  std::unordered_set<std::string> free_digests;
  const Swept all = sweep_once(
      {needed, {}, true, [&](const std::string& digest, Instant packed, std::uint64_t bytes) {
         const bool is_shown = shown.contains(digest);
         (is_shown ? in_history : free).push_back({packed, bytes});
         if (!is_shown) free_digests.insert(digest);
       }});
  if (broken_off_) return;
  std::uint64_t total = all.kept_bytes;
  const auto by_age = rules_.artifacts_age_ms == 0
                          ? Instant{}
                          : std::min(youngest, Instant{began_.ms - rules_.artifacts_age_ms});
  const auto excess = [&] {
    return rules_.artifacts_bytes != 0 && total > rules_.artifacts_bytes
               ? total - rules_.artifacts_bytes
               : 0;
  };
  std::uint64_t left = excess();
  const Instant free_before = std::max(by_age, time_to_free(free, left, youngest));
  for (const File& file : free)  // age may have freed more than size asked for
    if (file.packed < free_before) total -= std::min(total, file.bytes);
  left = excess();
  const Instant history_before = time_to_free(in_history, left, youngest);

  std::unordered_set<std::string> kept = needed;
  kept.insert(shown.begin(), shown.end());
  const Swept of_free = sweep_once({std::move(kept), free_before, dry_run_, {}});
  Swept of_history;
  if (history_before.ms != 0 && !broken_off_) {
    std::unordered_set<std::string> rest = needed;
    if (dry_run_)  // what the sweep before has counted is still there
      rest.insert(free_digests.begin(), free_digests.end());
    of_history = sweep_once({std::move(rest), history_before, dry_run_, {}});
  }
  auto& counts = report_.artifacts;
  counts.removed = of_free.count.removed + of_history.count.removed;
  counts.removed_bytes = of_free.count.removed_bytes + of_history.count.removed_bytes;
  counts.young = of_free.count.young;
  counts.kept_bytes = of_free.kept_bytes - of_history.count.removed_bytes;
  counts.needed = all.count.needed;
  counts.in_history = of_free.count.needed - all.count.needed - of_history.count.removed;
  if (rules_.artifacts_bytes != 0 && counts.kept_bytes > rules_.artifacts_bytes)
    report_.troubles.emplace_back(
        "the artifacts that are needed take more than retention.artifacts.size allows");
}

Collection::Swept Collection::sweep_once(SweepPlan plan) {
  ArtifactSweep sweep(with_.artifacts, std::move(plan));
  int tries = 0;
  while (true) {
    const auto more = sweep.step(kFilesOfStep);
    if (more && !*more) break;
    if (more) {
      tries = 0;
    } else if (more.error().kind != ErrorKind::kConflict || ++tries > kMostTries) {
      trouble(more.error());
      if (more.error().kind == ErrorKind::kConflict) break;
    }
    if (!goes_on()) break;
  }
  return {sweep.count(), sweep.kept_bytes()};
}

}  // namespace sluice::retention
