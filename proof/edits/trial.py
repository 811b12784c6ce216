"""One trial on one database, as a process of its own: `python -m proof.edits.trial`; its last line is JSON.

The settings come from the environment that `proof.edits` made, so that no installation's data are touched.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import django

from .ledger import CONFLICT, Fault
from .verdict import BAD_ANSWER, NOTHING, verdict

if TYPE_CHECKING:
    from .installation import Installation
    from .server import Server

# The share of answers that nobody reads while the weather is bad.
DROPS = 0.08
FEWEST_KILLS = 3
LONGEST_WAIT = 90.0


@dataclass(frozen=True)
class Plan:
    """How many clients, how many seconds of calm and of bad weather, and how many answers at least in the latter.

    On a machine that has other work the bad weather lasts longer, until enough has happened to mean something.
    """

    clients: int
    calm: float
    storm: float
    answers: int
    without: str
    seed: int


class Weather:
    """Whether lines break now."""

    def __init__(self) -> None:
        self.bad = False
        self.turned_at = 0.0

    def drops(self) -> float:
        """The share of dropped answers."""
        return DROPS if self.bad else 0.0

    def turn_bad(self) -> None:
        """From now on."""
        self.bad, self.turned_at = True, time.time()


def run(plan: Plan) -> dict[str, Any]:
    """Furnish, fire, read, judge; the figures and the faults."""
    from django.conf import settings
    from django.db import connections

    from .figures import figures
    from .installation import furnish, prepare_tables
    from .server import running
    from .stored import read_texts

    prepare_tables()
    installation = furnish(plan.clients)
    # threads and processes that follow open connections of their own
    connections.close_all()
    log = Path(settings.VAR_DIR) / "server.log"
    with running(os.environ, log, plan.without) as server:
        course = Course(plan, installation, server)
        course.run()
    ledger = [*installation.begun.values(), *(edit for writer in course.writers for edit in writer.ledger)]
    texts = read_texts({edit.text for edit in ledger})
    faults = verdict(ledger, texts, course.closer.spans) + course.faults()
    return figures(ledger, texts, faults, course, log)


class Course:
    """The threads of one trial: writers, closer, killer, in calm and then in bad weather."""

    def __init__(self, plan: Plan, installation: Installation, server: Server) -> None:
        from .client import Line, Writer
        from .closing import Closer, Door, RoundDoor, SheetDoor
        from .server import Killer

        self.plan = plan
        self.weather = Weather()
        self.stop = Event()
        self.writers = [
            Writer(place.account, server.port, place.texts, self.stop, self.weather.drops, plan.seed + number)
            for number, place in enumerate(installation.places)
        ]
        form, closer, line = installation.closing_address, installation.closer, Line(server.port)
        doors: list[Door] = [RoundDoor(form, installation.closable, closer, line)]
        doors += [
            SheetDoor(f"{form}category-{number}/", frozenset({edit.text}), closer, line)
            for number, edit in installation.begun.items()
        ]
        self.closer = Closer(doors, self.stop, plan.seed)
        self.killer = Killer(server, self._answers, self.stop, plan.seed)
        self.began_at = self.ended_at = 0.0

    def run(self) -> None:
        """Calm first, for the figures; then everything at once."""
        self.began_at = time.time()
        for thread in (*self.writers, self.closer):
            thread.start()
        time.sleep(self.plan.calm)
        self.weather.turn_bad()
        self.killer.start()
        self._wait_until_enough(time.monotonic() + self.plan.storm)
        self.ended_at = time.time()
        self.stop.set()
        threads: list[Thread] = [self.killer, self.closer, *self.writers]
        for thread in threads:
            thread.join()

    def _answers(self) -> int:
        return sum(len(writer.ledger) for writer in self.writers)

    def _wait_until_enough(self, earliest: float) -> None:
        """The time is over and enough has happened; what never happens must not keep the proof running."""
        begun = self._answers()
        latest = earliest + LONGEST_WAIT
        while time.monotonic() < latest:
            enough = self._answers() - begun >= self.plan.answers and self.killer.kills >= FEWEST_KILLS
            if enough and time.monotonic() > earliest:
                return
            time.sleep(0.1)

    def faults(self) -> list[Fault]:
        """What is wrong beside the ledgers: a trial in which nothing happened proves nothing."""
        found = [Fault(BAD_ANSWER, "closing", trouble) for trouble in self.closer.troubles]
        ledger = [edit for writer in self.writers for edit in writer.ledger]
        happened = {
            "no worker was killed": self.killer.kills,
            "the form was never closed": len(self.closer.spans),
            "no answer was dropped": sum(edit.dropped for edit in ledger),
            "nobody met a conflict": sum(edit.outcome == CONFLICT for edit in ledger),
            "nothing was saved": sum(edit.saved for edit in ledger),
        }
        if not self.plan.without:
            found += [Fault(NOTHING, "trial", words) for words, times in happened.items() if not times]
        return found


def main(arguments: Sequence[str]) -> int:
    """Run one trial; 0 also when it found faults, because they are in the line."""
    parser = argparse.ArgumentParser(prog="proof.edits.trial")
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--calm", type=float, required=True)
    parser.add_argument("--storm", type=float, required=True)
    parser.add_argument("--answers", type=int, required=True)
    parser.add_argument("--without", default="")
    parser.add_argument("--seed", type=int, required=True)
    plan = Plan(**vars(parser.parse_args(arguments)))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmqa_site.settings")
    django.setup()
    print(json.dumps(run(plan), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
