// Stage conditions: beforeEntry, onSuccess, onFailure, their rules and overrides (facts 2.15).
#include "tests/core/scenario.hpp"

namespace sluice::test {
namespace {

constexpr Scenario kScenarios[] = {
    {"a stage whose beforeEntry rules all succeed begins its actions then",
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
> wants
run 1 Deploy.rule1
run 1 Deploy.rule2
deadline 1 Deploy.rule1 in 3600s
deadline 1 Deploy.rule2 in 3300s
> ok 1 Deploy.rule2
rule 1 Deploy.beforeEntry.rule2 SUCCEEDED
> ok 1 Deploy.rule1
rule 1 Deploy.beforeEntry.rule1 SUCCEEDED
condition 1 Deploy.beforeEntry SUCCEEDED
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"the first beforeEntry rule that fails ends the others, and the stage with FAIL",
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
> fail 1 Deploy.rule2 exit status 1
rule 1 Deploy.beforeEntry.rule2 FAILED JobFailed: exit status 1
rule 1 Deploy.beforeEntry.rule1 ABANDONED
condition 1 Deploy.beforeEntry FAILED, FAIL: rule2: exit status 1
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule2: exit status 1
> ok 1 Deploy.rule1
! StaleReport
)"},
    {"a beforeEntry refusal does not engage onFailure, since nothing of the stage ran",
     "Source: Checkout | Deploy [entry FAIL VariableCheck] [failure ROLLBACK]: Ship",
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
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
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
> fail 2 Deploy.rule1 no
rule 2 Deploy.beforeEntry.rule1 FAILED JobFailed: no
condition 2 Deploy.beforeEntry FAILED, FAIL: rule1: no
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: no
)"},
    {"SKIP leaves the stage out and goes on to the next",
     "Source: Checkout | Docs [entry SKIP VariableCheck]: Render | Deploy: Ship",
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
> fail 1 Docs.rule1 main is not docs
rule 1 Docs.beforeEntry.rule1 FAILED JobFailed: main is not docs
condition 1 Docs.beforeEntry FAILED, SKIP: rule1: main is not docs
stage 1 Docs SKIPPED
stage 1 Deploy STARTED
action 1 Deploy.Ship STARTED
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"SKIP of the last stage ends the execution well, and nothing can be rolled back to it",
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
> fail 1 Docs.rule1 no
rule 1 Docs.beforeEntry.rule1 FAILED JobFailed: no
condition 1 Docs.beforeEntry FAILED, SKIP: rule1: no
stage 1 Docs SKIPPED
pipeline 1 SUCCEEDED
> rollback Docs to 1
! PipelineExecutionNotFoundException
> retry 1 Docs
! NotLatestPipelineExecutionException
)"},
    {"a rule that could not be evaluated holds the stage, whatever the result would be",
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
> crash 1 Docs.rule1 signal 11
rule 1 Docs.beforeEntry.rule1 FAILED Crashed: signal 11
condition 1 Docs.beforeEntry ERRORED, FAIL: rule1: signal 11
stage 1 Docs FAILED
pipeline 1 FAILED Stage Docs failed: its beforeEntry condition did not let it pass: rule1: signal 11
)"},
    {"a rule whose variable has no value could not be evaluated",
     "Source: Checkout ns=src | Docs [entry FAIL VariableCheck Variable:#{src.Branch}]: Render",
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
rule 1 Docs.beforeEntry.rule1 FAILED ConfigurationError: The variable #{src.Branch} has no value: the action Source.Checkout did not produce Branch.
condition 1 Docs.beforeEntry ERRORED, FAIL: rule1: The variable #{src.Branch} has no value: the action Source.Checkout did not produce Branch.
stage 1 Docs FAILED
pipeline 1 FAILED Stage Docs failed: its beforeEntry condition did not let it pass: rule1: The variable #{src.Branch} has no value: the action Source.Checkout did not produce Branch.
)"},
    {"a rule reads what earlier stages left, and behind the stage what the stage left",
     "Source: Checkout >code ns=src | Build [entry FAIL VariableCheck Variable:#{src.Branch}] "
     "[success FAIL Commands $true <app]: Compile <code >app",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout Branch=main
action 1 Source.Checkout SUCCEEDED Branch=main
stage 1 Source SUCCEEDED
stage 1 Build STARTED
condition 1 Build.beforeEntry STARTED
rule 1 Build.beforeEntry.rule1 STARTED
> ok 1 Build.rule1
rule 1 Build.beforeEntry.rule1 SUCCEEDED
condition 1 Build.beforeEntry SUCCEEDED
action 1 Build.Compile STARTED code
> ok 1 Build.Compile
action 1 Build.Compile SUCCEEDED
condition 1 Build.onSuccess STARTED
rule 1 Build.onSuccess.rule1 STARTED
> ok 1 Build.rule1
rule 1 Build.onSuccess.rule1 SUCCEEDED
condition 1 Build.onSuccess SUCCEEDED
stage 1 Build SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"a rule that lost its worker is evaluated again, three times",
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
> lost 1 Deploy.rule1 gone
rule 1 Deploy.beforeEntry.rule1@2 STARTED AGAIN gone
> lost 1 Deploy.rule1 gone
rule 1 Deploy.beforeEntry.rule1@3 STARTED AGAIN gone
> lost 1 Deploy.rule1 gone
rule 1 Deploy.beforeEntry.rule1@4 STARTED AGAIN gone
> lost 1 Deploy.rule1 gone
rule 1 Deploy.beforeEntry.rule1@4 FAILED Lost: gone
condition 1 Deploy.beforeEntry ERRORED, FAIL: rule1: gone
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: gone
)"},
    {"a rule may wait, be called again, report progress, and time out",
     "Source: Checkout | Deploy [entry FAIL DeploymentWindow timeout=10]: Ship",
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
> progress 1 Deploy.rule1 5
rule 1 Deploy.beforeEntry.rule1 PROGRESSED 5%
> continue 1 Deploy.rule1 till-noon 60
rule 1 Deploy.beforeEntry.rule1 CONTINUED till-noon
> wants
deadline 1 Deploy.rule1 in 60s
> wait 1m
rule 1 Deploy.beforeEntry.rule1/2 CALLED AGAIN
> continue 1 Deploy.rule1 till-one
rule 1 Deploy.beforeEntry.rule1/2 CONTINUED till-one
> progress 1 Deploy.rule1 7
! StaleReport
> signal 1 Deploy.rule1 now
rule 1 Deploy.beforeEntry.rule1/3 CALLED AGAIN now
> continue 1 Deploy.rule1 t
rule 1 Deploy.beforeEntry.rule1/3 CONTINUED t
> signal 1 Deploy.rule1 again
rule 1 Deploy.beforeEntry.rule1/4 CALLED AGAIN again
> signal 1 Deploy.rule1 early
! ActionNotWaiting
> deadline 1 Deploy.rule1
! DeadlineNotReached
> wait 9m
rule 1 Deploy.beforeEntry.rule1/4 FAILED TimedOut: The rule did not succeed within its timeout.
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: The rule did not succeed within its timeout.
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: The rule did not succeed within its timeout.
)"},
    {"a rule that waits times out too, and the stage fails",
     "Source: Checkout | Deploy [entry FAIL DeploymentWindow timeout=10]: Ship",
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
> continue 1 Deploy.rule1 t
rule 1 Deploy.beforeEntry.rule1 CONTINUED t
> wait 10m
rule 1 Deploy.beforeEntry.rule1 FAILED TimedOut: The rule did not succeed within its timeout.
condition 1 Deploy.beforeEntry FAILED, FAIL: rule1: The rule did not succeed within its timeout.
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its beforeEntry condition did not let it pass: rule1: The rule did not succeed within its timeout.
)"},
    {"an onSuccess condition that refuses fails the stage and engages onFailure",
     "Source: Checkout | Deploy [success FAIL CloudWatchAlarm] [failure ROLLBACK]: Ship",
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
> ok 1 Deploy.rule1
rule 1 Deploy.onSuccess.rule1 SUCCEEDED
condition 1 Deploy.onSuccess SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Deploy STARTED
action 2 Deploy.Ship STARTED
> ok 2 Deploy.Ship
action 2 Deploy.Ship SUCCEEDED
condition 2 Deploy.onSuccess STARTED
rule 2 Deploy.onSuccess.rule1 STARTED
> fail 2 Deploy.rule1 errors is ALARM
rule 2 Deploy.onSuccess.rule1 FAILED JobFailed: errors is ALARM
condition 2 Deploy.onSuccess FAILED, FAIL: rule1: errors is ALARM
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: errors is ALARM
pipeline 3 STARTED
pipeline 3 INHERITED from 1
stage 3 Deploy STARTED
action 3 Deploy.Ship STARTED
)"},
    {"an onSuccess condition with ROLLBACK rolls back, and the stage failed",
     "Source: Checkout | Deploy [success ROLLBACK CloudWatchAlarm]: Ship",
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
> ok 1 Deploy.rule1
rule 1 Deploy.onSuccess.rule1 SUCCEEDED
condition 1 Deploy.onSuccess SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Deploy STARTED
action 2 Deploy.Ship STARTED
> ok 2 Deploy.Ship
action 2 Deploy.Ship SUCCEEDED
condition 2 Deploy.onSuccess STARTED
rule 2 Deploy.onSuccess.rule1 STARTED
> fail 2 Deploy.rule1 errors is ALARM
rule 2 Deploy.onSuccess.rule1 FAILED JobFailed: errors is ALARM
condition 2 Deploy.onSuccess FAILED, ROLLBACK: rule1: errors is ALARM
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: errors is ALARM
pipeline 3 STARTED
pipeline 3 INHERITED from 1
stage 3 Deploy STARTED
action 3 Deploy.Ship STARTED
> ok 3 Deploy.Ship
action 3 Deploy.Ship SUCCEEDED
condition 3 Deploy.onSuccess STARTED
rule 3 Deploy.onSuccess.rule1 STARTED
> ok 3 Deploy.rule1
rule 3 Deploy.onSuccess.rule1 SUCCEEDED
condition 3 Deploy.onSuccess SUCCEEDED
stage 3 Deploy SUCCEEDED
pipeline 3 SUCCEEDED
)"},
    {"an onSuccess condition that could not be evaluated does not roll back",
     "Source: Checkout | Deploy [success ROLLBACK CloudWatchAlarm]: Ship",
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
> ok 1 Deploy.rule1
rule 1 Deploy.onSuccess.rule1 SUCCEEDED
condition 1 Deploy.onSuccess SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Deploy STARTED
action 2 Deploy.Ship STARTED
> ok 2 Deploy.Ship
action 2 Deploy.Ship SUCCEEDED
condition 2 Deploy.onSuccess STARTED
rule 2 Deploy.onSuccess.rule1 STARTED
> crash 2 Deploy.rule1 signal 6
rule 2 Deploy.onSuccess.rule1 FAILED Crashed: signal 6
condition 2 Deploy.onSuccess ERRORED, FAIL: rule1: signal 6
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: signal 6
)"},
    {"an onFailure condition whose rules succeed rolls back",
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
> ok 1 Deploy.Ship
action 1 Deploy.Ship SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Deploy STARTED
action 2 Deploy.Ship STARTED
> fail 2 Deploy.Ship no
action 2 Deploy.Ship FAILED JobFailed: no
condition 2 Deploy.onFailure STARTED
rule 2 Deploy.onFailure.rule1 STARTED
> ok 2 Deploy.rule1
rule 2 Deploy.onFailure.rule1 SUCCEEDED
condition 2 Deploy.onFailure SUCCEEDED, ROLLBACK
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: Deploy.Ship: no
pipeline 3 STARTED
pipeline 3 INHERITED from 1
stage 3 Deploy STARTED
action 3 Deploy.Ship STARTED
> fail 3 Deploy.Ship no
action 3 Deploy.Ship FAILED JobFailed: no
stage 3 Deploy FAILED
pipeline 3 FAILED Stage Deploy failed: Deploy.Ship: no
)"},
    {"an onFailure condition whose rules do not succeed leaves the failure as it is",
     "Source: Checkout | Deploy [failure ROLLBACK CloudWatchAlarm / Commands $true]: Ship",
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
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Deploy STARTED
action 2 Deploy.Ship STARTED
> fail 2 Deploy.Ship no
action 2 Deploy.Ship FAILED JobFailed: no
condition 2 Deploy.onFailure STARTED
rule 2 Deploy.onFailure.rule1 STARTED
rule 2 Deploy.onFailure.rule2 STARTED
> fail 2 Deploy.rule1 errors is OK
rule 2 Deploy.onFailure.rule1 FAILED JobFailed: errors is OK
rule 2 Deploy.onFailure.rule2 ABANDONED
condition 2 Deploy.onFailure FAILED: rule1: errors is OK
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: Deploy.Ship: no
)"},
    {"a running action is waited for before onFailure is asked",
     "Source: Checkout | Deploy [failure ROLLBACK CloudWatchAlarm]: Ship, Tell",
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
action 1 Deploy.Tell STARTED
> fail 1 Deploy.Ship no
action 1 Deploy.Ship FAILED JobFailed: no
> ok 1 Deploy.Tell
action 1 Deploy.Tell SUCCEEDED
condition 1 Deploy.onFailure STARTED
rule 1 Deploy.onFailure.rule1 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.onFailure.rule1 SUCCEEDED
condition 1 Deploy.onFailure SUCCEEDED, ROLLBACK
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: Deploy.Ship: no
)"},
    {"a stop does not wait for rules",
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
> override 1 Deploy success
! ConditionNotOverridableException
> stop 1
stage 1 Deploy STOPPING
pipeline 1 STOPPING wait
rule 1 Deploy.beforeEntry.rule1 ABANDONED
condition 1 Deploy.beforeEntry ABANDONED: The execution was stopped.
stage 1 Deploy STOPPED
pipeline 1 STOPPED
> override 1 Deploy entry
! ConditionNotOverridableException
> retry 1 Deploy
pipeline 1 RESUMED
stage 1 Deploy RESUMED by eve
condition 1 Deploy.beforeEntry STARTED
rule 1 Deploy.beforeEntry.rule1@9 STARTED
> abandon 1
stage 1 Deploy STOPPING
pipeline 1 STOPPING abandon
rule 1 Deploy.beforeEntry.rule1@9 ABANDONED
condition 1 Deploy.beforeEntry ABANDONED: The execution was stopped.
stage 1 Deploy STOPPED
pipeline 1 STOPPED
)"},
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
    {"an automatic retry asks onSuccess again",
     "Source: Checkout | Deploy [success FAIL Commands $true] [failure RETRY]: Ship",
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
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: its onSuccess condition did not let it pass: rule1: no
pipeline 1 RESUMED
stage 1 Deploy RESUMED automatically
condition 1 Deploy.onSuccess STARTED
rule 1 Deploy.onSuccess.rule1@9 STARTED
> ok 1 Deploy.rule1
rule 1 Deploy.onSuccess.rule1@9 SUCCEEDED
condition 1 Deploy.onSuccess SUCCEEDED
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

std::span<const Scenario> condition_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
