// Start, stages in order, groups, success and failure, stop, variables (facts 2.2-2.5, 2.7, 2.9,
// 3).
#include "tests/core/scenario.hpp"

namespace sluice::test {
namespace {

constexpr Scenario kScenarios[] = {
    {"a clean run tells its facts in the order of facts 6.1",
     "Source: Checkout >app | Build: Compile <app >bin | Deploy: Up <bin", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED app
> wants
run 1 Build.Compile
deadline 1 Build.Compile in 3600s
> ok 1 Build.Compile
action 1 Build.Compile SUCCEEDED
stage 1 Build SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Up STARTED bin
> ok 1 Deploy.Up
action 1 Deploy.Up SUCCEEDED
stage 1 Deploy SUCCEEDED
pipeline 1 SUCCEEDED
> wants
)"},
    {"a group starts together and the next one waits for all of it; gaps are allowed",
     "Source: Checkout | Build: Pack @7, Compile, Lint, Sign @2", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
action 1 Build.Lint STARTED
> ok 1 Build.Lint
action 1 Build.Lint SUCCEEDED
> ok 1 Build.Compile
action 1 Build.Compile SUCCEEDED
action 1 Build.Sign STARTED
> ok 1 Build.Sign
action 1 Build.Sign SUCCEEDED
action 1 Build.Pack STARTED
> ok 1 Build.Pack
action 1 Build.Pack SUCCEEDED
stage 1 Build SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"a failed action lets its running peers finish, and later groups never start",
     "Source: Checkout | Build: Compile, Lint, Pack @2 | Deploy: Up", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
action 1 Build.Lint STARTED
> fail 1 Build.Compile exit status 2
action 1 Build.Compile FAILED JobFailed: exit status 2
> wants
run 1 Build.Lint
deadline 1 Build.Lint in 3600s
> ok 1 Build.Lint
action 1 Build.Lint SUCCEEDED
stage 1 Build FAILED
pipeline 1 FAILED Stage Build failed: Build.Compile: exit status 2
> ok 1 Build.Lint
! StaleReport
)"},
    {"variables are bound at start: given, else default", "ENV=staging | SIZE=1 | Source: Checkout",
     R"(
> start SIZE=3
pipeline 1 STARTED ENV=staging SIZE=3
stage 1 Source STARTED
action 1 Source.Checkout STARTED
)"},
    {"a required variable without a value fails the execution, which then enters no stage",
     "ENV=staging | A= | B= | Source: Checkout", R"(
> start
pipeline 1 STARTED ENV=staging
pipeline 1 FAILED Values for required variables haven't been provided: A,B
> start A=1 B=2
pipeline 2 STARTED ENV=staging A=1 B=2
stage 2 Source STARTED
action 2 Source.Checkout STARTED
)"},
    {"a start is refused for variables twice, unknown or empty, and for revisions of no source",
     "A=1 | Source: Checkout", R"(
> start A=1 A=2
! ValidationException
> start B=1
! ValidationException
> start A=
! ValidationException
> start revision=Nothing:abc
! ValidationException
> start revision=Checkout:abc
pipeline 1 STARTED A=1
stage 1 Source STARTED
action 1 Source.Checkout STARTED
)"},
    {"a client token seen before gives the execution of then, after duplicates are looked for",
     "A=1 | Source: Checkout", R"(
> start token=t1
pipeline 1 STARTED A=1
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> start token=t1
replay of 1
> start token=t1 A=5 B=7
replay of 1
> start token=t1 A=5 A=6
! ValidationException
> start token=t2
pipeline 2 STARTED A=1
)"},
    {"stop and wait: what runs goes on, nothing new starts, then Stopped even after a failure",
     "Source: Checkout | Build: Compile, Lint, Pack @2", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
action 1 Build.Lint STARTED
> stop 1
stage 1 Build STOPPING
pipeline 1 STOPPING wait
> wants
run 1 Build.Compile
run 1 Build.Lint
deadline 1 Build.Compile in 3600s
deadline 1 Build.Lint in 3600s
> stop 1
! DuplicatedStopRequestException
> fail 1 Build.Compile bad
action 1 Build.Compile FAILED JobFailed: bad
> ok 1 Build.Lint
action 1 Build.Lint SUCCEEDED
stage 1 Build STOPPED
pipeline 1 STOPPED
> stop 1
! PipelineExecutionNotStoppableException
)"},
    {"stop and abandon: order of facts 6.1; allowed after a stop and wait",
     "Source: Checkout, Fetch | Build: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
action 1 Source.Fetch STARTED
> abandon 1
stage 1 Source STOPPING
pipeline 1 STOPPING abandon
action 1 Source.Checkout ABANDONED
action 1 Source.Fetch ABANDONED
stage 1 Source STOPPED
pipeline 1 STOPPED
> abandon 1
! PipelineExecutionNotStoppableException
> ok 1 Source.Checkout
! StaleReport
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
action 2 Source.Fetch STARTED
> stop 2
stage 2 Source STOPPING
pipeline 2 STOPPING wait
> abandon 2
pipeline 2 STOPPING abandon
action 2 Source.Checkout ABANDONED
action 2 Source.Fetch ABANDONED
stage 2 Source STOPPED
pipeline 2 STOPPED
)"},
    {"namespaces: outputs of earlier actions, pipeline variables, the execution's id",
     "ENV=prod | Source: Checkout ns=src | Build: Compile ns=b c:#{src.Id}/#{variables.ENV}, "
     "Pack @2 c:#{b.Size}#{codepipeline.PipelineExecutionId} $echo_#{b.Size} env=#{src.Id}",
     R"(
> start
pipeline 1 STARTED ENV=prod
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout Id=abc
action 1 Source.Checkout SUCCEEDED Id=abc
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
> ok 1 Build.Compile Size=9
action 1 Build.Compile SUCCEEDED Size=9
action 1 Build.Pack STARTED
)"},
    {"a reference that cannot be resolved fails the action as it starts; its peers run",
     "Source: Checkout ns=src | Build: Compile c:#{src.Nothing}, Lint", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
action 1 Build.Compile FAILED ConfigurationError: The variable #{src.Nothing} has no value: the action Source.Checkout did not produce Nothing.
action 1 Build.Lint STARTED
> ok 1 Build.Lint
action 1 Build.Lint SUCCEEDED
stage 1 Build FAILED
pipeline 1 FAILED Stage Build failed: Build.Compile: The variable #{src.Nothing} has no value: the action Source.Checkout did not produce Nothing.
)"},
    {"an input artifact that was not produced fails the action, and with it the stage at once",
     "Source: Checkout | Build: Compile <app", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
action 1 Build.Compile FAILED ConfigurationError: The input artifact app was not produced by any earlier action.
stage 1 Build FAILED
pipeline 1 FAILED Stage Build failed: Build.Compile: The input artifact app was not produced by any earlier action.
)"},
};

}  // namespace

std::span<const Scenario> basic_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
