// Scenarios are tables: a pipeline in one line (notation.hpp) and a script. A script line that
// begins with ">" is an input; the lines under it are what it must bring, in order: narrated facts
// (engine/core/narration.hpp), or "! Code" for a refusal.
//
//   > start [NAME=value]* [token=T] [revision=ACTION:VALUE] [by=WHO]
//   > ok EXECUTION STAGE.ACTION [NAME=value]*      declared outputs are produced
//   > fail|lost|crash EXECUTION STAGE.ACTION message
//   > continue EXECUTION STAGE.ACTION token [seconds]
//   > progress|signal|deadline EXECUTION STAGE.ACTION text
//   > approve|reject EXECUTION STAGE.ACTION [by=WHO] [summary]
//   > stop|abandon EXECUTION
//   > adopt NOTATION
//   > wait DURATION        s, m, h, d: time passes, deadlines that are wanted fire in order
//   > wants                the wants, as lines
//   > retry|retry-all EXECUTION STAGE              > rollback STAGE to EXECUTION
//   > disable|enable STAGE [outbound] [reason]      > override EXECUTION STAGE entry|success
//   > remove
#pragma once

#include <span>
#include <string>

#include "tests/core/world.hpp"

namespace sluice::test {

struct Scenario {
  const char* name;
  const char* pipeline;
  const char* script;
};

// What really happened, in the form of a script, to be compared with scenario.script. Complaints of
// the world's invariants stand in it as lines "BROKEN ...". rows: those taken are added.
[[nodiscard]] std::string play(const Scenario& scenario, RowSet& rows);
// The world after the inputs of a script; what they bring need not stand there.
[[nodiscard]] World world_after(const char* pipeline, const char* script);
// The script without indentation, blank lines and comments (# ...).
[[nodiscard]] std::string normal(const std::string& script);

[[nodiscard]] std::span<const Scenario> basic_scenarios();
[[nodiscard]] std::span<const Scenario> action_scenarios();
[[nodiscard]] std::span<const Scenario> mode_scenarios();
[[nodiscard]] std::span<const Scenario> transition_scenarios();
[[nodiscard]] std::span<const Scenario> again_scenarios();
[[nodiscard]] std::span<const Scenario> condition_scenarios();
[[nodiscard]] std::span<const Scenario> override_scenarios();

}  // namespace sluice::test
