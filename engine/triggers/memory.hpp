// What the triggers of one pipeline remember between two looks, and what follows from a look: pure.
// Whoever does the looking writes the memory down before it starts anything, so that a crash in
// between neither loses nor doubles a start: what is pending is started again under the same token,
// and the engine knows tokens (facts/codepipeline.md 2.7).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/fact.hpp"
#include "engine/core/result.hpp"
#include "engine/triggers/filter.hpp"
#include "events/schedule/schedule.hpp"

namespace sluice::triggers {

// A start that was decided and is not yet acknowledged.
struct PendingStart {
  std::string token;  // clientRequestToken
  Trigger trigger;
  std::vector<SourceRevision> source_revisions;
  bool operator==(const PendingStart&) const = default;
};

using Refs = std::map<std::string, std::string>;  // "refs/heads/main" -> object id

struct Memory {
  std::string id;                            // of this memory, random: the beginning of its tokens
  std::uint64_t starts = 0;                  // decided so far: the end of the last token
  std::map<std::string, Refs> repositories;  // by source action and address: refs last seen
  std::map<std::string, std::int64_t> schedules;  // by expression and zone: when last looked at, ms
  std::vector<std::string> deliveries;            // of webhooks, the last ones
  std::uint64_t events = 0;                       // sequence of the last event looked at
  bool events_begun = false;                      // whether `events` says anything
  std::vector<PendingStart> pending;
  bool operator==(const Memory&) const = default;
};

[[nodiscard]] std::string to_json(const Memory& memory);
// Refuses (kCorrupt) what to_json would not have written.
[[nodiscard]] Result<Memory> memory_from_json(std::string_view text);

// Pushes that lead from one set of refs to another, in order of names: names that are new or name
// another object. A name that is gone is no push.
[[nodiscard]] std::vector<Push> pushes_between(const Refs& before, const Refs& now);

// Appends a start under a token of its own.
void decide_start(Memory& memory, Trigger trigger, std::vector<SourceRevision> source_revisions);

// What a schedule does now.
struct ScheduleTurn {
  bool starts = false;                  // its time has come since it was last looked at
  std::optional<std::int64_t> next_ms;  // when to look again; none: it is over
};
// Remembers the look. A schedule seen for the first time begins now. However many times were missed
// while nobody looked, one start makes up for them. A clock that was set back waits for its time.
ScheduleTurn look_at_schedule(Memory& memory, const std::string& key,
                              const schedule::Schedule& schedule, std::int64_t now_ms);

// True the first time that a delivery is seen, among the last thousand; "" is always new.
bool first_delivery(Memory& memory, const std::string& delivery);

// How many pipelines started one another before this start: in the triggerDetail of executions that
// an event started. 0 where the detail says nothing.
[[nodiscard]] int chain_depth(std::string_view trigger_detail);
// More than these are refused: pipelines that start one another would never end.
inline constexpr int kMostChained = 10;

// The triggerDetail of a start by an event: {"chainDepth", "eventId", "source"}, 1024 bytes at
// most.
[[nodiscard]] std::string event_detail(std::string_view event_id, std::string_view source,
                                       int depth);

}  // namespace sluice::triggers
