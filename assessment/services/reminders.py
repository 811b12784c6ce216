"""Reminders of the deadline, given by the worker's tick: as often as it runs, each of them once."""

from __future__ import annotations

import datetime
import logging
from collections import defaultdict
from collections.abc import Iterator

from django.utils import timezone

from assessment.deadlines import due_of, is_awaited, reminder_due
from assessment.enums import RoundState
from assessment.models import Round
from assessment.progress import SheetProgress, round_progress
from organizations.enums import NoticeKind
from organizations.services import notify
from organizations.services.letters import MORNING
from thai.dates import format_date

from .notices import committee_of, secretariat_of, sheet_path

log = logging.getLogger("pmqa.worker")
# Sheets that are due on one day and get the same reminder.
Due = tuple[datetime.date, int]


def remind(now: datetime.datetime | None = None) -> None:
    """Remind of every category that is due in 7 days or 1 day and still awaited, from 07:30 in Bangkok on.

    The committee hears of its own category, the secretariat gets one summary. Days are counted by the date in Bangkok.
    What was missed while nothing ran is made up for; what was given already is not given again.
    """
    local = timezone.localtime(now or timezone.now(), timezone.get_default_timezone())
    if local.time() < MORNING:
        return
    rounds = Round.objects.filter(state=RoundState.OPEN, agency__hosted=True)
    for round in rounds.select_related("agency", "edition").order_by("pk"):
        try:
            _remind_of(round, local)
        except Exception:
            # one agency's fault keeps no other agency waiting; the trace is for the administrator
            log.exception("reminders of round %s failed", round.pk)


def _remind_of(round: Round, now: datetime.datetime) -> None:
    for due, sheets in _awaited(round, now.date()).items():
        _tell_committees(due, sheets, now)
        _tell_secretariat(round, due, sheets, now)


def _awaited(round: Round, today: datetime.date) -> dict[Due, list[SheetProgress]]:
    """The categories to remind of. The progress is read only where some due date is near."""
    near = {
        sheet.pk: due
        for sheet in round.sheets.select_related("round")
        if (due := _near(due_of(sheet), today))
    }
    found: dict[Due, list[SheetProgress]] = defaultdict(list)
    for progress in round_progress(round).sheets if near else ():
        if progress.sheet.pk in near and is_awaited(progress):
            found[near[progress.sheet.pk]].append(progress)
    return found


def _near(due: datetime.date | None, today: datetime.date) -> Due | None:
    days = reminder_due(due, today) if due else None
    return (due, days) if due and days else None


def _tell_committees(due: Due, sheets: list[SheetProgress], now: datetime.datetime) -> None:
    day, days = due
    for progress in sheets:
        sheet = progress.sheet
        notify(
            kind=NoticeKind.DEADLINE,
            users=committee_of(sheet),
            agency=sheet.round.agency,
            subject=f"หมวด {sheet.number} ครบกำหนดส่งวันที่ {format_date(day)}",
            body=[*_as_of(now), *_missing(progress)],
            path=sheet_path(sheet),
            dedupe=f"sheet-{sheet.pk}-{day}-{days}",
            now=now,
        )


def _tell_secretariat(round: Round, due: Due, sheets: list[SheetProgress], now: datetime.datetime) -> None:
    day, days = due
    lines = [f"หมวด {progress.sheet.number}: {words}" for progress in sheets for words in _missing(progress)]
    notify(
        kind=NoticeKind.DEADLINE,
        users=secretariat_of(round.agency),
        agency=round.agency,
        subject=f"ยังไม่ส่ง {len(sheets)} หมวด ครบกำหนดวันที่ {format_date(day)}",
        body=[*_as_of(now), *lines],
        path=round.get_absolute_url(),
        dedupe=f"round-{round.pk}-{day}-{days}",
        now=now,
    )


def _as_of(now: datetime.datetime) -> Iterator[str]:
    """A list is read days later, so it says of which day it speaks."""
    yield f"ข้อมูล ณ วันที่ {format_date(now)}"


def _missing(progress: SheetProgress) -> list[str]:
    codes = [criterion.code for criterion in progress.criteria if criterion.missing]
    return [f"ยังขาด {len(codes)} ข้อ: {' '.join(codes)}"] if codes else ["ครบทุกข้อแล้ว เหลือกดส่ง"]
