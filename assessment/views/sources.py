"""A case that has changed since the form copied it: what is different, and what becomes of the copy."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessment.access import for_criterion, require_writable
from assessment.enums import TakeSource
from assessment.forms.practices import SourceForm
from assessment.models import ChosenPractice, CriterionAnalysis
from assessment.permissions import writes_sheet
from assessment.refusals import late_words, shut_words
from assessment.services.practices import SourceMoved
from assessment.services.sources import CaseTakenOut, keep_copy, take_source
from assessment.sources import Source, carried_over, changes_between, copied_version, stands_outside
from organizations.access import SignedInRequest
from texts.differences import stretches
from texts.services import KeyReused, TextConflict, TextLocked

from .activities import address

SHUT = "{} จึงยังไม่ได้เปลี่ยนแปลงตัวอย่าง"
CONFLICT = "มีผู้แก้ไขข้อความในแบบฟอร์มหลังจากที่ท่านเปิดหน้านี้ จึงยังไม่ได้เปลี่ยน กรุณาดูความต่างล่าสุดด้านล่าง แล้วเลือกอีกครั้ง"
MOVED = "ต้นฉบับเปลี่ยนอีกครั้งหลังจากที่ท่านเปิดหน้านี้ จึงยังไม่ได้เปลี่ยน กรุณาดูความต่างล่าสุดด้านล่าง แล้วเลือกอีกครั้ง"
TAKEN_OUT = "มีผู้นำตัวอย่างนี้ออกจากแบบฟอร์มแล้ว จึงไม่ได้เปลี่ยนแปลง"
DONE = {
    "whole": "ใช้ข้อความใหม่ของต้นฉบับแล้ว ข้อความก่อนหน้านี้ยังอยู่ในประวัติ",
    "names": "ใช้ชื่อและรางวัลใหม่ของต้นฉบับแล้ว ข้อความไม่เปลี่ยน",
    "carry": "นำส่วนที่เปลี่ยนในต้นฉบับมาใส่แล้ว ข้อความก่อนหน้านี้ยังอยู่ในประวัติ",
    "keep": "คงข้อความในแบบฟอร์มไว้แล้ว ระบบจะเตือนอีกเมื่อต้นฉบับเปลี่ยนอีกครั้ง",
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=False, posting=True)
def chosen_source(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Everybody who reads the form sees the differences; who writes here decides about them."""
    if request.method == "POST":
        return _decide(request, analysis, uid)
    return _page(request, analysis, _chosen(analysis, uid))


def _chosen(analysis: CriterionAnalysis, uid: uuid.UUID) -> ChosenPractice:
    rows = ChosenPractice.objects.current().filter(analysis=analysis)
    read = rows.select_related("text", "practice__agency", "practice__text", "kept_by")
    chosen = get_object_or_404(read, uid=uid)
    chosen.analysis = analysis
    return chosen


def _decide(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    form = SourceForm(request.POST)
    if not form.is_valid():
        raise Http404
    chosen, asked = _chosen(analysis, uid), form.cleaned_data
    try:
        _change(chosen, asked, request)
    except TextLocked:
        problem = SHUT.format(late_words(request.user, analysis.sheet))
    except (TextConflict, KeyReused):
        problem = CONFLICT
    except SourceMoved:
        problem = MOVED
    except CaseTakenOut:
        messages.error(request, TAKEN_OUT)
        return redirect("criterion", *address(analysis))
    else:
        messages.success(request, DONE[asked["decision"]])
        return redirect("criterion", *address(analysis))
    return _page(request, analysis, _chosen(analysis, uid), problem=problem, status=409)


def _change(chosen: ChosenPractice, asked: dict[str, Any], request: SignedInRequest) -> None:
    require_writable(request.user, chosen.analysis.sheet)
    mark, by = asked["mark"], request.user
    if asked["decision"] == "keep":
        keep_copy(chosen=chosen, mark=mark, by=by)
        return
    way = TakeSource(asked["decision"])
    take_source(
        chosen=chosen, mark=mark, base_version=asked["base_version"], way=way, key=asked["key"], by=by
    )


def _page(
    request: SignedInRequest,
    analysis: CriterionAnalysis,
    chosen: ChosenPractice,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    source = Source.of(chosen.practice)
    writes = writes_sheet(request.user, analysis.sheet)
    context = {
        "page_round": analysis.sheet.round,
        "round": analysis.sheet.round,
        "analysis": analysis,
        "chosen": chosen,
        "source": source,
        "changes": changes_between(chosen, source),
        "kept": chosen.kept_source == source.mark,
        "writes": writes,
        "refusal": shut_words(request.user, analysis.sheet) if writes else "",
        "problem": problem,
        "key": uuid.uuid4(),
    } | _differences(chosen, source)
    return render(request, "assessment/chosen_source.html", context, status=status)


def _differences(chosen: ChosenPractice, source: Source) -> dict[str, Any]:
    """What changed in the case, and what would change in the form; nothing of a case that is not published."""
    if source.gone or source.version == chosen.source_version:
        return {"copied": None, "outside": False, "in_source": (), "carrying": (), "replacing": ()}
    copied, now, stands = copied_version(chosen), chosen.practice.text.html, chosen.text.html
    carried = carried_over(chosen, copied)
    return {
        "copied": copied,
        "outside": stands_outside(chosen, copied),
        "in_source": () if copied is None else stretches(copied.html, now),
        "carrying": () if carried is None else stretches(stands, carried),
        "replacing": stretches(stands, now),
    }
