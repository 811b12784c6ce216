"""Pages of the framework: read by everybody signed in, loaded by the installation administrator only."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from framework.data import whole_categories
from framework.importers import read_edition
from framework.models import Edition, EditionCriterion, FocusPoint, LevelDescriptor, SubItem
from framework.services import load_edition
from framework.templatetags.framework import descriptor_rows, unknown_parts, with_commas
from organizations.models import User
from tests.world import World, make_edition

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "framework"
TEXT = (FOLDER / "2564.yaml").read_text(encoding="utf-8")
NEWER = (FOLDER / "2567.yaml").read_text(encoding="utf-8")


def load(text: str) -> Edition:
    data = read_edition(text.encode(), "x.yaml")
    load_edition(data=data, by=None)
    return Edition.objects.get(code=data.code)


def upload(client: Client, text: str | bytes, name: str = "2564.yaml"):
    content = text.encode() if isinstance(text, str) else text
    return client.post(reverse("edition_load"), {"file": SimpleUploadedFile(name, content)})


def confirmation(response) -> dict[str, str]:
    """What the browser sends back from the page of the dry run; hidden fields come with CRLF line ends."""
    initial = response.context["form"].initial
    return {**initial, "content": initial["content"].replace("\n", "\r\n")}


@pytest.fixture
def admin(world: World, client: Client) -> Client:
    client.force_login(world.admin)
    return client


def test_pages_need_a_sign_in(world: World, client: Client) -> None:
    for address in ("/editions/", "/editions/2564/", "/editions/2564/file/", "/editions/load/"):
        response = client.get(address)
        assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("who", ["secretariat", "committee_1", "unit_officer", "executive", "agency_admin"])
def test_everybody_reads_and_only_the_administrator_loads(world: World, client: Client, who: str) -> None:
    client.force_login(world.here.people[who])
    for address in ("/editions/", "/editions/2564/", "/editions/2564/file/"):
        assert client.get(address).status_code == 200
    assert "นำเข้าเกณฑ์จากไฟล์" not in client.get("/editions/").content.decode()
    assert client.get("/editions/load/").status_code == 403
    assert upload(client, TEXT.replace('"2564"', '"2599"')).status_code == 403
    assert client.post("/editions/load/", {"seen": "x", "name": "x", "content": TEXT}).status_code == 403
    assert list(Edition.objects.values_list("code", flat=True)) == ["2564"]


def test_a_stranger_without_roles_reads_too(world: World, client: Client) -> None:
    client.force_login(world.stranger)
    assert client.get("/editions/2564/").status_code == 200
    assert client.get("/editions/2599/").status_code == 404
    assert client.get("/editions/2599/file/").status_code == 404


def test_reading_pages_refuse_other_methods(admin: Client) -> None:
    for address in ("/editions/", "/editions/2564/", "/editions/2564/file/"):
        assert admin.post(address).status_code == 405


def test_the_page_shows_what_is_known_and_says_what_is_not(admin: Client) -> None:
    load(NEWER)
    page = admin.get("/editions/2567/").content.decode()
    assert page.count("<article") == 30
    assert page.count("ปรับใหม่ในฉบับนี้") == 2
    assert "3,000 อักขระ" in page
    assert "สร้างนวัตกรรมที่สามารถออกแบบการให้บริการเฉพาะบุคคล" in page
    # 2.1 is known at one level, and two levels of it are not
    assert page.count('<dd class="muted">ยังไม่มีข้อมูลในฉบับนี้</dd>') == 2
    assert page.count("เป้าหมาย – ยังไม่มีข้อมูลในฉบับนี้") == 2
    assert "เป้าหมาย และ จุดเน้นที่สำคัญ – ยังไม่มีข้อมูลในฉบับนี้" in page
    assert page.count("ข้อย่อย – ยังไม่มีข้อมูลในฉบับนี้") == 20
    assert page.count('href="#category-') == 7
    assert page.count('href="#criterion-7.6"') == 3


def test_an_edition_without_wording_says_so_once_per_criterion(admin: Client) -> None:
    page = admin.get("/editions/2564/").content.decode()
    assert page.count("คำแนะนำ คำอธิบายระดับ และ ข้อย่อย – ยังไม่มีข้อมูลในฉบับนี้") == 24
    assert page.count("คำแนะนำ – ยังไม่มีข้อมูลในฉบับนี้") == 6
    assert page.count("เจตนารมณ์ เป้าหมาย และ จุดเน้นที่สำคัญ – ยังไม่มีข้อมูลในฉบับนี้") == 7


def test_texts_of_a_file_are_never_markup(admin: Client) -> None:
    load(TEXT.replace('intent: ""', "intent: '<script>alert(1)</script>'", 1))
    page = admin.get("/editions/2564/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_the_list_is_empty_with_a_next_step(db: None, client: Client) -> None:
    client.force_login(User.objects.create_user("admin", None, is_installation_admin=True))
    assert "กรุณานำเข้าเกณฑ์จากไฟล์" in client.get("/editions/").content.decode()
    client.force_login(User.objects.create_user("other", None))
    assert "กรุณาแจ้งผู้ดูแลระบบ" in client.get("/editions/").content.decode()


def test_the_download_is_the_file(admin: Client) -> None:
    load(NEWER)
    response = admin.get("/editions/2567/file/")
    assert response["Content-Disposition"] == 'attachment; filename="pmqa-2567.yaml"'
    assert response["Content-Type"] == "application/yaml; charset=utf-8"
    assert yaml.safe_load(response.content) == yaml.safe_load(NEWER)


def test_pages_cost_the_same_for_few_and_for_many_rows(admin: Client, django_assert_max_num_queries) -> None:
    def queries(address: str) -> int:
        with django_assert_max_num_queries(25) as captured:
            assert admin.get(address).status_code == 200
        return len(captured.captured_queries)

    edition = Edition.objects.get(code="2564")
    levels = list(edition.levels.all())
    first, *others = edition.criteria.all()
    LevelDescriptor.objects.create(criterion=first, level=levels[0], text="ก")
    SubItem.objects.create(criterion=first, code="1.1.1", position=1, level=levels[0], text="ข")
    few = queries("/editions/2564/"), queries("/editions/"), queries("/editions/2564/file/")
    for number in range(30):
        make_edition(f"x{number}", 2500 + number)
    for wording in others:
        for position, level in enumerate(levels, start=1):
            LevelDescriptor.objects.create(criterion=wording, level=level, text="ก")
            SubItem.objects.create(
                criterion=wording, code=f"x.{position}", position=position, level=level, text="ข"
            )
    for category in edition.categories.all():
        for position in range(30):
            FocusPoint.objects.create(category=category, position=position, text="ค")
    assert (queries("/editions/2564/"), queries("/editions/"), queries("/editions/2564/file/")) == few


# --- loading ---


def test_a_new_edition_is_shown_then_confirmed(admin: Client) -> None:
    shown = upload(admin, NEWER, "2567.yaml")
    assert shown.status_code == 200
    assert "เป็นฉบับใหม่ รหัส 2567 มี 7 หมวด รวม 49 รายการ" in shown.content.decode()
    assert not Edition.objects.filter(code="2567").exists()
    done = admin.post("/editions/load/", confirmation(shown))
    assert (done.status_code, done.url) == (302, "/editions/2567/")
    assert Edition.objects.get(code="2567").criteria.count() == 30


def test_a_changed_edition_shows_before_and_after(admin: Client) -> None:
    load(TEXT)
    shown = upload(admin, TEXT.replace("name: การนำองค์การ\n", "name: การนำ\n"))
    page = shown.content.decode()
    assert '<td data-label="เดิม:">การนำองค์การ</td>' in page
    assert '<td data-label="ใหม่:">การนำ</td>' in page
    assert "เปลี่ยน 1 ช่อง เพิ่ม 0 รายการ ตัดออก 0 รายการ" in page
    admin.post("/editions/load/", confirmation(shown))
    assert Edition.objects.get(code="2564").categories.get(number=1).name == "การนำ"


def test_an_unchanged_file_needs_no_confirmation(admin: Client) -> None:
    load(TEXT)
    page = upload(admin, TEXT).content.decode()
    assert "ไฟล์ตรงกับเกณฑ์ที่นำเข้าไว้แล้วทั้ง 41 รายการ" in page
    assert "ยืนยันและบันทึก" not in page


def test_a_bad_file_shows_every_fault_with_line_and_field(admin: Client) -> None:
    response = upload(admin, TEXT.replace("  year: 2564", "  year: 2024").replace('"7.4", "7.5"', '"7.8"', 1))
    page = response.content.decode()
    assert response.status_code == 422
    assert "ไฟล์ 2564.yaml มีข้อผิดพลาด 2 แห่ง ยังไม่ได้บันทึกข้อมูลใด" in page
    assert [(fault.line, fault.field) for fault in response.context["faults"]] == [
        (7, "edition.year"),
        (24, "categories[0].supports[0]"),
    ]
    assert '<td data-label="บรรทัด">24</td>' in page
    assert "ไม่มีเกณฑ์ผลลัพธ์ 7.8 ในหมวด 7 ของไฟล์นี้" in page


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.yaml", "ไฟล์ว่าง กรุณาเลือกไฟล์อื่น"),
        (b"MZ", "a.exe", "กรุณาเลือกไฟล์ที่ลงท้ายด้วย .yaml .yml หรือ .json"),
        (b"\xa1\xa2", "a.yaml", "ไฟล์ไม่ได้บันทึกเป็น UTF-8"),
        (b"a" * (2 * 1024 * 1024 + 1), "a.yaml", "ไฟล์ใหญ่เกิน 2 MB"),
        (b"<script>alert(1)</script>: 1", "a.yaml", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_what_is_no_edition_is_refused(admin: Client, content: bytes, name: str, message: str) -> None:
    response = upload(admin, content, name)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "<script>alert" not in response.content.decode()
    assert Edition.objects.count() == 1


def test_no_file_at_all(admin: Client) -> None:
    response = admin.post("/editions/load/", {})
    assert (response.status_code, response.context["form"].errors) == (422, {"file": ["กรุณาเลือกไฟล์"]})


def test_an_edition_in_use_is_refused_before_and_after_the_confirmation(admin: Client) -> None:
    load(TEXT)
    changed = TEXT.replace("name: การนำองค์การ\n", "name: การนำ\n")
    seen = confirmation(upload(admin, changed))
    Edition.objects.update(locked_at=timezone.now())
    for response in (upload(admin, changed), admin.post("/editions/load/", seen)):
        page = response.content.decode()
        assert response.status_code == 409
        assert "เกณฑ์ฉบับนี้มีแบบฟอร์มใช้อยู่แล้ว ถ้อยคำจึงเปลี่ยนไม่ได้" in page
        assert "ยืนยันและบันทึก" not in page
    assert Edition.objects.get(code="2564").categories.get(number=1).name == "การนำองค์การ"


def test_other_changes_than_those_shown_are_not_confirmed(admin: Client) -> None:
    load(TEXT)
    seen = confirmation(upload(admin, TEXT.replace("name: การนำองค์การ\n", "name: การนำ\n")))
    load(TEXT.replace("name: การวางแผนเชิงยุทธศาสตร์\n", "name: การวางแผน\n"))
    again = admin.post("/editions/load/", seen)
    assert again.status_code == 409
    assert "ข้อมูลของฉบับนี้เปลี่ยนไปหลังจากตรวจไฟล์" in again.content.decode()
    assert Edition.objects.get(code="2564").categories.get(number=2).name == "การวางแผน"
    admin.post("/editions/load/", confirmation(again))
    assert list(Edition.objects.get(code="2564").categories.values_list("name", flat=True)[:2]) == [
        "การนำ",
        "การวางแผนเชิงยุทธศาสตร์",
    ]


def test_a_confirmation_is_read_again_as_a_file(admin: Client) -> None:
    broken = admin.post("/editions/load/", {"seen": "x", "name": "2564.yaml", "content": "a: &x 1"})
    assert broken.status_code == 422
    assert "ไม่รับ anchor" in broken.content.decode()
    missing = admin.post("/editions/load/", {"seen": "x"})
    assert (missing.status_code, missing.url) == (302, "/editions/load/")


# --- parts ---


def test_descriptor_rows_name_the_levels_that_are_unknown(world: World) -> None:
    load(NEWER)
    wordings = {wording.code: wording for wording in EditionCriterion.objects.filter(edition__code="2567")}
    assert [(row.level.code, bool(row.text)) for row in descriptor_rows(wordings["2.1"])] == [
        ("basic", True),
        ("advance", False),
        ("significance", False),
    ]
    assert descriptor_rows(wordings["7.1"]) == []
    assert unknown_parts(wordings["3.1"]) == []
    assert unknown_parts(wordings["7.1"]) == ["คำแนะนำ"]
    assert unknown_parts(whole_categories(wordings["7.1"].edition)[6]) == ["เป้าหมาย", "จุดเน้นที่สำคัญ"]
    assert with_commas(3000) == "3,000"
