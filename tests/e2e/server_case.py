"""A real `sluice serve` in a directory of its own, for the tests that talk to one."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
SLUICE = str(BUILD / "bin/sluice")
LONGEST = 60


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=LONGEST)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(LONGEST)
        self.sock.connect(self.path)


class ServerCase(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="sluice-serve-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.data = self.home / "data"
        (self.home / "src").mkdir()
        (self.home / "src/a.txt").write_text("hello\n")
        self.environment = {**os.environ, "SLUICE_DATA": str(self.data), "NO_COLOR": "1"}
        self.log = ""

    def sluice(self, *arguments, expect=None):
        done = subprocess.run([SLUICE, *arguments], cwd=self.home, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=LONGEST)
        if expect is not None:
            self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def serve(self, *arguments):
        """Starts a server and waits until it is ready."""
        server = subprocess.Popen([SLUICE, "serve", *arguments], cwd=self.home, env=self.environment, text=True,
                                  stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        line = server.stderr.readline()
        self.assertIn("serving", line)
        self.serving = line
        return server

    def stop(self, server, number=signal.SIGTERM):
        server.send_signal(number)
        self.assertEqual(server.wait(LONGEST), 0)
        return server.stderr.read()

    def call(self, target, body, path=None):
        connection = UnixConnection(path or str(self.data / "sluice.sock"))
        with contextlib.closing(connection):
            connection.request("POST", "/", json.dumps(body), {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"})
            reply = connection.getresponse()
            text = reply.read()
        return reply, json.loads(text) if text else {}

    def wait_for(self, condition, what):
        """What the condition is in the end."""
        end = time.monotonic() + LONGEST
        while not (found := condition()):
            self.assertLess(time.monotonic(), end, f"waited {LONGEST} s for {what}")
            time.sleep(0.05)
        return found
