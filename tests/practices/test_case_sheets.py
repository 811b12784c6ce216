"""Cases from Excel: the page with its dry run, and everything that may be wrong in a file."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from organizations.enums import Role
from organizations.importers.workbook import RefusedWorkbook
from organizations.models import Agency, AuditEvent
from practices.case_sheets import HEADINGS, plan_cases, read_cases
from practices.case_template import HEADINGS as TEMPLATE
from practices.models import Practice, PracticeStatus
from practices.services import Base, Facts, update_practice, withdraw_practice
from tests.sheets import confirm, saved, send, xlsx
from tests.world import World, join

HEAD = list(HEADINGS.values())
TEXT = "ย่อหน้าแรก\n1. ขั้นแรก\n2. ขั้นที่สอง\n   - ย่อย\nจบ"
HTML = (
    '<p>ย่อหน้าแรก</p><ol><li>ขั้นแรก</li><li>ขั้นที่สอง<ul class="marker-dash"><li>ย่อย</li></ul></li></ol><p>จบ</p>'
)
FIGURE = '<figure><img src="/figures/0f8fad5b-d9cb-469f-a165-70867728950e/" alt="ภาพ"></figure>'


def row(**changes) -> list:
    """A good row about 1.2 and 4.3 of a new agency."""
    values = {
        "key": "dol-culture",
        "agency": "กรมที่ดิน",
        "kind": "กรม",
        "title": "ปลูกฝังวัฒนธรรม",
        "criteria": "๑.๒, 4.3",
        "award": "รางวัล PMQA หมวด 1",
        "award_year": "๒๕๖๔",
        "summary": "สรุปสั้น",
        "source": "แบบฟอร์ม",
        "text": TEXT,
    }
    return list((values | changes).values())


def sheet(*rows, head=HEAD) -> bytes:
    return xlsx("ตัวอย่าง", head, *rows)


def plan_of(content: bytes, kept_to: Agency | None = None):
    return plan_cases(read_cases(io.BytesIO(content), size=len(content)), kept_to=kept_to)


def faults_of(*rows, kept_to: Agency | None = None) -> list[tuple[str, str]]:
    return [(fault.place, fault.message) for fault in plan_of(sheet(*rows), kept_to).faults]


def press(client, shown, **fields: str):
    return confirm(client, "practice_import_confirm", [], shown, **fields)


@pytest.fixture
def address() -> str:
    return reverse("practice_import")


@pytest.fixture
def admin(client, world: World):
    client.force_login(world.admin)
    return world.admin


class TestHonestFiles:
    def test_the_dry_run_writes_nothing_and_the_confirmation_everything(self, client, world, admin, address):
        shown = send(client, address, sheet(row()))
        page = shown.content.decode()
        assert shown.status_code == 200
        assert "ใหม่ 1 · เปลี่ยน 0 · คงเดิม 0" in page
        assert "กรมที่ดิน (หน่วยงานใหม่)" in page
        assert (Practice.objects.count(), Agency.objects.filter(name="กรมที่ดิน").count()) == (0, 0)
        assert press(client, shown, publish="1")["Location"] == reverse("practice_list")
        case = Practice.objects.get()
        assert (case.key, case.kept_to, case.status) == ("dol-culture", None, PracticeStatus.PUBLISHED)
        assert (case.agency.name, case.agency.kind, case.agency.hosted) == ("กรมที่ดิน", "department", False)
        assert (case.title, case.award, case.award_year) == ("ปลูกฝังวัฒนธรรม", "รางวัล PMQA หมวด 1", 2564)
        assert (case.summary, case.source, case.text.html) == ("สรุปสั้น", "แบบฟอร์ม", HTML)
        assert {c.identity for c in case.criteria.all()} == {"pmqa4-1.2", "pmqa4-4.3"}
        event = AuditEvent.objects.get(verb="practices.imported")
        assert (event.actor, event.agency, event.facts) == (admin, None, {"new": 1, "changed": 0})

    @pytest.mark.parametrize("key", ["dol-culture", ""])
    def test_the_same_file_twice_changes_nothing(self, client, world, admin, address, key):
        press(client, send(client, address, sheet(row(key=key))), publish="1")
        before = list(Practice.objects.values())
        again = send(client, address, sheet(row(key=key)))
        page = again.content.decode()
        assert "ใหม่ 0 · เปลี่ยน 0 · คงเดิม 1" in page
        assert 'name="number"' not in page
        assert list(Practice.objects.values()) == before

    def test_a_corrected_file_shows_the_differences_and_updates(self, client, world, admin, address):
        press(client, send(client, address, sheet(row())), publish="1")
        changed = row(criteria="1.2", award_year="2563", text=TEXT.replace("จบ", "จบใหม่"), award="")
        shown = send(client, address, sheet(changed))
        page = shown.content.decode()
        assert "<del>1.2, 4.3</del>" in page
        assert "<ins>1.2</ins>" in page
        assert "<del>2564</del>" in page
        assert "<ins>2563</ins>" in page
        assert "<ins>(ว่าง)</ins>" in page
        assert "จบใหม่" in page
        press(client, shown)
        case = Practice.objects.get()
        assert (case.award, case.award_year, case.text.html) == ("", 2563, HTML.replace("จบ", "จบใหม่"))
        assert [c.identity for c in case.criteria.all()] == ["pmqa4-1.2"]
        assert case.status == PracticeStatus.PUBLISHED

    def test_a_missing_column_and_an_empty_text_say_nothing(self, client, world, admin, address):
        press(client, send(client, address, sheet(row())), publish="1")
        content = sheet(
            ["กรมที่ดิน", "ปลูกฝังวัฒนธรรม", "1.2 และ 4.3", None], head=["หน่วยงาน", "ชื่อเรื่อง", *HEAD[4:5], HEAD[9]]
        )
        (case,) = plan_of(content).cases
        assert (case.state.name, case.key) == ("SAME", "dol-culture")

    def test_formatting_that_was_made_online_stays_while_the_words_are_the_same(self, world, make_practice):
        case = make_practice("เรื่อง", html="<p>ย่อหน้า<strong>แรก</strong></p>", codes=["1.2"])
        blank = {"award": "", "award_year": "", "summary": "", "source": ""}
        values = row(
            key=case.key, agency=case.agency.name, title="เรื่อง", criteria="1.2", text="ย่อหน้าแรก", **blank
        )
        (planned,) = plan_of(sheet(values)).cases
        assert (planned.state.name, planned.html) == ("SAME", "<p>ย่อหน้า<strong>แรก</strong></p>")

    def test_pictures_are_not_lost_by_a_text_from_excel(self, world, make_practice):
        case = make_practice("เรื่อง", html=f"<p>ก</p>{FIGURE}", codes=["1.2"])
        values = row(key=case.key, agency=case.agency.name, title="เรื่อง", text="ก ใหม่")
        ((place, message),) = faults_of(values)
        assert place == "แผ่นงาน “ตัวอย่าง” แถว 2 คอลัมน์ J (เนื้อหา)"
        assert message.startswith("เนื้อหาเดิมมีภาพหรือตาราง ซึ่งไฟล์ Excel เก็บไม่ได้")
        assert faults_of(row(key=case.key, agency=case.agency.name, title="เรื่อง", text=None)) == []

    def test_new_cases_are_drafts_unless_they_are_published_and_have_a_text(
        self, client, world, admin, address
    ):
        rows = [row(), row(key="", title="ไม่มีเนื้อหา", text=None)]
        shown = send(client, address, sheet(*rows))
        assert "เรื่องใหม่ที่ไม่มีเนื้อหาจะเป็นฉบับร่างเสมอ" in shown.content.decode()
        press(client, shown, publish="1")
        assert dict(Practice.objects.values_list("title", "status")) == {
            "ปลูกฝังวัฒนธรรม": "published",
            "ไม่มีเนื้อหา": "draft",
        }
        press(client, send(client, address, sheet(row(key="other", title="อีกเรื่อง"))))
        assert Practice.objects.get(key="other").status == PracticeStatus.DRAFT

    def test_a_case_that_was_withdrawn_stays_withdrawn(self, world, make_practice):
        case = make_practice("เรื่อง")
        withdraw_practice(practice=case, by=world.admin)
        (planned,) = plan_of(sheet(row(key=case.key, agency=case.agency.name, title="เรื่อง"))).cases
        assert planned.state.name == "WITHDRAWN"

    def test_the_template_is_read_back_and_its_example_row_is_passed_over(self, client, world, admin):
        response = client.get(reverse("practice_template"))
        book = load_workbook(io.BytesIO(response.content))
        page = book["ตัวอย่าง"]
        columns = {cell.value: cell.column for cell in page[1]}
        assert list(columns) == list(TEMPLATE.values())
        with pytest.raises(RefusedWorkbook, match="ยังไม่มีตัวอย่างใต้หัวคอลัมน์"):
            read_cases(io.BytesIO(response.content), size=len(response.content))
        assert {cell.data_type for cell in page[2]} <= {"s", "inlineStr"}  # no formula
        for heading, value in zip(HEAD, row(), strict=True):
            page.cell(3, columns[heading], value)
        assert [case.number for case in plan_of(saved(book)).cases] == [3]


class TestReaders:
    def test_a_secretary_brings_in_cases_for_the_own_agency(self, client, world, address):
        client.force_login(world.here.people[Role.SECRETARIAT])
        shown = send(client, address, sheet(row()))
        assert f"ใช้เฉพาะ{world.here.agency.name}" in shown.content.decode()
        press(client, shown, publish="1")
        assert Practice.objects.get().kept_to == world.here.agency

    def test_who_writes_for_several_chooses_first(self, client, world, address):
        person = join(world.here.people[Role.SECRETARIAT], world.there.agency, Role.SECRETARIAT)
        client.force_login(person)
        page = client.get(address).content.decode()
        assert "?for=senate" in page
        assert "?for=nso" in page
        assert "_shared" not in page
        press(client, send(client, f"{address}?for=nso", sheet(row())), publish="1")
        assert Practice.objects.get().kept_to == world.there.agency

    def test_a_right_that_ended_meanwhile_confirms_nothing(self, client, world, address):
        person = join(world.here.people[Role.SECRETARIAT], world.there.agency, Role.SECRETARIAT)
        client.force_login(person)
        shown = send(client, f"{address}?for=nso", sheet(row()))
        person.memberships.filter(agency=world.there.agency).delete()
        assert press(client, shown)["Location"] == address
        assert not Practice.objects.exists()

    def test_shared_cases_are_neither_changed_nor_met_by_an_agencys_file(self, world, make_practice):
        case = make_practice("เรื่อง", codes=["1.2"])
        known = {"agency": case.agency.name, "title": "เรื่อง"}
        (planned,) = plan_of(sheet(row(key="", **known)), world.here.agency).cases
        assert planned.state.name == "NEW"
        ((_, message),) = faults_of(row(key=case.key, **known), kept_to=world.here.agency)
        assert message == f"รหัส “{case.key}” ใช้กับตัวอย่างอื่นแล้ว กรุณาใช้รหัสอื่น"

    def test_cases_kept_to_another_agency_do_not_show(self, world, make_practice):
        kept = make_practice("ความลับ", kept_to=world.there.agency, agency=world.there.agency)
        values = row(key="", agency=world.there.agency.name, title="ความลับ")
        (planned,) = plan_of(sheet(values), world.here.agency).cases
        assert (planned.state.name, planned.changes) == ("NEW", ())
        ((_, message),) = faults_of(row(key=kept.key), kept_to=world.here.agency)
        assert "ความลับ" not in message


class TestCarelessFiles:
    def test_every_fault_is_collected_with_sheet_row_and_column(self, client, world, admin, address):
        Agency.objects.create(code="dmh", name="กรมสุขภาพจิต")
        rows = [
            row(key="มีไทย"),
            row(key="a", title=None),
            row(key="b", title="ข", agency=None),
            row(key="c", title="ค", criteria="9.1 1.9"),
            row(key="d", title="ง", criteria=None, award_year="2021"),
            row(key="e", title="จ", kind="บริษัท", agency="บริษัทใหม่"),
            row(key="f", title="ฉ", kind=None, agency="กรม สุขภาพจิต"),
            row(key="g", title="ช", kind=None, agency="ไม่รู้จัก"),
            row(key="h", title="ซ", source="ก" * 301),
            row(key="i", title="ฌ"),
            row(key="i", title="ญ"),
            row(key="j", title="ฌ"),
            row(key="k", title="ฎ", agency="กรมที่  ดิน"),
        ]
        place = "แผ่นงาน “ตัวอย่าง” แถว {} คอลัมน์ {}".format
        found = faults_of(*rows)
        expected = [
            (place(2, "A (รหัส)"), "รหัส “มีไทย” ต้องเป็นอักษร"),
            (place(3, "D (ชื่อเรื่อง)"), "ยังไม่ได้กรอกชื่อเรื่อง"),
            (place(4, "B (หน่วยงาน)"), "ยังไม่ได้กรอกหน่วยงาน"),
            (place(5, "E (เกณฑ์ที่เกี่ยวข้อง)"), "ไม่มีหมวด 9 ในเกณฑ์ฉบับนี้ (มีหมวด 1–7)"),
            (place(5, "E (เกณฑ์ที่เกี่ยวข้อง)"), "ไม่มีเกณฑ์ 1.9 ในเกณฑ์ฉบับนี้"),
            (place(6, "G (ปีที่ได้รับรางวัล)"), "ปี 2021 เป็นคริสต์ศักราช หมายถึง 2564 หรือไม่ "),
            (place(6, "E (เกณฑ์ที่เกี่ยวข้อง)"), "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ"),
            (place(7, "C (ประเภทของหน่วยงาน)"), "ไม่รู้จักประเภท “บริษัท” ประเภทที่ใช้ได้คือ กร"),
            (place(8, "B (หน่วยงาน)"), "มี “กรมสุขภาพจิต” ในระบบแล้ว ต่างกันเพียงการเว"),
            (place(9, "C (ประเภทของหน่วยงาน)"), "ยังไม่มี “ไม่รู้จัก” ในระบบ ถ้าสะกดถูกต้องแล้ว"),
            (place(10, "I (ที่มา)"), "ยาว 301 อักขระ ต้องไม่เกิน 300"),
            (place(12, "A (รหัส)"), "เรื่องนี้ซ้ำกับแถว 11"),
            (place(13, "D (ชื่อเรื่อง)"), "เรื่องนี้ซ้ำกับแถว 11"),
            (place(14, "B (หน่วยงาน)"), "มี “กรมที่ดิน” ในระบบแล้ว ต่างกันเพียงการเว้นว"),
        ]
        assert [at for at, _ in found] == [at for at, _ in expected]
        for (_, message), (_, beginning) in zip(found, expected, strict=True):
            assert message.startswith(beginning)
        shown = send(client, address, sheet(*rows))
        assert shown.status_code == 422
        assert "มี 14 จุดที่ต้องแก้ไขในไฟล์" in shown.content.decode()
        assert not Practice.objects.exists()
        assert not Agency.objects.filter(name="กรมที่ดิน").exists()

    def test_another_key_for_a_case_that_stands_is_pointed_out(self, world, make_practice):
        case = make_practice("เรื่อง")
        ((_, message),) = faults_of(row(key="another", agency=case.agency.name, title="เรื่อง"))
        assert message == f"มีเรื่องนี้ของหน่วยงานนี้แล้ว รหัส “{case.key}” กรุณาใช้รหัสนั้นหรือเว้นว่าง"

    def test_a_formula_is_refused_with_its_place(self, world):
        ((place, message),) = faults_of(row(summary="=A1"))
        assert place == "แผ่นงาน “ตัวอย่าง” แถว 2 คอลัมน์ H (สรุป)"
        assert message.startswith("เซลล์นี้เป็นสูตร")

    def test_csv_is_refused_because_the_text_has_lists(self, client, world, admin, address):
        shown = send(client, address, "ก,ข\n".encode())
        assert shown.status_code == 422
        assert "ไม่ใช่ Excel แบบ .xlsx" in shown.content.decode()

    def test_markup_in_a_cell_is_text(self, client, world, admin, address):
        shown = send(
            client,
            address,
            sheet(row(title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")),
        )
        assert "<script>alert" not in shown.content.decode()
        press(client, shown)
        assert Practice.objects.get().text.html == "<p>&lt;img src=x onerror=alert(1)&gt;</p>"

    def test_somebody_who_was_faster_stops_the_whole_file(self, client, world, admin, address, monkeypatch):
        press(client, send(client, address, sheet(row())), publish="1")
        shown = send(client, address, sheet(row(key="first", title="ใหม่"), row(summary="แก้ในไฟล์")))

        def overtaken(**values):
            case = Practice.objects.get(pk=values["practice"].pk)
            facts = Facts.of(case)
            update_practice(
                practice=case,
                base=Base.of(case),
                facts=Facts(**{**vars(facts), "summary": "แก้ก่อน"}),
                html=case.text.html,
                by=world.admin,
            )
            return update_practice(**values)

        monkeypatch.setattr("practices.sheet_writing.update_practice", overtaken)
        assert press(client, shown)["Location"] == address
        assert list(Practice.objects.values_list("key", "summary")) == [("dol-culture", "สรุปสั้น")]

    def test_planning_costs_the_same_number_of_queries_for_any_number_of_rows(self, world, make_practice):
        counts = []
        for number in (1, 30):
            cases = [make_practice(f"เรื่อง {number} {n}") for n in range(number)]
            rows = [row(key=c.key, agency=c.agency.name, title=c.title) for c in cases]
            with CaptureQueriesContext(connection) as queries:
                assert len(plan_of(sheet(*rows)).cases) == number
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestCommand:
    def load(self, path, *options: str) -> str:
        out = io.StringIO()
        call_command("load_practices", str(path), *options, stdout=out)
        return out.getvalue()

    def test_an_excel_file_is_loaded_and_a_second_time_changes_nothing(self, world, tmp_path):
        path = tmp_path / "cases.xlsx"
        path.write_bytes(sheet(row(), row(key="", title="อีกเรื่อง", text=None)))
        dry = self.load(path, "--dry-run")
        assert "ตัวอย่างที่เป็นเลิศ: ใหม่ 2 เปลี่ยน 0 คงเดิม 0" in dry
        assert not Practice.objects.exists()
        assert "ใหม่ dol-culture กรมที่ดิน: ปลูกฝังวัฒนธรรม" in self.load(path)
        assert dict(Practice.objects.values_list("title", "status")) == {
            "ปลูกฝังวัฒนธรรม": "published",
            "อีกเรื่อง": "draft",
        }
        assert "ตัวอย่างที่เป็นเลิศ: ใหม่ 0 เปลี่ยน 0 คงเดิม 2" in self.load(path)
        path.write_bytes(sheet(row(summary="แก้", award_year="2563")))
        assert "เปลี่ยน dol-culture กรมที่ดิน: ปลูกฝังวัฒนธรรม (ปีที่ได้รับรางวัล, สรุป)" in self.load(path)

    def test_faults_name_file_sheet_row_and_column_and_nothing_is_written(self, world, tmp_path):
        path = tmp_path / "cases.xlsx"
        path.write_bytes(sheet(row(), row(key="b", title="ข", criteria="8.1")))
        with pytest.raises(CommandError) as refused:
            self.load(path)
        assert "cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 3 คอลัมน์ E (เกณฑ์ที่เกี่ยวข้อง): ไม่มีหมวด 8" in str(refused.value)
        assert not Practice.objects.exists()

    def test_a_file_that_is_none_and_two_files_are_refused(self, world, tmp_path):
        path = tmp_path / "cases.xlsx"
        path.write_bytes(b"")
        with pytest.raises(CommandError, match=r"cases.xlsx: ไฟล์ว่างเปล่า"):
            self.load(path)
        with pytest.raises(CommandError, match="ครั้งละหนึ่งไฟล์"):
            self.load(path, str(tmp_path / "one.yaml"))
        with pytest.raises(CommandError, match="เปิดไฟล์ไม่ได้"):
            self.load(tmp_path / "missing.xlsx")
