"""Readers of finished PDFs: what a person gets who copies or searches the text."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from proof.readers import READERS, Reader, poppler_pages


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
