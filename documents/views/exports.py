"""Asking for a file, watching it being made, taking it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessment.access import for_round
from assessment.models import Round
from assessment.permissions import sees_round
from documents.enums import Format, JobState, Purpose
from documents.exporters import EXPORTERS
from documents.files import export_path
from documents.models import Job
from documents.permissions import cancels_export
from documents.services.jobs import QueueFull, cancel_export, request_export
from organizations.access import SignedInRequest
from organizations.models import AuditEvent

# What may be asked for; an issue is printed by issuing it.
FORMATS_OF: dict[str, frozenset[str]] = {
    Purpose.FORM: frozenset(EXPORTERS),
    Purpose.MEETING: frozenset(EXPORTERS),
    Purpose.COMMENTS: frozenset({Format.PDF, Format.DOCX}),
}


@require_POST
@for_round(sees_round)
def export_start(request: SignedInRequest, round: Round) -> HttpResponse:
    """Queue a file of the form or of one category."""
    wanted = request.POST.get("category", "")
    format = request.POST.get("format", Format.PDF.value)
    purpose = request.POST.get("purpose", Purpose.FORM.value)
    known = format in EXPORTERS and format in FORMATS_OF.get(purpose, ())
    if (wanted and wanted not in {"1", "2", "3", "4", "5", "6"}) or not known:
        raise Http404
    try:
        job = request_export(
            round=round,
            category=int(wanted) if wanted else None,
            thai_digits=round.thai_digits,
            by=request.user,
            format=Format(format),
            purpose=Purpose(purpose),
            whole_numbering=bool(wanted) and format == Format.PDF and "whole_numbering" in request.POST,
        )
    except QueueFull:
        messages.error(request, "ขณะนี้มีผู้ขอพิมพ์จำนวนมาก กรุณารอสักครู่แล้วกดพิมพ์อีกครั้ง")
        return redirect(round.get_absolute_url())
    return redirect("export", job.uid)


def _job(request: SignedInRequest, uid: uuid.UUID) -> Job:
    jobs = Job.objects.visible_to(request.user).select_related("round__agency", "requested_by")
    return get_object_or_404(jobs, uid=uid)


@require_safe
def export(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """How far the file is; asks again by itself while it is being made."""
    job = _job(request, uid)
    waiting = Job.objects.active().filter(requested_at__lt=job.requested_at).count() if job.is_active else 0
    may_cancel = cancels_export(request.user, job)
    context = {"job": job, "page_round": job.round, "waiting": waiting, "may_cancel": may_cancel}
    template = "documents/_export_state.html" if request.htmx else "documents/export.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_POST
def export_cancel(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Stop it."""
    job = _job(request, uid)
    if not cancels_export(request.user, job):
        raise PermissionDenied
    if not cancel_export(job=job, by=request.user):
        messages.info(request, "ไฟล์นี้เสร็จหรือหยุดไปก่อนแล้ว")
    return redirect("export", job.uid)


@require_safe
def export_file(request: SignedInRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The file itself: a PDF opens in the browser, everything else is saved."""
    job = _job(request, uid)
    path = export_path(job)
    if job.state != JobState.DONE or not path.exists():
        raise Http404
    format = Format(job.format)
    if request.method == "GET":
        AuditEvent.record(
            "export.downloaded", job, by=request.user, agency=job.round.agency, format=format.value
        )
    response = FileResponse(
        path.open("rb"),
        content_type=format.media_type,
        filename=job.filename,
        as_attachment=format != Format.PDF,
    )
    response["Cache-Control"] = "private, no-store"
    return response
