"""How views get the round, sheet or criterion of their address: scoped (404), then the right (403)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404

from organizations.access import SignedInRequest, View
from organizations.models import User
from texts.services import TextLocked

from .models import CategorySheet, CriterionAnalysis, DevelopmentGap, Round
from .permissions import reviews_sheet, state_allows_writing, writes_sheet


def require_writable(user: User, sheet: CategorySheet) -> None:
    """Whether the states of round and category let this person write. Raises TextLocked, as the services do."""
    if not state_allows_writing(user, sheet):
        raise TextLocked


def for_round(needs: Callable[[User, Round], bool]) -> Callable[[View], View]:
    """Hand the view the round of `a/<agency>/<year>/`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(
            request: SignedInRequest, agency: str, year: int, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            rounds = Round.objects.visible_to(request.user).select_related("agency", "edition")
            round = get_object_or_404(rounds, agency__code=agency, year=year)
            if not needs(request.user, round):
                raise PermissionDenied
            return view(request, round, *args, **kwargs)

        return inner

    return decorate


def for_sheet(
    *, writing: bool = False, reviewing: bool = False, posting: bool = False
) -> Callable[[View], View]:
    """Hand the view the sheet of `a/<agency>/<year>/category-<number>/`.

    With `posting` everybody of the agency reads, and only a POST needs the right to write.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(
            request: SignedInRequest, agency: str, year: int, number: int, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            sheets = CategorySheet.objects.filter(round__in=Round.objects.visible_to(request.user))
            sheet = get_object_or_404(
                sheets.select_related("round__agency", "round__edition", "category", "obstacles", "remedies"),
                round__agency__code=agency,
                round__year=year,
                category__number=number,
            )
            needed = writing or (posting and request.method == "POST")
            if needed and not writes_sheet(request.user, sheet):
                raise PermissionDenied
            if reviewing and not reviews_sheet(request.user, sheet):
                raise PermissionDenied
            return view(request, sheet, *args, **kwargs)

        return inner

    return decorate


def for_criterion(*, writing: bool, posting: bool = False) -> Callable[[View], View]:
    """Hand the view the criterion of `a/<agency>/<year>/<code>/`; `posting` as above."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(
            request: SignedInRequest, agency: str, year: int, code: str, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            analyses = CriterionAnalysis.objects.visible_to(request.user).with_names()
            analysis = get_object_or_404(
                analyses, sheet__round__agency__code=agency, sheet__round__year=year, wording__code=code
            )
            needed = writing or (posting and request.method == "POST")
            if needed and not writes_sheet(request.user, analysis.sheet):
                raise PermissionDenied
            return view(request, analysis, *args, **kwargs)

        return inner

    return decorate


def for_gap(
    needs: Callable[[User, Round], bool], *, posting: Callable[[User, Round], bool] | None = None
) -> Callable[[View], View]:
    """Hand the view the development gap of `a/<agency>/<year>/gaps/<uid>/`, also a withdrawn one.

    With `posting` a POST needs that right besides.
    """

    def decorate(view: View) -> View:
        @for_round(needs)
        @wraps(view)
        def inner(
            request: SignedInRequest, round: Round, uid: uuid.UUID, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if posting and request.method == "POST" and not posting(request.user, round):
                raise PermissionDenied
            gaps = DevelopmentGap.objects.filter(round=round).select_related(
                "wording", "chosen_by", "withdrawn_by"
            )
            gap = get_object_or_404(gaps, uid=uid)
            gap.round = round
            return view(request, gap, *args, **kwargs)

        return inner

    return decorate
