"""Autosave of one text: the addresses that the editors of the form send to."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.functional import lazy
from django.views.decorators.http import require_POST

from assessment.access import for_criterion, for_sheet, require_writable
from assessment.late_texts import CRITERION_TEXTS, SHEET_TEXTS
from assessment.models import Activity, CategorySheet, ChosenPractice, CriterionAnalysis
from assessment.progress import progress_of
from assessment.refusals import late_words
from assessment.services.activities import ActivityElsewhere, save_activity_text
from assessment.services.texts import save_sheet_text
from organizations.access import SignedInRequest
from organizations.models import User
from texts.answers import AutosaveTarget, autosave
from texts.models import Text
from texts.services import SavedText, TextLocked

# Asked for only when a save was refused: by then the category may stand in another state than the view has read.
_late = lazy(late_words, str)
LATE_ELSEWHERE = "กิจกรรมนี้ถูกนำออกไปแล้ว"
LATE_CASE = "ตัวอย่างนี้ถูกนำออกจากแบบฟอร์มแล้ว"


@require_POST
@for_criterion(writing=True)
def activity_text_save(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> JsonResponse:
    """The text of an activity; the first save of a new card makes it."""
    sheet = analysis.sheet
    activity = Activity.objects.known_to(analysis).select_related("text").filter(uid=uid).first()
    text = activity.text if activity else None

    def save(**sent: Any) -> SavedText | None:
        require_writable(request.user, sheet)
        try:
            return save_activity_text(analysis=analysis, uid=uid, by=request.user, **sent)
        except ActivityElsewhere as gone:
            if activity is None:
                raise Http404 from gone
            raise TextLocked from gone

    answer = autosave(
        request, AutosaveTarget(sheet.round.agency, text, save, _late_here(request.user, analysis, activity))
    )
    # the criterion may be complete now, or no longer; a first save is asked for again when its answer was lost
    began = text is None or text.is_blank or answer.facts.get("version") == 1
    if answer.status == 200 and (began or not request.POST.get("html")):
        return answer.response(criterion=_criterion_state(analysis))
    return answer.response()


def _late_here_words(user: User, analysis: CriterionAnalysis, activity: Activity | None) -> str:
    gone = activity and _was_taken_out(activity, analysis)
    return LATE_ELSEWHERE if gone else late_words(user, analysis.sheet, activity)


_late_here = lazy(_late_here_words, str)


def _was_taken_out(activity: Activity, analysis: CriterionAnalysis) -> bool:
    return bool(activity.withdrawn_at) or not activity.places.filter(analysis=analysis).exists()


def _criterion_state(analysis: CriterionAnalysis) -> str:
    """What is missing in the criterion, as the page shows it above the cards."""
    context = {"here": progress_of(analysis), "out_of_band": False}
    return render_to_string("assessment/_criterion_state.html", context)


@require_POST
@for_criterion(writing=True)
def criterion_text_save(request: SignedInRequest, analysis: CriterionAnalysis, kind: str) -> JsonResponse:
    """Analysis, obstacles or remedies of a criterion."""
    if kind not in CRITERION_TEXTS:
        raise Http404
    return _save_text(request, analysis.sheet, getattr(analysis, kind))


@require_POST
@for_sheet(writing=True)
def sheet_text_save(request: SignedInRequest, sheet: CategorySheet, kind: str) -> JsonResponse:
    """Obstacles or remedies of a whole category."""
    if kind not in SHEET_TEXTS:
        raise Http404
    return _save_text(request, sheet, getattr(sheet, kind))


@require_POST
@for_criterion(writing=True)
def chosen_text_save(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> JsonResponse:
    """The copied text of a case; one that was taken out meanwhile keeps what comes late."""
    rows = ChosenPractice.objects.filter(analysis=analysis).select_related("text")
    chosen = get_object_or_404(rows, uid=uid)
    return _save_text(request, analysis.sheet, chosen.text, LATE_CASE if chosen.withdrawn_at else "")


def _save_text(request: SignedInRequest, sheet: CategorySheet, text: Text, gone: str = "") -> JsonResponse:
    """A text that stands already; `gone` says why it takes no save any more."""

    def save(**sent: Any) -> SavedText | None:
        require_writable(request.user, sheet)
        if gone:
            raise TextLocked
        return save_sheet_text(sheet=sheet, text=text, by=request.user, merging=True, **sent)

    words = gone or _late(request.user, sheet)
    return autosave(request, AutosaveTarget(sheet.round.agency, text, save, words)).response()
