// What Sluice.Explain answers, in words for a person: a headline, why, and what would move it with
// the command to type. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/cli/terminal.hpp"

namespace sluice {

// `explanation` as docs/api.md has it. Times are local; "ago" and "from now" count from its `time`.
[[nodiscard]] std::vector<std::string> explanation_lines(const nlohmann::json& explanation,
                                                         const Terminal& terminal);

// The sentence for one finding; "" if its kind is not known here.
[[nodiscard]] std::string finding_sentence(const nlohmann::json& explanation,
                                           const nlohmann::json& finding);
// The command for a move; "" if there is none to type.
[[nodiscard]] std::string move_command(const std::string& pipeline, const nlohmann::json& move);

}  // namespace sluice
