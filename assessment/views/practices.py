"""Choosing cases of the library for a criterion."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessment.access import for_criterion, require_writable
from assessment.models import ChosenPractice, CriterionAnalysis
from assessment.refusals import late_words
from assessment.services.practices import cases_for, choose_practice, move_practice, remove_practice
from organizations.access import SignedInRequest
from practices.models import PracticeQuerySet
from texts.models import StaleVersion
from texts.services import TextLocked

from .activities import address

REFUSED = "{} จึงยังไม่ได้เปลี่ยนแปลงตัวอย่าง"


@require_safe
@for_criterion(writing=True)
def practice_choice(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse:
    """The cases that the library has for this criterion, and all others on demand."""
    cases = _cases(request, analysis)
    everything = request.GET.get("all") == "1"
    if not everything:
        cases = cases.filter(criteria=analysis.wording.criterion_id)
    page = Paginator(cases.in_thai_order(), 20).get_page(request.GET.get("page"))
    context = {
        "page_round": analysis.sheet.round,
        "round": analysis.sheet.round,
        "analysis": analysis,
        "page": page,
        "everything": everything,
        "taken": set(analysis.chosen_practices.current().values_list("practice_id", flat=True)),
    }
    return render(request, "assessment/practice_choice.html", context)


def _cases(request: SignedInRequest, analysis: CriterionAnalysis) -> PracticeQuerySet:
    """The cases on offer in this form."""
    cases = cases_for(agency=analysis.sheet.round.agency, user=request.user)
    return cases.select_related("agency", "text")


@require_POST
@for_criterion(writing=True)
def practice_choose(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse:
    """Copy one case into the criterion."""
    pk = request.POST.get("practice", "")
    practice = get_object_or_404(_cases(request, analysis), pk=pk if pk.isascii() and pk.isdigit() else None)
    change = partial(choose_practice, analysis=analysis, practice=practice, by=request.user)
    return _changed(
        request, analysis, change, f"ใส่ตัวอย่างของ{practice.agency.name}ในข้อ {analysis.wording.code} แล้ว"
    )


@require_POST
@for_criterion(writing=True)
def practice_remove(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Take a case out of the criterion."""
    chosen = _chosen(analysis, uid)
    change = partial(remove_practice, chosen=chosen, by=request.user)
    return _changed(
        request, analysis, change, f"นำตัวอย่างของ{chosen.agency_name}ออกแล้ว เลือกจากคลังอีกครั้งได้ ข้อความที่แก้ไว้ยังอยู่"
    )


@require_POST
@for_criterion(writing=True)
def practice_move(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Swap a case with its neighbour."""
    chosen = _chosen(analysis, uid)
    up = request.POST.get("direction") == "up"
    try:
        base_version = int(request.POST.get("base_version", ""))
        change = partial(move_practice, chosen=chosen, up=up, base_version=base_version, by=request.user)
        return _changed(request, analysis, change)
    except (StaleVersion, ValueError):
        messages.error(request, "มีผู้จัดลำดับตัวอย่างก่อนท่าน หน้านี้แสดงลำดับล่าสุดแล้ว")
    return redirect("criterion", *address(analysis))


def _chosen(analysis: CriterionAnalysis, uid: uuid.UUID) -> ChosenPractice:
    rows = ChosenPractice.objects.current().select_related("practice", "analysis__sheet__round__agency")
    return get_object_or_404(rows, analysis=analysis, uid=uid)


def _changed(
    request: SignedInRequest, analysis: CriterionAnalysis, change: Callable[[], object], done: str = ""
) -> HttpResponse:
    """Make the change, or say why the category takes none, also when it was submitted a moment ago."""
    try:
        require_writable(request.user, analysis.sheet)
        change()
    except TextLocked:
        messages.error(request, REFUSED.format(late_words(request.user, analysis.sheet)))
    else:
        if done:
            messages.success(request, done)
    return redirect("criterion", *address(analysis))
