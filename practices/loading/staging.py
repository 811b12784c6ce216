"""Rows are read as a stream and put, with what they would do, into the waiting tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery

from framework.files import Fault
from practices.enums import LoadState, StagedState
from practices.formats import CaseReading
from practices.formats.reading import UnplacedFault
from practices.models import StagedCase, StagedPicture
from practices.pictures import PictureFile
from practices.rows import CaseRow

from .pace import Pace, portions
from .planning import Planner
from .states import refuse, step

# A page and a terminal show no more than this; the rest is counted.
SHOWN = 300
READING = "กำลังตรวจไฟล์"


def stage(rows: Iterable[CaseRow], *, reading: CaseReading, pace: Pace) -> None:
    """Read all rows and let them wait; with a single fault the load ends here as refused.

    What is slow (reading, cleaning, comparing) happens between the transactions.
    """
    planner = Planner(pace.load, reading)
    pace.begin(READING, 0)
    for portion in portions(rows, lambda row: len(row.text.html)):
        _keep(planner, planner.plan(portion), portion, pace)
    _check_twins(planner)
    faults = reading.faults
    warnings = [_pair(fault) for fault in reading.warnings[:SHOWN]]
    if faults:
        ordered = sorted(faults.found, key=lambda fault: (fault.file, fault.line))
        shown = [_pair(fault) for fault in ordered[:SHOWN]]
        refuse(pace.load, shown, faults.count, warnings=warnings)
    else:
        pace.load.counts = counts = _counts(planner)
        state = LoadState.READ if pace.load.does_something else LoadState.NOTHING
        step(pace.load, state, counts=counts, warnings=warnings)


def _keep(planner: Planner, cases: list[StagedCase], portion: list[CaseRow], pace: Pace) -> None:
    """One short transaction. After the first fault rows are only checked, because nothing will come of them."""
    load = pace.load
    load.rows += len(portion)
    agencies, planner.book.unsaved = planner.book.unsaved, []
    pictures = _pictures(cases, portion, pace)
    with pace.batch(len(portion)):
        for agency in agencies:
            agency.save(force_insert=True)
        for case in cases:
            case.agency_id = case.agency.pk
        StagedCase.objects.bulk_create(cases)
        StagedPicture.objects.bulk_create(pictures, ignore_conflicts=True)


def _pictures(cases: list[StagedCase], portion: list[CaseRow], pace: Pace) -> list[StagedPicture]:
    """The pictures of new and changed texts."""
    htmls = "\n".join(case.html for case in cases)
    wanted: dict[PictureFile, None] = {}
    for row in portion:
        wanted.update((p, None) for p in row.text.pictures if str(p.placeholder) in htmls)
    return [
        StagedPicture(load=pace.load, placeholder=p.placeholder, name=p.name, path=str(p.path))
        for p in wanted
    ]


def _check_twins(planner: Planner) -> None:
    """A new key for a title that stands under another key is a slip, unless the files have that case as well."""
    staged = StagedCase.objects.filter(load=planner.load)
    named = staged.filter(practice=OuterRef("twin")).values("pk")[:1]
    for case in (
        staged.exclude(twin=None).annotate(named=Subquery(named)).filter(named=None).select_related("twin")
    ):
        assert case.twin is not None
        message = f"มีเรื่องนี้ของหน่วยงานนี้แล้ว รหัส “{case.twin.key}” กรุณาใช้รหัสนั้นหรือเว้นว่าง"
        planner.reading.faults.put([UnplacedFault(case.place, 0, "", message)])


def _pair(fault: Fault) -> list[str]:
    return [fault.place, fault.message]


def _counts(planner: Planner) -> dict[str, int]:
    staged = StagedCase.objects.filter(load=planner.load)
    counts: Counter[str] = Counter({state.value: 0 for state in StagedState})
    counts.update(dict(staged.order_by().values_list("state").annotate(Count("pk"))))
    without_text = staged.filter(state=StagedState.NEW, html="").count()
    agencies = planner.load.agencies
    changed = ~Q(changed=[])
    return {
        **counts,
        "drafts": without_text,
        "agencies_new": agencies.filter(is_new=True).count(),
        "agencies_changed": agencies.filter(changed, is_new=False).count(),
        "agencies_same": agencies.filter(is_new=False).exclude(changed).count(),
    }
