"""Subscribe to a sluice engine's state-change events: each event once, in order, none missed.

    from sluice import Subscriber
    for event in Subscriber("/var/lib/sluice", ["codepipeline.pipeline.FAILED."]):
        print(event["detail"]["pipeline"], "failed")

Needs pyzmq and msgpack (Debian: python3-zmq, python3-msgpack). It listens to the engine's XPUB socket and, where the
sequence shows a gap, at the start and after a silence, asks the log endpoint for what is missing, so an engine that
restarts or a subscriber that was too slow loses nothing. `AsyncSubscriber` is the same for asyncio. Wire: docs/events.md.
"""

import os

import zmq
import zmq.asyncio

from ._cursor import CursorFile
from ._presence import Presence
from ._stream import BEGINNING, Event, Stream, SubscriptionError

__all__ = ["Subscriber", "AsyncSubscriber", "Event", "SubscriptionError", "BEGINNING", "default_data_directory"]


def default_data_directory():
    """$SLUICE_DATA, else $XDG_STATE_HOME/sluice, else ~/.local/state/sluice: what the command line uses."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return os.environ.get("SLUICE_DATA") or os.path.join(state, "sluice")


class _Subscriber:
    """What both kinds of subscriber are made of; they differ in who waits.

    where        a data directory, or the ZeroMQ endpoints (events, log, filtered); None: default_data_directory()
    prefixes     topic prefixes; all events if empty
    pattern      an event pattern, a dict or JSON text: the engine sends what it wants and nothing else
    since        where to begin: BEGINNING, a datetime, or Unix seconds; without it, with what happens from now on
    after        where to begin, as a sequence: the `cursor` of an earlier subscriber
    cursor_file  a path: begins after the sequence that stands there (`since` and `after` count only while there is no
                 such file), and keeps it up to date. An event counts as done when the next one is asked for, or at
                 close(): who is killed while at work on an event gets that one again
    """

    def __init__(self, where=None, prefixes=(), after=None, *, since=None, pattern=None, cursor_file=None):
        events, log, filtered = where if isinstance(where, tuple) else _addresses(where or default_data_directory())
        self._file = CursorFile(cursor_file) if cursor_file else None
        stored = self._file.read() if self._file else None
        self._stream = Stream(prefixes, pattern, after if stored is None else stored, since if stored is None else None)
        self._presence = Presence(events)
        context = self._context()
        self._events, self._log = context.socket(zmq.SUB), context.socket(zmq.DEALER)
        for socket in (self._events, self._log):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RECONNECT_IVL, 20)
            socket.setsockopt(zmq.RCVHWM, 100_000)
            socket.setsockopt(zmq.IMMEDIATE, 1)  # nothing queues up for an engine that is away
        for topic in self._stream.topics:
            self._events.subscribe(topic)
        self._events.connect(filtered if pattern is not None else events)
        self._log.connect(log)

    @property
    def cursor(self):
        """Where to begin next time: the last event handed over."""
        return self._stream.cursor

    @property
    def behind(self):
        """How many sequence numbers the engine is ahead of the last event handed over, as far as is known."""
        return self._stream.behind

    @property
    def removed(self):
        """How many sequence numbers after its place retention had removed before it asked for them: events that it can
        never get. 0 as long as nothing was missed."""
        return self._stream.removed

    def close(self):
        self._presence.withdraw()
        self._events.close()
        self._log.close()
        if self._file:
            self._file.write(self.cursor, durable=True)

    def _keep(self):
        if self._file and self._stream.cursor_is_known:
            self._file.write(self.cursor)

    def _sockets(self):
        # While the log is being asked, what arrives live stays in its queue: it may belong after the answer.
        return [self._log] if self._stream.asking else [self._log, self._events]


class Subscriber(_Subscriber):
    """Iterates over events. Lives in one thread."""

    __doc__ += _Subscriber.__doc__[_Subscriber.__doc__.index("\n") :]

    @staticmethod
    def _context():
        return zmq.Context.instance()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        while True:
            yield self.next()

    def next(self, timeout=None):
        """The next event; None after `timeout` seconds without one. SubscriptionError: the engine refuses the pattern."""
        self._keep()
        clock = self._stream.clock
        end = None if timeout is None else clock() + timeout
        while not self._stream.ready:
            if self._stream.due():
                self._ask()
            wait = self._stream.patience()
            if end is not None:
                wait = min(wait, end - clock())
                if wait < 0:
                    return None
            poller = zmq.Poller()
            for socket in self._sockets():
                poller.register(socket, zmq.POLLIN)
            ready = dict(poller.poll(wait * 1000))
            if self._log in ready:
                self._stream.take_answer(self._log.recv_multipart())
            elif self._events in ready:
                self._stream.take_live(self._events.recv_multipart())
        return self._stream.ready.popleft()

    def _ask(self):
        self._presence.announce()
        try:
            self._log.send(self._stream.request(), zmq.NOBLOCK)
            self._stream.asked(True)
        except zmq.Again:
            self._stream.asked(False)


class AsyncSubscriber(_Subscriber):
    """`async for event in AsyncSubscriber(...)`. Lives in one event loop."""

    __doc__ += _Subscriber.__doc__[_Subscriber.__doc__.index("\n") :]

    @staticmethod
    def _context():
        return zmq.asyncio.Context.instance()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.close()

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self.next()

    async def next(self, timeout=None):
        """The next event; None after `timeout` seconds without one. SubscriptionError: the engine refuses the pattern."""
        self._keep()
        clock = self._stream.clock
        end = None if timeout is None else clock() + timeout
        while not self._stream.ready:
            if self._stream.due():
                await self._ask()
            wait = self._stream.patience()
            if end is not None:
                wait = min(wait, end - clock())
                if wait < 0:
                    return None
            poller = zmq.asyncio.Poller()
            for socket in self._sockets():
                poller.register(socket, zmq.POLLIN)
            ready = dict(await poller.poll(wait * 1000))
            if self._log in ready:
                self._stream.take_answer(await self._log.recv_multipart())
            elif self._events in ready:
                self._stream.take_live(await self._events.recv_multipart())
        return self._stream.ready.popleft()

    async def _ask(self):
        self._presence.announce()
        try:
            await self._log.send(self._stream.request(), zmq.NOBLOCK)
            self._stream.asked(True)
        except zmq.Again:
            self._stream.asked(False)


def _addresses(data_directory):
    """Where the engine of a data directory binds (docs/events.md, On the bus)."""
    directory = os.path.abspath(data_directory)
    names = ("events", "log", "filtered")
    folder = f"{directory}/bus"
    if len(folder.encode()) + 9 <= 100:
        return tuple(f"ipc://{folder}/{name}" for name in names)
    number = 0xCBF29CE484222325  # FNV-1a
    for byte in directory.encode():
        number = (number ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    shorter = f"{os.environ.get('XDG_RUNTIME_DIR') or '/tmp'}/sluice-{os.getuid()}-{number:016x}"
    return tuple(f"ipc://{shorter}-{name}" for name in names)
