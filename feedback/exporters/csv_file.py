"""Feedback as CSV: UTF-8 with the mark that Excel asks for, and no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io

from feedback.importers.columns import FORMULA_STARTS, HEADINGS
from organizations.models import Agency

from .records import Record


def as_csv(agency: Agency, records: list[Record]) -> bytes:
    """The headings of the template and those that know a point again."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(HEADINGS.values())
    writer.writerows(_cells(agency, record) for record in records)
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _cells(agency: Agency, record: Record) -> list[str]:
    return [_plain(agency.code if name == "agency" else str(getattr(record, name))) for name in HEADINGS]


def _plain(text: str) -> str:
    """An apostrophe before what would be a formula; it is taken off again on the way in."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
