"""What a subscriber knows and decides, without sockets and without waiting: both kinds of subscriber feed it."""

import collections
import datetime
import json
import time

import msgpack

BEGINNING = "beginning"

# Seconds of silence after which the log is asked whether it is one, doubled while nothing comes; and while the engine
# is not there.
_SILENCE, _LONGEST_SILENCE, _AWAY = 1.0, 30.0, 0.05


class SubscriptionError(ValueError):
    """The engine refuses what was subscribed to; the text says why."""


class Event(dict):
    """The EventBridge envelope as a dict, with `sequence` and `topic` beside it."""

    def __init__(self, sequence, topic, body):
        super().__init__(body)
        self.sequence = sequence
        self.topic = topic


class Stream:
    """The order of events for one subscriber. `ready` holds those that may be handed over."""

    clock = staticmethod(time.monotonic)

    def __init__(self, prefixes=(), pattern=None, after=None, since=None):
        self._prefixes = list(prefixes) or [""]
        self._whole = [prefix[: prefix.rfind(".") + 1] for prefix in self._prefixes]
        self._pattern = pattern if pattern is None or isinstance(pattern, str) else json.dumps(pattern)
        self._cursor = 0 if since == BEGINNING and after is None else after
        self._since_ms = _unix_ms(since)
        self.removed = 0  # sequences that the engine no longer has
        self._last = 0  # the newest that the engine is known to have
        self._silence = _SILENCE
        self._due_at = self.clock()
        self.asking = True
        self.ready = collections.deque()

    @property
    def topics(self):
        """What to subscribe to: whole topic segments, or the pattern's text."""
        return [topic.encode() for topic in ([self._pattern.strip()] if self._pattern is not None else self._whole)]

    @property
    def cursor_is_known(self):
        return self._cursor is not None

    @property
    def cursor(self):
        return self.ready[0].sequence - 1 if self.ready else self._cursor or 0

    @property
    def behind(self):
        return max(0, self._last - self.cursor)

    def due(self):
        """Is it time to ask the log?"""
        return self.clock() >= self._due_at

    def patience(self):
        """Seconds until it is."""
        return max(0.0, self._due_at - self.clock())

    def request(self):
        words = {"since": self._since_ms} if self._cursor is None else {"after": self._cursor}
        words["prefixes"] = self._prefixes
        if self._pattern is not None:
            words["pattern"] = self._pattern.strip()
        return msgpack.packb(words)

    def asked(self, sent):
        self.asking = True
        self._due_at = self.clock() + (_SILENCE if sent else _AWAY)

    def take_answer(self, frames):
        summary = msgpack.unpackb(frames[0])
        if "error" in summary:
            raise SubscriptionError(summary["error"])
        self.asking = False
        if self._cursor:  # who begins at the beginning misses nothing that there is
            self.removed += summary.get("removed", 0)
        before = len(self.ready)
        for at in range(1, len(frames) - 2, 3):
            self._hand_over(*frames[at : at + 3])
        upto, last = summary.get("upto", 0), summary.get("last", 0)
        self._cursor = max(self._cursor or 0, upto)
        self._last = max(self._last, last)
        self._silence = _SILENCE if len(self.ready) > before else min(self._silence * 2, _LONGEST_SILENCE)
        self._due_at = self.clock() + (0 if upto < last else self._silence)

    def take_live(self, frames):
        topic, header, body = frames
        numbers = msgpack.unpackb(header)
        if numbers["seq"] <= self._cursor:
            return
        self._last = max(self._last, numbers["seq"])
        self._silence = _SILENCE
        self._due_at = self.clock() + self._silence
        if self._gap(topic, numbers["prev"]):
            self._due_at = self.clock()  # the answer brings this event too
        else:
            self._hand_over(topic, header, body)

    def _gap(self, topic, previous):
        """prev[k]: the event before this one whose topic begins with the same k segments; with a pattern, prev[0]: the
        one before that it wanted. Have we seen it?"""
        if self._pattern is not None:
            return previous[0] == 0 or previous[0] > self._cursor
        for whole in self._whole:
            segments = whole.count(".")
            if topic.startswith(whole.encode()) and segments < len(previous):
                if previous[segments] == 0 or previous[segments] > self._cursor:
                    return True
        return False

    def _hand_over(self, topic, header, body):
        numbers = msgpack.unpackb(header)
        sequence = numbers["seq"]
        if self._cursor is not None and sequence <= self._cursor:
            return
        self._cursor = sequence
        text = numbers.get("topic") or topic.decode()
        if text.startswith(tuple(self._prefixes)):
            self.ready.append(Event(sequence, text, msgpack.unpackb(body)))


def _unix_ms(since):
    if since is None or since == BEGINNING:
        return int(time.time() * 1000)
    if isinstance(since, datetime.datetime):
        since = since.timestamp()
    return int(since * 1000)
