"""`./pmqa bench search`: the whole request of the search on 10,000 generated cases, on both databases.

Each database is made anew in a temporary folder and thrown away; the installation is not touched. One request at a
time inside one warm process (middleware, view, template), then eight at a time. The budget is a p95 of 50 ms on SQLite
and 80 ms on PostgreSQL for words of three letters and more; the rest is reported.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LIMITS = {"sqlite": 50, "postgresql": 80}
AT_ONCE = 8
ROUNDS = 3
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Measure in one process per database; 1 when a budget is passed."""
    if os.environ.get("PMQA_BENCH_SEARCH"):
        return _measure()
    from pmqa_site.setup import postgres

    wanted = sys.argv[1:] or list(LIMITS)
    results = []
    with tempfile.TemporaryDirectory(prefix="pmqa-bench-") as folder:
        if "sqlite" in wanted:
            results.append(_child(Path(folder) / "sqlite", ""))
        if "postgresql" in wanted:
            with postgres.cluster(Path(folder) / "postgresql") as address:
                results.append(_child(Path(folder) / "postgresql-var", address))
    return max(results)


def _child(folder: Path, address: str) -> int:
    folder.mkdir(parents=True)
    own = {
        "PMQA_BENCH_SEARCH": "1",
        "PMQA_DEMONSTRATION": "0",
        "PMQA_VAR_DIR": str(folder),
        "PMQA_SECRET_KEY": "bench" * 10,
    }
    environment = {
        **os.environ,
        **own,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "pmqa_site.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "bench.search"], env=environment, cwd=ROOT, check=False
    ).returncode


def _measure() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.library import SHORT_QUESTIONS, Generator, fill, questions

    call_command("prepare", verbosity=0)
    from assessment.search.refreshing import refresh_everything

    refresh_everything()
    generator = Generator(ROOT / "fixtures")
    _timed("generated", lambda: fill(generator))
    _timed("indexed", refresh_everything)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _report_size(connection)
    client = _signed_in()
    asked = questions(generator)
    p95 = _one_by_one(client, asked, SHORT_QUESTIONS)
    _at_once([q for kind in asked.values() for q in kind])
    limit = LIMITS[connection.vendor]
    over = p95 > limit
    print(f"{connection.vendor}: p95 {p95:.1f} ms, budget {limit} ms{'  over' if over else ''}\n", flush=True)
    return int(over)


def _timed(name: str, work: object) -> None:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    print(f"{name} in {time.perf_counter() - start:.0f} s", flush=True)


def _report_size(connection: object) -> None:
    from django.db.models import Count, Sum
    from django.db.models.functions import Length

    from texts.models import Text

    figures = Text.objects.aggregate(texts=Count("pk"), letters=Sum(Length("plain")))
    print(f"{connection.vendor}: {figures['texts']} cases, {figures['letters'] / 1e6:.1f} million letters")  # type: ignore[attr-defined]


def _signed_in() -> object:
    from django.test import Client

    from organizations.enums import Role
    from organizations.models import Agency, Membership, User

    agency, _ = Agency.objects.get_or_create(
        code="bench-own", defaults={"name": "หน่วยงานผู้ค้น", "hosted": True}
    )
    user, created = User.objects.get_or_create(username="bench")
    if created:
        Membership.objects.create(user=user, agency=agency, role=Role.SECRETARIAT)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def _one_by_one(client: object, asked: dict[str, list[str]], short: list[str]) -> float:
    """The p95 over all questions of three letters and more, each asked some times."""
    print(f"{'one in flight':<28}{'questions':>10}{'median ms':>11}{'p95 ms':>9}{'longest':>9}")
    for question in ("ทดสอบ", "ทด"):
        _ask(client, question)
    everything = []
    for name, questions in asked.items():
        times = [_ask(client, question) for _ in range(ROUNDS) for question in questions]
        everything += times
        _line(name, len(questions), times)
    _line("all of these", sum(map(len, asked.values())), everything)
    _line("one or two letters", len(short), [_ask(client, q) for _ in range(ROUNDS) for q in short])
    return _p95(everything)


def _at_once(asked: list[str]) -> None:
    """Eight threads of one process, each with its own connection."""
    from django.db import connections

    def work(questions: Iterable[str]) -> list[float]:
        client = _signed_in()
        try:
            return [_ask(client, question) for question in questions]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = list(pool.map(work, [asked[number::AT_ONCE] for number in range(AT_ONCE)]))
    _line(f"{AT_ONCE} in flight", len(asked), [one for part in parts for one in part])


def _ask(client: object, question: str) -> float:
    start = time.perf_counter()
    response = client.get("/search/", {"q": question})  # type: ignore[attr-defined]
    if response.status_code != 200:
        raise SystemExit(f"{question}: {response.status_code}")
    return 1000 * (time.perf_counter() - start)


def _line(name: str, number: int, times: list[float]) -> None:
    median = statistics.median(times)
    print(f"{name:<28}{number:>10}{median:>11.1f}{_p95(times):>9.1f}{max(times):>9.1f}", flush=True)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
