"""What becomes of a copied case whose source has changed: the new text, or the copy as it is."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from assessment.enums import TakeSource
from assessment.models import ChosenPractice
from assessment.sources import Source, carried_over, changes_between, copied_version
from organizations.models import AuditEvent, User
from practices.models import Practice

from .locks import hold_sheets, mark_changed
from .practices import SourceMoved, copy_names
from .texts import save_sheet_text


class CaseTakenOut(Exception):
    """The case does not stand in the form any more."""


@transaction.atomic
def take_source(
    *, chosen: ChosenPractice, mark: str, base_version: int, way: TakeSource, key: uuid.UUID, by: User
) -> None:
    """Let the case as it stands now (its `mark`) be the copy, on top of the version of the copy that was shown.

    The text before stays in the history.
    Raises CaseTakenOut, SourceMoved, and what `save_sheet_text` raises.
    """
    held = _held(chosen, by)
    source = Source.of(held.practice)
    if not changes_between(held, source):
        return
    if source.gone or source.mark != mark:
        raise SourceMoved
    html = _following(held, source, way)
    if html is None:
        raise SourceMoved
    if html != held.text.html:
        save_sheet_text(
            sheet=held.analysis.sheet,
            text=held.text,
            base_version=base_version,
            html=html,
            key=key,
            by=by,
        )
    copy_names(held, held.practice)
    mark_changed([held.analysis_id])
    _record("practice.source_taken", held, by)


def _following(held: ChosenPractice, source: Source, way: TakeSource) -> str | None:
    """The copy as it shall be; None for a way that was not on offer."""
    if way == TakeSource.NAMES:
        return held.text.html if source.version == held.source_version else None
    if way == TakeSource.CARRY:
        return carried_over(held, copied_version(held))
    return held.practice.text.html


@transaction.atomic
def keep_copy(*, chosen: ChosenPractice, mark: str, by: User) -> None:
    """Keep the copy although the case has changed to this state (its `mark`); it is told again when it changes again.

    Raises CaseTakenOut, SourceMoved, TextLocked.
    """
    held = _held(chosen, by)
    source = Source.of(held.practice)
    if source.mark != mark:
        raise SourceMoved
    if held.kept_source == mark or not changes_between(held, source):
        return
    held.kept_source, held.kept_at, held.kept_by = mark, timezone.now(), by
    held.save(update_fields=["kept_source", "kept_at", "kept_by"])
    _record("practice.source_kept", held, by)


def _held(chosen: ChosenPractice, by: User) -> ChosenPractice:
    """The copy and its case as they stand; the category takes changes of this person until the end."""
    sheet = chosen.analysis.sheet
    hold_sheets(sheet.round, [sheet], by=by)
    # a change of the case waits, so that what is taken is what was compared
    Practice.objects.select_for_update(no_key=True).get(pk=chosen.practice_id)
    rows = ChosenPractice.objects.current().select_related(
        "text",
        "practice__agency",
        "practice__text",
        "analysis__sheet__category",
        "analysis__sheet__round__agency",
    )
    held = rows.filter(pk=chosen.pk).first()
    if held is None:
        raise CaseTakenOut
    return held


def _record(verb: str, chosen: ChosenPractice, by: User) -> None:
    agency = chosen.analysis.sheet.round.agency
    AuditEvent.record(verb, chosen, by=by, agency=agency, practice=chosen.practice.key)
