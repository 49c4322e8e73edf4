#include "tests/sim/generator.hpp"

namespace sluice::sim {
namespace {

constexpr const char* kStages[] = {"Source", "Build", "Test", "Deploy", "Release"};
constexpr const char* kModes[] = {"SUPERSEDED", "QUEUED", "PARALLEL"};
constexpr unsigned kParallel = 2;

std::string place_of(unsigned stage, unsigned action) {
  return std::to_string(stage) + std::to_string(action);
}

std::string random_action(Dice& dice, unsigned stage, unsigned action) {
  std::string text = "A" + std::to_string(action);
  if (dice.chance(35)) text += " @" + std::to_string(1 + dice.roll(3));
  if (stage > 0 && dice.chance(12)) text += " approval";
  if (dice.chance(30)) text += " idempotent";
  if (dice.chance(15)) text += " timeout=" + std::to_string(5 + dice.roll(60));
  const std::string place = place_of(stage, action);
  if (dice.chance(40)) text += " ns=n" + place + " >o" + place;
  if (stage > 0) {
    const std::string before = place_of(stage - 1, dice.roll(2));
    if (dice.chance(15)) text += " c:#{n" + before + ".Id}";
    if (dice.chance(15)) text += " <o" + before;
  }
  return text;
}

std::string random_rules(Dice& dice, unsigned stage) {
  std::string text = " VariableCheck";
  if (stage > 0 && dice.chance(10)) text += " Variable:#{n" + place_of(stage - 1, 0) + ".Id}";
  if (dice.chance(40)) text += " / Commands $true timeout=" + std::to_string(5 + dice.roll(30));
  if (dice.chance(10)) text += " / DeploymentWindow Cron:0_0_12_*_*_?_*";
  return text + "]";
}

// What follows a failure. There is no rollback in PARALLEL mode, and none of the source stage.
std::string random_hooks(Dice& dice, unsigned stage, bool parallel) {
  if (dice.chance(12)) return " [failure RETRY]";
  if (dice.chance(5)) return " [failure RETRY retries most:3]";
  if (dice.chance(5)) return " [failure RETRY retries most:1 ALL_ACTIONS]";
  if (stage > 0 && !parallel && dice.chance(12)) return " [failure ROLLBACK]";
  if (stage > 0 && !parallel && dice.chance(8)) {
    return " [failure ROLLBACK" + random_rules(dice, stage);
  }
  return "";
}

// Gates before and behind a stage.
std::string random_conditions(Dice& dice, unsigned stage, bool parallel) {
  std::string text;
  if (dice.chance(12)) {
    text += (dice.chance(60) ? " [entry FAIL" : " [entry SKIP") + random_rules(dice, stage);
  }
  if (dice.chance(12)) {
    const bool back = stage > 0 && !parallel && dice.chance(50);
    text += (back ? " [success ROLLBACK" : " [success FAIL") + random_rules(dice, stage);
  }
  return text;
}

}  // namespace

std::string random_pipeline(Dice& dice) {
  const unsigned mode = dice.roll(3);
  std::string text = kModes[mode];
  if (dice.chance(10)) text += " | finish-on-own-version";
  if (dice.chance(10)) text += " | supersede-approval";
  if (dice.chance(20)) text += " | V=1";
  if (dice.chance(5)) text += " | W=";
  text += " | max=" + std::to_string(2 + dice.roll(6));
  const unsigned stages = 1 + dice.roll(4);
  for (unsigned s = 0; s < stages; ++s) {
    text += std::string(" | ") + kStages[s] + random_hooks(dice, s, mode == kParallel) +
            random_conditions(dice, s, mode == kParallel) + ": ";
    const unsigned actions = dice.chance(5) ? 7 : 1 + dice.roll(4);
    for (unsigned a = 0; a < actions; ++a) {
      text += (a > 0 ? ", " : "") + random_action(dice, s, a);
    }
  }
  return text;
}

}  // namespace sluice::sim
