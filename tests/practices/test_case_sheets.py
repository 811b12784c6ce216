"""Cases from Excel: the page with its dry run, and everything that may be wrong in a file."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from organizations.enums import Role
from organizations.models import Agency, AuditEvent
from practices.case_template import HEADINGS as TEMPLATE
from practices.enums import LoadState, StagedState
from practices.formats import CaseReading, read_cases
from practices.loading import LoadPaused, Pace, read_load, start_load, tidy_loads, work_on_loads
from practices.management.commands.load_practices import Progress
from practices.models import Load, Practice, PracticeStatus
from practices.services import Base, Facts, update_practice
from tests.sheets import csv_text, saved, xlsx
from tests.world import World, join
from texts.models import Figure

from .conftest import png

HEAD = [
    *("รหัส", "หน่วยงาน", "ประเภทของหน่วยงาน", "ชื่อเรื่อง", "เกณฑ์ที่เกี่ยวข้อง", "รางวัล", "ปีที่ได้รับรางวัล"),
    *("สรุป", "ที่มา", "เนื้อหา"),
]
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


@pytest.fixture
def plan_of(tmp_path):
    """Read a workbook as far as the decision, for everybody or for one agency."""

    def plan(content: bytes, kept_to: Agency | None = None) -> Load:
        path = tmp_path / "cases.xlsx"
        path.write_bytes(content)
        load = start_load(files=[], kept_to=kept_to, by=None, publish=True)
        with CaseReading() as reading:
            pace = Pace(load, breathe=lambda seconds: None)
            read_load(read_cases([path], reading), reading=reading, pace=pace)
        return load

    return plan


@pytest.fixture
def faults_of(plan_of):
    def faults(*rows, kept_to: Agency | None = None) -> list[tuple[str, str]]:
        found = plan_of(sheet(*rows), kept_to).faults
        return [(place.removeprefix("cases.xlsx "), message) for place, message in found]

    return faults


def send(client, address: str, *files: bytes, name: str = "cases.xlsx"):
    """Upload, let the worker read, and open the page to which that led."""
    uploads = [SimpleUploadedFile(name, content) for content in files]
    answer = client.post(address, {"file": uploads})
    if answer.status_code != 302:
        return answer
    work_on_loads(lambda seconds: None)
    return client.get(answer["Location"])


def press(client, button: str = "confirm", **fields: str):
    """Press a button of the newest load's page and let the worker write."""
    load = Load.objects.latest("pk")
    answer = client.post(reverse(f"practice_load_{button}", args=[load.uid]), fields)
    work_on_loads(lambda seconds: None)
    return answer


def counted(page: str) -> list[tuple[str, str]]:
    """The figures above the rows."""
    return re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page)


@pytest.fixture
def address() -> str:
    return reverse("practice_import")


@pytest.fixture
def admin(client, world: World):
    client.force_login(world.admin)
    return world.admin


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Uploaded files of this test."""
    settings.LOADS_DIR = tmp_path / "loads"
    return settings.LOADS_DIR


class TestHonestFiles:
    def test_the_dry_run_writes_nothing_and_the_confirmation_everything(
        self, client, world, admin, address, folder
    ):
        shown = send(client, address, sheet(row()))
        page = shown.content.decode()
        assert shown.status_code == 200
        assert counted(page) == [("ใหม่", "1"), ("เปลี่ยน", "0"), ("คงเดิม", "0"), ("หน่วยงานใหม่", "1")]
        assert "กรมที่ดิน (หน่วยงานใหม่)" in page
        assert (Practice.objects.count(), Agency.objects.filter(name="กรมที่ดิน").count()) == (0, 0)

        answer = press(client, publish="1")
        load = Load.objects.get()
        assert answer["Location"] == load.get_absolute_url()
        assert "บันทึกครบทุกเรื่องแล้ว" in client.get(answer["Location"]).content.decode()
        case = Practice.objects.get()
        assert (case.key, case.kept_to, case.status) == ("dol-culture", None, PracticeStatus.PUBLISHED)
        assert (case.agency.name, case.agency.kind, case.agency.hosted) == ("กรมที่ดิน", "department", False)
        assert (case.title, case.award, case.award_year) == ("ปลูกฝังวัฒนธรรม", "รางวัล PMQA หมวด 1", 2564)
        assert (case.summary, case.source, case.text.html) == ("สรุปสั้น", "แบบฟอร์ม", HTML)
        assert {c.identity for c in case.criteria.all()} == {"pmqa4-1.2", "pmqa4-4.3"}
        event = AuditEvent.objects.get(verb="practices.loaded")
        digest = hashlib.sha256((folder / load.uid.hex / "files" / "cases.xlsx").read_bytes()).hexdigest()
        assert (event.actor, event.agency, event.facts["new"]) == (admin, None, 1)
        assert event.facts["files"] == [{"name": "cases.xlsx", "sha256": digest}]

    @pytest.mark.parametrize("key", ["dol-culture", ""])
    def test_the_same_file_twice_changes_nothing(self, client, world, admin, address, key):
        send(client, address, sheet(row(key=key)))
        press(client, publish="1")
        before = list(Practice.objects.values())
        page = send(client, address, sheet(row(key=key))).content.decode()
        assert counted(page) == [("ใหม่", "0"), ("เปลี่ยน", "0"), ("คงเดิม", "1")]
        assert "ไม่มีสิ่งใดต้องบันทึก" in page
        assert "ยืนยัน" not in page
        assert list(Practice.objects.values()) == before

    def test_a_corrected_file_shows_the_differences_and_updates(self, client, world, admin, address):
        send(client, address, sheet(row()))
        press(client, publish="1")
        changed = row(criteria="1.2", award_year="2563", text=TEXT.replace("จบ", "จบใหม่"), award="")
        page = send(client, address, sheet(changed)).content.decode()
        for words in ("<del>1.2, 4.3</del>", "<ins>1.2</ins>", "<del>2564</del>", "<ins>2563</ins>"):
            assert words in page
        assert "<ins>(ว่าง)</ins>" in page
        assert "<ins>ใหม่</ins>" in page
        press(client)
        case = Practice.objects.get()
        assert (case.award, case.award_year, case.text.html) == ("", 2563, HTML.replace("จบ", "จบใหม่"))
        assert [c.identity for c in case.criteria.all()] == ["pmqa4-1.2"]
        assert case.status == PracticeStatus.PUBLISHED

    def test_a_missing_column_and_an_empty_text_say_nothing(self, client, world, admin, address, plan_of):
        send(client, address, sheet(row()))
        press(client, publish="1")
        content = sheet(
            ["กรมที่ดิน", "ปลูกฝังวัฒนธรรม", "1.2 และ 4.3", None],
            head=["หน่วยงาน", "ชื่อเรื่อง", *HEAD[4:5], HEAD[9]],
        )
        (case,) = plan_of(content).cases.all()
        assert (case.state, case.key) == (StagedState.SAME, "dol-culture")

    def test_formatting_that_was_made_online_stays_while_the_words_are_the_same(self, plan_of, make_practice):
        case = make_practice("เรื่อง", html="<p>ย่อหน้า<strong>แรก</strong></p>", codes=["1.2"])
        blank = {"award": "", "award_year": "", "summary": "", "source": ""}
        values = row(
            key=case.key, agency=case.agency.name, title="เรื่อง", criteria="1.2", text="ย่อหน้าแรก", **blank
        )
        assert [staged.state for staged in plan_of(sheet(values)).cases.all()] == [StagedState.SAME]

    def test_pictures_are_not_lost_by_a_text_from_excel(self, faults_of, make_practice):
        case = make_practice("เรื่อง", html=f"<p>ก</p>{FIGURE}", codes=["1.2"])
        values = row(key=case.key, agency=case.agency.name, title="เรื่อง", text="ก ใหม่")
        ((place, message),) = faults_of(values)
        assert place == "แผ่นงาน “ตัวอย่าง” แถว 2 คอลัมน์ J (เนื้อหา)"
        assert message.startswith("เนื้อหาเดิมมีภาพหรือตาราง ซึ่งช่องนี้เก็บไม่ได้")
        assert faults_of(row(key=case.key, agency=case.agency.name, title="เรื่อง", text=None)) == []

    def test_new_cases_are_drafts_unless_they_are_published_and_have_a_text(
        self, client, world, admin, address
    ):
        shown = send(client, address, sheet(row(), row(key="", title="ไม่มีเนื้อหา", text=None)))
        assert "เรื่องใหม่ 1 เรื่องไม่มีเนื้อหา จะเป็นฉบับร่างเสมอ" in shown.content.decode()
        press(client, publish="1")
        assert dict(Practice.objects.values_list("title", "status")) == {
            "ปลูกฝังวัฒนธรรม": "published",
            "ไม่มีเนื้อหา": "draft",
        }
        send(client, address, sheet(row(key="other", title="อีกเรื่อง")))
        press(client)
        assert Practice.objects.get(key="other").status == PracticeStatus.DRAFT

    def test_several_files_are_one_load(self, client, world, admin, address):
        files = [sheet(row()), sheet(row(key="other", title="อีกเรื่อง"))]
        page = send(client, address, *files).content.decode()
        assert counted(page)[0] == ("ใหม่", "2")
        assert Load.objects.get().names == ["cases.xlsx", "2-cases.xlsx"]

    def test_a_load_that_is_not_wanted_leaves_nothing(self, client, world, admin, address):
        send(client, address, sheet(row()))
        assert press(client, "drop")["Location"] == reverse("practice_list")
        load = Load.objects.get()
        assert (load.state, load.cases.count(), Practice.objects.count()) == (LoadState.DROPPED, 0, 0)
        # pressed once more, and confirmed from another window
        assert press(client, "drop")["Location"] == load.get_absolute_url()
        press(client, "confirm")
        assert (Load.objects.get().state, Practice.objects.count()) == (LoadState.DROPPED, 0)
        assert "ยกเลิกแล้ว" in client.get(load.get_absolute_url()).content.decode()

    def test_files_are_kept_as_long_as_somebody_may_confirm_them(self, client, world, admin, address, folder):
        send(client, address, sheet(row()))
        tidy_loads()
        assert len(list(folder.iterdir())) == 1
        press(client, "drop")
        tidy_loads()
        assert list(folder.iterdir()) == []

    def test_the_page_asks_again_until_the_worker_is_done(self, client, world, admin, address):
        upload = SimpleUploadedFile("cases.xlsx", sheet(row()))
        address = client.post(address, {"file": [upload]})["Location"]
        page = client.get(address).content.decode()
        assert "รอตรวจไฟล์" in page
        assert 'hx-trigger="every 1s"' in page
        asked = client.get(address, headers={"HX-Request": "true"})
        assert "HX-Refresh" not in asked
        assert "<html" not in asked.content.decode()
        work_on_loads(lambda seconds: None)
        assert client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"

    def test_ten_thousand_rows_are_pages_of_few(self, client, world, admin, address):
        rows = [row(key=f"case-{n}", title=f"เรื่อง {n}") for n in range(60)]
        page = send(client, address, sheet(*rows)).content.decode()
        assert page.count('<th scope="row">') == 25
        last = client.get(f"{Load.objects.get().get_absolute_url()}?state=new&page=3").content.decode()
        assert last.count('<th scope="row">') == 10

    def test_a_page_costs_the_same_number_of_queries_for_any_number_of_rows(
        self, client, world, admin, address, make_practice
    ):
        counts = []
        for number in (1, 25):
            cases = [make_practice(f"เรื่อง {number} {n}") for n in range(number)]
            rows = [row(key=c.key, agency=c.agency.name, title=c.title, text="ใหม่") for c in cases]
            send(client, address, sheet(*rows))
            with CaptureQueriesContext(connection) as queries:
                page = client.get(Load.objects.latest("pk").get_absolute_url()).content.decode()
            assert page.count('<th scope="row">') == number
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 25

    def test_a_picture_of_an_archive_is_stored_when_the_load_is_confirmed(
        self, client, world, admin, address
    ):
        text = '<figure><img src="figures/map.png" alt="แผนที่"></figure>'
        book = sheet([*row(text=None), text], head=[*HEAD, "เนื้อหา (HTML)"])
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("cases.xlsx", book)
            archive.writestr("figures/map.png", png())
        page = send(client, address, packed.getvalue(), name="cases.zip").content.decode()
        assert counted(page)[0] == ("ใหม่", "1")
        assert Figure.objects.count() == 0
        press(client, publish="1")
        figure = Figure.objects.get()
        assert str(figure.uid) in Practice.objects.get().text.html
        assert Load.objects.get().state == LoadState.PUBLISHED
        # the same again: the picture is known
        again = send(client, address, packed.getvalue(), name="cases.zip").content.decode()
        assert counted(again)[2] == ("คงเดิม", "1")

    def test_the_template_is_read_back_and_its_example_row_is_passed_over(
        self, client, world, admin, plan_of
    ):
        response = client.get(reverse("practice_template"))
        book = load_workbook(io.BytesIO(response.content))
        page = book["ตัวอย่าง"]
        assert [message for _, message in plan_of(response.content).faults] == ["ยังไม่มีตัวอย่างใต้หัวคอลัมน์"]
        columns = {cell.value: cell.column for cell in page[1]}
        assert list(columns) == list(TEMPLATE.values())
        assert {cell.data_type for cell in page[2]} <= {"s", "inlineStr"}  # no formula
        for heading, value in zip(HEAD, row(), strict=True):
            page.cell(3, columns[heading], value)
        assert [case.place for case in plan_of(saved(book)).cases.all()] == [
            "cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 3"
        ]


class TestReaders:
    def test_a_secretary_brings_in_cases_for_the_own_agency(self, client, world, address):
        client.force_login(world.here.people[Role.SECRETARIAT])
        shown = send(client, address, sheet(row()))
        assert f"ใช้เฉพาะ{world.here.agency.name}" in shown.content.decode()
        press(client, publish="1")
        assert Practice.objects.get().kept_to == world.here.agency

    def test_who_writes_for_several_chooses_first(self, client, world, address):
        person = join(world.here.people[Role.SECRETARIAT], world.there.agency, Role.SECRETARIAT)
        client.force_login(person)
        page = client.get(address).content.decode()
        assert "?for=senate" in page
        assert "?for=nso" in page
        assert "_shared" not in page
        send(client, f"{address}?for=nso", sheet(row()))
        press(client, publish="1")
        assert Practice.objects.get().kept_to == world.there.agency

    def test_a_right_that_ended_meanwhile_confirms_nothing(self, client, world, address):
        person = join(world.here.people[Role.SECRETARIAT], world.there.agency, Role.SECRETARIAT)
        client.force_login(person)
        send(client, f"{address}?for=nso", sheet(row()))
        person.memberships.filter(agency=world.there.agency).delete()
        assert press(client).status_code == 404
        assert not Practice.objects.exists()

    def test_what_another_agency_has_sent_is_not_found(self, client, world, address):
        client.force_login(world.there.people[Role.SECRETARIAT])
        send(client, address, sheet(row(title="ความลับ")))
        load = Load.objects.get()
        for person in (world.here.people[Role.SECRETARIAT], world.admin):
            client.force_login(person)
            assert client.get(load.get_absolute_url()).status_code == 404
            assert press(client).status_code == 404
            assert press(client, "drop").status_code == 404
        assert Load.objects.get().state == LoadState.READ

    def test_shared_cases_are_neither_changed_nor_met_by_an_agencys_file(
        self, world, make_practice, plan_of, faults_of
    ):
        case = make_practice("เรื่อง", codes=["1.2"])
        known = {"agency": case.agency.name, "title": "เรื่อง"}
        (planned,) = plan_of(sheet(row(key="", **known)), world.here.agency).cases.all()
        assert planned.state == StagedState.NEW
        ((_, message),) = faults_of(row(key=case.key, **known), kept_to=world.here.agency)
        assert message == f"รหัส “{case.key}” ใช้กับตัวอย่างอื่นแล้ว กรุณาใช้รหัสอื่น"

    def test_cases_kept_to_another_agency_do_not_show(self, world, make_practice, plan_of, faults_of):
        kept = make_practice("ความลับ", kept_to=world.there.agency, agency=world.there.agency)
        values = row(key="", agency=world.there.agency.name, title="ความลับ")
        (planned,) = plan_of(sheet(values), world.here.agency).cases.all()
        assert (planned.state, planned.differences) == (StagedState.NEW, [])
        ((_, message),) = faults_of(row(key=kept.key), kept_to=world.here.agency)
        assert "ความลับ" not in message


class TestCarelessFiles:
    def test_faults_of_the_file_and_of_the_library_are_shown_together(self, client, world, admin, address):
        Agency.objects.create(code="dmh", name="กรมสุขภาพจิต")
        rows = [
            row(key="c", title="ค", criteria="9.1"),
            row(key="f", title="ฉ", kind=None, agency="กรม สุขภาพจิต"),
            row(key="g", title="ช", kind=None, agency="ไม่รู้จัก"),
        ]
        page = send(client, address, sheet(*rows)).content.decode()
        place = "cases.xlsx แผ่นงาน “ตัวอย่าง” แถว {} คอลัมน์ {}".format
        assert "มี 3 จุดที่ต้องแก้ไข" in page
        assert re.findall(r"<strong>(cases[^<]+)</strong>", page) == [
            place(2, "E (เกณฑ์ที่เกี่ยวข้อง)"),
            place(3, "B (หน่วยงาน)"),
            place(4, "C (ประเภทของหน่วยงาน)"),
        ]
        assert not Practice.objects.exists()
        assert not Agency.objects.filter(name="กรมที่ดิน").exists()

    def test_markup_in_a_cell_is_text(self, client, world, admin, address):
        content = sheet(row(title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>"))
        shown = send(client, address, content)
        assert "<script>alert" not in shown.content.decode()
        press(client)
        assert Practice.objects.get().text.html == "<p>&lt;img src=x onerror=alert(1)&gt;</p>"

    def test_no_file_too_many_files_and_strange_names(self, client, world, admin, address):
        assert client.post(address, {}).status_code == 422
        page = send(client, address, *[b""] * 51)
        assert page.status_code == 422
        assert "ครั้งละไม่เกิน 50 ไฟล์" in page.content.decode()
        page = send(client, address, b"", name=f"{'ก' * 200}.xlsx").content.decode()
        assert "มี 1 จุดที่ต้องแก้ไข" in page
        page = send(client, address, b"x", name="..xlsx").content.decode()
        assert "จุดที่ต้องแก้ไข" in page

    def test_who_sends_and_sends_is_asked_to_decide_first(self, client, world, admin, address):
        for _ in range(10):
            assert send(client, address, sheet(row())).status_code == 200
        page = send(client, address, sheet(row()))
        assert page.status_code == 422
        assert "กรุณายืนยันหรือยกเลิกชุดเดิมก่อน" in page.content.decode()

    def test_somebody_who_was_faster_stops_the_whole_file(self, client, world, admin, address):
        send(client, address, sheet(row()))
        press(client, publish="1")
        send(client, address, sheet(row(key="first", title="ใหม่"), row(summary="แก้ในไฟล์")))
        case = Practice.objects.get()
        facts = Facts(**{**vars(Facts.of(case)), "summary": "แก้ก่อน"})
        update_practice(practice=case, base=Base.of(case), facts=facts, html=case.text.html, by=world.admin)
        page = client.get(press(client)["Location"]).content.decode()
        assert "มีผู้แก้ไขคลังระหว่างนั้น" in page
        assert "แถว 3 ปลูกฝังวัฒนธรรม" in page
        assert list(Practice.objects.values_list("key", "summary")) == [("dol-culture", "แก้ก่อน")]

    def test_a_failure_is_said_on_the_page_and_the_queue_goes_on(
        self, client, world, admin, address, monkeypatch
    ):
        def fail(*args: object) -> None:
            raise RuntimeError("broken")

        send(client, address, sheet(row()))
        with monkeypatch.context() as broken:
            broken.setattr("practices.loading.publishing._reveal", fail)
            page = client.get(press(client)["Location"]).content.decode()
        assert "ตรวจหรือบันทึกไฟล์ไม่สำเร็จ ยังไม่ได้บันทึกสิ่งใด" in page
        assert Practice.with_prepared.count() == 0
        send(client, address, sheet(row()))
        press(client)
        assert Practice.objects.count() == 1

    def test_a_worker_that_is_told_to_end_leaves_the_load_to_the_next_one(
        self, client, world, admin, address
    ):
        def told_to_end(seconds: float) -> None:
            raise LoadPaused

        upload = SimpleUploadedFile("cases.xlsx", sheet(row()))
        client.post(address, {"file": [upload]})
        assert work_on_loads(told_to_end) is False
        assert Load.objects.get().state == LoadState.READING
        tidy_loads()
        assert Load.objects.get().state == LoadState.QUEUED
        assert work_on_loads(lambda seconds: None) is True
        assert Load.objects.get().state == LoadState.READ

    def test_a_load_whose_worker_dies_again_and_again_ends(self, client, world, admin, address):
        upload = SimpleUploadedFile("cases.xlsx", sheet(row()))
        client.post(address, {"file": [upload]})
        for _ in range(3):
            Load.objects.update(state=LoadState.READING, lease_until="2020-01-01T00:00Z")
            tidy_loads()
        assert Load.objects.get().faults == [["", "ทำไม่สำเร็จหลังลองแล้วสามครั้ง กรุณาแจ้งผู้ดูแลระบบ"]]


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

    def test_cases_are_kept_to_an_agency_and_left_as_drafts(self, world, tmp_path):
        path = tmp_path / "cases.xlsx"
        path.write_bytes(sheet(row()))
        self.load(path, "--for", world.here.agency.code, "--drafts")
        assert list(Practice.objects.values_list("kept_to", "status")) == [(world.here.agency.pk, "draft")]
        with pytest.raises(CommandError, match="ไม่มีหน่วยงานที่ใช้งานระบบรหัส “dol”"):
            self.load(path, "--for", "dol")

    def test_faults_name_file_sheet_row_and_column_and_nothing_is_written(self, world, tmp_path):
        path = tmp_path / "cases.xlsx"
        path.write_bytes(sheet(row(), row(key="b", title="ข", criteria="8.1")))
        with pytest.raises(CommandError) as refused:
            self.load(path)
        assert "cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 3 คอลัมน์ E (เกณฑ์ที่เกี่ยวข้อง): ไม่มีหมวด 8" in str(refused.value)
        assert not Practice.objects.exists()

    def test_files_of_several_kinds_are_one_load_and_a_file_that_is_none_is_refused(self, world, tmp_path):
        path = tmp_path / "cases.xlsx"
        path.write_bytes(b"")
        with pytest.raises(CommandError, match=r"cases.xlsx.*ไฟล์ว่าง"):
            self.load(path)
        with pytest.raises(CommandError, match="ไม่พบไฟล์นี้"):
            self.load(tmp_path / "missing.xlsx")
        path.write_bytes(sheet(row()))
        other = tmp_path / "cases.csv"
        other.write_text(csv_text(HEAD, row(key="b", title="อีกเรื่อง")), encoding="utf-8")
        assert "ตัวอย่างที่เป็นเลิศ: ใหม่ 2 เปลี่ยน 0 คงเดิม 0" in self.load(path, str(other))

    def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(self):
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        terminal, file = Terminal(), io.StringIO()
        on_terminal, elsewhere = Progress(OutputWrapper(terminal)), Progress(OutputWrapper(file))
        for progress in (on_terminal, elsewhere):
            progress("กำลังบันทึก", 50, 200)
            progress.next_at = 0
            progress("กำลังบันทึก", 200, 200)
            progress.end()
        assert terminal.getvalue().replace("\r\x1b[K", "\n").splitlines() == [
            "",
            f"[{'█' * 7}{'·' * 23}] กำลังบันทึก 50 / 200",
            f"[{'█' * 30}] กำลังบันทึก 200 / 200",
        ]
        assert file.getvalue() == "กำลังบันทึก 200 / 200\n"
