"""Choosing cases of the library for a criterion."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from assessment.models import ChosenPractice, CriterionAnalysis
from organizations.models import Agency, AuditEvent, User
from practices.models import Practice, PracticeQuerySet
from texts.excerpts import UnknownPart, excerpt, without
from texts.models import StaleVersion, Text
from texts.services import new_text, save_text

from .activities import move_one
from .locks import hold_sheets, mark_changed, settle_new_places
from .texts import saving_as


class PracticeKeptElsewhere(Exception):
    """The case is kept to another agency, whose form alone may show it."""


class SourceMoved(Exception):
    """The case is not any more what the person was shown, so nobody can say what was meant."""


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
    _hold(analysis, practice, by)
    if chosen := analysis.chosen_practices.filter(practice=practice).first():
        return _put_back(chosen, _last(analysis) + 1, by) if chosen.withdrawn_at else chosen
    return _copied(analysis, practice, practice.text.html, by)


@transaction.atomic
def take_passage(
    *, analysis: CriterionAnalysis, practice: Practice, parts: Collection[str], version: int, by: User
) -> bool:
    """Copy these parts (texts.excerpts) of this version of a case into the criterion; gives whether it added anything.

    Of a case that stands in the form already, what is not in the copy yet comes behind it. A case that was taken out
    comes back with this passage alone; what was adapted then stays in the history.
    Raises PracticeKeptElsewhere, SourceMoved, UncleanText, TextLocked.
    """
    _hold(analysis, practice, by)
    if practice.text.version != version:
        raise SourceMoved
    try:
        passage = excerpt(practice.text.html, parts)
    except UnknownPart as error:
        raise SourceMoved from error
    chosen = analysis.chosen_practices.filter(practice=practice).select_related("text").first()
    if chosen is None:
        _copied(analysis, practice, passage, by)
        return True
    if chosen.withdrawn_at is None:
        return _add(chosen, without(passage, chosen.text.html), by)
    _put_back(chosen, _last(analysis) + 1, by)
    copy_names(chosen, practice)
    _save(chosen, passage, by)
    return True


def _hold(analysis: CriterionAnalysis, practice: Practice, by: User | None) -> None:
    round = analysis.sheet.round
    if practice.kept_to_id not in (None, round.agency_id):
        raise PracticeKeptElsewhere
    hold_sheets(round, [analysis.sheet_id], by=by)


def _last(analysis: CriterionAnalysis) -> int:
    return analysis.chosen_practices.aggregate(last=Max("position"))["last"] or 0


def _copied(analysis: CriterionAnalysis, practice: Practice, html: str, by: User | None) -> ChosenPractice:
    round = analysis.sheet.round
    chosen = ChosenPractice.objects.create(
        analysis=analysis,
        practice=practice,
        position=_last(analysis) + 1,
        agency_name=practice.agency.name,
        award_line=practice.award_line,
        text=new_text(agency=round.agency, html=html, by=by),
        source_version=practice.text.version,
    )
    mark_changed([analysis])
    settle_new_places(round)
    AuditEvent.record("practice.chosen", chosen, by=by, agency=round.agency, practice=practice.key)
    return chosen


def _add(chosen: ChosenPractice, html: str, by: User) -> bool:
    if html:
        _save(chosen, chosen.text.html + html, by)
        mark_changed([chosen.analysis_id])
        AuditEvent.record(
            "practice.passage_added",
            chosen,
            by=by,
            agency=chosen.analysis.sheet.round.agency,
            practice=chosen.practice.key,
        )
    return bool(html)


def _save(chosen: ChosenPractice, html: str, by: User) -> None:
    """On top of what stands: whoever has the text open is told, and loses nothing."""
    text = Text.objects.get(pk=chosen.text_id)
    rights = saving_as(chosen.analysis.sheet, by)
    save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=by, **rights)


def copy_names(chosen: ChosenPractice, practice: Practice) -> None:
    """The copy is that of the case as it stands now."""
    chosen.agency_name, chosen.award_line = practice.agency.name, practice.award_line
    chosen.source_version = practice.text.version
    chosen.kept_source, chosen.kept_at, chosen.kept_by = "", None, None
    chosen.save(
        update_fields=["agency_name", "award_line", "source_version", "kept_source", "kept_at", "kept_by"]
    )


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
