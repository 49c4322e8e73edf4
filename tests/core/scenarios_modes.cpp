// Locks and queues per mode, and updates while running (facts 2.6, 2.8).
#include "tests/core/scenario.hpp"

namespace sluice::test {
namespace {

constexpr Scenario kScenarios[] = {
    {"SUPERSEDED: the waiting place holds the newest; a stage is entered as soon as it is free",
     "Source: Checkout | Build: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> start
pipeline 2 STARTED
> start
pipeline 3 STARTED
pipeline 2 SUPERSEDED by 3
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
stage 3 Source STARTED
action 3 Source.Checkout STARTED
> ok 3 Source.Checkout
action 3 Source.Checkout SUCCEEDED
stage 3 Source SUCCEEDED
> start
pipeline 4 STARTED
stage 4 Source STARTED
action 4 Source.Checkout STARTED
> ok 4 Source.Checkout
action 4 Source.Checkout SUCCEEDED
stage 4 Source SUCCEEDED
pipeline 3 SUPERSEDED by 4
> ok 1 Build.Compile
action 1 Build.Compile SUCCEEDED
stage 1 Build SUCCEEDED
pipeline 1 SUCCEEDED
stage 4 Build STARTED
action 4 Build.Compile STARTED
)"},
    {"failure and stop release the lock at once", "Source: Checkout", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> start
pipeline 2 STARTED
> fail 1 Source.Checkout no
action 1 Source.Checkout FAILED JobFailed: no
stage 1 Source FAILED
pipeline 1 FAILED Stage Source failed: Source.Checkout: no
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> start
pipeline 3 STARTED
> abandon 2
stage 2 Source STOPPING
pipeline 2 STOPPING abandon
action 2 Source.Checkout ABANDONED
stage 2 Source STOPPED
pipeline 2 STOPPED
stage 3 Source STARTED
action 3 Source.Checkout STARTED
> start
pipeline 4 STARTED
> stop 4
pipeline 4 STOPPING wait
pipeline 4 STOPPED
)"},
    {"QUEUED: first come, first served, before every stage",
     "QUEUED | Source: Checkout | Build: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> start
pipeline 2 STARTED
> start
pipeline 3 STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 3 Source STARTED
action 3 Source.Checkout STARTED
> ok 3 Source.Checkout
action 3 Source.Checkout SUCCEEDED
stage 3 Source SUCCEEDED
> ok 1 Build.Compile
action 1 Build.Compile SUCCEEDED
stage 1 Build SUCCEEDED
pipeline 1 SUCCEEDED
stage 2 Build STARTED
action 2 Build.Compile STARTED
> fail 2 Build.Compile x
action 2 Build.Compile FAILED JobFailed: x
stage 2 Build FAILED
pipeline 2 FAILED Stage Build failed: Build.Compile: x
stage 3 Build STARTED
action 3 Build.Compile STARTED
)"},
    {"an execution that finishes on its QUEUED version is not superseded by one of a later version",
     "QUEUED | finish-on-own-version | Source: Checkout", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> start
pipeline 2 STARTED
> adopt SUPERSEDED | Source: Checkout
definition 2 ADOPTED
> start
pipeline 3 STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
pipeline 1 SUCCEEDED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
)"},
    {"QUEUED and PARALLEL are limited in number", "QUEUED | max=2 | Source: Checkout", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> start
pipeline 2 STARTED
> start
! ConcurrentPipelineExecutionsLimitExceededException
)"},
    {"PARALLEL: nobody waits; five actions of an execution at once",
     "PARALLEL | Source: A, B, C, D, E, F", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.A STARTED
action 1 Source.B STARTED
action 1 Source.C STARTED
action 1 Source.D STARTED
action 1 Source.E STARTED
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.A STARTED
action 2 Source.B STARTED
action 2 Source.C STARTED
action 2 Source.D STARTED
action 2 Source.E STARTED
> ok 1 Source.C
action 1 Source.C SUCCEEDED
action 1 Source.F STARTED
> adopt PARALLEL | Source: A
definition 2 ADOPTED
> ok 1 Source.F
action 1 Source.F SUCCEEDED
> start
pipeline 3 STARTED
stage 3 Source STARTED
action 3 Source.A STARTED
)"},
    {"an update cancels who waits now, and who is inside when its actions are done",
     "Source: Checkout, Fetch | Build: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
action 1 Source.Fetch STARTED
> start
pipeline 2 STARTED
> adopt Source: Checkout | Build: Compile | Deploy: Up
definition 2 ADOPTED
pipeline 2 CANCELED The pipeline was updated while it waited.
> start
pipeline 3 STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
> fail 1 Source.Fetch x
action 1 Source.Fetch FAILED JobFailed: x
stage 1 Source CANCELED
pipeline 1 CANCELED The pipeline was updated while it ran.
stage 3 Source STARTED
action 3 Source.Checkout STARTED
)"},
    {"an update ends a pending approval; its answer is out of date", "Source: Ask approval", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Ask STARTED
> continue 1 Source.Ask asked
action 1 Source.Ask CONTINUED asked
> approve 1 Source.Wrong
! ActionNotFoundException
> adopt Source: Ask approval
definition 2 ADOPTED
action 1 Source.Ask ABANDONED The pipeline was updated.
stage 1 Source CANCELED
pipeline 1 CANCELED The pipeline was updated while it ran.
> approve 1 Source.Ask
! InvalidApprovalTokenException
)"},
    {"an update while stopping ends as Stopped", "Source: Checkout", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> stop 1
stage 1 Source STOPPING
pipeline 1 STOPPING wait
> adopt Source: Checkout
definition 2 ADOPTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source STOPPED
pipeline 1 STOPPED
)"},
    {"with the option, an update lets running executions finish on their own version",
     "finish-on-own-version | Source: Checkout | Build: Compile", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> adopt finish-on-own-version | Source: Checkout | Test: Try | Build: Compile
definition 2 ADOPTED
> start
pipeline 2 STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Build STARTED
action 1 Build.Compile STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 1 Build.Compile
action 1 Build.Compile SUCCEEDED
stage 1 Build SUCCEEDED
pipeline 1 SUCCEEDED
)"},
};

}  // namespace

std::span<const Scenario> mode_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
