"""Full-width figures of a category."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assessment.access import for_sheet, require_writable
from assessment.forms.round import FigureForm, FigureTextForm
from assessment.models import CategorySheet, SheetFigure
from assessment.permissions import state_allows_writing
from assessment.refusals import late_words
from assessment.services.figures import add_sheet_figure, change_sheet_figure, remove_sheet_figure
from organizations.access import SignedInRequest
from texts.forms import present_versions
from texts.models import StaleVersion
from texts.services import TextLocked

SHUT = "{} จึงยังไม่ได้เปลี่ยนแปลงภาพ"
STALE = (
    "มีผู้แก้ไขคำบรรยายภาพนี้ก่อนท่าน ขณะนี้คำบรรยายภาพคือ “{caption}” และคำอธิบายภาพคือ “{alternative}” จึงยังไม่ได้บันทึก "
    "สิ่งที่ท่านกรอกยังอยู่ครบด้านล่าง กดบันทึกอีกครั้งหากต้องการใช้ของท่าน"
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_sheet(writing=True)
def figure_add(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Add a full-width figure with its caption."""
    if request.method != "POST" and not state_allows_writing(request.user, sheet):
        return _shut(request, sheet)
    form = FigureForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not state_allows_writing(request.user, sheet):
            form.add_error(None, _words(request, sheet))
        elif form.is_valid() and _added(request, sheet, form):
            messages.success(request, "เพิ่มภาพแล้ว")
            return redirect(_back(sheet))
    return _page(request, sheet, form, "เพิ่มภาพเต็มหน้า", "ภาพจะพิมพ์เต็มความกว้างหลังตารางของหมวดนี้", "เพิ่มภาพ")


def _added(request: SignedInRequest, sheet: CategorySheet, form: FigureForm) -> bool:
    data = form.cleaned_data
    try:
        add_sheet_figure(
            sheet=sheet,
            file=data["file"],
            size=data["file"].size,
            caption=data["caption"],
            alternative=data["alternative"],
            by=request.user,
        )
    except ValidationError as error:
        form.add_error("file", error)
        return False
    except TextLocked:
        form.add_error(None, _words(request, sheet))
        return False
    return True


def _words(request: SignedInRequest, sheet: CategorySheet) -> str:
    return SHUT.format(late_words(request.user, sheet))


def _shut(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Nobody fills in a form that will be refused."""
    messages.error(request, _words(request, sheet))
    return redirect(_back(sheet))


def _back(sheet: CategorySheet) -> str:
    return reverse("sheet", args=[sheet.round.agency.code, sheet.round.year, sheet.number])


def _page(
    request: SignedInRequest,
    sheet: CategorySheet,
    form: FigureForm | FigureTextForm,
    heading: str,
    lead: str,
    button: str,
) -> HttpResponse:
    context = {
        "page_round": sheet.round,
        "heading": heading,
        "lead": lead,
        "form": form,
        "button": button,
        "back_url": _back(sheet),
        "back_label": f"หมวด {sheet.number}",
    }
    return render(request, "site/form.html", context, status=_status(form))


def _status(form: FigureForm | FigureTextForm) -> int:
    if not form.is_bound or not form.errors:
        return 200
    # what the whole form is refused for is no fault of the input
    return 409 if form.non_field_errors() else 422


def _row(sheet: CategorySheet, uid: uuid.UUID) -> SheetFigure:
    return get_object_or_404(
        SheetFigure.objects.select_related("figure", "sheet__round__agency"), sheet=sheet, uid=uid
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_sheet(writing=True)
def figure_edit(request: SignedInRequest, sheet: CategorySheet, uid: uuid.UUID) -> HttpResponse:
    """Change caption and description."""
    row = _row(sheet, uid)
    if request.method != "POST" and not state_allows_writing(request.user, sheet):
        return _shut(request, sheet)
    form = FigureTextForm(request.POST or None, instance=row, initial={"base_version": row.version})
    if request.method == "POST":
        if not state_allows_writing(request.user, sheet):
            form.add_error(None, _words(request, sheet))
        elif form.is_valid() and _changed(request, row, form):
            messages.success(request, "บันทึกคำบรรยายภาพแล้ว")
            return redirect(_back(sheet))
    return _page(request, sheet, form, "แก้ไขคำบรรยายภาพ", "", "บันทึก")


def _changed(request: SignedInRequest, row: SheetFigure, form: FigureTextForm) -> bool:
    """Save the words; when somebody was faster the form says what stands, and its next press is a decision."""
    try:
        change_sheet_figure(row=row, by=request.user, **form.cleaned_data)
    except StaleVersion as stale:
        current = cast(SheetFigure, stale.current)
        form.add_error(None, STALE.format(caption=current.caption, alternative=current.alternative))
        present_versions(form, base_version=current.version)
    except TextLocked:
        form.add_error(None, _words(request, row.sheet))
    return not form.errors


@require_POST
@for_sheet(writing=True)
def figure_remove(request: SignedInRequest, sheet: CategorySheet, uid: uuid.UUID) -> HttpResponse:
    """Take a figure out."""
    row = _row(sheet, uid)
    try:
        require_writable(request.user, sheet)
        remove_sheet_figure(row=row, by=request.user)
        messages.success(request, "นำภาพออกแล้ว")
    except TextLocked:
        messages.error(request, _words(request, sheet))
    return redirect(_back(sheet))
