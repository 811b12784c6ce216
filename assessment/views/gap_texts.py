"""One development gap: what its units write for a quarter, joining it, and the text that is final."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.access import for_gap
from assessment.enums import Quarter
from assessment.forms.gap import FinalForm, GapTextForm, JoinForm, join_initial
from assessment.forms.text import text_initial
from assessment.gaps import GapSheet, count_gaps, gap_sheets, joined_html
from assessment.models import DevelopmentGap, GapReport, GapUnit
from assessment.permissions import (
    runs_gaps,
    sees_round,
    writes_some_summary,
    writes_summary,
    writes_summary_on_behalf,
)
from assessment.refusals import gap_words
from assessment.services.gap_texts import (
    EditedText,
    NothingWritten,
    finalise_report,
    join_summaries,
    reopen_report,
    save_report,
    save_summary,
)
from assessment.services.rounds import TransitionRefused
from organizations.access import SignedInRequest
from texts.cleaning import UncleanText
from texts.forms import present_versions
from texts.models import Text
from texts.services import KeyReused, TextConflict, TextLocked

from .gaps import NOT_CHANGED, quarter_asked, quarters_of, shut_clause

NOT_WRITABLE = "{} จึงแก้ไขไม่ได้"
NOT_SAVED = "{} จึงยังไม่ได้บันทึก ข้อความของท่านยังอยู่ครบด้านล่าง"
CHANGED = "มีผู้แก้ไขข้อความหลังจากที่ท่านเปิดหน้านี้ จึงยังไม่ได้ทำรายการ หน้านี้แสดงข้อความล่าสุดแล้ว กรุณาตรวจแล้วกดอีกครั้ง"
NOTHING_TO_JOIN = "ยังไม่มีหน่วยงานใดเขียนสรุปของไตรมาสนี้ จึงยังไม่มีข้อความให้รวม"
NOTHING_FINAL = "ยังไม่มีข้อความ จึงยังยืนยันเป็นฉบับสรุปไม่ได้"


@require_safe
@for_gap(sees_round)
def gap(request: SignedInRequest, gap: DevelopmentGap) -> HttpResponse:
    """The gap with what was written for the quarter."""
    quarter = quarter_asked(request)
    sheet = _sheet(gap, quarter)
    user = request.user
    context = _about(request, gap, quarter) | {
        "sheet": sheet,
        "points": gap.points.order_by("position", "pk"),
        "shut": gap_words(user, sheet.report),
        "writable": {row.gap_unit.pk for row in sheet.units if writes_summary(user, row.gap_unit)},
        "join_form": JoinForm(initial=join_initial(sheet.report.text), auto_id=False),
        "final_form": FinalForm(initial={"base_version": sheet.report.text.version}, auto_id=False),
    }
    return render(request, "assessment/gap.html", context)


def _sheet(gap: DevelopmentGap, quarter: int) -> GapSheet:
    return gap_sheets(gap.round, quarter, DevelopmentGap.objects.filter(pk=gap.pk))[0]


def _about(request: SignedInRequest, gap: DevelopmentGap, quarter: Quarter) -> dict[str, Any]:
    round = gap.round
    return {
        "page_round": round,
        "round": round,
        "gap": gap,
        "runs": runs_gaps(request.user, round),
        "count": count_gaps(round),
        "quarter": quarter,
        "months": quarter.months(round.year),
        "quarters": quarters_of(round),
        "back_url": f"{reverse('gap', args=[round.agency.code, round.year, gap.uid])}?quarter={quarter.value}",
    }


# --- writing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GapTextPlace:
    """A text of a gap for a quarter: its words for the page, and how it is saved.

    `behalf` names the unit for which the secretariat writes; `sources` are the summaries beside the joined text.
    """

    report: GapReport
    text: Text
    label: str
    heading: str
    save: Callable[..., object]
    gap_unit: GapUnit | None = None
    behalf: str = ""
    sheet: GapSheet | None = None


def _edit(request: SignedInRequest, place: GapTextPlace) -> HttpResponse:
    """One page for one text; a refused save comes back with what was typed and with what stands now."""
    gap = place.report.gap
    about = _about(request, gap, Quarter(place.report.quarter))
    form = GapTextForm(
        request.POST or None, initial=text_initial(place.text), agency=gap.round.agency, label=place.label
    )
    page = partial(_text_page, request, about | {"place": place, "form": form})
    shut = gap_words(request.user, place.report, place.gap_unit)
    if request.method != "POST":
        if shut:
            messages.error(request, NOT_WRITABLE.format(shut))
            return redirect(about["back_url"])
        return page()
    if shut:
        return page(refusal=NOT_SAVED.format(shut), status=409)
    if not form.is_valid():
        return page(status=422)
    try:
        place.save(**form.cleaned_data, by=request.user)
    except (TextConflict, KeyReused):
        current = Text.objects.select_related("updated_by").get(pk=place.text.pk)
        present_versions(form, base_version=current.version, key=uuid.uuid4())
        return page(conflict=current, status=409)
    except TextLocked as locked:
        return page(refusal=NOT_SAVED.format(shut_clause(locked)), status=409)
    messages.success(request, f"บันทึก{place.label}แล้ว")
    return redirect(about["back_url"])


def _text_page(
    request: SignedInRequest,
    context: dict[str, Any],
    *,
    refusal: str = "",
    conflict: Text | None = None,
    status: int = 200,
) -> HttpResponse:
    context |= {"refusal": refusal, "conflict": conflict}
    return render(request, "assessment/gap_text.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(writes_some_summary)
def gap_summary(request: SignedInRequest, gap: DevelopmentGap, quarter: int, unit: uuid.UUID) -> HttpResponse:
    """What one unit writes for a quarter; its officer, or the secretariat in its place."""
    gap_unit = get_object_or_404(GapUnit.objects.select_related("unit"), gap=gap, uid=unit)
    gap_unit.gap = gap
    if not writes_summary(request.user, gap_unit):
        raise PermissionDenied
    summary = gap_unit.summaries.select_related("text").get(quarter=quarter)
    summary.gap_unit = gap_unit
    name = Quarter(quarter).label
    place = GapTextPlace(
        report=_report(gap, quarter),
        text=summary.text,
        label=f"สรุป{name}ของ{gap_unit.unit.name}",
        heading=f"สรุป{name}ของ{gap_unit.unit.name}",
        save=partial(save_summary, summary=summary),
        gap_unit=gap_unit,
        behalf=gap_unit.unit.name if writes_summary_on_behalf(request.user, gap_unit) else "",
    )
    return _edit(request, place)


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(runs_gaps)
def gap_report(request: SignedInRequest, gap: DevelopmentGap, quarter: int) -> HttpResponse:
    """The joined text, which the secretariat edits."""
    report = _report(gap, quarter)
    name = Quarter(quarter).label
    place = GapTextPlace(
        report=report,
        text=report.text,
        label=f"สรุปรวม{name}",
        heading=f"สรุปรวม{name}",
        save=partial(save_report, report=report),
        sheet=_sheet(gap, quarter),
    )
    return _edit(request, place)


def _report(gap: DevelopmentGap, quarter: int) -> GapReport:
    report = gap.reports.select_related("text").get(quarter=quarter)
    report.gap = gap
    return report


# --- joining and settling -------------------------------------------------------------------------


@require_POST
@for_gap(runs_gaps)
def gap_join(request: SignedInRequest, gap: DevelopmentGap, quarter: int) -> HttpResponse:
    """Put the summaries of the units into the joined text; asks before an edited one is touched."""
    report, form = _report(gap, quarter), JoinForm(request.POST)
    back = _about(request, gap, Quarter(quarter))["back_url"]
    if not form.is_valid():
        messages.error(request, CHANGED)
        return redirect(back)
    try:
        join_summaries(report=report, by=request.user, **form.cleaned_data)
    except EditedText:
        return _ask(request, gap, quarter)
    except NothingWritten:
        messages.error(request, NOTHING_TO_JOIN)
    except UncleanText as fault:
        messages.error(request, str(fault))
    except (TextConflict, KeyReused):
        messages.error(request, CHANGED)
    except TextLocked as locked:
        messages.error(request, NOT_CHANGED.format(shut_clause(locked)))
    else:
        messages.success(request, "รวมสรุปของหน่วยงานแล้ว กรุณาอ่านและเรียบเรียง")
        return redirect("gap_report", gap.round.agency.code, gap.round.year, gap.uid, quarter)
    return redirect(back)


def _ask(request: SignedInRequest, gap: DevelopmentGap, quarter: int) -> HttpResponse:
    """The text that somebody has edited beside what joining would make of it."""
    sheet = _sheet(gap, quarter)
    context = _about(request, gap, Quarter(quarter)) | {
        "sheet": sheet,
        "joined": joined_html(sheet.units),
        "form": JoinForm(initial=join_initial(sheet.report.text), auto_id=False),
    }
    return render(request, "assessment/gap_join.html", context, status=409)


@require_POST
@for_gap(runs_gaps)
def gap_final(request: SignedInRequest, gap: DevelopmentGap, quarter: int) -> HttpResponse:
    """Say that the text is final; with `off` let it be written again."""
    report, form = _report(gap, quarter), FinalForm(request.POST)
    off = bool(request.POST.get("off"))
    try:
        if off:
            reopen_report(report=report, by=request.user)
        elif form.is_valid():
            finalise_report(report=report, by=request.user, **form.cleaned_data)
    except NothingWritten:
        messages.error(request, NOTHING_FINAL)
    except TextConflict:
        messages.error(request, CHANGED)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    except TextLocked as locked:
        messages.error(request, NOT_CHANGED.format(shut_clause(locked)))
    else:
        if off:
            messages.success(request, "เปิดให้แก้สรุปนี้อีกครั้งแล้ว")
        elif form.errors:
            messages.error(request, CHANGED)
        else:
            messages.success(request, "ยืนยันเป็นฉบับสรุปแล้ว")
    return redirect(_about(request, gap, Quarter(quarter))["back_url"])
