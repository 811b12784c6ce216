"""Pictures in and out."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from organizations.access import SignedInRequest, for_agency, for_installation_admin
from organizations.models import Agency

from .figures import FigureTooLarge, add_figure
from .models import Figure
from .permissions import writes_somewhere

# The content under a uid never changes; one day, because a shared computer changes hands.
CACHED = "private, max-age=86400, immutable"
# Even a picture that a browser takes for a page could do nothing.
LOCKED_UP = "sandbox; default-src 'none'"


@require_safe
def figure(request: SignedInRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The picture itself, for people of its agency, or for everybody when it is shared."""
    found = get_object_or_404(Figure.objects.visible_to(request.user), uid=uid)
    try:
        stored = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(stored, content_type=found.media_type, filename=f"{found.uid}.{found.extension}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = LOCKED_UP
    response["Cache-Control"] = CACHED
    return response


@require_POST
@for_agency(writes_somewhere)
def figure_upload(request: HttpRequest, agency: Agency) -> JsonResponse:
    """Take in one picture of the agency."""
    return _take_in(request, agency)


@require_POST
@for_installation_admin
def shared_figure_upload(request: HttpRequest) -> JsonResponse:
    """Take in one picture for the shared cases of the library."""
    return _take_in(request, None)


def _take_in(request: HttpRequest, agency: Agency | None) -> JsonResponse:
    """201 {url, width, height}; 413 or 422 {error} with a Thai message."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return JsonResponse({"error": "กรุณาเลือกไฟล์ภาพก่อน"}, status=422)
    try:
        added = add_figure(file=upload.file, size=upload.size or 0, agency=agency, by=request.user)  # type: ignore[arg-type]
    except FigureTooLarge as error:
        return JsonResponse({"error": error.messages[0]}, status=413)
    except ValidationError as error:
        return JsonResponse({"error": error.messages[0]}, status=422)
    return JsonResponse(
        {"url": added.get_absolute_url(), "width": added.width, "height": added.height}, status=201
    )
