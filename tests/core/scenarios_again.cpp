// Retry and rollback, asked for and automatic (facts 2.10, 2.11), and approvals by several people.
#include "tests/core/scenario.hpp"

namespace sluice::test {
namespace {

constexpr Scenario kScenarios[] = {
    {"an approval that needs two people passes with the second, who is somebody else",
     "Source: Checkout | Gate: Look approval approvals=2", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Gate STARTED
action 1 Gate.Look STARTED
> approve 1 Gate.Look by=ann fine
action 1 Gate.Look APPROVED by ann
> approve 1 Gate.Look by=ann finer
! ApprovalAlreadyCompletedException
> reject 1 Gate.Look by=ann changed my mind
action 1 Gate.Look FAILED Rejected: changed my mind
stage 1 Gate FAILED
pipeline 1 FAILED Stage Gate failed: Gate.Look: changed my mind
> retry 1 Gate
pipeline 1 RESUMED
stage 1 Gate RESUMED by eve
action 1 Gate.Look@2 STARTED
> approve 1 Gate.Look by=ann
action 1 Gate.Look@2 APPROVED by ann
> approve 1 Gate.Look by=bob
action 1 Gate.Look@2 SUCCEEDED by bob
stage 1 Gate SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"an execution that comes to a stage after a newer rollback is not retried there by itself",
     "Source: Checkout | Build [failure RETRY]: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
> ok 1 Build.Compile
action 1 Build.Compile SUCCEEDED
stage 1 Build SUCCEEDED
pipeline 1 SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> fail 2 Source.Checkout no
action 2 Source.Checkout FAILED JobFailed: no
stage 2 Source FAILED
pipeline 2 FAILED Stage Source failed: Source.Checkout: no
> rollback Build to 1
pipeline 3 STARTED
pipeline 3 INHERITED from 1
stage 3 Build STARTED
action 3 Build.Compile STARTED
> ok 3 Build.Compile
action 3 Build.Compile SUCCEEDED
stage 3 Build SUCCEEDED
pipeline 3 SUCCEEDED
> retry 2 Source
pipeline 2 RESUMED
stage 2 Source RESUMED by eve
action 2 Source.Checkout@2 STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout@2 SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Build STARTED
action 2 Build.Compile STARTED
> fail 2 Build.Compile no
action 2 Build.Compile FAILED JobFailed: no
stage 2 Build FAILED
pipeline 2 FAILED Stage Build failed: Build.Compile: no
)"},
    {"failed actions run again while their peers go on; all actions only when nothing runs",
     "Source: Checkout, Fetch", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
action 1 Source.Fetch STARTED
> retry 1 Source
! StageNotRetryableException
> fail 1 Source.Checkout no
action 1 Source.Checkout FAILED JobFailed: no
> retry-all 1 Source
! StageNotRetryableException
> retry 1 Source
stage 1 Source RESUMED by eve
action 1 Source.Checkout@2 STARTED
> ok 1 Source.Fetch
action 1 Source.Fetch SUCCEEDED
> fail 1 Source.Checkout again
action 1 Source.Checkout@2 FAILED JobFailed: again
stage 1 Source FAILED
pipeline 1 FAILED Stage Source failed: Source.Checkout: again
> retry 1 Nowhere
! StageNotFoundException
> retry-all 1 Source
pipeline 1 RESUMED
stage 1 Source RESUMED by eve
action 1 Source.Checkout@3 STARTED
action 1 Source.Fetch@2 STARTED
> stop 1
stage 1 Source STOPPING
pipeline 1 STOPPING wait
> retry 1 Source
! StageNotRetryableException
> abandon 1
pipeline 1 STOPPING abandon
action 1 Source.Checkout@3 ABANDONED
action 1 Source.Fetch@2 ABANDONED
stage 1 Source STOPPED
pipeline 1 STOPPED
> retry 1 Source
pipeline 1 RESUMED
stage 1 Source RESUMED by eve
action 1 Source.Checkout@4 STARTED
action 1 Source.Fetch@3 STARTED
> ok 1 Source.Fetch
action 1 Source.Fetch@3 SUCCEEDED
> ok 1 Source.Checkout
action 1 Source.Checkout@4 SUCCEEDED
stage 1 Source SUCCEEDED
pipeline 1 SUCCEEDED
)"},
    {"a newer execution in the stage, or an update, ends the chance of a retry", "Source: Checkout",
     R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> fail 1 Source.Checkout no
action 1 Source.Checkout FAILED JobFailed: no
stage 1 Source FAILED
pipeline 1 FAILED Stage Source failed: Source.Checkout: no
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> retry 1 Source
! NotLatestPipelineExecutionException
> fail 2 Source.Checkout no
action 2 Source.Checkout FAILED JobFailed: no
stage 2 Source FAILED
pipeline 2 FAILED Stage Source failed: Source.Checkout: no
> adopt Source: Checkout
definition 2 ADOPTED
> retry 2 Source
! NotLatestPipelineExecutionException
)"},
    {"QUEUED counts a retried execution against the limit", "QUEUED | max=1 | Source: Checkout", R"(
> disable Source shut
transition into Source DISABLED shut
> enable Source
transition into Source ENABLED
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> fail 1 Source.Checkout no
action 1 Source.Checkout FAILED JobFailed: no
stage 1 Source FAILED
pipeline 1 FAILED Stage Source failed: Source.Checkout: no
> disable Source shut
transition into Source DISABLED shut
> start
pipeline 2 STARTED
> retry 1 Source
! ConcurrentPipelineExecutionsLimitExceededException
)"},
    {"onFailure RETRY runs the failed actions again, as often as it says, before anybody else",
     "Source: Checkout | Build [failure RETRY] [failure RETRY retries most:2]: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
> fail 1 Build.Compile no
action 1 Build.Compile FAILED JobFailed: no
stage 1 Build FAILED
pipeline 1 FAILED Stage Build failed: Build.Compile: no
pipeline 1 RESUMED
stage 1 Build RESUMED automatically
action 1 Build.Compile@2 STARTED
> fail 1 Build.Compile no
action 1 Build.Compile@2 FAILED JobFailed: no
stage 1 Build FAILED
pipeline 1 FAILED Stage Build failed: Build.Compile: no
pipeline 1 RESUMED
stage 1 Build RESUMED automatically
action 1 Build.Compile@3 STARTED
> fail 1 Build.Compile no
action 1 Build.Compile@3 FAILED JobFailed: no
stage 1 Build FAILED
pipeline 1 FAILED Stage Build failed: Build.Compile: no
)"},
    {"a rollback runs the stage with what its target had, and goes no further",
     "V=1 | Source: Checkout >app | Deploy: Copy <app | After: Tell", R"(
> start V=one
pipeline 1 STARTED V=one
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> rollback Deploy to 1
! UnableToRollbackStageException
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Copy STARTED app
> rollback Deploy to 1
! UnableToRollbackStageException
> ok 1 Deploy.Copy
action 1 Deploy.Copy SUCCEEDED
stage 1 Deploy SUCCEEDED
stage 1 After STARTED
action 1 After.Tell STARTED
> ok 1 After.Tell
action 1 After.Tell SUCCEEDED
stage 1 After SUCCEEDED
pipeline 1 SUCCEEDED
> rollback Nowhere to 1
! StageNotFoundException
> rollback Source to 1
! UnableToRollbackStageException
> rollback Deploy to 9
! PipelineExecutionNotFoundException
> rollback Deploy to 1
pipeline 2 STARTED V=one
pipeline 2 INHERITED from 1
stage 2 Deploy STARTED
action 2 Deploy.Copy STARTED app
> rollback Deploy to 1
! UnableToRollbackStageException
> fail 2 Deploy.Copy no
action 2 Deploy.Copy FAILED JobFailed: no
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: Deploy.Copy: no
> retry 2 Deploy
pipeline 2 RESUMED
stage 2 Deploy RESUMED by eve
action 2 Deploy.Copy@2 STARTED app
> rollback Deploy to 2
! UnableToRollbackStageException
> ok 2 Deploy.Copy
action 2 Deploy.Copy@2 SUCCEEDED
stage 2 Deploy SUCCEEDED
pipeline 2 SUCCEEDED
)"},
    {"onFailure ROLLBACK goes back to the latest success, if there is one, and does not chain",
     "Source: Checkout | Deploy [failure ROLLBACK]: Copy", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Copy STARTED
> fail 1 Deploy.Copy no
action 1 Deploy.Copy FAILED JobFailed: no
stage 1 Deploy FAILED
pipeline 1 FAILED Stage Deploy failed: Deploy.Copy: no
> retry 1 Deploy
pipeline 1 RESUMED
stage 1 Deploy RESUMED by eve
action 1 Deploy.Copy@2 STARTED
> ok 1 Deploy.Copy
action 1 Deploy.Copy@2 SUCCEEDED
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
action 2 Deploy.Copy STARTED
> fail 2 Deploy.Copy no
action 2 Deploy.Copy FAILED JobFailed: no
stage 2 Deploy FAILED
pipeline 2 FAILED Stage Deploy failed: Deploy.Copy: no
pipeline 3 STARTED
pipeline 3 INHERITED from 1
stage 3 Deploy STARTED
action 3 Deploy.Copy STARTED
> fail 3 Deploy.Copy no
action 3 Deploy.Copy FAILED JobFailed: no
stage 3 Deploy FAILED
pipeline 3 FAILED Stage Deploy failed: Deploy.Copy: no
> adopt Source: Checkout | Deploy: Copy
definition 2 ADOPTED
> rollback Deploy to 1
! PipelineExecutionNotFoundException
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
};

}  // namespace

std::span<const Scenario> again_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
