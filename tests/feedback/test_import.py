"""Feedback from Excel and CSV: honest, careless and hostile files."""

from __future__ import annotations

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from feedback.importers.columns import TEMPLATE
from feedback.importers.plan import plan_feedback
from feedback.importers.reading import read_feedback
from feedback.importers.template import feedback_template
from feedback.models import FeedbackPoint
from feedback.services import Locks, add_point, change_point, lock_feedback, withdraw_point
from framework.models import Criterion, EditionCriterion
from organizations.enums import Role
from organizations.importers.workbook import RefusedWorkbook
from organizations.models import AuditEvent
from tests.sheets import confirm, csv_text, saved, send, xlsx
from tests.world import World, join

HEAD = list(TEMPLATE.headings.values())
FIRST = "มีการสื่อสารวิสัยทัศน์ แต่ยังขาดการติดตามผล"
GOOD = [
    [2564, 2, "1.1", FIRST, "การสื่อสารวิสัยทัศน์", "การติดตามผล", "Advance"],
    ["๒๕๖๔", "ขั้นตอนที่ ๒", "เกณฑ์ ๓.๒", "ขาดช่องทางใหม่\nและการประเมิน", None, None, None],
    ["พ.ศ. 2564", 3.0, 6.4, "– ยังไม่มีระบบ", None, None, "basic"],
]


def sheet(*rows, head=HEAD, title="ข้อเสนอแนะ") -> bytes:
    return xlsx(title, head, *rows)


def faults_of(world: World, *rows, content: bytes | None = None) -> list[tuple[str, str]]:
    content = content or sheet(*rows)
    table = read_feedback(io.BytesIO(content), size=len(content))
    return [(f.place, f.message) for f in plan_feedback(table, agency=world.here.agency).faults]


def states(world: World, *rows, content: bytes | None = None) -> list[tuple[int, str]]:
    content = content or sheet(*rows)
    table = read_feedback(io.BytesIO(content), size=len(content))
    plan = plan_feedback(table, agency=world.here.agency)
    assert plan.faults == []
    return [(point.number, point.state.name) for point in plan.points]


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedWorkbook) as refused:
        read_feedback(io.BytesIO(content), size=len(content))
    return str(refused.value)


def standing(agency) -> list[tuple]:
    points = FeedbackPoint.objects.filter(agency=agency).current().order_by("pk")
    names = ("year", "step", "criterion__identity", "text", "strength", "gap", "level")
    return list(points.values_list(*names))


@pytest.fixture
def secretary(client, world: World):
    client.force_login(world.here.people[Role.SECRETARIAT])
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def address() -> str:
    return reverse("feedback_import", args=["senate"])


def press(client, shown, agency: str = "senate"):
    return confirm(client, "feedback_import_confirm", [agency], shown)


class TestHonestFiles:
    def test_the_dry_run_writes_nothing_and_the_confirmation_everything(
        self, client, world, secretary, address
    ):
        shown = send(client, address, sheet(*GOOD))
        assert shown.status_code == 200
        assert "ใหม่ 3 · เปลี่ยน 0 · คงเดิม 0" in shown.content.decode()
        assert not FeedbackPoint.objects.exists()
        done = press(client, shown)
        assert done["Location"] == reverse("feedback_list", args=["senate"]) + "?year=2564"
        assert standing(world.here.agency) == [
            (2564, 2, "pmqa4-1.1", FIRST, "การสื่อสารวิสัยทัศน์", "การติดตามผล", "advance"),
            (2564, 2, "pmqa4-3.2", "ขาดช่องทางใหม่\nและการประเมิน", "", "", ""),
            (2564, 3, "pmqa4-6.4", "– ยังไม่มีระบบ", "", "", "basic"),
        ]
        assert AuditEvent.objects.filter(verb="feedback.added", actor=secretary).count() == 3
        event = AuditEvent.objects.get(verb="feedback.imported")
        assert (event.agency, event.facts) == (world.here.agency, {"new": 3, "changed": 0})

    def test_the_same_file_twice_changes_nothing(self, client, world, secretary, address):
        press(client, send(client, address, sheet(*GOOD)))
        before = list(FeedbackPoint.objects.order_by("pk").values())
        again = send(client, address, sheet(*GOOD))
        page = again.content.decode()
        assert "ใหม่ 0 · เปลี่ยน 0 · คงเดิม 3" in page
        assert "ทุกแถวมีอยู่ในระบบแล้ว" in page
        assert 'name="number"' not in page
        assert list(FeedbackPoint.objects.order_by("pk").values()) == before

    def test_marks_of_a_point_that_stands_follow_the_file_and_empty_cells_say_nothing(
        self, client, world, secretary, address
    ):
        press(client, send(client, address, sheet(*GOOD)))
        row = [*GOOD[0][:4], None, "ยังขาดการติดตามผล", None]
        shown = send(client, address, sheet(row))
        page = shown.content.decode()
        assert "<del>การติดตามผล</del> → <ins>ยังขาดการติดตามผล</ins>" in page
        press(client, shown)
        assert standing(world.here.agency)[0][4:] == ("การสื่อสารวิสัยทัศน์", "ยังขาดการติดตามผล", "advance")
        assert FeedbackPoint.objects.get(text=FIRST).version == 2

    def test_a_point_that_was_withdrawn_stays_withdrawn(self, world, secretary):
        point = add_point(
            agency=world.here.agency,
            year=2564,
            step=2,
            criterion=Criterion.objects.get(identity="pmqa4-1.1"),
            text=FIRST,
            by=secretary,
        )
        withdraw_point(point=point, base_version=point.version, by=secretary)
        assert states(world, GOOD[0]) == [(2, "WITHDRAWN")]

    def test_points_of_another_agency_are_not_the_same_points(self, world):
        criterion = Criterion.objects.get(identity="pmqa4-1.1")
        add_point(agency=world.there.agency, year=2564, step=2, criterion=criterion, text=FIRST, by=None)
        assert states(world, GOOD[0]) == [(2, "NEW")]

    def test_what_changed_between_dry_run_and_confirmation_is_written_on_top_of_what_stands(
        self, client, world, secretary, address
    ):
        shown = send(client, address, sheet(*GOOD))
        press(client, send(client, address, sheet(GOOD[0])))
        # the second upload took the place of the first
        assert press(client, shown)["Location"] == address
        assert len(standing(world.here.agency)) == 1

    def test_a_number_of_another_agency_confirms_nothing(self, client, world, secretary, address):
        join(secretary, world.there.agency, Role.SECRETARIAT)
        shown = send(client, address, sheet(*GOOD))
        assert press(client, shown, agency="nso")["Location"] == reverse("feedback_import", args=["nso"])
        assert not FeedbackPoint.objects.exists()

    def test_somebody_who_was_faster_stops_the_whole_file(
        self, client, world, secretary, address, monkeypatch
    ):
        press(client, send(client, address, sheet(GOOD[0])))
        row = [*GOOD[0][:4], None, "ยังขาดการติดตามผล", None]
        shown = send(client, address, sheet(GOOD[1], row))

        def overtaken(**values):
            point = FeedbackPoint.objects.get(pk=values["point"].pk)
            fields = {name: values[name] for name in ("year", "step", "criterion", "text", "strength", "gap")}
            change_point(point=point, base_version=point.version, by=secretary, level="", **fields)
            return change_point(**values)

        monkeypatch.setattr("feedback.importers.writing.change_point", overtaken)
        refused = press(client, shown)
        assert refused["Location"] == address
        assert len(standing(world.here.agency)) == 1

    def test_the_template_is_read_back_and_its_example_row_is_passed_over(self, client, world, secretary):
        response = client.get(reverse("feedback_template", args=["senate"]))
        book = load_workbook(io.BytesIO(response.content))
        assert book.sheetnames == ["ข้อเสนอแนะ", "คำอธิบาย", "รายการเลือก"]
        assert [cell.value for cell in book["ข้อเสนอแนะ"][1]] == HEAD
        assert "ยังไม่มีข้อเสนอแนะใต้หัวคอลัมน์" in refusal(response.content)
        for index, value in enumerate(GOOD[0], start=1):
            book["ข้อเสนอแนะ"].cell(3, index, value)
        assert states(world, content=saved(book)) == [(3, "NEW")]

    def test_the_template_offers_the_process_codes_steps_and_levels(self, world):
        book = load_workbook(io.BytesIO(feedback_template(2564)))
        columns = [[cell.value for cell in column if cell.value] for column in book["รายการเลือก"].columns]
        codes = [f"{number}.{index}" for number in range(1, 7) for index in range(1, 5)]
        assert columns == [
            ["ขั้นตอนที่", "1", "2", "3"],
            ["เกณฑ์", *codes],
            ["ระดับ", "Basic", "Advance", "Significance"],
        ]
        rules = {str(rule.sqref): rule.formula1 for rule in book["ข้อเสนอแนะ"].data_validations.dataValidation}
        assert rules == {
            "B2:B502": "'รายการเลือก'!$A$2:$A$4",
            "C2:C502": "'รายการเลือก'!$B$2:$B$25",
            "G2:G502": "'รายการเลือก'!$C$2:$C$4",
        }

    def test_planning_costs_the_same_number_of_queries_for_any_number_of_rows(self, world):
        counts = []
        for number in (1, 30):
            with CaptureQueriesContext(connection) as queries:
                assert len(states(world, *([2564, 2, "1.1", f"ข้อความ {n}"] for n in range(number)))) == number
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestOddShapes:
    def test_headings_with_blanks_notes_and_a_merged_title_above_are_found(self, world):
        book = Workbook()
        page = book.active
        page.append(["ข้อเสนอแนะของสำนักงาน ก.พ.ร. ปี 2564"])
        page.merge_cells("A1:G1")
        page.append([])
        page.append([" ปี  (พ.ศ.) *", "ขั้นตอน ที่", "เกณฑ์ (รหัส)", "ข้อความของสำนักงาน  ก.พ.ร.", "ระดับ"])
        page.append([])
        page.append([2564, 1, "1.1", FIRST, "Basic"])
        assert states(world, content=saved(book)) == [(5, "NEW")]

    def test_headings_in_two_rows_under_a_merged_one_are_found(self, world):
        book = Workbook()
        page = book.active
        page.append(["ปี (พ.ศ.)", "ขั้นตอนที่", "เกณฑ์", "ข้อความของสำนักงาน ก.พ.ร.", "การวิเคราะห์"])
        page.append([None, None, None, None, "ส่วนที่ดี", "ส่วนที่ยังขาด"])
        page.merge_cells("E1:F1")
        page.append([2564, 1, "1.1", FIRST, "การสื่อสารวิสัยทัศน์", "การติดตามผล"])
        content = saved(book)
        table = read_feedback(io.BytesIO(content), size=len(content))
        (point,) = plan_feedback(table, agency=world.here.agency).points
        assert (point.number, point.marks) == (3, {"strength": "การสื่อสารวิสัยทัศน์", "gap": "การติดตามผล"})

    def test_a_hidden_sheet_is_passed_over_and_named(self, client, world, secretary, address):
        book = Workbook()
        book.active.title = "เก่า"
        book.active.append(HEAD)
        book.active.append([2564, 1, "1.1", "ข้อความที่ซ่อนไว้"])
        book.active.sheet_state = "hidden"
        page = book.create_sheet("รายการ")
        page.append(HEAD)
        page.append(GOOD[0])
        shown = send(client, address, saved(book)).content.decode()
        assert "ไม่ได้อ่านแผ่นงานที่ซ่อนไว้: เก่า" in shown
        assert "ข้อความที่ซ่อนไว้" not in shown
        assert "ใหม่ 1 ·" in shown

    def test_a_hidden_sheet_of_the_right_name_is_refused(self):
        book = Workbook()
        page = book.create_sheet("ข้อเสนอแนะ")
        page.append(HEAD)
        page.sheet_state = "hidden"
        assert "แผ่นงาน “ข้อเสนอแนะ” ถูกซ่อนไว้" in refusal(saved(book))

    def test_the_escapes_that_excel_writes_are_the_characters_that_they_mean(self, world):
        content = sheet([2564, 2, "1.1", "หนึ่ง_x000D_\nสอง _x005F_x0041_"])
        ((_, fields),) = read_feedback(io.BytesIO(content), size=len(content)).rows
        assert fields["text"] == "หนึ่ง\nสอง _x0041_"

    def test_blank_rows_between_are_passed_over_and_row_numbers_stay_those_of_excel(self, world):
        assert states(world, [], GOOD[0], [None, " "], [], GOOD[1]) == [(3, "NEW"), (6, "NEW")]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_csv_is_read_in_every_encoding_that_offices_save(self, world, encoding, delimiter):
        rows = [[3 if cell == 3.0 else cell for cell in row] for row in GOOD]
        text = csv_text(HEAD, *rows, delimiter=delimiter)
        assert states(world, content=text.encode(encoding)) == [(2, "NEW"), (3, "NEW"), (4, "NEW")]

    def test_csv_keeps_line_breaks_in_quotes_and_names_its_rows_without_a_sheet(self, world):
        rows = [[2564, 2, "1.1", "บรรทัดหนึ่ง\nบรรทัดสอง"], [2564, 9, "1.1", "สาม"]]
        (fault,) = faults_of(world, content=csv_text(HEAD, *rows).encode())
        assert fault == ("แถว 3 คอลัมน์ B (ขั้นตอนที่)", "“9” ไม่ใช่ขั้นตอนที่ 1–3")

    def test_a_csv_of_a_thai_excel_goes_all_the_way_in(self, client, world, secretary, address):
        content = csv_text(HEAD, GOOD[1]).encode("cp874")
        press(client, send(client, address, content, name="feedback.csv"))
        assert standing(world.here.agency) == [
            (2564, 2, "pmqa4-3.2", "ขาดช่องทางใหม่\nและการประเมิน", "", "", "")
        ]


class TestCarelessFiles:
    def test_every_fault_is_collected_with_sheet_row_and_column(self, client, world, secretary, address):
        rows = [
            [2024, 2, "1.1", "ก", None, None, None],
            [64, 2, "1.1", "ข", None, None, None],
            [None, None, None, "ค", None, None, None],
            [2564, 4, "9.9", None, None, None, "สูงสุด"],
            [2564, 1, "7.1", "ง", None, None, None],
            [2564, 1, "8.1", "จ", None, None, None],
            [2564, 1, "1.9", "ฉ", "ไม่มีในข้อความ", None, None],
            GOOD[0],
            GOOD[0],
        ]
        found = faults_of(world, *rows)
        place = "แผ่นงาน “ข้อเสนอแนะ” แถว {} คอลัมน์ {} ({})".format
        assert found == [
            (place(2, "A", "ปี (พ.ศ.)"), "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"),
            (place(3, "A", "ปี (พ.ศ.)"), "ปี 64 ไม่ครบสี่หลัก กรุณาพิมพ์ปีพุทธศักราชให้ครบสี่หลัก เช่น 2564"),
            (place(4, "A", "ปี (พ.ศ.)"), "ยังไม่ได้กรอกปี"),
            (place(4, "B", "ขั้นตอนที่"), "ยังไม่ได้กรอกขั้นตอน"),
            (place(5, "B", "ขั้นตอนที่"), "“4” ไม่ใช่ขั้นตอนที่ 1–3"),
            (place(5, "C", "เกณฑ์"), "ไม่มีหมวด 9 ข้อเสนอแนะรับเฉพาะหมวด 1–6"),
            (place(5, "D", "ข้อความของสำนักงาน ก.พ.ร."), "ยังไม่ได้กรอกข้อความ"),
            (place(5, "G", "ระดับ"), "ไม่รู้จักระดับ “สูงสุด” ระดับที่ใช้ได้คือ Basic · Advance · Significance"),
            (place(6, "C", "เกณฑ์"), "“7.1” อยู่ในหมวด 7 ข้อเสนอแนะรับเฉพาะหมวด 1–6"),
            (place(7, "C", "เกณฑ์"), "ไม่มีหมวด 8 ข้อเสนอแนะรับเฉพาะหมวด 1–6"),
            (place(8, "C", "เกณฑ์"), "ไม่มีเกณฑ์ 1.9 ในเกณฑ์ฉบับ 2564 ซึ่งใช้กับปี 2564"),
            (
                place(8, "E", "ส่วนที่ดี"),
                "ไม่พบข้อความนี้ในข้อความของสำนักงาน ก.พ.ร. กรุณาคัดมาให้ตรงทุกตัวอักษร",
            ),
            (place(10, "D", "ข้อความของสำนักงาน ก.พ.ร."), "ซ้ำกับแถว 9"),
        ]
        shown = send(client, address, sheet(*rows))
        assert shown.status_code == 422
        page = shown.content.decode()
        assert "มี 13 จุดที่ต้องแก้ไขในไฟล์" in page
        assert "แถวที่ถูกต้องแล้ว" in page
        assert 'name="number"' not in page
        assert "feedback_import" not in client.session
        assert not FeedbackPoint.objects.exists()

    def test_formula_and_error_cells_are_refused_with_their_place(self, world):
        found = faults_of(world, [2564, 2, "1.1", '="มี"&"ข้อความ"'], [2564, 2, "1.1", "#N/A"], GOOD[0])
        place = "แผ่นงาน “ข้อเสนอแนะ” แถว {} คอลัมน์ D (ข้อความของสำนักงาน ก.พ.ร.)".format
        assert found == [
            (place(2), "เซลล์นี้เป็นสูตร กรุณาคัดลอกแล้ววางแบบค่า (Paste Values)"),
            (place(3), "เซลล์นี้มีค่าผิดพลาดของ Excel (#N/A) กรุณาพิมพ์ข้อความแทน"),
        ]

    def test_a_formula_in_a_column_that_nobody_reads_does_no_harm(self, world):
        assert states(world, [*GOOD[0], None, "=1+1"]) == [(2, "NEW")]

    def test_a_code_that_excel_made_a_date_is_explained(self, world):
        ((_, message),) = faults_of(world, [2564, 2, datetime.date(2026, 1, 1), "ก"])
        assert message == "Excel เปลี่ยนรหัสเป็นวันที่ กรุณาจัดรูปแบบเซลล์เป็นข้อความแล้วพิมพ์รหัสใหม่"

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "ไฟล์ว่างเปล่า (0 ไบต์)"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "ไม่ใช่ Excel (.xlsx) หรือ CSV"),
            (b"%PDF-1.7\n\x01\x02\xe2\xe3", "ไม่ใช่ Excel (.xlsx) หรือ CSV"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel รุ่นเก่า (.xls) หรือมีรหัสผ่าน"),
            (csv_text(["ก", "ข"], ["ค", "ง"]).encode(), "แถว 1 ไม่มีหัวคอลัมน์ ปี (พ.ศ.) ขั้นตอนที่ เกณฑ์"),
            (csv_text(HEAD[:3]).encode(), "แถว 1 ไม่มีหัวคอลัมน์ ข้อความของสำนักงาน ก.พ.ร."),
            ((csv_text(HEAD) + '2564,2,1.1,"ไม่ปิด').encode(), "อ่านไฟล์ CSV ไม่ได้ที่บรรทัด 2"),
            (csv_text(HEAD, *[[2564, 2, "1.1", "ก"]] * 501).encode(), "มีข้อเสนอแนะเกิน 500 แถว"),
            (csv_text(HEAD, *[[]] * 100_000).encode(), "ไฟล์ยาวเกิน 5,000 แถว"),
            (csv_text(HEAD, *[[2564, 2, "1.1", "ก" * 30_000]] * 34).encode(), "ข้อความรวมเกิน 1,000,000 อักขระ"),
            (b"\r\n \r\n", "ไม่มีข้อมูล"),
        ],
        ids=[
            "empty", "png", "pdf", "xls", "no headings", "one heading missing", "open quote", "501 rows",
            "100,000 rows", "too much text", "blank",
        ],
    )  # fmt: skip
    def test_each_gets_a_clear_sentence_and_changes_nothing(
        self, client, world, secretary, address, content, sentence
    ):
        shown = send(client, address, content)
        assert shown.status_code == 422
        assert sentence in shown.content.decode()
        assert not FeedbackPoint.objects.exists()

    def test_a_sheet_of_a_hundred_thousand_rows_is_refused(self):
        book = Workbook(write_only=True)
        page = book.create_sheet("ข้อเสนอแนะ")
        page.append(HEAD)
        for _ in range(100_000):
            page.append([2564, 2, "1.1", "ก"])
        assert "มีข้อเสนอแนะเกิน 500 แถว" in refusal(saved(book))

    def test_a_year_without_editions_says_so(self, world):
        EditionCriterion.objects.all().delete()
        ((_, message),) = faults_of(world, GOOD[1])
        assert message == "ยังไม่มีเกณฑ์ PMQA ในระบบ กรุณาแจ้งผู้ดูแลระบบให้นำเข้าเกณฑ์ก่อน"

    def test_markup_in_a_cell_is_text(self, client, world, secretary, address):
        shown = send(client, address, sheet([2564, 2, "1.1", "<script>alert(1)</script>"]))
        assert "<script>alert" not in shown.content.decode()


class TestLockedFeedback:
    """A closed form prints this year and step: a file cannot change what it shows."""

    def test_the_dry_run_names_the_row(self, world: World) -> None:
        lock_feedback(agency=world.here.agency, year=2564, step=2, by=None)
        faults = faults_of(world, GOOD[0], GOOD[2])
        assert [place for place, _ in faults] == ["แผ่นงาน “ข้อเสนอแนะ” แถว 2 คอลัมน์ B (ขั้นตอนที่)"]
        assert "ปี 2564 ขั้นตอนที่ 2 ปิดแล้ว" in faults[0][1]

    def test_a_form_closed_after_the_dry_run_refuses_the_confirmation(
        self, client, world: World, secretary, address: str, monkeypatch
    ) -> None:
        shown = send(client, address, sheet(GOOD[0]))
        lock_feedback(agency=world.here.agency, year=2564, step=2, by=None)
        # the check of the rows just before saw it open
        opened = Locks(2564, frozenset(), frozenset())
        monkeypatch.setattr("feedback.importers.plan.locks_of", lambda agency, year: opened)
        answer = press(client, shown)
        assert standing(world.here.agency) == []
        assert "ปี 2564 ขั้นตอนที่ 2 ปิดแล้ว" in client.get(answer["Location"]).content.decode()
