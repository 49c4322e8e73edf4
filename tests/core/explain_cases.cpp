#include "tests/core/explain_cases.hpp"

namespace sluice::test {
namespace {

constexpr ExplainCase kCases[] = {
    // Before a stage.
    {"an execution waits while another is inside its stage, and that one is explained too",
     "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> wait 10s
> start
> wait 5s
> ok 2 Source.Checkout
)",
     2, "", "", R"(
StageOccupied 2 Build (1 Build) since=0s -> Wait 1 Build,Stop 1 Build
  ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
)"},
    {"the chain goes down to the approval that everybody waits for",
     "QUEUED | Source: Checkout | Release: Approve approval approvals=2, Deploy @2", R"(
> start
> ok 1 Source.Checkout
> start
> ok 2 Source.Checkout
> start
> ok 3 Source.Checkout
> approve 1 Release.Approve by=ann good
> start
)",
     3, "", "", R"(
StageOccupied 3 Release (1 Release) since=0s -> Wait 1 Release,Stop 1 Release
  AwaitsApproval 1 Release.Approve since=0s deadline=604800s 1/2 [ann] -> Approve 1 Release.Approve,Reject 1 Release.Approve
BehindOlder 3 Release (2 Release) 1 -> Wait 2 Release
)"},
    {"a disabled transition says who closed it, since when and why",
     "Source: Checkout | Build: Compile", R"(
> disable Build the freeze
> wait 1m
> start
> ok 1 Source.Checkout
)",
     1, "", "", R"(
TransitionDisabled 1 Build (Build) inbound since=0s by="eve" reason="the freeze" -> EnableTransition Build
)"},
    {"an outbound transition holds as an inbound one does, beside who is inside",
     "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> disable Source outbound audit
> start
> ok 2 Source.Checkout
)",
     2, "", "", R"(
TransitionDisabled 2 Build (Source) outbound since=0s by="eve" reason="audit" -> EnableTransition Source
StageOccupied 2 Build (1 Build) since=0s -> Wait 1 Build,Stop 1 Build
  ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
)"},
    {"behind a closed transition the older one goes first in QUEUED",
     "QUEUED | Source: Checkout | Build: Compile", R"(
> disable Build the freeze
> start
> ok 1 Source.Checkout
> start
> ok 2 Source.Checkout
)",
     2, "", "", R"(
TransitionDisabled 2 Build (Build) inbound since=0s by="eve" reason="the freeze" -> EnableTransition Build
BehindOlder 2 Build (1 Build) 1 -> Wait 1 Build
)"},
    {"a PARALLEL execution waits for a transition and for nobody",
     "PARALLEL | Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> disable Build the freeze
> start
> ok 2 Source.Checkout
)",
     2, "", "", R"(
TransitionDisabled 2 Build (Build) inbound since=0s by="eve" reason="the freeze" -> EnableTransition Build
)"},
    // Inside a stage.
    {"what runs, what waits for its run order, and what is called again",
     "Source: Checkout | Build: Compile timeout=20, Lint, Test @2, Pack @3", R"(
> start
> ok 1 Source.Checkout
> wait 5s
> continue 1 Build.Lint token 30
> progress 1 Build.Compile 40
)",
     1, "", "", R"(
ActionRuns 1 Build.Compile since=0s deadline=1200s 40 -> Wait 1 Build.Compile,Abandon 1 Build
ActionPolls 1 Build.Lint since=0s until=35s deadline=3600s -> Wait 1 Build.Lint,Abandon 1 Build
AwaitsRunOrder 1 Build.Test [Compile,Lint] -> Wait 1 Build.Test
AwaitsRunOrder 1 Build.Pack [Compile,Lint,Test] -> Wait 1 Build.Pack
)"},
    {"an action that answered CONTINUE without a time waits for a signal",
     "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> continue 1 Build.Compile token
)",
     1, "", "", R"(
AwaitsSignal 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
)"},
    {"the limit of a PARALLEL execution holds actions of the same run order",
     "PARALLEL | Source: A, B, C, D, E, F", R"(
> start
)",
     1, "Source", "F", R"(
AwaitsParallelLimit 1 Source.F 5/5 [A,B,C,D,E] -> Wait 1 Source.F
  ActionRuns 1 Source.A since=0s deadline=3600s -> Wait 1 Source.A,Abandon 1 Source
  ActionRuns 1 Source.B since=0s deadline=3600s -> Wait 1 Source.B,Abandon 1 Source
  ActionRuns 1 Source.C since=0s deadline=3600s -> Wait 1 Source.C,Abandon 1 Source
  ActionRuns 1 Source.D since=0s deadline=3600s -> Wait 1 Source.D,Abandon 1 Source
  ActionRuns 1 Source.E since=0s deadline=3600s -> Wait 1 Source.E,Abandon 1 Source
)"},
    {"a stop waits for what runs, and what has not started never will",
     "Source: Checkout | Build: Compile, Test @2", R"(
> start
> ok 1 Source.Checkout
> wait 1m
> stop 1 wrong branch
)",
     1, "", "", R"(
Stopping 1 Build since=60s [Compile] by="eve" reason="wrong branch" -> Wait 1 Build,Abandon 1 Build
ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
WillNotRun 1 Build.Test
)"},
    {"an execution of an older version ends with its actions",
     "Source: Checkout | Build: Compile, Test @2", R"(
> start
> ok 1 Source.Checkout
> adopt Source: Checkout | Build: Compile
)",
     1, "", "", R"(
Outdated 1 Build 2 [Compile] -> Wait 1 Build,Abandon 1 Build
ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
WillNotRun 1 Build.Test
)"},
    {"a stage that has failed waits for what still runs, and the failed ones can be retried "
     "already",
     "Source: Checkout | Build: Compile, Lint", R"(
> start
> ok 1 Source.Checkout
> fail 1 Build.Lint bad style
)",
     1, "", "", R"(
Failing 1 Build [Compile] reason="Build.Lint: bad style" -> Wait 1 Build,RetryFailed 1 Build
ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
ActionFailed 1 Build.Lint since=0s code="JobFailed" reason="bad style"
)"},
    {"a lost worker is counted", "Source: Checkout | Build: Compile idempotent", R"(
> start
> ok 1 Source.Checkout
> lost 1 Build.Compile the worker is gone
)",
     1, "", "", R"(
ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
WorkerLost 1 Build.Compile 1 code="Lost" reason="the worker is gone"
)"},
    // Conditions.
    {"a condition before the stage says what its rules were asked, and what waits",
     "Source: Checkout ns=src | Deploy [entry FAIL VariableCheck Variable:#{src.Branch} Value:prod "
     "/ DeploymentWindow timeout=60]: Ship",
     R"(
> start
> ok 1 Source.Checkout Branch=main
> wait 5s
> continue 1 Deploy.rule2 closed 600
)",
     1, "", "", R"(
ConditionRuns 1 Deploy BEFORE_ENTRY -> OverrideCondition 1 Deploy
RuleRuns 1 Deploy.rule1 BEFORE_ENTRY since=0s deadline=3600s Value=prod Variable=main -> Wait 1 Deploy.rule1
RuleRuns 1 Deploy.rule2 BEFORE_ENTRY since=0s until=605s deadline=3600s -> Wait 1 Deploy.rule2
)"},
    {"a stop ends a condition at once, unlike actions",
     "Source: Checkout | Deploy [entry FAIL Commands $look]: Ship", R"(
> start
> ok 1 Source.Checkout
> stop 1 enough
)",
     1, "", "", R"(
Stopped 1 Deploy since=0s by="eve" reason="enough"
Retryable 1 Deploy -> RetryFailed 1 Deploy,RetryAll 1 Deploy
)"},
    {"a condition that said no says which rule, on which values, and can be overridden",
     "Source: Checkout ns=src | Deploy [entry FAIL VariableCheck Variable:#{src.Branch} "
     "Value:prod]: Ship",
     R"(
> start
> ok 1 Source.Checkout Branch=main
> fail 1 Deploy.rule1 main is not prod
)",
     1, "", "", R"(
Failed 1 Deploy since=0s reason="its beforeEntry condition did not let it pass: rule1: main is not prod"
ConditionRefused 1 Deploy BEFORE_ENTRY code="Failed" reason="rule1: main is not prod" -> OverrideCondition 1 Deploy
RuleRefused 1 Deploy.rule1 BEFORE_ENTRY since=0s code="JobFailed" reason="main is not prod" Value=prod Variable=main
Retryable 1 Deploy -> RetryFailed 1 Deploy,RetryAll 1 Deploy
)"},
    {"a rule that could not be evaluated is told apart",
     "Source: Checkout | Deploy [success FAIL Commands $smoke-test]: Ship", R"(
> start
> ok 1 Source.Checkout
> ok 1 Deploy.Ship
> crash 1 Deploy.rule1 signal 11
)",
     1, "", "", R"(
Failed 1 Deploy since=0s reason="its onSuccess condition did not let it pass: rule1: signal 11"
ConditionRefused 1 Deploy ON_SUCCESS code="Errored" reason="rule1: signal 11" -> OverrideCondition 1 Deploy
RuleRefused 1 Deploy.rule1 ON_SUCCESS since=0s code="Crashed" reason="signal 11" command=smoke-test
Retryable 1 Deploy -> RetryFailed 1 Deploy,RetryAll 1 Deploy
)"},
    {"a failed stage whose onFailure condition is looked at has not ended yet",
     "Source: Checkout | Deploy [failure ROLLBACK Commands $is-it-bad]: Ship", R"(
> start
> ok 1 Source.Checkout
> ok 1 Deploy.Ship
> start
> ok 2 Source.Checkout
> fail 2 Deploy.Ship it is down
)",
     2, "", "", R"(
Failing 2 Deploy [rule1] reason="Deploy.Ship: it is down" -> Wait 2 Deploy,RetryFailed 2 Deploy
ConditionRuns 2 Deploy ON_FAILURE
RuleRuns 2 Deploy.rule1 ON_FAILURE since=0s deadline=3300s command=is-it-bad -> Wait 2 Deploy.rule1
ActionFailed 2 Deploy.Ship since=0s code="JobFailed" reason="it is down"
)"},
    {"an onFailure condition that did not apply is told beside the failure",
     "Source: Checkout | Deploy [failure ROLLBACK Commands $is-it-bad]: Ship", R"(
> start
> ok 1 Source.Checkout
> fail 1 Deploy.Ship it is down
> fail 1 Deploy.rule1 it is not that bad
)",
     1, "", "", R"(
Failed 1 Deploy since=0s reason="Deploy.Ship: it is down"
ConditionRefused 1 Deploy ON_FAILURE code="Failed" reason="rule1: it is not that bad"
RuleRefused 1 Deploy.rule1 ON_FAILURE since=0s code="JobFailed" reason="it is not that bad" command=is-it-bad
ActionFailed 1 Deploy.Ship since=0s code="JobFailed" reason="it is down"
Retryable 1 Deploy -> RetryFailed 1 Deploy,RetryAll 1 Deploy
)"},
    {"a stage that its condition skipped says so, and the condition is not that of the next",
     "Source: Checkout | Docs [entry SKIP VariableCheck]: Render | Deploy: Ship", R"(
> start
> ok 1 Source.Checkout
> fail 1 Docs.rule1 main is not docs
)",
     1, "Docs", "", R"(
Skipped 1 Docs (1 Deploy)
ActionRuns 1 Deploy.Ship since=0s deadline=3600s -> Wait 1 Deploy.Ship,Abandon 1 Deploy
)"},
    // Over.
    {"a failure says what failed first and that it can be retried",
     "Source: Checkout | Build: Compile, Lint", R"(
> start
> ok 1 Source.Checkout
> fail 1 Build.Lint bad style
> wait 5s
> ok 1 Build.Compile
)",
     1, "", "", R"(
Failed 1 Build since=5s reason="Build.Lint: bad style"
ActionFailed 1 Build.Lint since=0s code="JobFailed" reason="bad style"
Retryable 1 Build -> RetryFailed 1 Build,RetryAll 1 Build
)"},
    {"a failed stage to which an earlier success can be rolled back",
     "Source: Checkout | Deploy: Ship", R"(
> start
> ok 1 Source.Checkout
> ok 1 Deploy.Ship
> start
> ok 2 Source.Checkout
> fail 2 Deploy.Ship it is down
)",
     2, "", "", R"(
Failed 2 Deploy since=0s reason="Deploy.Ship: it is down"
ActionFailed 2 Deploy.Ship since=0s code="JobFailed" reason="it is down"
Retryable 2 Deploy -> RetryFailed 2 Deploy,RetryAll 2 Deploy,RollBack 1 Deploy
)"},
    {"a newer execution that entered the stage ends the chance of a retry",
     "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> fail 1 Build.Compile broken
> start
> ok 2 Source.Checkout
)",
     1, "", "", R"(
Failed 1 Build since=0s reason="Build.Compile: broken"
ActionFailed 1 Build.Compile since=0s code="JobFailed" reason="broken"
RetryPassed 1 Build (2 Build) -> Start 1 Build
)"},
    {"an update ends the chance of a retry", "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> fail 1 Build.Compile broken
> adopt Source: Checkout | Build: Compile
)",
     1, "", "", R"(
Failed 1 Build since=0s reason="Build.Compile: broken"
ActionFailed 1 Build.Compile since=0s code="JobFailed" reason="broken"
RetryOutdated 1 Build 2 -> Start 1 Build
)"},
    {"a retry waits while another is inside the stage without having overtaken it",
     "QUEUED | finish-on-own-version | Source: Checkout | Build: Compile", R"(
> start
> disable Source outbound audit
> ok 1 Source.Checkout
> adopt finish-on-own-version | Fetch: Checkout | Build: Compile
> start
> ok 2 Fetch.Checkout
> fail 2 Build.Compile broken
> enable Source outbound
)",
     2, "", "", R"(
Failed 2 Build since=0s reason="Build.Compile: broken"
ActionFailed 2 Build.Compile since=0s code="JobFailed" reason="broken"
RetryOccupied 2 Build (1 Build) since=0s -> Wait 1 Build,Stop 1 Build
  ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
)"},
    {"a retry is refused while as many run as may",
     "PARALLEL | max=1 | Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> fail 1 Build.Compile broken
> start
)",
     1, "", "", R"(
Failed 1 Build since=0s reason="Build.Compile: broken"
ActionFailed 1 Build.Compile since=0s code="JobFailed" reason="broken"
RetryRefused 1 Build code="ConcurrentPipelineExecutionsLimitExceededException" reason="The most executions that the pipeline allows in this mode are in progress." -> Wait 1 Build
)"},
    {"a failure before any stage cannot be retried", "ENV= | Source: Checkout", R"(
> start
)",
     1, "", "", R"(
Failed 1 Source since=0s reason="Values for required variables haven't been provided: ENV"
RetryRefused 1 Source reason="It ended before it entered a stage." -> Start 1 Source
)"},
    {"automatic retries are counted against their limit",
     "Source: Checkout | Build [failure RETRY retries most:2]: Compile", R"(
> start
> ok 1 Source.Checkout
> fail 1 Build.Compile broken
> wait 5s
)",
     1, "", "", R"(
ActionRuns 1 Build.Compile since=0s deadline=3600s -> Wait 1 Build.Compile,Abandon 1 Build
AutomaticRetries 1 Build since=0s 1/2
)"},
    {"a retry by hand is counted too", "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> fail 1 Build.Compile broken
> wait 5s
> retry 1 Build
)",
     1, "", "", R"(
ActionRuns 1 Build.Compile since=5s deadline=3605s -> Wait 1 Build.Compile,Abandon 1 Build
Retried 1 Build since=5s 1
)"},
    {"a rollback says whose work it repeats", "Source: Checkout | Deploy: Ship", R"(
> start
> ok 1 Source.Checkout
> ok 1 Deploy.Ship
> rollback Deploy to 1
)",
     2, "", "", R"(
ActionRuns 2 Deploy.Ship since=0s deadline=3600s -> Wait 2 Deploy.Ship,Abandon 2 Deploy
Rollback 2 Deploy (1 Deploy)
)"},
    {"a stopped execution says who stopped it and that it can go on",
     "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> abandon 1 enough
)",
     1, "", "", R"(
Stopped 1 Build since=0s by="eve" reason="enough"
Retryable 1 Build -> RetryFailed 1 Build,RetryAll 1 Build
)"},
    {"a superseded execution names the newer one", "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> start
> ok 2 Source.Checkout
> start
> ok 3 Source.Checkout
)",
     2, "", "", R"(
Superseded 2 Build (3 Build) since=0s
)"},
    {"an execution that an update cancelled says so", "Source: Checkout | Build: Compile", R"(
> start
> ok 1 Source.Checkout
> start
> ok 2 Source.Checkout
> adopt Source: Checkout | Build: Compile
)",
     2, "", "", R"(
Cancelled 2 Build since=0s reason="The pipeline was updated while it waited." -> Start 2 Build
)"},
    {"success is said in a word", "Source: Checkout", R"(
> start
> wait 5s
> ok 1 Source.Checkout
)",
     1, "", "", R"(
Succeeded 1 Source since=5s
)"},
    // Of a stage or an action.
    {"a stage that is behind the execution was passed", "Source: Checkout | Build: Compile", R"(
> start
> wait 5s
> ok 1 Source.Checkout
)",
     1, "Source", "", R"(
Passed 1 Source (1 Build) since=5s
)"},
    {"a stage that comes later is not reached, and why not is told",
     "Source: Checkout | Build: Compile", R"(
> start
)",
     1, "Build", "", R"(
NotReached 1 Build (1 Source)
ActionRuns 1 Source.Checkout since=0s deadline=3600s -> Wait 1 Source.Checkout,Abandon 1 Source
)"},
    {"a rollback has nothing to do with other stages",
     "Source: Checkout | Deploy: Ship | After: Look", R"(
> start
> ok 1 Source.Checkout
> ok 1 Deploy.Ship
> rollback Deploy to 1
)",
     2, "After", "", R"(
NotPart 2 After (2 Deploy)
ActionRuns 2 Deploy.Ship since=0s deadline=3600s -> Wait 2 Deploy.Ship,Abandon 2 Deploy
Rollback 2 Deploy (1 Deploy)
)"},
    {"an action that succeeded says when", "Source: Checkout | Build: Compile, Lint", R"(
> start
> ok 1 Source.Checkout
> wait 5s
> ok 1 Build.Lint
)",
     1, "Build", "Lint", R"(
ActionSucceeded 1 Build.Lint since=5s
)"},
    {"an action that was abandoned says so", "Source: Checkout | Build: Compile, Lint", R"(
> start
> ok 1 Source.Checkout
> wait 5s
> abandon 1
)",
     1, "Build", "Lint", R"(
Stopped 1 Build since=5s by="eve"
ActionAbandoned 1 Build.Lint since=5s
Retryable 1 Build -> RetryFailed 1 Build,RetryAll 1 Build
)"},
};

}  // namespace

std::span<const ExplainCase> explain_cases() {
  return kCases;
}

}  // namespace sluice::test
