"""Saving one text of a form: for the committee, or by the secretariat in its place."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from assessment.models import CategorySheet, Round
from assessment.permissions import runs_round, writes_on_behalf
from organizations.models import User
from texts.models import Text
from texts.services import SavedText, save_text, set_aside

from .locks import hold_sheets, refuse_locked, text_ids


def saving_as(sheet: CategorySheet, by: User | None) -> dict[str, Any]:
    """How `texts.services.save_text` shall take a save into this category.

    The secretariat writes over the lock of a submitted text, and its revisions are marked «บันทึกแทน». Whether the
    category takes changes at all was asked by `hold_sheets` in the same transaction.
    """
    if by is None:
        return {"over_lock": True, "on_behalf": False}
    return {"over_lock": runs_round(by, sheet.round), "on_behalf": writes_on_behalf(by, sheet)}


@transaction.atomic
def save_sheet_text(
    *,
    sheet: CategorySheet,
    text: Text,
    base_version: int,
    html: str,
    key: uuid.UUID,
    by: User,
    merging: bool = False,
    theirs: bool = False,
) -> SavedText:
    """Save a text of this category that stands already: an optional text, the copied text of a case.

    Raises what `save_text` raises, and SheetLocked.
    """
    hold_sheets(sheet.round, [sheet], by=by)
    sent: dict[str, Any] = {"text": text, "base_version": base_version, "html": html, "key": key}
    return save_or_set_aside(sheet, by=by, theirs=theirs, merging=merging, **sent)


def save_or_set_aside(
    sheet: CategorySheet, *, by: User, theirs: bool, merging: bool = True, **sent: Any
) -> SavedText:
    """Save, or with `theirs` keep what was sent in the history and leave what stands."""
    rights = saving_as(sheet, by)
    if theirs:
        return set_aside(**sent, by=by, over_lock=rights["over_lock"])
    return save_text(**sent, by=by, merging=merging, **rights)


class RoundTexts:
    """Saves texts of a round that come with a file, each wherever it stands; the caller holds the round."""

    def __init__(self, round: Round, by: User | None) -> None:
        self.by = by
        self.homes: dict[int, list[CategorySheet]] = {}
        sheets = CategorySheet.objects.filter(round=round)
        for sheet in sheets.select_related("category", "round__agency"):
            for pk in text_ids(sheets.filter(pk=sheet.pk)):
                self.homes.setdefault(pk, []).append(sheet)

    def save(self, *, text: Text, base_version: int, html: str, key: uuid.UUID) -> SavedText:
        """Raises what `save_text` raises, and SheetLocked."""
        homes = self.homes.get(text.pk, [])
        refuse_locked(homes, by=self.by)
        rights = saving_as(homes[0], self.by) if homes else {}
        return save_text(text=text, base_version=base_version, html=html, key=key, by=self.by, **rights)
