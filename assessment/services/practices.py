"""Choosing cases of the library for a criterion."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from assessment.models import ChosenPractice, CriterionAnalysis
from organizations.models import AuditEvent, User
from practices.models import Practice
from texts.services import new_text

from .activities import claim_list, move_one
from .rounds import hold_open


@transaction.atomic
def choose_practice(*, analysis: CriterionAnalysis, practice: Practice, by: User | None) -> ChosenPractice:
    """Copy a case into the criterion; choosing it twice changes nothing.

    The copy is the round's own: later changes in the library do not reach a form that was written.
    Raises TextLocked when the round was closed meanwhile.
    """
    hold_open(analysis.sheet.round)
    if chosen := analysis.chosen_practices.filter(practice=practice).first():
        return chosen
    agency = analysis.sheet.round.agency
    last = analysis.chosen_practices.aggregate(last=Max("position"))["last"] or 0
    chosen = ChosenPractice.objects.create(
        analysis=analysis,
        practice=practice,
        position=last + 1,
        agency_name=practice.agency.name,
        award_line=practice.award_line,
        text=new_text(agency=agency, html=practice.text.html, by=by),
        source_version=practice.text.version,
    )
    AuditEvent.record("practice.chosen", chosen, by=by, agency=agency, practice=practice.key)
    return chosen


@transaction.atomic
def remove_practice(*, chosen: ChosenPractice, by: User) -> None:
    """Take a case out of the criterion; it stays in the library, its copied text in the history. Raises TextLocked."""
    hold_open(chosen.analysis.sheet.round)
    agency = chosen.analysis.sheet.round.agency
    AuditEvent.record("practice.removed", chosen, by=by, agency=agency, practice=chosen.practice.key)
    chosen.delete()


@transaction.atomic
def move_practice(*, chosen: ChosenPractice, up: bool, base_version: int, by: User) -> None:
    """Swap a chosen case with its neighbour. Raises StaleVersion, TextLocked."""
    analysis = chosen.analysis
    hold_open(analysis.sheet.round)
    claim_list(analysis, "practices_version", base_version)
    rows = list(analysis.chosen_practices.all())
    move_one(rows, next(i for i, row in enumerate(rows) if row.pk == chosen.pk), up=up)
    ChosenPractice.objects.bulk_update(rows, ["position"])
    AuditEvent.record("practice.moved", chosen, by=by, agency=analysis.sheet.round.agency, up=up)
