"""Closing races with saves: somebody closes the form for writing and opens it again, all the time.

A `Door` says how: whole forms are closed and opened by the secretariat.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from threading import Event, Thread

from .client import Account, Dropped, Line

OPEN_FOR, CLOSED_FOR = 0.9, 0.4
TRIES = 200


@dataclass(frozen=True)
class Door:
    """The two requests that end and allow writing."""

    close: tuple[str, Mapping[str, str]]
    reopen: tuple[str, Mapping[str, str]]


def round_door(address: str) -> Door:
    """The form of a year, closed and opened again by the secretariat."""
    return Door((f"{address}close/", {}), (f"{address}open/", {"reason": "พิสูจน์การบันทึก"}))


class Closer(Thread):
    """Closes and opens until told to stop, and leaves it open; `spans` are the times in which it was surely closed."""

    def __init__(self, door: Door, account: Account, port: int, stop: Event, seed: int) -> None:
        super().__init__(name="closer", daemon=True)
        self.door = door
        self.account = account
        self.line = Line(port)
        self.stop = stop
        self.chance = Random(seed)  # noqa: S311  (a course of events, no secret)
        self.spans: list[tuple[float, float]] = []
        self.troubles: list[str] = []

    def run(self) -> None:
        """One span after the other."""
        while not self.stop.wait(OPEN_FOR * self.chance.uniform(0.5, 1.5)) and not self.troubles:
            self._post(*self.door.close)
            closed_at = time.time()
            self.stop.wait(CLOSED_FOR * self.chance.uniform(0.5, 1.5))
            opening_at = time.time()
            self._post(*self.door.reopen)
            self.spans.append((closed_at, opening_at))
        self.line.close()

    def _post(self, address: str, fields: Mapping[str, str]) -> None:
        """Until it was answered; a repetition of what was done already is refused in words, which is fine."""
        status = 0
        for _ in range(TRIES):
            try:
                status, _, _ = self.line.post(address, dict(fields), self.account, drop_after=None)
            except (OSError, http.client.HTTPException, Dropped):
                time.sleep(0.05)
                continue
            if status == http.HTTPStatus.FOUND:
                return
            if status not in (http.HTTPStatus.SERVICE_UNAVAILABLE, http.HTTPStatus.TOO_MANY_REQUESTS):
                break
            time.sleep(0.1)
        self.troubles.append(f"{address}: {status}")
