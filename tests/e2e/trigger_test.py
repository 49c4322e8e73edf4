#!/usr/bin/python3
"""How pushes and webhooks start pipelines of a real server. Usage: trigger_test.py BUILD_DIR [unittest arguments]"""

import hashlib
import hmac
import http.client
import json
import os
import re
import socket
import stat
import subprocess
import time
import unittest

from server_case import LONGEST, SLUICE, ServerCase, UnixConnection

SECRET = "it's a secret"
COMMIT = "1234567890123456789012345678901234567890"

CALLED = """name: called
stages:
  - name: Source
    actions:
      - {name: Tree, uses: source/directory, configuration: {directory: ./src}, outputArtifacts: [app]}
  - name: Work
    actions:
      - {name: Say, uses: compute/commands, inputArtifacts: [app], commands: ["true"]}
triggers:
  - {webhook: {name: chat, form: HMAC, secretFile: ./secret}}
  - {webhook: {name: hub, form: GITHUB, secretVariable: HUB_SECRET}}
  - {webhook: {name: tea, form: GITEA, secretFile: ./secret}}
"""

PUSHED = """name: pushed
stages:
  - name: Source
    actions:
      - {name: Checkout, uses: source/git, configuration: {repository: ./repo, branch: main}, outputArtifacts: [app]}
  - name: Work
    actions:
      - {name: Say, uses: compute/commands, inputArtifacts: [app], commands: ["true"]}
triggers:
  - {gitConfiguration: {sourceActionName: Checkout}, pollInterval: 1h}
"""


def signature(body, secret=SECRET):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class TriggerTest(ServerCase):
    def setUp(self):
        super().setUp()
        self.environment |= {"HUB_SECRET": SECRET, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        for who in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.com"}
        (self.home / "secret").write_text(SECRET + "\n")

    def begin(self, settings=""):
        """A server with a port for webhooks; its process."""
        (self.home / "sluice.yml").write_text('webhooks: {listen: "127.0.0.1:0", mostBodyBytes: 3000000}\n' + settings)
        server = self.serve("--config", "sluice.yml")
        self.port = int(re.search(r"webhooks=\"?127\.0\.0\.1:(\d+)", self.serving).group(1))
        return server

    def apply(self, text):
        (self.home / "pipeline.yml").write_text(text)
        return self.sluice("apply", "pipeline.yml", "--yes", expect=0).stdout

    def post(self, path, body=b"{}", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        connection.request("POST", path, body, headers or {})
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, text

    def executions(self, pipeline):
        listed = json.loads(self.sluice("executions", "--json", expect=0).stdout)
        return [e for e in listed if e["pipelineName"] == pipeline]

    def trigger_of(self, execution):
        shown = json.loads(self.sluice("show", execution["pipelineExecutionId"], "--json", expect=0).stdout)
        return shown["trigger"]["triggerType"], shown["trigger"]["triggerDetail"]

    def triggers(self, pipeline):
        return json.loads(self.sluice("trigger", "list", pipeline, "--json", expect=0).stdout)["triggers"]

    def repository(self, *options):
        """An empty ./repo, and a clone of it that pushes."""
        self.git("init", "-q", "-b", "main", *options, "repo")
        if not options:
            self.git("commit", "-q", "--allow-empty", "-m", "first", directory="repo")
            return
        self.git("init", "-q", "-b", "main", "clone")
        self.git("remote", "add", "origin", str(self.home / "repo"), directory="clone")
        self.push("first")

    def git(self, *arguments, directory="."):
        done = subprocess.run(["git", *arguments], cwd=self.home / directory, env=self.environment, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=LONGEST)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def push(self, message):
        self.git("commit", "-q", "--allow-empty", "-m", message, directory="clone")
        self.git("push", "-q", "origin", "HEAD:main", directory="clone")
        return self.git("rev-parse", "HEAD", directory="clone")

    def watched(self, how):
        self.wait_for(lambda: "revision" in self.triggers("pushed")[0], "the first look")
        self.assertEqual(self.triggers("pushed")[0]["noticedBy"], how)

    def test_signed_webhooks_of_each_form_start_the_pipeline_once(self):
        server = self.begin()
        self.assertIn("POST /webhooks/called/chat", self.apply(CALLED))
        self.wait_for(lambda: len(self.triggers("called")) == 3, "the triggers")
        first = len(self.executions("called"))  # what apply has started
        push = json.dumps({"ref": "refs/heads/main", "before": "0" * 40, "after": COMMIT}).encode()
        calls = {
            "chat": (push, {"X-Signature-256": signature(push), "X-Delivery": "1"}),
            "hub": (push, {"X-Hub-Signature-256": "sha256=" + signature(push), "X-GitHub-Event": "push", "X-GitHub-Delivery": "2"}),
            "tea": (push, {"X-Gitea-Signature": signature(push), "X-Gitea-Event": "push", "X-Gitea-Delivery": "3"}),
        }
        for name, (body, headers) in calls.items():
            self.assertEqual(self.post(f"/webhooks/called/{name}", body, headers), (202, "starting\n"))
        self.wait_for(lambda: len(self.executions("called")) == first + 3, "three executions")
        found = {self.trigger_of(e) for e in self.executions("called")}
        for name in calls:
            self.assertIn(("Webhook", f"arn:aws:codepipeline:local:000000000000:webhook:{name}"), found)
        for again in (False, True):
            for name, (body, headers) in calls.items():
                self.assertEqual(self.post(f"/webhooks/called/{name}", body, headers), (200, "this delivery is known\n"))
            if again:
                break
            self.stop(server)
            server = self.begin()
            self.wait_for(lambda: len(self.triggers("called")) == 3, "the triggers")
        self.assertEqual(len(self.executions("called")), first + 3)

    def test_a_call_that_nobody_signed_starts_nothing(self):
        server = self.begin()
        self.apply(CALLED)
        self.wait_for(lambda: len(self.triggers("called")) == 3, "the triggers")
        first = len(self.executions("called"))
        good = {"X-Signature-256": signature(b"{}")}
        self.assertEqual(self.post("/webhooks/called/chat")[0], 401)
        self.assertEqual(self.post("/webhooks/called/chat", b"{ }", good)[0], 401)
        self.assertEqual(self.post("/webhooks/called/chat", b"{}", {"X-Signature-256": signature(b"{}", "guess")})[0], 401)
        self.assertEqual(self.post("/webhooks/called/hub", b"{}", {"X-Hub-Signature-256": signature(b"{}")})[0], 401)
        self.assertEqual(self.post("/webhooks/called/chat", b"[]", {"X-Signature-256": signature(b"[]")})[0], 400)
        self.assertEqual(self.post("/webhooks/nobody/chat", b"{}", good)[0], 404)
        self.assertEqual(self.post("/webhooks/called/nobody", b"{}", good)[0], 404)
        for path in ("/webhooks/", "/webhooks/called", "/webhooks/called/chat/more", "/webhooks/../called/chat", "/"):
            self.assertEqual(self.post(path, b"{}", good)[0], 404, path)
        self.assertIn("401", [t["error"] for t in self.triggers("called") if t["watches"].startswith("hub")][0])
        self.assertEqual(len(self.executions("called")), first)
        (self.home / "secret").unlink()
        self.assertEqual(self.post("/webhooks/called/chat", b"{}", good)[0], 500)
        self.assertIn("secret", self.stop(server))

    def test_the_port_serves_webhooks_and_nothing_else_within_its_bounds(self):
        self.begin()
        self.apply(CALLED)
        self.wait_for(lambda: len(self.triggers("called")) == 3, "the triggers")

        def raw(data):
            with socket.create_connection(("127.0.0.1", self.port), LONGEST) as connection:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                answer = b""
                while part := connection.recv(65536):
                    answer += part
                return answer

        self.assertIn(b" 200 ", raw(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        self.assertIn(b" 404 ", raw(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"))
        operation = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: CodePipeline_20150709.ListPipelines\r\nContent-Length: 2\r\n\r\n{}"
        self.assertIn(b" 404 ", raw(operation))
        self.assertIn(b" 405 ", raw(b"GET /webhooks/called/chat HTTP/1.1\r\nHost: x\r\n\r\n"))
        chat = b"POST /webhooks/called/chat HTTP/1.1\r\nHost: x\r\n"
        self.assertIn(b" 413 ", raw(chat + b"Content-Length: 3000001\r\n\r\n"))
        self.assertIn(b" 411 ", raw(chat + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
        self.assertIn(b" 413 ", raw(chat + b"X: " + b"x" * 100_000 + b"\r\n\r\n"))
        self.assertIn(b" 400 ", raw(b"\x16\x03\x01\x02\x00 TLS\r\n\r\n"))
        large = b'{"text": "' + b"x" * 2_900_000 + b'"}'
        self.assertEqual(self.post("/webhooks/called/chat", large, {"X-Signature-256": signature(large)})[0], 202)

        # At most four large ones at once, however slowly they come; small ones pass.
        held = []
        for _ in range(4):
            connection = socket.create_connection(("127.0.0.1", self.port), LONGEST)
            self.addCleanup(connection.close)
            connection.sendall(chat + b"Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n")
            self.assertIn(b" 100 ", connection.recv(1000))
            held.append(connection)
        self.assertEqual(self.post("/webhooks/called/chat", large, {"X-Signature-256": signature(large)})[0], 503)
        self.assertEqual(self.post("/webhooks/called/chat", b"{}", {"X-Signature-256": signature(b"{}")})[0], 202)
        for connection in held:
            connection.close()
        self.wait_for(lambda: self.post("/webhooks/called/chat", large, {"X-Signature-256": signature(large)})[0] == 202, "a place")

    def test_who_guesses_signatures_is_not_listened_to_for_a_while_and_others_are(self):
        self.begin()
        self.apply(CALLED)
        self.wait_for(lambda: len(self.triggers("called")) == 3, "the triggers")
        guess = {"X-Signature-256": "0" * 64, "X-Forwarded-For": "203.0.113.9"}
        answers = [self.post("/webhooks/called/chat", b"{}", guess)[0] for _ in range(22)]
        self.assertEqual(answers, [401] * 20 + [429] * 2)
        good = {"X-Signature-256": signature(b"{}")}
        self.assertEqual(self.post("/webhooks/called/chat", b"{}", good)[0], 202)
        self.assertEqual(self.post("/webhooks/called/chat", b"{}", good | {"X-Forwarded-For": "203.0.113.9"})[0], 429)

    def test_the_local_socket_receives_webhooks_too(self):
        self.begin()
        self.apply(CALLED)
        self.wait_for(lambda: len(self.triggers("called")) == 3, "the triggers")
        connection = UnixConnection(str(self.data / "sluice.sock"))
        connection.request("POST", "/webhooks/called/chat?x=1", b"{}", {"X-Signature-256": signature(b"{}")})
        reply = connection.getresponse()
        self.assertEqual((reply.status, reply.read()), (202, b"starting\n"))
        connection.request("POST", "/", "{}", {"X-Amz-Target": "CodePipeline_20150709.ListPipelines"})
        self.assertEqual(connection.getresponse().status, 200, "on the same connection")
        connection.close()

    def test_curl_and_openssl_are_enough_to_call_one(self):
        self.begin()
        self.apply(CALLED)
        self.wait_for(lambda: len(self.triggers("called")) == 3, "the triggers")
        script = """body='{"text": "hello"}'
            signature=$(printf %s "$body" | openssl dgst -sha256 -hmac "$HUB_SECRET" -r | cut -d' ' -f1)
            curl -sS -d "$body" -H "X-Signature-256: sha256=$signature" http://127.0.0.1:PORT/webhooks/called/chat"""
        done = subprocess.run(["sh", "-ec", script.replace("PORT", str(self.port))], env=self.environment, text=True, capture_output=True,
                              timeout=LONGEST)
        self.assertEqual(done.stdout, "starting\n", done.stderr)

    def test_a_push_to_a_local_repository_is_noticed_by_its_files(self):
        self.repository("--bare")
        self.begin()
        self.apply(PUSHED)
        self.watched("FILES")
        before = len(self.executions("pushed"))
        commit = self.push("second")
        self.wait_for(lambda: len(self.executions("pushed")) == before + 1, "an execution")
        newest = self.executions("pushed")[0]
        self.assertEqual(self.trigger_of(newest), ("PollForSourceChanges", "Checkout"))
        newest = "CodePipeline_20150709.ListPipelineExecutions", {"pipelineName": "pushed", "maxResults": 1}
        self.wait_for(lambda: self.call(*newest)[1]["pipelineExecutionSummaries"][0]["sourceRevisions"], "the source")
        self.assertEqual(self.call(*newest)[1]["pipelineExecutionSummaries"][0]["sourceRevisions"][0]["revisionId"], commit)
        self.wait_for(lambda: self.triggers("pushed")[0]["revision"] == commit, "the list")

    def hooked(self, directory, make_push):
        self.begin("triggers: {watchFiles: false}\n")
        self.apply(PUSHED)
        self.watched("POLLING")
        said = self.sluice("trigger", "install-hook", "repo", expect=0).stdout
        self.assertIn(f"{directory}/hooks/reference-transaction is written", said)
        before = len(self.executions("pushed"))
        make_push()
        self.wait_for(lambda: len(self.executions("pushed")) == before + 1, "an execution")
        self.assertEqual(self.trigger_of(self.executions("pushed")[0]), ("PollForSourceChanges", "Checkout"))

    def test_a_hook_tells_of_a_push_to_a_bare_repository(self):
        self.repository("--bare")
        self.hooked("repo", lambda: self.push("second"))

    def test_a_hook_tells_of_a_commit_in_a_work_tree(self):
        self.repository()
        self.hooked("repo/.git", lambda: self.git("commit", "-q", "--allow-empty", "-m", "second", directory="repo"))

    def test_a_hook_costs_a_push_nothing_when_no_server_answers(self):
        self.repository("--bare")
        self.sluice("trigger", "install-hook", "repo", expect=0)
        self.push("nobody listens")
        # Somebody who takes the connection and never answers.
        self.data.mkdir(exist_ok=True)
        silent = socket.socket(socket.AF_UNIX)
        self.addCleanup(silent.close)
        silent.bind(str(self.data / "sluice.sock"))
        silent.listen()
        began = time.monotonic()
        self.push("somebody is silent")
        self.assertLess(time.monotonic() - began, 8)
        silent.settimeout(LONGEST)
        connection, _ = silent.accept()
        self.assertIn(b"NotifyRepository", connection.recv(10_000))
        connection.close()
        hook = self.home / "repo/hooks/reference-transaction"
        self.assertTrue(stat.S_IMODE(hook.stat().st_mode) & 0o111)
        hook.write_text(hook.read_text().replace(SLUICE, "/nowhere/sluice"))
        self.push("the program is gone")

    def test_a_hook_of_somebody_else_is_left_alone_and_ours_goes_as_it_came(self):
        self.repository("--bare")
        hook = self.home / "repo/hooks/reference-transaction"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexit 0\n")
        refused = self.sluice("trigger", "install-hook", "repo", expect=2)
        self.assertIn("there is a hook already", refused.stderr)
        self.assertIn("trigger notify --data", refused.stderr)
        self.assertIn("was not written by", self.sluice("trigger", "remove-hook", "repo", expect=2).stderr)
        self.assertEqual(hook.read_text(), "#!/bin/sh\nexit 0\n")
        hook.unlink()
        self.git("config", "core.hooksPath", "../our's hooks", directory="repo")
        for pipeline in ("one", "two"):
            said = self.sluice("trigger", "install-hook", "repo", "--pipeline", pipeline, expect=0).stdout
            self.assertIn("core.hooksPath", said)
        hook = self.home / "our's hooks/reference-transaction"
        self.assertIn("--pipeline 'two'", hook.read_text())
        self.push("another")
        self.assertIn("is removed", self.sluice("trigger", "remove-hook", "repo", expect=0).stdout)
        self.assertFalse(hook.exists())
        self.assertIn("no such hook", self.sluice("trigger", "remove-hook", "repo", expect=2).stderr)
        self.assertIn("no repository", self.sluice("trigger", "install-hook", "src", expect=2).stderr)

    def test_a_server_that_starts_while_it_listens_still_ends_at_once(self):
        server = self.begin()
        held = [socket.create_connection(("127.0.0.1", self.port), LONGEST) for _ in range(20)]
        for connection in held:
            self.addCleanup(connection.close)
            connection.sendall(b"POST /webhooks/x/y HTTP/1.1\r\nContent-")
        self.stop(server)


if __name__ == "__main__":
    unittest.main(verbosity=2)
