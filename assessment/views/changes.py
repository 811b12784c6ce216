"""«เปลี่ยนอะไรไปบ้าง»: what changed in a form or in one category since a day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessment.access import for_round, for_sheet
from assessment.changes import changes_since
from assessment.forms.changes import DAYS, Landmark, SinceForm, landmarks_of
from assessment.late_texts import late_places
from assessment.models import CategorySheet, Round
from assessment.permissions import sees_round
from organizations.access import SignedInRequest


@require_safe
@for_round(sees_round)
def round_changes(request: SignedInRequest, round: Round) -> HttpResponse:
    """All six categories; those without a change are named as such."""
    context = {
        "number": None,
        "heading": f"เปลี่ยนอะไรไปบ้าง ปี {round.year}",
        "back_url": round.get_absolute_url(),
        "back_label": f"แบบฟอร์มปี {round.year}",
    }
    return _changes_page(request, round, landmarks_of(round), context)


@require_safe
@for_sheet(writing=False)
def sheet_changes(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """One category."""
    round, number = sheet.round, sheet.number
    context = {
        "number": number,
        "heading": f"เปลี่ยนอะไรไปบ้าง หมวด {number}",
        "back_url": reverse("sheet", args=[round.agency.code, round.year, number]),
        "back_label": f"หมวด {number}",
    }
    return _changes_page(request, round, landmarks_of(round, sheet), context)


def _changes_page(
    request: SignedInRequest, round: Round, landmarks: dict[str, Landmark], about: dict[str, Any]
) -> HttpResponse:
    form = SinceForm(request.GET, landmarks=landmarks)
    number: int | None = about["number"]
    since = form.moment if form.is_valid() else None
    sheets = changes_since(round, since.at, None if number is None else {number}) if since else []
    context = about | {
        "page_round": round,
        "round": round,
        "form": form,
        "since": since,
        "late": [place for place in late_places(round) if number in (None, place.number)],
        "days": DAYS,
        "sheets": [sheet for sheet in sheets if sheet.count],
        "unchanged": [sheet for sheet in sheets if not sheet.count],
        "count": sum(sheet.count for sheet in sheets),
    }
    return render(request, "assessment/changes.html", context, status=200 if since else 422)
