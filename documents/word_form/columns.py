"""What the columns of a table hold: told by its heading row, remembered for tables and rows that have none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .patterns import FEEDBACK_INSIDE
from .source import Cell


class Column(StrEnum):
    """What stands in a column."""

    CRITERION = "criterion"
    FEEDBACK = "feedback"
    PRACTICE = "practice"
    ACTIVITY = "activity"
    OWNER = "owner"
    ANALYSIS = "analysis"
    OBSTACLES = "obstacles"
    REMEDIES = "remedies"


LONGEST_HEADING = 110
# The first that fits wins: «กิจกรรมการดำเนินงาน / ผู้รับผิดชอบ» is the column of activities.
_HEADINGS = (
    (Column.PRACTICE, re.compile(r"ตัวอย่าง|เป็นเลิศ|Best\s*Practice", re.IGNORECASE)),
    (Column.CRITERION, re.compile(r"^\s*(?:เกณฑ์|หัวข้อ|ประเด็น|ข้อ(?:$|\s))")),
    (Column.OBSTACLES, re.compile(r"^\s*ปัญหา")),
    (Column.REMEDIES, re.compile(r"^\s*(?:แนวทาง(?:การ)?แก้ไข|ข้อเสนอแนะในการแก้)")),
    (Column.ANALYSIS, re.compile(r"^\s*(?:บทวิเคราะห์|ผลการวิเคราะห์)")),
    (Column.FEEDBACK, re.compile(r"Feed\s?back|ข้อเสนอแนะ|ข้อสังเกต", re.IGNORECASE)),
    (Column.ACTIVITY, re.compile(r"กิจกรรม|การดำเนินงาน|การดำเนินการ|แผนงาน|โครงการ")),
    (Column.OWNER, re.compile(r"รับผิดชอบ")),
)
# Tables whose headings were lost: what agencies put where, by the number of columns.
USUAL = {
    2: (Column.CRITERION, Column.ACTIVITY),
    3: (Column.CRITERION, Column.PRACTICE, Column.ACTIVITY),
    4: (Column.CRITERION, Column.PRACTICE, Column.ACTIVITY, Column.OWNER),
    5: (Column.CRITERION, Column.FEEDBACK, Column.PRACTICE, Column.ACTIVITY, Column.OWNER),
}


@dataclass(frozen=True)
class Layout:
    """The columns of a table with their borders as parts of its width."""

    columns: tuple[tuple[float, float, Column], ...]

    def column_of(self, cell: Cell) -> Column | None:
        """What the cell holds; None for one that lies across several columns."""
        covered = [(self._shared(cell, each), each) for each in self.columns]
        wide = [column for share, column in covered if share > 0.5 * (column[1] - column[0])]
        if len(wide) > 1:
            return None
        return max(covered, key=lambda pair: pair[0])[1][2]

    @staticmethod
    def _shared(cell: Cell, column: tuple[float, float, Column]) -> float:
        return max(0.0, min(cell.right, column[1]) - max(cell.left, column[0]))


def heading_layout(row: list[Cell]) -> Layout | None:
    """The layout when the row is a heading row, otherwise None."""
    cells = [cell for cell in row if cell.text]
    if len(cells) < 2 or any(len(cell.text) > LONGEST_HEADING for cell in cells):
        return None
    found = [(cell, _column_named(cell.text)) for cell in cells]
    columns = [(cell.left, cell.right, column) for cell, column in found if column is not None]
    kinds = [column for _, _, column in columns]
    if (
        len(columns) < len(cells)
        or len(set(kinds)) < 2
        or not {Column.PRACTICE, Column.ACTIVITY} & set(kinds)
    ):
        return None
    if Column.CRITERION not in kinds:
        # «Feedback ก.พ.ร. ขั้นตอนที่ 2» above the first column: criteria stand in it too
        left, right, _ = columns[0]
        columns[0] = (left, right, Column.CRITERION)
    return Layout(tuple(columns))


def usual_layout(row: list[Cell]) -> Layout | None:
    """A guess for a table that never had headings."""
    columns = USUAL.get(len(row))
    return Layout(tuple((c.left, c.right, k) for c, k in zip(row, columns, strict=True))) if columns else None


def _column_named(text: str) -> Column | None:
    if FEEDBACK_INSIDE.search(text) and len(text) > LONGEST_HEADING // 2:
        return None
    return next((column for column, pattern in _HEADINGS if pattern.search(text)), None)
