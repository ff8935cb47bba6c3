"""Asking an outside system over HTTP: patiently, and not for ever. The registers' gateways share it.

Only what came of asking is told here, a reply or none. What a reply means is each gateway's own business.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import httpx

LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side said, whole."""

    status: int
    body: bytes


class NoReply(Exception):
    """Nothing came in time; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_passing(reply: Reply) -> bool:
    """Whether a reply speaks of trouble that may be over in a moment."""
    return reply.status >= 500 or reply.status == 429


class Asker:
    """Asks at `base_url`; one serves all threads of a process.

    `timeout` is the number of seconds that one attempt may take, connecting and reading together. Before
    the second attempt it waits `backoff` seconds, before each further one twice as long as before.
    """

    def __init__(self, base_url: str, *, timeout: float, attempts: int, backoff: float = 0.1) -> None:
        self._timeout = timeout
        self._attempts = attempts
        self._backoff = backoff
        self._base_url = base_url
        self._client = self._new_client()

    def close(self) -> None:
        """Gives the connections back. Who asks again opens new ones."""
        self._client.close()
        self._client = self._new_client()

    def _new_client(self) -> httpx.Client:
        headers = {"Accept": "application/json", "User-Agent": "medlem"}
        client = httpx.Client(base_url=self._base_url, headers=headers)
        # Whoever is kept for the life of a process is never told of its end; its connections are closed then.
        weakref.finalize(self, client.close)
        return client

    def deadline(self) -> float:
        """When a question that begins now has to be over, however many requests it takes."""
        return monotonic() + self._timeout * self._attempts

    def ask(
        self,
        method: str,
        path: str,
        *,
        deadline: float,
        passing: Callable[[Reply], bool] = is_passing,
        **what: Any,
    ) -> Reply:
        """The reply to a request; `what` is httpx's own: params, json, data, headers.

        Asks again after a time-out, a broken connection, or a reply that is `passing`, while `deadline`
        allows; the last reply stands, whatever it says. Raises NoReply.
        """
        reply, reason = None, "no time left"
        for attempt in range(self._attempts):
            if attempt:
                pause = self._backoff * 2 ** (attempt - 1)
                sleep(max(0.0, min(pause, deadline - monotonic())))
            seconds = min(self._timeout, deadline - monotonic())
            if seconds <= 0:
                break
            try:
                reply = self._once(method, path, seconds, what)
            except httpx.HTTPError as error:
                reply, reason = None, f"{type(error).__name__}: {error}"
                continue
            if not passing(reply):
                break
        if reply is None:
            raise NoReply(reason)
        return reply

    def _once(self, method: str, path: str, seconds: float, what: dict[str, Any]) -> Reply:
        # httpx starts its clock anew with each piece that it reads, so an answer that drips could
        # hold a worker for ever: all pieces run against one clock here.
        end = monotonic() + seconds
        body = bytearray()
        with self._client.stream(method, path, timeout=seconds, **what) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise httpx.DecodingError(f"more than {LARGEST_ANSWER} bytes")
                if monotonic() > end:
                    raise httpx.ReadTimeout("the answer came too slowly")
        return Reply(response.status_code, bytes(body))
