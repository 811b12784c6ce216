"""Readers of finished PDFs: what a person gets who copies or searches the text. One text per page."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO

import pypdf
import pypdfium2

Reader = Callable[[bytes], list[str]]

# What the shaper draws for ำ; readers that ignore /ActualText give this. Nothing else may differ.
DRAWN_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")


def poppler_pages(pdf: bytes) -> list[str]:
    """As `pdftotext -raw` gives it; so do Evince, Okular and most indexers."""
    program = shutil.which("pdftotext")
    assert program, "pdftotext is missing; on Debian install poppler-utils"
    run = subprocess.run([program, "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode().split("\f")[:-1]


def pdfium_pages(pdf: bytes) -> list[str]:
    """As Chrome and Edge copy it."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def pypdf_pages(pdf: bytes) -> list[str]:
    """As Python programs read it; does not know /ActualText."""
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]


def pdfminer_pages(pdf: bytes) -> list[str]:
    """As other Python programs read it; does not know /ActualText."""
    from pdfminer.high_level import extract_text

    return extract_text(BytesIO(pdf)).split("\f")[:-1]


READERS: dict[str, Reader] = {"poppler": poppler_pages, "pdfium": pdfium_pages, "pypdf": pypdf_pages}
if importlib.util.find_spec("pdfminer"):
    READERS["pdfminer"] = pdfminer_pages
WITHOUT_ACTUAL_TEXT = frozenset(("pypdf", "pdfminer"))


def squeezed(text: str) -> str:
    """Without any blank: readers put their own between the pieces that they find."""
    return re.sub(r"\s+", "", text)


def as_read(reader: str, text: str) -> str:
    """What a reader found, without blanks, and with ำ where that reader is allowed its drawn parts."""
    found = squeezed(text)
    return DRAWN_SARA_AM.sub("\\1\u0e33", found) if reader in WITHOUT_ACTUAL_TEXT else found
