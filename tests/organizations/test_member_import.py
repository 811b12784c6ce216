"""The members sheet: honest, careless and hostile files."""

import io
import re
import struct
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from organizations.enums import Role
from organizations.importers.members import COLUMNS, MembersSheet, plan_members, read_members
from organizations.importers.workbook import MAX_FILE, RefusedWorkbook
from organizations.models import AuditEvent, Membership, Owner, User
from tests.world import PASSWORD, World, join, make_user

HEADINGS = list(COLUMNS.values())
GOOD = [
    ["คนที่หนึ่ง", "first.person", "first@senate.example", "คณะทำงานหมวด", 3, None],
    ["คนที่หนึ่ง", "first.person", None, "ผู้บริหาร", None, None],
    ["คนที่สอง", None, "Second.Person@senate.example", "คณะทำงานหมวด ๔", None, None],
    ["คนที่สาม", "Third", None, "เจ้าหน้าที่หน่วยงานย่อย", None, "สนผ."],
]


def workbook(rows: list[list[object]], headings: list[str] | None = None, title: str = "สมาชิก") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in [headings or HEADINGS, *rows]:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(client, content: bytes, name: str = "members.xlsx", agency: str = "senate"):
    return client.post(reverse("member_import", args=[agency]), {"file": SimpleUploadedFile(name, content)})


def confirm(client, shown, agency: str = "senate", **fields: str):
    number = re.search(r'name="number" value="([^"]+)"', shown.content.decode())[1]
    return client.post(reverse("member_import_confirm", args=[agency]), {"number": number} | fields)


def faults_of(world: World, rows: list[list[object]], by: User | None = None) -> list[tuple[str, str]]:
    content = workbook(rows)
    sheet = read_members(io.BytesIO(content), size=len(content))
    plan = plan_members(sheet, agency=world.here.agency, by=by or world.here.people[Role.SECRETARIAT])
    return [(fault.place, fault.message) for fault in plan.faults]


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedWorkbook) as refused:
        read_members(io.BytesIO(content), size=len(content))
    return str(refused.value)


@pytest.fixture
def secretary(client, world: World) -> User:
    client.force_login(world.here.people[Role.SECRETARIAT])
    return world.here.people[Role.SECRETARIAT]


class TestHonestFiles:
    def test_the_dry_run_writes_nothing_and_the_confirmation_everything(
        self, client, world: World, secretary
    ):
        before = (User.objects.count(), Membership.objects.count(), AuditEvent.objects.count())
        shown = upload(client, workbook(GOOD))
        assert shown.status_code == 200
        assert "4 บทบาท · บัญชีใหม่ 3 บัญชี" in shown.content.decode()
        assert (User.objects.count(), Membership.objects.count(), AuditEvent.objects.count()) == before
        slips = confirm(client, shown)
        assert "no-store" in slips["Cache-Control"]
        page = slips.content.decode()
        assert page.count('<section class="slip">') == 3
        roles = Membership.objects.filter(started_by=secretary).order_by("pk")
        assert list(roles.values_list("user__username", "user__email", "role", "category", "unit")) == [
            ("first.person", "first@senate.example", "committee", 3, None),
            ("first.person", "first@senate.example", "executive", None, None),
            ("second.person", "second.person@senate.example", "committee", 4, None),
            ("third", "", "unit_officer", None, world.here.unit.pk),
        ]
        secrets = re.findall(r'"slip-secret">([a-z2-9]{4}(?:-[a-z2-9]{4}){2})<', page)
        people = [User.objects.get(username=name) for name in ("first.person", "second.person", "third")]
        assert [person.check_password(secret) for person, secret in zip(people, secrets, strict=True)] == [
            True
        ] * 3
        assert all(person.must_change_password for person in people)
        assert AuditEvent.objects.filter(verb="account.created").count() == 3
        assert AuditEvent.objects.filter(verb="member.invited").count() == 4

    def test_a_second_confirmation_finds_nothing(self, client, world: World, secretary):
        shown = upload(client, workbook(GOOD))
        confirm(client, shown)
        again = confirm(client, shown)
        assert again["Location"] == reverse("member_import", args=["senate"])
        assert Membership.objects.filter(started_by=secretary).count() == 4

    def test_the_confirmation_takes_nothing_from_the_browser(self, client, world: World, secretary):
        shown = upload(client, workbook(GOOD[:1]))
        confirm(client, shown, role="agency_admin", username="intruder", rows='[["x"]]')
        assert list(
            Membership.objects.filter(started_by=secretary).values_list("user__username", "role")
        ) == [("first.person", "committee")]

    def test_a_number_of_another_upload_or_agency_confirms_nothing(self, client, world: World, secretary):
        first = upload(client, workbook(GOOD[:1]))
        upload(client, workbook(GOOD[2:]))
        assert confirm(client, first).status_code == 302
        join(secretary, world.there.agency, Role.SECRETARIAT)
        shown = upload(client, workbook(GOOD[:1]))
        assert confirm(client, shown, agency="nso").status_code == 302
        assert not Membership.objects.filter(started_by=secretary).exists()

    def test_what_changed_between_dry_run_and_confirmation_is_noticed(self, client, world: World, secretary):
        shown = upload(client, workbook(GOOD))
        make_user("third", email="somebody.else@nso.example")
        join(User.objects.get(username="third"), world.here.agency, Role.UNIT_OFFICER, unit=world.here.unit)
        refused = confirm(client, shown)
        assert refused.status_code == 422
        assert "แถว 5 คอลัมน์ D (บทบาท)" in refused.content.decode()
        assert not User.objects.filter(username="first.person").exists()

    def test_an_account_that_appeared_meanwhile_is_shown_before_it_gets_a_role(
        self, client, world: World, secretary
    ):
        shown = upload(client, workbook(GOOD))
        join(make_user("third"), world.there.agency, Role.EXECUTIVE)
        again = confirm(client, shown)
        page = again.content.decode()
        assert again.status_code == 409
        assert "บัญชีผู้ใช้เปลี่ยนไปหลังจากที่ท่านตรวจรายชื่อ" in page
        assert page.count("มีบัญชีนี้อยู่แล้ว เพิ่มบทบาท") == 1
        assert not Membership.objects.filter(started_by=secretary).exists()
        assert confirm(client, again).status_code == 200
        assert Membership.objects.filter(started_by=secretary).count() == 4

    def test_a_second_press_finds_nothing_while_the_first_still_works(
        self, client, world: World, secretary, monkeypatch
    ):
        shown = upload(client, workbook(GOOD[:1]))
        other_window = client.__class__()
        other_window.cookies = client.cookies
        seen = []

        def slow(password: str) -> str:
            seen.append(confirm(other_window, shown)["Location"])
            return make_password(password)

        monkeypatch.setattr("organizations.services.members.make_password", slow)
        assert confirm(client, shown).content.decode().count('<section class="slip">') == 1
        assert seen == [reverse("member_import", args=["senate"])]
        assert User.objects.filter(username="first.person").count() == 1

    def test_an_account_that_nobody_has_used_gets_another_slip(self, client, world: World, secretary):
        confirm(client, upload(client, workbook(GOOD[:1])))
        used = world.here.people["committee_1"].username
        rows = [
            ["คนที่หนึ่ง", "first.person", None, "คณะทำงานหมวด", 5, None],
            ["ก", used, None, "ผู้บริหาร", None, None],
        ]
        shown = upload(client, workbook(rows))
        plan = shown.content.decode()
        assert (plan.count("ยังไม่เคยเข้าใช้ ออกใบแจ้งใหม่"), plan.count("มีบัญชีนี้อยู่แล้ว เพิ่มบทบาท")) == (1, 1)
        assert "ใบแจ้งฉบับก่อนจะใช้ไม่ได้" in plan
        page = confirm(client, shown).content.decode()
        assert page.count('<section class="slip">') == 1
        assert "ระบบเพิ่มบทบาทให้ 1 รายการ" in page
        secret = re.search(r'"slip-secret">([a-z2-9]{4}(?:-[a-z2-9]{4}){2})<', page)[1]
        assert User.objects.get(username="first.person").check_password(secret)

    def test_an_unused_account_of_another_agency_is_a_fault_of_its_row(self, world: World):
        other = world.there.people["committee_3"]
        User.objects.filter(pk=other.pk).update(must_change_password=True)
        found = faults_of(world, [["ก", other.username, None, "ผู้บริหาร", None, None]])
        assert [place for place, _ in found] == ["แผ่นงาน “สมาชิก” แถว 2 คอลัมน์ B (ชื่อผู้ใช้)"]
        assert found[0][1].startswith("เจ้าของบัญชีนี้ยังไม่ได้เข้าใช้และตั้งรหัสผ่านของตนเอง")

    def test_an_existing_account_gets_the_role_and_keeps_its_name_and_password(
        self, client, world: World, secretary
    ):
        other = world.there.people["committee_3"]
        shown = upload(client, workbook([["ชื่อที่เราเรียก", "NSO-Committee-3", None, "ผู้บริหาร", None, None]]))
        page = shown.content.decode()
        assert "มีบัญชีนี้อยู่แล้ว เพิ่มบทบาท" in page
        assert world.there.agency.name not in page
        assert confirm(client, shown)["Location"] == reverse("member_list", args=["senate"])
        other.refresh_from_db()
        assert (other.display_name, other.check_password(PASSWORD)) == ("nso-committee-3", True)
        assert other.memberships.current().count() == 2

    def test_the_template_is_read_back_and_its_example_row_is_passed_over(
        self, client, world: World, secretary
    ):
        response = client.get(reverse("member_template", args=["senate"]))
        book = load_workbook(io.BytesIO(response.content))
        sheet = book["สมาชิก"]
        assert [cell.value for cell in sheet[1]] == HEADINGS
        assert sheet.max_row == 2
        assert "ยังไม่มีรายชื่อ" in refusal(response.content)
        for index, value in enumerate(GOOD[0], start=1):
            sheet.cell(3, index, value)
        target = io.BytesIO()
        book.save(target)
        assert "1 บทบาท" in upload(client, target.getvalue()).content.decode()

    def test_headings_stand_in_any_order_and_a_title_row_does_no_harm_when_missing(self, world: World):
        order = [3, 0, 5, 1, 2, 4]
        rows = [[row[index] for index in order] for row in GOOD]
        content = workbook(rows, headings=[HEADINGS[index] for index in order], title="Sheet1")
        sheet = read_members(io.BytesIO(content), size=len(content))
        assert sheet.columns["role"] == "A"
        assert (
            plan_members(sheet, agency=world.here.agency, by=world.here.people[Role.SECRETARIAT]).faults == []
        )

    def test_markup_in_a_cell_is_text(self, client, world: World, secretary):
        shown = upload(client, workbook([["<script>alert(1)</script>", "evil", None, "ผู้บริหาร", None, None]]))
        assert "<script>alert" not in shown.content.decode()
        assert "<script>alert" not in confirm(client, shown).content.decode()
        assert User.objects.get(username="evil").display_name == "<script>alert(1)</script>"

    def test_planning_costs_the_same_number_of_queries_for_any_number_of_rows(self, world: World):
        assert world.here.people[
            Role.SECRETARIAT
        ].current_memberships  # read once per person, whatever the rows
        counts = []
        for number in (1, 30):
            rows = [
                (n, dict(zip(COLUMNS, ["คน", f"person-{n}", "", "คณะทำงานหมวด", "3", ""], strict=True)))
                for n in range(2, 2 + number)
            ]
            sheet = MembersSheet("สมาชิก", dict(zip(COLUMNS, "ABCDEF", strict=True)), rows)
            with CaptureQueriesContext(connection) as queries:
                plan = plan_members(sheet, agency=world.here.agency, by=world.here.people[Role.SECRETARIAT])
            assert len(plan.members) == number
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestCarelessFiles:
    def test_every_fault_is_collected_with_sheet_row_and_column(self, client, world: World, secretary):
        Owner.objects.create(agency=world.there.agency, name="สำนักของหน่วยงานอื่น")
        rows = [
            [None, "a.person", None, "ผู้บริหาร", None, None],
            ["ข", "ชื่อไทย", None, "หัวหน้า", 9, None],
            ["ค", "c.person", "ไม่ใช่อีเมล", "คณะทำงานหมวด", None, None],
            ["ง", None, None, "ผู้บริหาร", 3, None],
            ["จ", "e.person", None, "เจ้าหน้าที่หน่วยงานย่อย", None, "สำนักของหน่วยงานอื่น"],
            ["ฉ", "f.person", None, "ฝ่ายเลขานุการ", None, None],
        ]
        found = faults_of(world, rows)
        places = [
            re.fullmatch(r"แผ่นงาน “สมาชิก” แถว (\d) คอลัมน์ (\w) \((.+)\)", place).groups() for place, _ in found
        ]
        assert places == [
            ("2", "A", "ชื่อที่แสดง"),
            ("3", "E", "หมวด"),
            ("3", "D", "บทบาท"),
            ("3", "B", "ชื่อผู้ใช้"),
            ("4", "E", "หมวด"),
            ("4", "C", "อีเมล"),
            ("5", "E", "หมวด"),
            ("5", "B", "ชื่อผู้ใช้"),
            ("6", "F", "หน่วยงานย่อย"),
            ("7", "D", "บทบาท"),
        ]
        shown = upload(client, workbook([*GOOD, *rows]))
        assert shown.status_code == 422
        assert "มี 10 จุดที่ต้องแก้ไข" in shown.content.decode()
        assert "member_import" not in client.session
        assert not User.objects.filter(username="first.person").exists()

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([GOOD[0], GOOD[0]], "ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว หรือมีในแถวก่อนหน้า"),
            ([["ก", "senate-executive", None, "ผู้บริหาร", None, None]], "ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว หรือมีในแถวก่อนหน้า"),
            ([GOOD[0], ["คนอื่น", "FIRST.person", None, "ผู้บริหาร", None, None]], "ชื่อที่แสดงหรืออีเมลไม่ตรงกัน"),
            ([GOOD[0], ["ก", "other", "First@senate.example", "ผู้บริหาร", None, None]], "ชื่อผู้ใช้ไม่ตรงกัน"),
        ],
    )
    def test_rows_that_contradict_each_other_are_named(self, world: World, rows, message):
        assert [text for _, text in faults_of(world, rows) if message in text] != []
        assert len(faults_of(world, rows)) == 1

    def test_only_administrators_may_import_secretaries(self, world: World):
        row = [["ก", "a.person", None, "ฝ่ายเลขานุการ", None, None]]
        assert len(faults_of(world, row)) == 1
        assert faults_of(world, row, by=world.here.people[Role.AGENCY_ADMIN]) == []

    def test_a_missing_heading_is_named(self):
        assert "ไม่มีหัวคอลัมน์ บทบาท" in refusal(
            workbook(GOOD, headings=[*HEADINGS[:3], "ตำแหน่ง", *HEADINGS[4:]])
        )

    def test_too_many_rows_and_no_rows_are_said(self):
        row = ["คน", "person", None, "ผู้บริหาร", None, None]
        assert "มีรายชื่อเกิน 200 แถว" in refusal(workbook([row] * 201))
        assert "มีรายชื่อเกิน 200 แถว" in refusal(workbook([row] * 1000))
        assert "ยังไม่มีรายชื่อ" in refusal(workbook([]))

    def test_names_are_stored_in_their_normal_form(self, client, world: World, secretary):
        confirm(client, upload(client, workbook([["นํ้า\u200b  ใจ", "water", None, "ผู้บริหาร", None, None]])))
        assert User.objects.get(username="water").display_name == "น้ำ ใจ"


def repacked(content: bytes, **changes: bytes) -> bytes:
    """The same workbook with parts added or replaced."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return target.getvalue()


def overlapping() -> bytes:
    """A directory that names the same bytes twice, the trick behind the densest bombs."""
    content = bytearray(workbook(GOOD))
    end = content.rindex(b"PK\x05\x06")
    directory = struct.unpack("<I", content[end + 16 : end + 20])[0]
    first = content[directory:end]
    length = 46 + sum(struct.unpack("<HHH", first[28:34]))
    copy = bytearray(first[:length])
    name_length = struct.unpack("<H", copy[28:30])[0]
    copy[46 : 46 + name_length] = b"x" * name_length
    content[end:end] = copy
    end += length
    count = struct.unpack("<H", content[end + 8 : end + 10])[0] + 1
    size = struct.unpack("<I", content[end + 12 : end + 16])[0] + length
    content[end + 8 : end + 16] = struct.pack("<HHI", count, count, size)
    return bytes(content)


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "ไฟล์ว่างเปล่า (0 ไบต์)"),
            (b"<html><script>alert(1)</script></html>", "ไม่ใช่ Excel แบบ .xlsx"),
            ("ชื่อ,บทบาท\nก,ผู้บริหาร\n".encode(), "ไม่ใช่ Excel แบบ .xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel รุ่นเก่า (.xls) หรือมีรหัสผ่าน"),
            (b"PK\x03\x04" + b"\0" * 200, "ไฟล์เสียหาย"),
            (workbook(GOOD)[:-400], "ไฟล์เสียหาย"),
            (b"PK\x03\x04" + b"\0" * MAX_FILE, "ใหญ่เกิน 5 เมกะไบต์"),
            (repacked(workbook(GOOD), **{"xl/vbaProject.bin": b"macro"}), "มีมาโคร"),
            (repacked(workbook(GOOD), **{"xl/bomb.xml": b"0" * (101 * 1024 * 1024)}), "ใหญ่ผิดปกติ"),
            (repacked(workbook(GOOD), **{"xl/media/a.xml": b"0" * (3 * 1024 * 1024)}), "ใหญ่ผิดปกติ"),
            (repacked(workbook(GOOD), **{f"x/{n}": b"" for n in range(2001)}), "ใหญ่ผิดปกติ"),
            (repacked(workbook(GOOD), **{"../../etc/passwd": b"x"}), "โครงสร้างภายในไฟล์ผิดปกติ"),
            (overlapping(), "ใหญ่ผิดปกติ"),
            (repacked(workbook(GOOD), **{"xl/workbook.xml": b"<not xml"}), "อ่านไฟล์นี้ไม่ได้"),
            (
                repacked(
                    workbook(GOOD),
                    **{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'},
                ),
                "อ่านไฟล์นี้ไม่ได้",
            ),
            (repacked(workbook(GOOD), **{"xl/worksheets/sheet1.xml": b""}), "อ่านไฟล์นี้ไม่ได้"),
        ],
        ids=[
            "empty", "html", "csv", "xls", "zip-header-only", "cut", "too-large", "macro", "bomb", "ratio",
            "entries", "path", "overlap", "broken-xml", "entity", "broken-sheet",
        ],
    )  # fmt: skip
    def test_each_gets_a_clear_sentence_and_changes_nothing(
        self, client, world: World, secretary, content, sentence
    ):
        before = User.objects.count()
        response = upload(client, content)
        assert response.status_code == 422
        assert sentence in response.content.decode()
        assert User.objects.count() == before

    def test_a_zip_that_is_no_workbook_is_refused(self):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("word/document.xml", "<x/>")
        assert "ไม่ใช่ Excel แบบ .xlsx" in refusal(target.getvalue())

    def test_a_sheet_that_claims_a_million_rows_is_not_walked_through(self):
        content = workbook(GOOD)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = next(name for name in archive.namelist() if Path(name).name == "sheet1.xml")
            sheet = (
                archive.read(name).replace(b'<row r="5"', b'<row r="1048570"').replace(b'"D5"', b'"D1048570"')
            )
        sheet = re.sub(rb'r="([A-F])5"', rb'r="\g<1>1048570"', sheet)
        assert "ยาวเกิน 5,000 แถว" in refusal(repacked(content, **{name: sheet}))

    def test_a_post_without_a_file_asks_for_one(self, client, world: World, secretary):
        response = client.post(reverse("member_import", args=["senate"]), {"file": ""})
        assert response.status_code == 422
        assert "กรุณาเลือกไฟล์ Excel" in response.content.decode()
