// One collection: history, then logs, then artifacts, in small steps (docs/decisions/0040). It
// never removes what an execution in flight, a retry or a rollback of live state needs, the newest
// successes of each stage, nor facts that somebody has yet to read. Whatever breaks it off, what is
// left is whole, and the next one goes on.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/artifacts/artifact_sweep.hpp"
#include "engine/artifacts/log_store.hpp"
#include "engine/retention/in_use.hpp"
#include "engine/retention/report.hpp"
#include "engine/retention/rules.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/store/store.hpp"

namespace sluice::retention {

// All called on the thread of the collection.
struct Surroundings {
  Store& store;  // a connection of its own, if there is an engine beside it
  std::filesystem::path artifacts, logs;
  const Clock& clock;
  // What the engine's committed state of a pipeline needs; with `save`, its snapshot is in the
  // store afterwards. None: the engine does not answer, and nothing may be removed.
  std::function<std::optional<InUse>(const std::string& pipeline, bool save)> look;
  // The last fact that all readers have read.
  std::function<Sequence()> read_upto;
  // Between two steps: lets others go first. False: it is time to end.
  std::function<bool()> pause;
};

class Collection {
 public:
  Collection(const Surroundings& surroundings, Rules rules, bool dry_run);
  Report run();

 private:
  struct Candidate {
    Removal::Ended ended;
    Instant started;
  };
  // Of a pipeline that is not removed.
  struct Place {
    InUse use;
    std::set<ExecutionNumber> targets;  // newest successes of each stage
  };

  bool goes_on();
  void trouble(const Error& error);
  bool look_at_all();
  bool look(const std::string& pipeline, bool save);

  // history.cpp
  void collect_history();
  void choose(const std::string& pipeline);
  void each_row(const std::string& pipeline, const std::function<void(const ExecutionRow&)>& look);
  void choose_one(const std::string& pipeline, const ExecutionRow& row, std::uint64_t rank);
  [[nodiscard]] std::string why_kept(const std::string& pipeline, const ExecutionRow& row) const;
  void remove_chosen();
  void remove_about(const std::string& pipeline);
  void count_target(Place& place, const ExecutionRow& row,
                    std::vector<std::uint32_t>& counts) const;

  // files.cpp
  struct Swept {
    SweepCount count;
    std::uint64_t kept_bytes = 0;
  };
  void collect_logs();
  void collect_artifacts();
  bool gather(std::unordered_set<std::string>& needed, std::unordered_set<std::string>& shown);
  void sweep(const std::unordered_set<std::string>& needed,
             const std::unordered_set<std::string>& shown, Instant youngest);
  Swept sweep_once(SweepPlan plan);

  const Surroundings& with_;
  const Rules rules_;
  const bool dry_run_;
  Report report_;
  bool broken_off_ = false;
  Instant began_;
  std::map<std::string, Place> places_;
  std::map<std::string, std::set<std::uint32_t>> versions_;  // that kept rows name, by pipeline
  std::vector<Candidate> chosen_;
  std::set<std::pair<std::string, ExecutionNumber>> gone_;
};

}  // namespace sluice::retention
