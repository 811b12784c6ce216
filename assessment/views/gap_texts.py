"""One development gap: what its units write for a quarter, joining it, and the text that is final."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.access import for_gap
from assessment.enums import Quarter
from assessment.forms.gap import FinalForm, GapTextForm, JoinForm, join_initial
from assessment.forms.text import text_initial
from assessment.gaps import GapSheet, count_gaps, gap_sheets, joined_html
from assessment.late_texts import late_places
from assessment.models import DevelopmentGap, GapReport, GapUnit
from assessment.permissions import (
    runs_gaps,
    sees_round,
    writes_some_summary,
    writes_summary,
    writes_summary_on_behalf,
)
from assessment.refusals import LOCKED, gap_words
from assessment.services.gap_texts import (
    EditedText,
    GapText,
    NothingWritten,
    finalise_report,
    join_summaries,
    reopen_report,
    save_gap_text,
    use_gap_text_again,
    use_late_gap_text,
)
from assessment.services.rounds import TransitionRefused
from organizations.access import SignedInRequest
from organizations.models import User
from texts.answers import AutosaveTarget, autosave
from texts.cleaning import UncleanText
from texts.forms import present_versions
from texts.models import Text
from texts.services import KeyReused, SavedText, TextConflict, TextLocked

from .gaps import NOT_CHANGED, quarter_asked, quarters_of, shut_clause
from .history import SHUT_NOW, HistoryPlace, history

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
    address = reverse("gap", args=_address(gap))
    context = _about(request, gap, quarter) | {
        "sheet": sheet,
        "points": gap.points.order_by("position", "pk"),
        "shut": gap_words(user, sheet.report),
        "late": [place for place in late_places(gap.round) if place.url.startswith(address)],
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
    """A text of a gap for a quarter: its words for the page, and the address below which it is written.

    `behalf` names the unit for which the secretariat writes; `sheet` shows the summaries beside the joined text.
    """

    row: GapText
    report: GapReport
    label: str
    address: str
    gap_unit: GapUnit | None = None
    behalf: str = ""
    sheet: GapSheet | None = None

    @property
    def gap(self) -> DevelopmentGap:
        """The gap that it is about."""
        return self.report.gap

    def shut(self, user: User) -> str:
        """Why it takes no change from this person now; empty when it does."""
        return gap_words(user, self.report, self.gap_unit)


def _summary_place(
    request: SignedInRequest, gap: DevelopmentGap, quarter: int, unit: uuid.UUID, *, reading: bool = False
) -> GapTextPlace:
    """What one unit writes. Raises Http404, and PermissionDenied for whoever does not write for the unit.

    Everybody of the agency reads its history.
    """
    gap_unit = get_object_or_404(GapUnit.objects.select_related("unit"), gap=gap, uid=unit)
    gap_unit.gap = gap
    if not (reading and request.method != "POST") and not writes_summary(request.user, gap_unit):
        raise PermissionDenied
    summary = gap_unit.summaries.select_related("text").get(quarter=quarter)
    summary.gap_unit = gap_unit
    return GapTextPlace(
        row=summary,
        report=_report(gap, quarter),
        label=f"สรุป{Quarter(quarter).label} ของ{gap_unit.unit.name}",
        address=reverse("gap_summary", args=[*_address(gap), quarter, unit]),
        gap_unit=gap_unit,
        behalf=gap_unit.unit.name if writes_summary_on_behalf(request.user, gap_unit) else "",
    )


def _report_place(gap: DevelopmentGap, quarter: int) -> GapTextPlace:
    report = _report(gap, quarter)
    address = reverse("gap_report", args=[*_address(gap), quarter])
    return GapTextPlace(report, report, f"สรุปรวม{Quarter(quarter).label}", address)


def _report(gap: DevelopmentGap, quarter: int) -> GapReport:
    report = gap.reports.select_related("text").get(quarter=quarter)
    report.gap = gap
    return report


def _address(gap: DevelopmentGap) -> tuple[str, int, uuid.UUID]:
    return gap.round.agency.code, gap.round.year, gap.uid


def _edit(request: SignedInRequest, place: GapTextPlace) -> HttpResponse:
    """One page for one text; a refused save comes back with what was typed and with what stands now."""
    about = _about(request, place.gap, Quarter(place.report.quarter))
    form = GapTextForm(
        request.POST or None,
        initial=text_initial(place.row.text),
        agency=place.gap.round.agency,
        label=place.label,
        save_url=f"{place.address}save/",
    )
    page = partial(_text_page, request, about | {"place": place, "form": form})
    shut = place.shut(request.user)
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
        save_gap_text(row=place.row, by=request.user, **form.cleaned_data)
    except (TextConflict, KeyReused):
        current = Text.objects.select_related("updated_by").get(pk=place.row.text_id)
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


def _autosave(request: SignedInRequest, place: GapTextPlace) -> JsonResponse:
    """What the editor sends while somebody writes."""

    def save(**sent: Any) -> SavedText:
        return save_gap_text(row=place.row, by=request.user, merging=True, **sent)

    words = place.shut(request.user) or LOCKED
    target = AutosaveTarget(place.gap.round.agency, place.row.text, save, words)
    return autosave(request, target).response()


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(writes_some_summary)
def gap_summary(request: SignedInRequest, gap: DevelopmentGap, quarter: int, unit: uuid.UUID) -> HttpResponse:
    """What one unit writes for a quarter; its officer, or the secretariat in its place."""
    return _edit(request, _summary_place(request, gap, quarter, unit))


@require_POST
@for_gap(writes_some_summary)
def gap_summary_save(
    request: SignedInRequest, gap: DevelopmentGap, quarter: int, unit: uuid.UUID
) -> JsonResponse:
    """The same while somebody writes."""
    return _autosave(request, _summary_place(request, gap, quarter, unit))


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(runs_gaps)
def gap_report(request: SignedInRequest, gap: DevelopmentGap, quarter: int) -> HttpResponse:
    """The joined text, which the secretariat edits, above the summaries that it was made of."""
    return _edit(request, replace(_report_place(gap, quarter), sheet=_sheet(gap, quarter)))


@require_POST
@for_gap(runs_gaps)
def gap_report_save(request: SignedInRequest, gap: DevelopmentGap, quarter: int) -> JsonResponse:
    """The same while somebody writes."""
    return _autosave(request, _report_place(gap, quarter))


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(sees_round, posting=writes_some_summary)
def gap_summary_history(
    request: SignedInRequest, gap: DevelopmentGap, quarter: int, unit: uuid.UUID
) -> HttpResponse:
    """Every version of what one unit wrote."""
    return _history(request, _summary_place(request, gap, quarter, unit, reading=True))


@require_http_methods(["GET", "HEAD", "POST"])
@for_gap(sees_round, posting=runs_gaps)
def gap_report_history(request: SignedInRequest, gap: DevelopmentGap, quarter: int) -> HttpResponse:
    """Every version of the joined text."""
    return _history(request, _report_place(gap, quarter))


@dataclass(frozen=True)
class GapHistory(HistoryPlace):
    """The history of such a text."""

    place: GapTextPlace

    def may_write(self, user: User) -> bool:
        """The unit's officer and the secretariat; the joined text is the secretariat's."""
        unit = self.place.gap_unit
        return writes_summary(user, unit) if unit else runs_gaps(user, self.round)

    def refusal(self, user: User) -> str:
        """Why nothing can be changed here now."""
        words = self.place.shut(user)
        return SHUT_NOW.format(words) if words else ""

    def use_version(self, **asked: Any) -> SavedText:
        """An older version becomes the newest."""
        return use_gap_text_again(row=self.place.row, **asked)

    def use_late(self, **asked: Any) -> SavedText:
        """What came late stands."""
        return use_late_gap_text(row=self.place.row, **asked)


def _history(request: SignedInRequest, place: GapTextPlace) -> HttpResponse:
    return history(
        request,
        GapHistory(
            text=place.row.text,
            heading=f"ประวัติ{place.label} ประเด็น {place.gap.code}",
            round=place.gap.round,
            address=f"{place.address}history/",
            back_url=f"{reverse('gap', args=_address(place.gap))}?quarter={place.report.quarter}",
            back_label=f"ประเด็น {place.gap.code}",
            place=place,
        ),
    )


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
