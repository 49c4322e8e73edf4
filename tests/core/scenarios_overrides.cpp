// Stage conditions meeting stops, updates, overrides and retries (facts 2.9, 2.10, 2.15).
#include "tests/core/scenario.hpp"

namespace sluice::test {
namespace {

constexpr Scenario kScenarios[] = {
    {"a stop that waits for actions starts no condition behind them",
     "Source: Checkout | Deploy [success FAIL CloudWatchAlarm]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Ship STARTED
> override 1 Deploy success
! ConditionNotOverridableException
> stop 1
stage 1 Deploy STOPPING
pipeline 1 STOPPING wait
> override 1 Deploy success
! ConditionNotOverridableException
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
stage 1 Deploy STOPPED
pipeline 1 STOPPED
> override 1 Deploy success
! ConditionNotOverridableException
)"},
    {"an update cancels the condition, and the execution with it",
     "Source: Checkout | Deploy [entry FAIL DeploymentWindow]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> adopt Source: Checkout | Deploy: Ship
definition 2 ADOPTED
rule 1 Deploy.beforeEntry.rule1 ABANDONED
condition 1 Deploy.beforeEntry CANCELLED: The pipeline was updated.
stage 1 Deploy CANCELED
pipeline 1 CANCELED The pipeline was updated while it ran.
> override 1 Deploy entry
! NotLatestPipelineExecutionException
)"},
    {"a removal abandons the condition with everything else",
     "Source: Checkout | Deploy [entry FAIL DeploymentWindow]: Ship", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> remove
rule 1 Deploy.beforeEntry.rule1 ABANDONED
condition 1 Deploy.beforeEntry CANCELLED: The pipeline was removed.
stage 1 Deploy CANCELED
pipeline 1 CANCELED The pipeline was removed.
pipeline REMOVED
)"},
    {"under finish-on-own-version an update leaves the condition alone",
     "finish-on-own-version | Source: Checkout | Deploy [entry FAIL DeploymentWindow]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> adopt finish-on-own-version | Source: Checkout | Deploy: Ship
definition 2 ADOPTED
> ok 1 Deploy.rule1
rule 1 Deploy.beforeEntry.rule1 SUCCEEDED
condition 1 Deploy.beforeEntry SUCCEEDED
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"a running beforeEntry condition can be overridden, and the stage begins",
     "Source: Checkout | Deploy [entry FAIL DeploymentWindow / Commands $true]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
rule 1 Deploy.beforeEntry.rule2 STARTED
> ok 1 Deploy.rule2
rule 1 Deploy.beforeEntry.rule2 SUCCEEDED
> override 1 Deploy entry
rule 1 Deploy.beforeEntry.rule1 ABANDONED
condition 1 Deploy.beforeEntry OVERRIDDEN by eve
action 1 Deploy.Ship STARTED
> override 1 Deploy entry
! ConditionNotOverridableException
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> override 1 Deploy entry
! ConditionNotOverridableException
)"},
    {"a beforeEntry condition that refused can be overridden, and the stage begins",
     "Source: Checkout | Deploy [entry FAIL VariableCheck] [success FAIL Commands $true]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> fail 1 Deploy.rule1 no
rule 1 Deploy.beforeEntry.rule1 FAILED JobFailed: no
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: no
> override 1 Deploy success
! ConditionNotOverridableException
> override 1 Source entry
! ConditionNotOverridableException
> override 1 Nowhere entry
! StageNotFoundException
> override 1 Deploy failure
! ConditionNotOverridableException
> override 1 Deploy entry
pipeline 1 RESUMED
stage 1 Deploy RESUMED overridden by eve
condition 1 Deploy.beforeEntry OVERRIDDEN by eve
action 1 Deploy.Ship STARTED
> fail 1 Deploy.Ship no
action 1 Deploy.Ship FAILED JobFailed: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: Deploy.Ship: no
> override 1 Deploy entry
! ConditionNotOverridableException
)"},
    {"an onSuccess condition that refused or could not be evaluated can be overridden, and the "
     "stage is left",
     "Source: Checkout | Deploy [success FAIL CloudWatchAlarm]: Ship | Tell: Mail",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
condition 1 Deploy.onSuccess STARTED
rule 1 Deploy.onSuccess.rule1 STARTED
> crash 1 Deploy.rule1 no
rule 1 Deploy.onSuccess.rule1 FAILED Crashed: no
condition 1 Deploy.onSuccess ERRORED, FAIL: rule1: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: no
> override 1 Deploy success
pipeline 1 RESUMED
stage 1 Deploy RESUMED overridden by eve
condition 1 Deploy.onSuccess OVERRIDDEN by eve
stage 1 Deploy SUCCEEDED
stage 1 Tell STARTED
action 1 Tell.Mail STARTED
> ok 1 Tell.Mail
action 1 Tell.Mail SUCCEEDED
stage 1 Tell SUCCEEDED
pipeline 1 SUCCEEDED
> override 1 Deploy success
! ConditionNotOverridableException
)"},
    {"a condition that skips cannot be overridden, unless it could not be evaluated and holds the "
     "stage",
     "Source: Checkout | Docs [entry SKIP VariableCheck]: Render",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Docs STARTED
condition 1 Docs.beforeEntry STARTED
rule 1 Docs.beforeEntry.rule1 STARTED
> override 1 Docs entry
! ConditionNotOverridableException
> crash 1 Docs.rule1 no
rule 1 Docs.beforeEntry.rule1 FAILED Crashed: no
condition 1 Docs.beforeEntry ERRORED, FAIL: rule1: no
stage 1 Docs FAILED
pipeline 1 FAILED Stage Docs failed: its beforeEntry condition did not let it pass: rule1: no
> override 1 Docs entry
pipeline 1 RESUMED
stage 1 Docs RESUMED overridden by eve
condition 1 Docs.beforeEntry OVERRIDDEN by eve
action 1 Docs.Render STARTED
)"},
    {"an override of an execution that a newer one has overtaken is refused",
     "Source: Checkout | Deploy [entry FAIL VariableCheck]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> fail 1 Deploy.rule1 no
rule 1 Deploy.beforeEntry.rule1 FAILED JobFailed: no
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: no
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Deploy STARTED
condition 2 Deploy.beforeEntry STARTED
rule 2 Deploy.beforeEntry.rule1 STARTED
> override 1 Deploy entry
! NotLatestPipelineExecutionException
)"},
    {"an override is refused where a retry would be",
     "QUEUED | max=1 | Source: Checkout | Deploy [entry FAIL VariableCheck]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> fail 1 Deploy.rule1 no
rule 1 Deploy.beforeEntry.rule1 FAILED JobFailed: no
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: no
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> override 1 Deploy entry
! ConcurrentPipelineExecutionsLimitExceededException
)"},
    {"an override of what is not there is refused",
     "Source: Checkout | Deploy [entry FAIL VariableCheck]: Ship",
     R"(
> override 1 Deploy entry
! NotLatestPipelineExecutionException
> remove
pipeline REMOVED
> override 1 Deploy entry
! PipelineNotFoundException
)"},
    {"a retry asks a beforeEntry condition again that refused, and not one that let it pass",
     "Source: Checkout | Deploy [entry FAIL VariableCheck]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> fail 1 Deploy.rule1 no
rule 1 Deploy.beforeEntry.rule1 FAILED JobFailed: no
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: no
> retry 1 Deploy
pipeline 1 RESUMED
stage 1 Deploy RESUMED by eve
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1@9 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.beforeEntry.rule1@9 SUCCEEDED
condition 1 Deploy.beforeEntry SUCCEEDED
action 1 Deploy.Ship STARTED
> fail 1 Deploy.Ship no
action 1 Deploy.Ship FAILED JobFailed: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: Deploy.Ship: no
> retry-all 1 Deploy
pipeline 1 RESUMED
stage 1 Deploy RESUMED by eve
action 1 Deploy.Ship@2 STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship@2 SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"a retry while onFailure is asked ends the question",
     "Source: Checkout | Deploy [failure ROLLBACK CloudWatchAlarm]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Ship STARTED
> fail 1 Deploy.Ship no
action 1 Deploy.Ship FAILED JobFailed: no
condition 1 Deploy.onFailure STARTED
rule 1 Deploy.onFailure.rule1 STARTED
> retry 1 Deploy
rule 1 Deploy.onFailure.rule1 ABANDONED
condition 1 Deploy.onFailure ABANDONED: The stage was retried.
stage 1 Deploy RESUMED by eve
action 1 Deploy.Ship@2 STARTED
> fail 1 Deploy.Ship no
action 1 Deploy.Ship@2 FAILED JobFailed: no
condition 1 Deploy.onFailure STARTED
rule 1 Deploy.onFailure.rule1@9 STARTED
> fail 1 Deploy.rule1 OK
rule 1 Deploy.onFailure.rule1@9 FAILED JobFailed: OK
condition 1 Deploy.onFailure FAILED: rule1: OK
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: Deploy.Ship: no
> retry 1 Deploy
pipeline 1 RESUMED
stage 1 Deploy RESUMED by eve
action 1 Deploy.Ship@3 STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship@3 SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"each stage asks its own conditions, and a rollback execution asks them too",
     "Source: Checkout | Deploy [entry FAIL VariableCheck] [success ROLLBACK Commands $true]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.beforeEntry.rule1 SUCCEEDED
condition 1 Deploy.beforeEntry SUCCEEDED
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
condition 1 Deploy.onSuccess STARTED
rule 1 Deploy.onSuccess.rule1 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.onSuccess.rule1 SUCCEEDED
condition 1 Deploy.onSuccess SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> rollback Deploy to 1
pipeline 2 STARTED
pipeline 2 INHERITED from 1
stage 2 Deploy STARTED
condition 2 Deploy.beforeEntry STARTED
rule 2 Deploy.beforeEntry.rule1 STARTED
> ok 2 Deploy.rule1
rule 2 Deploy.beforeEntry.rule1 SUCCEEDED
condition 2 Deploy.beforeEntry SUCCEEDED
action 2 Deploy.Ship STARTED
> ok 2 Deploy.Ship
action 2 Deploy.Ship SUCCEEDED
condition 2 Deploy.onSuccess STARTED
rule 2 Deploy.onSuccess.rule1 STARTED
> fail 2 Deploy.rule1 no
rule 2 Deploy.onSuccess.rule1 FAILED JobFailed: no
condition 2 Deploy.onSuccess FAILED, ROLLBACK: rule1: no
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: no
)"},
    {"in PARALLEL mode every execution asks for itself",
     "PARALLEL | Source: Checkout | Deploy [entry FAIL VariableCheck]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Deploy STARTED
condition 2 Deploy.beforeEntry STARTED
rule 2 Deploy.beforeEntry.rule1 STARTED
> fail 1 Deploy.rule1 no
rule 1 Deploy.beforeEntry.rule1 FAILED JobFailed: no
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: no
> ok 2 Deploy.rule1
rule 2 Deploy.beforeEntry.rule1 SUCCEEDED
condition 2 Deploy.beforeEntry SUCCEEDED
action 2 Deploy.Ship STARTED
> override 1 Deploy entry
pipeline 1 RESUMED
stage 1 Deploy RESUMED overridden by eve
condition 1 Deploy.beforeEntry OVERRIDDEN by eve
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"an onFailure condition is asked after onSuccess refused with FAIL, or could not be evaluated",
     "Source: Checkout | Deploy [success FAIL Commands $true] [failure ROLLBACK CloudWatchAlarm]: "
     "Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
condition 1 Deploy.onSuccess STARTED
rule 1 Deploy.onSuccess.rule1 STARTED
> fail 1 Deploy.rule1 no
rule 1 Deploy.onSuccess.rule1 FAILED JobFailed: no
condition 1 Deploy.onSuccess FAILED, FAIL: rule1: no
condition 1 Deploy.onFailure STARTED
rule 1 Deploy.onFailure.rule1 STARTED
> fail 1 Deploy.rule1 OK
rule 1 Deploy.onFailure.rule1 FAILED JobFailed: OK
condition 1 Deploy.onFailure FAILED: rule1: OK
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: no
> retry 1 Deploy
pipeline 1 RESUMED
stage 1 Deploy RESUMED by eve
condition 1 Deploy.onSuccess STARTED
rule 1 Deploy.onSuccess.rule1@9 STARTED
> crash 1 Deploy.rule1 signal 11
rule 1 Deploy.onSuccess.rule1@9 FAILED Crashed: signal 11
condition 1 Deploy.onSuccess ERRORED, FAIL: rule1: signal 11
condition 1 Deploy.onFailure STARTED
rule 1 Deploy.onFailure.rule1@9 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.onFailure.rule1@9 SUCCEEDED
condition 1 Deploy.onFailure SUCCEEDED, ROLLBACK
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: signal 11
)"},
    {"after an override of beforeEntry, onSuccess is asked",
     "Source: Checkout | Deploy [entry FAIL VariableCheck / Commands $true] [success FAIL Commands "
     "$true]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
rule 1 Deploy.beforeEntry.rule2 STARTED
> continue 1 Deploy.rule2 t
rule 1 Deploy.beforeEntry.rule2 CONTINUED t
> fail 1 Deploy.rule1 no
rule 1 Deploy.beforeEntry.rule1 FAILED JobFailed: no
rule 1 Deploy.beforeEntry.rule2 ABANDONED
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: no
> override 1 Deploy entry
pipeline 1 RESUMED
stage 1 Deploy RESUMED overridden by eve
condition 1 Deploy.beforeEntry OVERRIDDEN by eve
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
condition 1 Deploy.onSuccess STARTED
rule 1 Deploy.onSuccess.rule1 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.onSuccess.rule1 SUCCEEDED
condition 1 Deploy.onSuccess SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"a rule's report that comes when the condition is over is stale",
     "Source: Checkout | Deploy [entry FAIL VariableCheck / Commands $true]: Ship",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1 STARTED
rule 1 Deploy.beforeEntry.rule2 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.beforeEntry.rule1 SUCCEEDED
> ok 1 Deploy.rule1
! StaleReport
> fail 1 Deploy.rule1 late
! StaleReport
> signal 1 Deploy.rule1 x
! ActionNotWaiting
> signal 1 Deploy.rule2 x
! ActionNotWaiting
> ok 1 Deploy.rule2
rule 1 Deploy.beforeEntry.rule2 SUCCEEDED
condition 1 Deploy.beforeEntry SUCCEEDED
action 1 Deploy.Ship STARTED
> ok 1 Deploy.rule2
! StaleReport
)"},
};

}  // namespace

std::span<const Scenario> override_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
