// Stage conditions: beforeEntry, onSuccess, onFailure and their rules (facts 2.15).
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
};

}  // namespace

std::span<const Scenario> condition_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
