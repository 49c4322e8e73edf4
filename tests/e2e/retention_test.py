#!/usr/bin/python3
"""Retention under a real `sluice serve`. Usage: retention_test.py BUILD_DIR [unittest arguments]"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
SLUICE = str(BUILD / "bin/sluice")
LONGEST = 60

PIPELINE = """name: shop
executionMode: QUEUED
stages:
  - name: Source
    actions:
      - {name: Tree, uses: source/directory, configuration: {directory: ./src}, outputArtifacts: [app]}
  - name: Work
    actions:
      - {name: Say, uses: compute/commands, inputArtifacts: [app], commands: ["cat a.txt"]}
"""
WAITING = """name: gate
stages:
  - name: Source
    actions:
      - {name: Tree, uses: source/directory, configuration: {directory: ./src}, outputArtifacts: [app]}
  - name: Gate
    actions:
      - {name: Ask, uses: approval/manual}
  - name: Work
    actions:
      - {name: Say, uses: compute/commands, inputArtifacts: [app], commands: ["cat a.txt"]}
"""


class RetentionTest(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="sluice-keep-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.data = self.home / "data"
        (self.home / "src").mkdir()
        self.environment = {**os.environ, "SLUICE_DATA": str(self.data), "NO_COLOR": "1"}

    def sluice(self, *arguments, expect=None):
        done = subprocess.run([SLUICE, *arguments], cwd=self.home, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=LONGEST)
        if expect is not None:
            self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def serve(self, retention):
        (self.home / "sluice.yml").write_text(f"retention: {json.dumps(retention)}\n" if retention else "region: local\n")
        server = subprocess.Popen([SLUICE, "serve", "--config", "sluice.yml"], cwd=self.home, env=self.environment, text=True,
                                  stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.assertIn("serving", server.stderr.readline())
        return server

    def apply(self, text):
        """A new pipeline starts by itself: that is execution 1."""
        (self.home / "src/a.txt").write_text("first\n")
        (self.home / "pipeline.yml").write_text(text)
        self.sluice("apply", "--yes", "pipeline.yml", expect=0)

    def apply_and_run(self, runs):
        self.apply(PIPELINE)
        self.until("the first ends", lambda: "InProgress" not in {row["status"] for row in self.listed()})
        for number in range(2, runs + 1):
            self.run_once(number)

    def run_once(self, number, pipeline="shop"):
        (self.home / "src/a.txt").write_text(f"content {number}\n")
        return self.sluice("start", pipeline, "--watch", expect=0)

    def listed(self):
        return json.loads(self.sluice("executions", "shop", "--json", expect=0).stdout)

    def executions(self):
        return sorted(row["number"] for row in self.listed())

    def gc(self, *arguments):
        return json.loads(self.sluice("gc", "--json", *arguments, expect=0).stdout)

    def until(self, what, condition):
        end = time.monotonic() + LONGEST
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.1)

    def count(self, folder, pattern):
        return sum(1 for _ in (self.data / folder).rglob(pattern))

    def test_old_history_goes_with_its_logs_and_artifacts_and_what_is_left_can_be_rolled_back_to(self):
        self.serve({"executions": {"most": 2}, "rollbackTargets": 2, "artifacts": {"age": "1s"}, "every": "1h"})
        self.apply_and_run(5)
        self.assertEqual((self.executions(), self.count("artifacts", "*.zst")), ([1, 2, 3, 4, 5], 5))
        time.sleep(1.1)  # the artifacts' age
        would = self.gc("--dry-run")
        self.assertEqual(self.executions(), [1, 2, 3, 4, 5])
        did = self.gc()
        for part in ("executions", "logs", "artifacts"):
            self.assertEqual((would[part]["removed"], did[part]["removed"]), (3, 0 if part == "logs" else 3), part)
        self.assertEqual((self.executions(), self.count("artifacts", "*.zst")), ([4, 5], 2))
        self.assertEqual(len(list((self.data / "logs/shop").iterdir())), 2)
        text = self.sluice("gc", "-n", expect=0).stdout
        self.assertIn("executions  0 would be removed", text)
        gone = self.sluice("show", "shop#2")
        self.assertNotEqual(gone.returncode, 0)
        self.sluice("rollback", "shop", "Work", "--to", "shop#4", expect=0)
        self.until("the rollback succeeds", lambda: ("Succeeded", 6) in {(row["status"], row["number"]) for row in self.listed()})

    def test_what_waits_for_a_person_outlives_every_age_and_a_killed_server(self):
        server = self.serve({"executions": {"age": "1s"}, "logs": {"age": "1s"}, "artifacts": {"age": "1s"}, "every": "1s"})
        self.apply(WAITING)
        self.until("it waits", lambda: "Gate" in self.sluice("status", "gate").stdout and self.count("artifacts", "*.zst") == 1)
        time.sleep(3)
        server.kill()
        server.wait()
        server = self.serve({"executions": {"age": "1s"}, "logs": {"age": "1s"}, "artifacts": {"age": "1s", "size": "1KiB"},
                             "every": "1s"})
        time.sleep(2)
        self.until("it is approved", lambda: self.sluice("approve", "gate", "-m", "at last").returncode == 0)
        self.until("it goes on with what it had", lambda: "first" in self.sluice("logs", "gate#1").stdout)
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(LONGEST), 0)

    def test_rules_are_taken_over_at_sighup_and_nothing_goes_before(self):
        server = self.serve(None)
        self.apply_and_run(3)
        refused = self.sluice("gc", expect=1)
        self.assertIn("retention", refused.stderr)
        self.assertEqual(self.executions(), [1, 2, 3])
        (self.home / "sluice.yml").write_text("retention: {executions: {most: 1}, rollbackTargets: 1}\n")
        server.send_signal(signal.SIGHUP)
        self.until("the rules hold", lambda: self.executions() == [3])

    def test_who_reads_events_from_a_place_that_is_gone_is_told_and_goes_on(self):
        self.serve({"executions": {"most": 1}, "rollbackTargets": 1, "every": "1h"})
        self.apply_and_run(4)
        before = self.sluice("events", "--no-follow", "--json", expect=0).stdout.splitlines()
        self.gc()
        self.assertEqual(self.executions(), [4])
        after = self.sluice("events", "--no-follow", "--json", "--since", "10", expect=0)
        self.assertIn("removed by retention", after.stderr)
        self.assertTrue(set(after.stdout.splitlines()) < set(before))
        self.run_once(5)
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk/python"))
        from sluice import Subscriber
        with Subscriber(str(self.data), ["codepipeline.pipeline."], after=10) as subscriber:
            states = []
            while len(states) < 4:
                event = subscriber.next(LONGEST)
                self.assertIsNotNone(event)
                states.append(event["detail"]["state"])
            self.assertEqual(states, ["STARTED", "SUCCEEDED"] * 2)
            self.assertGreater(subscriber.removed, 20)
        self.assertEqual(self.executions(), [4, 5])

    def test_kills_in_the_middle_of_collections_leave_a_server_that_goes_on(self):
        rules = {"executions": {"most": 2}, "rollbackTargets": 1, "artifacts": {"age": "1s"}, "every": "1s"}
        for round in range(3):
            server = self.serve(rules)
            self.apply(PIPELINE)
            for number in range(1, 5):
                self.run_once(f"{round}.{number}")
            time.sleep(0.3 * round)
            server.kill()
            server.wait()
        self.serve(rules)
        # Not at once: what a killed server has published is published again first.
        self.until("what was left goes", lambda: len(self.executions()) <= 3)
        self.run_once("last")
        self.sluice("events", "--no-follow", expect=0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
