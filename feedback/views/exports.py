"""Feedback as a file, for everybody who may read it on the page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from feedback.exporters import FORMATS, export_feedback
from organizations.access import SignedInRequest, for_agency
from organizations.models import Agency, AuditEvent
from organizations.permissions import is_member
from thai.dates import year_fault


@require_safe
@for_agency(is_member)
def feedback_export(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The points of `year` and `step` in `format`; without them all years, all steps, and a workbook."""
    file_format = request.GET.get("format", "xlsx")
    if file_format not in FORMATS:
        raise Http404
    year, step = _number(request, "year"), _number(request, "step")
    if (year and year_fault(year)) or step not in (None, 1, 2, 3):
        raise Http404
    made = export_feedback(agency, file_format, year=year, step=step)
    if request.method == "GET":
        AuditEvent.record(
            "feedback.exported", by=request.user, agency=agency, format=file_format, year=year, step=step
        )
    response = HttpResponse(made.content, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _number(request: SignedInRequest, name: str) -> int | None:
    """A number of the address; None for "" or nothing, Http404 for anything else."""
    typed = request.GET.get(name, "")
    if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        raise Http404
    return int(typed) if typed else None
