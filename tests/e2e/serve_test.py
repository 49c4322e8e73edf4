#!/usr/bin/python3
"""`sluice serve` as its operators meet it. Usage: serve_test.py BUILD_DIR [unittest arguments]"""

import contextlib
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unittest

from server_case import LONGEST, SLUICE, ServerCase, UnixConnection

PIPELINE = """name: shop
stages:
  - name: Source
    actions:
      - {name: Tree, uses: source/directory, configuration: {directory: ./src}, outputArtifacts: [app]}
  - name: Work
    actions:
      - {name: Say, uses: compute/commands, inputArtifacts: [app], commands: ["%s"]}
"""


class ServeTest(ServerCase):
    def test_the_socket_answers_as_the_cloud_service_does(self):
        self.serve()
        reply, body = self.call("CodePipeline_20150709.GetPipeline", {"name": "nobody"})
        self.assertEqual(reply.status, 400)
        self.assertEqual(body["__type"], "PipelineNotFoundException")
        self.assertEqual(reply.headers["x-amzn-ErrorType"], "PipelineNotFoundException")
        self.assertEqual(reply.headers["Content-Type"], "application/x-amz-json-1.1")
        self.assertRegex(reply.headers["x-amzn-RequestId"], "^[0-9a-f-]{36}$")
        reply, body = self.call("CodePipeline_20150709.Nothing", {})
        self.assertEqual((reply.status, body["__type"]), (501, "UnknownOperationException"))

    def test_requests_that_are_none_cost_a_message_and_nobody_else_notices(self):
        self.serve()

        def raw(data):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(LONGEST)
                connection.connect(str(self.data / "sluice.sock"))
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                answer = b""
                while part := connection.recv(65536):
                    answer += part
                return answer

        self.assertIn(b" 400 ", raw(b"\x00\x01\x02 garbage\r\n\r\n"))
        self.assertIn(b" 405 ", raw(b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"))
        self.assertIn(b" 413 ", raw(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"))
        self.assertIn(b" 413 ", raw(b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n"))
        self.assertIn(b" 400 ", raw(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le"))
        self.assertEqual(raw(b""), b"")
        two = raw(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertEqual(two.count(b" 200 "), 2, "two requests in one packet")
        _, body = self.call("CodePipeline_20150709.StartPipelineExecution", {"name": 7})
        self.assertEqual(body["__type"], "SerializationException")

    def test_a_second_server_and_a_run_refuse_and_say_who_is_there(self):
        server = self.serve()
        second = self.sluice("serve", expect=2)
        self.assertIn(str(server.pid), second.stderr)
        (self.home / "pipeline.yml").write_text(PIPELINE % "true")
        run = self.sluice("run", "pipeline.yml", expect=2)
        self.assertIn(str(server.pid), run.stderr)
        self.assertIn("sluice start", run.stderr)
        self.stop(server)
        self.sluice("run", "pipeline.yml", expect=0)

    def test_commands_without_a_server_say_how_to_start_one(self):
        done = self.sluice("start", "shop", expect=3)
        self.assertIn("sluice serve", done.stderr)

    def test_a_killed_server_leaves_nothing_in_the_way_of_the_next(self):
        server = self.serve()
        server.kill()
        server.wait()
        self.assertTrue((self.data / "sluice.sock").exists())
        self.stop(self.serve())
        self.assertFalse((self.data / "sluice.sock").exists())

    def test_a_configuration_is_checked_used_and_read_again(self):
        file = self.home / "sluice.yml"
        file.write_text("log: {level: loud}\nhots: {}\n")
        wrong = self.sluice("serve", "--config", "sluice.yml", expect=2)
        self.assertIn("sluice.yml:1:14", wrong.stderr)
        self.assertIn("hosts", wrong.stderr)
        file.write_text("socket: here.sock\nlog: {format: json, level: debug}\n")
        self.sluice("serve", "--config", "sluice.yml", "--check", expect=0)
        server = self.serve("--config", "sluice.yml")
        self.call("CodePipeline_20150709.GetPipeline", {"name": "x"}, str(self.home / "here.sock"))
        file.write_text("socket: there.sock\nlog: {format: json, level: debug}\n")
        server.send_signal(signal.SIGHUP)
        lines = [json.loads(server.stderr.readline()) for _ in range(3)]
        self.assertEqual([line["message"] for line in lines], ["request", "changed, but needs a restart", "reloaded"])
        self.assertEqual(lines[1]["key"], "socket")
        self.stop(server)

    GATED = PIPELINE + "      - {name: Gate, runOrder: 2, uses: approval/manual, configuration: {customData: ship it}}\n"

    def apply(self, command):
        (self.home / "pipeline.yml").write_text(self.GATED % command)
        return self.sluice("apply", "pipeline.yml", "--yes", expect=0).stdout

    def action(self, name):
        """What GetPipelineState says of an action's latest execution."""
        state = json.loads(self.sluice("status", "shop", "--json", expect=0).stdout)
        return next((action.get("latestExecution", {}) for stage in state["stageStates"]
                     for action in stage["actionStates"] if action["actionName"] == name), {})

    def wait_for_gate(self):
        self.wait_for(lambda: "token" in self.action("Gate"), "the approval")

    def statuses(self):
        return [e["status"] for e in json.loads(self.sluice("executions", "--json", expect=0).stdout)]

    def test_the_commands_take_a_pipeline_from_its_file_to_its_end(self):
        self.serve()
        self.assertIn("is created as version 1", self.apply("cat a.txt"))
        self.wait_for_gate()
        self.assertIn("waits for an approval", self.sluice("status", "shop", expect=0).stdout)
        self.sluice("approve", "shop", "Work/Gate", "-m", "fine", expect=0)
        self.wait_for(lambda: self.statuses() == ["Succeeded"], "the end")
        self.assertIn("hello", self.sluice("logs", "shop", "Say").stdout)
        self.assertIn("as the file says", self.apply("cat a.txt"))
        changed = self.apply("true")
        self.assertIn("~ stages/Work/Say/commands/1", changed)
        self.assertIn("version 2", changed)
        self.assertRegex(self.sluice("pipelines", expect=0).stdout, r"shop +2 +Succeeded")
        self.sluice("start", "shop", "--token", "once", expect=0)
        self.sluice("start", "shop", "--token", "once", expect=0)
        self.wait_for_gate()
        self.sluice("reject", "shop", "-m", "no", expect=0)
        self.wait_for(lambda: self.statuses() == ["Failed", "Succeeded"], "the rejection")
        self.sluice("retry", "shop", "Work", expect=0)
        self.wait_for_gate()
        self.assertIn("StageNotRetryable", self.sluice("retry", "shop", "Work", expect=1).stderr)
        self.sluice("stop", "shop", "--abandon", "--reason", "enough", expect=0)
        self.wait_for(lambda: self.statuses()[0] == "Stopped", "the stop")
        self.assertIn("NotStoppable", self.sluice("stop", "shop", expect=1).stderr)
        self.sluice("transition", "disable", "shop", "Work", "--reason", "freeze", expect=0)
        self.sluice("start", "shop", expect=0)
        self.wait_for(lambda: "waits to enter" in self.sluice("status", "shop").stdout, "the closed transition")
        self.assertIn("freeze", self.sluice("status", "shop").stdout)
        self.sluice("transition", "enable", "shop", "Work", expect=0)
        self.wait_for_gate()
        self.sluice("delete", "shop", expect=2)
        self.sluice("delete", "shop", "--yes", expect=0)
        self.assertIn("No pipelines", self.sluice("pipelines", expect=0).stdout)

    def test_a_killed_server_loses_nothing_and_its_actions_go_on(self):
        server = self.serve()
        self.apply("echo begun; sleep 2; echo done")
        self.wait_for(lambda: "begun" in self.sluice("logs", "shop", "Say").stdout, "the action to begin")
        server.kill()
        server.wait()
        self.serve()
        self.wait_for_gate()
        self.assertEqual(self.action("Say")["status"], "Succeeded")
        self.assertEqual(self.sluice("logs", "shop", "Say").stdout.count("begun\n"), 1)
        self.assertIn("done", self.sluice("logs", "shop", "Say").stdout)
        self.sluice("approve", "shop", expect=0)
        self.wait_for(lambda: self.statuses() == ["Succeeded"], "the end")

    def test_a_push_starts_a_pipeline_and_a_pipeline_starts_another(self):
        repository = self.home / "shop.git"

        def git(*arguments):
            subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(repository), *arguments],
                           check=True, capture_output=True)

        repository.mkdir()
        git("init", "-q", "-b", "main")
        (repository / "a.txt").write_text("1")
        git("add", ".")
        git("commit", "-qm", "one")
        source = "{name: Checkout, uses: source/git, configuration: {repository: %s, branch: main}, outputArtifacts: [app]}" % repository
        say = "{name: Say, uses: compute/commands, inputArtifacts: [app], commands: [cat a.txt]}"
        stages = f"stages:\n  - {{name: Source, actions: [{source}]}}\n  - {{name: Work, actions: [{say}]}}\n"
        (self.home / "first.yml").write_text(
            "name: first\n" + stages + "triggers:\n  - {pollInterval: 1s, gitConfiguration: {sourceActionName: Checkout, push: [{branches: {includes: [main]}}]}}\n")
        (self.home / "second.yml").write_text("name: second\n" + stages + "triggers:\n  - {pipeline: {name: first}}\n")
        self.serve()
        for name in ("first", "second"):
            self.sluice("apply", name + ".yml", "--yes", expect=0)

        def count(name):
            rows = json.loads(self.sluice("executions", name, "--json", expect=0).stdout)
            return sum(row["status"] == "Succeeded" for row in rows)

        self.wait_for(lambda: count("first") >= 1 and count("second") >= 1, "the first executions")
        before = count("first"), count("second")
        (repository / "a.txt").write_text("2")
        git("commit", "-qam", "two")
        self.wait_for(lambda: count("first") == before[0] + 1, "the push")
        self.wait_for(lambda: count("second") > before[1], "the other pipeline")
        self.assertIn("2", self.sluice("logs", "first", "Say").stdout)

    def test_watch_looks_on_until_the_end(self):
        self.serve()
        self.apply("echo seen; sleep 1")
        watch = subprocess.Popen([SLUICE, "watch", "shop"], cwd=self.home, env=self.environment, text=True,
                                 stdout=subprocess.PIPE)
        self.addCleanup(watch.stdout.close)
        self.wait_for_gate()
        self.sluice("approve", "shop", expect=0)
        self.assertEqual(watch.wait(LONGEST), 0)
        told = watch.stdout.read()
        for part in ("Source/Tree", "Work/Say", "Work/Gate", "Succeeded"):
            self.assertIn(part, told)

    def ready(self, path="/ready"):
        connection = UnixConnection(str(self.data / "sluice.sock"))
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def test_while_it_stops_it_still_shows_and_takes_nothing_new(self):
        server = self.serve()
        self.apply("echo begun; sleep 3")
        self.wait_for(lambda: "begun" in self.sluice("logs", "shop", "Say").stdout, "the action to begin")
        server.send_signal(signal.SIGTERM)
        self.wait_for(lambda: self.ready() == 503, "the end to begin")
        reply, _ = self.call("CodePipeline_20150709.GetPipelineState", {"name": "shop"})
        self.assertEqual(reply.status, 200)
        reply, body = self.call("CodePipeline_20150709.StartPipelineExecution", {"name": "shop"})
        self.assertEqual((reply.status, body["__type"]), (503, "ServiceUnavailableException"))
        self.assertIn("stopping", body["message"])
        self.assertEqual(server.wait(LONGEST), 0)

    def test_before_it_has_recovered_it_says_that_it_is_not_ready(self):
        self.data.mkdir()
        with contextlib.closing(sqlite3.connect(self.data / "sluice.db", isolation_level=None)) as database:
            # Nobody else gets in, so that opening the store waits.
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            server = subprocess.Popen([SLUICE, "serve"], cwd=self.home, env=self.environment, text=True,
                                      stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            self.addCleanup(server.stderr.close)
            self.addCleanup(server.wait)
            self.addCleanup(server.kill)
            self.wait_for((self.data / "sluice.sock").exists, "the socket")
            self.assertEqual((self.ready(), self.ready("/health")), (503, 200))
            reply, body = self.call("CodePipeline_20150709.ListPipelines", {})
            self.assertEqual((reply.status, body["__type"]), (503, "ServiceUnavailableException"))
            self.assertIn("starting", body["message"])
            database.execute("ROLLBACK")
        self.assertIn("serving", server.stderr.readline())
        self.assertEqual(self.ready(), 200)

    def test_the_service_manager_is_told_when_it_serves_and_when_it_stops(self):
        path = str(self.home / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(LONGEST)
            self.environment["NOTIFY_SOCKET"] = path
            server = self.serve()
            self.assertIn(b"READY=1", manager.recv(1000))
            server.send_signal(signal.SIGTERM)
            self.assertIn(b"STOPPING=1", manager.recv(1000))
            self.assertEqual(server.wait(LONGEST), 0)

    def test_a_data_directory_with_a_long_name_is_served_too(self):
        self.data = self.home / ("long" * 40)
        self.environment["SLUICE_DATA"] = str(self.data)
        self.serve()
        self.assertIn("PipelineNotFoundException", self.sluice("start", "nobody", expect=1).stderr)

    def test_an_idle_server_makes_no_system_call(self):
        server = self.serve()
        time.sleep(1)
        trace = subprocess.Popen(["strace", "-f", "-q", "-ttt", "-p", str(server.pid)], stderr=subprocess.PIPE, text=True)
        time.sleep(2.5)
        trace.send_signal(signal.SIGINT)
        lines = [line for line in trace.communicate(timeout=LONGEST)[1].splitlines() if "resumed" not in line]
        times = [float(word) for line in lines for word in line.split() if word.replace(".", "").isdigit() and "." in word]
        # What strace itself interrupts is begun anew when it comes.
        late = [line for line, at in zip(lines, times) if at > min(times) + 0.5 and "<detached" not in line]
        self.assertEqual(late, [], "\n".join(lines))


if __name__ == "__main__":
    unittest.main(verbosity=2)
