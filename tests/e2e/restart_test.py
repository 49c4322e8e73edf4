#!/usr/bin/python3
"""An engine with real hosts in a worker, killed with SIGKILL at random, its worker sometimes too: every acknowledged
start is in the history once and has ended, no action ran twice, no log line is lost but with its worker, nothing is stuck.

Usage: restart_test.py BUILD_DIR [KILLS [SEED]]
"""

import collections
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1]).resolve()
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 200
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
SUCCEEDED, FAILED, SUPERSEDED = 3, 4, 5
LONGEST_S = 120


def worker_pid(home):
    try:
        return int((home / "data/leases/worker.lease").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def kill(pid):
    """True if it was there. It stands still for a moment first, so that its actions get ahead of it."""
    try:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False


def chaos(home, dice):
    """Returns what the last server printed, and how many workers were killed."""
    command = [BUILD / "tests/restart_server", BUILD / "bin/sluice", home]
    workers = 0
    with open(home / "server.log", "wb") as log:
        for _ in range(KILLS):
            server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)
            time.sleep(dice.uniform(0.02, 0.6))
            both = dice.random() < 0.1
            if both and dice.random() < 0.5 and worker_pid(home):
                workers += kill(worker_pid(home))
                time.sleep(dice.uniform(0, 0.1))
                both = False
            assert server.poll() is None, f"the server ended by itself: {server.returncode}"
            server.kill()
            server.wait()
            server.stdin.close()
            if both and worker_pid(home):
                workers += kill(worker_pid(home))
        last = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, timeout=LONGEST_S, text=True)
    assert last.returncode == 0, last.returncode
    return last.stdout, workers


def check(home, history, workers):
    rows = [line.split(" ", 3) for line in history.splitlines()]
    ids = collections.Counter(row[1] for row in rows)
    acknowledged = [line.split()[1] for line in (home / "acknowledged").read_text().splitlines()]
    statuses = collections.Counter(int(row[2]) for row in rows)
    begins, ends = collections.Counter(), collections.Counter()
    for line in (home / "actions").read_text().splitlines():
        word, execution, action = line.split()
        (begins if word == "begin" else ends)[execution, action] += 1
    logged = collections.Counter()
    for path in (home / "data/logs").rglob("*.log"):
        for line in path.read_text().splitlines():
            words = line.split()
            if words[1:2] == ["working"]:
                logged[words[2], words[3]] += 1
    wrong = []
    wrong += [f"acknowledged but not in the history: {one}" for one in acknowledged if one not in ids]
    wrong += [f"twice in the history: {one}" for one, count in ids.items() if count > 1]
    wrong += [f"still in progress: {row}" for row in rows if int(row[2]) not in (SUCCEEDED, FAILED, SUPERSEDED)]
    wrong += [f"ran {count} times: {one}" for one, count in begins.items() if count > 1]
    # What a killed worker has not read yet from an action that goes on for a moment is lost with it; such an action fails.
    failed = {row[1] for row in rows if int(row[2]) == FAILED}
    wrong += [f"{logged[one]} log lines of the ended {one}" for one in ends
              if logged[one] != 1 and not (logged[one] == 0 and one[0] in failed)]
    wrong += [f"succeeded with {done} of 4 actions: {row}" for row in rows if int(row[2]) == SUCCEEDED
              and (done := sum(ends[row[1], f"{s}.{a}"] for s in ("S1", "S2") for a in ("A1", "A2"))) != 4]
    if workers == 0:
        wrong += [f"failed though no worker was killed: {row}" for row in rows if int(row[2]) == FAILED]
    print(f"{len(rows)} executions, {len(acknowledged)} acknowledged; {statuses[SUCCEEDED]} succeeded, {statuses[FAILED]} failed "
          f"with their worker, {statuses[SUPERSEDED]} superseded; {sum(begins.values())} actions begun, {sum(ends.values())} ended")
    assert len(rows) > KILLS / 4, "too few executions to mean anything"
    return wrong


def main():
    print(f"seed {SEED}, {KILLS} kills")
    home = pathlib.Path(tempfile.mkdtemp(prefix="sluice-restart-"))
    wrong = ["it did not come to its end"]
    try:
        begin = time.monotonic()
        history, workers = chaos(home, random.Random(SEED))
        wrong = check(home, history, workers)
        print(f"engine killed {KILLS} times, worker {workers} times, in {time.monotonic() - begin:.0f} s")
    finally:
        for line in wrong[:20]:
            print("WRONG:", line)
        if wrong:
            print((home / "server.log").read_text()[-3000:])
        kill(worker_pid(home)) if worker_pid(home) else None
        shutil.rmtree(home, ignore_errors=True)
    print(f"replay the seed with: restart_test.py BUILD {KILLS} {SEED}" if wrong else "restart: 1 passed, 0 failed")
    return 1 if wrong else 0


sys.exit(main())
