"""Until when a category is due, whether it is still awaited, and which reminder that calls for: no side effects."""

from __future__ import annotations

import datetime

from thai.dates import days_left

from .enums import LOCKED_STATES
from .models import CategorySheet
from .progress import SheetProgress

# How many days before the due date people are reminded; the nearer one takes the place of the other.
REMIND_BEFORE = (7, 1)


def due_of(sheet: CategorySheet) -> datetime.date | None:
    """The day until which this category should be handed in."""
    return sheet.due


def is_awaited(progress: SheetProgress) -> bool:
    """The committee still has something to do before this category is in the hands of the secretariat."""
    return progress.sheet.review not in LOCKED_STATES


def reminder_due(due: datetime.date, today: datetime.date) -> int | None:
    """Which reminder (7 or 1 days before) belongs to this day; None when it is too early or the day has passed.

    After a stop the reminder of a day that was missed is still given, until the next one takes its place.
    """
    left = days_left(due, today)
    if left < 0:
        return None
    return min((days for days in REMIND_BEFORE if left <= days), default=None)
