"""A file of feedback, JSON, Excel or CSV: read as it is into rows of text."""

from __future__ import annotations

from typing import Any, BinaryIO

from organizations.importers.tables import Table, read_table

from .columns import COLUMNS, FORMULA_STARTS
from .json_file import JsonTable, read_json

_START = 64


def read_feedback(file: BinaryIO, *, size: int) -> Table:
    """Read a file, whatever it is called. Raises RefusedWorkbook when it is no file of feedback at all."""
    file.seek(0)
    if _is_json(file.read(_START)):
        file.seek(0)
        return read_json(file.read())
    table = read_table(file, size=size, columns=COLUMNS)
    # only CSV has no sheet, and only there an apostrophe keeps a text from being calculated
    return table if table.name else _without_apostrophes(table)


def kept(table: Table) -> dict[str, Any]:
    """What waits between the dry run and the confirmation."""
    return {"json": isinstance(table, JsonTable), **table.as_json()}


def from_kept(values: dict[str, Any]) -> Table:
    """Read back what `kept` gave."""
    return (JsonTable if values["json"] else Table).from_json(values)


def _is_json(start: bytes) -> bool:
    """By its first sign, behind a byte order mark and in any encoding."""
    return start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"{", b"["))


def _without_apostrophes(table: Table) -> Table:
    for _, fields in table.rows:
        for name, text in fields.items():
            if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
                fields[name] = text[1:]
    return table
