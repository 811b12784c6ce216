"""Taking in a paper from outside, a PDF or a photograph of it, and sending it to whoever may read it."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from pikepdf import PasswordError, Pdf, PdfError

from .figures import encode_figure

MAX_BYTES = 20 * 1024 * 1024
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
SUFFIXES = {"PNG": "png", "JPEG": "jpg"}
# Even a scan that a browser takes for a page could do nothing.
LOCKED_UP = "sandbox; default-src 'none'"


@dataclass(frozen=True)
class Scan:
    """The file as it is kept: a PDF with its bytes, a picture encoded anew."""

    name: str
    content: bytes
    suffix: str


def read_scan(file: UploadedFile) -> Scan:
    """Check one upload. Raises ValidationError with a Thai message."""
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError("ไฟล์ใหญ่เกิน 20 เมกะไบต์ กรุณาสแกนด้วยความละเอียดต่ำลง")
    content, name = file.read(), (file.name or "scan")[-200:]
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return Scan(name, content, "pdf")
    try:
        picture, kind, _, _ = encode_figure(io.BytesIO(content), len(content))
    except ValidationError as error:
        raise ValidationError(f"ไฟล์นี้ไม่ใช่ PDF และ{error.messages[0]}") from error
    return Scan(name, picture, SUFFIXES[kind])


def _check_pdf(content: bytes) -> None:
    try:
        with Pdf.open(io.BytesIO(content)) as document:
            if not len(document.pages):
                raise ValidationError("ไฟล์ PDF นี้ไม่มีหน้า กรุณาสแกนใหม่")
    except PasswordError as error:
        raise ValidationError("ไฟล์ PDF นี้มีรหัสผ่าน กรุณาบันทึกแบบไม่มีรหัสผ่าน") from error
    except PdfError as error:
        raise ValidationError("เปิดไฟล์ PDF นี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาสแกนใหม่") from error


def scan_response(
    stored: FieldFile | None, name: str, *, shown: bool = False, policy: str = LOCKED_UP
) -> FileResponse:
    """A kept paper under this name, which gets the paper's own suffix; raises Http404 where there is none.

    It is to save, or with `shown` to look at in the browser; `policy` is its Content-Security-Policy, "" leaves that
    of our pages.
    """
    try:
        file = stored.open("rb") if stored else None
    except FileNotFoundError as error:
        raise Http404 from error
    if stored is None or file is None:
        raise Http404
    suffix = str(stored.name).rsplit(".", 1)[-1]
    response = FileResponse(
        file, content_type=MEDIA_TYPES[suffix], filename=f"{name}.{suffix}", as_attachment=not shown
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    if policy:
        response["Content-Security-Policy"] = policy
    return response
