"""The review of a category as pages show it: state, lateness, what to do next, and what this person may do."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from organizations.models import User
from thai.dates import format_date

from .enums import ReviewState
from .models import CategorySheet
from .permissions import reviews_sheet, writes_on_behalf, writes_sheet
from .progress import CriterionProgress, SheetProgress


@dataclass(frozen=True)
class Lateness:
    """What is said about the deadline; nothing is ever locked by it."""

    words: str
    late: bool


def lateness(sheet: CategorySheet, today: datetime.date) -> Lateness | None:
    """Late is what was submitted, or still waits to be, after the deadline or after the extension of the category."""
    due = sheet.due
    if due is None:
        return None
    waits = sheet.review in (ReviewState.WRITING, ReviewState.RETURNED)
    if waits and today > due:
        return Lateness(f"เลยกำหนด {(today - due).days:,} วัน", late=True)
    if not waits and sheet.submitted_at and timezone.localdate(sheet.submitted_at) > due:
        return Lateness("ส่งช้า", late=True)
    if waits and sheet.extension_until == due:
        return Lateness(f"ขยายเวลาถึง {format_date(due, 'short')}", late=False)
    return None


@dataclass(frozen=True)
class Correction:
    """A criterion of a returned category: whether work was asked for, and whether it was changed since."""

    criterion: CriterionProgress
    asked: bool
    changed: bool


@dataclass(frozen=True)
class SheetReview:
    """One category with its progress, for one person on one day."""

    progress: SheetProgress
    writes: bool
    runs: bool
    on_behalf: bool
    today: datetime.date

    @property
    def sheet(self) -> CategorySheet:
        """The category."""
        return self.progress.sheet

    @property
    def state(self) -> ReviewState:
        """One of the four states."""
        return self.sheet.review

    @property
    def lateness(self) -> Lateness | None:
        """What is said about the deadline, if anything."""
        return lateness(self.sheet, self.today)

    @property
    def may_submit(self) -> bool:
        """The committee, or the secretariat for it, has the category in hand."""
        in_hand = self.state in (ReviewState.WRITING, ReviewState.RETURNED)
        return self.writes and in_hand and self.sheet.round.is_open

    @property
    def may_pull_back(self) -> bool:
        """Submitted, and nobody has begun to read."""
        return self.writes and self.sheet.can_be_pulled_back and self.sheet.round.is_open

    @property
    def may_review(self) -> bool:
        """The buttons of the secretariat."""
        return self.runs and self.sheet.round.is_open

    @property
    def waits_for_review(self) -> bool:
        """It is the secretariat's turn."""
        return self.sheet.is_submitted and self.sheet.round.is_open

    @property
    def writes_for_committee(self) -> bool:
        """What this person writes here now is marked «บันทึกแทน»."""
        return self.on_behalf and not self.sheet.is_approved and not self.sheet.round.is_closed

    @property
    def corrections(self) -> list[Correction]:
        """After a return, until it is approved: what was asked for and what was changed, in the order of the form."""
        since = self.sheet.returned_at
        if since is None or self.sheet.is_approved:
            return []
        rows = [
            Correction(criterion, criterion.analysis.needs_work, criterion.changed_since(since))
            for criterion in self.progress.criteria
        ]
        return [row for row in rows if row.asked or row.changed]


def review_of(progress: SheetProgress, user: User, today: datetime.date | None = None) -> SheetReview:
    """The review of a category for this person; `today` is the clock, for tests."""
    sheet = progress.sheet
    return SheetReview(
        progress,
        writes=writes_sheet(user, sheet),
        runs=reviews_sheet(user, sheet),
        on_behalf=writes_on_behalf(user, sheet),
        today=today or timezone.localdate(),
    )
