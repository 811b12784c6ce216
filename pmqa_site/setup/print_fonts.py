"""Puts the web font Sarabun together for print.

Its npm package has one file for Thai and one for Latin letters of every face. A browser takes each letter from the
file that has it; WeasyPrint garbles one of the two. So the files of a face are merged into one TrueType font.
"""

import logging
import shutil
from io import BytesIO
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

FACES = {
    (400, "normal"): "Sarabun.ttf",
    (700, "normal"): "Sarabun-Bold.ttf",
    (400, "italic"): "Sarabun-Italic.ttf",
    (700, "italic"): "Sarabun-BoldItalic.ttf",
}


def merge_sarabun(web: Path, target: Path) -> None:
    """Replace the folder `target` by the merged faces of the web fonts in `web`, with their licence.

    Raises OSError when a file is missing.
    """
    # Which tables the merger leaves out is of no use to whoever installs.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for (weight, style), name in FACES.items():
        parts = [_unpacked(web / f"sarabun-{subset}-{weight}-{style}.woff2") for subset in ("thai", "latin")]
        Merger().merge(parts).save(fresh / name)
    shutil.copyfile(web / "LICENSE", fresh / "LICENSE")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _unpacked(web_font: Path) -> BytesIO:
    font = TTFont(web_font)
    font.flavor = None
    file = BytesIO()
    font.save(file)
    file.seek(0)
    return file
