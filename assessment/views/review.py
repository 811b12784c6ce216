"""The review of a category: the page where it is submitted, the page where it is read, and their buttons."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.access import for_sheet
from assessment.forms.review import ApproveForm, ExtensionForm, ReopenSheetForm, ReturnForm, StepForm
from assessment.models import CategorySheet, SheetStep
from assessment.progress import round_progress
from assessment.review import SheetReview, review_of
from assessment.services.comments import drafts_in
from assessment.services.review import (
    NotComplete,
    approve_sheet,
    extend_deadline,
    pull_back,
    reopen_sheet,
    return_sheet,
    start_review,
    submit_sheet,
)
from assessment.services.rounds import TransitionRefused
from organizations.access import SignedInRequest
from texts.forms import present_versions
from texts.models import StaleVersion
from texts.scans import scan_response

STALE = "มีผู้เปลี่ยนสถานะของหมวดนี้หลังจากที่ท่านเปิดหน้านี้ จึงยังไม่ได้ทำรายการ หน้านี้แสดงสถานะล่าสุดแล้ว กรุณาตรวจแล้วกดอีกครั้งหากยังต้องการ"
SUBMITTED = "ส่งหมวด {} ให้ฝ่ายเลขานุการแล้ว ดึงกลับมาแก้ไขได้จนกว่าฝ่ายเลขานุการจะเริ่มตรวจ"


def sheet_review_of(request: SignedInRequest, sheet: CategorySheet) -> SheetReview:
    """The category as it stands now, for this person."""
    return review_of(round_progress(sheet.round, {sheet.number}).sheets[0], request.user)


def _back(sheet: CategorySheet, name: str = "sheet") -> str:
    return reverse(name, args=[sheet.round.agency.code, sheet.round.year, sheet.number])


# --- the committee --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_sheet(writing=True)
def sheet_submit(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """What is still missing, or the button that hands the category to the secretariat."""
    refusal, status = "", 200
    if request.method == "POST":
        refusal, status = _press(request, sheet, submit_sheet)
        if not refusal:
            messages.success(request, SUBMITTED.format(sheet.number))
            return redirect(_back(sheet))
    review = sheet_review_of(request, sheet)
    context = _context(review) | {"refusal": refusal, "form": StepForm(sheet=review.sheet)}
    return render(request, "assessment/sheet_submit.html", context, status=status)


def _press(request: SignedInRequest, sheet: CategorySheet, change: Callable[..., None]) -> tuple[str, int]:
    """Take a step that needs no words; gives why it was refused, and the status of that answer."""
    form = StepForm(request.POST, sheet=sheet)
    if not form.is_valid():
        return STALE, 409
    try:
        change(sheet=sheet, by=request.user, **form.cleaned_data)
    except NotComplete as refused:
        return str(refused), 422
    except TransitionRefused as refused:
        return str(refused), 409
    except StaleVersion:
        return STALE, 409
    return "", 302


def _context(review: SheetReview) -> dict[str, Any]:
    sheet = review.sheet
    return {"page_round": sheet.round, "round": sheet.round, "sheet": sheet, "review": review}


@require_POST
@for_sheet(writing=True)
def sheet_pull_back(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Take a submission back."""
    refusal, _ = _press(request, sheet, pull_back)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, f"ดึงหมวด {sheet.number} กลับแล้ว แก้ไขต่อได้ เมื่อพร้อมกรุณาส่งอีกครั้ง")
    return redirect(_back(sheet))


# --- the secretariat ------------------------------------------------------------------------------

DECISIONS: dict[str, type[StepForm]] = {
    "return_form": ReturnForm,
    "approve_form": ApproveForm,
    "reopen_form": ReopenSheetForm,
    "extension_form": ExtensionForm,
}


@require_safe
@for_sheet(writing=False)
def sheet_review(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """What is asked for and was changed, every step so far, and the buttons of those who run the year."""
    return _review_page(request, sheet)


def _review_page(
    request: SignedInRequest, sheet: CategorySheet, *, status: int = 200, **refused: StepForm
) -> HttpResponse:
    """The page as the category stands now; a refused form keeps what was typed, whatever the state is by now."""
    review = sheet_review_of(request, sheet)
    forms = {name: form(sheet=review.sheet) for name, form in DECISIONS.items()}
    context = _context(review) | {
        **forms,
        **refused,
        "refused": next(iter(refused.values()), None),
        "start_form": StepForm(sheet=review.sheet),
        "drafts": drafts_in(sheet=review.sheet, by=request.user),
        "steps": SheetStep.objects.filter(sheet=review.sheet).select_related("by"),
    }
    return render(request, "assessment/sheet_review.html", context, status=status)


@require_POST
@for_sheet(reviewing=True)
def sheet_review_start(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Begin to read: the committee cannot pull the category back any more."""
    refusal, _ = _press(request, sheet, start_review)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, f"เริ่มตรวจหมวด {sheet.number} แล้ว คณะทำงานดึงกลับไม่ได้จนกว่าท่านจะส่งกลับ")
    return redirect(_back(sheet, "sheet_review"))


def _decide(
    request: SignedInRequest, sheet: CategorySheet, name: str, change: Callable[..., None], done: str
) -> HttpResponse:
    """Take a step with its words; refused, the page comes back with everything that was typed."""
    form = DECISIONS[name](request.POST, request.FILES, sheet=sheet)
    if not form.is_valid():
        return _review_page(request, sheet, status=422, **{name: form})
    try:
        change(sheet=sheet, by=request.user, **form.cleaned_data)
    except TransitionRefused as refused:
        form.add_error(None, str(refused))
    except StaleVersion as stale:
        form.add_error(None, STALE)
        present_versions(form, base_version=stale.current.review_version)  # type: ignore[attr-defined]
    else:
        messages.success(request, done.format(sheet.number))
        return redirect(_back(sheet, "sheet_review"))
    return _review_page(request, sheet, status=409, **{name: form})


@require_POST
@for_sheet(reviewing=True)
def sheet_return(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Give the category back to its committee."""
    return _decide(request, sheet, "return_form", return_sheet, "ส่งหมวด {} กลับให้คณะทำงานแก้แล้ว")


@require_POST
@for_sheet(reviewing=True)
def sheet_approve(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Approve it."""
    return _decide(request, sheet, "approve_form", approve_sheet, "เห็นชอบหมวด {} แล้ว")


@require_POST
@for_sheet(reviewing=True)
def sheet_reopen(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Let an approved category be corrected."""
    return _decide(request, sheet, "reopen_form", reopen_sheet, "เปิดหมวด {} ให้คณะทำงานแก้อีกครั้งแล้ว")


@require_POST
@for_sheet(reviewing=True)
def sheet_extend(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Give it more time."""
    return _decide(request, sheet, "extension_form", extend_deadline, "ขยายเวลาของหมวด {} แล้ว")


@require_safe
@for_sheet(writing=False)
def sheet_step_file(request: SignedInRequest, sheet: CategorySheet, uid: uuid.UUID) -> HttpResponseBase:
    """The decision of the meeting or the memorandum behind an approval, to save."""
    step = get_object_or_404(SheetStep.objects.exclude(scan=""), sheet=sheet, uid=uid)
    name = f"pmqa-{sheet.round.agency.code}-{sheet.round.year}-category-{sheet.number}-approval"
    return scan_response(step.scan, name)
