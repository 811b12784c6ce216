"""Last year's Word forms in the styles of six offices: every piece found, no character lost."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from docx import Document

from documents.importers.archive import check_docx
from documents.word_form.patterns import squash
from documents.word_form.pieces import Piece, PieceKind
from documents.word_form.reading import Reading, read_form
from documents.word_form.source import read_document
from documents.word_form.streams import Known
from tests.documents import word_forms
from tests.documents.word_forms import AGENCIES, STYLES, Form

EDITION = Path(__file__).parents[2] / "fixtures" / "framework" / "2564.yaml"
ROWS = [
    row
    for category in yaml.safe_load(EDITION.read_text(encoding="utf-8"))["categories"]
    for row in category["criteria"]
]
NAMES = {row["code"]: row["full_name"] for row in ROWS if row["code"][0] != "7"}
KNOWN = Known({code: (name,) for code, name in NAMES.items()}, frozenset(map(squash, AGENCIES)))


def characters(content: bytes) -> Counter[str]:
    """Every character of the document, read here without any code of ours; a drawn box counts once."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    twice = {t for fallback in root.iter() if fallback.tag.endswith("}Fallback") for t in fallback.iter()}
    texts = (t.text or "" for t in root.iter() if t.tag.endswith("}t") and t not in twice)
    return Counter(squash("".join(texts)))


def read(content: bytes, known: Known = KNOWN) -> Reading:
    check_docx(content)
    return read_form(read_document(content), known)


def of(reading: Reading, kind: PieceKind, code: str) -> list[Piece]:
    return [piece for piece in reading.pieces if piece.kind == kind and code in (piece.code, *piece.also)]


@pytest.fixture(scope="module", params=STYLES)
def form(request) -> Form:
    return STYLES[request.param](word_forms.entries(NAMES))


@pytest.fixture(scope="module")
def reading(form: Form) -> Reading:
    return read(form.content)


class TestSixOfficeStyles:
    def test_no_character_is_lost(self, form, reading):
        held = Counter(squash("".join(piece.characters for piece in reading.pieces)))
        assert held == characters(form.content)

    def test_only_headings_and_labels_are_left_out(self, form, reading):
        left_out = "".join(piece.text for piece in reading.pieces if piece.kind == PieceKind.HEADING)
        assert Counter(squash(left_out)) == Counter(squash("".join(form.headings)))

    def test_nothing_is_left_to_be_placed_by_hand(self, reading):
        assert [(p.code, p.text, p.why) for p in reading.pieces if p.kind == PieceKind.NOTE] == []

    def test_the_form_tells_its_years_and_the_step(self, form, reading):
        assert (reading.year, reading.feedback_year) == (2565, 2564)
        assert reading.step == 2

    def test_every_point_of_feedback_is_one_piece(self, form, reading):
        for entry in form.entries:
            found = [
                re.sub(r"^(?:- |• |\d+\. )", "", p.text) for p in of(reading, PieceKind.FEEDBACK, entry.code)
            ]
            assert found == list(entry.points)

    def test_every_case_has_its_agency_award_year_and_text(self, form, reading):
        for entry in form.entries:
            found = [
                (
                    p.agency,
                    squash(p.award),
                    p.award_year,
                    squash("".join(line.text for line in p.lines)).replace("-", ""),
                )
                for p in of(reading, PieceKind.PRACTICE, entry.code)
            ]
            expected = [
                (case.agency, squash(case.award), case.year, squash("".join(case.lines)).replace("-", ""))
                for case in entry.cases
            ]
            assert found == expected

    def test_every_activity_is_found_with_its_lines(self, form, reading):
        for entry in form.entries:
            home = form.shared.get(entry.code, entry.code)
            found = squash("".join(p.text for p in of(reading, PieceKind.ACTIVITY, home)))
            starts = [squash(lines[0]) in found for lines in entry.activities]
            assert starts == [True] * len(entry.activities)

    def test_every_owner_line_stands_with_its_criterion(self, form, reading):
        for entry in form.entries:
            home = form.shared.get(entry.code, entry.code)
            assert entry.owners in [p.text for p in of(reading, PieceKind.OWNERS, home)]

    def test_analysis_and_passages_of_a_category_are_found(self, form, reading):
        for (number, kind), text in form.passages.items():
            assert [p.text for p in of(reading, PieceKind(kind), number)] == [text]
        for entry in form.entries:
            expected = (
                [entry.analysis]
                if entry.analysis and form.style not in ("four columns", "five columns")
                else []
            )
            assert [p.text for p in of(reading, PieceKind.ANALYSIS, entry.code)] == expected

    def test_every_piece_names_its_place(self, reading):
        place = re.compile(r"(ตาราง \d+ แถว \d+ คอลัมน์ \d|ย่อหน้า \d+)")
        assert [p.text for p in reading.pieces if not place.match(p.place)] == []


class TestLongForm:
    def test_two_hundred_pages_are_read_without_loss(self):
        form = STYLES["senate"](word_forms.entries(NAMES, lines=140))
        reading = read(form.content)
        held = Counter(squash("".join(piece.characters for piece in reading.pieces)))
        assert held == characters(form.content)
        assert sum(held.values()) > 350_000
        assert [p.text for p in reading.pieces if p.kind == PieceKind.NOTE] == []


def small(*rows: tuple[str, str, str], paragraphs: tuple[str, ...] = ()) -> Reading:
    """A table of three columns with these rows, then paragraphs."""
    document = Document()
    table = document.add_table(rows=0, cols=3)
    for row in (word_forms.THREE, *rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            lines = text.split("\n")
            cell.text = lines[0]
            for line in lines[1:]:
                cell.add_paragraph(line)
    for text in paragraphs:
        document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return read(target.getvalue())


def texts(reading: Reading, kind: PieceKind) -> list[tuple[str, str]]:
    return [(p.code, p.text) for p in reading.pieces if p.kind == kind]


class TestSingleRows:
    def test_a_name_cut_by_the_end_of_a_page_is_still_the_name(self):
        name = NAMES["1.4"]
        reading = small(
            (f"เกณฑ์ 1.4 {name[:30]}", "", ""), word_forms.THREE, (f"{name[30:]}\nFeedback : ขาดผล", "", "")
        )
        assert texts(reading, PieceKind.FEEDBACK) == [("1.4", "ขาดผล")]
        assert texts(reading, PieceKind.NOTE) == []

    def test_text_before_the_feedback_that_is_no_name_is_kept_as_a_note(self):
        reading = small((f"เกณฑ์ 1.2 {NAMES['1.2']}\nดูเอกสารแนบ\nFeedback : ขาดผล", "", ""))
        assert texts(reading, PieceKind.NOTE) == [("1.2", "ดูเอกสารแนบ")]

    def test_a_numbered_point_is_no_criterion(self):
        reading = small((f"เกณฑ์ 1.2 {NAMES['1.2']}\nFeedback :\n1.1 ขาดแผน\n1.3 ขาดผล", "", ""))
        assert {code for code, _ in texts(reading, PieceKind.FEEDBACK)} == {"1.2"}

    def test_a_criterion_that_the_edition_does_not_have_becomes_notes_of_its_category(self):
        reading = small(("เกณฑ์ 2.9 เรื่องที่ไม่มี\nFeedback : ขาดผล", "", "ทำ"))
        assert texts(reading, PieceKind.ACTIVITY) == []
        assert [(p.code, p.text, p.why) for p in reading.pieces if p.kind == PieceKind.NOTE][-1] == (
            "2.1", "ทำ", "ไฟล์ระบุเกณฑ์ 2.9 ซึ่งไม่มีในรอบนี้",
        )  # fmt: skip

    def test_the_owner_label_in_the_middle_of_a_line_needs_a_colon_or_emphasis(self):
        reading = small((f"เกณฑ์ 1.2 {NAMES['1.2']}", "", "ประชุมผู้รับผิดชอบทุกเดือน ผู้รับผิดชอบ: ทุกสำนัก"))
        assert texts(reading, PieceKind.ACTIVITY) == [("1.2", "ประชุมผู้รับผิดชอบทุกเดือน")]
        assert texts(reading, PieceKind.OWNERS) == [("1.2", "ทุกสำนัก")]

    def test_a_paragraph_behind_the_table_is_a_note_with_its_place(self):
        reading = small((f"เกณฑ์ 1.2 {NAMES['1.2']}", "", "ทำ"), paragraphs=("แผนภาพประกอบ",))
        assert [(p.code, p.text, p.place) for p in reading.pieces if p.kind == PieceKind.NOTE] == [
            ("1.2", "แผนภาพประกอบ", "ย่อหน้า 1")
        ]

    def test_two_criteria_in_a_merged_cell_share_the_activity(self):
        document = Document()
        table = document.add_table(rows=3, cols=3)
        for cell, text in zip(table.rows[0].cells, word_forms.THREE, strict=True):
            cell.text = text
        for row, code in ((1, "1.3"), (2, "1.4")):
            table.rows[row].cells[0].text = f"เกณฑ์ {code} {NAMES[code]}"
        table.rows[1].cells[2].merge(table.rows[2].cells[2]).text = "ทำร่วมกัน"
        target = io.BytesIO()
        document.save(target)
        (piece,) = [p for p in read(target.getvalue()).pieces if p.kind == PieceKind.ACTIVITY]
        assert (piece.code, piece.also, piece.text) == ("1.3", ("1.4",), "ทำร่วมกัน")

    def test_halves_of_sara_am_are_told_and_joined(self):
        reading = small((f"เกณฑ์ 1.2 {NAMES['1.2']}", "", "ดําเนินการตามน้ํา"))
        assert texts(reading, PieceKind.ACTIVITY) == [("1.2", "ดำเนินการตามน้ำ")]
        assert len(reading.split_am) == 1

    @pytest.mark.parametrize(
        ("typed", "award", "year"),
        [
            ("(รางวัล PMQA หมวด 2 ปี 2564)", "รางวัล PMQA หมวด 2", 2564),
            ("(รางวัลเลิศรัฐสาขาคุณภาพการบริหารจัดการ พ.ศ.2564)", "รางวัลเลิศรัฐสาขาคุณภาพการบริหารจัดการ", 2564),
            ("(รางวัลเลิศรัฐ ปี ๒๕๖๓)", "รางวัลเลิศรัฐ", 2563),
            ("ปี 64", "", 2564),
            ("(64)", "", 2564),
            ("(๖๔)", "", 2564),
            ("(2562)", "", 2562),
            ("", "", None),
        ],
    )
    def test_an_award_is_read_in_every_notation(self, typed, award, year):
        reading = small((f"เกณฑ์ 1.2 {NAMES['1.2']}", f"กรมที่ดิน {typed}\nใช้แผนที่", ""))
        (piece,) = [p for p in reading.pieces if p.kind == PieceKind.PRACTICE]
        assert (piece.agency, piece.award, piece.award_year, piece.text) == ("กรมที่ดิน", award, year, "ใช้แผนที่")
