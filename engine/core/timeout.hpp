// How long an action may take when its declaration does not say.
#pragma once

#include <cstdint>

#include "engine/core/declaration.hpp"

namespace sluice {

// In milliseconds, always positive: the declaration's own timeout, else facts/codepipeline.md 2.14.
[[nodiscard]] std::int64_t timeout_ms(const ActionDeclaration& action);
[[nodiscard]] std::int64_t timeout_ms(const RuleDeclaration& rule);

}  // namespace sluice
