"""Proposing a finished activity as a case of the library."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from assessment.access import for_criterion
from assessment.models import Activity, CriterionAnalysis
from assessment.services.proposing import NotFinished, NothingWritten, propose_case, proposed_case
from organizations.access import SignedInRequest
from practices.models import Practice, PracticeStatus
from practices.permissions import curates_practice

from .activities import address

NOT_FINISHED = "กรุณากด “ทำเสร็จแล้ว” ก่อน จึงจะเสนอกิจกรรมนี้เป็นตัวอย่างได้"
NOTHING_WRITTEN = "กิจกรรมนี้ยังไม่มีข้อความ จึงยังเสนอเป็นตัวอย่างไม่ได้"


@require_POST
@for_criterion(writing=True)
def activity_propose(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Make the draft and lead a curator to its form; everybody else is told what happens next."""
    rows = Activity.objects.current().filter(places__analysis=analysis).select_related("round", "text")
    activity = get_object_or_404(rows, uid=uid)
    known = proposed_case(activity) is not None
    try:
        practice = propose_case(activity=activity, by=request.user)
    except (NotFinished, NothingWritten) as refusal:
        messages.error(request, NOT_FINISHED if isinstance(refusal, NotFinished) else NOTHING_WRITTEN)
        return redirect("criterion", *address(analysis))
    messages.success(request, _words(practice, known=known))
    if not curates_practice(request.user, practice):
        return redirect("criterion", *address(analysis))
    is_open = practice.withdrawn_at is None and practice.status == PracticeStatus.DRAFT
    return redirect("practice_edit" if is_open else "practice", practice.pk)


def _words(practice: Practice, *, known: bool) -> str:
    """What becomes of the proposal, or has become of it."""
    if not known:
        return "เสนอเป็นตัวอย่างที่เป็นเลิศแล้ว เป็นฉบับร่างในคลัง ฝ่ายเลขานุการจะเติมรายละเอียดและเผยแพร่"
    if practice.withdrawn_at:
        return "กิจกรรมนี้เคยเสนอเป็นตัวอย่างแล้ว และฝ่ายเลขานุการถอนออกจากคลังแล้ว"
    if practice.status == PracticeStatus.PUBLISHED:
        return "กิจกรรมนี้เสนอเป็นตัวอย่างแล้ว และเผยแพร่ในคลังแล้ว"
    return "กิจกรรมนี้เสนอเป็นตัวอย่างแล้ว เป็นฉบับร่างในคลัง รอฝ่ายเลขานุการเผยแพร่"
