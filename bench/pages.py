"""`./pmqa bench pages`: time and queries of the pages that people open all day, on this installation's data.

Times are of the whole request inside one warm process (middleware, view, template), without the network.
The budget is 25 queries and a p95 of 150 ms on two cores; the ratio to the cheapest page tells more than the
milliseconds of a busy machine.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import django

if TYPE_CHECKING:
    from assessment.models import Round

RUNS = 60
WARM = 5
MAX_QUERIES = 25
MAX_P95_MS = 150


def main() -> int:
    """Measure every page for the secretariat and a committee; 1 when a page passes its budget."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmqa_site.settings")
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        failed = _measure_all()
        # Signing in writes a session; a measurement leaves nothing behind.
        transaction.set_rollback(True)
    return failed


def _measure_all() -> int:
    from django.test import Client

    from assessment.models import Round
    from organizations.enums import Role
    from organizations.models import User

    round = Round.objects.select_related("agency").order_by("year").first()
    if round is None:
        print("ยังไม่มีข้อมูลให้วัด กรุณาเปิดระบบด้วยข้อมูลสาธิตก่อน: ./pmqa run")
        return 1
    base = f"/a/{round.agency.code}/{round.year}/"
    agency = f"/a/{round.agency.code}/"
    pages = {
        "ready": "/ready",
        "home": "/",
        "round": base,
        **{f"sheet {number}": f"{base}category-{number}/" for number in (1, 3, 6)},
        **{f"criterion {code}": f"{base}{code}/" for code in ("1.1", "1.2", "6.4")},
        "set-up": f"{base}setup/",
        "changes": f"{base}changes/?days=30",
        "changes 1": f"{base}category-1/changes/?days=30",
        "history": base + _longest_history(round),
        "coverage": f"{base}coverage/",
        "search": f"/search/?q={quote('ข้อร้องเรียน')}",
        "search การ": f"/search/?q={quote('การ')}",
        "comments": f"{base}category-1/comments/",
        "notices": "/notices/",
        "feedback": f"{agency}feedback/",
        "letter": f"{agency}feedback/letter/",
        "library": "/practices/",
        "members": f"{agency}members/",
        "owners": f"{agency}owners/",
        "edition": f"/editions/{round.edition.code}/",
    }
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(memberships__agency=round.agency, memberships__role=Role.SECRETARIAT))
    rows = {name: _measure(client, url) for name, url in pages.items()}
    return _print(rows)


def _longest_history(round: Round) -> str:
    """Below the round, the history of the activity that was saved most often."""
    from assessment.models import Activity

    standing = Activity.objects.filter(round=round, places__isnull=False)
    uid, code = (
        standing.order_by("-text__version").values_list("uid", "places__analysis__wording__code").first()
    )
    return f"{code}/activities/{uid}/history/"


def _measure(client: object, url: str) -> tuple[float, float, int]:
    """Median and p95 in milliseconds, and the number of queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(WARM):
        response = client.get(url)  # type: ignore[attr-defined]
        if response.status_code != 200:
            raise SystemExit(f"{url}: {response.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(url)  # type: ignore[attr-defined]
    # Now: the next request empties the log.
    count = len(queries)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        client.get(url)  # type: ignore[attr-defined]
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], count


def _print(rows: dict[str, tuple[float, float, int]]) -> int:
    cheapest = min(median for median, _, _ in rows.values())
    print(f"{'page':<16}{'median ms':>10}{'p95 ms':>10}{'ratio':>8}{'queries':>9}")
    over = []
    for name, (median, p95, queries) in rows.items():
        print(f"{name:<16}{median:>10.1f}{p95:>10.1f}{median / cheapest:>8.1f}{queries:>9}")
        if p95 > MAX_P95_MS or queries > MAX_QUERIES:
            over.append(name)
    print("over budget: " + ", ".join(over) if over else "all pages within 25 queries and p95 150 ms")
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
