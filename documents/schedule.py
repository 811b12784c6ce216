"""What the worker does by the clock, between two files."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger("pmqa.worker")
# A task that fails waits twice as long each time, so that a mail server that is down does not hold up the prints.
LONGEST_PAUSE = 30 * 60.0


@dataclass
class Task:
    """Something to do again and again; `every` is in seconds."""

    name: str
    every: float
    do: Callable[[], object]
    next_at: float = 0.0
    pause: float = 0.0

    def run_if_due(self, now: float) -> None:
        """Do it when its time has come. Whatever happens to one task, the worker and the others go on."""
        if now < self.next_at:
            return
        try:
            self.do()
            self.pause = 0.0
        except Exception as fault:
            self.pause = min(max(self.pause * 2, self.every), LONGEST_PAUSE)
            if isinstance(fault, OSError):
                # a server that cannot be reached: one line, no trace
                log.warning("%s failed: %s", self.name, type(fault).__name__)
            else:
                log.exception("%s failed", self.name)
        self.next_at = now + max(self.every, self.pause)


@dataclass
class Schedule:
    """All of them, looked at between two files."""

    tasks: list[Task]
    clock: Callable[[], float] = field(default=time.monotonic)

    def tick(self) -> None:
        """Do what is due."""
        for task in self.tasks:
            task.run_if_due(self.clock())
