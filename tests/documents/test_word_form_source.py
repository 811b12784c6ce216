"""What a Word file hides beside its plain paragraphs is read too, and whatever a form looks like, nothing is lost."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.word_form.numbering import Numbering
from documents.word_form.patterns import squash
from documents.word_form.pieces import PieceKind, as_html
from documents.word_form.source import Line, Run, read_document
from tests.documents.test_word_form_reading import NAMES, characters, read
from tests.documents.word_forms import FOUR, THREE
from texts.cleaning import clean_html, plain_text

W = nsdecls("w")


def lines(*xml: str) -> list[tuple[str, str]]:
    """(place, text) of the lines of a document with these paragraphs."""
    document = Document()
    for each in xml:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(each))
    target = io.BytesIO()
    document.save(target)
    return [(line.place, line.text) for line in read_document(target.getvalue()).lines()]


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f"<w:ins w:id='1' w:author='x'>{run('เพิ่ม')}</w:ins>{run('เดิม')}", "เพิ่มเดิม"),
        (f"<w:del w:id='1' w:author='x'><w:r><w:delText>ลบ</w:delText></w:r></w:del>{run('เดิม')}", "เดิม"),
        (f"<w:hyperlink>{run('ลิงก์')}</w:hyperlink>", "ลิงก์"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('ช่องกรอก')}</w:sdtContent></w:sdt>", "ช่องกรอก"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("7"), "7"),
        ("<w:r><w:t>ก</w:t><w:tab/><w:t>ข</w:t><w:noBreakHyphen/><w:t>ค</w:t></w:r>", "ก ข-ค"),
    ],
    ids=["inserted", "deleted", "link", "content control", "field", "tab and hyphen"],
)
def test_every_character_that_a_reader_sees_is_read(inside, text):
    assert lines(f"<w:p {W}>{inside}</w:p>") == [("ย่อหน้า 1", text)]


def test_a_soft_line_break_begins_a_line():
    assert lines(f"<w:p {W}><w:r><w:t>ก</w:t><w:br/><w:t>ข</w:t></w:r></w:p>") == [
        ("ย่อหน้า 1", "ก"),
        ("ย่อหน้า 1", "ข"),
    ]


def test_a_table_in_a_content_control_is_read():
    row = f"<w:tr><w:tc><w:p>{run('ในช่อง')}</w:p></w:tc></w:tr>"
    table = f"<w:tbl><w:tblGrid><w:gridCol w:w='9'/></w:tblGrid>{row}</w:tbl>"
    assert lines(f"<w:sdt {W}><w:sdtContent>{table}</w:sdtContent></w:sdt>") == [
        ("ตาราง 1 แถว 1 คอลัมน์ 1", "ในช่อง")
    ]


def test_the_heads_and_feet_of_pages_are_read_once():
    document = Document()
    document.sections[0].header.paragraphs[0].text = "หัวเรื่องทุกหน้า"
    document.sections[0].footer.paragraphs[0].text = "หน้า 1"
    document.add_paragraph("เนื้อหา")
    target = io.BytesIO()
    document.save(target)
    found = [(line.place, line.text) for line in read_document(target.getvalue()).lines()]
    assert found == [("หัวกระดาษ", "หัวเรื่องทุกหน้า"), ("ย่อหน้า 1", "เนื้อหา"), ("ท้ายกระดาษ", "หน้า 1")]


def numbering(form: str, pattern: str) -> Numbering:
    level = f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
    return Numbering(
        parse_xml(
            f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
        )
    )


@pytest.mark.parametrize(
    ("form", "pattern", "labels"),
    [
        ("decimal", "%1.", ["1.", "2.", "3."]),
        ("thaiNumbers", "(%1)", ["(๑)", "(๒)", "(๓)"]),
        ("thaiLetters", "%1.", ["ก.", "ข.", "ค."]),
        ("decimalEnclosedCircle", "%1", ["①", "②", "③"]),
        ("lowerRoman", "%1)", ["i)", "ii)", "iii)"]),
        ("bullet", "\uf0b7", ["•", "•", "•"]),
        ("bullet", "-", ["-", "-", "-"]),
    ],
)
def test_numbers_that_word_counts_are_counted(form, pattern, labels):
    lists = numbering(form, pattern)
    assert [lists.label("1", 0) for _ in range(3)] == labels
    assert lists.label("9", 0) == ""


@pytest.mark.parametrize(
    ("labels", "html"),
    [
        (["1.", "2."], "<ol><li>ก</li><li>ข</li></ol>"),
        (["3.", "4."], '<ol start="3"><li>ก</li><li>ข</li></ol>'),
        (["(๑)", "(๒)"], '<ol class="marker-bracket"><li>ก</li><li>ข</li></ol>'),
        (["•", "-"], '<ul><li>ก</li></ul><ul class="marker-dash"><li>ข</li></ul>'),
        (["ก.", ""], "<p>ก. ก</p><p>ข</p>"),
    ],
)
def test_lists_of_word_become_lists(labels, html):
    made = [Line((Run(text),), "", label=label) for text, label in zip("กข", labels, strict=True)]
    assert clean_html(as_html(made, {})) == html


def test_marks_become_marks_and_signs_stay_signs():
    line = Line(
        (Run("ก", frozenset({"u"})), Run(" < ข & ", frozenset()), Run("ค", frozenset({"strong", "em"}))), ""
    )
    assert clean_html(as_html([line], {})) == "<p><u>ก</u> &lt; ข &amp; <strong><em>ค</em></strong></p>"


def test_a_picture_that_cannot_be_taken_leaves_a_sentence():
    made = as_html(
        [Line((Run("ก"),), "", pictures=("word/media/a.emf", "word/media/b.png"))],
        {"word/media/b.png": "/x/"},
    )
    assert made == '<p>ก</p><p>[ภาพในไฟล์นำเข้าไม่ได้ กรุณาแทรกภาพ]</p><figure><img src="/x/" alt=""></figure>'


# What stands in such forms, in any order: whatever a document looks like, each character ends in exactly one piece.
SCRAPS = (
    *THREE, *FOUR, "หมวด 1 การนำองค์การ", "หมวด ๖ การมุ่งเน้นระบบปฏิบัติการ", "แบบฟอร์มการวิเคราะห์ ปี 2565", "",
    f"เกณฑ์ 1.1 {NAMES['1.1']} Feedback : ขาดแผน", f"6.2 {NAMES['6.2']}", "เกณฑ์ ๓.๑", "เกณฑ์ 9.9 ไม่มี", "2.1",
    "Feedback :", "Feedback ก.พ.ร. ชั้นตอนที่ 2 ปี 2564", "- ข้อย่อย", "1. กิจกรรม", "(1) กิจกรรม", "๒) กิจกรรม",
    "กรมที่ดิน (64) : ใช้แผนที่", "● กรมการแพทย์ ปี 64", "(รางวัลเลิศรัฐ พ.ศ.2564)", "สป.สธ.", "บทวิเคราะห์", "กิจกรรม",
    "ปัญหาและอุปสรรค : มี", "แนวทางแก้ไข", "ผู้รับผิดชอบ", "ทำแล้ว ผู้รับผิดชอบ: ทุกสำนัก/กอง", "และทุกสำนัก", "หน้า 3",
    "ข้อความธรรมดาที่ยาวพอสมควรและไม่มีหัวข้อกำกับ", "<b>&amp;</b>",
)  # fmt: skip
CELLS = st.lists(st.sampled_from(SCRAPS), min_size=1, max_size=3)
BLOCKS = st.lists(
    st.one_of(
        st.sampled_from(SCRAPS),
        st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=3)),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


def written(blocks: list[str | list[list[list[str]]]]) -> bytes:
    document = Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(rows=0, cols=len(block[0]))
        for row in block:
            for cell, texts in zip(table.add_row().cells, row, strict=True):
                cell.text = texts[0]
                for text in texts[1:]:
                    cell.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


@settings(max_examples=30)
@given(BLOCKS)
def test_whatever_the_form_looks_like_no_character_is_lost(blocks):
    content = written(blocks)
    reading = read(content)
    assert Counter(squash("".join(piece.characters for piece in reading.pieces))) == characters(content)
    placed = [piece for piece in reading.pieces if piece.kind != PieceKind.HEADING]
    assert {piece.code for piece in placed} <= set(NAMES) | set("123456")
    for piece in placed:
        assert squash(plain_text(clean_html(as_html(piece.lines, {})))) == squash(piece.text)
