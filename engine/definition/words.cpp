#include "engine/definition/words.hpp"

#include <algorithm>
#include <array>

namespace sluice::definition {
namespace {

constexpr std::array<std::string_view, 9> kCategories{
    "", "Source", "Build", "Test", "Deploy", "Invoke", "Approval", "Compute", "Rule"};
constexpr std::array<std::string_view, 3> kModes{"SUPERSEDED", "QUEUED", "PARALLEL"};
constexpr std::array<std::string_view, 5> kResults{"", "ROLLBACK", "FAIL", "RETRY", "SKIP"};
constexpr std::array<std::string_view, 2> kRetryModes{"FAILED_ACTIONS", "ALL_ACTIONS"};

template <class Enum, std::size_t N>
std::optional<Enum> from(const std::array<std::string_view, N>& words, std::string_view text) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (text.empty() || found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace

std::string_view category_text(Category category) {
  return kCategories[static_cast<std::size_t>(category)];
}
std::optional<Category> category_from(std::string_view text) {
  return from<Category>(kCategories, text);
}
std::string_view mode_text(ExecutionMode mode) {
  return kModes[static_cast<std::size_t>(mode)];
}
std::optional<ExecutionMode> mode_from(std::string_view text) {
  return from<ExecutionMode>(kModes, text);
}
std::string_view result_text(ConditionResult result) {
  return kResults[static_cast<std::size_t>(result)];
}
std::optional<ConditionResult> result_from(std::string_view text) {
  return from<ConditionResult>(kResults, text);
}
std::string_view retry_text(RetryMode mode) {
  return kRetryModes[static_cast<std::size_t>(mode)];
}
std::optional<RetryMode> retry_from(std::string_view text) {
  return from<RetryMode>(kRetryModes, text);
}

}  // namespace sluice::definition
