"""Feedback as a workbook: every cell a text, so that nothing is calculated and no code becomes a date."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from feedback.importers.columns import COLUMNS, HEADINGS
from organizations.models import Agency

from .records import Record

TEXT: Final = "@"
WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
# In characters; the columns that only know a point again stand last.
WIDTHS: Final = {
    "text": 80,
    "strength": 40,
    "gap": 40,
    "level": 16,
    "declined": 30,
    "uid": 38,
}
USUAL_WIDTH: Final = 12
# Excel reads _x0041_ inside a text as the character with this number.
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")


def as_xlsx(agency: Agency, records: list[Record]) -> bytes:
    """One sheet in the shape of the template."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = COLUMNS.sheet
    for index, (name, heading) in enumerate(HEADINGS.items(), start=1):
        column = sheet.column_dimensions[get_column_letter(index)]
        column.width, column.number_format = WIDTHS.get(name, USUAL_WIDTH), TEXT
        sheet.cell(1, index, heading).font = Font(bold=True)
        for number, record in enumerate(records, start=2):
            value = agency.code if name == "agency" else str(getattr(record, name))
            if value:
                cell = sheet.cell(number, index, _storable(value))
                cell.data_type, cell.number_format, cell.alignment = "s", TEXT, WRAPPED
    sheet.freeze_panes = "A2"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _storable(text: str) -> str:
    """The text without characters that no workbook can hold, and safe against Excel's own escapes."""
    return _ESCAPE.sub("_x005F_", _NOT_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text)))
