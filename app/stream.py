"""A response that is a stream of messages, in the form of server-sent events, and ends when nobody reads it."""

import asyncio
import contextlib
import json
import traceback
from collections.abc import AsyncIterator, Callable
from typing import Any

PULSE = 2.0  # seconds of silence after which the browser is told that the stream lives
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")],
}


class Stream:
    """An ASGI response; `ended` is called once, however it ends."""

    def __init__(self, messages: AsyncIterator[tuple[str, Any]], ended: Callable[["Stream"], None]):
        self.messages, self.ended = messages, ended
        self.stopped = asyncio.Event()

    def stop(self) -> None:
        """End the stream and what it waits for."""
        self.stopped.set()

    async def __call__(self, scope, receive, send) -> None:
        pump = asyncio.create_task(self._pump(send))
        others = [asyncio.create_task(_disconnected(receive)), asyncio.create_task(self.stopped.wait())]
        try:
            await asyncio.wait([pump, *others], return_when=asyncio.FIRST_COMPLETED)
            if pump.done() and not pump.cancelled() and pump.exception():
                traceback.print_exception(pump.exception())
            if self.stopped.is_set() and not pump.done():
                await _cancelled(pump)
                with contextlib.suppress(OSError):
                    await _send(send, "replaced", {"text": "A newer run of yours has taken its place."})
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            for task in (pump, *others):
                await _cancelled(task)
            await self.messages.aclose()
            self.ended(self)

    async def _pump(self, send) -> None:
        await send(START)
        with contextlib.suppress(OSError):
            step = asyncio.ensure_future(anext(self.messages, None))
            try:
                while True:
                    done, _ = await asyncio.wait([step], timeout=PULSE)
                    if not done:
                        await send({"type": "http.response.body", "body": b": still here\n\n", "more_body": True})
                        continue
                    message = step.result()
                    if message is None:
                        break
                    await _send(send, *message)
                    step = asyncio.ensure_future(anext(self.messages, None))
            finally:
                await _cancelled(step)
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(send, name: str, value: Any) -> None:
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    await send({"type": "http.response.body", "body": f"event: {name}\ndata: {text}\n\n".encode(), "more_body": True})


async def _disconnected(receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancelled(task: asyncio.Future) -> None:
    """Cancel a task and wait until it has ended."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task
