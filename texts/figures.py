"""Taking in pictures: opened by the library that will draw them, re-encoded, stripped of everything else."""

from __future__ import annotations

import hashlib
import io
import struct
import uuid
import zlib
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from organizations.models import Agency, AuditEvent, User

from .models import Figure
from .picture_bytes import is_plain_jpeg, is_plain_png

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 24_000_000
MAX_SIDE = 2_400
# Phones write MPO, a JPEG with a second picture behind the first.
FORMATS = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg")}
TAKEN = ("PNG", "JPEG", "WEBP")
PHOTOGRAPHS = {"JPEG", "MPO", "WEBP"}
UNREADABLE = "ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP ที่เปิดได้ กรุณาเลือกไฟล์ภาพอื่น"
TOO_MANY_PIXELS = "ภาพมีขนาดใหญ่เกิน 24 ล้านจุด กรุณาย่อภาพก่อน"


# (bytes, Pillow format, width, height)
Encoded = tuple[bytes, str, int, int]


class FigureTooLarge(ValidationError):
    """The file is larger than MAX_BYTES."""


def encode_figure(file: BinaryIO, size: int) -> Encoded:
    """The picture as we store it: (bytes, Pillow format, width, height).

    A picture that already meets our rules keeps its bytes, so that export and import do not wear it out.
    Raises ValidationError with a Thai message (FigureTooLarge for too many bytes).
    """
    raw = b"" if size > MAX_BYTES else file.read(MAX_BYTES + 1)
    if max(size, len(raw)) > MAX_BYTES:
        megabytes = max(size, len(raw)) / 1024 / 1024
        raise FigureTooLarge(f"ไฟล์ภาพใหญ่เกิน 10 เมกะไบต์ (ไฟล์นี้ {megabytes:.1f} เมกะไบต์) กรุณาย่อภาพก่อน")
    if not raw:
        raise ValidationError("ไฟล์นี้ว่างเปล่า กรุณาเลือกไฟล์ภาพอื่น")
    # WeasyPrint's import tells Pillow, for the whole process, to accept pictures that are cut off.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(raw), formats=TAKEN) as image:
            _check_pixels(image)
            image.load()
            return _encode(image, raw)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, *BROKEN) as error:
        raise ValidationError(UNREADABLE) from error


# What Pillow's decoders raise for files that lie about themselves.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    struct.error,
    zlib.error,
)


def _check_pixels(image: Image.Image) -> None:
    """Before decoding: a small file can hold a picture that fills the memory."""
    if image.width * image.height > MAX_PIXELS:
        raise ValidationError(f"{TOO_MANY_PIXELS} (ภาพนี้ {image.width:,} × {image.height:,} จุด)")


def _encode(image: Image.Image, raw: bytes) -> Encoded:
    if _meets_rules(image, raw):
        return raw, str(image.format), image.width, image.height
    upright = _plain_mode(ImageOps.exif_transpose(image))
    # WebP on the web is mostly photographs, which PNG would make ten times as large.
    target = "JPEG" if image.format in PHOTOGRAPHS and upright.mode in ("RGB", "L") else "PNG"
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    # A fresh copy of the pixels leaves comments, location and appended files behind.
    clean = Image.new(upright.mode, upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, format=target, quality=88, optimize=True)
    return out.getvalue(), target, clean.width, clean.height


def _plain_mode(image: Image.Image) -> Image.Image:
    """Eight bits a channel, no palette: what scales well and what every reader of the file understands."""
    if image.mode.startswith("I"):
        # Pillow would cut sixteen bits off at 255 instead of scaling them, which leaves a white sheet
        return image.convert("I").point(lambda value: value / 257).convert("L")
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA"):
        return image.convert("RGBA")
    return image.convert("L") if image.mode in ("1", "L") else image.convert("RGB")


def _meets_rules(image: Image.Image, raw: bytes) -> bool:
    """Already small enough, in a stored format, with nothing in it but the picture."""
    if max(image.size) > MAX_SIDE:
        return False
    if image.format == "PNG":
        return is_plain_png(raw)
    return image.format == "JPEG" and image.mode in ("RGB", "L") and is_plain_jpeg(raw)


def add_figure(
    *, file: BinaryIO, size: int, agency: Agency | None, by: User | None, name: str = ""
) -> Figure:
    """Store a picture of the agency; `agency=None` shares it (best-practice library).

    The same picture of the same agency and name (a slug, from fixture files) is stored once.
    Raises ValidationError with a Thai message.
    """
    # before the write lock is taken: decoding and encoding a large picture takes seconds
    encoded = encode_figure(file, size)
    return store_figure(encoded, agency=agency, by=by, name=name)


@transaction.atomic
def store_figure(
    encoded: Encoded, *, agency: Agency | None, by: User | None, name: str = "", uid: uuid.UUID | None = None
) -> Figure:
    """Store what `encode_figure` gave; `uid` is the one that a file from another installation knows it by."""
    content, kind, width, height = encoded
    digest = hashlib.sha256(content).hexdigest()
    if same := Figure.objects.filter(agency=agency, sha256=digest, name=name).first():
        return same
    extension, media_type = FORMATS[kind]
    figure = Figure(
        uid=uid or uuid.uuid4(),
        agency=agency,
        name=name,
        extension=extension,
        media_type=media_type,
        width=width,
        height=height,
        sha256=digest,
        uploaded_by=by,
    )
    figure.file.save("", ContentFile(content), save=False)
    figure.save()
    AuditEvent.record("figure.added", figure, by=by, agency=agency, sha256=digest)
    return figure
