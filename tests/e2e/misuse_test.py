#!/usr/bin/python3
"""A server on a full disk, in a directory that it may not write, of another version, under another name.
Usage: misuse_test.py BUILD_DIR [unittest arguments]"""

import contextlib
import errno
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import time
import unittest

from server_case import SLUICE, ServerCase

CLOUD = "CodePipeline_20150709."
PIPELINE = """name: shop
executionMode: PARALLEL
stages:
  - name: Source
    actions:
      - {name: Tree, uses: source/directory, configuration: {directory: ./src}, outputArtifacts: [app]}
  - name: Work
    actions:
      - {name: Say, uses: compute/commands, inputArtifacts: [app], commands: ["echo begun; while ! test -e %s; do sleep 0.05; done; echo done; echo > %s"]}
"""


class MisuseTest(ServerCase):
    def mount(self, size):
        """A small file system as the data directory."""
        self.data.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(self.data)],
                                               capture_output=True).returncode != 0:
            self.skipTest("only root can mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.data)], check=True)

    def fill(self):
        """Leaves no byte free; returns the file that has them."""
        ballast = self.data / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            for size in (1 << 16, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError as full:
                    self.assertEqual(full.errno, errno.ENOSPC)
        return ballast

    def remount(self, how):
        """It is busy until the worker, which was asked to end, has ended."""
        self.wait_for(lambda: subprocess.run(["mount", "-o", "remount," + how, str(self.data)], capture_output=True).returncode == 0,
                      "the disk to be let go")

    def start(self):
        return self.call(CLOUD + "StartPipelineExecution", {"name": "shop"})

    def rows(self):
        _, body = self.call(CLOUD + "ListPipelineExecutions", {"pipelineName": "shop"})
        return {row["pipelineExecutionId"]: row["status"] for row in body["pipelineExecutionSummaries"]}

    def apply(self, flag):
        (self.home / "pipeline.yml").write_text(PIPELINE % (flag, self.home / "done"))
        self.sluice("apply", "pipeline.yml", "--yes", expect=0)

    def test_a_full_disk_refuses_what_is_new_keeps_what_runs_and_is_got_over(self):
        self.mount("8m")
        server = self.serve()
        flag = self.home / "go"
        self.apply(flag)
        self.wait_for(lambda: "begun" in self.sluice("logs", "shop", "Say").stdout, "the action to begin")
        [first] = self.rows()
        ballast = self.fill()
        acknowledged = []
        for _ in range(2000):  # what the journal has room for is still taken
            reply, body = self.start()
            if reply.status != 200:
                break
            acknowledged.append(body["pipelineExecutionId"])
        self.assertEqual((reply.status, body["__type"]), (503, "ServiceUnavailableException"))
        self.assertIn("disk full", body["message"])
        self.assertEqual(self.rows()[first], "InProgress")
        self.assertIn("begun", self.sluice("logs", "shop", "Say", expect=0).stdout)
        done = self.sluice("start", "shop")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("disk full", done.stderr)
        flag.touch()
        self.wait_for((self.home / "done").exists, "the action to end")
        time.sleep(0.5)  # its result comes to a server that cannot take it
        self.assertEqual(self.start()[0].status, 503)
        self.assertEqual(self.rows()[first], "InProgress")
        self.assertIsNone(server.poll())

        ballast.unlink()
        self.wait_for(lambda: self.rows()[first] == "Succeeded", "what ran to end")
        reply, body = self.wait_for(lambda: (got := self.start())[0].status == 200 and got, "a start")
        acknowledged.append(body["pipelineExecutionId"])
        self.wait_for(lambda: "InProgress" not in self.rows().values(), "the end of everything")
        self.assertEqual(self.rows()[acknowledged[-1]], "Succeeded")
        self.assertLessEqual(set(acknowledged), set(self.rows()))
        self.stop(server)
        self.serve()
        self.assertLessEqual(set(acknowledged), set(self.rows()))

    def test_a_server_starts_on_a_full_disk_too_and_takes_what_is_new_once_there_is_room(self):
        self.mount("8m")
        server = self.serve()
        self.apply(self.home / "src/a.txt")
        self.wait_for(lambda: list(self.rows().values()) == ["Succeeded"], "an execution")
        server.kill()
        server.wait()
        ballast = self.fill()
        self.serve()
        self.assertEqual(list(self.rows().values()), ["Succeeded"])
        self.wait_for(lambda: self.start()[0].status == 503, "the disk to be full")
        ballast.unlink()
        self.wait_for(lambda: self.start()[0].status == 200, "a start")

    def contents(self):
        """Of all that is kept, by file."""
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for kept in ("sluice.db", "artifacts", "logs")
                for path in [self.data / kept, *(self.data / kept).rglob("*")] if path.is_file()}

    def test_a_data_directory_of_a_newer_version_is_refused_and_stays_as_it_is(self):
        server = self.serve()
        self.apply(self.home / "src/a.txt")
        self.wait_for(lambda: list(self.rows().values()) == ["Succeeded"], "an execution")
        self.stop(server)
        with contextlib.closing(sqlite3.connect(self.data / "sluice.db", isolation_level=None)) as database:
            database.execute("PRAGMA user_version = 1000")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = self.contents()
        self.assertIn(str(self.data / "sluice.db"), before)
        for command in (["serve"], ["run", "pipeline.yml"], ["executions"]):
            done = self.sluice(*command)
            self.assertNotEqual(done.returncode, 0, command)
            self.assertIn("written by a newer sluice", done.stderr)
            self.assertEqual(self.contents(), before, command)

    def test_a_data_directory_that_cannot_be_written_is_a_clear_error(self):
        self.mount("8m")
        server = self.serve()
        self.apply(self.home / "src/a.txt")
        self.wait_for(lambda: list(self.rows().values()) == ["Succeeded"], "an execution")
        self.stop(server)
        os.kill(int((self.data / "leases/worker.lease").read_text().split()[0]), signal.SIGTERM)
        self.remount("ro")
        for command in (["serve"], ["run", "pipeline.yml"]):
            done = self.sluice(*command)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("Read-only file system", done.stderr)
            self.assertIn(str(self.data), done.stderr)
        self.remount("rw")
        self.serve()
        self.assertEqual(list(self.rows().values()), ["Succeeded"])

    def test_a_socket_whose_name_no_kernel_takes_is_a_clear_error(self):
        for name, says in (("s" * 200, "too long"), ("s" * 300, "too long"), ("no/such/folder/s.sock", "No such file")):
            (self.home / "sluice.yml").write_text(f"socket: {name}\n")
            done = self.sluice("serve", "--config", "sluice.yml")
            self.assertNotEqual(done.returncode, 0, name)
            self.assertIn(says, done.stderr)
        (self.home / "sluice.yml").write_text(f"socket: {'s' * 80}.sock\n")
        self.serve("--config", "sluice.yml")
        folder = os.open(self.home, os.O_PATH)
        self.addCleanup(os.close, folder)
        reply, _ = self.call(CLOUD + "ListPipelines", {}, f"/proc/self/fd/{folder}/{'s' * 80}.sock")
        self.assertEqual(reply.status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
