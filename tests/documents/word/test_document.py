"""What the exported document is made of: page, table, Thai, lists, pictures, and the same bytes every time."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Mm

from documents.form import FigureBlock
from documents.word.reader import read_properties
from tests.documents.word.forms import (
    FIGURE,
    MOMENT,
    ROUND,
    activity,
    category,
    criterion,
    form,
    form_with,
    marks_of,
    row,
    uid,
    write,
)


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def opened(content: bytes):
    return docx.Document(io.BytesIO(content))


@pytest.fixture
def whole():
    """Category 1 with a shared row and texts around it, category 6 with four columns."""
    shared = row(
        criterion("1.3"),
        criterion("1.4", practice="", feedback=("ข้อหนึ่ง", "ข้อสอง")),
        activities=[activity("<p>ร่วมกัน</p>", key=uid(2))],
    )
    first = row(
        criterion("1.1"),
        activities=[activity("<p>แรก</p>")],
        analysis="<p>วิเคราะห์</p>",
        obstacles="<p>ติดขัด</p>",
    )
    see = row(criterion("1.2", practice="", feedback=()), see=("1.1",))
    four = row(
        criterion("6.1"),
        activities=[
            activity("<p>หก</p>", "ก", uid(3)),
            activity("<p>หกสอง</p>", "ข", uid(4)),
            activity("<p>หกสาม</p>", "ก", uid(5)),
        ],
    )
    figure = FigureBlock(FIGURE, "ภาพท้ายหมวด", "คำอธิบายภาพท้ายหมวด")
    return form(
        category(first, see, shared, obstacles="<p>ปัญหารวม</p>", remedies="<p>ทางแก้</p>", figures=(figure,)),
        category(four, number=6, columns=4, print_title=False),
    )


def test_equal_data_give_equal_bytes(whole):
    assert write(whole) == write(whole)


def test_the_hash_names_the_data_and_not_the_moment(whole):
    later = form(*whole.categories, read_at=MOMENT + datetime.timedelta(days=1))
    hashes = [read_properties(write(each))["pmqa-data"] for each in (whole, later, form(whole.categories[0]))]
    assert hashes[0] == hashes[1] != hashes[2]
    assert read_properties(write(later))["pmqa-round"] == ROUND


def test_the_page_is_a4_landscape_with_the_margins_of_the_print(whole):
    section = opened(write(form(*whole.categories, binding_margin_mm=10))).sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    sides = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.right_margin,
        section.bottom_margin,
    )
    lengths = [*sides, section.left_margin, section.gutter]
    assert [round(length / Mm(1)) for length in lengths] == [297, 210, 15, 12, 16, 12, 10]
    table = opened(write(whole)).tables[0]
    assert round(sum(cell.width for cell in table.rows[1].cells) / Mm(1)) == 273


def test_the_rows_of_headings_are_repeated_and_long_rows_may_split(whole):
    tables = opened(write(whole)).tables
    for table in tables:
        heads = [bool(r._tr.xpath("./w:trPr/w:tblHeader")) for r in table.rows]
        assert heads == [True, True] + [False] * (len(table.rows) - 2)
        assert not any(r._tr.xpath("./w:trPr/w:cantSplit") for r in table.rows[2:])
    assert [len(t.columns) for t in tables] == [3, 4]
    widths = [cell.width / Mm(1) for cell in tables[0].rows[1].cells]
    assert [round(width / sum(widths) * 100) for width in widths] == [26, 40, 34]


def test_criteria_that_share_activities_stand_beside_one_merged_cell(whole):
    rows = opened(write(whole)).tables[0].rows
    texts = [[cell.text for cell in r.cells] for r in rows[2:]]
    assert texts[0] == [
        "เกณฑ์ 1.1 ชื่อเกณฑ์ 1.1\nFeedback : ข้อเสนอแนะ",
        "กรมที่ดิน รางวัลปี 2564\nตัวอย่าง",
        "บทวิเคราะห์\nวิเคราะห์\nแรก\nผู้รับผิดชอบ สำนักนโยบายและแผน\nปัญหาและอุปสรรค\nติดขัด",
    ]
    assert texts[1] == ["เกณฑ์ 1.2 ชื่อเกณฑ์ 1.2", "", "ดูข้อ 1.1"]
    assert texts[3][0] == "เกณฑ์ 1.4 ชื่อเกณฑ์ 1.4\nFeedback :\n- ข้อหนึ่ง\n- ข้อสอง"
    assert rows[4].cells[2]._tc is rows[5].cells[2]._tc
    assert texts[2][2] == texts[3][2] == "ร่วมกัน\nผู้รับผิดชอบ สำนักนโยบายและแผน"


def test_owners_of_four_columns_stand_apart_each_line_once(whole):
    cells = opened(write(whole)).tables[1].rows[2].cells
    assert [cell.text for cell in cells[2:]] == ["หก\nหกสอง\nหกสาม", "ก\nข"]


def test_title_texts_and_figures_around_the_tables(whole):
    document = opened(write(whole))
    lines = [(p.style.name, p.text) for p in document.paragraphs if p.text or p._p.xpath(".//w:drawing")]
    assert lines == [
        ("Title", "แบบฟอร์มประจำปี พ.ศ. 2565"),
        ("PMQA Label", "ปัญหาและอุปสรรค :"),
        ("Normal", "ปัญหารวม"),
        ("PMQA Label", "แนวทางแก้ไข :"),
        ("Normal", "ทางแก้"),
        ("PMQA Whole Figure", ""),
        ("PMQA Whole Caption", "ภาพท้ายหมวด"),
    ]
    headings = [p for t in document.tables for r in t.rows[:3] for c in r.cells for p in c.paragraphs]
    assert {(p.style.name, p.text) for p in headings if p.style.name.startswith("Heading")} == {
        ("Heading 1", "หมวด 1 ชื่อหมวด 1"),
        ("Heading 1", "หมวด 6 ชื่อหมวด 6"),
        ("Heading 2", "เกณฑ์ 1.1 ชื่อเกณฑ์ 1.1"),
        ("Heading 2", "เกณฑ์ 6.1 ชื่อเกณฑ์ 6.1"),
    }


def test_thai_has_its_font_size_weight_and_language():
    content = write(form_with("<p><strong>หนา</strong><em>เอียง</em></p>", font_points=14))
    styles, body = part(content, "word/styles.xml"), part(content, "word/document.xml")
    fonts = (
        'w:ascii="TH Sarabun New" w:hAnsi="TH Sarabun New" w:eastAsia="TH Sarabun New" w:cs="TH Sarabun New"'
    )
    defaults = styles[styles.index("<w:rPrDefault>") : styles.index("</w:rPrDefault>")]
    assert fonts in defaults
    assert '<w:sz w:val="28"/><w:szCs w:val="28"/>' in defaults
    assert 'w:bidi="th-TH"' in defaults
    assert "<w:b/><w:bCs/>" in body
    assert "<w:i/><w:iCs/>" in body
    for text in (styles, body):
        assert text.count("<w:b/>") == text.count("<w:bCs/>")
        assert len(re.findall("<w:sz ", text)) == len(re.findall("<w:szCs ", text))
    core = opened(content).core_properties
    assert (core.title, core.language) == ("แบบฟอร์มประจำปี พ.ศ. 2565", "th-TH")
    assert core.created == MOMENT


def test_the_footer_counts_pages_and_names_the_moment(whole):
    footer = part(write(whole), "word/footer1.xml")
    assert (
        "".join(re.findall(r"<w:t [^>]*>([^<]*)", footer))
        == "ร่าง ณ วันที่ 20 พฤศจิกายน 2569 เวลา 14:03 น.หน้า 1 จาก 1"
    )
    assert re.findall(r"<w:instrText[^>]*>([^<]*)", footer) == [" PAGE ", " NUMPAGES "]
    issued = part(write(form(*whole.categories, footer="")), "word/footer1.xml")
    assert "ร่าง" not in issued


def test_thai_digits_stand_everywhere_or_nowhere(whole):
    content = write(form(*whole.categories, thai_digits=True))
    words = "".join(re.findall(r"<w:t [^>]*>([^<]*)", part(content, "word/document.xml")))
    assert not set("0123456789") & set(words)
    assert "เกณฑ์ ๑.๑" in words
    footer = part(content, "word/footer1.xml")
    assert "ร่าง ณ วันที่ ๒๐ พฤศจิกายน ๒๕๖๙ เวลา ๑๔:๐๓ น." in footer
    assert re.findall(r"<w:instrText[^>]*>([^<]*)", footer) == [
        " PAGE ",
        " = ",
        " NUMPAGES ",
        r" \* ThaiArabic ",
    ]
    assert '<w:pgNumType w:fmt="thaiNumbers"/>' in part(content, "word/document.xml")


def test_lists_are_real_with_markers_starts_and_levels():
    html = '<ol class="marker-bracket" start="4"><li>ก<ul><li>ข</li></ul></li></ol><ol><li>ค</li></ol>'
    content = write(form_with(html))
    numbering = part(content, "word/numbering.xml")
    assert re.findall(r'<w:lvlText w:val="([^"]*)"/>', numbering)[::2] == [
        "●",
        "–",
        "%1.",
        "%1)",
        "(%1)",
        "%1.",
        "%1",
    ]
    starts = re.findall(r'w:ilvl="(\d)"><w:startOverride w:val="(\d+)"', numbering)
    assert starts == [("0", "4"), ("1", "1"), ("0", "1")]
    body = part(content, "word/document.xml")
    assert re.findall(r'<w:ilvl w:val="(\d)"/><w:numId w:val="(\d)"/>', body) == [
        ("0", "1"),
        ("1", "2"),
        ("0", "3"),
    ]


def test_pictures_have_their_description_and_keep_their_shape():
    html = f'<figure><img src="/figures/{FIGURE}/" alt="ผัง &quot;ก&quot;"><figcaption>คำบรรยาย</figcaption></figure>'
    document = opened(write(form_with(html)))
    (shape,) = document.element.body.xpath(".//wp:docPr")
    assert shape.get("descr") == 'ผัง "ก"'
    (extent,) = document.element.body.xpath(".//wp:extent")
    assert (int(extent.get("cx")), int(extent.get("cy"))) == (40 * 9525, 20 * 9525)
    gone = opened(write(form_with(html), pictures={}))
    assert '[ผัง "ก"]' in gone.tables[0].rows[2].cells[2].text


def test_every_piece_has_one_identity_that_word_takes(whole):
    content = write(whole)
    names = re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="([^"]*)"', part(content, "word/document.xml"))
    assert len({number for number, _ in names}) == len({name for _, name in names}) == len(names)
    assert all(re.fullmatch(r"_[a-z0-9_]{1,39}", name) for _, name in names)
    kinds = [mark.kind.value for mark in marks_of(content)]
    assert kinds.count("a") == 5
    assert kinds.count("o") == 4
    assert {"n", "b", "c", "d", "p", "h"} <= set(kinds)
    by_kind = {mark.kind.value: mark for mark in marks_of(content)}
    assert (by_kind["p"].key, by_kind["p"].version) == (uid(961), 4)
    assert (by_kind["d"].key, by_kind["d"].version) == ("1", 0)
