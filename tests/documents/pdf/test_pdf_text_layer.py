"""What is printed is what can be copied: text, order of the marks, unchanged look, valid structure."""

import io
import re
from functools import cache

import pikepdf
import pytest

from documents.pdf import render as render_module
from documents.pdf.fonts import find_fonts
from documents.pdf.render import render
from documents.pdf.text_layer import (
    TextLayerError,
    _Font,
    _Glyph,
    _put_marks_in_reading_order,
    _rewrite_runs,
    _Run,
    glyph_texts,
)

TORTURE = (
    "น้ำ ซ้ำ ก๊ำ จ๋ำ น่ำ ปู่ ป้ำ ผู้ ทั้ง กตัญญู ฐานะ ญี่ปุ่น เฟื่องฟู ๑๒๓ ดำเนินการ ผู้รับบริการ ข้อมูล สำนักงาน "
    "ปฏิรูป ฎีกา ฤๅษี พุทฺธํ กุฏฺฐํ ส่วน คำสั่ง ว่า มา ก่อน น่า การณ์ อยู่ กลุ่ม รู้ ผู้มีส่วนได้ส่วนเสีย ซ้ำ ๆ ฯลฯ "
    "เดมมิง ก.พ.ร. PMQA 4.0 office flight AVATAR fi Café ½ “คำพูด” – — … (ร้อยละ 92.90) ❶ ❿ ●"
)
PARAGRAPH = (
    "การดำเนินการตามแผนปฏิบัติราชการของสำนักงานเพื่อให้ผู้รับบริการและผู้มีส่วนได้ส่วนเสียเข้าถึงข้อมูลที่จำเป็น "
    "ทั้งนี้ น้ำใจและคำแนะนำของผู้เชี่ยวชาญ (Knowledge Management) เป็นสิ่งสำคัญ ปู่ย่าซ้ำคำนำ "
) * 15
STYLES = {
    "plain": "<p>{}</p>",
    "bold": "<p><strong>{}</strong></p>",
    "italic": "<p><em>{}</em></p>",
    "bold italic": "<p><strong><em>{}</em></strong></p>",
    "underlined": "<p><u>{}</u></p>",
    "heading": "<h1>{}</h1>",
    "cell": "<table><tr><td>{}</td></tr></table>",
}


def packed(text: str) -> str:
    return re.sub(r"\s", "", text)


def without_actual_text(text: str) -> str:
    """For readers that ignore /ActualText: nikhahit + tone + aa may stand for tone + sara am."""
    return re.sub("\u0e4d([\u0e48-\u0e4b]?)\u0e32", lambda match: match[1] + "\u0e33", text)


@cache
def printed(html: str, tagged: bool) -> bytes:
    return render(html, {}, title="ทดสอบ", tagged=tagged, css="@page { @bottom-center { content: none } }")


@pytest.mark.parametrize("tagged", [False, True], ids=["plain", "tagged"])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("reader", ["poppler", "pdfium", "pypdf"])
@pytest.mark.parametrize("text", [TORTURE, PARAGRAPH], ids=["torture", "paragraph"])
def test_extracted_text_equals_the_source(readers, reader, style, text, tagged):
    extracted = packed("".join(readers[reader](printed(STYLES[style].format(text), tagged))))
    if reader == "pypdf":
        extracted = without_actual_text(extracted)
    assert extracted == packed(text)


@pytest.mark.parametrize("tagged", [False, True], ids=["plain", "tagged"])
def test_pages_look_the_same_with_and_without_the_text_layer(monkeypatch, pixels, tmp_path, tagged):
    html = "".join(style.format(TORTURE + PARAGRAPH) for style in STYLES.values())
    with_layer = pixels(printed(html, tagged), tmp_path / "with")
    monkeypatch.setattr(render_module, "exact_text_layer", lambda document, pdf: None)
    plain = render(html, {}, title="ทดสอบ", tagged=tagged, css="@page { @bottom-center { content: none } }")
    assert plain != printed(html, tagged)
    assert pixels(plain, tmp_path / "without") == with_layer


def test_spans_nest_inside_text_objects_and_structure():
    pdf = pikepdf.open(io.BytesIO(printed("".join(s.format(TORTURE) for s in STYLES.values()), True)))
    spans = 0
    for page in pdf.pages:
        opened: list[str] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "BT":
                    opened.append("BT")
                case "BDC" if "/ActualText" in operands[1]:
                    assert opened == ["marked", "BT"]
                    opened.append("span")
                    spans += 1
                case "BDC" | "BMC":
                    assert "span" not in opened
                    opened.append("marked")
                case "ET":
                    assert opened.pop() == "BT"
                case "EMC":
                    assert opened.pop() in {"marked", "span"}
        assert opened == []
    assert spans >= TORTURE.count("\u0e33") * len(STYLES)


def test_aa_after_sara_am_stays_aa(pages_of):
    """The fault this module exists for: after น้ำ every า of the file read as ้ำ."""
    assert packed(pages_of(printed("<p>น้ำ มา หา ปลา</p>", False))[0]) == "น้ำมาหาปลา"


def test_no_span_across_lines_or_elements(pages_of):
    """A nikhahit that is really there keeps its text, also before an aa of the next element."""
    assert packed(pages_of(printed("<p>พุทฺธํ<b>าก</b></p>", False))[0]) == "พุทฺธําก"


def test_glyph_texts_come_from_map_names_and_substitutions():
    regular = next(face for face in find_fonts().faces if face.path.name == "Laksaman.ttf")
    from fontTools.ttLib import TTFont

    texts = glyph_texts(regular.path.read_bytes())
    ids = TTFont(regular.path).getReverseGlyphMap()
    assert texts[ids["uni0E32"]] == "า"
    assert texts[ids["uni0E48.low"]] == "่"
    assert texts[ids["uni0E0D.descless"]] == "ญ"
    assert texts[ids["uni0E33"]] == "ำ"


def test_unreadable_font_leaves_weasyprints_guess():
    assert glyph_texts(b"not a font") == {}


@pytest.mark.parametrize("widths", [(0, 0), (120, 0), (0, 80), (120, 80)])
def test_swapping_marks_moves_nothing_on_paper(widths):
    above = _Glyph(2, 160.5, b"0", "้", widths[0])
    below = _Glyph(3, -40.25, b"0", "ู", widths[1])
    run = _Run([], [_Glyph(1, 0, b"0", "ผ", 570), above, below, _Glyph(4, 12, b"0", "ร", 400)], end_spacing=7)
    before = places(run)
    _put_marks_in_reading_order(run)
    assert "".join(glyph.text for glyph in run.glyphs) == "ผู้ร"
    assert places(run) == pytest.approx(before)


def places(run: _Run) -> dict[int, float]:
    """Where each glyph stands, and under 0 where the pen is left."""
    pen, found = 0.0, {}
    for glyph in run.glyphs:
        pen -= glyph.spacing
        found[glyph.id] = pen
        pen += glyph.width
    return {**found, 0: pen - run.end_spacing}


@pytest.mark.parametrize("line", [b"(abc) Tj", b"[<0041>] TJ extra TJ"])
def test_unknown_text_operators_are_not_passed_over(line):
    with pytest.raises(TextLayerError):
        list(_rewrite_runs([b"BT", b"/F 1 Tf", line, b"ET"], {"F": _Font({}, {})}))
