// The words that files and JSON use for the core's enums.
#pragma once

#include <optional>
#include <string_view>

#include "engine/core/declaration.hpp"

namespace sluice::definition {

[[nodiscard]] std::string_view category_text(Category category);
[[nodiscard]] std::optional<Category> category_from(std::string_view text);
[[nodiscard]] std::string_view mode_text(ExecutionMode mode);
[[nodiscard]] std::optional<ExecutionMode> mode_from(std::string_view text);
[[nodiscard]] std::string_view result_text(ConditionResult result);  // kNone: ""
[[nodiscard]] std::optional<ConditionResult> result_from(std::string_view text);
[[nodiscard]] std::string_view retry_text(RetryMode mode);
[[nodiscard]] std::optional<RetryMode> retry_from(std::string_view text);

}  // namespace sluice::definition
