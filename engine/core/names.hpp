// Enumerations as the API spells them (facts/codepipeline.md 2.1), and back.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/core/pipeline.hpp"

namespace sluice {

// Never empty, except kNotEntered, kNotStarted and the kNone values, which the API does not have.
// kRunning and kWaiting are both "InProgress".
[[nodiscard]] std::string_view to_text(ExecutionStatus status);
[[nodiscard]] std::string_view to_text(StageStatus status);
[[nodiscard]] std::string_view to_text(ActionStatus status);
[[nodiscard]] std::string_view to_text(ConditionStatus status);
[[nodiscard]] std::string_view to_text(ExecutionMode mode);
[[nodiscard]] std::string_view to_text(ExecutionType type);
[[nodiscard]] std::string_view to_text(PipelineType type);
[[nodiscard]] std::string_view to_text(Category category);
[[nodiscard]] std::string_view to_text(ConditionResult result);
[[nodiscard]] std::string_view to_text(RetryMode mode);
[[nodiscard]] std::string_view to_text(Hook hook);         // BEFORE_ENTRY, ON_SUCCESS, ON_FAILURE
[[nodiscard]] std::string_view to_text(FailureKind kind);  // ours: Configuration, TimedOut, ...

// The exact spelling only; false and `out` unchanged for anything else.
[[nodiscard]] bool parse(std::string_view text, ExecutionStatus& out);
[[nodiscard]] bool parse(std::string_view text, ExecutionMode& out);
[[nodiscard]] bool parse(std::string_view text, PipelineType& out);
[[nodiscard]] bool parse(std::string_view text, Category& out);
[[nodiscard]] bool parse(std::string_view text, ConditionResult& out);
[[nodiscard]] bool parse(std::string_view text, RetryMode& out);
[[nodiscard]] bool parse(std::string_view text, Hook& out);
[[nodiscard]] bool parse(std::string_view text, FailureKind& out);

// The API's FailureType (facts 2.1) that a failure is told as.
[[nodiscard]] std::string_view failure_type(FailureKind kind);

// The struct's name of a fact or an input: "ActionStarted".
[[nodiscard]] std::string_view fact_name(std::size_t index);

// Position in the variant: fact_index<ActionStarted>.
template <class F, class V = Fact>
struct FactIndex;
template <class F, class... Rest>
struct FactIndex<F, std::variant<F, Rest...>> {
  static constexpr std::uint8_t kValue = 0;
};
template <class F, class First, class... Rest>
struct FactIndex<F, std::variant<First, Rest...>> {
  static constexpr std::uint8_t kValue = 1 + FactIndex<F, std::variant<Rest...>>::kValue;
};
template <class F>
inline constexpr std::uint8_t fact_index = FactIndex<F>::kValue;

}  // namespace sluice
