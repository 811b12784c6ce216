"""Full-width figures after the table of a category."""

from __future__ import annotations

from typing import BinaryIO

from django.db import transaction
from django.db.models import Max

from assessment.models import CategorySheet, SheetFigure
from organizations.models import AuditEvent, User
from texts.figures import add_figure


@transaction.atomic
def add_sheet_figure(
    *, sheet: CategorySheet, file: BinaryIO, size: int, caption: str, alternative: str, by: User | None
) -> SheetFigure:
    """Put a figure at the end of the category. Raises ValidationError when the file is no usable picture."""
    agency = sheet.round.agency
    figure = add_figure(file=file, size=size, agency=agency, by=by)
    last = sheet.figures.aggregate(last=Max("position"))["last"] or 0
    row = SheetFigure.objects.create(
        sheet=sheet, figure=figure, position=last + 1, caption=caption, alternative=alternative
    )
    AuditEvent.record("sheet_figure.added", row, by=by, agency=agency)
    return row


@transaction.atomic
def remove_sheet_figure(*, row: SheetFigure, by: User) -> None:
    """Take a figure out of the category; the picture itself stays stored."""
    AuditEvent.record(
        "sheet_figure.removed", row, by=by, agency=row.sheet.round.agency, figure=str(row.figure.uid)
    )
    row.delete()
