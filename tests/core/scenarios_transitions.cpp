// Disabled transitions in every mode, and the removal of a pipeline (facts 2.12, 7).
#include "tests/core/scenario.hpp"

namespace sluice::test {
namespace {

constexpr Scenario kScenarios[] = {
    {"with the option, a newer execution supersedes one that only waits at an approval",
     "supersede-approval | Source: Checkout | Gate: Look approval, Scan", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Gate STARTED
action 1 Gate.Look STARTED
action 1 Gate.Scan STARTED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
> ok 1 Gate.Scan
action 1 Gate.Scan SUCCEEDED
action 1 Gate.Look ABANDONED A newer execution superseded this one.
stage 1 Gate CANCELED
pipeline 1 SUPERSEDED by 2
stage 2 Gate STARTED
action 2 Gate.Look STARTED
action 2 Gate.Scan STARTED
> ok 2 Gate.Scan
action 2 Gate.Scan SUCCEEDED
> disable Gate frozen
transition into Gate DISABLED frozen
> start
pipeline 3 STARTED
stage 3 Source STARTED
action 3 Source.Checkout STARTED
> ok 3 Source.Checkout
action 3 Source.Checkout SUCCEEDED
stage 3 Source SUCCEEDED
> enable Gate
transition into Gate ENABLED
action 2 Gate.Look ABANDONED A newer execution superseded this one.
stage 2 Gate CANCELED
pipeline 2 SUPERSEDED by 3
stage 3 Gate STARTED
action 3 Gate.Look STARTED
action 3 Gate.Scan STARTED
)"},
    {"an execution waits before a disabled transition, a newer one supersedes it there",
     "Source: Checkout | Build: Compile", R"(
> disable Build frozen for the fair
transition into Build DISABLED frozen for the fair
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
pipeline 1 SUPERSEDED by 2
> enable Build
transition into Build ENABLED
stage 2 Build STARTED
action 2 Build.Compile STARTED
> enable Build
)"},
    {"QUEUED executions pile up, may be stopped there, and enter in order",
     "QUEUED | Source: Checkout | Build: Compile", R"(
> disable Source outbound no
transition out of Source DISABLED no
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
> start
pipeline 3 STARTED
stage 3 Source STARTED
action 3 Source.Checkout STARTED
> ok 3 Source.Checkout
action 3 Source.Checkout SUCCEEDED
stage 3 Source SUCCEEDED
> stop 1
pipeline 1 STOPPING wait
pipeline 1 STOPPED
> disable Build also no
transition into Build DISABLED also no
> enable Source outbound
transition out of Source ENABLED
> enable Build
transition into Build ENABLED
stage 2 Build STARTED
action 2 Build.Compile STARTED
> ok 2 Build.Compile
action 2 Build.Compile SUCCEEDED
stage 2 Build SUCCEEDED
pipeline 2 SUCCEEDED
stage 3 Build STARTED
action 3 Build.Compile STARTED
)"},
    {"the transition into the first stage holds starts; PARALLEL ones all go when it is enabled",
     "PARALLEL | Source: Checkout", R"(
> disable Source closed
transition into Source DISABLED closed
> start
pipeline 1 STARTED
> start
pipeline 2 STARTED
> wants
> enable Source
transition into Source ENABLED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
)"},
    {"a disabled transition survives an update by its name; nothing is done to what runs inside",
     "Source: Checkout | Build: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> disable Source inside already
transition into Source DISABLED inside already
> adopt Source: Fetch | Test: Unit
definition 2 ADOPTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source CANCELED
pipeline 1 CANCELED The pipeline was updated while it ran.
> start
pipeline 2 STARTED
> disable Build gone
! StageNotFoundException
> disable Test
! ValidationException
> enable Nowhere
! StageNotFoundException
)"},
    {"removal ends everything at once, and nothing is wanted afterwards",
     "Source: Checkout | Build: Compile, Look approval", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
action 1 Build.Look STARTED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> stop 2
stage 2 Source STOPPING
pipeline 2 STOPPING wait
> start
pipeline 3 STARTED
> remove
action 1 Build.Compile ABANDONED
action 1 Build.Look ABANDONED The pipeline was removed.
stage 1 Build CANCELED
pipeline 1 CANCELED The pipeline was removed.
action 2 Source.Checkout ABANDONED
stage 2 Source STOPPED
pipeline 2 STOPPED
pipeline 3 CANCELED The pipeline was removed.
pipeline REMOVED
> wants
> start
! PipelineNotFoundException
> remove
! PipelineNotFoundException
> disable Build no
! PipelineNotFoundException
# A new incarnation: versions and executions count on.
> adopt Source: Checkout
definition 2 ADOPTED
> start
pipeline 4 STARTED
stage 4 Source STARTED
action 4 Source.Checkout STARTED
)"},
};

}  // namespace

std::span<const Scenario> transition_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
