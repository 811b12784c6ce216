"""Choosing cases of the library for a criterion."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap

from assessment.access import for_criterion, require_writable
from assessment.case_panel import offers_of
from assessment.forms.practices import NOTHING_TICKED, CasesForm, PassageForm
from assessment.models import ChosenPractice, CriterionAnalysis
from assessment.refusals import late_words
from assessment.services.practices import (
    SourceMoved,
    cases_for,
    choose_practice,
    move_practice,
    remove_practice,
    take_passage,
)
from assessment.sources import chosen_cases
from organizations.access import SignedInRequest
from practices.models import Practice, PracticeQuerySet
from texts.cleaning import UncleanText
from texts.excerpts import parts_of
from texts.models import StaleVersion
from texts.services import TextLocked

from .activities import address

REFUSED = "{} จึงยังไม่ได้เปลี่ยนแปลงตัวอย่าง"
MOVED = "ตัวอย่างนี้ถูกแก้ไขหลังจากที่ท่านเปิดอ่าน จึงยังไม่ได้ใส่ในแบบฟอร์ม กรุณาอ่านฉบับล่าสุดแล้วเลือกอีกครั้ง"
ADDED = "ใส่ส่วนที่เลือกจากตัวอย่างของ{}ในข้อ {} แล้ว"
ALREADY = "ส่วนที่เลือกอยู่ในแบบฟอร์มแล้ว"


@require_safe
@for_criterion(writing=True)
def practice_choice(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse:
    """The cases for this criterion, best match to its open gaps first; others by a search or all in a row."""
    form = CasesForm(request.GET)
    cases = _cases(request, analysis)
    offers = offers_of(analysis=analysis, cases=cases, user=request.user, **form.wanted)
    context = {"offers": offers, "form": form, **form.wanted}
    return _part(request, analysis, "assessment/practice_choice.html", "assessment/_cases.html", context)


@require_safe
@for_criterion(writing=True)
def practice_preview(request: SignedInRequest, analysis: CriterionAnalysis, pk: int) -> HttpResponse:
    """One case whole, to be taken whole or in parts."""
    practice = get_object_or_404(_cases(request, analysis), pk=pk)
    return _preview(request, analysis, practice)


def _preview(
    request: SignedInRequest, analysis: CriterionAnalysis, practice: Practice, status: int = 200, **said: str
) -> HttpResponse:
    """The case with its parts; `done` or `problem` tells what became of the last press."""
    context: dict[str, Any] = {
        "practice": practice,
        "parts": parts_of(practice.text.html),
        "taken": analysis.chosen_practices.current().filter(practice=practice).exists(),
        "form": CasesForm(request.GET),
        "done": "",
        "problem": "",
    } | said
    templates = ("assessment/practice_preview.html", "assessment/_case_preview.html")
    return _part(request, analysis, *templates, context, status)


def _part(
    request: SignedInRequest,
    analysis: CriterionAnalysis,
    page: str,
    part: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of its own, or what stands in the panel beside the text."""
    in_panel = bool(request.htmx)  # type: ignore[attr-defined]
    round = analysis.sheet.round
    about = {"page_round": round, "round": round, "analysis": analysis, "in_panel": in_panel}
    response = render(request, part if in_panel else page, about | context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _cases(request: SignedInRequest, analysis: CriterionAnalysis) -> PracticeQuerySet:
    """The cases on offer in this form."""
    cases = cases_for(agency=analysis.sheet.round.agency, user=request.user)
    return cases.select_related("agency", "text")


@require_POST
@for_criterion(writing=True)
def practice_choose(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse:
    """Copy a case into the criterion, whole or the parts that were ticked."""
    pk = request.POST.get("practice", "")
    practice = get_object_or_404(_cases(request, analysis), pk=pk if pk.isascii() and pk.isdigit() else None)
    if request.POST.get("take") == "parts":
        return _take_parts(request, analysis, practice)
    change = partial(choose_practice, analysis=analysis, practice=practice, by=request.user)
    done = f"ใส่ตัวอย่างของ{practice.agency.name}ในข้อ {analysis.wording.code} แล้ว"
    if not request.htmx:  # type: ignore[attr-defined]
        return _changed(request, analysis, change, done)
    refusal = _refusal_of(request, analysis, change)
    if request.POST.get("from") == "preview":
        return _preview_again(request, analysis, practice, done, refusal)
    if refusal:
        said = render(request, "assessment/_refusal.html", {"message": refusal}, status=409)
        return reswap(said, "beforebegin")
    return _with_chosen(request, analysis, render(request, "assessment/_case_taken.html", {"done": done}))


def _take_parts(request: SignedInRequest, analysis: CriterionAnalysis, practice: Practice) -> HttpResponse:
    """Whatever becomes of it, the case is shown again in the panel; without JavaScript only when it was refused."""
    form = PassageForm(request.POST)
    if not form.is_valid():
        problem = NOTHING_TICKED if form.non_field_errors() else MOVED
        return _preview(request, analysis, practice, 422, problem=problem)
    added: list[bool] = []

    def change() -> None:
        asked: dict[str, Any] = form.cleaned_data
        added.append(take_passage(analysis=analysis, practice=practice, by=request.user, **asked))

    try:
        refusal = _refusal_of(request, analysis, change)
    except SourceMoved:
        refusal = MOVED
    except UncleanText as fault:
        refusal = str(fault)
    done = ADDED.format(practice.agency.name, analysis.wording.code) if added == [True] else ALREADY
    if refusal or request.htmx:  # type: ignore[attr-defined]
        return _preview_again(request, analysis, practice, done, refusal)
    messages.success(request, done)
    return redirect("criterion", *address(analysis))


def _preview_again(
    request: SignedInRequest, analysis: CriterionAnalysis, practice: Practice, done: str, refusal: str
) -> HttpResponse:
    """The case as it stands now, with what became of the press."""
    if refusal:
        return _preview(request, analysis, practice, 409, problem=refusal)
    return _with_chosen(request, analysis, _preview(request, analysis, practice, done=done))


def _with_chosen(
    request: SignedInRequest, analysis: CriterionAnalysis, response: HttpResponse
) -> HttpResponse:
    """The answer, and beside it the list of the cases in the form as it stands now."""
    context = {
        "analysis": analysis,
        "round": analysis.sheet.round,
        "wording": analysis.wording,
        "chosen": chosen_cases(analysis),
        "writable": True,
        "out_of_band": True,
    }
    response.content += render(request, "assessment/_chosen.html", context).content
    return response


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
    if refusal := _refusal_of(request, analysis, change):
        messages.error(request, refusal)
    elif done:
        messages.success(request, done)
    return redirect("criterion", *address(analysis))


def _refusal_of(request: SignedInRequest, analysis: CriterionAnalysis, change: Callable[[], object]) -> str:
    """Make the change; the words when the category takes none."""
    try:
        require_writable(request.user, analysis.sheet)
        change()
    except TextLocked:
        return REFUSED.format(late_words(request.user, analysis.sheet))
    return ""
