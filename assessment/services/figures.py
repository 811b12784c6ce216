"""Full-width figures after the table of a category."""

from __future__ import annotations

from typing import BinaryIO

from django.db import transaction
from django.db.models import Max

from assessment.models import CategorySheet, SheetFigure
from organizations.models import AuditEvent, User
from texts.figures import add_figure

from .locks import hold_sheets


def add_sheet_figure(
    *, sheet: CategorySheet, file: BinaryIO, size: int, caption: str, alternative: str, by: User | None
) -> SheetFigure:
    """Put a figure at the end of the category.

    Raises ValidationError when the file is no usable picture, TextLocked when the round was closed meanwhile.
    """
    agency = sheet.round.agency
    # apart from the transaction below: decoding takes seconds, in which nobody else could save on SQLite
    figure = add_figure(file=file, size=size, agency=agency, by=by)
    with transaction.atomic():
        hold_sheets(sheet.round, [sheet], by=by)
        last = sheet.figures.aggregate(last=Max("position"))["last"] or 0
        row = SheetFigure.objects.create(
            sheet=sheet, figure=figure, position=last + 1, caption=caption, alternative=alternative
        )
        AuditEvent.record("sheet_figure.added", row, by=by, agency=agency)
    return row


@transaction.atomic
def change_sheet_figure(
    *, row: SheetFigure, base_version: int, caption: str, alternative: str, by: User
) -> None:
    """Save caption and description on top of the version that the person saw. Raises StaleVersion, TextLocked."""
    hold_sheets(row.sheet.round, [row.sheet_id], by=by)
    row.claim_version(base_version)
    row.caption, row.alternative = caption, alternative
    row.save(update_fields=["caption", "alternative"])
    AuditEvent.record("sheet_figure.changed", row, by=by, agency=row.sheet.round.agency)


@transaction.atomic
def remove_sheet_figure(*, row: SheetFigure, by: User) -> None:
    """Take a figure out of the category; the picture itself stays stored. Raises TextLocked."""
    hold_sheets(row.sheet.round, [row.sheet_id], by=by)
    AuditEvent.record(
        "sheet_figure.removed", row, by=by, agency=row.sheet.round.agency, figure=str(row.figure.uid)
    )
    row.delete()
