"""The page on which a draft from Word is looked through and confirmed."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.models import Activity
from documents.models import Incoming
from tests.documents.word.conftest import exported, write_text
from tests.documents.word.edits import Draft

NEW = "/a/senate/2565/incoming/"


def send(client, content: bytes):
    file = SimpleUploadedFile("ร่าง.docx", content, "application/octet-stream")
    return client.post(NEW, {"file": file})


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send for the form as it stands."""
    hidden = re.findall(r'<input type="hidden" name="(seen-[^"]+)" value="([^"]*)"', page)
    lines = re.findall(r'name="(owners-[^"]+)" value="([^"]*)"', page)
    chosen = re.findall(r'name="([^"]+)" value="([^"]*)" required checked', page)
    return dict(hidden) | dict(lines) | dict(chosen)


@pytest.fixture
def secretary(client, by):
    client.force_login(by)
    return client


@pytest.fixture
def draft(full) -> Draft:
    return Draft(exported(full))


def test_changes_are_shown_by_words_and_confirmed_in_one_press(secretary, full, draft):
    draft.replace("จัดทำแผน", "จัดทำแผนงาน")
    answer = send(secretary, draft.save())
    page = secretary.get(answer["Location"]).content.decode()
    assert "ข้อ 1.2 กิจกรรม" in page
    assert "<ins>" in page
    assert "ไฟล์นี้ส่งออกเมื่อ วันนี้" in page
    assert "จัดทำแผนงาน" not in Activity.objects.get(text__html__contains="สำรวจความเห็น").text.html
    done = secretary.post(answer["Location"], fields_of(page), follow=True).content.decode()
    assert "นำเข้าร่างจาก Word แล้ว: เปลี่ยนข้อความ 1 แห่ง" in done
    assert "ข้อ 1.2 กิจกรรม: ใช้ข้อความจากไฟล์" in done
    assert "<li>จัดทำแผนงาน<ul" in Activity.objects.get(text__html__contains="สำรวจความเห็น").text.html


def test_a_file_without_changes_says_so(secretary, draft):
    page = secretary.get(send(secretary, draft.save())["Location"]).content.decode()
    assert "ข้อความในไฟล์ตรงกับในระบบแล้ว ไม่มีอะไรต้องเปลี่ยน" in page


def test_an_unsettled_conflict_comes_back_with_everything_chosen(secretary, full, draft, world):
    draft.replace("กิจกรรม senate ข้อ 3.1", "ฉบับเวิร์ด")
    draft.replace("สำนักพัฒนาทรัพยากรบุคคล", "กองที่ไม่มี")
    activity = Activity.objects.get(round=full, text__html__contains="ข้อ 3.1")
    write_text(activity.text, "<p>ฉบับออนไลน์</p>", world.here.people["committee_3"])
    address = send(secretary, draft.save())["Location"]
    page = secretary.get(address).content.decode()
    assert "มี 1 แห่งที่มีผู้แก้ไขในระบบหลังจากส่งออกไฟล์นี้" in page
    assert "senate-committee-3" in page
    assert "ไม่พบ “กองที่ไม่มี” ในรายชื่อผู้รับผิดชอบ" in page
    typed = {name: "กองที่พิมพ์ใหม่" for name in fields_of(page) if name.startswith("owners-")}
    answer = secretary.post(address, fields_of(page) | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "กรุณาเลือกว่าจะใช้ข้อความใด: ข้อ 3.1 กิจกรรม" in page
    assert 'value="กองที่พิมพ์ใหม่"' in page
    assert Activity.objects.get(pk=activity.pk).text.html == "<p>ฉบับออนไลน์</p>"


def test_a_text_from_a_file_cannot_break_the_page(secretary, full, draft):
    draft.replace("กิจกรรม senate ข้อ 3.1", '<script>alert(1)</script><img src=x onerror="x">')
    draft.replace("มีแผนแล้ว แต่ยังขาดตัวชี้วัด", "<script>alert(2)</script>")
    draft.replace("สำนักพัฒนาทรัพยากรบุคคล", '"><script>alert(3)</script>')
    page = secretary.get(send(secretary, draft.save())["Location"]).content.decode()
    assert "<script>alert" not in page
    assert 'onerror="x"' not in page


def test_a_file_of_another_agency_is_refused_on_the_page(secretary, full, there):
    answer = send(secretary, exported(there))
    assert answer.status_code == 422
    assert "ไฟล์นี้ไม่ใช่ร่างของแบบฟอร์มนี้" in answer.content.decode()
    assert not Incoming.objects.exists()


def test_the_page_asks_the_database_as_often_for_many_changes_as_for_one(
    secretary, full, draft, django_assert_max_num_queries
):
    draft.replace("กิจกรรม senate ข้อ 3.1", "หนึ่ง")
    draft.replace("งบประมาณจำกัด", "เปลี่ยน")
    one = send(secretary, draft.save())["Location"]
    for old in (
        "เมื่อเสร็จแล้วให้รายงาน",
        "กิจกรรมแรกของหมวด 6",
        "กิจกรรมที่สองของหมวด 6",
        "ท้ายตาราง",
    ):
        draft.replace(old, "เปลี่ยน")
    many = send(secretary, draft.save())["Location"]
    with django_assert_max_num_queries(200) as asked:
        secretary.get(one)
    with django_assert_max_num_queries(len(asked.captured_queries)):
        page = secretary.get(many).content.decode()
    assert page.count("draft-entry") == 6
