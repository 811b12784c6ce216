"""The list of rounds, one round, its set-up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.access import for_round
from assessment.enums import RoundState
from assessment.forms.round import ROUND_EXISTS, NewRoundForm, ReopenForm, RoundForm, SheetForm
from assessment.gaps import gap_overview
from assessment.line_text import reminder_text
from assessment.models import CategorySheet, Round
from assessment.permissions import runs_round, sees_round
from assessment.progress import RoundProgress, round_progress
from assessment.review import review_of
from assessment.services.locks import SheetLocked
from assessment.services.round_settings import save_round_settings, save_sheet_settings
from assessment.services.rounds import (
    RoundExists,
    TransitionRefused,
    close_round,
    create_round,
    open_round,
)
from organizations.access import SignedInRequest, for_agency
from organizations.adapter import letters_are_sent
from organizations.models import Agency, User
from organizations.permissions import is_member, runs_agency
from texts.forms import present_versions
from texts.models import StaleVersion
from texts.services import TextLocked


@require_safe
@for_agency(is_member)
def round_list(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The years of the agency."""
    rounds = Round.objects.visible_to(request.user).filter(agency=agency).select_related("agency", "edition")
    context = {"agency": agency, "rounds": rounds.newest_first(), "runs": runs_agency(request.user, agency)}
    return render(request, "assessment/round_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def round_new(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Make the form of a year."""
    form = NewRoundForm(request.POST or None, agency=agency)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            round = create_round(agency=agency, year=data["year"], edition=data["edition"], by=request.user)
        except RoundExists:
            form.add_error("year", ROUND_EXISTS.format(year=data["year"]))
        else:
            messages.success(request, f"สร้างแบบฟอร์มปี {round.year} แล้ว กรุณาตรวจการตั้งค่า แล้วเปิดให้คณะทำงานเขียน")
            return redirect("round_setup", agency.code, round.year)
    context = {
        "heading": "สร้างแบบฟอร์มของปีใหม่",
        "lead": "ระบบจะเตรียมหกหมวดและหัวคอลัมน์ตามแบบให้ แก้ไขได้ภายหลัง",
        "form": form,
        "button": "สร้างแบบฟอร์ม",
        "back_url": reverse("round_list", args=[agency.code]),
        "back_label": "แบบฟอร์มทุกปี",
    }
    return render(request, "site/form.html", context, status=422 if form.errors else 200)


@require_safe
@for_round(sees_round)
def round_page(request: SignedInRequest, round: Round) -> HttpResponse:
    """Six sheets with their progress; what is missing; print."""
    progress = round_progress(round)
    rows = [review_of(sheet, request.user) for sheet in progress.sheets]
    context = {
        "page_round": round,
        "round": round,
        "progress": progress,
        "rows": rows,
        "runs": runs_round(request.user, round),
        "line_text": _line_text(request.user, progress),
        "mail_works": letters_are_sent(),
        "gaps": gap_overview(round, request.user),
    }
    return render(request, "assessment/round.html", context)


def _line_text(user: User, progress: RoundProgress) -> str:
    """What the secretariat pastes into the LINE group while the committees write; nothing for anybody else."""
    round = progress.round
    if not (round.is_open and runs_round(user, round)):
        return ""
    address = settings.PUBLIC_ADDRESS.rstrip("/") + round.get_absolute_url()
    return reminder_text(progress, address, timezone.localdate())


@require_http_methods(["GET", "HEAD", "POST"])
@for_round(runs_round)
def round_setup(request: SignedInRequest, round: Round) -> HttpResponse:
    """Title, deadline, print settings; headings of each category; open and close."""
    form = _round_form(round, request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        refusal = _save(request, form, partial(save_round_settings, round=round))
        if not refusal:
            messages.success(request, "บันทึกการตั้งค่าแล้ว")
            return redirect("round_setup", round.agency.code, round.year)
    elif request.method == "POST" and round.is_closed:
        refusal = CLOSED
    return _setup_page(request, round, form, refusal=refusal)


def _round_form(round: Round, data: Any = None) -> RoundForm:
    return RoundForm(data, instance=round, initial={"base_version": round.version})


def _setup_page(
    request: SignedInRequest,
    round: Round,
    form: RoundForm,
    *,
    refusal: str = "",
    reopen_form: ReopenForm | None = None,
) -> HttpResponse:
    """The page of all settings; `reopen_form` is one that was refused."""
    # A bound ModelForm writes into its instance; the page around it shows the round as it is stored.
    stored = Round.objects.select_related("agency", "edition").get(pk=round.pk)
    sheets = CategorySheet.objects.filter(round=round).select_related("category", "round__agency")
    context = {
        "page_round": stored,
        "round": stored,
        "form": form,
        "sheets": sheets.order_by("category__number"),
        "refusal": refusal,
        "reopen_form": reopen_form or ReopenForm(),
        "closed": stored.state == RoundState.CLOSED,
    }
    status = 422 if reopen_form else _status(form, refusal)
    return render(request, "assessment/round_setup.html", context, status=status)


STALE = "มีผู้แก้ไขการตั้งค่านี้ก่อนท่าน ค่าที่ท่านกรอกยังอยู่ด้านล่าง กรุณาตรวจแล้วกดบันทึกอีกครั้งหากต้องการใช้ค่าของท่าน"
CLOSED = "แบบฟอร์มปีนี้ปิดแล้ว จึงแก้การตั้งค่าไม่ได้ ค่าที่ท่านกรอกยังอยู่ด้านล่าง"
APPROVED = "หมวด {} เห็นชอบแล้ว จึงยังไม่ได้บันทึก กรุณาเปิดหมวดนี้ให้แก้อีกครั้งก่อน ค่าที่ท่านกรอกยังอยู่ด้านล่าง"


def _status(form: RoundForm | SheetForm, refusal: str) -> int:
    if refusal:
        return 409
    return 422 if form.errors else 200


def _save(request: SignedInRequest, form: RoundForm | SheetForm, save: Callable[..., None]) -> str:
    """Save a settings form on top of the version that the person saw; gives why it was refused, or nothing.

    The next try gets the present version.
    """
    settings = dict(form.cleaned_data)
    base = settings.pop("base_version")
    try:
        save(base_version=base, settings=settings, changed=form.changed_data, by=request.user)
    except StaleVersion as stale:
        present_versions(form, base_version=stale.current.version)  # type: ignore[attr-defined]
        return STALE
    except SheetLocked as locked:
        return APPROVED.format(locked.sheet.number)
    except TextLocked:
        return CLOSED
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@for_round(runs_round)
def sheet_setup(request: SignedInRequest, round: Round, number: int) -> HttpResponse:
    """The headings and the layout of one category."""
    sheets = CategorySheet.objects.filter(round=round).select_related("category", "round__agency")
    sheet = get_object_or_404(sheets, category__number=number)
    approved = sheet.is_approved
    form = SheetForm(request.POST or None, instance=sheet, initial={"base_version": sheet.version})
    refusal = ""
    if request.method == "POST" and form.is_valid():
        refusal = _save(request, form, partial(save_sheet_settings, sheet=sheet))
        if not refusal:
            messages.success(request, f"บันทึกหัวคอลัมน์ของหมวด {number} แล้ว")
            return redirect("round_setup", round.agency.code, round.year)
    elif request.method == "POST" and round.is_closed:
        refusal = CLOSED
    context = {
        "approved": approved,
        "page_round": round,
        "round": round,
        "number": number,
        "form": form,
        "refusal": refusal,
        "back_url": reverse("round_setup", args=[round.agency.code, round.year]),
    }
    return render(request, "assessment/sheet_setup.html", context, status=_status(form, refusal))


@require_POST
@for_round(runs_round)
def round_open(request: SignedInRequest, round: Round) -> HttpResponse:
    """Open the round for writing; a closed one needs a reason."""
    reason = ""
    if round.is_closed:
        form = ReopenForm(request.POST)
        if not form.is_valid():
            return _setup_page(request, round, _round_form(round), reopen_form=form)
        reason = form.cleaned_data["reason"]
    try:
        open_round(round=round, by=request.user, reason=reason)
        messages.success(request, "เปิดให้คณะทำงานเขียนแล้ว")
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    return redirect("round_setup", round.agency.code, round.year)


@require_POST
@for_round(runs_round)
def round_close(request: SignedInRequest, round: Round) -> HttpResponse:
    """Close the round: everything becomes read-only."""
    try:
        close_round(round=round, by=request.user)
        messages.success(request, "ปิดแบบฟอร์มแล้ว ทุกหมวดอ่านได้อย่างเดียว")
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    return redirect("round_setup", round.agency.code, round.year)
