"""Rows as a reader of files would give them, and loading them, for tests of the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from framework.models import EditionCriterion
from organizations.models import Agency, User
from practices.enums import LoadState
from practices.formats import CaseReading
from practices.loading import Pace, read_load, start_load, step, write_load
from practices.models import Load
from practices.pictures import TextOfFile
from practices.rows import AgencyValues, CaseRow, Place

LANDS = AgencyValues("dol", "กรมที่ดิน", "ทด.", "department")
EVERYTHING = frozenset(
    (
        *("key", "code", "short_name", "kind", "agency", "title", "award", "award_year"),
        *("summary", "source", "criteria", "tags", "text"),
    )
)
COLUMNS = {
    "key": "A (รหัส)",
    "agency": "B (หน่วยงาน)",
    "kind": "C (ประเภท)",
    "title": "D (ชื่อเรื่อง)",
    "text": "H (เนื้อหา)",
}


def row(
    number: int = 1, *, codes: Iterable[str] = ("1.2",), html: str | None = None, **changes: Any
) -> CaseRow:
    """Row `number` of cases.xlsx: a good case of the Department of Lands with its key."""
    known = dict(EditionCriterion.objects.values_list("code", "criterion_id"))
    text = TextOfFile(f"<p>เนื้อหาของเรื่องที่ {number}</p>" if html is None else html, (), ())
    case = CaseRow(
        place=Place("cases.xlsx", number, "ตัวอย่าง", COLUMNS),
        key=f"case-{number}",
        agency=LANDS,
        title=f"เรื่องที่ {number}",
        award="รางวัล PMQA หมวด 1",
        award_year=2564,
        summary="สรุปสั้น",
        source="แบบฟอร์ม",
        criteria=tuple(known[code] for code in codes),
        tags=(),
        text=text,
        position=number,
        given=EVERYTHING,
    )
    return replace(case, **changes)


def read(
    *rows: CaseRow, kept_to: Agency | None = None, by: User | None = None, publish: bool = True, **pace: Any
) -> Pace:
    """A load of these rows as far as the decision."""
    files = [{"name": "cases.xlsx", "sha256": "0" * 64}]
    load = start_load(files=files, kept_to=kept_to, by=by, publish=publish)
    reading = CaseReading()
    reading.codes(reading.newest_edition)
    paced = Pace(load, **{"breathe": lambda held: None, **pace})
    read_load(iter(rows), reading=reading, pace=paced)
    return paced


def load_rows(*rows: CaseRow, **options: Any) -> Load:
    """Read and write these rows."""
    pace = read(*rows, **options)
    if pace.load.state == LoadState.READ:
        step(pace.load, LoadState.CONFIRMED)
        write_load(pace)
    return pace.load


def counts(load: Load) -> tuple[int, int, int]:
    """New, changed and unchanged cases."""
    return load.count("new"), load.count("changed"), load.count("same")
