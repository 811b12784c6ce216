"""Bringing a file into a round: send it, look at what was understood, write it or leave it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessment.access import for_round
from assessment.models import Round
from assessment.permissions import round_allows_writing, runs_round
from assessment.services.locks import SheetLocked
from documents.enums import IncomingState
from documents.forms import IncomingForm
from documents.importers import RefusedFile, importer, kind_of
from documents.models import Incoming
from documents.services.incoming import AlreadyDecided, decide, keep_incoming
from feedback.services import FeedbackLocked
from organizations.access import SignedInRequest
from texts.services import TextLocked

CLOSED = "แบบฟอร์มปีนี้ปิดแล้ว จึงนำเข้าไม่ได้ กรุณาแจ้งผู้ดูแลหรือเปิดแบบฟอร์มอีกครั้งก่อน"
APPROVED = "หมวด {} เห็นชอบแล้ว จึงยังไม่ได้นำเข้าสิ่งใด กรุณาเปิดหมวดนี้ให้แก้อีกครั้งก่อน"
DECIDED = "มีผู้ตัดสินใจเรื่องไฟล์นี้ไปก่อนแล้ว หน้านี้แสดงผลล่าสุด"


@require_http_methods(["GET", "HEAD", "POST"])
@for_round(runs_round)
def incoming_new(request: SignedInRequest, round: Round) -> HttpResponse:
    """Send a file; it is read and shown, and nothing of the form changes yet."""
    form = IncomingForm(request.POST or None, request.FILES or None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_read(request, round, form.cleaned_data["file"]))
        except RefusedFile as refused:
            faults = _show_refusal(form, refused)
    # what was understood may be as large as the files themselves
    files = round.incoming_files.select_related("uploaded_by").defer("understood")[:20]
    context = {"page_round": round, "round": round, "form": form, "files": files, "faults": faults}
    return render(request, "documents/incoming_new.html", context, status=422 if form.errors else 200)


def _show_refusal(form: IncomingForm, refused: RefusedFile) -> list[str]:
    """One sentence stands at the field; of several faults only their number does, and they are listed below."""
    faults = str(refused).splitlines()
    if len(faults) == 1:
        form.add_error("file", faults[0])
        return []
    form.add_error("file", f"ไฟล์นี้ยังนำเข้าไม่ได้ มี {len(faults)} จุดที่ต้องแก้ไข ตามรายการด้านล่าง")
    return faults


def _read(request: SignedInRequest, round: Round, file: object) -> Incoming:
    if not round_allows_writing(request.user, round):
        raise RefusedFile(CLOSED)
    content: bytes = file.read()  # type: ignore[attr-defined]
    filename: str = file.name  # type: ignore[attr-defined]
    kind = kind_of(content, filename)
    understood = importer(kind).read(content, round=round, by=request.user)
    return keep_incoming(
        round=round, kind=kind, filename=filename, content=content, understood=understood, by=request.user
    )


def _incoming(request: SignedInRequest, uid: uuid.UUID) -> Incoming:
    """What the person may see (404), and whether the person runs the year (403)."""
    files = Incoming.objects.visible_to(request.user).select_related("round__agency", "round__edition")
    found = get_object_or_404(files, uid=uid)
    if not runs_round(request.user, found.round):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def incoming(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """What was understood; confirming writes all of it or nothing."""
    found = _incoming(request, uid)
    if request.method == "POST":
        try:
            if not round_allows_writing(request.user, found.round):
                raise RefusedFile(CLOSED)
            messages.success(request, importer(found.kind).apply(found, request.POST, by=request.user))
            return redirect(found)
        except (RefusedFile, FeedbackLocked) as refused:
            messages.error(request, str(refused))
        except SheetLocked as locked:
            messages.error(request, APPROVED.format(locked.sheet.number))
        except TextLocked:
            messages.error(request, CLOSED)
        except AlreadyDecided:
            messages.error(request, DECIDED)
            return redirect(found)
    context = {
        "page_round": found.round,
        "round": found.round,
        "incoming": found,
        "answers": request.POST,
        "before": _taken_before(found),
        **importer(found.kind).review(found),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "documents/incoming.html", context, status=status)


def _taken_before(incoming: Incoming) -> Incoming | None:
    """The same file, when it was brought into this round already."""
    same = Incoming.objects.filter(round=incoming.round, sha256=incoming.sha256, state=IncomingState.APPLIED)
    found: Incoming | None = same.exclude(pk=incoming.pk).select_related("decided_by").first()
    return found


@require_POST
def incoming_drop(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Leave the file; nothing of it was written."""
    found = _incoming(request, uid)
    try:
        decide(incoming=found, state=IncomingState.DROPPED, by=request.user)
    except AlreadyDecided:
        messages.info(request, DECIDED)
    return redirect("incoming_new", found.round.agency.code, found.round.year)
