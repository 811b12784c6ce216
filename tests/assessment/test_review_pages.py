"""What the pages say about the review of a category, to whom, and which buttons they give."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.models import CategorySheet, Round, SheetStep
from assessment.services.review import start_review
from organizations.enums import Role
from organizations.models import Agency, AuditEvent
from tests.world import write_activity

from .browser import form_of, url
from .review import approved, complete, log_of, returned, sheet_of, submitted
from .test_sheet_figures import png


@pytest.fixture
def member(world):
    return world.here.people["committee_1"]


@pytest.fixture
def secretary(world):
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def ready(world, here) -> Round:
    """Category 1 is complete."""
    complete(here, 1, world.here)
    return here


def page_of(client, person, *address) -> str:
    client.force_login(person)
    return client.get("/".join(["", *address]) if address else "/", follow=True).content.decode()


def read(client, person, round: Round, *path: str) -> str:
    """The page below the round as this person sees it."""
    client.force_login(person)
    return client.get(url(round, *path)).content.decode()


def press(client, person, round: Round, *path: str, version: int | None = None, **fields):
    """Press the button of a page that showed category 1 as it stands now."""
    client.force_login(person)
    seen = sheet_of(round, 1).review_version if version is None else version
    return client.post(url(round, "category-1", *path), {"base_version": seen} | fields)


BUTTONS = (
    "ส่งให้ฝ่ายเลขานุการ</a>",
    "ดึงกลับ</button>",
    "ตรวจหมวดนี้</a>",
    "การตรวจและขยายเวลา</a>",
    "เปิดให้แก้อีกครั้ง</a>",
)


def buttons(text: str) -> list[str]:
    return [words.split("<")[0] for words in BUTTONS if words in text]


@pytest.mark.parametrize("page", ["sheet", "home"])
@pytest.mark.parametrize(
    ("state", "label", "of_committee", "of_secretariat"),
    [
        ("writing", "กำลังเขียน", ["ส่งให้ฝ่ายเลขานุการ"], ["ส่งให้ฝ่ายเลขานุการ", "การตรวจและขยายเวลา"]),
        ("submitted", "ส่งแล้ว", ["ดึงกลับ"], ["ดึงกลับ", "ตรวจหมวดนี้"]),
        ("started", "ส่งแล้ว", [], ["ตรวจหมวดนี้"]),
        ("returned", "ต้องแก้", ["ส่งให้ฝ่ายเลขานุการ"], ["ส่งให้ฝ่ายเลขานุการ", "การตรวจและขยายเวลา"]),
        ("approved", "เสร็จ", [], ["เปิดให้แก้อีกครั้ง"]),
    ],
)
def test_state_and_buttons_by_role(
    client, world, ready, member, secretary, page, state, label, of_committee, of_secretariat
):
    if state != "writing":
        submitted(ready, 1, member)
    if state == "started":
        start_review(sheet=sheet_of(ready, 1), base_version=2, by=secretary)
    if state == "returned":
        returned(ready, 1, secretary, "1.2", reason="กรุณาเพิ่มตัวเลข")
    if state == "approved":
        approved(ready, 1, secretary, "มติที่ประชุมครั้งที่ 2/2569")
    path = ["category-1"]
    if page == "home":
        text = page_of(client, member)
        assert buttons(text) == of_committee
    else:
        text = read(client, member, ready, *path)
        assert buttons(text) == of_committee
        assert buttons(read(client, secretary, ready, *path)) == of_secretariat
        for reader in (Role.EXECUTIVE, Role.UNIT_OFFICER, "committee_3"):
            assert buttons(read(client, world.here.people[reader], ready, *path)) == []
    assert f"</span>{label}</span>" in text
    assert ("กรุณาเพิ่มตัวเลข" in text) == (state == "returned")
    assert ("มติที่ประชุมครั้งที่ 2/2569" in text) == (state == "approved")


def test_the_way_to_the_secretariat_lists_what_is_missing_with_a_link_each(client, here, member):
    text = read(client, member, here, "category-1", "submit")
    assert "ยังขาด 1 รายการ" in text
    assert 'ข้อ 1.2 ยังไม่มีกิจกรรม <a href="/a/senate/2565/1.2/">' in text
    assert '<button class="btn btn-primary" type="submit">' not in text
    refused = press(client, member, here, "submit")
    assert refused.status_code == 422
    assert "ยังส่งไม่ได้ เพราะยังขาด: ข้อ 1.2 ยังไม่มีกิจกรรม" in refused.content.decode()
    assert CategorySheet.objects.filter(round=here).exclude(review_state="writing").count() == 0


def test_submitting_and_pulling_back_by_hand(client, ready, member):
    done = press(client, member, ready, "submit")
    assert done.headers["Location"] == "/a/senate/2565/category-1/"
    assert "ส่งหมวด 1 ให้ฝ่ายเลขานุการแล้ว" in read(client, member, ready, "category-1")
    assert press(client, member, ready, "pull-back").status_code == 302
    assert "ดึงหมวด 1 กลับแล้ว" in read(client, member, ready, "category-1")
    assert sheet_of(ready, 1).review_state == "writing"


def test_a_press_on_a_page_from_before_is_told_and_changes_nothing(client, ready, member, secretary):
    press(client, member, ready, "submit")
    again = press(client, secretary, ready, "submit", version=1)
    assert again.status_code == 409
    assert "มีผู้เปลี่ยนสถานะของหมวดนี้หลังจากที่ท่านเปิดหน้านี้" in again.content.decode()
    for person, path in ((member, ["pull-back"]), (secretary, ["review", "start"])):
        for version in (1, "", "x"):
            answer = press(client, person, ready, *path, version=version)
            assert answer.status_code == 302
            assert "มีผู้เปลี่ยนสถานะของหมวดนี้" in client.get(answer.headers["Location"]).content.decode()
    assert log_of(sheet_of(ready, 1)) == [("submitted", "senate-committee-1")]


def test_a_committee_does_not_pull_back_what_is_being_read(client, ready, member, secretary):
    submitted(ready, 1, member)
    press(client, secretary, ready, "review", "start")
    assert "ดึงกลับ</button>" not in read(client, member, ready, "category-1")
    press(client, member, ready, "pull-back")
    assert "ฝ่ายเลขานุการเริ่มตรวจแล้ว จึงดึงกลับไม่ได้" in read(client, member, ready, "category-1")
    assert sheet_of(ready, 1).review_state == "submitted"


@pytest.mark.parametrize(
    ("path", "fields", "message"),
    [
        ("return", {"reason": " "}, "กรุณาระบุเหตุผลที่ส่งกลับ"),
        ("return", {"reason": "ก" * 1001}, "กรุณากรอกไม่เกิน 1000 ตัวอักษร (ขณะนี้มี 1001 ตัวอักษร)"),
        ("approve", {"reference": "ก" * 201}, "กรุณากรอกไม่เกิน 200 ตัวอักษร (ขณะนี้มี 201 ตัวอักษร)"),
        ("extend", {"until": "พรุ่งนี้", "reason": "รอผล"}, "ไม่เข้าใจวันที่ที่พิมพ์"),
        ("extend", {"until": "", "reason": "รอผล"}, "กรุณากรอกวันที่"),
        ("extend", {"until": "20/12/2569", "reason": ""}, "กรุณาระบุเหตุผลที่ขยายเวลา"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(client, ready, member, secretary, path, fields, message):
    submitted(ready, 1, member)
    answer = press(client, secretary, ready, "review", path, **fields)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert message in text
    assert all(value.strip() in text for value in fields.values())
    assert 'maxlength="' not in text
    assert sheet_of(ready, 1).review_state == "submitted"


def test_what_was_typed_is_kept_when_somebody_else_was_faster(client, ready, member, secretary, world):
    submitted(ready, 1, member)
    approved(ready, 1, world.here.people[Role.AGENCY_ADMIN])
    answer = press(client, secretary, ready, "review", "return", version=2, reason="เหตุผลยาวที่พิมพ์ไว้")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "มีผู้เปลี่ยนสถานะของหมวดนี้" in text
    assert "เหตุผลยาวที่พิมพ์ไว้" in text
    assert sheet_of(ready, 1).review_state == "approved"


def test_returning_flags_criteria_and_shows_them(client, ready, member, secretary):
    submitted(ready, 1, member)
    keys = list(
        sheet_of(ready, 1).analyses.filter(wording__code__in=["1.1", "1.3"]).values_list("pk", flat=True)
    )
    done = press(client, secretary, ready, "review", "return", reason="กรุณาเพิ่มตัวเลข", criteria=keys)
    assert done.status_code == 302
    text = read(client, member, ready, "category-1")
    assert text.count("ยังไม่ได้แก้") == 2
    assert "ข้อนี้ยังไม่ได้แก้" in read(client, member, ready, "1.1")
    client.post(url(ready, "1.3", "activities"), form_of(html="<p>เพิ่ม</p>"))
    text = read(client, member, ready, "category-1")
    assert (text.count("ยังไม่ได้แก้"), text.count("</span>แก้แล้ว")) == (1, 1)
    assert "ข้อนี้แก้แล้ว" in read(client, member, ready, "1.3")


def test_a_criterion_of_another_category_cannot_be_flagged(client, ready, member, secretary):
    submitted(ready, 1, member)
    other = sheet_of(ready, 2).analyses.first().pk
    answer = press(client, secretary, ready, "review", "return", reason="แก้", criteria=[other])
    assert answer.status_code == 422
    assert sheet_of(ready, 1).review_state == "submitted"


# --- the paper ------------------------------------------------------------------------------------


def test_the_paper_is_kept_and_saved_from_the_page(client, ready, member, secretary, world):
    submitted(ready, 1, member)
    paper = SimpleUploadedFile("มติที่ประชุม.png", png())
    done = press(client, secretary, ready, "review", "approve", reference="มติ 2/2569", scan=paper)
    assert done.status_code == 302
    step = SheetStep.objects.get(kind="approved")
    address = url(ready, "category-1", "review", "steps", str(step.uid), "file")
    assert address in read(client, member, ready, "category-1", "review")
    answer = client.get(address)
    assert (answer.status_code, b"".join(answer.streaming_content)[:4]) == (200, b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (
        answer.headers["Content-Disposition"]
        == 'attachment; filename="pmqa-senate-2565-category-1-approval.png"'
    )
    assert client.get(address.replace("category-1", "category-2")).status_code == 404
    client.force_login(world.there.people[Role.SECRETARIAT])
    assert client.get(address).status_code == 404
    step.scan.storage.delete(step.scan.name)
    client.force_login(member)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<script>alert(1)</script>", "ไฟล์นี้ไม่ใช่ PDF และ"),
        (b"%PDF-1.7 broken", "เปิดไฟล์ PDF นี้ไม่ได้"),
        (b"", "ไฟล์นี้ว่างเปล่า"),
    ],
)
def test_a_paper_that_is_none_is_refused(client, ready, member, secretary, content, message):
    submitted(ready, 1, member)
    paper = SimpleUploadedFile("มติ.pdf", content)
    answer = press(client, secretary, ready, "review", "approve", reference="มติ 2/2569", scan=paper)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "มติ 2/2569" in answer.content.decode()
    assert sheet_of(ready, 1).review_state == "submitted"


# --- what can be written --------------------------------------------------------------------------


def test_a_submitted_criterion_is_read_by_its_committee_and_written_by_the_secretariat(
    client, ready, member, secretary
):
    submitted(ready, 1, member)
    text = read(client, member, ready, "1.1")
    assert "หมวด 1 ส่งให้ฝ่ายเลขานุการแล้ว อ่านได้อย่างเดียว" in text
    assert 'name="html"' not in text
    text = read(client, secretary, ready, "1.1")
    assert "ท่านกำลังเขียนแทนคณะทำงานหมวด 1" in text
    assert 'name="html"' in text
    approved(ready, 1, secretary)
    text = read(client, secretary, ready, "1.1")
    assert "หมวด 1 เห็นชอบแล้ว อ่านได้อย่างเดียว" in text
    assert "ท่านกำลังเขียนแทน" not in text


def test_only_who_is_not_of_the_committee_writes_in_its_place(client, here, member, secretary):
    assert "ท่านกำลังเขียนแทน" not in read(client, member, here, "1.1")
    assert "ท่านกำลังเขียนแทน" not in read(client, member, here, "1.1", "text", "analysis")
    assert "ท่านกำลังเขียนแทน" in read(client, secretary, here, "1.1")
    assert "ท่านกำลังเขียนแทน" in read(client, secretary, here, "1.1", "text", "analysis")


def test_an_activity_shared_with_a_submitted_category_is_read_only_here(client, world, ready, member):
    complete(ready, 3, world.here)
    write_activity(ready, "1.1", "<p>ใช้ร่วมกัน</p>", owners=[world.here.unit], serves=["3.1"])
    submitted(ready, 3, world.here.people["committee_3"])
    text = read(client, member, ready, "1.1")
    assert "กิจกรรมนี้ใช้ในหมวด 3 ด้วย และหมวด 3 ส่งให้ฝ่ายเลขานุการแล้ว อ่านได้อย่างเดียว" in text
    # the two others and nothing more
    assert text.count('name="html"') == 2


def test_a_late_save_says_why_and_gives_the_text_back(client, ready, member):
    activity = ready.activities.get(text__plain="กิจกรรม senate ข้อ 1.1")
    fields = form_of(activity, html="<p>พิมพ์ไว้นาน</p>", owners=[("", "สนผ.", "")])
    submitted(ready, 1, member)
    client.force_login(member)
    answer = client.post(url(ready, "1.1", "activities"), fields, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "หมวด 1 ส่งให้ฝ่ายเลขานุการแล้ว จึงยังไม่ได้บันทึก" in text
    assert "หากต้องการแก้ กรุณากด “ดึงกลับ” ก่อน" in text
    assert "พิมพ์ไว้นาน" in text


def test_a_late_autosave_is_kept_as_a_proposal(client, ready, member):
    activity = ready.activities.get(text__plain="กิจกรรม senate ข้อ 1.1")
    submitted(ready, 1, member)
    client.force_login(member)
    body = {"html": "<p>สาย</p>", "base_version": 1, "key": "0b9b7a5e-6f0e-4c57-9a39-2f8f4a4d5c11"}
    answer = client.post(url(ready, "1.1", "activities", str(activity.uid), "text"), body)
    assert (answer.status_code, answer.json()["state"], answer.json()["proposal"]) == (409, "locked", True)
    assert answer.json()["message"].startswith("หมวด 1 ส่งให้ฝ่ายเลขานุการแล้ว ระบบเก็บข้อความ")


# --- overviews ------------------------------------------------------------------------------------


def states_of(text: str) -> list[str]:
    """The chips in the last column of the overview."""
    return re.findall(r'overview-state">\s*<span class="tag tag-(\w+)">', text)


@pytest.mark.parametrize("page", ["round", "home"])
def test_the_overview_shows_states_and_what_waits(client, world, ready, member, secretary, page):
    for number in (3, 4):
        complete(ready, number, world.here)
    submitted(ready, 1, member)
    submitted(ready, 3, secretary)
    returned(ready, 3, secretary, "3.1")
    submitted(ready, 4, secretary)
    approved(ready, 4, secretary)
    path = url(ready) if page == "round" else "/"
    client.force_login(secretary)
    text = client.get(path).content.decode()
    assert states_of(text) == ["sent", "doing", "fix", "done", "doing", "doing"]
    assert 'href="/a/senate/2565/category-1/review/"' in text
    client.force_login(world.here.people[Role.EXECUTIVE])
    text = client.get(path).content.decode()
    assert states_of(text) == ["sent", "doing", "fix", "done", "doing", "doing"]
    assert "/review/" not in text


@pytest.mark.parametrize("page", ["round", "home"])
def test_the_overview_says_who_is_late_and_who_has_more_time(client, ready, member, secretary, page):
    yesterday = datetime.date(2020, 1, 1)
    Round.objects.filter(pk=ready.pk).update(deadline=yesterday)
    submitted(ready, 1, member)
    fields = {"until": "31/12/2590", "reason": "รอผลสำรวจ", "base_version": 1}
    client.force_login(secretary)
    assert client.post(url(ready, "category-2", "review", "extend"), fields).status_code == 302
    text = client.get(url(ready) if page == "round" else "/").content.decode()
    assert text.count("ส่งช้า") == 1
    assert text.count("ขยายเวลาถึง 31 ธ.ค. 2590") == 1
    assert len(re.findall(r"เลยกำหนด [\d,]+ วัน", text)) == 4


def test_issuing_warns_of_what_is_not_approved_and_is_not_blocked(client, ready, member, secretary):
    submitted(ready, 1, member)
    approved(ready, 1, secretary)
    text = read(client, secretary, ready, "issues", "new")
    assert "ยังไม่ได้เห็นชอบหมวด 2, 3, 4, 5, 6 ออกฉบับได้" in text
    assert client.post(url(ready, "issues", "new"), {"note": ""}).status_code == 302
    assert AuditEvent.objects.get(verb="issue.made").facts["unapproved"] == [2, 3, 4, 5, 6]


# --- four eyes ------------------------------------------------------------------------------------


def test_four_eyes_is_switched_by_those_who_run_the_agency(client, ready, secretary, world):
    client.force_login(secretary)
    address = "/a/senate/settings/"
    assert address in read(client, secretary, ready, "setup")
    version = Agency.objects.get(pk=ready.agency_id).version
    assert client.post(address, {"base_version": version, "four_eyes": "on"}).status_code == 302
    assert Agency.objects.get(pk=ready.agency_id).four_eyes
    assert AuditEvent.objects.get(verb="agency.settings").facts == {"four_eyes": True}
    stale = client.post(address, {"base_version": version})
    assert stale.status_code == 409
    assert "ปัจจุบันเป็นดังนี้" in stale.content.decode()
    assert Agency.objects.get(pk=ready.agency_id).four_eyes
    assert not Agency.objects.get(pk=world.there.agency.pk).four_eyes
    submitted(ready, 1, secretary)
    refused = press(client, secretary, ready, "review", "approve", reference="มติ 3/2569")
    assert refused.status_code == 409
    assert "กรุณาให้ผู้อื่นในฝ่ายเลขานุการเป็นผู้เห็นชอบ" in refused.content.decode()
    assert "มติ 3/2569" in refused.content.decode()
