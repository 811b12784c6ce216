"""Who is late, as plain text for a LINE group: short enough to be read there, with the address to go to."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable

from thai.dates import days_left, format_date

from .deadlines import due_of, is_awaited
from .progress import RoundProgress, SheetProgress

MAX_LINE_TEXT = 1000
MAX_NAME = 80


def reminder_text(progress: RoundProgress, address: str, today: datetime.date) -> str:
    """The categories that are still awaited and what each of them lacks; empty when none is.

    Where the reasons make it too long for LINE it says only how many criteria lack something.
    """
    awaited = [sheet for sheet in progress.sheets if is_awaited(sheet)]
    if not awaited:
        return ""
    for tell in (_reasons, _count):
        text = "\n".join(
            [*_head(progress), *(_line(sheet, tell, progress, today) for sheet in awaited), address]
        )
        if len(text) <= MAX_LINE_TEXT:
            break
    return text


def _head(progress: RoundProgress) -> list[str]:
    round = progress.round
    name = (
        round.agency.name if len(round.agency.name) <= MAX_NAME else f"{round.agency.name[: MAX_NAME - 1]}…"
    )
    due = [f"กำหนดส่ง {format_date(round.deadline)}"] if round.deadline else []
    return [f"เรียนคณะทำงาน PMQA 4.0 ปี {round.year}", name, *due, "หมวดที่ยังไม่ส่ง"]


def _line(
    sheet: SheetProgress,
    tell: Callable[[SheetProgress], str],
    progress: RoundProgress,
    today: datetime.date,
) -> str:
    """«หมวด 3 (เลยกำหนดแล้ว 2 วัน): ข้อ 3.1 ยังไม่มีผู้รับผิดชอบ»."""
    due = due_of(sheet.sheet)
    notes = []
    if due and due != progress.round.deadline:
        notes.append(f"ขยายถึง {format_date(due, 'short')}")
    if due and (over := -days_left(due, today)) > 0:
        notes.append(f"เลยกำหนดแล้ว {over:,} วัน")
    note = f" ({' '.join(notes)})" if notes else ""
    return f"• หมวด {sheet.sheet.number}{note}: {tell(sheet) if sheet.missing else 'ครบทุกข้อแล้ว เหลือกดส่ง'}"


def _reasons(sheet: SheetProgress) -> str:
    """«ข้อ 3.2 3.3 ยังไม่มีกิจกรรม, ข้อ 3.1 ยังไม่มีผู้รับผิดชอบ»: criteria that lack the same stand together."""
    codes: dict[str, list[str]] = defaultdict(list)
    for criterion in sheet.criteria:
        for reason in criterion.missing:
            codes[reason].append(criterion.code)
    return ", ".join(f"ข้อ {' '.join(found)} {reason}" for reason, found in codes.items())


def _count(sheet: SheetProgress) -> str:
    return f"ยังขาด {sum(1 for criterion in sheet.criteria if criterion.missing)} ข้อ"
