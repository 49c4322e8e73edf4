// How readers and the writer share a matcher without a lock on the reading side: epochs. A reader
// announces the epoch it reads in; a set that was replaced is freed when every reader that might
// still look at it has gone on.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "events/pattern/pattern.hpp"
#include "events/pattern/rule_set.hpp"

namespace sluice::pattern {

// One reader's announcement; on a cache line of its own. 0: not reading.
struct alignas(64) ReaderEpoch {
  std::atomic<std::uint64_t> reading{0};
};

struct MatcherCore {
  explicit MatcherCore(const Limits& limits_in);
  ~MatcherCore();
  MatcherCore(const MatcherCore&) = delete;
  MatcherCore& operator=(const MatcherCore&) = delete;

  // See Matcher::add.
  [[nodiscard]] std::optional<Refusal> add(std::string_view name, const RuleData& data);
  ReaderEpoch* enter_reader();
  void leave_reader(ReaderEpoch* reader);
  // Replaces the set by a larger one that holds what lives, with room for `needed` more.
  [[nodiscard]] bool rebuild(const SetSizes& needed);
  void free_retired();

  const Limits limits;
  std::atomic<RuleSet*> current;
  std::atomic<std::uint64_t> epoch{1};
  std::mutex writing;  // add, remove, and readers that come or go; never a match
  std::vector<std::unique_ptr<ReaderEpoch>> readers;
  struct Retired {
    std::unique_ptr<RuleSet> set;
    std::uint64_t epoch;
  };
  std::vector<Retired> retired;
};

}  // namespace sluice::pattern
