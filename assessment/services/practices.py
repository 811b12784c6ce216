"""Choosing cases of the library for a criterion."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from assessment.models import ChosenPractice, CriterionAnalysis
from organizations.models import Agency, AuditEvent, User
from practices.models import Practice, PracticeQuerySet
from texts.models import StaleVersion
from texts.services import new_text

from .activities import move_one
from .locks import hold_sheets, mark_changed, settle_new_places


class PracticeKeptElsewhere(Exception):
    """The case is kept to another agency, whose form alone may show it."""


def cases_for(*, agency: Agency, user: User) -> PracticeQuerySet:
    """The published cases that a form of this agency may show.

    Narrower than what the person sees: somebody who works for two agencies must not carry what is kept to the
    one into the form of the other.
    """
    return Practice.objects.published().visible_to(user).filter(Q(kept_to=None) | Q(kept_to=agency))


@transaction.atomic
def choose_practice(*, analysis: CriterionAnalysis, practice: Practice, by: User | None) -> ChosenPractice:
    """Copy a case into the criterion; choosing it twice changes nothing.

    The copy is the round's own: later changes in the library do not reach a form that was written. A case that
    was taken out before comes back, as the last one, with the text that was adapted then.
    Raises PracticeKeptElsewhere, and TextLocked when the round was closed meanwhile.
    """
    agency = analysis.sheet.round.agency
    if practice.kept_to_id not in (None, agency.pk):
        raise PracticeKeptElsewhere
    hold_sheets(analysis.sheet.round, [analysis.sheet_id], by=by)
    last = analysis.chosen_practices.aggregate(last=Max("position"))["last"] or 0
    if chosen := analysis.chosen_practices.filter(practice=practice).first():
        return _put_back(chosen, last + 1, by) if chosen.withdrawn_at else chosen
    chosen = ChosenPractice.objects.create(
        analysis=analysis,
        practice=practice,
        position=last + 1,
        agency_name=practice.agency.name,
        award_line=practice.award_line,
        text=new_text(agency=agency, html=practice.text.html, by=by),
        source_version=practice.text.version,
    )
    mark_changed([analysis])
    settle_new_places(analysis.sheet.round)
    AuditEvent.record("practice.chosen", chosen, by=by, agency=agency, practice=practice.key)
    return chosen


def _put_back(chosen: ChosenPractice, position: int, by: User | None) -> ChosenPractice:
    chosen.withdrawn_at = chosen.withdrawn_by = None
    chosen.position = position
    chosen.save(update_fields=["withdrawn_at", "withdrawn_by", "position"])
    mark_changed([chosen.analysis_id])
    agency = chosen.analysis.sheet.round.agency
    AuditEvent.record("practice.restored", chosen, by=by, agency=agency, practice=chosen.practice.key)
    return chosen


@transaction.atomic
def remove_practice(*, chosen: ChosenPractice, by: User) -> None:
    """Take a case out of the criterion; its row and its adapted text wait for being chosen again. Twice is as once.

    Raises TextLocked.
    """
    round = chosen.analysis.sheet.round
    hold_sheets(round, [chosen.analysis.sheet_id], by=by)
    present = ChosenPractice.objects.current().filter(pk=chosen.pk)
    if present.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        mark_changed([chosen.analysis_id])
        AuditEvent.record(
            "practice.removed", chosen, by=by, agency=round.agency, practice=chosen.practice.key
        )


@transaction.atomic
def move_practice(*, chosen: ChosenPractice, up: bool, base_version: int, by: User) -> None:
    """Swap a chosen case with its neighbour.

    Raises TextLocked, and StaleVersion for a list that somebody changed, also by taking out this very case.
    """
    analysis = chosen.analysis
    hold_sheets(analysis.sheet.round, [analysis.sheet_id], by=by)
    analysis.claim_version(base_version, "practices_version")
    rows = list(analysis.chosen_practices.current())
    index = next((i for i, row in enumerate(rows) if row.pk == chosen.pk), None)
    if index is None:
        raise StaleVersion(analysis.fresh())
    move_one(rows, index, up=up)
    ChosenPractice.objects.bulk_update(rows, ["position"])
    mark_changed([analysis])
    AuditEvent.record("practice.moved", chosen, by=by, agency=analysis.sheet.round.agency, up=up)
