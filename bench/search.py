"""`./pmqa bench search`: the whole request of the search on 10,000 generated cases, on both databases.

Each database is made anew in a temporary folder and thrown away; the installation is not touched. One request at a
time inside one warm process (middleware, session, view, template), then eight at a time. Every question is asked some
times; the budget is a p95 of 50 ms on SQLite and 80 ms on PostgreSQL over each question's quietest answer, for three
letters and more. The rest is reported: what a busy machine makes of it, the processor's time, and the same words
looked for in the plain way, by reading all cases.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.databases import Environment, on_each

if TYPE_CHECKING:
    from django.test import Client

LIMITS = {"sqlite": 50, "postgresql": 80}
# What colleagues' saves may wait for while entries are written.
LONGEST_LOCK = 50
AT_ONCE = 8
ROUNDS = 5
PLAIN = 20
ROOT = Path(__file__).resolve().parent.parent


class Answer(NamedTuple):
    """What one request took, in milliseconds."""

    wall: float
    processor: float


def main() -> int:
    """Fill and measure each database in processes of their own; 1 when a budget is passed."""
    if task := os.environ.get("PMQA_BENCH_SEARCH"):
        return TASKS[task]()
    return on_each(sys.argv[1:], _measured)


def _measured(environment: Environment) -> int:
    """Fill the database, then measure in a new process: the one that answers people has made no ten thousand cases."""
    command = [sys.executable, "-m", "bench.search"]
    results = []
    for task in TASKS:
        own = {**environment, "PMQA_BENCH_SEARCH": task}
        # our own module with our own settings
        results.append(subprocess.run(command, env=own, cwd=ROOT, check=False).returncode)  # noqa: S603
    return max(results)


def _fill() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.library import Generator, fill, fill_years

    call_command("prepare", verbosity=0)
    generator = Generator(ROOT / "fixtures")
    _timed("generated", lambda: (fill(generator), fill_years(generator)))
    lock = _index()
    _gather_statistics()
    _report_size()
    over = lock > LONGEST_LOCK
    print(
        f"{connection.vendor}: transactions of the index {lock:.0f} ms (p99), budget {LONGEST_LOCK} ms"
        f"{'  over' if over else ''}",
        flush=True,
    )
    return int(over)


def _measure() -> int:
    import django

    django.setup()
    from django.db import connection

    from bench.library import SHORT_QUESTIONS, Generator, questions

    client = _signed_in()
    asked = questions(Generator(ROOT / "fixtures"))
    p95 = _one_by_one(client, asked, SHORT_QUESTIONS)
    everything = [question for kind in asked.values() for question in kind]
    _plainly(client, everything[:: len(everything) // PLAIN])
    _at_once(everything)
    limit = LIMITS[connection.vendor]
    over = p95 > limit
    print(f"{connection.vendor}: p95 {p95:.1f} ms, budget {limit} ms{'  over' if over else ''}\n", flush=True)
    return int(over)


def _timed(name: str, work: Callable[[], object]) -> None:
    start, processor = time.perf_counter(), time.process_time()
    work()
    took = f"{time.perf_counter() - start:.0f} s ({time.process_time() - processor:.0f} s of one processor)"
    print(f"{name} in {took}", flush=True)


def _index() -> float:
    """Make everything findable; gives the p99 of how long a transaction of it held its locks, in milliseconds."""
    from django.db import connection, transaction

    from assessment.search.refreshing import refresh_everything

    held: list[float] = []

    class Watched(transaction.Atomic):
        """A transaction whose time is noted, unless it stands inside of another."""

        def __enter__(self) -> None:
            self.outermost = not connection.in_atomic_block
            super().__enter__()
            self.since = time.perf_counter()

        def __exit__(self, *fault: object) -> None:
            super().__exit__(*fault)  # type: ignore[arg-type]
            if self.outermost:
                held.append(time.perf_counter() - self.since)

    def watched(using: str | None = None, savepoint: bool = True, durable: bool = False) -> Watched:
        return Watched(using, savepoint, durable)

    atomic, transaction.atomic = transaction.atomic, watched  # type: ignore[assignment]
    try:
        _timed("indexed", refresh_everything)
    finally:
        transaction.atomic = atomic
    locks = [1000 * one for one in held]
    p99 = statistics.quantiles(locks, n=100)[-1]
    print(
        f"{len(locks)} transactions held their locks for {statistics.median(locks):.1f} ms (median), "
        f"{p99:.1f} ms (p99), {max(locks):.1f} ms (longest)"
    )
    return p99


def _gather_statistics() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _report_size() -> None:
    from django.db.models import Count, Sum
    from django.db.models.functions import Length

    from assessment.models import SearchEntry, SearchText

    for row in SearchEntry.objects.values("kind").annotate(number=Count("pk")).order_by("kind"):
        print(f"{row['number']} {row['kind']}", end=", ")
    letters = SearchText.objects.aggregate(sum=Sum(Length("folded")))["sum"]
    print(f"{letters / 1e6:.1f} million letters without tone marks and spaces")


def _signed_in() -> Client:
    from django.test import Client

    from bench.library import OWN
    from organizations.enums import Role
    from organizations.models import Agency, Membership, User

    user, created = User.objects.get_or_create(username="bench")
    if created:
        agency = Agency.objects.get(code=OWN)
        Membership.objects.create(user=user, agency=agency, role=Role.SECRETARIAT)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def _one_by_one(client: Client, asked: dict[str, list[str]], short: list[str]) -> float:
    """The p95 over the quietest answers to all questions of three letters and more."""
    columns = ("questions", "median ms", "p95 ms", "processor p95", "busy p95", "longest")
    print(f"{'one in flight':<28}" + "".join(f"{column:>15}" for column in columns))
    for question in ("ทดสอบ", "ทด"):
        _ask(client, question)
    everything = []
    for name, questions in asked.items():
        answers = [[_ask(client, question) for _ in range(ROUNDS)] for question in questions]
        everything += answers
        _line(name, answers)
    _line("one or two letters", [[_ask(client, q) for _ in range(ROUNDS)] for q in short])
    return _line("all of three and more", everything)


def _plainly(client: Client, asked: list[str]) -> None:
    """The same words in the cases alone, by reading them, and nothing but the first twenty: no page, no filters."""
    from organizations.models import User
    from practices.models import Practice

    user = User.objects.get(username="bench")
    ratios = []
    for question in asked:
        found = _ask(client, question)
        start, processor = time.perf_counter(), time.process_time()
        list(Practice.objects.visible_to(user).current().matching(question).order_by("-award_year")[:20])
        plain = Answer(1000 * (time.perf_counter() - start), 1000 * (time.process_time() - processor))
        ratios.append(plain.wall / found.wall)
    print(
        f"reading all cases instead takes {statistics.median(ratios):.1f} times as long (median of {len(asked)})"
    )


def _at_once(asked: list[str]) -> None:
    """Eight threads of one process, each with its own connection."""
    from django.db import connections

    ready = threading.Barrier(AT_ONCE)

    def work(questions: Iterable[str]) -> list[Answer]:
        try:
            client = _signed_in()
            ready.wait()
            return [_ask(client, question) for question in questions]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = list(pool.map(work, [asked[number::AT_ONCE] for number in range(AT_ONCE)]))
    walls = [answer.wall for part in parts for answer in part]
    print(
        f"{AT_ONCE} in flight, {len(walls)} questions: median {statistics.median(walls):.1f} ms, "
        f"p95 {_p95(walls):.1f} ms, longest {max(walls):.1f} ms"
    )


def _ask(client: Client, question: str) -> Answer:
    start, processor = time.perf_counter(), time.process_time()
    response = client.get("/search/", {"q": question})
    if response.status_code != 200:
        raise SystemExit(f"{question}: {response.status_code}")
    return Answer(1000 * (time.perf_counter() - start), 1000 * (time.process_time() - processor))


def _line(name: str, answers: list[list[Answer]]) -> float:
    """Print what these questions took; gives the p95 of their quietest answers."""
    walls = [min(answer.wall for answer in some) for some in answers]
    processor = _p95([min(answer.processor for answer in some) for some in answers])
    busy = _p95([answer.wall for some in answers for answer in some])
    figures = (statistics.median(walls), _p95(walls), processor, busy, max(walls))
    print(f"{name:<28}{len(answers):>15}" + "".join(f"{figure:>15.1f}" for figure in figures), flush=True)
    return figures[1]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


TASKS = {"fill": _fill, "measure": _measure}


if __name__ == "__main__":
    sys.exit(main())
