"""Readers of finished PDFs: what a person gets who copies or searches the text."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pypdf
import pypdfium2
import pytest

Reader = Callable[[bytes], list[str]]


def poppler_pages(pdf: bytes) -> list[str]:
    program = shutil.which("pdftotext")
    assert program, "pdftotext is missing; on Debian install poppler-utils"
    run = subprocess.run([program, "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode().split("\f")[:-1]


def pdfium_pages(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def pypdf_pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


READERS: dict[str, Reader] = {"poppler": poppler_pages, "pdfium": pdfium_pages, "pypdf": pypdf_pages}


@pytest.fixture
def readers() -> dict[str, Reader]:
    return READERS


@pytest.fixture
def pages_of() -> Reader:
    """The text of each page as poppler reads it."""
    return poppler_pages


@pytest.fixture
def pixels() -> Callable[[bytes, Path], list[bytes]]:
    """Each page drawn by poppler at 100 dpi, as raw pictures that can be compared."""

    def draw(pdf: bytes, folder: Path) -> list[bytes]:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["pdftoppm", "-r", "100", "-", str(folder / "page")], input=pdf, check=True)
        return [picture.read_bytes() for picture in sorted(folder.glob("*.ppm"))]

    return draw
