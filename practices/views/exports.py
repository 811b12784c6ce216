"""The library as files: for those who write cases, of the kinds of readers that they may export."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from framework.models import Edition
from organizations.access import SignedInRequest
from practices.exporters import ExportFormat, NotExportable, export_practices, write_zip

from .access import export_places_of

# YAML is for who keeps cases in a repository: the command writes it as well.
OFFERED: Final = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.JSON)


@require_safe
@never_cache
def practice_export(request: SignedInRequest, format: str) -> HttpResponse | FileResponse:
    """Published cases with their pictures as one archive."""
    places = export_places_of(request.user)
    if not places:
        raise PermissionDenied
    if format not in ExportFormat.values:
        raise Http404
    place = places.get(request.GET.get("for", "")) if "for" in request.GET else next(iter(places.values()))
    if place is None:
        raise Http404
    edition = Edition.objects.newest_first().first()
    if edition is None:
        messages.error(request, "ยังไม่มีเกณฑ์ PMQA ในระบบ จึงยังไม่มีตัวอย่างให้ดาวน์โหลด")
        return redirect("practice_list")
    file = TemporaryFile()  # noqa: SIM115 – the response reads and closes it
    try:
        write_zip(export_practices(edition, ExportFormat(format), kept_to=place.agency), file)
    except NotExportable as refusal:
        file.close()
        messages.error(request, f"ดาวน์โหลดไม่ได้: {refusal}")
        return redirect("practice_list")
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"pmqa-practices-{format}.zip")
