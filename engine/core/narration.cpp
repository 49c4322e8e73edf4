#include "engine/core/narration.hpp"

#include "engine/core/assert.hpp"
#include "engine/core/condition.hpp"
#include "engine/core/names.hpp"

namespace sluice {
namespace {

struct Narrator {
  const Pipeline& pipeline;

  [[nodiscard]] const StageDeclaration& stage(ExecutionNumber number, Index index) const {
    const auto found = pipeline.executions.find(number);
    const bool live = found != pipeline.executions.end();
    const auto kept = pipeline.finished.find(number);
    SLUICE_ASSERT(live || kept != pipeline.finished.end(), "an execution that the state knows");
    const std::uint32_t version = live ? found->second.version : kept->second.version;
    return pipeline.versions.at(version)->stages.at(index);
  }

  static std::string execution(ExecutionNumber number, const char* state,
                               const std::string& more = "") {
    return "pipeline " + std::to_string(number) + " " + state + (more.empty() ? "" : " " + more);
  }
  [[nodiscard]] std::string stage(ExecutionNumber number, Index index, const char* state,
                                  const std::string& more = "") const {
    return "stage " + std::to_string(number) + " " + stage(number, index).name + " " + state +
           (more.empty() ? "" : " " + more);
  }
  [[nodiscard]] std::string action(const ActionKey& key, const char* state,
                                   const std::string& more = "") const {
    const StageDeclaration& declared = stage(key.execution, key.stage);
    const RuleDeclaration* rule = find_rule(declared, key.action);
    std::string line = rule != nullptr ? "rule " : "action ";
    line += std::to_string(key.execution) + " " + declared.name + ".";
    line += rule != nullptr ? std::string(member_name(hook_of(key.action))) + "." + rule->name
                            : declared.actions.at(key.action).name;
    if (key.attempt > 1) line.append("@").append(std::to_string(key.attempt));
    if (key.turn > 1) line.append("/").append(std::to_string(key.turn));
    return line + " " + state + (more.empty() ? "" : " " + more);
  }
  static std::string texts(const Texts& texts) {
    std::string line;
    for (const auto& [key, value] : texts) line += (line.empty() ? "" : " ") + key + "=" + value;
    return line;
  }
  static std::string by(const std::string& who) { return who.empty() ? "" : "by " + who; }

  std::string operator()(const DefinitionAdopted& f) const {
    return "definition " + std::to_string(f.declaration.version) + " ADOPTED";
  }
  std::string operator()(const ExecutionStarted& f) const {
    return execution(f.execution, "STARTED", texts(f.variables));
  }
  std::string operator()(const ExecutionSucceeded& f) const {
    return execution(f.execution, "SUCCEEDED");
  }
  std::string operator()(const ExecutionFailed& f) const {
    return execution(f.execution, "FAILED", f.summary);
  }
  std::string operator()(const ExecutionStopping& f) const {
    return execution(f.execution, "STOPPING", f.abandon ? "abandon" : "wait");
  }
  std::string operator()(const ExecutionStopped& f) const {
    return execution(f.execution, "STOPPED");
  }
  std::string operator()(const ExecutionSuperseded& f) const {
    return execution(f.execution, "SUPERSEDED", "by " + std::to_string(f.by));
  }
  std::string operator()(const ExecutionCancelled& f) const {
    return execution(f.execution, "CANCELED", f.summary);
  }
  std::string operator()(const ExecutionResumed& f) const {
    return execution(f.execution, "RESUMED");
  }
  std::string operator()(const StageStarted& f) const {
    return stage(f.execution, f.stage, "STARTED");
  }
  std::string operator()(const StageSucceeded& f) const {
    return stage(f.execution, f.stage, "SUCCEEDED");
  }
  std::string operator()(const StageFailed& f) const {
    return stage(f.execution, f.stage, "FAILED");
  }
  std::string operator()(const StageStopping& f) const {
    return stage(f.execution, f.stage, "STOPPING");
  }
  std::string operator()(const StageStopped& f) const {
    return stage(f.execution, f.stage, "STOPPED");
  }
  std::string operator()(const StageCancelled& f) const {
    return stage(f.execution, f.stage, "CANCELED");
  }
  std::string operator()(const ActionStarted& f) const {
    std::string inputs;
    for (const ArtifactRef& input : f.inputs) inputs += (inputs.empty() ? "" : " ") + input.name;
    return action(f.key, "STARTED", inputs);
  }
  std::string operator()(const ActionProgressed& f) const {
    return action(f.key, "PROGRESSED", std::to_string(f.percent) + "%");
  }
  std::string operator()(const ActionContinued& f) const {
    return action(f.key, "CONTINUED", f.token);
  }
  std::string operator()(const ActionResumed& f) const {
    return action(f.key, "CALLED AGAIN", f.signal);
  }
  std::string operator()(const ActionSucceeded& f) const {
    const std::string values = texts(f.variables);
    return action(f.key, "SUCCEEDED", values.empty() ? by(f.by) : values);
  }
  std::string operator()(const ActionFailed& f) const {
    return action(f.key, "FAILED", f.failure.code + ": " + f.failure.message);
  }
  std::string operator()(const ActionAbandoned& f) const {
    return action(f.key, "ABANDONED", f.summary);
  }
  std::string operator()(const ActionRetried& f) const {
    return action(f.key, "STARTED AGAIN", f.cause.message);
  }
  std::string operator()(const StageResumed& f) const {
    const std::string how = f.automatic ? "automatically" : by(f.by);
    return stage(f.execution, f.stage, "RESUMED", f.overridden ? "overridden " + how : how);
  }
  std::string operator()(const StageSkipped& f) const {
    return stage(f.execution, f.stage, "SKIPPED");
  }
  [[nodiscard]] std::string condition(ExecutionNumber number, Index index, Hook hook,
                                      const std::string& state) const {
    return "condition " + std::to_string(number) + " " + stage(number, index).name + "." +
           std::string(member_name(hook)) + " " + state;
  }
  std::string operator()(const ConditionStarted& f) const {
    return condition(f.execution, f.stage, f.hook, "STARTED");
  }
  std::string operator()(const ConditionFinished& f) const {
    std::string state(to_text(f.status));
    for (char& c : state) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (f.result != ConditionResult::kNone) state += ", " + std::string(to_text(f.result));
    if (!f.by.empty()) state += " " + by(f.by);
    if (!f.summary.empty()) state += ": " + f.summary;
    return condition(f.execution, f.stage, f.hook, state);
  }
  std::string operator()(const RuleStarted& f) const { return action(f.key, "STARTED"); }
  std::string operator()(const RuleSucceeded& f) const { return action(f.key, "SUCCEEDED"); }
  std::string operator()(const RuleFailed& f) const {
    return action(f.key, "FAILED", f.failure.code + ": " + f.failure.message);
  }
  std::string operator()(const RuleAbandoned& f) const { return action(f.key, "ABANDONED"); }
  std::string operator()(const OutputsInherited& f) const {
    return execution(f.execution, "INHERITED", "from " + std::to_string(f.from));
  }
  std::string operator()(const ApprovalGiven& f) const {
    return action(f.key, "APPROVED", by(f.by));
  }
  std::string operator()(const TransitionDisabled& f) const {
    return std::string("transition ") + (f.inbound ? "into " : "out of ") + f.stage + " DISABLED " +
           f.reason;
  }
  std::string operator()(const TransitionEnabled& f) const {
    return std::string("transition ") + (f.inbound ? "into " : "out of ") + f.stage + " ENABLED";
  }
  std::string operator()(const PipelineRemoved&) const { return "pipeline REMOVED"; }
};

}  // namespace

std::string narrate(const Pipeline& pipeline, const Fact& fact) {
  return std::visit(Narrator{pipeline}, fact);
}

}  // namespace sluice
