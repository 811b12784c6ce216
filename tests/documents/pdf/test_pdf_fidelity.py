"""What is printed is what is read; `./pmqa prove text` has the table, with the whole form in every font."""

from io import BytesIO

import pypdf
import pytest
from fontTools.ttLib import TTFont

from documents.pdf.mark_widths import MARK_WIDTH
from proof import text as proof
from proof.readers import READERS


@pytest.mark.parametrize("style", proof.STYLES)
@pytest.mark.parametrize("font", proof.FONTS)
def test_the_torture_text_is_read_as_it_was_written(font, style):
    assert proof.torture_faults(font, style) == {name: [] for name in READERS}


def test_a_lost_mark_or_a_changed_order_would_be_found():
    assert proof.differences("น้ำปู่", "นำปู่") == [("้", "")]
    assert proof.differences("ปู่", "ปู่") != []


def test_marks_have_the_same_width_in_the_font_and_in_the_table():
    page = pypdf.PdfReader(BytesIO(proof.torture_pdf(proof.LAKSAMAN, "regular"))).pages[0]
    for named in page["/Resources"]["/Font"].values():
        font = named.get_object()["/DescendantFonts"][0].get_object()
        program = TTFont(BytesIO(font["/FontDescriptor"]["/FontFile2"].get_data()))
        per_mille = program["head"].unitsPerEm / 1000
        table = list(font["/W"])
        widths = {
            first + offset: width
            for first, run in zip(table[::2], table[1::2], strict=True)
            for offset, width in enumerate(run)
        }
        advances = {glyph: program["hmtx"][program.getGlyphName(glyph)][0] / per_mille for glyph in widths}
        assert widths == pytest.approx(advances, abs=1)
        assert 0 not in widths.values()
        assert MARK_WIDTH in widths.values()
