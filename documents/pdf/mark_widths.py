"""A width for Thai marks, so that readers that go by geometry keep them in their line.

The marks of our fonts have no advance width. pdfminer takes two neighbours for one line when the gap between them is
small against the wider of the two; between a vowel and a tone mark, both without width, no gap is small enough, and
it reads them as lines of their own. Here every such glyph gets a tenth of the font size, in the font program and in the
PDF's table of widths alike (PDF/A wants them equal); the text layer takes it back behind each glyph (text_layer.py), so
nothing moves on paper.
"""

from io import BytesIO
from typing import Any

import pydyf
from fontTools.ttLib import TTFont

# Thousandths of the font size. The marks of our fonts stand at most 170 beside one another; a third is enough.
MARK_WIDTH = 100


def widen_marks(pdf: pydyf.PDF) -> dict[str, frozenset[int]]:
    """Give glyphs without width one; tells which, by the font's tag in the PDF."""
    objects = {item.reference: item for item in pdf.objects}
    widened: dict[str, frozenset[int]] = {}
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and "W" in item and "FontDescriptor" in item:
            descriptor = objects[item["FontDescriptor"]]
            if "FontFile2" in descriptor and (glyphs := _without_width(item["W"])):
                _widen_in_font(objects[descriptor["FontFile2"]], glyphs)
                _widen_in_table(item["W"])
                widened[tag_of(item)] = glyphs
    return widened


def tag_of(font: pydyf.Dictionary) -> str:
    """BaseFont is "/HASHED+Family-Style", and the hash is also the font's resource name."""
    return bytes(font["BaseFont"]).decode().lstrip("/").split("+")[0]


def _without_width(table: pydyf.Array) -> frozenset[int]:
    """The glyphs without width in [first glyph, [its width, the next one's width, …], first glyph, …]."""
    return frozenset(
        first + offset
        for first, widths in zip(table[::2], table[1::2], strict=True)
        for offset, width in enumerate(widths)
        if width == 0
    )


def _widen_in_table(table: pydyf.Array) -> None:
    for widths in table[1::2]:
        widths[:] = [width or MARK_WIDTH for width in widths]


def _widen_in_font(stream: Any, glyphs: frozenset[int]) -> None:
    font = TTFont(BytesIO(stream.stream[0]), recalcBBoxes=False, recalcTimestamp=False)
    advance = round(MARK_WIDTH * font["head"].unitsPerEm / 1000)
    metrics = font["hmtx"].metrics
    for name in (font.getGlyphName(glyph) for glyph in glyphs):
        metrics[name] = (advance, metrics[name][1])
    content = BytesIO()
    font.save(content, reorderTables=None)
    stream.stream = [content.getvalue()]
    stream.extra["Length1"] = len(content.getvalue())
