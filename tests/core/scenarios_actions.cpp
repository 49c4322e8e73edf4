// Timeouts, approvals, CONTINUE, lost workers (facts 2.13, 2.14).
#include "tests/core/scenario.hpp"

namespace sluice::test {
namespace {

constexpr Scenario kScenarios[] = {
    {"an action that does not end within its timeout fails", "Source: Checkout timeout=5", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> wait 4m
> deadline 1 Source.Checkout
! DeadlineNotReached
> wait 2m
action 1 Source.Checkout FAILED TimedOut: The action did not end within its timeout.
stage 1 Source FAILED
pipeline 1 FAILED Stage Source failed: Source.Checkout: The action did not end within its timeout.
> deadline 1 Source.Checkout
! StaleReport
)"},
    {"an approval waits without a worker until it is answered",
     "Source: Checkout | Gate: Ask approval | Deploy: Up", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Gate STARTED
action 1 Gate.Ask STARTED
> wants
run 1 Gate.Ask
deadline 1 Gate.Ask in 604800s
> progress 1 Gate.Ask 10
action 1 Gate.Ask PROGRESSED 10%
> continue 1 Gate.Ask asked
action 1 Gate.Ask CONTINUED asked
> wants
deadline 1 Gate.Ask in 604800s
> progress 1 Gate.Ask 10
! StaleReport
> approve 1 Gate.Ask by=ann looks good
action 1 Gate.Ask SUCCEEDED by ann
stage 1 Gate SUCCEEDED
stage 1 Deploy STARTED
action 1 Deploy.Up STARTED
> approve 1 Gate.Ask by=ann
! ApprovalAlreadyCompletedException
)"},
    {"an approval can be answered while its worker still announces it; the worker's word is stale",
     "Source: Checkout | Gate: Ask approval, Ask2 approval", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Gate STARTED
action 1 Gate.Ask STARTED
action 1 Gate.Ask2 STARTED
> approve 1 Gate.Ask by=ann
action 1 Gate.Ask SUCCEEDED by ann
> continue 1 Gate.Ask asked
! StaleReport
> reject 1 Gate.Ask2 by=bob not today
action 1 Gate.Ask2 FAILED Rejected: not today
stage 1 Gate FAILED
pipeline 1 FAILED Stage Gate failed: Gate.Ask2: not today
> reject 1 Gate.Ask2 by=bob
! ApprovalAlreadyCompletedException
)"},
    {"an approval is rejected while it waits; another expires after seven days",
     "Source: Checkout | Gate: Ask approval", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Checkout STARTED
> approve 1 Source.Checkout
! InvalidApprovalTokenException
> approve 1 Gate.Ask
! InvalidApprovalTokenException
> ok 1 Source.Checkout
action 1 Source.Checkout SUCCEEDED
stage 1 Source SUCCEEDED
stage 1 Gate STARTED
action 1 Gate.Ask STARTED
> continue 1 Gate.Ask asked
action 1 Gate.Ask CONTINUED asked
> reject 1 Gate.Ask by=ann
action 1 Gate.Ask FAILED Rejected: The approval was rejected.
stage 1 Gate FAILED
pipeline 1 FAILED Stage Gate failed: Gate.Ask: The approval was rejected.
> start
pipeline 2 STARTED
stage 2 Source STARTED
action 2 Source.Checkout STARTED
> ok 2 Source.Checkout
action 2 Source.Checkout SUCCEEDED
stage 2 Source SUCCEEDED
stage 2 Gate STARTED
action 2 Gate.Ask STARTED
> continue 2 Gate.Ask asked
action 2 Gate.Ask CONTINUED asked
> approve 2 Gate.Nothing
! ActionNotFoundException
> approve 2 Nowhere.Ask
! StageNotFoundException
> wait 7d
action 2 Gate.Ask FAILED TimedOut: Nobody answered the approval in time.
stage 2 Gate FAILED
pipeline 2 FAILED Stage Gate failed: Gate.Ask: Nobody answered the approval in time.
)"},
    {"under a stop and wait the approval keeps waiting; abandon cancels it",
     "Source: Ask approval, Other approval", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Ask STARTED
action 1 Source.Other STARTED
> continue 1 Source.Ask asked
action 1 Source.Ask CONTINUED asked
> stop 1
stage 1 Source STOPPING
pipeline 1 STOPPING wait
> wants
run 1 Source.Other
deadline 1 Source.Ask in 604800s
deadline 1 Source.Other in 604800s
> abandon 1
pipeline 1 STOPPING abandon
action 1 Source.Ask ABANDONED The approval action has been canceled.
action 1 Source.Other ABANDONED The approval action has been canceled.
stage 1 Source STOPPED
pipeline 1 STOPPED
> approve 1 Source.Ask
! InvalidApprovalTokenException
)"},
    {"CONTINUE with a delay is called again when the delay is over, with a signal at once",
     "Source: Poll timeout=60", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Poll STARTED
> continue 1 Source.Poll t1 30
action 1 Source.Poll CONTINUED t1
> signal 1 Source.Poll {"a":1}
action 1 Source.Poll/2 CALLED AGAIN {"a":1}
> signal 1 Source.Poll again
! ActionNotWaiting
> continue 1 Source.Poll t2 30
action 1 Source.Poll/2 CONTINUED t2
> wants
deadline 1 Source.Poll in 30s
> wait 29s
> wait 1s
action 1 Source.Poll/3 CALLED AGAIN
> continue 1 Source.Poll t3
action 1 Source.Poll/3 CONTINUED t3
> wait 2h
action 1 Source.Poll/3 FAILED TimedOut: The action did not end within its timeout.
stage 1 Source FAILED
pipeline 1 FAILED Stage Source failed: Source.Poll: The action did not end within its timeout.
)"},
    {"a lost worker's attempt runs again only if the type is idempotent, three times at most",
     "Source: Fetch idempotent, Push", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Fetch STARTED
action 1 Source.Push STARTED
> lost 1 Source.Push worker gone
action 1 Source.Push FAILED Lost: worker gone
> lost 1 Source.Fetch worker gone
action 1 Source.Fetch@2 STARTED AGAIN worker gone
> lost 1 Source.Fetch worker gone
action 1 Source.Fetch@3 STARTED AGAIN worker gone
> lost 1 Source.Fetch worker gone
action 1 Source.Fetch@4 STARTED AGAIN worker gone
> lost 1 Source.Fetch worker gone
action 1 Source.Fetch@4 FAILED Lost: worker gone
stage 1 Source FAILED
pipeline 1 FAILED Stage Source failed: Source.Push: worker gone
)"},
    {"nothing is run again while the execution stops", "Source: Fetch idempotent", R"(
> start
pipeline 1 STARTED
stage 1 Source STARTED
action 1 Source.Fetch STARTED
> stop 1
stage 1 Source STOPPING
pipeline 1 STOPPING wait
> lost 1 Source.Fetch gone
action 1 Source.Fetch FAILED Lost: gone
stage 1 Source STOPPED
pipeline 1 STOPPED
)"},
};

}  // namespace

std::span<const Scenario> action_scenarios() {
  return kScenarios;
}

}  // namespace sluice::test
