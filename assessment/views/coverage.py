"""Feedback answered by activities: the coverage page, links, and activities that are done."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessment.access import for_criterion, for_round, require_writable
from assessment.coverage import coverage_of
from assessment.gaps import gaps_by_point
from assessment.models import Activity, CriterionAnalysis, PointLink, Round
from assessment.permissions import runs_round, sees_round
from assessment.refusals import late_words
from assessment.services.links import PointElsewhere, finish_activity, link_point, unlink_point
from feedback.models import FeedbackPoint
from organizations.access import SignedInRequest
from texts.services import TextLocked

NOT_CHANGED = "{} จึงยังไม่ได้เปลี่ยนแปลง"
NOT_OURS = "ข้อเสนอแนะนี้ไม่ใช่ของปีที่แบบฟอร์มนี้ตอบ จึงยังไม่ได้เชื่อม"


@require_safe
@for_round(sees_round)
def coverage(request: SignedInRequest, round: Round) -> HttpResponse:
    """Points without an activity, activities that answer nothing, points that come again."""
    context = {
        "page_round": round,
        "round": round,
        "coverage": coverage_of(round),
        "runs": runs_round(request.user, round),
        "gaps": gaps_by_point(round),
    }
    return render(request, "assessment/coverage.html", context)


@require_POST
@for_criterion(writing=True)
def activity_answers(
    request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID, point: uuid.UUID
) -> HttpResponse:
    """Tick or untick a point that the activity answers."""
    round = analysis.sheet.round
    activity = get_object_or_404(_activities(analysis), uid=uid)
    found = get_object_or_404(FeedbackPoint.objects.current().filter(agency=round.agency), uid=point)
    change: Callable[..., None] = unlink_point if request.POST.get("off") else link_point
    try:
        require_writable(request.user, analysis.sheet)
        change(activity=activity, point=found, by=request.user)
    except TextLocked:
        words = late_words(request.user, analysis.sheet, activity)
        return _refused(request, analysis, found, NOT_CHANGED.format(words))
    except PointElsewhere:
        return _refused(request, analysis, found, NOT_OURS)
    if request.htmx:  # type: ignore[attr-defined]
        return _answers_part(request, analysis, found)
    messages.success(request, "เชื่อมข้อเสนอแนะกับกิจกรรมแล้ว" if change is link_point else "ยกเลิกการเชื่อมแล้ว")
    return _back(analysis)


def _activities(analysis: CriterionAnalysis):  # type: ignore[no-untyped-def]
    return Activity.objects.current().filter(places__analysis=analysis).select_related("round__agency")


def _refused(
    request: SignedInRequest, analysis: CriterionAnalysis, point: FeedbackPoint, message: str
) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _answers_part(request, analysis, point, message)
    messages.error(request, message)
    return _back(analysis)


def _answers_part(
    request: SignedInRequest, analysis: CriterionAnalysis, point: FeedbackPoint, message: str = ""
) -> HttpResponse:
    """The buttons of one point as they stand now."""
    linked = set(
        PointLink.objects.filter(activity__round=analysis.sheet.round).values_list("activity_id", "point_id")
    )
    context = {
        "round": analysis.sheet.round,
        "code": analysis.wording.code,
        "point": point,
        "activities": list(_activities(analysis).order_by("places__position").select_related("text")),
        "linked": linked,
        "message": message,
    }
    return render(request, "assessment/_point_answers.html", context, status=409 if message else 200)


def _back(analysis: CriterionAnalysis) -> HttpResponse:
    round = analysis.sheet.round
    return redirect("criterion", round.agency.code, round.year, analysis.wording.code)


@require_POST
@for_criterion(writing=True)
def activity_finish(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """The activity is done, or not after all; it changes nothing of the form, so a submitted one takes it too."""
    activity = get_object_or_404(_activities(analysis), uid=uid)
    finished = not request.POST.get("off")
    finish_activity(activity=activity, finished=finished, by=request.user)
    messages.success(request, "บันทึกว่าทำกิจกรรมเสร็จแล้ว" if finished else "บันทึกว่ากิจกรรมยังไม่เสร็จ")
    return _back(analysis)
