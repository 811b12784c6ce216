"""The list of rounds, one round, its set-up."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.access import for_round
from assessment.enums import RoundState
from assessment.forms.round import NewRoundForm, ReopenForm, RoundForm, SheetForm
from assessment.models import CategorySheet, Round
from assessment.permissions import can_write, runs_round, sees_round
from assessment.progress import round_progress
from assessment.services.rounds import TransitionRefused, close_round, create_round, open_round
from organizations.access import SignedInRequest, for_agency
from organizations.models import Agency, AuditEvent
from organizations.permissions import is_member, runs_agency
from texts.forms import present_versions
from texts.models import StaleVersion
from thai.text import normalise


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
        round = create_round(agency=agency, year=data["year"], edition=data["edition"], by=request.user)
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
    rows = [(sheet, can_write(request.user, sheet.sheet)) for sheet in progress.sheets]
    context = {
        "page_round": round,
        "round": round,
        "progress": progress,
        "rows": rows,
        "runs": runs_round(request.user, round),
    }
    return render(request, "assessment/round.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_round(runs_round)
def round_setup(request: SignedInRequest, round: Round) -> HttpResponse:
    """Title, deadline, print settings; headings of each category; open and close."""
    form = RoundForm(request.POST or None, instance=round, initial={"base_version": round.version})
    refusal = ""
    if request.method == "POST":
        refusal = _closed(round)
        if form.is_valid() and not refusal:
            try:
                _save_versioned(form, round, request)
            except StaleVersion:
                refusal = STALE
            else:
                messages.success(request, "บันทึกการตั้งค่าแล้ว")
                return redirect("round_setup", round.agency.code, round.year)
    # A bound ModelForm writes into its instance; the page around it shows the round as it is stored.
    stored = Round.objects.select_related("agency", "edition").get(pk=round.pk)
    sheets = CategorySheet.objects.filter(round=round).select_related("category", "round__agency")
    context = {
        "page_round": stored,
        "round": stored,
        "form": form,
        "sheets": sheets.order_by("category__number"),
        "refusal": refusal,
        "reopen_form": ReopenForm(),
        "closed": stored.state == RoundState.CLOSED,
    }
    return render(request, "assessment/round_setup.html", context, status=_status(form, refusal))


STALE = "มีผู้แก้ไขการตั้งค่านี้ก่อนท่าน ค่าที่ท่านกรอกยังอยู่ด้านล่าง กรุณาตรวจแล้วกดบันทึกอีกครั้งหากต้องการใช้ค่าของท่าน"


def _closed(round: Round) -> str:
    return "แบบฟอร์มปีนี้ปิดแล้ว จึงแก้การตั้งค่าไม่ได้ ค่าที่ท่านกรอกยังอยู่ด้านล่าง" if round.is_closed else ""


def _status(form: RoundForm | SheetForm, refusal: str) -> int:
    if refusal:
        return 409
    return 422 if form.errors else 200


@transaction.atomic
def _save_versioned(
    form: RoundForm | SheetForm, row: Round | CategorySheet, request: SignedInRequest
) -> None:
    """Save a settings form on top of the version that the person saw; the next try gets the present one."""
    base = form.cleaned_data["base_version"]
    try:
        row.claim_version(base)
    except StaleVersion as stale:
        present_versions(form, base_version=stale.current.version)  # type: ignore[attr-defined]
        raise
    saved = form.save()
    round = saved if isinstance(saved, Round) else saved.round
    AuditEvent.record("settings.saved", saved, by=request.user, agency=round.agency, fields=form.changed_data)


@require_http_methods(["GET", "HEAD", "POST"])
@for_round(runs_round)
def sheet_setup(request: SignedInRequest, round: Round, number: int) -> HttpResponse:
    """The headings and the layout of one category."""
    sheets = CategorySheet.objects.filter(round=round).select_related("category", "round__agency")
    sheet = get_object_or_404(sheets, category__number=number)
    form = SheetForm(request.POST or None, instance=sheet, initial={"base_version": sheet.version})
    refusal = ""
    if request.method == "POST":
        refusal = _closed(round)
        if form.is_valid() and not refusal:
            try:
                _save_versioned(form, sheet, request)
            except StaleVersion:
                refusal = STALE
            else:
                messages.success(request, f"บันทึกหัวคอลัมน์ของหมวด {number} แล้ว")
                return redirect("round_setup", round.agency.code, round.year)
    context = {
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
    reason = normalise(request.POST.get("reason", ""))[:300]
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
