"""The columns of a table of cases, in Excel and CSV alike: what is read, written and explained in the template."""

from __future__ import annotations

from typing import Final

from organizations.enums import AgencyKind
from organizations.importers.tables import Columns
from organizations.importers.workbook import Limits as TableLimits
from practices.labels import LABELS

# A cell of Excel holds 32,767 characters; the longest text of a case is read from the cells beside it.
MORE: Final = tuple(f"html_{number}" for number in range(2, 14))
HTML: Final = ("html", *MORE)
HTML_HEADING: Final = "เนื้อหา (HTML)"
HEADINGS: Final = {
    "key": "รหัส",
    "agency": LABELS["agency"],
    "code": "รหัสหน่วยงาน",
    "short_name": LABELS["short_name"],
    "kind": "ประเภทของหน่วยงาน",
    "title": LABELS["title"],
    "criteria": LABELS["criteria"],
    "edition": "ฉบับของเกณฑ์",
    "award": LABELS["award"],
    "award_year": LABELS["award_year"],
    "tags": LABELS["tags"],
    "summary": LABELS["summary"],
    "source": LABELS["source"],
    "text": LABELS["text"],
    "html": HTML_HEADING,
    **{name: f"{HTML_HEADING} {name.removeprefix('html_')}" for name in MORE},
}
SHEET: Final = "ตัวอย่าง"
COLUMNS: Final = Columns(
    sheet=SHEET,
    headings=HEADINGS,
    required=frozenset({"agency", "title", "criteria"}),
    marked="title",
    what="ตัวอย่าง",
    max_rows=100_000,
    takes_csv=True,
)
# Rows of a title and of headings stand above the cases; a field of CSV may be longer than a cell of Excel.
TABLES: Final = TableLimits(
    file=200 * 1024 * 1024, unpacked=1024 * 1024 * 1024, rows=COLUMNS.max_rows + 100, cell=130_000
)
# What stands in the cell of a year that is not known, where the award itself looks as if it named one.
NO_YEAR: Final = "-"
KINDS: Final = {name.casefold(): kind.value for kind in AgencyKind for name in (kind.value, kind.label)}
# What a spreadsheet would take for a formula; CSV has no other way to say that it is none.
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "'")
_GUARD: Final = "'"


def guarded(text: str) -> str:
    """A cell of CSV that no spreadsheet takes for a formula."""
    return _GUARD + text if text.startswith(_BEGINS_A_FORMULA) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith(_GUARD) and text[1:].startswith(_BEGINS_A_FORMULA) else text
