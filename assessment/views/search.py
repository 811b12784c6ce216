"""The search over everything that the person may see."""

from __future__ import annotations

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from assessment.forms.search import SearchForm
from assessment.models import SearchPending
from assessment.search.criteria import criterion_names
from assessment.search.finding import MOST, find
from assessment.search.results import filters_of, results_of
from organizations.access import SignedInRequest

PER_PAGE: Final = 20


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """One box and its results; while somebody types, only the results are sent."""
    form = SearchForm(request.GET, auto_id="search-%s")
    form.is_valid()
    wanted = form.wanted
    found = find(user=request.user, typed=form.typed, wanted=wanted)
    names = criterion_names() if found.words else {}
    page = Paginator(found.hits, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "typed": request.GET.get("q", ""),
        "found": found,
        "page": page,
        "results": results_of(list(page), found.words, names) if found.hits else [],
        "filters": filters_of(found, wanted, names) if found.words else [],
        "most": MOST,
        "waiting": bool(found.words) and SearchPending.objects.exists(),
        "query": _kept(request),
    }
    template = (
        "assessment/_search_results.html" if request.headers.get("HX-Request") else "assessment/search.html"
    )
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _kept(request: SignedInRequest) -> str:
    """What the addresses of the other pages begin with."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"{query.urlencode()}&" if query else ""
