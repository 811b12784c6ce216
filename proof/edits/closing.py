"""Closing races with saves: somebody ends writing and allows it again, all the time."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from threading import Event, Thread
from typing import Protocol

from .client import Account, Line
from .ledger import Span

OPEN_FOR, CLOSED_FOR = 0.9, 0.4
TRIES = 200
BUSY = (http.HTTPStatus.SERVICE_UNAVAILABLE, http.HTTPStatus.TOO_MANY_REQUESTS)


class Door(Protocol):
    """What ends writing in some texts and allows it again; `texts` are their addresses.

    Both give what went wrong, nothing when the door is as it should be.
    """

    texts: frozenset[str]

    def close(self) -> str:
        """End writing."""

    def reopen(self) -> str:
        """Allow it again."""


@dataclass
class PageDoor:
    """A door that is worked by posting to pages below `address`, until the answer comes."""

    address: str
    texts: frozenset[str]
    account: Account
    line: Line

    def _post(self, step: str, fields: dict[str, str]) -> tuple[int, bool]:
        """The status of the last answer, and whether an answer before it was lost."""
        status, lost = 0, False
        for _ in range(TRIES):
            try:
                status, _, _ = self.line.post(self.address + step, fields, self.account, drop_after=None)
            except (OSError, http.client.HTTPException):
                lost = True
                time.sleep(0.05)
                continue
            if status not in BUSY:
                break
            time.sleep(0.1)
        return status, lost


@dataclass
class RoundDoor(PageDoor):
    """The form of a year, closed and opened again; a repetition is refused in words, which is fine."""

    def close(self) -> str:
        """Close the form."""
        return self._trouble("close/", {})

    def reopen(self) -> str:
        """Open it again; this needs a reason."""
        return self._trouble("open/", {"reason": "พิสูจน์การบันทึก"})

    def _trouble(self, step: str, fields: dict[str, str]) -> str:
        status, _ = self._post(step, fields)
        return "" if status == http.HTTPStatus.FOUND else f"{self.address}{step}: {status}"


@dataclass
class SheetDoor(PageDoor):
    """One category, submitted and pulled back; every step is taken on top of the state that was seen."""

    version: int = 1

    def close(self) -> str:
        """Submit the category."""
        return self._trouble("submit/")

    def reopen(self) -> str:
        """Pull it back."""
        return self._trouble("pull-back/")

    def _trouble(self, step: str) -> str:
        """What was taken although its answer was lost is refused the second time, because the state has moved on."""
        status, lost = self._post(step, {"base_version": str(self.version)})
        taken = status == http.HTTPStatus.FOUND or (lost and status == http.HTTPStatus.CONFLICT)
        self.version += 1
        return "" if taken else f"{self.address}{step}: {status}"


class Closer(Thread):
    """Closes one door after the other and opens it again; in `spans` its texts were surely closed."""

    def __init__(self, doors: Sequence[Door], stop: Event, seed: int) -> None:
        super().__init__(name="closer", daemon=True)
        self.doors = doors
        self.stop = stop
        self.chance = Random(seed)  # noqa: S311  (a course of events, no secret)
        self.spans: list[Span] = []
        self.troubles: list[str] = []

    def run(self) -> None:
        """Until told to stop; every door is open afterwards."""
        while not self.stop.wait(OPEN_FOR * self.chance.uniform(0.5, 1.5)) and not self.troubles:
            door = self.chance.choice(self.doors)
            trouble = door.close()
            closed_at = time.time()
            self.stop.wait(CLOSED_FOR * self.chance.uniform(0.5, 1.5))
            opening_at = time.time()
            trouble = trouble or door.reopen()
            if trouble:
                self.troubles.append(trouble)
            else:
                self.spans.append(Span(closed_at, opening_at, door.texts))
