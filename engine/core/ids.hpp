// Identity and time as the core sees them: plain values that come in with the inputs.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

// A point in time: milliseconds since the Unix epoch. Zero means "none".
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};
constexpr Instant after(Instant start, std::int64_t delay_ms) {
  return {start.ms + delay_ms};
}

// 128 random or derived bits, printed as a lower-case UUID (facts/codepipeline.md 0: ids).
struct Uuid {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const Uuid&) const = default;
  [[nodiscard]] bool empty() const { return high == 0 && low == 0; }
};
// 36 characters, 8-4-4-4-12.
[[nodiscard]] std::string to_text(Uuid id);
// Reads what to_text wrote; anything else gives the empty Uuid.
[[nodiscard]] Uuid parse_uuid(std::string_view text);
// A new id that depends on nothing but its arguments, so that the core needs no randomness: the
// action execution ids and approval tokens of an execution derive from the execution's own id.
[[nodiscard]] Uuid derive(Uuid base, std::uint64_t purpose, std::uint64_t number);

// Executions of a pipeline are numbered from 1 in order of start; stages and actions are indices
// into the declaration version that the execution runs on.
using ExecutionNumber = std::uint32_t;
using Index = std::uint16_t;

// One call of one attempt at one action. attempt counts from 1 over retries of the action; turn
// counts from 1 over the calls of an attempt that answers CONTINUE. A report that names another
// attempt or turn is stale.
struct ActionKey {
  ExecutionNumber execution = 0;
  Index stage = 0, action = 0;
  std::uint16_t attempt = 0, turn = 0;
  auto operator<=>(const ActionKey&) const = default;
};

// The id of an attempt (its turns share it): the same wherever it is asked for.
[[nodiscard]] inline Uuid action_execution_id(Uuid execution, const ActionKey& key) {
  const std::uint64_t place =
      std::uint64_t{key.stage} << 32 | std::uint64_t{key.action} << 16 | key.attempt;
  return derive(execution, 1, place);
}

// Stage rules run under keys too: their action index starts here (hook: 1 beforeEntry, 2 onSuccess,
// 3 onFailure).
inline constexpr Index kFirstRule = 0x8000;
constexpr Index rule_index(unsigned hook, unsigned rule) {
  return static_cast<Index>(kFirstRule + hook * 16 + rule);
}
constexpr bool names_rule(const ActionKey& key) {
  return key.action >= kFirstRule;
}

}  // namespace sluice
