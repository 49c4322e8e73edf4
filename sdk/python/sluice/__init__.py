"""Subscribe to a sluice engine's state-change events: each event once, in order, none missed.

    from sluice import Subscriber
    for event in Subscriber("/var/lib/sluice", ["codepipeline.pipeline.FAILED."]):
        print(event["detail"]["pipeline"], "failed")

Needs pyzmq and msgpack (Debian: python3-zmq, python3-msgpack). A subscriber lives in one thread. It listens to the
engine's XPUB socket and, where the sequence shows a gap, at the start and after a silence, asks the log endpoint for
what is missing, so an engine that restarts or a subscriber that was too slow loses nothing. Wire: docs/events.md.
"""

import collections
import os
import time

import msgpack
import zmq

__all__ = ["Subscriber", "Event", "default_data_directory"]

_SILENCE_MS, _AWAY_MS = 1000, 50


def default_data_directory():
    """$SLUICE_DATA, else $XDG_STATE_HOME/sluice, else ~/.local/state/sluice: what the command line uses."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return os.environ.get("SLUICE_DATA") or os.path.join(state, "sluice")


class Event(dict):
    """The EventBridge envelope as a dict, with `sequence` and `topic` beside it."""

    def __init__(self, sequence, topic, body):
        super().__init__(body)
        self.sequence = sequence
        self.topic = topic


class Subscriber:
    """Iterates over events whose topic begins with one of `prefixes` (all of them if empty).

    `where` is a data directory, or a pair of ZeroMQ endpoints (events, log). Without `after` it begins with what happens
    from now on; 0 is the beginning; the `cursor` of an earlier subscriber continues there.
    """

    def __init__(self, where=None, prefixes=(), after=None):
        events, log = where if isinstance(where, tuple) else _addresses(where or default_data_directory())
        self._prefixes = list(prefixes) or [""]
        self._whole = [prefix[: prefix.rfind(".") + 1] for prefix in self._prefixes]
        self._cursor = after
        self._started_ms = int(time.time() * 1000)
        self._ready = collections.deque()
        context = zmq.Context.instance()
        self._events, self._log = context.socket(zmq.SUB), context.socket(zmq.DEALER)
        for socket in (self._events, self._log):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RECONNECT_IVL, 20)
            socket.setsockopt(zmq.RCVHWM, 100_000)
            socket.setsockopt(zmq.IMMEDIATE, 1)  # nothing queues up for an engine that is away
        for prefix in self._whole:
            self._events.subscribe(prefix.encode())
        self._events.connect(events)
        self._log.connect(log)
        self._ask()

    @property
    def cursor(self):
        """Where to begin next time: the last event handed over."""
        return self._ready[0].sequence - 1 if self._ready else self._cursor or 0

    def __iter__(self):
        while True:
            yield self.next()

    def next(self, timeout=None):
        """The next event; None after `timeout` seconds without one."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self._ready:
            wait_ms = self._patience_ms
            if end is not None:
                wait_ms = min(wait_ms, (end - time.monotonic()) * 1000)
                if wait_ms < 0:
                    return None
            self._receive(wait_ms)
        return self._ready.popleft()

    def close(self):
        self._events.close()
        self._log.close()

    def _ask(self):
        start = {"since": self._started_ms} if self._cursor is None else {"after": self._cursor}
        try:
            self._log.send(msgpack.packb({**start, "prefixes": self._prefixes}), zmq.NOBLOCK)
            self._patience_ms = _SILENCE_MS
        except zmq.Again:
            self._patience_ms = _AWAY_MS
        self._asked_at = time.monotonic()
        self._asking = True

    def _receive(self, wait_ms):
        # While the log is being asked, what arrives live stays in its queue: it may belong after the answer.
        live_too = not self._asking and self._cursor is not None
        poller = zmq.Poller()
        poller.register(self._log, zmq.POLLIN)
        if live_too:
            poller.register(self._events, zmq.POLLIN)
        ready = dict(poller.poll(wait_ms))
        if self._log in ready:
            self._take_answer(self._log.recv_multipart())
        elif self._events in ready:
            self._take_live(*self._events.recv_multipart())
        elif time.monotonic() - self._asked_at >= self._patience_ms / 1000:
            self._ask()  # a silence: make sure that it is one

    def _take_answer(self, frames):
        summary = msgpack.unpackb(frames[0])
        self._asking = False
        for at in range(1, len(frames) - 2, 3):
            self._hand_over(*frames[at : at + 3])
        self._cursor = max(self._cursor or 0, summary.get("upto", 0))
        if summary.get("upto", 0) < summary.get("last", 0):
            self._ask()

    def _take_live(self, topic, header, body):
        numbers = msgpack.unpackb(header)
        if numbers["seq"] <= self._cursor:
            return
        if self._gap(topic.decode(), numbers["prev"]):
            self._ask()  # the answer brings this event too
        else:
            self._hand_over(topic, header, body)

    def _gap(self, topic, previous):
        """prev[k]: the event before this one whose topic begins with the same k segments. Have we seen it?"""
        for whole in self._whole:
            segments = whole.count(".")
            if topic.startswith(whole) and segments < len(previous):
                if previous[segments] == 0 or previous[segments] > self._cursor:
                    return True
        return False

    def _hand_over(self, topic, header, body):
        sequence = msgpack.unpackb(header)["seq"]
        if self._cursor is not None and sequence <= self._cursor:
            return
        self._cursor = sequence
        topic = topic.decode()
        if topic.startswith(tuple(self._prefixes)):
            self._ready.append(Event(sequence, topic, msgpack.unpackb(body)))


def _addresses(data_directory):
    folder = os.path.join(os.path.abspath(data_directory), "bus")
    return f"ipc://{folder}/events", f"ipc://{folder}/log"
