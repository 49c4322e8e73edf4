// facts/codepipeline.md 1.7 rows 25-28, 2.11 and section 10: results of stage conditions.
#include <algorithm>

#include "engine/definition/draft.hpp"
#include "engine/definition/suggest.hpp"
#include "events/schedule/cron.hpp"

namespace sluice::definition {
namespace {

class ConditionCheck {
 public:
  ConditionCheck(const Draft& draft, std::size_t stage, Diagnostics& diagnostics)
      : pipeline_(draft.declaration),
        stage_(draft.declaration.stages[stage]),
        node_(draft.stages[stage].node),
        is_source_(stage == 0),
        diagnostics_(diagnostics) {}

  void run() {
    windows("beforeEntry", stage_.before_entry);
    windows("onSuccess", stage_.on_success);
    windows("onFailure", stage_.on_failure.condition);
    condition("beforeEntry", stage_.before_entry, {ConditionResult::kFail, ConditionResult::kSkip});
    condition("onSuccess", stage_.on_success, {ConditionResult::kRollback, ConditionResult::kFail});
    condition("onFailure", stage_.on_failure.condition, {ConditionResult::kRollback});
    skip_rules();
    failure();
  }

 private:
  void error(std::initializer_list<Step> path, Code code, std::string message) {
    diagnostics_.error(place(node_, path), code, std::move(message));
  }

  void condition(std::string_view hook, const ConditionDeclaration& condition,
                 std::initializer_list<ConditionResult> allowed) {
    if (condition.rules.empty()) return;
    const auto result = condition.result;
    const bool fits = std::find(allowed.begin(), allowed.end(), result) != allowed.end();
    if (!fits) {
      std::string list;
      for (const auto each : allowed)
        list += (list.empty() ? "" : " or ") + std::string(result_text(each));
      const bool skip = result == ConditionResult::kSkip;
      error({hook, "conditions", std::size_t{0}, "result"},
            skip ? Code::kSkip : Code::kConditionResult,
            skip ? "SKIP is possible in `beforeEntry` only; write " + list
                 : "the condition of `" + std::string(hook) + "` needs `result: " + list + "`");
    }
    if (result == ConditionResult::kRollback)
      rollback({hook, "conditions", std::size_t{0}, "result"});
  }

  void rollback(std::initializer_list<Step> path) {
    if (pipeline_.mode == ExecutionMode::kParallel) {
      error(path, Code::kRollbackInParallel,
            "a PARALLEL pipeline cannot roll back; remove the result, or choose another "
            "executionMode");
    }
    if (is_source_) {
      error(path, Code::kConditionResult,
            "the source stage cannot be rolled back; remove the result");
    }
  }

  // Settings that are times are read where the file is, not when the stage is reached.
  void windows(std::string_view hook, const ConditionDeclaration& condition) {
    for (std::size_t i = 0; i < condition.rules.size(); ++i) {
      const auto& rule = condition.rules[i];
      if (rule.type.provider != "DeploymentWindow") continue;
      const auto value = [&](const std::string& key) -> std::string {
        const auto found = rule.configuration.find(key);
        return found == rule.configuration.end() ? "" : found->second;
      };
      const auto cron = value("Cron"), zone = value("TimeZone");
      const auto say = [&](const char* key, const std::string& message) {
        error({hook, "conditions", std::size_t{0}, "rules", i, "configuration", key},
              Code::kBadConfiguration, "`" + std::string(key) + "`: " + message);
      };
      if (!cron.empty() && cron.find("#{") == std::string::npos) {
        const auto fields = schedule::parse_cron(cron, schedule::CronForm::kWindow);
        if (!fields) say("Cron", fields.flaw().text());
      }
      if (zone.find("#{") != std::string::npos) continue;
      if (const auto found = schedule::Zone::find(zone); !found)
        say("TimeZone", found.flaw().message);
    }
  }

  void skip_rules() {
    if (stage_.before_entry.result != ConditionResult::kSkip) return;
    const auto& rules = stage_.before_entry.rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto& provider = rules[i].type.provider;
      if (provider.empty() || provider == "LambdaInvoke" || provider == "VariableCheck") continue;
      error({"beforeEntry", "conditions", std::size_t{0}, "rules", i}, Code::kSkip,
            "rule " + quote(rules[i].name) +
                " cannot decide on SKIP; use a VariableCheck or LambdaInvoke rule, or `result: "
                "FAIL`");
    }
  }

  void failure() {
    const auto& failure = stage_.on_failure;
    const auto* hook = node_->find("onFailure");
    if (hook == nullptr || !hook->is_map()) return;
    if (failure.result == ConditionResult::kRollback) rollback({"onFailure", "result"});
    const bool retry = failure.result == ConditionResult::kRetry;
    if (retry && hook->find("conditions") != nullptr) {
      error({"onFailure", "conditions"}, Code::kRetryWithConditions,
            "`result: RETRY` and `conditions` exclude each other; keep one of the two");
    }
    if (!retry && hook->find("retryConfiguration") != nullptr) {
      error({"onFailure", "retryConfiguration"}, Code::kConditionResult,
            "`retryConfiguration` needs `result: RETRY`");
    }
    if (hook->find("result") == nullptr && hook->find("conditions") == nullptr) {
      error({"onFailure"}, Code::kConditionResult,
            "`onFailure` needs `result: ROLLBACK`, `result: RETRY` or `conditions`");
    }
  }

  const PipelineDeclaration& pipeline_;
  const StageDeclaration& stage_;
  const Node* node_;
  bool is_source_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_conditions(const Draft& draft, Diagnostics& diagnostics) {
  for (std::size_t s = 0; s < draft.stages.size(); ++s) ConditionCheck(draft, s, diagnostics).run();
}

}  // namespace sluice::definition
