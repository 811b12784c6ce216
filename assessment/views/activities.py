"""The criterion page and the saving of its activities."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from assessment.access import for_criterion, require_writable
from assessment.models import Activity, ActivityOwner, CategorySheet, CriterionAnalysis
from assessment.owner_line import owner_line_text
from assessment.permissions import can_write, state_allows_writing
from assessment.progress import progress_of
from assessment.refusals import late_words, way_out
from assessment.services.activities import (
    ActivityData,
    ActivityElsewhere,
    move_activity,
    save_activity,
)
from assessment.services.details import stored_details
from assessment.services.withdrawing import restore_activity, withdraw_activity
from organizations.access import SignedInRequest
from organizations.models import User
from texts.models import StaleVersion
from texts.services import KeyReused, TextConflict, TextLocked

from .cards import (
    PLACES,
    Card,
    activities_of,
    card_response,
    make_card,
    other_criteria,
    page_context,
    withdrawn_line,
)

SHUT = "{words} จึงยังไม่ได้บันทึก ข้อความของท่านยังอยู่ครบด้านล่าง กรุณาคัดลอกเก็บไว้ {way_out}"
ELSEWHERE = "กิจกรรมนี้ถูกนำออกไปแล้ว จึงยังไม่ได้บันทึก ข้อความของท่านยังอยู่ครบด้านล่าง"
DETAILS_STALE = (
    "มีผู้แก้ไขผู้รับผิดชอบ วันที่ หรือข้อที่กิจกรรมนี้ตอบก่อนท่าน ขณะนี้ผู้รับผิดชอบคือ “{line}” จึงยังไม่ได้บันทึก "
    "สิ่งที่ท่านกรอกยังอยู่ครบด้านล่าง กดบันทึกอีกครั้งหากต้องการใช้ของท่าน"
)
NOT_CHANGED = "{} จึงยังไม่ได้เปลี่ยนแปลงกิจกรรม"
ORDER_STALE = "มีผู้จัดลำดับหรือนำกิจกรรมออกก่อนท่าน จึงยังไม่ได้เลื่อน กรุณาบันทึกข้อความที่เขียนค้างไว้ แล้วเปิดหน้านี้ใหม่เพื่อดูลำดับล่าสุด"


@require_safe
@for_criterion(writing=False)
def criterion(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse:
    """The page where one criterion is written."""
    return render(request, "assessment/criterion.html", page_context(request, analysis))


@require_safe
@for_criterion(writing=True)
def activity_card(
    request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID | None = None
) -> HttpResponse:
    """One card as it is stored, or a blank one for another activity."""
    activity = _activity(analysis, uid) if uid else None
    if not request.htmx or not can_write(request.user, analysis.sheet):  # type: ignore[attr-defined]
        return redirect("criterion", *address(analysis))
    return _card(request, analysis, activity)


def _card(request: SignedInRequest, analysis: CriterionAnalysis, activity: Activity | None) -> HttpResponse:
    """The card as it is stored."""
    others = other_criteria(request.user, analysis)
    return card_response(request, analysis, make_card(analysis, activity, others))


@require_POST
@for_criterion(writing=True)
def activity_save(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse:
    """Save one activity; whatever is refused comes back with everything that was typed."""
    others = other_criteria(request.user, analysis)
    card = make_card(analysis, _posted_activity(request, analysis), others, request.POST)
    if not state_allows_writing(request.user, analysis.sheet):
        card.refusal = shut_message(request.user, analysis.sheet)
        return card_response(request, analysis, card, status=409)
    if not (card.form.is_valid() & card.owners.is_valid()):
        return card_response(request, analysis, card, status=422)
    data = card.form.data_with(card.owners.lines())
    activity = _save(request, analysis, card, data)
    if activity is None:
        return card_response(request, analysis, card, status=409)
    return _saved(request, analysis, activity, data)


def _save(
    request: SignedInRequest, analysis: CriterionAnalysis, card: Card, data: ActivityData
) -> Activity | None:
    """Save what is valid; None when it was refused, the card then says why."""
    try:
        return save_activity(analysis=analysis, data=data, by=request.user)
    except (TextConflict, KeyReused):
        # the key comes again with another text when somebody went back in the browser and wrote on
        found = _posted_activity(request, analysis)
        card.conflict = found.text if found else None
        card.rebase(base_version=found.text.version if found else 0)
    except StaleVersion as stale:
        current = cast(Activity, stale.current)
        card.refusal = DETAILS_STALE.format(line=owner_line(current.pk) or "(ว่าง)")
        stored = stored_details(current, analysis, data.offered)
        shown = data.details(analysis, stored).mark_after_refusal(stored, data.shown)
        card.rebase(owners_version=current.owners_version, shown=shown)
    except TextLocked:
        card.refusal = shut_message(request.user, analysis.sheet, card.activity)
    except ActivityElsewhere:
        card.refusal = ELSEWHERE
        card.rebase()
    return None


def shut_message(user: User, sheet: CategorySheet, activity: Activity | None = None) -> str:
    """Why a save was refused, and what the person can do with the text that was typed."""
    words = late_words(user, sheet, activity)
    fresh = CategorySheet.objects.select_related("round").get(pk=sheet.pk)
    return SHUT.format(words=words, way_out=way_out(fresh))


def owner_line(activity_pk: int) -> str:
    """The owner line as it stands now."""
    return owner_line_text(ActivityOwner.objects.filter(activity=activity_pk).select_related("owner"))


def _saved(
    request: SignedInRequest, analysis: CriterionAnalysis, activity: Activity, data: ActivityData
) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, "บันทึกแล้ว")
        return redirect("criterion", *address(analysis))
    fresh = next(a for a in activities_of(analysis) if a.pk == activity.pk)
    answer = make_card(analysis, fresh, other_criteria(request.user, analysis))
    answer.saved_at = timezone.now()
    stored = stored_details(fresh, analysis, data.offered)
    answer.newer_text = fresh.text.html != data.html
    answer.newer_details = data.details(analysis, stored) != stored
    return card_response(request, analysis, answer)


def address(analysis: CriterionAnalysis) -> tuple[str, int, str]:
    """The parts of the criterion's address."""
    round = analysis.sheet.round
    return round.agency.code, round.year, analysis.wording.code


def _activity(analysis: CriterionAnalysis, uid: uuid.UUID) -> Activity:
    """An activity of this criterion, also one that was taken out of it; any other is not found."""
    return get_object_or_404(
        Activity.objects.known_to(analysis)
        .select_related("round", "text__updated_by")
        .prefetch_related(PLACES, "owner_lines__owner"),
        uid=uid,
    )


def _posted_activity(request: SignedInRequest, analysis: CriterionAnalysis) -> Activity | None:
    """The activity that the body names, if it is one of this criterion; the service refuses any other."""
    try:
        uid = uuid.UUID(request.POST.get("uid", ""))
    except ValueError:
        return None
    return next((activity for activity in activities_of(analysis) if activity.uid == uid), None)


@require_POST
@for_criterion(writing=True)
def activity_withdraw(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Take an activity out; a line with «นำกลับมา» stays in its place."""
    activity = _activity(analysis, uid)
    change = partial(withdraw_activity, activity=activity, analysis=analysis, by=request.user)
    if refused := _refusal_of(request, analysis, activity, change):
        return refused
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, "นำกิจกรรมออกแล้ว นำกลับมาได้ที่ท้ายหน้านี้")
        return redirect("criterion", *address(analysis))
    context = {
        "line": withdrawn_line(_activity(analysis, uid), analysis),
        "analysis": analysis,
        "round": analysis.sheet.round,
        "here": progress_of(analysis),
    }
    return render(request, "assessment/_card_withdrawn_answer.html", context)


@require_POST
@for_criterion(writing=True)
def activity_restore(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Put an activity back where it was."""
    activity = _activity(analysis, uid)
    change = partial(restore_activity, activity=activity, analysis=analysis, by=request.user)
    if refused := _refusal_of(request, analysis, activity, change):
        return refused
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, "นำกิจกรรมกลับมาแล้ว")
        return redirect("criterion", *address(analysis))
    return _card(request, analysis, _activity(analysis, uid))


def _refusal_of(
    request: SignedInRequest, analysis: CriterionAnalysis, activity: Activity, change: Callable[[], object]
) -> HttpResponse | None:
    """Make the change; the answer when the category takes none, also when it was submitted a moment ago."""
    try:
        require_writable(request.user, analysis.sheet)
        change()
    except TextLocked:
        words = late_words(request.user, analysis.sheet, activity)
        return _refused(request, analysis, activity, NOT_CHANGED.format(words))
    return None


def _refused(
    request: SignedInRequest, analysis: CriterionAnalysis, activity: Activity, message: str
) -> HttpResponse:
    """Say why nothing was changed; with htmx above the card, so that unsaved text in it stays."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.error(request, message)
        return redirect("criterion", *address(analysis))
    response = render(request, "assessment/_refusal.html", {"message": message}, status=409)
    return reswap(retarget(response, f"#card-{activity.uid}"), "beforebegin")


@require_POST
@for_criterion(writing=True)
def activity_move(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Swap an activity with its neighbour; the page moves the card, so that unsaved text in others stays."""
    activity = _activity(analysis, uid)
    up = request.POST.get("direction") == "up"
    try:
        base_version = int(request.POST.get("base_version", ""))
        change = partial(move_activity, analysis=analysis, activity=activity, up=up, by=request.user)
        if refused := _refusal_of(request, analysis, activity, partial(change, base_version=base_version)):
            return refused
    except (StaleVersion, ActivityElsewhere, ValueError):
        return _refused(request, analysis, activity, ORDER_STALE)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("criterion", *address(analysis))
    event = {"uid": str(uid), "up": up, "version": analysis.activities_version}
    return trigger_client_event(HttpResponse(status=204), "pmqa:moved", event)
