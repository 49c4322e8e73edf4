#!/usr/bin/python3
"""Usage: bus_subscriber.py OPTIONS-JSON [asyncio]. Prints a sequence a line, ends after `until`."""

import asyncio
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sdk/python"))
from sluice import AsyncSubscriber, Subscriber, SubscriptionError

options = json.loads(sys.argv[1])
directory, until, pause = options.pop("directory"), options.pop("until"), options.pop("pause", 0)
most_behind = removed = 0


def tell(subscriber, event):
    global most_behind, removed
    removed = subscriber.removed
    most_behind = max(most_behind, subscriber.behind)
    print(event.sequence, flush=True)
    time.sleep(pause)
    return event.sequence >= until


def threaded():
    with Subscriber(directory, **options) as subscriber:
        for event in subscriber:
            if tell(subscriber, event):
                return


async def in_a_loop():
    async with AsyncSubscriber(directory, **options) as subscriber:
        async for event in subscriber:
            if tell(subscriber, event):
                return


try:
    asyncio.run(in_a_loop()) if sys.argv[2:] == ["asyncio"] else threaded()
except SubscriptionError as error:
    sys.exit(print(f"refused: {error}", flush=True) or 1)
print(f"behind {most_behind}\nremoved {removed}", file=sys.stderr)
