"""A received letter: its paper kept and shown, its text pasted, cut, corrected and entered in one go."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.forms import LetterForm, LetterRows, LetterScanForm
from feedback.letters import LetterPoint, as_letter, split_letter
from feedback.models import FeedbackLetter
from feedback.services import (
    FeedbackLocked,
    NothingToEnter,
    enter_points,
    keep_letter,
    withdraw_letter,
)
from feedback.sub_items import known_sub_items
from framework.services import wordings_of_year
from organizations.access import SignedInRequest, for_agency
from organizations.models import Agency
from organizations.permissions import runs_agency
from texts.scans import scan_response
from thai.repairs import repaired, repairs_of

from .points import newest_year, step_of, year_of

NOTHING = "ทุกข้อมีอยู่ในระบบแล้วหรือถูกเลือกไม่นำเข้า จึงไม่มีสิ่งใดต้องบันทึก"
# The browser's own viewer of PDFs shows it in a frame of our page; nothing else of it may run or load.
IN_A_FRAME = (
    "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def feedback_letter(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Paste a letter; the answer shows its repairs and its points in rows, and writes nothing."""
    year = year_of(request, default=newest_year(agency))
    initial = {"year": year, "step": step_of(request, agency, year)}
    if request.method != "POST":
        return _page(request, agency, LetterForm(initial=initial), paper=_paper(agency, **initial))
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _page(request, agency, form, status=422)
    place = {name: form.cleaned_data[name] for name in ("year", "step")}
    text, wanted = form.cleaned_data["text"], form.wanted_repairs()
    wordings = wordings_of_year(place["year"])
    letter = split_letter(repaired(text, wanted), wordings, known_sub_items(wordings))
    return _page(
        request,
        agency,
        form,
        repairs=[(found, found.kind.name in wanted) for found in repairs_of(text)],
        rows=LetterRows(wordings=wordings, points=letter.points),
        outside=letter.outside,
        paper=_paper(agency, **place),
    )


def found_points_page(
    request: SignedInRequest, agency: Agency, *, points: Sequence[LetterPoint], year: int, step: int
) -> HttpResponse:
    """Points that were found in another paper, in the rows of a letter; nothing is written."""
    place = {"year": year, "step": step}
    form = LetterForm(initial={**place, "text": as_letter(points)})
    rows = LetterRows(wordings=wordings_of_year(year), points=points)
    return _page(request, agency, form, rows=rows, paper=_paper(agency, **place))


@require_POST
@for_agency(runs_agency)
def feedback_letter_enter(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Enter the corrected rows, all or none."""
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _page(request, agency, form, status=422)
    place = {name: form.cleaned_data[name] for name in ("year", "step")}
    rows = LetterRows(request.POST, wordings=wordings_of_year(place["year"]))
    fault = ""
    if rows.is_valid():
        try:
            entered = enter_points(agency=agency, points=rows.points(**place), by=request.user)
        except (FeedbackLocked, ValidationError) as refused:
            fault = str(refused) if isinstance(refused, FeedbackLocked) else refused.messages[0]
        except NothingToEnter:
            fault = NOTHING
        else:
            messages.success(request, f"บันทึกข้อเสนอแนะ {entered} ข้อแล้ว")
            return redirect(f"{reverse('feedback_list', args=[agency.code])}?year={place['year']}")
    status = 409 if fault else 422
    return _page(request, agency, form, rows=rows, fault=fault, paper=_paper(agency, **place), status=status)


def _page(
    request: SignedInRequest, agency: Agency, form: LetterForm, *, status: int = 200, **context: object
) -> HttpResponse:
    page = {
        "agency": agency,
        "form": form,
        "rows": None,
        "repairs": [],
        "outside": "",
        "paper": None,
        "fault": "",
        **context,
    }
    return render(request, "feedback/feedback_letter.html", page, status=status)


def _paper(agency: Agency, year: int, step: int) -> FeedbackLetter | None:
    """The newest paper of this year and step."""
    return FeedbackLetter.objects.current().filter(agency=agency, year=year, step=step).first()


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def feedback_paper_new(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Keep a received paper; then its text can be entered beside it."""
    year = year_of(request, default=newest_year(agency))
    initial = {"year": year, "step": step_of(request, agency, year)}
    form = LetterScanForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        letter = keep_letter(agency=agency, scan=data.pop("file"), by=request.user, **data)
        messages.success(request, "เก็บหนังสือแล้ว กรุณากรอกหรือวางข้อความข้างหนังสือ")
        return redirect(
            f"{reverse('feedback_letter', args=[agency.code])}?year={letter.year}&step={letter.step}"
        )
    context = {"agency": agency, "form": form, "heading": "เก็บหนังสือที่ได้รับ"}
    return render(request, "feedback/feedback_paper_new.html", context, status=422 if form.errors else 200)


@require_safe
@xframe_options_sameorigin
def feedback_paper(request: SignedInRequest, agency: str, uid: uuid.UUID) -> FileResponse:
    """The paper itself, for every member of its agency."""
    letter = get_object_or_404(FeedbackLetter.objects.visible_to(request.user), agency__code=agency, uid=uid)
    return scan_response(letter.file, f"feedback-{letter.year}-{letter.step}", shown=True, policy=IN_A_FRAME)


@require_POST
@for_agency(runs_agency)
def feedback_paper_withdraw(request: SignedInRequest, agency: Agency, uid: uuid.UUID) -> HttpResponse:
    """Take a paper out that belongs elsewhere."""
    letter = get_object_or_404(FeedbackLetter.objects.visible_to(request.user).filter(agency=agency), uid=uid)
    if withdraw_letter(letter=letter, by=request.user):
        messages.success(request, "นำหนังสือออกจากรายการแล้ว ไฟล์ยังเก็บอยู่ในระบบ")
    return redirect(f"{reverse('feedback_list', args=[agency.code])}?year={letter.year}")
