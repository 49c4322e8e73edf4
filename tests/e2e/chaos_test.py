#!/usr/bin/python3
"""A real server with real hosts under load, killed with SIGKILL at random, its worker sometimes too: every acknowledged
start and approval holds, once; nothing is stuck; nothing ran twice but what was Lost and may; every failure is explained.

Usage: chaos_test.py BUILD_DIR [KILLS [SEED]]
"""

import collections
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

from server_case import BUILD, LONGEST, SLUICE, ServerCase

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
MOST_IN_FLIGHT = 3
MAY_RUN_AGAIN = ("Again", "Ready")  # an idempotent action; a rule, which only looks
LOST = "Lost: the worker that ran the action is gone"
CLOUD = "CodePipeline_20150709."

SOURCE = "  - {name: Source, actions: [{name: Tree, uses: source/directory, configuration: {directory: ./src}, outputArtifacts: [app]}]}\n"
ID = "#{codepipeline.PipelineExecutionId}"
# Its second and third turn are begun by a delay.
TURNS = """#!/bin/sh
echo "begin $SLUICE_EXECUTION_ID Turn${SLUICE_CONTINUATION_TOKEN:-1}" >> %s
sleep 0.03
echo "end $SLUICE_EXECUTION_ID Turn${SLUICE_CONTINUATION_TOKEN:-1}" >> %s
case "$SLUICE_CONTINUATION_TOKEN" in
  3) ;;
  2) echo '{"continuationToken": "3", "delaySeconds": 1}' ;;
  *) echo '{"continuationToken": "2", "delaySeconds": 0}' ;;
esac
"""


def work(name, file):
    commands = [f"echo begin {ID} {name} >> {file}", "sleep 0.03", f"echo end {ID} {name} >> {file}"]
    return f"{{name: {name}, uses: compute/commands, inputArtifacts: [app], commands: {json.dumps(commands)}}}"


def pipelines(file, turns):
    """By name: mode, stages after the source, and what a success has written down."""
    ready = f'{{name: Ready, uses: rule/commands, commands: ["echo begin {ID} Ready >> {file}; echo end {ID} Ready >> {file}"]}}'
    entry = f"    beforeEntry: {{conditions: [{{result: FAIL, rules: [{ready}]}}]}}\n"
    turn = f"{{name: Turn, uses: invoke/exec, configuration: {{command: {turns}}}}}"
    again = f"{{name: Again, uses: test/append, configuration: {{file: {file}}}}}"
    gate = "{name: Gate, uses: approval/manual}"
    return {
        "beside": ("PARALLEL", f"  - {{name: Work, actions: [{work('A', file)}, {work('B', file)}]}}\n", {"A", "B"}),
        "turns": ("QUEUED", f"  - {{name: Work, actions: [{turn}]}}\n", {"Turn1", "Turn2", "Turn3"}),
        "guarded": ("SUPERSEDED", f"  - name: Work\n{entry}    actions: [{work('A', file)}]\n", {"Ready", "A"}),
        "gated": ("QUEUED", f"  - {{name: Gate, actions: [{gate}]}}\n  - {{name: Work, actions: [{work('A', file)}]}}\n", {"A"}),
        "again": ("PARALLEL", f"  - {{name: Work, actions: [{again}]}}\n", {"Again"}),
    }


class Chaos(ServerCase):
    def setUp(self):
        super().setUp()
        self.environment["SLUICE_PLUGIN_PATH"] = str(BUILD / "tests/chaos")
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.started, self.approved = {}, set()  # token: (pipeline, execution); executions
        self.troubles = []
        self.dice = random.Random(SEED)
        self.workers_killed = 0

    # The load. Whoever gets no answer asks again, with the same token.

    def ask(self, operation, body):
        """The answer's status and body, from whatever server there is by then."""
        end = time.monotonic() + 2 * LONGEST
        while time.monotonic() < end:
            try:
                reply, answer = self.call(CLOUD + operation, body)
                if reply.status != 503 and "Throttling" not in answer.get("__type", ""):
                    return reply.status, answer
            except (OSError, http.client.HTTPException, ValueError):
                pass
            time.sleep(0.02)
        raise AssertionError(f"no answer to {operation} {body}")

    def executions(self, pipeline, most=None):
        rows, token = [], {}
        while True:
            status, page = self.ask("ListPipelineExecutions", {"pipelineName": pipeline, **token})
            assert status == 200, page
            rows += page["pipelineExecutionSummaries"]
            if "nextToken" not in page or (most and len(rows) >= most):
                return rows
            token = {"nextToken": page["nextToken"]}

    def start(self, pipeline, number):
        token = f"{pipeline}-{number}"
        status, answer = self.ask("StartPipelineExecution", {"name": pipeline, "clientRequestToken": token})
        assert status == 200, answer
        with self.lock:
            self.started[token] = pipeline, answer["pipelineExecutionId"]

    def load(self, pipeline):
        number = 0
        while not self.over.is_set():
            rows = self.executions(pipeline, 50)
            if sum(row["status"] == "InProgress" for row in rows) < MOST_IN_FLIGHT:
                self.start(pipeline, number)
                number += 1
            # More would be files to remove; but some must overtake others.
            time.sleep(0.02 if pipeline == "guarded" else 0.1)

    def approve(self):
        while not self.finished.is_set():
            _, state = self.ask("GetPipelineState", {"name": "gated"})
            stage = next(one for one in state["stageStates"] if one["stageName"] == "Gate")
            latest = stage["actionStates"][0].get("latestExecution", {})
            if "token" not in latest:
                time.sleep(0.05)
                continue
            status, answer = self.ask("PutApprovalResult", {
                "pipelineName": "gated", "stageName": "Gate", "actionName": "Gate", "token": latest["token"],
                "result": {"status": "Approved", "summary": "go"}})
            if status == 200:
                self.approved.add(stage["latestExecution"]["pipelineExecutionId"])
            # Answered by the one before, whose answer its server's death has swallowed.
            else:
                assert answer["__type"] in ("ApprovalAlreadyCompletedException", "InvalidApprovalTokenException"), answer

    def thread(self, work, *arguments):
        def body():
            try:
                work(*arguments)
            except BaseException as trouble:  # told by the test's own thread
                self.troubles.append(f"{work.__name__}{arguments}: {trouble!r}")
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        return thread

    # The chaos.

    def kill_worker(self):
        try:
            os.kill(int((self.data / "leases/worker.lease").read_text().split()[0]), signal.SIGKILL)
            self.workers_killed += 1
        except (OSError, ValueError, IndexError):
            pass

    def spawn(self):
        return subprocess.Popen([SLUICE, "serve"], cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL, stderr=self.told)

    def kill_again_and_again(self):
        for _ in range(KILLS):
            server = self.spawn()
            time.sleep(self.dice.uniform(0.02, 0.5))
            which = self.dice.random()
            if which < 0.04:
                self.kill_worker()
                time.sleep(self.dice.uniform(0, 0.1))
            self.assertIsNone(server.poll(), "the server ended by itself")
            server.kill()
            server.wait()
            if which > 0.96:
                self.kill_worker()
            self.assertEqual(self.troubles, [])

    # The reckoning.

    def failures(self, pipeline, execution):
        """What the actions and rules that failed in an execution say."""
        _, actions = self.ask("ListActionExecutions", {"pipelineName": pipeline, "filter": {"pipelineExecutionId": execution}})
        _, rules = self.ask("ListRuleExecutions", {"pipelineName": pipeline, "filter": {"pipelineExecutionId": execution}})
        results = [one.get("output", {}).get("executionResult", {}) for one in
                   actions["actionExecutionDetails"] + rules["ruleExecutionDetails"] if one["status"] == "Failed"]
        return {result.get("errorDetails", {}).get("message", "nothing") for result in results}

    def reckon(self, declared, rows):
        begins, ends = collections.Counter(), collections.Counter()
        for line in self.lines.read_text().splitlines():
            word, execution, action = line.split()
            (begins if word == "begin" else ends)[execution, action] += 1
        status = {row["pipelineExecutionId"]: row["status"] for name in rows for row in rows[name]}
        listed = collections.Counter(row["pipelineExecutionId"] for name in rows for row in rows[name])
        ours = collections.Counter(execution for _, execution in self.started.values())
        wrong = [f"acknowledged but not in the history: {one}" for one in ours if one not in listed]
        wrong += [f"two starts, one execution: {one}" for one, count in ours.items() if count > 1]
        wrong += [f"twice in the history: {one}" for one, count in listed.items() if count > 1]
        # Creating a pipeline starts it once; no other start has got no answer in the end.
        for name in rows:
            theirs = sum(pipeline == name for pipeline, _ in self.started.values())
            if len(rows[name]) != theirs + 1:
                wrong.append(f"{name}: {theirs} starts and {len(rows[name])} executions")
        wrong += [f"approved, but {status.get(one)} without its work: {one}" for one in self.approved
                  if not ends[one, "A"] and status.get(one) != "Failed"]
        wrong += [f"ran {count} times: {one}" for one, count in begins.items() if count > 1 and one[1] not in MAY_RUN_AGAIN]
        for name, (_, _, owed) in declared.items():
            for row in rows[name]:
                lacking = [one for one in owed if not ends[row["pipelineExecutionId"], one]]
                if row["status"] == "Succeeded" and lacking:
                    wrong.append(f"succeeded without {lacking}: {row}")
        doubled = sum(count - 1 for one, count in begins.items() if count > 1)
        if doubled and not self.workers_killed:
            wrong.append(f"{doubled} ran again though no worker was killed")
        return wrong, begins, doubled

    def explain(self, rows):
        """What is wrong with failures, and how many there are."""
        wrong, lost = [], 0
        for name in rows:
            for row in rows[name]:
                if row["status"] != "Failed":
                    continue
                lost += 1
                reasons = self.failures(name, row["pipelineExecutionId"])
                if not self.workers_killed or reasons != {LOST}:
                    wrong.append(f"failed, {reasons}, with {self.workers_killed} workers killed: {name} {row}")
        return wrong, lost

    def in_the_end(self, declared):
        """All executions once they have ended, and those that have not."""
        def open_rows(rows):
            return [row for row in rows if row["status"] not in ("Succeeded", "Failed", "Superseded")]
        end = time.monotonic() + 2 * LONGEST
        while time.monotonic() < end and not self.troubles and any(open_rows(self.executions(name, 200)) for name in declared):
            time.sleep(0.3)
        rows = {name: self.executions(name) for name in declared}
        return rows, [f"stuck: {name} {row}" for name in declared for row in open_rows(rows[name])]

    def test_nothing_acknowledged_is_lost_or_done_twice(self):
        print(f"seed {SEED}, {KILLS} kills")
        begin = time.monotonic()
        self.lines = self.home / "lines"
        self.lines.touch()
        turns = self.home / "turns.sh"
        turns.write_text(TURNS % (self.lines, self.lines))
        turns.chmod(0o755)
        declared = pipelines(self.lines, turns)
        self.finished = threading.Event()
        self.addCleanup(self.kill_worker)
        self.addCleanup(self.finished.set)
        self.addCleanup(self.over.set)
        first = self.serve()
        for name, (mode, stages, _) in declared.items():
            (self.home / f"{name}.yml").write_text(f"name: {name}\nexecutionMode: {mode}\nstages:\n{SOURCE}{stages}")
            self.sluice("apply", f"{name}.yml", "--yes", expect=0)
        first.kill()
        first.wait()
        threads = [self.thread(self.load, name) for name in declared] + [self.thread(self.approve)]
        with open(self.home / "told", "wb") as self.told:
            self.kill_again_and_again()
            last = self.spawn()
            self.addCleanup(last.wait)
            self.addCleanup(last.kill)
        self.over.set()
        for thread in threads[:-1]:
            thread.join(2 * LONGEST)
        rows, stuck = self.in_the_end(declared)
        self.finished.set()
        threads[-1].join(LONGEST)
        wrong, begins, doubled = self.reckon(declared, rows)
        unexplained, lost = self.explain(rows)
        wrong += stuck + unexplained + self.troubles
        newest = [token for name in declared for token in [one for one in self.started if one.startswith(name)][-100:]]
        again = self.dice.sample(newest, min(20, len(newest)))
        for token in again:
            pipeline, execution = self.started[token]
            _, answer = self.ask("StartPipelineExecution", {"name": pipeline, "clientRequestToken": token})
            if answer.get("pipelineExecutionId") != execution:
                wrong.append(f"the token {token} started {execution}, and now {answer}")
        counts = collections.Counter(row["status"] for name in rows for row in rows[name])
        print(f"server killed {KILLS} times, worker {self.workers_killed} times, in {time.monotonic() - begin:.0f} s")
        print(f"{len(self.started)} starts and {len(self.approved)} approvals acknowledged; {counts['Succeeded']} succeeded, "
              f"{counts['Superseded']} superseded, {lost} lost with their worker, {len(stuck)} stuck; "
              f"{sum(begins.values())} actions begun, {doubled} of them again")
        if wrong:
            print(f"replay the seed with: chaos_test.py BUILD {KILLS} {SEED}")
            print("\n".join((self.home / "told").read_text().splitlines()[-20:]))
        self.assertEqual(wrong[:20], [])
        self.assertGreater(len(self.started), KILLS / 4, "too few starts to mean anything")


if __name__ == "__main__":
    import unittest
    unittest.main(argv=sys.argv[:1], verbosity=2)
