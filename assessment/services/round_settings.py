"""The settings of a round and the headings of its categories, each saved on top of the version that was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from assessment.enums import ReviewState
from assessment.headings import default_headings
from assessment.models import CategorySheet, Round
from organizations.models import AuditEvent, User

from .locks import SheetLocked, hold_open, hold_sheets

# What default_headings proposes with a year or a step in it, by the field that stores it.
FOLLOWING = {"heading_feedback": "feedback", "feedback_label": "feedback_label"}


@transaction.atomic
def save_round_settings(
    *, round: Round, base_version: int, settings: Mapping[str, Any], by: User, changed: Sequence[str] = ()
) -> None:
    """Save title, feedback answered, deadline and print settings (points, millimetres) by field name.

    Headings that still are the proposed ones follow the feedback's year and step; `changed` goes to the audit trail.
    Raises StaleVersion, TextLocked when the round was closed meanwhile, and SheetLocked when approved categories print
    the feedback that would change.
    """
    hold_open(round)
    before = Round.objects.get(pk=round.pk)
    refuse_other_feedback(before, settings)
    round.claim_version(base_version)
    for name, value in settings.items():
        setattr(round, name, value)
    round.save(update_fields=list(settings))
    _follow_feedback(before, round)
    AuditEvent.record("settings.saved", round, by=by, agency=round.agency, fields=list(changed))


def refuse_other_feedback(round: Round, settings: Mapping[str, Any]) -> None:
    """Approved categories print the feedback that they answer. Raises SheetLocked when it would be another one."""
    names = ("feedback_year", "feedback_step")
    if all(settings.get(name, getattr(round, name)) == getattr(round, name) for name in names):
        return
    approved = CategorySheet.objects.filter(round=round, review_state=ReviewState.APPROVED)
    if found := approved.select_related("category").first():
        raise SheetLocked(found)


def _follow_feedback(before: Round, after: Round) -> None:
    """Headings that nobody changed name the year and step of the feedback that the form answers now."""
    if (before.feedback_year, before.feedback_step) == (after.feedback_year, after.feedback_step):
        return
    for sheet in CategorySheet.objects.filter(round=after).select_related("category"):
        old, new = (
            default_headings(
                sheet.number, year=round.year, feedback_year=round.feedback_year, step=round.feedback_step
            )
            for round in (before, after)
        )
        fresh = {
            field: getattr(new, name)
            for field, name in FOLLOWING.items()
            if getattr(sheet, field) == getattr(old, name) != getattr(new, name)
        }
        if fresh:
            # the version goes up, so that headings read before this change are not saved over it
            CategorySheet.objects.filter(pk=sheet.pk).update(version=F("version") + 1, **fresh)


@transaction.atomic
def save_sheet_settings(
    *,
    sheet: CategorySheet,
    base_version: int,
    settings: Mapping[str, Any],
    by: User,
    changed: Sequence[str] = (),
) -> None:
    """Save the headings and the layout of one category by field name. Raises StaleVersion, TextLocked as above."""
    hold_sheets(sheet.round, [sheet], by=by)
    sheet.claim_version(base_version)
    for name, value in settings.items():
        setattr(sheet, name, value)
    sheet.save(update_fields=list(settings))
    AuditEvent.record("settings.saved", sheet, by=by, agency=sheet.round.agency, fields=list(changed))
