"""Short transactions with a breath between them, so that colleagues' saves go through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from practices.models import Load, StagedCase
from practices.models.load import LEASE

Item = TypeVar("Item")

# So much is written in one transaction, whichever is reached first: some 50 ms on a small server, of which the disk
# takes half however little it is.
ROWS: Final = 200
CHARACTERS: Final = 600_000
# So many staged rows are read at a time; their texts may be long.
FETCHED: Final = 50
# Whoever waits for SQLite's lock looks again after up to 100 ms, so that the gaps must be as long as what they part.
SHORTEST_BREATH: Final = 0.005
LONGEST_BREATH: Final = 0.2


class LoadStopped(Exception):
    """Somebody dropped the load, or another process has taken it over."""


class LoadPaused(LoadStopped):
    """The worker is told to end; another one takes the load up again."""


def sleep_as_long(seconds: float) -> None:
    """Leave the lock to others for so long, and for a moment at least."""
    time.sleep(min(max(seconds, SHORTEST_BREATH), LONGEST_BREATH))


@dataclass
class Pace:
    """How one process works on one load.

    `breathe` is told for how many seconds the lock should be left alone; `on_progress` gets the step in Thai, what
    is done and how much there is (0: nobody knows yet).
    """

    load: Load
    breathe: Callable[[float], object] = sleep_as_long
    on_progress: Callable[[str, int, int], object] = lambda step, done, total: None
    step: str = ""
    total: int = 0
    done: int = field(default=0, init=False)
    _held: float = field(default=0.0, init=False)
    _let_go: float = field(default=0.0, init=False)

    def begin(self, step: str, total: int) -> None:
        """The next step, of `total` rows."""
        self.step, self.total, self.done = step, total, 0
        self.on_progress(step, 0, total)

    @contextmanager
    def batch(self, rows: int = 0, **columns: object) -> Iterator[None]:
        """One short transaction that also says how far the load is and renews its lease. Raises LoadStopped."""
        # what was computed since the last one was a breath already
        waits = self._held - (time.perf_counter() - self._let_go)
        # PostgreSQL locks rows, and nobody else has these
        self.breathe(waits if connection.vendor == "sqlite" else 0.0)
        with transaction.atomic():
            started = time.perf_counter()
            yield
            self._hold(columns)
        self._let_go = time.perf_counter()
        self._held = self._let_go - started
        self.done += rows
        self.on_progress(self.step, self.done, self.total)

    def _hold(self, columns: dict[str, object]) -> None:
        lease = {"lease_until": timezone.now() + LEASE} if self.load.lease_until else {}
        mine = Load.objects.filter(pk=self.load.pk, state=self.load.state, attempts=self.load.attempts)
        if not mine.update(**lease, **(columns or {"rows": self.load.rows})):
            raise LoadStopped


def portions(items: Iterable[Item], weight: Callable[[Item], int]) -> Iterator[list[Item]]:
    """The items in lists that one short transaction can write."""
    portion: list[Item] = []
    heavy = 0
    for item in items:
        portion.append(item)
        heavy += weight(item)
        if len(portion) >= ROWS or heavy >= CHARACTERS:
            yield portion
            portion, heavy = [], 0
    if portion:
        yield portion


def in_order(cases: models.QuerySet[StagedCase]) -> Iterator[StagedCase]:
    """The staged rows one after the other, a few in memory.

    No cursor stays open: on SQLite an open one keeps every writer from committing.
    """
    last = 0
    while found := list(cases.filter(sequence__gt=last).order_by("sequence")[:FETCHED]):
        yield from found
        last = found[-1].sequence
