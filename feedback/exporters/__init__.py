"""Feedback as files that come in again: JSON, Excel, CSV, all from one reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from organizations.importers.workbook import XLSX
from organizations.models import Agency

from .csv_file import as_csv
from .json_file import as_json
from .records import Record, records_of
from .workbook import as_xlsx

__all__ = ["FORMATS", "ExportedFile", "Record", "export_feedback", "records_of"]

Writer = Callable[[Agency, list[Record]], bytes]
# Media type and writer by the suffix of the file.
FORMATS: Final[dict[str, tuple[str, Writer]]] = {
    "xlsx": (XLSX, as_xlsx),
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
}


@dataclass(frozen=True)
class ExportedFile:
    """A file to send or to write; `count` is the number of points in it."""

    name: str
    media_type: str
    content: bytes
    count: int


def export_feedback(
    agency: Agency, file_format: str, *, year: int | None = None, step: int | None = None
) -> ExportedFile:
    """The points that stand, of one Buddhist-era year or all, of one step (1–3) or all."""
    media_type, write = FORMATS[file_format]
    records = records_of(agency, year=year, step=step)
    parts = ["feedback", agency.code, str(year or "all"), *([f"step{step}"] if step else [])]
    name = f"{'-'.join(parts)}.{file_format}"
    return ExportedFile(name, media_type, write(agency, records), len(records))
