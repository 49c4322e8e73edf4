#!/usr/bin/env python3
"""Plants plausible mistakes in the engine, one at a time, and counts the seeds until the simulation catches each.

Usage: mutations.py ROOT [--only PART_OF_NAME...] [--steps N]. Works on a copy in a temporary directory, builds there, and prints the table of
docs/decisions/0038-mutations.md. Exits with 1 if a mutation no longer fits the source, or is not caught. Not part of CI: it
takes a build for each mutation.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# name: file, what stands there (once), what the mistake makes of it
MUTATIONS = {
    "two executions in one stage": (
        "engine/core/flow.cpp", "if (other.inside) may = false;", ""),
    "QUEUED lets the newest go first": (
        "engine/core/flow.cpp", "mode == ExecutionMode::kQueued && other.number < e.number", "mode == ExecutionMode::kQueued && other.number > e.number"),
    "the waiting place keeps the oldest": (
        "engine/core/flow.cpp", "newest = std::max(newest, other.number);", "newest = std::min(newest, other.number);"),
    "leaving a stage wakes nobody": (
        "engine/core/flow.cpp", "  freed_.emplace_back(e.declaration, e.stage);\n  ++e.stage;", "  ++e.stage;"),
    "ending in a stage wakes nobody": (
        "engine/core/flow.cpp", "if (e.stage_status != StageStatus::kNotEntered) freed_.emplace_back(e.declaration, e.stage);", ""),
    "a stop does not wait for what runs": (
        "engine/core/flow.cpp", "      if (t.running > 0) return;\n      move(e, StageCause::kDrained", "      move(e, StageCause::kDrained"),
    "an update does not wait for what runs": (
        "engine/core/flow.cpp", "      if (t.running > 0) return;\n      move(e, StageCause::kUpdated", "      move(e, StageCause::kUpdated"),
    "PARALLEL has no limit of actions": (
        "engine/core/flow.cpp", "room = most > t.running ? most - t.running : 0;", "room = most;"),
    "the next group starts beside the one before": (
        "engine/core/flow.cpp", "t.lowest_running < t.next_order || !start_group(e)", "!start_group(e)"),
    "a disabled transition lets pass": (
        "engine/core/gates.cpp", "if (transition.inbound) return transition.stage == declaration.stages[stage].name;", "if (transition.inbound) return false;"),
    "enabling a transition wakes nobody": (
        "engine/core/transition.cpp", "if (e.waits() && !try_enter(e)) make_room(e);", ""),
    "an action that must run once is repeated": (
        "engine/core/report.cpp", "names_rule(input.key) || e->declared_stage().actions[action].idempotent", "true"),
    "workers may be lost for ever": (
        "engine/core/report.cpp", "run.losses < kMostLosses &&", ""),
    "a signal is answered under the old turn": (
        "engine/core/report.cpp", "  ++e->run(input.key.action).turn;\n  move(*e, input.key.action, ActionCause::kSignal", "  move(*e, input.key.action, ActionCause::kSignal"),
    "client tokens are not looked at": (
        "engine/core/decide.cpp", "if (token == input.client_token) {", "if (token.empty()) {"),
    "one execution over the limit": (
        "engine/core/again.cpp", "pipeline_.executions.size() >= most", "pipeline_.executions.size() > most"),
    "a retry ignores newer executions": (
        "engine/core/again.cpp", "!parallel && pipeline_.entered[e.stage] > e.number", "false"),
    "a retry does not look who is inside": (
        "engine/core/again.cpp", "!parallel && occupant(pipeline_, declaration, e.stage, e.number) != nullptr", "false"),
    "a retry of failed actions repeats all": (
        "engine/core/again.cpp", "mark.status == ActionStatus::kSucceeded && mode == RetryMode::kFailedActions", "mark.status == ActionStatus::kRunning && mode == RetryMode::kFailedActions"),
    "one automatic retry too many": (
        "engine/core/again.cpp", "e.automatic_retries < declared.max_retries", "e.automatic_retries <= declared.max_retries"),
    "a rollback to a rollback": (
        "engine/core/again.cpp", "if (target.type == ExecutionType::kRollback) {", "if (target.type == ExecutionType::kRollback && index == 0) {"),
    "a rollback to what failed there": (
        "engine/core/again.cpp", "if (!succeeded) return unable", "if (!succeeded && index == 0) return unable"),
    "a rollback does not look who is inside": (
        "engine/core/again.cpp", "if (occupant(pipeline_, declaration, index, 0) != nullptr) {", "if (index == 0) {"),
    "an update forgets who waits": (
        "engine/core/decide.cpp", "if (!outdated(e) || e.in_stage()) continue;", "if (!outdated(e) || !e.waits()) continue; else continue;"),
    "abandon abandons nothing": (
        "engine/core/decide.cpp", "if (input.abandon) abandon_actions", "if (!input.abandon) abandon_actions"),
    "a version in use is dropped": (
        "engine/core/apply.cpp", "std::none_of(pipeline.executions.begin(), pipeline.executions.end(), uses)", "!pipeline.executions.empty()"),
    "a resumed call keeps its delay": (
        "engine/core/apply.cpp", "    resumed.signal = f.signal;\n    resumed.resume_at = {};", "    resumed.signal = f.signal;"),
    "waiting actions have no deadline": (
        "engine/core/wants.cpp", "run.status != ActionStatus::kRunning && run.status != ActionStatus::kWaiting", "run.status != ActionStatus::kRunning"),
    "after a restart what runs is started again": (
        "engine/runtime/reconciler.cpp", "if (want.kind == WantKind::kRun) recovered_.insert(want.key);", "(void)want;"),
    "lost attempts are started while their loss is reported": (
        "engine/runtime/reconciler.cpp", "if (want.kind == WantKind::kRun) running_.insert(want.key);", "(void)want;"),
    "what is not wanted is not cancelled": (
        "engine/runtime/reconciler.cpp", "hosts_.cancel(pipeline_, ", "(void)(pipeline_, "),
    "reports of a failed commit are dropped": (
        "engine/runtime/engine.cpp", "if (is_report(envelope.input))", "if (is_report(envelope.input) && !envelope.reply)"),
    "a failed commit forgets what it runs": (
        "engine/runtime/engine.cpp", "  touched_.clear();\n  ended_.clear();", "  touched_.clear();\n  for (const auto& [live, key] : ended_) live->reconciler.ended(key);\n  ended_.clear();"),
    "a snapshot is one fact ahead": (
        "engine/runtime/engine_snapshots.cpp", "store_.save_snapshot(pipeline, {live.last, live.state})", "store_.save_snapshot(pipeline, {live.last + 1, live.state})"),
    "recovery applies all facts to the snapshot": (
        "engine/runtime/recovered.cpp", "    recovered.last = folded;\n", "    recovered.last = 0;\n"),
    "a superseded execution's row says Cancelled": (
        "engine/runtime/execution_row.cpp", "ExecutionStatus::kSuperseded, at,", "ExecutionStatus::kCancelled, at,"),
    "the cursor of the publisher runs ahead": (
        "engine/runtime/event_reader.cpp", "upto = facts->empty() ? after : facts->back().sequence;", "upto = facts->empty() ? after : facts->back().sequence + 1;"),
    "beforeEntry is not asked": (
        "engine/core/flow.cpp", "!e.entry_passed && !e.declared_stage().before_entry.rules.empty()", "false"),
    "onSuccess is not asked": (
        "engine/core/flow.cpp", "if (asks_on_success(e)) {", "if (false) {"),
    "one rule is enough for a condition": (
        "engine/core/condition.cpp", "if (!std::all_of(e.rules.begin(), e.rules.end(), has(ActionStatus::kSucceeded))) return false;", "if (std::none_of(e.rules.begin(), e.rules.end(), has(ActionStatus::kSucceeded))) return false;"),
    "the rules that nobody needs go on": (
        "engine/core/condition.cpp", "    return true;\n  }\n  abandon_rules(e);", "    return true;\n  }"),
    "what could not be evaluated skips": (
        "engine/core/condition.cpp", "e.rule_errored ? ConditionResult::kFail : declared", "declared"),
    "a stop waits for rules": (
        "engine/core/decide.cpp", '  drop_condition(e, ConditionCause::kAbandon, "The execution was stopped.");', ""),
    "an update forgets the condition": (
        "engine/core/decide.cpp", '    drop_condition(e, ConditionCause::kUpdated, "The pipeline was updated.");', ""),
    "a removal forgets the condition": (
        "engine/core/transition.cpp", '    drop_condition(e, ConditionCause::kUpdated, "The pipeline was removed.");', ""),
    "a retry keeps the verdict of onSuccess": (
        "engine/core/again.cpp", "  e.forget_condition();", ""),
    "an evaluation begins with attempts that were used": (
        "engine/core/condition.cpp", "e.retries * kAttemptsOfEvaluation + 1", "1"),
    "a condition that skips can be overridden": (
        "engine/core/condition.cpp", "found->condition.status != ConditionStatus::kErrored) {", "false) {"),
    "deadlines of rules are not armed": (
        "engine/core/wants.cpp", "  for (unsigned i = 0; i < e.condition.rules.size(); ++i) {", "  for (unsigned i = 0; false; ++i) {"),
    "a rollback is asked whether to roll back": (
        "engine/core/condition.cpp", "e.version != version_ || e.type == ExecutionType::kRollback", "e.version != version_"),
}
CAUGHT = re.compile(r"^BROKEN at seed (\d+), step \d+: (.*)$", re.M)
ABORTED = re.compile(r"broken promise: (.*)|^ABORTED at seed (\d+)", re.M)


def build(scratch):
    made = subprocess.run(["cmake", "--build", scratch / "build/release", "-j", "2", "--target", "simulation"], capture_output=True, text=True)
    return made.returncode == 0, made.stdout[-3000:]


def hunt(scratch, steps):
    command = ["timeout", "600", scratch / "build/release/tests/simulation", "--no-shrink", "--steps", str(steps)]
    run = subprocess.run(command, capture_output=True, text=True)
    output = run.stdout + run.stderr
    if caught := CAUGHT.search(output):
        return int(caught.group(1)), caught.group(2)
    promise = re.search(r"broken promise: ([^(]*)", output)
    seed = re.search(r"^ABORTED at seed (\d+)", output, re.M)
    if seed:
        return int(seed.group(1)), "assertion: " + (promise.group(1).strip() if promise else "")
    return (None, "not caught") if run.returncode == 0 else (None, output[-300:])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("root", type=pathlib.Path)
    arguments.add_argument("--only", nargs="*", default=[])
    arguments.add_argument("--steps", type=int, default=1_000_000)
    options = arguments.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-mutations-"))
    try:
        archive = subprocess.run(["git", "-C", options.root, "archive", "HEAD"], capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", scratch], input=archive, check=True)
        subprocess.run(["cmake", "-S", scratch, "-B", scratch / "build/release", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"], stdout=subprocess.DEVNULL, check=True)
        return plant_all(scratch, options)
    finally:
        shutil.rmtree(scratch)


def plant_all(scratch, options):
    missed = 0
    print("| mistake | where | seeds | caught by |\n|---|---|---|---|", flush=True)
    for name, (file, before, after) in MUTATIONS.items():
        if options.only and not any(part in name for part in options.only):
            continue
        path = scratch / file
        text = path.read_text()
        if text.count(before) != 1:
            print(f"| {name} | `{file}` | - | does not fit the source: {text.count(before)} places |", flush=True)
            missed += 1
            continue
        path.write_text(text.replace(before, after))
        built, output = build(scratch)
        seed, by = hunt(scratch, options.steps) if built else (None, "does not compile: " + output)
        path.write_text(text)
        missed += seed is None
        print(f"| {name} | `{file}` | {seed or '-'} | {by} |", flush=True)
    print(f"\n{missed} not caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
