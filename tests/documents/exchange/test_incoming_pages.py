"""Bringing an exchange file in on screen: sent, looked through, written or left."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.models import Round
from assessment.services.rounds import close_round, create_round
from documents.enums import IncomingState
from documents.exchange.canonical import comparable
from documents.exchange.reading import read_round
from documents.models import Incoming
from feedback.services import lock_feedback
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.documents.exchange.conftest import file_of, write
from tests.url_stage import snapshot
from tests.world import criterion

SEND = "/a/senate/2565/incoming/"


@pytest.fixture
def secretary(client, world):
    person = world.here.people[Role.SECRETARIAT]
    client.force_login(person)
    return person


def send(client, content: bytes, name: str = "round.json", url: str = SEND):
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def sent(client, content: bytes, url: str = SEND) -> Incoming:
    answer = send(client, content, url=url)
    incoming = Incoming.objects.order_by("pk").last()
    assert answer.headers["Location"] == incoming.get_absolute_url()
    return incoming


def page_of(client, incoming: Incoming) -> str:
    answer = client.get(incoming.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def seen(page: str) -> str:
    return re.search(r'name="seen" value="(\w{64})"', page)[1]


def obstacles(html: str):
    return lambda document: document["sheets"][0]["criteria"][0]["obstacles"].update(html=html)


def confirm(client, incoming: Incoming, page: str, **answers: str):
    return client.post(incoming.get_absolute_url(), {"seen": seen(page), **answers})


def checked(page: str, name: str) -> list[str]:
    boxes = re.findall(r'<input class="form-check-input"[^>]*>', page)
    return [
        re.search('value="(.*?)"', box)[1] for box in boxes if f'name="{name}"' in box and " checked" in box
    ]


def test_a_sent_file_waits_and_changes_nothing_of_the_form(client, full, secretary):
    before = comparable(read_round(full))
    incoming = sent(client, file_of(full, obstacles("<p>อุปสรรคใหม่</p>")))
    assert (incoming.kind, incoming.state, incoming.filename) == ("exchange", "waiting", "round.json")
    page = page_of(client, incoming)
    assert "ต่างจากในระบบ 1 รายการ" in page
    assert "<ins>ใหม่</ins>" in page
    assert checked(page, "text.1.1.obstacles") == ["file"]
    assert comparable(read_round(full)) == before
    assert "รอตรวจ" in client.get(SEND).content.decode()


def test_confirming_writes_the_accepted_pieces_and_says_what(client, full, secretary):
    incoming = sent(client, file_of(full, obstacles("<p>ใหม่</p>")))
    page = page_of(client, incoming)
    answer = client.post(
        incoming.get_absolute_url(), {"seen": seen(page), "text.1.1.obstacles": "file"}, follow=True
    )
    shown = answer.content.decode()
    assert "นำเข้าแล้ว 1 รายการ" in shown
    assert "ข้อ 1.1 ปัญหาและอุปสรรค" in shown
    text = criterion(full, "1.1").obstacles
    assert (text.html, text.updated_by) == ("<p>ใหม่</p>", secretary)
    incoming.refresh_from_db()
    assert (incoming.state, incoming.decided_by) == (IncomingState.APPLIED, secretary)
    assert incoming.understood == {"done": ["ข้อ 1.1 ปัญหาและอุปสรรค"]}
    assert AuditEvent.objects.get(verb="round.imported").actor == secretary


def test_a_second_press_changes_nothing_more(client, full, secretary):
    incoming = sent(client, file_of(full, obstacles("<p>ใหม่</p>")))
    page = page_of(client, incoming)
    answers = {"seen": seen(page), "text.1.1.obstacles": "file"}
    client.post(incoming.get_absolute_url(), answers)
    before = snapshot()
    again = client.post(incoming.get_absolute_url(), answers, follow=True)
    assert "มีผู้ตัดสินใจเรื่องไฟล์นี้ไปก่อนแล้ว" in again.content.decode()
    assert snapshot() == before


def test_keeping_what_stands_is_a_choice_too(client, full, secretary):
    incoming = sent(client, file_of(full, obstacles("<p>ใหม่</p>")))
    page = page_of(client, incoming)
    client.post(incoming.get_absolute_url(), {"seen": seen(page), "text.1.1.obstacles": "online"})
    assert criterion(full, "1.1").obstacles.html == "<p>อุปสรรค</p>"
    assert Incoming.objects.get().state == IncomingState.APPLIED


def test_a_conflict_has_to_be_settled_and_the_other_choices_are_kept(client, full, secretary):
    def change(document):
        obstacles("<p>จากไฟล์</p>")(document)
        document["sheets"][0]["criteria"][0]["remedies"]["html"] = "<p>จากไฟล์ด้วย</p>"

    content = file_of(full, change)
    write(criterion(full, "1.1").obstacles, "<p>ใหม่กว่าในระบบ</p>")
    incoming = sent(client, content)
    page = page_of(client, incoming)
    assert "มีผู้แก้ไขในระบบหลังส่งออก" in page
    assert checked(page, "text.1.1.obstacles") == []
    answer = client.post(incoming.get_absolute_url(), {"seen": seen(page), "text.1.1.remedies": "online"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "กรุณาเลือกให้ครบทุกรายการที่ต่างจากในระบบ (เหลือ 1 รายการ)" in shown
    assert (checked(shown, "text.1.1.remedies"), checked(shown, "text.1.1.obstacles")) == (["online"], [])
    assert criterion(full, "1.1").obstacles.html == "<p>ใหม่กว่าในระบบ</p>"
    assert Incoming.objects.get().is_waiting


def test_a_decision_about_an_older_state_is_refused(client, full, secretary):
    """A colleague saves while the page is open: nothing is overwritten unseen."""
    incoming = sent(client, file_of(full, obstacles("<p>จากไฟล์</p>")))
    page = page_of(client, incoming)
    write(criterion(full, "1.1").obstacles, "<p>เขียนระหว่างตรวจ</p>")
    answer = client.post(incoming.get_absolute_url(), {"seen": seen(page), "text.1.1.obstacles": "file"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "มีผู้แก้ไขแบบฟอร์มระหว่างที่ท่านตรวจไฟล์" in shown
    assert "เขียนระหว่างตรวจ" in re.sub("<[^>]+>", "", shown)
    assert criterion(full, "1.1").obstacles.html == "<p>เขียนระหว่างตรวจ</p>"


def test_an_empty_round_is_filled_from_a_file(client, full, secretary):
    create_round(agency=full.agency, year=2570, edition=full.edition, by=secretary)
    incoming = sent(client, file_of(full), url="/a/senate/2570/incoming/")
    page = page_of(client, incoming)
    assert re.search(r"เพิ่มใหม่ \d+ รายการ", page)
    names = set(re.findall(r'type="radio" name="(.*?)"', page))
    answer = client.post(
        incoming.get_absolute_url(), {"seen": seen(page)} | dict.fromkeys(names, "file"), follow=True
    )
    assert "นำเข้าแล้ว" in answer.content.decode()
    filled = Round.objects.select_related("agency", "edition").get(year=2570)
    old, new = read_round(full), read_round(filled)
    texts = [[a["text"]["html"] for a in document["activities"]] for document in (old, new)]
    assert texts[0] == texts[1] != []
    assert new["round"]["title"] == old["round"]["title"]


def test_leaving_a_file_writes_nothing(client, full, secretary):
    incoming = sent(client, file_of(full, obstacles("<p>ใหม่</p>")))
    answer = client.post(f"{incoming.get_absolute_url()}drop/")
    assert answer.headers["Location"] == SEND
    incoming.refresh_from_db()
    assert incoming.state == IncomingState.DROPPED
    assert "ไม่นำเข้า" in page_of(client, incoming)
    assert criterion(full, "1.1").obstacles.html == "<p>อุปสรรค</p>"


def test_the_same_file_again_says_so(client, full, secretary):
    content = file_of(full, obstacles("<p>ใหม่</p>"))
    incoming = sent(client, content)
    page = page_of(client, incoming)
    client.post(incoming.get_absolute_url(), {"seen": seen(page), "text.1.1.obstacles": "file"})
    page = page_of(client, sent(client, content))
    assert "ไฟล์นี้เคยนำเข้าแล้ว" in page
    assert "ไม่มีรายการที่ต้องเปลี่ยน" in page


def test_every_fault_of_a_refused_file_is_a_line_with_its_place(client, full, secretary):
    def change(document):
        document["round"]["year"] = "2565"
        document["sheets"][0]["layout"] = "x"

    before = snapshot()
    answer = send(client, file_of(full, change))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert '<li class="incoming-path">round.year: ต้องเป็นจำนวนเต็ม</li>' in shown
    assert shown.count('<li class="incoming-path">') == 2
    assert "มี 2 จุดที่ต้องแก้ไข" in shown
    assert snapshot() == before


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "round.json", "ไฟล์นี้ว่างเปล่า (0 ไบต์)"),
        (b"%PDF-1.7", "form.pdf", "ไม่รู้จักไฟล์ชนิดนี้"),
        (b"hello", "round.json", "บรรทัด 1 คอลัมน์ 1: รูปแบบ JSON ไม่ถูกต้อง"),
        (b"{", "form.txt", "ไฟล์ขาดตอน"),
        ("{}".encode("utf-16"), "form.txt", "UTF-16"),
        (b"{" + b" " * (30 * 1024 * 1024), "round.json", "ไฟล์ใหญ่เกิน 30 เมกะไบต์"),
    ],
)
def test_what_cannot_be_read_is_refused_in_thai(client, full, secretary, content, name, words):
    answer = send(client, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Incoming.objects.count() == 0


def test_a_closed_round_takes_no_file(client, full, secretary):
    incoming = sent(client, file_of(full, obstacles("<p>ใหม่</p>")))
    page = page_of(client, incoming)
    close_round(round=full, by=secretary)
    answer = client.post(incoming.get_absolute_url(), {"seen": seen(page), "text.1.1.obstacles": "file"})
    assert answer.status_code == 422
    assert "แบบฟอร์มปีนี้ปิดแล้ว จึงนำเข้าไม่ได้" in answer.content.decode()
    again = send(client, file_of(full))
    assert (again.status_code, "ปิดแล้ว" in again.content.decode()) == (422, True)
    assert criterion(full, "1.1").obstacles.html == "<p>อุปสรรค</p>"


def test_feedback_that_a_closed_form_prints_stays_and_so_does_everything_else(client, full, secretary):
    def change(document):
        obstacles("<p>ใหม่</p>")(document)
        document["feedback"][0]["text"] = "ข้อความใหม่ของข้อเสนอแนะ"
        document["feedback"][0].update(strength="", gap="")

    incoming = sent(client, file_of(full, change))
    page = page_of(client, incoming)
    point = read_round(full)["feedback"][0]
    lock_feedback(agency=full.agency, year=full.feedback_year, step=point["step"], by=secretary)
    answers = dict.fromkeys(re.findall(r'type="radio" name="([^"]+)"', page), "file")
    answer = confirm(client, incoming, page, **answers)
    assert answer.status_code == 422
    assert f"ปี {full.feedback_year} ขั้นตอนที่ {point['step']} ปิดแล้ว" in answer.content.decode()
    assert read_round(full)["feedback"][0] == point
    assert criterion(full, "1.1").obstacles.html == "<p>อุปสรรค</p>"


def test_who_runs_the_year_finds_the_way_from_the_round(client, full, world, secretary):
    assert f'href="{SEND}"' in client.get("/a/senate/2565/").content.decode()
    client.force_login(world.here.people["committee_1"])
    assert f'href="{SEND}"' not in client.get("/a/senate/2565/").content.decode()


def test_thirty_differences_cost_as_many_queries_as_one(client, full, secretary):
    def change(document):
        for sheet in document["sheets"]:
            for row in sheet["criteria"]:
                row["remedies"]["html"] = "<p>จากไฟล์</p>"

    one = sent(client, file_of(full, obstacles("<p>ใหม่</p>")))
    write(criterion(full, "1.1").obstacles, "<p>ในระบบ</p>")
    many = sent(client, file_of(full, change))
    for code in ("1.2", "3.1", "6.4"):
        write(criterion(full, code).remedies, "<p>ในระบบ</p>")

    def cost(incoming: Incoming) -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(client, incoming)
        return len(captured)

    assert cost(many) == cost(one) <= 60
