"""The sheet as the committee knows it: the table of one category on the page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessment.access import for_sheet
from assessment.models import CategorySheet, SheetFigure
from assessment.permissions import can_write
from assessment.progress import round_progress
from assessment.review import review_of
from documents.reading import read_form
from organizations.access import SignedInRequest


@require_safe
@for_sheet(writing=False)
def sheet(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """The table with the columns of the category; editing starts from the cell."""
    round = sheet.round
    form = read_form(round, {sheet.number}, at=timezone.now())
    progress = round_progress(round, {sheet.number}).sheets[0]
    context = {
        "page_round": round,
        "round": round,
        "sheet": sheet,
        "category": form.categories[0],
        "progress": progress,
        "review": review_of(progress, request.user),
        "writable": can_write(request.user, sheet),
        "figures": SheetFigure.objects.filter(sheet=sheet).select_related("figure"),
        "numbers": range(1, 7),
    }
    return render(request, "documents/sheet.html", context)
