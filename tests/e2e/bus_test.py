#!/usr/bin/python3
"""Subscribers of every language beside a real bus. Usage: bus_test.py BUILD_DIR NODE_CLIENT [unittest arguments]

SLUICE_TEST_EVENTS, SLUICE_TEST_SUBSCRIBERS and SLUICE_TEST_KILLS make the last test as large as you like.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
NODE_CLIENT = str(pathlib.Path(sys.argv.pop(1)).resolve())
HERE = pathlib.Path(__file__).resolve().parent
LONGEST = 240
PATIENCE = 400  # of the last test with its subscribers, in seconds; less than ctest's
CLIENTS = {
    "python": [sys.executable, str(HERE / "bus_subscriber.py")],
    "asyncio": [sys.executable, str(HERE / "bus_subscriber.py")],
    "c++": [str(BUILD / "tests/bus_subscriber")],
    "node": ["node", str(HERE / "bus_subscriber.mjs")],
}
FAILED = {"detail": {"state": ["FAILED"]}}
failed = [sequence for sequence in range(1, 100_000) if sequence // 3 % 4 == 2]


class Server:
    def __init__(self, directory):
        self.directory = directory
        self.start()

    def start(self):
        self.process = subprocess.Popen([str(BUILD / "tests/bus_server"), self.directory], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == "ready\n"

    def add(self, count):
        """Returns when they are in the log, so that a kill right after does not take them away."""
        log = pathlib.Path(self.directory, "count")
        wanted = (int(log.read_text()) if log.exists() else 0) + count
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        end = time.monotonic() + LONGEST
        while not log.exists() or int(log.read_text()) < wanted:
            assert time.monotonic() < end, f"waited {LONGEST} s for {count} events"
            time.sleep(0.005)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class BusTest(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="sluice-bus-")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.directory = self.home + "/data"
        self.server = Server(self.directory)
        self.addCleanup(lambda: self.server.kill())

    def subscribe(self, client, **options):
        command = [*CLIENTS[client], json.dumps({"directory": self.directory, **options})]
        process = subprocess.Popen(command + (["asyncio"] if client == "asyncio" else []), text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "SLUICE_NODE_CLIENT": NODE_CLIENT})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def printed(self, process):
        out = process.stdout.read()  # not communicate(): it would pass over what readline() has buffered
        self.errors = process.stderr.read()
        self.assertIn(process.wait(LONGEST), (0, 1), self.errors)
        return [int(line) if line.isdigit() else line for line in out.splitlines()]

    def each_client(self, **options):
        """What every client printed, by name; all run at the same time."""
        processes = {client: self.subscribe(client, **options) for client in CLIENTS}
        return {client: self.printed(process) for client, process in processes.items()}

    def check_each(self, expected, **options):
        for client, sequences in self.each_client(**options).items():
            with self.subTest(client):
                self.assertEqual(sequences, expected)

    def test_from_the_beginning_every_client_hands_over_each_event_once_and_in_order(self):
        self.server.add(5000)
        self.check_each(list(range(1, 5001)), after=0, until=5000)

    def test_a_topic_prefix_that_ends_within_a_segment_gets_the_events_of_that_prefix_alone(self):
        self.server.add(3000)
        expected = [s for s in range(1, 3001) if s % 3 == 1 and s // 3 % 4 in (1, 3, 0)]
        self.check_each(expected, after=0, prefixes=["codepipeline.stage.S"], until=expected[-1])

    def test_a_pattern_is_matched_by_the_engine_and_each_event_that_it_wants_comes_once(self):
        self.server.add(2000)
        wanted = [s for s in failed if s <= 4000]
        processes = {client: self.subscribe(client, after=0, pattern=FAILED, until=wanted[-1]) for client in CLIENTS}
        first = {client: process.stdout.readline() for client, process in processes.items()}
        self.server.add(2000)
        for client, process in processes.items():
            with self.subTest(client):
                self.assertEqual([int(first[client]), *self.printed(process)], wanted)

    def test_a_pattern_that_is_none_is_refused_with_the_reason(self):
        for client, lines in self.each_client(pattern={"detail": {"state": "FAILED"}}, until=1).items():
            with self.subTest(client):
                self.assertEqual(len(lines), 1)
                self.assertIn("refused: the pattern is not valid", lines[0])
                self.assertIn("detail.state", lines[0])

    def test_since_a_time_begins_with_the_first_event_of_that_time(self):
        self.server.add(5000)  # event n is n ms after the beginning of 2026
        self.check_each(list(range(2000, 3001)), since=1767225602, until=3000)

    def test_what_retention_removed_is_passed_over_and_counted_for_who_was_in_the_middle_of_it(self):
        self.server.add(3000)
        self.server.kill()
        pathlib.Path(self.directory, "hole").write_text("500 1500")
        self.server.start()
        kept = [*range(1, 500), *range(1501, 3101)]
        for after, removed in ((0, 0), (100, 1001), (700, 800), (1500, 0)):
            processes = {client: self.subscribe(client, after=after, until=3100) for client in CLIENTS}
            first = {client: process.stdout.readline() for client, process in processes.items()}
            if after == 0:
                self.server.add(100)
            for client, process in processes.items():
                with self.subTest(client, after=after):
                    self.assertEqual([int(first[client]), *self.printed(process)], [s for s in kept if s > after])
                    self.assertIn(f"removed {removed}\n", self.errors)

    def test_who_keeps_a_cursor_file_goes_on_after_a_kill_where_it_was(self):
        self.server.add(3000)
        for client in CLIENTS:
            with self.subTest(client):
                cursor = f"{self.home}/{client}.cursor"
                process = self.subscribe(client, after=0, cursor_file=cursor, until=3000)
                before = [int(process.stdout.readline()) for _ in range(700)]
                process.kill()
                rest = process.stdout.read().splitlines(keepends=True)
                before += [int(line) for line in rest if line.endswith("\n")]
                after = self.printed(self.subscribe(client, after=0, cursor_file=cursor, until=3000))
                self.assertLessEqual(after[0], before[-1] + 1)
                self.assertGreaterEqual(after[0], before[-1])  # at most the one that was being worked on comes again
                self.assertEqual(sorted({*before, *after}), list(range(1, 3001)))

    def test_a_cursor_file_that_holds_something_else_is_an_error(self):
        pathlib.Path(self.home, "wrong").write_text("yesterday\n")
        for client in CLIENTS:
            process = self.subscribe(client, cursor_file=self.home + "/wrong", until=1)
            _, err = process.communicate(timeout=LONGEST)
            with self.subTest(client):
                self.assertNotEqual(process.returncode, 0)
                self.assertIn("holds no sequence number", err)

    def test_a_slow_subscriber_misses_nothing_and_is_told_how_far_behind_it_is(self):
        process = self.subscribe("python", after=0, until=2000, pause=0.001)
        for _ in range(20):
            self.server.add(100)
            time.sleep(0.01)
        self.assertEqual(self.printed(process), list(range(1, 2001)))
        self.assertGreater(int(self.errors.split()[1]), 100)

    def test_a_data_directory_with_a_long_name_has_its_sockets_elsewhere(self):
        self.server.kill()
        self.directory = self.home + "/long" * 25
        self.server = Server(self.directory)
        self.server.add(10)
        self.check_each(list(range(1, 11)), after=0, until=10)

    def test_nothing_is_lost_however_often_the_engine_and_its_subscribers_are_killed(self):
        events = int(os.environ.get("SLUICE_TEST_EVENTS", "8000"))
        count = int(os.environ.get("SLUICE_TEST_SUBSCRIBERS", "8"))
        kills = int(os.environ.get("SLUICE_TEST_KILLS", "5"))
        seed = int(os.environ.get("SLUICE_TEST_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}: SLUICE_TEST_SEED={seed} repeats it", flush=True)
        chance = random.Random(seed)
        lists = [[] for _ in range(count)]
        said = [[] for _ in range(count)]  # how each process of a subscriber ended, and what it complained of
        give_up = time.monotonic() + PATIENCE

        def live(number, delays):
            """One subscriber, begun late, killed and begun again until it has seen the last event."""
            client = list(CLIENTS)[number % len(CLIENTS)]
            cursor = f"{self.home}/{number}.cursor"
            for delay in delays:
                time.sleep(delay)
                process = self.subscribe(client, after=0, cursor_file=cursor, until=events)
                last = delay == delays[-1]
                killer = threading.Timer(give_up - time.monotonic() if last else delay, process.kill)
                killer.start()
                complaints = threading.Thread(target=lambda: said[number].append(process.stderr.read()))
                complaints.start()
                # An event is worked on when its whole line is there.
                lines = process.stdout.read().splitlines(keepends=True)
                lists[number] += [int(line) for line in lines if line.endswith("\n") and line.strip().isdigit()]
                complaints.join()
                killer.cancel()
                said[number].append(f"{client} ended with {process.wait()} after {len(lines)} lines")

        threads = [threading.Thread(target=live, args=(n, [chance.uniform(0.1, 2) for _ in range(1 + n % 3)]))
                   for n in range(count)]
        for thread in threads:
            thread.start()
        for _ in range(kills):
            for _ in range(10):
                self.server.add(events // (kills * 10))
                time.sleep(chance.uniform(0, 0.05))
            self.server.kill()
            time.sleep(chance.uniform(0, 0.2))
            self.server.start()
        stored = int(pathlib.Path(self.directory, "count").read_text())
        self.server.add(events - stored)
        for thread in threads:
            thread.join()  # by then its process has been killed
        for number, sequences in enumerate(lists):
            with self.subTest(f"subscriber {number}"):
                missing = sorted(set(range(1, events + 1)) - set(sequences))
                self.assertEqual(len(missing), 0, f"the first missing are {missing[:5]}; {said[number]}")
                self.assertEqual(sequences and max(sequences), events)
                again = len(sequences) - len(set(sequences))
                # What was being worked on when it was killed.
                self.assertLessEqual(again, 2 * (number % 3), said[number])
        print(f"{events} events, {count} subscribers, {kills} kills: nothing lost", flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
