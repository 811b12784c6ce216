"""Development gaps of a year: the list, choosing and correcting, order, what is printed and taken away."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.access import for_gap, for_round
from assessment.enums import Quarter
from assessment.exporters.gaps import gaps_csv
from assessment.forms.gap import GapForm, LimitForm, WithdrawGapForm, gap_initial
from assessment.gaps import CriterionCandidates, candidates_of, count_gaps, first_words, gap_sheets
from assessment.models import DevelopmentGap, Round
from assessment.permissions import runs_gaps, sees_round
from assessment.refusals import CLOSED
from assessment.services.gaps import (
    WITHDRAWN,
    GapShut,
    change_gap,
    choose_gap,
    move_gap,
    next_code,
    restore_gap,
    set_gap_limit,
    withdraw_gap,
)
from organizations.access import SignedInRequest
from organizations.models import AuditEvent
from texts.forms import present_versions
from texts.models import StaleVersion
from texts.services import TextLocked

NOT_CHANGED = "{} จึงยังไม่ได้เปลี่ยนแปลง"
NOT_SAVED = "{} จึงยังไม่ได้บันทึก ข้อมูลที่ท่านกรอกยังอยู่ด้านล่าง"
STALE = "มีผู้แก้ไขประเด็นนี้ก่อนท่าน ข้อมูลที่ท่านกรอกยังอยู่ด้านล่าง กรุณาตรวจแล้วกดบันทึกอีกครั้งหากต้องการใช้ตามที่ท่านกรอก"
STALE_ORDER = "มีผู้จัดลำดับหรือถอนประเด็นก่อนท่าน หน้านี้แสดงลำดับล่าสุดแล้ว"
STALE_LIMIT = "มีผู้กำหนดจำนวนอักขระก่อนท่าน หน้านี้แสดงจำนวนล่าสุดแล้ว กรุณาบันทึกอีกครั้งหากต้องการเปลี่ยน"


def quarter_asked(request: SignedInRequest) -> Quarter:
    """The quarter of the page; the fourth, which is the one that is asked for, unless told otherwise."""
    asked = request.GET.get("quarter", "")
    return Quarter(int(asked)) if asked in ("1", "2", "3") else Quarter.FOURTH


def quarters_of(round: Round) -> list[tuple[Quarter, str]]:
    """Every quarter with its months, for the choice above a page."""
    return [(quarter, quarter.months(round.year)) for quarter in Quarter]


def shut_clause(fault: TextLocked) -> str:
    """Why a change was refused a moment ago."""
    return fault.words if isinstance(fault, GapShut) else CLOSED


# --- reading --------------------------------------------------------------------------------------


@require_safe
@for_round(sees_round)
def gap_list(request: SignedInRequest, round: Round) -> HttpResponse:
    """The chosen gaps in their order: who leads, who has written for the quarter, the text to copy."""
    return _list_page(request, round)


def _list_page(
    request: SignedInRequest, round: Round, *, limit_form: LimitForm | None = None, status: int = 200
) -> HttpResponse:
    withdrawn = DevelopmentGap.objects.exclude(withdrawn_at=None).filter(round=round)
    context = _about(request, round) | {
        "sheets": gap_sheets(round, quarter_asked(request)),
        "withdrawn": withdrawn.select_related("withdrawn_by").in_order(),
        "limit_form": limit_form or LimitForm(initial={"seen": round.gap_limit, "limit": round.gap_limit}),
    }
    return render(request, "assessment/gap_list.html", context, status=status)


def _about(request: SignedInRequest, round: Round) -> dict[str, Any]:
    quarter = quarter_asked(request)
    return {
        "page_round": round,
        "round": round,
        "runs": runs_gaps(request.user, round),
        "count": count_gaps(round),
        "quarter": quarter,
        "months": quarter.months(round.year),
        "quarters": quarters_of(round),
    }


@require_safe
@for_round(sees_round)
def gap_print(request: SignedInRequest, round: Round) -> HttpResponse:
    """Every gap with its joined text for one quarter, as a paper."""
    context = _about(request, round) | {"sheets": gap_sheets(round, quarter_asked(request))}
    return render(request, "assessment/gap_print.html", context)


@require_safe
@for_round(runs_gaps)
def gap_csv(request: SignedInRequest, round: Round) -> HttpResponse:
    """All gaps as a file for a spreadsheet."""
    name, media_type, content = gaps_csv(round)
    if request.method == "GET":
        AuditEvent.record("gap.exported", round, by=request.user, agency=round.agency, format="csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=media_type, headers=headers)


@require_safe
@for_round(runs_gaps)
def gap_choose(request: SignedInRequest, round: Round) -> HttpResponse:
    """The open points by criterion, and a way to name a level that is not reached (`?criterion=` leads on)."""
    criteria = candidates_of(round)
    if asked := request.GET.get("criterion"):
        return redirect("gap_new", round.agency.code, round.year, _named(criteria, asked).wording.code)
    context = _about(request, round) | {
        "criteria": criteria,
        "any_candidate": any(row.candidates for row in criteria),
    }
    return render(request, "assessment/gap_choose.html", context)


# --- choosing and correcting ----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_round(runs_gaps)
def gap_new(request: SignedInRequest, round: Round, about: str) -> HttpResponse:
    """Choose a gap of the criterion with the code `about`, with the point `?point=` ticked."""
    if round.is_closed and request.method != "POST":
        messages.error(request, NOT_CHANGED.format(CLOSED))
        return redirect("gap_list", round.agency.code, round.year)
    criterion = _criterion(round, about)
    initial = _new_initial(request, round, criterion)
    form = GapForm(request.POST or None, round=round, about=criterion, initial=initial)
    if request.method == "POST" and form.is_valid():
        change = partial(
            choose_gap, round=round, wording=criterion.wording, data=form.data_given(), by=request.user
        )
        refusal = _saved(form, change)
        if not refusal:
            messages.success(request, f"เลือกประเด็น {form.cleaned_data['code']} แล้ว")
            return redirect("gap_list", round.agency.code, round.year)
        return _gap_page(request, round, criterion, form, refusal=refusal, status=409)
    return _gap_page(request, round, criterion, form, status=422 if form.errors else 200)


def _criterion(round: Round, code: str) -> CriterionCandidates:
    """The criterion of the address with what can be chosen there."""
    return _named(candidates_of(round), code)


def _named(criteria: list[CriterionCandidates], code: str) -> CriterionCandidates:
    found = next((row for row in criteria if row.wording.code == code), None)
    if found is None:
        raise Http404
    return found


def _new_initial(request: SignedInRequest, round: Round, about: CriterionCandidates) -> dict[str, Any]:
    """The next code; of the point that the person came from, its words."""
    initial: dict[str, Any] = {"base_version": 0, "code": next_code(round, about.wording)}
    asked = request.GET.get("point", "")
    for row in about.candidates:
        if str(row.point.uid) == asked and row.gap is None:
            initial |= {"points": [row.point.pk], "title": first_words(row.point, 500)}
    return initial


def _saved(form: GapForm, change: Callable[[], object]) -> str:
    """Make the change; gives why it was refused, or nothing. Faults of fields stand in the form."""
    try:
        change()
    except ValidationError as fault:
        for field, problems in fault.message_dict.items():
            form.add_error(field, problems)
        return "ยังไม่ได้บันทึก กรุณาแก้ไขตามที่ระบุด้านล่าง"
    except StaleVersion as stale:
        present_versions(form, base_version=stale.current.version)  # type: ignore[attr-defined]
        return STALE
    except TextLocked as locked:
        return NOT_SAVED.format(shut_clause(locked))
    return ""


def _gap_page(
    request: SignedInRequest,
    round: Round,
    about: CriterionCandidates,
    form: GapForm,
    *,
    gap: DevelopmentGap | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    address = (round.agency.code, round.year)
    context = _about(request, round) | {
        "about": about,
        "form": form,
        "gap": gap,
        "refusal": refusal,
        "back_url": reverse("gap", args=[*address, gap.uid]) if gap else reverse("gap_choose", args=address),
    }
    return render(request, "assessment/gap_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(runs_gaps)
def gap_edit(request: SignedInRequest, gap: DevelopmentGap) -> HttpResponse:
    """Correct a gap, its sources and its units."""
    round, about = gap.round, _criterion(gap.round, gap.wording.code)
    shut = CLOSED if round.is_closed else WITHDRAWN.format(code=gap.code) if gap.withdrawn_at else ""
    if shut and request.method != "POST":
        messages.error(request, NOT_CHANGED.format(shut))
        return redirect("gap", round.agency.code, round.year, gap.uid)
    form = GapForm(request.POST or None, round=round, about=about, gap=gap, initial=gap_initial(gap))
    if request.method == "POST" and form.is_valid():
        base = form.cleaned_data["base_version"]
        change = partial(change_gap, gap=gap, base_version=base, data=form.data_given(), by=request.user)
        refusal = _saved(form, change)
        if not refusal:
            messages.success(request, f"บันทึกประเด็น {form.cleaned_data['code']} แล้ว")
            return redirect("gap", round.agency.code, round.year, gap.uid)
        return _gap_page(request, round, about, form, gap=gap, refusal=refusal, status=409)
    return _gap_page(request, round, about, form, gap=gap, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(runs_gaps)
def gap_withdraw(request: SignedInRequest, gap: DevelopmentGap) -> HttpResponse:
    """Take a gap off the list, with the reason."""
    form = WithdrawGapForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_gap(gap=gap, reason=form.cleaned_data["reason"], by=request.user)
        except TextLocked as locked:
            form.add_error(None, NOT_SAVED.format(shut_clause(locked)))
            status = 409
        else:
            messages.success(request, f"ถอนประเด็น {gap.code} แล้ว นำกลับมาได้ที่ท้ายหน้านี้")
            return redirect("gap_list", gap.round.agency.code, gap.round.year)
    else:
        status = 422 if form.errors else 200
    context = _about(request, gap.round) | {
        "heading": f"ถอนประเด็น {gap.code}",
        "lead": gap.title,
        "form": form,
        "button": "ถอนประเด็นนี้",
        "back_url": reverse("gap_list", args=[gap.round.agency.code, gap.round.year]),
        "back_label": "ประเด็นพัฒนา",
    }
    return render(request, "site/form.html", context, status=status)


@require_POST
@for_gap(runs_gaps)
def gap_restore(request: SignedInRequest, gap: DevelopmentGap) -> HttpResponse:
    """Put a withdrawn gap back."""
    return _pressed(
        request, gap, partial(restore_gap, gap=gap, by=request.user), f"นำประเด็น {gap.code} กลับมาแล้ว"
    )


@require_POST
@for_gap(runs_gaps)
def gap_move(request: SignedInRequest, gap: DevelopmentGap, past: uuid.UUID) -> HttpResponse:
    """Put a gap before or behind its neighbour."""
    neighbour = get_object_or_404(DevelopmentGap, round=gap.round, uid=past)
    up = request.POST.get("direction") == "up"
    return _pressed(request, gap, partial(move_gap, gap=gap, past=neighbour, up=up, by=request.user))


def _pressed(
    request: SignedInRequest, gap: DevelopmentGap, change: Callable[[], object], done: str = ""
) -> HttpResponse:
    """A button of the list."""
    try:
        change()
    except TextLocked as locked:
        messages.error(request, NOT_CHANGED.format(shut_clause(locked)))
    except StaleVersion:
        messages.error(request, STALE_ORDER)
    except ValidationError as fault:
        messages.error(request, NOT_CHANGED.format(fault.messages[0]))
    else:
        if done:
            messages.success(request, done)
    return redirect("gap_list", gap.round.agency.code, gap.round.year)


@require_POST
@for_round(runs_gaps)
def gap_limit(request: SignedInRequest, round: Round) -> HttpResponse:
    """Say how many characters eMENSCR takes."""
    form = LimitForm(request.POST)
    if not form.is_valid():
        return _list_page(request, round, limit_form=form, status=422)
    try:
        set_gap_limit(round=round, **form.cleaned_data, by=request.user)
    except StaleVersion:
        messages.error(request, STALE_LIMIT)
    except TextLocked as locked:
        messages.error(request, NOT_CHANGED.format(shut_clause(locked)))
    else:
        messages.success(request, "บันทึกจำนวนอักขระแล้ว")
    return redirect("gap_list", round.agency.code, round.year)
