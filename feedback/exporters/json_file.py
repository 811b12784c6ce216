"""Feedback as JSON: one object per point, keys always in the same order."""

from __future__ import annotations

import json
from dataclasses import asdict

from feedback.importers.columns import FORMAT, VERSION
from organizations.models import Agency

from .records import Record


def as_json(agency: Agency, records: list[Record]) -> bytes:
    """The file that `load_feedback` and the page read again."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "agency": {"code": agency.code, "name": agency.name},
        "points": [asdict(record) for record in records],
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()
