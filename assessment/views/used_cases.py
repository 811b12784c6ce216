"""The cases that a form has taken."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessment.access import for_round
from assessment.case_uses import proposed_in, used_in
from assessment.models import Round
from assessment.permissions import sees_round
from organizations.access import SignedInRequest


@require_safe
@for_round(sees_round)
def round_practices(request: SignedInRequest, round: Round) -> HttpResponse:
    """Every case with the criteria that have it, and whether its source has changed."""
    cases = used_in(round, request.user)
    context = {
        "page_round": round,
        "round": round,
        "cases": cases,
        "proposed": proposed_in(round, request.user),
        "changed": sum(any(use.changes for use in case.uses) for case in cases),
    }
    return render(request, "assessment/round_practices.html", context)
