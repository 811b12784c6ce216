"""The audit trail as a file: CSV to read in Excel, JSON to prove the hashes elsewhere.

Both come in pieces, oldest first, so that a trail of years takes no memory and holds up nobody who writes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from django.db.models import QuerySet

from organizations.audit_rows import AuditRow, rows_of
from organizations.models import AuditEvent
from thai.dates import format_datetime

PIECE = 500
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
# What Excel would take for a formula; a tab or a line end before it would not stop that.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEADINGS = (
    "ลำดับ",
    "วันและเวลา",
    "เวลาสากล (UTC)",
    "ผู้ดำเนินการ",
    "เหตุการณ์",
    "รหัสเหตุการณ์",
    "รายการ",
    "เลขที่รายการ",
    "ชื่อรายการ",
    "รายละเอียด",
    "ค่าแฮช",
)


def as_csv(events: QuerySet[AuditEvent]) -> Iterator[bytes]:
    """One line per event with names as they are today; UTF-8 with the mark that Excel asks for."""
    yield "\ufeff".encode() + _lines([HEADINGS])
    for piece in _pieces(events):
        yield _lines([_cells(row) for row in rows_of(piece)])


def _pieces(events: QuerySet[AuditEvent]) -> Iterator[list[AuditEvent]]:
    """In the order in which they were written, also where several chains are shown together."""
    last = 0
    while piece := list(events.filter(pk__gt=last).order_by("pk")[:PIECE]):
        yield piece
        last = piece[-1].pk


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[plain_cell(cell) for cell in row] for row in rows])
    return buffer.getvalue().encode()


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet calculates."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _cells(row: AuditRow) -> list[str]:
    event = row.event
    return [
        str(event.sequence),
        format_datetime(event.at, "short"),
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        row.what,
        event.verb,
        row.about,
        row.number,
        row.name,
        " · ".join(f"{name}: {value}" for name, value in row.facts),
        event.hash,
    ]


def as_json(events: QuerySet[AuditEvent], *, agency_uid: str) -> Iterator[bytes]:
    """Every field that the hashes cover, as stored and without names; `agency_uid` is "" for the installation."""
    yield f'{{"format": "pmqa-audit 1", "agency": {json.dumps(agency_uid)}, "events": ['.encode()
    before = "\n"
    for piece in _pieces(events):
        yield (before + ",\n".join(json.dumps(_data(event), ensure_ascii=False) for event in piece)).encode()
        before = ",\n"
    yield b"\n]}\n"


def _data(event: AuditEvent) -> dict[str, Any]:
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return event.entry() | {"at": at, "hash": event.hash}
