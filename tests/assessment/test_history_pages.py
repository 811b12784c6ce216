"""The pages of the history: who, when, what; two versions side by side; using an older text again."""

from __future__ import annotations

import datetime
import re
import uuid
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.models import ActivityChange, CategorySheet
from assessment.services.activities import save_activity_text
from assessment.services.practices import choose_practice
from assessment.services.rounds import close_round
from assessment.services.withdrawing import withdraw_activity
from organizations.enums import Role
from organizations.models import Owner
from tests.guards import without_guards
from tests.world import criterion, moment, write_activity
from texts.enums import RevisionKind
from texts.models import Proposal, Revision, Text
from texts.services import keep_proposal, save_text

from .browser import activity_at, form_of, save, url, value_of
from .library import make_case
from .review import approved, complete, submitted


@pytest.fixture
def by(world):
    return world.here.people["committee_1"]


@pytest.fixture
def secretary(world):
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def address(here):
    return url(here, "1.1", "activities", str(activity_at(here, "1.1").uid), "history")


def write(text, html, by, minutes=0, **about):
    """Save on top of what stands, so many minutes after an afternoon of long ago."""
    text.refresh_from_db()
    with time_machine.travel(moment(2026, 1, 5) + datetime.timedelta(minutes=minutes), tick=False):
        save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=by, **about)


def content(page) -> str:
    """The words of the page's main part on one line."""
    main = page.content.decode().split('<main id="content"')[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def restore_fields(page) -> dict[str, str]:
    return {name: value_of(page, name) for name in ("version", "base_version", "key")}


def test_who_when_and_what_stand_in_order_of_time(client, here, by, secretary, address):
    text = activity_at(here, "1.1").text
    with without_guards():
        Revision.objects.filter(text=text).update(at=moment(2026, 1, 5, 9, 0))
    write(text, "<p>จัดประชุมคณะทำงาน</p>", by)
    write(text, "<p>จัดประชุมคณะทำงานทุกเดือน</p>", by, minutes=8)
    write(text, "<p>จัดอบรมคณะทำงานทุกเดือน</p>", secretary, minutes=9, on_behalf=True)
    client.force_login(by)
    page = client.get(address)
    words = content(page)
    assert page.status_code == 200
    assert f"{secretary} บันทึกแทน ปัจจุบัน 5 ม.ค. 2569 14:12 น." in words
    assert f"{by} 5 ม.ค. 2569 14:03 น. – 14:11 น." in words
    assert words.index(f"{secretary} บันทึกแทน") < words.index(f"{by} 5 ม.ค.")
    assert "<del>ประชุม</del><ins>อบรม</ins>" in page.content.decode()


def test_changes_of_owners_stand_between_the_changes_of_the_text(client, here, world, by, address):
    activity = activity_at(here, "1.1")
    Owner.objects.create(agency=here.agency, name="กองแผน")
    save(client, by, here, "1.1", form_of(activity, owners=[("", "กองแผน", "")], starts_on="1/10/2568"))
    write(activity.text, "<p>ครั้งหลัง</p>", by)
    with without_guards():
        Revision.objects.filter(version=2).update(at=timezone.now() + datetime.timedelta(minutes=1))
    page = client.get(address)
    words = content(page)
    assert f"ผู้รับผิดชอบ {world.here.unit.name} กองแผน" in words
    assert "วันเริ่ม–สิ้นสุด 1 ตุลาคม 2568 – ไม่ระบุ" in words
    first, details, last = (words.index(word) for word in ("ครั้งหลัง", "แก้ผู้รับผิดชอบ", "เขียนครั้งแรก"))
    assert first < details < last


def test_saves_of_one_entry_are_reached_one_by_one(client, here, by, address):
    text = activity_at(here, "1.1").text
    for number, html in enumerate(("<p>ก</p>", "<p>ข</p>", "<p>ค</p>")):
        write(text, html, by, minutes=number)
    client.force_login(by)
    assert "บันทึก 3 ครั้งในช่วงนี้ อ่านข้อความเมื่อ 14:05:00 น. อ่านข้อความเมื่อ 14:04:00 น." in content(
        client.get(address)
    )
    ways = {
        version: re.findall(
            r'href="\?version=(\d)" rel', client.get(f"{address}?version={version}").content.decode()
        )
        for version in (1, 3, 4)
    }
    assert ways == {1: ["2"], 3: ["2", "4"], 4: ["3"]}


def test_a_text_that_nobody_wrote_has_an_empty_history(client, here, by):
    client.force_login(by)
    for rest in (("1.2", "text", "analysis"), ("category-1", "text", "remedies")):
        assert "ยังไม่มีผู้เขียนข้อความนี้" in content(client.get(url(here, *rest, "history")))


def test_unknown_places_are_not_found(client, here, there, by):
    client.force_login(by)
    foreign = activity_at(there, "1.1").uid
    elsewhere = activity_at(here, "3.1").uid
    for rest in (
        ("1.1", "activities", str(foreign)),
        ("1.1", "activities", str(elsewhere)),
        ("1.1", "text", "title"),
        ("category-1", "text", "analysis"),
        ("1.1", "practices", str(uuid.uuid4()), "text"),
    ):
        assert client.get(url(here, *rest, "history")).status_code == 404


@pytest.mark.parametrize(
    "query", ["version=99", "version=x", "version=", "version=9999999999999999999", "old=1&new=99", "old=-1"]
)
def test_versions_that_never_were_are_not_found(client, by, address, query):
    client.force_login(by)
    assert client.get(f"{address}?{query}").status_code == 404


def test_a_page_beyond_the_last_shows_the_last(client, by, address):
    client.force_login(by)
    assert client.get(f"{address}?page=99").status_code == 200
    assert client.get(f"{address}?page=x").status_code == 200


def test_two_versions_are_compared_whichever_way_round_they_are_chosen(client, here, by, address):
    text = activity_at(here, "1.1").text
    for html in ("<p>หนึ่ง</p>", "<p>สอง</p>", "<p>สาม</p>"):
        write(text, html, by)
    client.force_login(by)
    for query in ("old=2&new=3", "old=3&new=2"):
        assert "<p><del>หนึ่ง</del><ins>สอง</ins></p>" in client.get(f"{address}?{query}").content.decode()
    # without a second one the text as it stands
    assert "<p><del>หนึ่ง</del><ins>สาม</ins></p>" in client.get(f"{address}?old=2").content.decode()
    assert "ข้อความตรงกัน" in content(client.get(f"{address}?old=2&new=2"))


class TestRestore:
    def test_an_old_text_becomes_a_new_version(self, client, here, by, secretary, address):
        text = activity_at(here, "1.1").text
        old = text.html
        write(text, "<p>ทับ</p>", secretary)
        client.force_login(by)
        page = client.get(f"{address}?version=1")
        assert "<del>ทับ</del>" in page.content.decode()
        answer = client.post(address, restore_fields(page))
        assert answer.headers["Location"] == address
        text.refresh_from_db()
        newest = text.revisions.first()
        assert (text.html, text.version, newest.kind, newest.author) == (old, 3, RevisionKind.RESTORED, by)
        assert text.revisions.get(version=2).html == "<p>ทับ</p>"
        assert "นำฉบับเก่ากลับมา" in content(client.get(address))

    def test_pressing_twice_restores_once(self, client, here, by, address):
        text = activity_at(here, "1.1").text
        write(text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        assert [client.post(address, fields).status_code for _ in range(2)] == [302, 302]
        assert Text.objects.get(pk=text.pk).version == 3

    def test_somebody_was_faster_and_the_second_press_is_a_decision(
        self, client, here, by, secretary, address
    ):
        text = activity_at(here, "1.1").text
        old = text.html
        write(text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        write(text, "<p>ของฝ่ายเลขา</p>", secretary)
        page = client.post(address, fields)
        assert (page.status_code, Text.objects.get(pk=text.pk).html) == (409, "<p>ของฝ่ายเลขา</p>")
        assert "มีผู้แก้ไขข้อความนี้หลังจากที่ท่านเปิดหน้านี้" in content(page)
        assert "<del>ของฝ่ายเลขา</del>" in page.content.decode()
        assert client.post(address, restore_fields(page)).status_code == 302
        assert Text.objects.get(pk=text.pk).html == old

    def test_what_stands_already_offers_no_button(self, client, here, by, address):
        client.force_login(by)
        page = client.get(f"{address}?version=1")
        assert "ตรงกับข้อความปัจจุบัน" in content(page)
        assert "ใช้ฉบับนี้อีกครั้ง" not in content(page)

    def test_a_locked_text_is_refused_with_the_reason(self, client, here, by, address):
        text = activity_at(here, "1.1").text
        write(text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        Text.objects.filter(pk=text.pk).update(locked_at=timezone.now())
        page = client.post(address, fields)
        assert (page.status_code, Text.objects.get(pk=text.pk).html) == (409, "<p>ทับ</p>")
        assert "มีผู้ล็อกข้อความนี้เมื่อครู่ จึงเปลี่ยนข้อความไม่ได้" in content(page)
        assert '<button type="submit" class="btn btn-primary">' not in page.content.decode()

    def test_a_lock_that_came_between_the_look_and_the_save(self, client, here, by, address, monkeypatch):
        text = activity_at(here, "1.1").text
        write(text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        Text.objects.filter(pk=text.pk).update(locked_at=timezone.now())
        monkeypatch.setattr("assessment.views.history.SheetHistory.refusal", lambda place, user: "")
        page = client.post(address, fields)
        assert (page.status_code, Text.objects.get(pk=text.pk).version) == (409, 2)
        assert "มีผู้ปิด ล็อก หรือนำออกจากแบบฟอร์ม" in content(page)

    def test_an_activity_taken_out_between_the_look_and_the_save(
        self, client, here, by, address, monkeypatch
    ):
        activity = activity_at(here, "1.1")
        late = keep_proposal(text=activity.text, base_version=1, html="<p>ช้า</p>", key=uuid.uuid4(), by=by)
        write(activity.text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        withdraw_activity(activity=activity, analysis=criterion(here, "1.1"), by=by)
        monkeypatch.setattr("assessment.views.history.SheetHistory.refusal", lambda place, user: "")
        assert client.post(address, fields).status_code == 409
        taken = {"proposal": late.pk, "decision": "accept", "base_version": 2}
        assert "มีผู้ปิด ล็อก หรือนำออก" in content(client.post(address, taken, follow=True))
        assert Text.objects.get(pk=activity.text_id).version == 2
        assert Proposal.objects.open().count() == 1

    def test_a_submitted_category_is_refused_and_the_secretariat_restores_for_it(
        self, client, here, world, by, secretary, address
    ):
        text = activity_at(here, "1.1").text
        old = text.html
        write(text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        complete(here, 1, world.here)
        submitted(here, 1, by)
        page = client.post(address, fields)
        assert (page.status_code, Text.objects.get(pk=text.pk).html) == (409, "<p>ทับ</p>")
        assert "หมวด 1 ส่งให้ฝ่ายเลขานุการแล้ว จึงเปลี่ยนข้อความไม่ได้" in content(page)
        client.force_login(secretary)
        assert client.post(address, restore_fields(client.get(f"{address}?version=1"))).status_code == 302
        newest = text.revisions.first()
        assert (newest.html, newest.kind, newest.on_behalf) == (old, RevisionKind.RESTORED, True)
        assert f"{secretary} บันทึกแทน นำฉบับเก่ากลับมา" in content(client.get(address))

    def test_an_approved_category_is_refused_to_everybody(
        self, client, here, world, by, secretary, address, monkeypatch
    ):
        text = activity_at(here, "1.1").text
        write(text, "<p>ทับ</p>", by)
        client.force_login(secretary)
        fields = restore_fields(client.get(f"{address}?version=1"))
        complete(here, 1, world.here)
        submitted(here, 1, by)
        approved(here, 1, secretary)
        page = client.post(address, fields)
        assert "หมวด 1 เห็นชอบแล้ว จึงเปลี่ยนข้อความไม่ได้" in content(page)
        # also between the look and the save
        monkeypatch.setattr("assessment.views.history.SheetHistory.refusal", lambda place, user: "")
        assert (page.status_code, client.post(address, fields).status_code) == (409, 409)
        assert Text.objects.get(pk=text.pk).version == 2

    def test_an_activity_is_shut_by_another_category_that_is_approved(
        self, client, here, world, by, secretary
    ):
        activity = write_activity(here, "1.2", "<p>ร่วม</p>", serves=["3.1"], owners=[world.here.unit])
        write(activity.text, "<p>ทับ</p>", secretary)
        complete(here, 3, world.here)
        submitted(here, 3, world.here.people["committee_3"])
        approved(here, 3, secretary)
        where = url(here, "1.2", "activities", str(activity.uid), "history")
        for person in (by, secretary):
            client.force_login(person)
            fields = {"version": 1, "base_version": 2, "key": str(uuid.uuid4())}
            page = client.post(where, fields)
            assert page.status_code == 409
            assert "กิจกรรมนี้ใช้ในหมวด 3 ด้วย และหมวด 3 เห็นชอบแล้ว" in content(page)
        assert Text.objects.get(pk=activity.text_id).html == "<p>ทับ</p>"

    def test_a_closed_round_is_refused_with_the_reason(self, client, here, by, secretary, address):
        text = activity_at(here, "1.1").text
        write(text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        close_round(round=here, by=secretary)
        page = client.post(address, fields)
        assert (page.status_code, Text.objects.get(pk=text.pk).version) == (409, 2)
        assert "แบบฟอร์มปีนี้ปิดแล้ว" in content(page)

    def test_an_activity_that_was_taken_out_is_refused_with_the_reason(self, client, here, by, address):
        activity = activity_at(here, "1.1")
        write(activity.text, "<p>ทับ</p>", by)
        client.force_login(by)
        fields = restore_fields(client.get(f"{address}?version=1"))
        withdraw_activity(activity=activity, analysis=criterion(here, "1.1"), by=by)
        page = client.post(address, fields)
        assert (page.status_code, Text.objects.get(pk=activity.text_id).version) == (409, 2)
        assert "กิจกรรมนี้ถูกนำออกแล้ว กรุณานำกลับมาก่อน" in content(page)

    def test_an_activity_that_left_this_criterion_is_refused_here_only(self, client, here, by):
        shared = activity_at(here, "1.3")
        write(shared.text, "<p>ทับ</p>", by)
        withdraw_activity(activity=shared, analysis=criterion(here, "1.4"), by=by)
        client.force_login(by)
        for code, status in (("1.4", 409), ("1.3", 302)):
            where = url(here, code, "activities", str(shared.uid), "history")
            fields = {"version": 1, "base_version": 2, "key": str(uuid.uuid4())}
            assert client.post(where, fields).status_code == status

    def test_who_only_reads_gets_neither_button_nor_change(self, client, here, world, address):
        write(activity_at(here, "1.1").text, "<p>ทับ</p>", None)
        for role in (Role.EXECUTIVE, "committee_3"):
            client.force_login(world.here.people[role])
            assert "<form" not in client.get(f"{address}?version=1").content.decode().split("<main")[1]
            fields = {"version": 1, "base_version": 2, "key": str(uuid.uuid4())}
            assert client.post(address, fields).status_code == 403

    @pytest.mark.parametrize(
        "fields", [{}, {"version": "1"}, {"version": "x", "base_version": "1", "key": "y"}, {"proposal": "1"}]
    )
    def test_a_damaged_request_changes_nothing(self, client, here, by, address, fields):
        client.force_login(by)
        assert client.post(address, fields).status_code == 404
        assert activity_at(here, "1.1").text.version == 1

    def test_a_version_of_another_text_is_not_reachable(self, client, here, there, by, address):
        write(activity_at(there, "1.1").text, "<p>ความลับ</p>", None)
        client.force_login(by)
        fields = {"version": 2, "base_version": 1, "key": str(uuid.uuid4())}
        assert client.get(f"{address}?version=2").status_code == 404
        assert client.post(address, fields).status_code == 404

    def test_texts_of_sheet_criterion_and_case_are_restored_too(self, client, here, by):
        sheet = CategorySheet.objects.get(round=here, category__number=1)
        chosen = choose_practice(analysis=criterion(here, "1.1"), practice=make_case("a"), by=by)
        places = {
            ("category-1", "text", "obstacles"): sheet.obstacles,
            ("1.1", "text", "remedies"): criterion(here, "1.1").remedies,
            ("1.1", "practices", str(chosen.uid), "text"): chosen.text,
        }
        client.force_login(by)
        for rest, text in places.items():
            where = url(here, *rest, "history")
            start = Text.objects.get(pk=text.pk).version
            write(text, "<p>หนึ่ง</p>", by)
            write(text, "<p>สอง</p>", by)
            page = client.get(f"{where}?version={start + 1}")
            assert client.post(where, restore_fields(page)).status_code == 302
            assert Text.objects.get(pk=text.pk).html == "<p>หนึ่ง</p>"


class TestProposals:
    @pytest.fixture
    def late(self, here, by):
        """What a member sent while the text was locked; it is open again."""
        text = activity_at(here, "1.1").text
        return keep_proposal(text=text, base_version=1, html="<p>มาช้า</p>", key=uuid.uuid4(), by=by)

    def decide(self, client, address, late, decision, base_version=1):
        fields = {"proposal": late.pk, "decision": decision, "base_version": base_version}
        return client.post(address, fields, follow=True)

    def test_it_stands_at_the_top_and_is_taken(self, client, here, by, secretary, address, late):
        client.force_login(secretary)
        words = content(client.get(address))
        assert words.index("ข้อความที่มาช้า รอพิจารณา") < words.index("เขียนครั้งแรก")
        page = self.decide(client, address, late, "accept")
        assert "ใช้ข้อความที่มาช้าแล้ว" in content(page)
        assert activity_at(here, "1.1").text.html == "<p>มาช้า</p>"
        late.refresh_from_db()
        assert (late.accepted, late.decided_by) == (True, secretary)

    def test_it_is_left_and_stays_readable(self, client, here, secretary, address, late):
        client.force_login(secretary)
        page = self.decide(client, address, late, "dismiss")
        assert activity_at(here, "1.1").text.version == 1
        words = content(page)
        assert "รอพิจารณา" not in words
        assert "ข้อความที่มาช้าซึ่งไม่ได้ใช้ (1)" in words
        assert "มาช้า" in words.split("ซึ่งไม่ได้ใช้")[1]

    def test_on_top_of_an_older_text_nothing_is_decided(self, client, here, by, secretary, address, late):
        write(activity_at(here, "1.1").text, "<p>ใหม่กว่า</p>", by)
        client.force_login(secretary)
        page = self.decide(client, address, late, "accept")
        assert "มีผู้แก้ไขข้อความนี้หลังจากที่ท่านเปิดหน้านี้" in content(page)
        assert (activity_at(here, "1.1").text.html, Proposal.objects.open().count()) == ("<p>ใหม่กว่า</p>", 1)

    def test_two_people_decide_and_the_second_is_told(self, client, here, secretary, address, late):
        client.force_login(secretary)
        self.decide(client, address, late, "dismiss")
        page = self.decide(client, address, late, "accept")
        assert "มีผู้พิจารณาข้อความนี้ไปก่อนท่านแล้ว" in content(page)
        assert activity_at(here, "1.1").text.version == 1

    def test_a_submitted_category_takes_it_from_the_secretariat_only(
        self, client, here, world, by, secretary, address, late
    ):
        complete(here, 1, world.here)
        submitted(here, 1, by)
        client.force_login(by)
        assert "ใช้ข้อความนี้" not in content(client.get(address))
        page = self.decide(client, address, late, "accept")
        assert (page.status_code, Proposal.objects.open().count()) == (409, 1)
        assert "หมวด 1 ส่งให้ฝ่ายเลขานุการแล้ว จึงเปลี่ยนข้อความไม่ได้" in content(page)
        client.force_login(secretary)
        assert "ใช้ข้อความที่มาช้าแล้ว" in content(self.decide(client, address, late, "accept"))
        newest = late.text.revisions.first()
        assert (newest.html, newest.kind, newest.on_behalf) == ("<p>มาช้า</p>", "accepted", True)

    def test_one_of_another_text_is_not_reachable(self, client, here, there, secretary, address):
        text = activity_at(there, "1.1").text
        foreign = keep_proposal(text=text, base_version=1, html="<p>ข</p>", key=uuid.uuid4(), by=secretary)
        client.force_login(secretary)
        assert self.decide(client, address, foreign, "dismiss").status_code == 404
        assert Proposal.objects.open().count() == 1

    def test_who_only_reads_sees_it_without_buttons(self, client, here, world, address, late):
        client.force_login(world.here.people[Role.EXECUTIVE])
        page = client.get(address)
        assert "รอพิจารณา" in content(page)
        assert 'name="decision"' not in page.content.decode()
        assert self.decide(client, address, late, "dismiss").status_code == 403


def test_thirty_entries_cost_as_much_as_one(client, here, by, secretary, address):
    activity = activity_at(here, "1.1")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    client.force_login(by)
    few = cost()
    for number in range(30):
        write(activity.text, f"<p>ครั้งที่ {number}</p>", (by, secretary)[number % 2], minutes=number)
        ActivityChange.objects.create(
            activity=activity,
            step="details",
            owner_line=str(number),
            at=moment(2026, 1, 5) + datetime.timedelta(minutes=number),
            author=(by, secretary)[number % 2],
            facts={"owners": [], "criteria": []},
        )
        keep_proposal(
            text=activity.text, base_version=1, html=f"<p>ช้า {number}</p>", key=uuid.uuid4(), by=secretary
        )
    assert cost() == few <= 25
    entries = client.get(address).context["entries"]
    assert len(entries) == 20
    assert {bool(entry.words) for entry in entries} == {True, False}


def test_hostile_markup_of_older_rows_does_not_reach_the_page(client, here, by, secretary, address):
    text = activity_at(here, "1.1").text
    evil = "<p onclick='x()'>ก<script>alert(1)</script><img src=x onerror=alert(1)></p>"
    for version in (2, 3):
        Revision.objects.create(
            text=text, version=version, html=evil + "<p>ข</p>" * version, author=by, at=moment()
        )
    Text.objects.filter(pk=text.pk).update(version=3, html=evil)
    Proposal.objects.create(text=text, key=uuid.uuid4(), html=evil, base_version=1, author=by, at=moment())
    Proposal.objects.create(
        text=text,
        key=uuid.uuid4(),
        html=evil,
        base_version=1,
        author=by,
        at=moment(),
        decided_at=moment(),
        decided_by=by,
        accepted=False,
    )
    by.display_name = "<script>alert(2)</script>"
    by.save()
    client.force_login(secretary)
    for query in ("", "?version=2", "?old=1&new=3"):
        page = client.get(address + query).content.decode()
        assert not re.search(r"<script>alert|onclick=|onerror=", page)


def test_a_first_save_by_itself_begins_the_history(client, here, by):
    uid = uuid.uuid4()
    save_activity_text(
        analysis=criterion(here, "1.2"), uid=uid, base_version=0, html="<p>ก</p>", key=uuid.uuid4(), by=by
    )
    client.force_login(by)
    words = content(client.get(url(here, "1.2", "activities", str(uid), "history")))
    assert "เพิ่มกิจกรรม" in words
    assert "ตอบข้อ 1.2" in words
    assert "เขียนครั้งแรก" in words
