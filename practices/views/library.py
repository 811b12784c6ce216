"""Reading: the list with its filters, and one case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from framework.models import Edition, EditionCriterion
from organizations.access import SignedInRequest
from practices.forms import FilterForm
from practices.models import Practice
from practices.permissions import curates_practice, writes_practices

from .access import export_places_of, visible_practice
from .exports import OFFERED

PER_PAGE: Final = 20


@dataclass(frozen=True)
class Entry:
    """One case of the list with its criteria in the words of the edition shown."""

    practice: Practice
    criteria: list[EditionCriterion]


@require_safe
def practice_list(request: SignedInRequest) -> HttpResponse:
    """The library, narrowed by the filters in the address."""
    shown = Practice.objects.visible_to(request.user).current()
    edition = Edition.objects.newest_first().first()
    filters = FilterForm(request.GET, shown=shown, edition=edition)
    cases = filters.apply(shown).select_related("agency", "kept_to").defer("source").in_thai_order()
    page = Paginator(cases.prefetch_related("criteria", "tags"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "entries": _entries(page, edition),
        "searching": any(request.GET.get(name) for name in filters.fields),
        "may_write": writes_practices(request.user),
        "export_places": list(export_places_of(request.user).values()),
        "export_formats": [(each.value, each.label) for each in OFFERED],
        "query": _filters_kept(request),
    }
    return render(request, "practices/practice_list.html", context)


@require_safe
def practice(request: SignedInRequest, pk: int) -> HttpResponse:
    """One case with its figures, award, source and criteria."""
    found = visible_practice(request.user, pk)
    edition = Edition.objects.newest_first().first()
    context = {
        "practice": found,
        "criteria": criteria_in(edition, [found])[found.pk],
        "may_edit": curates_practice(request.user, found),
    }
    return render(request, "practices/practice.html", context)


def criteria_in(edition: Edition | None, cases: list[Practice]) -> dict[int, list[EditionCriterion]]:
    """For each case its criteria in the words and order of the edition, in one query for all."""
    wanted = {criterion.pk for case in cases for criterion in case.criteria.all()}
    rows = EditionCriterion.objects.filter(edition=edition, criterion__in=wanted).order_by("position")
    return {
        case.pk: [row for row in rows if row.criterion_id in {c.pk for c in case.criteria.all()}]
        for case in cases
    }


def _entries(page: Page[Practice], edition: Edition | None) -> list[Entry]:
    cases = list(page.object_list)
    criteria = criteria_in(edition, cases)
    return [Entry(case, criteria[case.pk]) for case in cases]


def _filters_kept(request: SignedInRequest) -> str:
    """What the addresses of the other pages begin with."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"{query.urlencode()}&" if query else ""
