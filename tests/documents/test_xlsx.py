"""The Excel workbook of a form, read back: nothing missing, nothing evaluated, nothing cut."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
import time_machine
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook

from assessment.enums import SheetLayout
from documents.enums import Format
from documents.exporters import Order, export
from documents.exporters.xlsx import make_workbook
from documents.form import (
    ActivityBlock,
    CategoryBlock,
    CriterionBlock,
    FigureBlock,
    Form,
    OwnerBlock,
    PointBlock,
    PracticeBlock,
    Row,
)
from documents.xlsx.cells import (
    FORMULA_STARTS,
    GOES_ON,
    LONGEST_CELL,
    MOST_LINES,
    WENT_BEFORE,
    blocks_of_lines,
    lines_in,
    pieces,
)
from tests.world import World, moment

FLAT = ["กิจกรรม", "ผู้รับผิดชอบ", "ข้อเสนอแนะ", "ตัวอย่าง"]
LIST = '<p>นำ</p><ol class="marker-paren"><li>หนึ่ง</li><li>สอง<ul><li>ย่อย</li></ul></li></ol>'


def point(text: str = "มีระบบ แต่ยังขาดการติดตาม", **changes) -> PointBlock:
    block = PointBlock("point-1", 2564, 2, text, "ระบบ", "การติดตาม", "advance")
    return replace(block, **changes)


def practice(html: str = "<p>เรื่องของกรม</p>", **changes) -> PracticeBlock:
    block = PracticeBlock("กรมที่ดิน", "(รางวัล PMQA ปี 2564)", html, uid="chosen-1", key="dol-culture")
    return replace(block, **changes)


def activity(html: str = LIST, **changes) -> ActivityBlock:
    block = ActivityBlock(
        html=html,
        owner_line="สำนัก ก และสำนัก ข (ประสานงาน)",
        missing_owner=False,
        uid="activity-1",
        owners=(OwnerBlock("สำนัก ก", "", ""), OwnerBlock("สำนัก ข", "และ", "ประสานงาน")),
        starts_on=datetime.date(2026, 10, 1),
        ends_on=datetime.date(2027, 9, 30),
        serves=("1.1", "1.2"),
    )
    return replace(block, **changes)


def criterion_block(code: str = "1.1", **changes) -> CriterionBlock:
    block = CriterionBlock(code, f"ชื่อเต็มของ {code}", (point(),), (practice(),), uid=f"analysis-{code}")
    return replace(block, **changes)


def category_block(*rows: Row, **changes) -> CategoryBlock:
    block = CategoryBlock(
        number=1,
        name="การนำองค์การ",
        print_title=True,
        headings=("หัวหนึ่ง", "หัวสอง", "หัวสาม"),
        criterion_label="เกณฑ์",
        feedback_label="Feedback :",
        rows=rows
        or (
            Row(
                (criterion_block(),),
                "<p>บทวิเคราะห์ของข้อ</p>",
                (activity(),),
                "<p>อุปสรรค</p>",
                "<p>ทางแก้</p>",
                ("1.4",),
            ),
        ),
        obstacles="<p>อุปสรรคของหมวด</p>",
        remedies="<p>ทางแก้ของหมวด</p>",
        figures=(FigureBlock("figure-1", "คำบรรยายภาพ", "คำอธิบายภาพ"),),
    )
    return replace(block, **changes)


def form_of(*categories: CategoryBlock, **changes) -> Form:
    form = Form(
        title="แบบฟอร์มการวิเคราะห์",
        agency_code="senate",
        agency_name="สำนักงานเลขาธิการวุฒิสภา",
        year=2565,
        font_points=16,
        binding_margin_mm=5,
        thai_digits=False,
        read_at=moment(),
        categories=categories or (category_block(),),
    )
    return replace(form, **changes)


def content_of(form: Form) -> bytes:
    return make_workbook(form)


def book_of(form: Form) -> Workbook:
    return load_workbook(io.BytesIO(content_of(form)))


def values(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def all_values(book: Workbook) -> dict[str, list[list]]:
    return {sheet.title: values(sheet) for sheet in book}


def words(sheet) -> str:
    return "".join("".join(str(cell.value or "").split()) for row in sheet.iter_cols() for cell in row)


def records(sheet) -> list[dict]:
    head, *rows = values(sheet)
    return [dict(zip(head, row, strict=True)) for row in rows]


class TestContent:
    def test_the_flat_tables_hold_every_field(self):
        book = book_of(form_of())
        assert book.sheetnames == ["หมวด 1", *FLAT]
        (first,) = records(book["กิจกรรม"])
        assert list(first.values()) == [
            "activity-1",
            "1.1, 1.2",
            "นำ\n1) หนึ่ง\n2) สอง\n   • ย่อย",
            "สำนัก ก\nและสำนัก ข (ประสานงาน)",
            "1 ตุลาคม 2569",
            "30 กันยายน 2570",
            datetime.datetime(2026, 10, 1),
            datetime.datetime(2027, 9, 30),
        ]
        assert records(book["ข้อเสนอแนะ"]) == [
            {
                "uid": "point-1",
                "ปี (พ.ศ.)": 2564,
                "ขั้นตอนที่": 2,
                "เกณฑ์": "1.1",
                "ข้อความของสำนักงาน ก.พ.ร.": "มีระบบ แต่ยังขาดการติดตาม",
                "ส่วนที่ดี": "ระบบ",
                "ส่วนที่ยังขาด": "การติดตาม",
                "ระดับ": "Advance",
            }
        ]
        assert [list(record.values()) for record in records(book["ตัวอย่าง"])] == [
            ["chosen-1", "1.1", "กรมที่ดิน", "(รางวัล PMQA ปี 2564)", "เรื่องของกรม", "dol-culture"]
        ]
        assert [list(record.values()) for record in records(book["ผู้รับผิดชอบ"])] == [
            ["สำนัก ก", 1, "1.1, 1.2"],
            ["สำนัก ข", 1, "1.1, 1.2"],
        ]

    def test_the_sheet_of_the_category_holds_every_text_in_the_order_of_the_form(self):
        shown = values(book_of(form_of())["หมวด 1"])
        assert shown == [
            ["แบบฟอร์มการวิเคราะห์", None, None],
            ["หมวด 1 การนำองค์การ", None, None],
            ["หัวหนึ่ง", "หัวสอง", "หัวสาม"],
            [
                "เกณฑ์ 1.1 ชื่อเต็มของ 1.1\nFeedback : มีระบบ แต่ยังขาดการติดตาม",
                "กรมที่ดิน (รางวัล PMQA ปี 2564)\nเรื่องของกรม",
                "บทวิเคราะห์\nบทวิเคราะห์ของข้อ\n\nนำ\n1) หนึ่ง\n2) สอง\n   • ย่อย\n"
                "ผู้รับผิดชอบ สำนัก ก และสำนัก ข (ประสานงาน)\n\nดูข้อ 1.4",
            ],
            [None, None, "ปัญหาและอุปสรรค\nอุปสรรค\n\nแนวทางแก้ไข\nทางแก้"],
            ["ปัญหาและอุปสรรค :\nอุปสรรคของหมวด", None, None],
            ["แนวทางแก้ไข :\nทางแก้ของหมวด", None, None],
            ["ภาพ\nคำบรรยายภาพ\n[คำอธิบายภาพ: คำอธิบายภาพ]", None, None],
        ]

    def test_owners_stand_in_their_own_column_where_the_sheet_has_one(self):
        plain = Row((criterion_block(),), "", (activity("<p>ก</p>"),), "", "", ())
        block = category_block(plain, headings=("ก", "ข", "ค", "ง"), print_title=False)
        sheet = book_of(form_of(block))["หมวด 1"]
        assert [cell.value for cell in sheet[3]] == [
            "เกณฑ์ 1.1 ชื่อเต็มของ 1.1\nFeedback :\n- มีระบบ แต่ยังขาดการติดตาม",
            "กรมที่ดิน (รางวัล PMQA ปี 2564)\nเรื่องของกรม",
            "ก",
            "สำนัก ก และสำนัก ข (ประสานงาน)",
        ]

    def test_a_shared_activity_is_one_merged_cell_beside_its_criteria(self):
        shared = Row(
            (criterion_block("1.1"), criterion_block("1.2")), "", (activity("<p>ร่วม</p>"),), "", "", ()
        )
        sheet = book_of(form_of(category_block(shared, print_title=False)))["หมวด 1"]
        assert "C3:C4" in {str(span) for span in sheet.merged_cells.ranges}
        assert [sheet["A3"].value[:9], sheet["A4"].value[:9]] == ["เกณฑ์ 1.1", "เกณฑ์ 1.2"]
        assert sheet["C3"].value == "ร่วม\nผู้รับผิดชอบ สำนัก ก และสำนัก ข (ประสานงาน)"

    def test_an_activity_of_two_categories_is_one_row_of_the_table(self):
        other = category_block(number=2, name="อื่น")
        book = book_of(form_of(category_block(), other))
        assert book.sheetnames == ["หมวด 1", "หมวด 2", *FLAT]
        assert [record["uid"] for record in records(book["กิจกรรม"])] == ["activity-1"]

    def test_thai_digits_stand_in_the_form_and_arabic_ones_in_the_tables(self):
        book = book_of(form_of(thai_digits=True))
        assert book["หมวด 1"]["A2"].value == "หมวด ๑ การนำองค์การ"
        assert "1" not in words(book["หมวด 1"])
        assert records(book["กิจกรรม"])[0]["ตอบข้อ"] == "1.1, 1.2"

    def test_a_real_round_is_exported_whole_and_nothing_of_another_agency(self, here, there, world: World):
        sheet = here.sheets.get(category__number=1)
        sheet.layout = SheetLayout.FOUR_COLUMNS
        sheet.save()
        made = export(Order(here, Format.XLSX))
        book = load_workbook(io.BytesIO(made.content))
        assert made.filename == "pmqa-senate-2565.xlsx"
        assert made.media_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert (made.pages, len(made.sha256)) == (0, 64)
        assert book.sheetnames == [*(f"หมวด {number}" for number in range(1, 7)), *FLAT]
        assert [record["กิจกรรม"] for record in records(book["กิจกรรม"])] == [
            "กิจกรรม senate ข้อ 1.1",
            "กิจกรรม senate ข้อ 1.3 และ 1.4",
            "กิจกรรม senate ข้อ 3.1",
        ]
        assert [record["จำนวนกิจกรรม"] for record in records(book["ผู้รับผิดชอบ"])] == [2]
        assert not [text for text in map(words, book) if "nso" in text]

    def test_one_category_is_exported_alone(self, here):
        made = export(Order(here, Format.XLSX, category=3))
        book = load_workbook(io.BytesIO(made.content))
        assert made.filename == "pmqa-senate-2565-category-3.xlsx"
        assert book.sheetnames == ["หมวด 3", *FLAT]
        assert [record["ตอบข้อ"] for record in records(book["กิจกรรม"])] == ["3.1"]

    def test_progress_is_told_in_words_and_steps(self, here):
        told = []
        export(Order(here, Format.XLSX, on_progress=told.append))
        assert [step.done for step in told] == list(range(11))
        assert {step.total for step in told} == {10}
        assert (told[0].words, told[6].words) == ("กำลังเขียนหมวด 1", "กำลังเขียนตารางกิจกรรม")


def hostile(start: str) -> Form:
    """Every text of the form begins with this character."""
    text = f'{start}HYPERLINK("http://evil.example","กด")'
    html = f"<p>{text}</p>"
    block = criterion_block(
        points=(point(text, strength=text, gap=text, level=text),),
        practices=(practice(html, agency_name=text, award_line=text, key=text),),
    )
    owners = (OwnerBlock(text, start, text),)
    act = activity(html, uid=text, owners=owners, owner_line=text, serves=(text,))
    row = Row((replace(block, code=text, name=text),), html, (act,), html, html, (text,))
    category = category_block(
        row,
        name=text,
        headings=(text,) * 4,
        criterion_label="",
        feedback_label=text,
        obstacles=html,
        remedies=html,
        figures=(FigureBlock("figure-1", text, text),),
    )
    return form_of(category, title=text, agency_name=text)


class TestSafety:
    @pytest.mark.parametrize("start", FORMULA_STARTS)
    def test_a_text_that_looks_like_a_formula_stays_a_text(self, start):
        content = content_of(hostile(start))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if "/worksheets/" in name]
        assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]
        book = load_workbook(io.BytesIO(content))
        begun = [
            cell
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and cell.value.startswith(start)
        ]
        assert len(begun) >= 15
        assert {(cell.data_type, bool(cell.quotePrefix)) for cell in begun} == {("s", True)}

    @pytest.mark.parametrize("text", ["#N/A", "#REF!", "TRUE", "2569", "1.10", "_x0041_", "_x000D_ ก"])
    def test_a_text_that_looks_like_something_else_stays_what_it_is(self, text):
        (record,) = records(
            book_of(
                form_of(category_block(Row((criterion_block(points=(point(text),)),), "", (), "", "", ())))
            )["ข้อเสนอแนะ"]
        )
        # as Excel reads it; openpyxl leaves the escapes in
        assert unescape(record["ข้อความของสำนักงาน ก.พ.ร."]) == text

    def test_characters_that_no_workbook_holds_are_left_out(self):
        assert pieces("ก\x00\x01\x0b\x1fข\ud800\ufffe\uffffค\tง\n") == ["กขค\tง\n"]

    def test_equal_forms_give_equal_bytes(self):
        first = content_of(form_of())
        with time_machine.travel("2031-01-01"):
            assert content_of(form_of()) == first

    def test_the_moment_changes_no_cell_and_not_the_name_of_the_data(self, here):
        later = form_of(read_at=moment() + datetime.timedelta(days=3))
        assert content_of(later) != content_of(form_of())
        assert all_values(book_of(later)) == all_values(book_of(form_of()))
        made = [export(Order(here, Format.XLSX)).sha256 for _ in range(2)]
        assert made[0] == made[1]
        assert export(Order(here, Format.XLSX, thai_digits=True)).sha256 != made[0]


class TestLongTexts:
    @pytest.mark.parametrize("unit", ["คำที่ยาว ", "ก", "😀", "บรรทัด\n", "_x0041_"])
    def test_a_text_longer_than_a_cell_goes_on_in_the_next_with_a_note(self, unit):
        text = unit * (80_000 // len(unit))
        found = pieces(text)
        assert len(found) >= 3
        assert max(len(piece.encode("utf-16-le")) // 2 for piece in found) <= LONGEST_CELL
        assert all(piece.endswith(GOES_ON) for piece in found[:-1])
        assert all(piece.startswith(WENT_BEFORE) for piece in found[1:])
        joined = "".join(piece.removeprefix(WENT_BEFORE).removesuffix(GOES_ON) for piece in found)
        assert joined.replace("_x005F_", "_") == text

    def test_a_text_that_just_fits_is_one_piece(self):
        assert len(pieces("ก" * LONGEST_CELL)) == 1
        assert len(pieces("ก" * (LONGEST_CELL + 1))) == 2

    def test_a_table_repeats_the_uid_beside_the_rest_of_a_long_text(self):
        long = practice(f"<p>{'ตัวอย่าง ' * 8_000}</p>")
        row = Row((criterion_block(practices=(long,)),), "", (), "", "", ())
        found = records(book_of(form_of(category_block(row)))["ตัวอย่าง"])
        assert [(record["uid"], record["เกณฑ์"]) for record in found] == [
            ("chosen-1", "1.1"),
            ("chosen-1", None),
            ("chosen-1", None),
        ]

    def test_a_tall_criterion_goes_on_in_further_rows_and_nothing_of_it_is_lost(self):
        paragraphs = [f"ย่อหน้าที่ {n} " + "เนื้อหาของการดำเนินงานตามเกณฑ์ " * 12 for n in range(40)]
        html = "".join(f"<p>{paragraph.strip()}</p>" for paragraph in paragraphs)
        row = Row((criterion_block(practices=(practice(html),)),), "", (activity("<p>ก</p>"),), "", "", ())
        sheet = book_of(form_of(category_block(row)))["หมวด 1"]
        shown = "".join(str(cell.value or "") for cell in sheet["B"]).replace("\n", "")
        assert "".join(paragraph.strip() for paragraph in paragraphs) in shown
        heights = [dimension.height for dimension in sheet.row_dimensions.values()]
        assert max(heights) <= 409

    @pytest.mark.parametrize("width", [21, 40, 60])
    def test_no_part_is_higher_than_a_row(self, width):
        text = "การดำเนินงาน" * 700 + "\nสั้น\n" + "ก" * 5_000
        parts = blocks_of_lines(text, width, 10)
        assert "".join(parts).replace("\n", "") == text.replace("\n", "")
        assert max(lines_in(part, width) for part in parts) <= MOST_LINES

    def test_no_part_ends_inside_a_word(self):
        parts = blocks_of_lines("การพัฒนาคุณภาพการบริหารจัดการภาครัฐ" * 100, 21, 10)
        assert len(parts) > 5
        starts = ("การ", "พัฒนา", "คุณภาพ", "บริหาร", "จัดการ", "ภาครัฐ")
        assert not [part[:20] for part in parts if not part.startswith(starts)]


class TestLook:
    def test_pages_are_a4_on_their_side_with_headings_on_each(self):
        for sheet in book_of(form_of()):
            setup = sheet.page_setup
            assert (setup.orientation, int(setup.paperSize)) == ("landscape", 9)
            assert (int(setup.fitToWidth), int(setup.fitToHeight)) == (1, 0)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
            assert sheet.oddFooter.right.text == "หน้า &P จาก &N"
        book = book_of(form_of())
        assert book["หมวด 1"].print_title_rows == "$2:$3"
        assert book["หมวด 1"].freeze_panes == "A4"
        assert book["หมวด 1"].oddFooter.left.text == "ร่าง ณ วันที่ 20 พฤศจิกายน 2569 เวลา 14:03 น."
        for name in FLAT:
            assert (book[name].print_title_rows, book[name].freeze_panes) == ("$1:$1", "A2")

    def test_an_issued_form_is_no_draft(self):
        assert book_of(form_of(footer=""))["หมวด 1"].oddFooter.left.text is None

    def test_tables_have_filters_over_all_their_rows(self):
        book = book_of(form_of())
        assert {name: book[name].auto_filter.ref for name in FLAT} == {
            "กิจกรรม": "A1:H2",
            "ผู้รับผิดชอบ": "A1:C3",
            "ข้อเสนอแนะ": "A1:H2",
            "ตัวอย่าง": "A1:F2",
        }

    def test_every_cell_is_in_the_thai_font_wrapped_and_high_enough(self):
        for sheet in book_of(form_of()):
            filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
            assert {(cell.font.name, cell.font.size) for cell in filled} == {("TH Sarabun New", 14)}
            assert all(cell.alignment.wrap_text for cell in filled)
            assert min(sheet.row_dimensions[cell.row].height for cell in filled) > 20

    def test_dates_are_shown_in_the_buddhist_era(self):
        sheet = book_of(form_of())["กิจกรรม"]
        assert [cell.number_format for cell in sheet[2][6:]] == ["[$-107041E]d mmm yyyy"] * 2

    def test_libreoffice_reads_the_same_values(self, tmp_path):
        office = shutil.which("soffice")
        assert office, "LibreOffice Calc is missing: apt-get install libreoffice-calc-nogui"
        source = tmp_path / "form.xlsx"
        source.write_bytes(content_of(hostile("=")))
        (tmp_path / "out").mkdir()
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        arguments = ["--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(source)]
        subprocess.run([office, profile, *arguments], check=True, capture_output=True, timeout=120)
        again = load_workbook(tmp_path / "out" / "form.xlsx")
        assert all_values(again) == all_values(load_workbook(source))
