"""«เปลี่ยนอะไรไปบ้าง»: what differs between a form as it stood and as it stands."""

from __future__ import annotations

import datetime
import re
import uuid
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.changes import changes_since
from assessment.models import Activity, ActivityChange, CategorySheet
from assessment.services.practices import choose_practice, remove_practice
from assessment.services.rounds import create_round
from assessment.services.withdrawing import restore_activity, withdraw_activity
from organizations.enums import Role
from organizations.models import Owner
from tests.guards import without_guards
from tests.world import criterion, make_round, moment, write_activity
from texts.services import save_text, set_aside

from .browser import activity_at, form_of, save, url
from .library import make_case
from .review import complete, returned, submitted

LONG_AGO = moment(2026, 1, 5)
SINCE = moment(2026, 1, 10, 0, 0)
LATER = moment(2026, 1, 12)


@pytest.fixture
def by(world):
    return world.here.people["committee_1"]


@pytest.fixture
def secretary(world):
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def old(world):
    """A round that was written long ago, with every optional text of 1.1."""
    with time_machine.travel(LONG_AGO, tick=False):
        round = make_round(world.here, world)
        analysis = criterion(round, "1.1")
        for text in (analysis.analysis, analysis.obstacles, analysis.remedies):
            write(text, "<p>เดิม</p>", world.here.people[Role.SECRETARIAT], at=LONG_AGO)
    return round


def write(text, html, by, at=LATER):
    text.refresh_from_db()
    with time_machine.travel(at, tick=False):
        save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=by)


def later(function, **about):
    with time_machine.travel(LATER, tick=False):
        return function(**about)


def found(round, since=SINCE) -> list[tuple[str, str, str, str]]:
    """(place, label, kind, words) of every change, without the marks."""
    rows = []
    for sheet in changes_since(round, since):
        places = [(f"ข้อ {c.code}", c.changes) for c in sheet.criteria]
        places.append((f"หมวด {sheet.sheet.number}", sheet.texts))
        for place, changes in places:
            for change in changes:
                parts = [change.html, *(stretch.html for stretch in change.words)]
                parts += [f"{line.label}:{line.html}" for line in change.lines]
                words = re.sub(r"</?(?:p|u|strong)>", "", " ".join(part for part in parts if part))
                rows.append((place, change.label, change.kind.label, words))
    return rows


def unmarked(words: str) -> str:
    """What stands, without the marks of what came."""
    return re.sub("</?ins>", "", words)


def test_an_untouched_form_has_no_changes(old):
    assert found(old) == []
    sheets = changes_since(old, SINCE)
    assert [sheet.sheet.number for sheet in sheets] == [1, 2, 3, 4, 5, 6]
    assert [code for sheet in sheets[:1] for code in sheet.unchanged_codes] == ["1.1", "1.2", "1.3", "1.4"]
    assert [sheet.sheet.number for sheet in changes_since(old, SINCE, {3})] == [3]


def test_texts_come_go_and_are_rewritten(old, by, secretary):
    analysis = criterion(old, "1.1")
    write(analysis.analysis, "<p>ใหม่</p>", by)
    write(analysis.obstacles, "", secretary)
    write(criterion(old, "1.2").remedies, "<p>เพิ่งเขียน</p>", by)
    sheet = CategorySheet.objects.get(round=old, category__number=3)
    write(sheet.remedies, "<p>ท้ายหมวด</p>", secretary)
    assert found(old) == [
        ("ข้อ 1.1", "บทวิเคราะห์", "แก้ไข", "<del>เดิม</del><ins>ใหม่</ins>"),
        ("ข้อ 1.1", "ปัญหาและอุปสรรค", "นำออก", "เดิม"),
        ("ข้อ 1.2", "แนวทางแก้ไข", "เพิ่ม", "เพิ่งเขียน"),
        ("หมวด 3", "แนวทางแก้ไข", "เพิ่ม", "ท้ายหมวด"),
    ]


def test_what_was_changed_back_is_no_change(old, by):
    text = criterion(old, "1.1").analysis
    write(text, "<p>อื่น</p>", by)
    write(text, "<p>เดิม</p>", by)
    assert found(old) == []


def test_what_never_stood_is_not_what_stood_before(old, by):
    text = criterion(old, "1.1").analysis
    with time_machine.travel(LONG_AGO, tick=False):
        set_aside(text=text, base_version=0, html="<p>แพ้</p>", key=uuid.uuid4(), by=by)
    write(text, "<p>ใหม่</p>", by)
    assert found(old) == [("ข้อ 1.1", "บทวิเคราะห์", "แก้ไข", "<del>เดิม</del><ins>ใหม่</ins>")]


def test_who_wrote_and_when_are_told(old, by, secretary):
    text = criterion(old, "1.1").analysis
    write(text, "<p>หนึ่ง</p>", by)
    write(text, "<p>สอง</p>", secretary, at=LATER + datetime.timedelta(hours=1))
    write(text, "<p>สาม</p>", by, at=LATER + datetime.timedelta(hours=2))
    [change] = changes_since(old, SINCE, {1})[0].criteria[0].changes
    assert (change.people, change.at) == ((str(by), str(secretary)), LATER + datetime.timedelta(hours=2))
    assert change.history_url == url(old, "1.1", "text", "analysis", "history")


def test_a_new_activity_is_shown_with_its_owner(old, by, world):
    about = {"owners": [world.here.unit], "serves": ["1.4"], "by": by}
    later(write_activity, round=old, code="1.2", html="<p>ใหม่</p>", **about)
    [(place, label, kind, words)] = found(old)
    assert (place, label, kind) == ("ข้อ 1.2", "กิจกรรม", "เพิ่ม")
    assert unmarked(words) == f"ใหม่ ผู้รับผิดชอบ:{world.here.unit.name} ตอบข้อ:1.2, 1.4"
    assert "<del>" not in words


def test_text_and_owners_of_an_activity_are_one_change(client, old, by, world):
    Owner.objects.create(agency=old.agency, name="กองแผน")
    fields = form_of(activity_at(old, "1.1"), owners=[("", "กองแผน", "")], html="<p>กิจกรรม senate ข้อใหม่</p>")
    with time_machine.travel(LATER, tick=False):
        assert save(client, by, old, "1.1", fields).status_code == 200
    [(place, label, kind, words)] = found(old)
    assert (place, label, kind) == ("ข้อ 1.1", "กิจกรรม", "แก้ไข")
    assert "<ins>ใหม่</ins>" in words
    assert "ผู้รับผิดชอบ:" in words
    assert "กองแผน" in words


def test_a_shared_activity_stands_in_its_first_criterion_of_each_category(old, by, secretary):
    both = later(
        write_activity, round=old, code="1.2", html="<p>ร่วม</p>", serves=["3.1", "3.2"], by=secretary
    )
    assert [(place, kind) for place, _, kind, _ in found(old)] == [("ข้อ 1.2", "เพิ่ม"), ("ข้อ 3.1", "เพิ่ม")]
    later(withdraw_activity, activity=both, analysis=criterion(old, "3.1"), by=secretary)
    assert [(place, kind) for place, _, kind, _ in found(old)] == [
        ("ข้อ 1.2", "เพิ่ม"),
        ("ข้อ 3.2", "เพิ่ม"),
    ]


def test_leaving_one_criterion_is_a_change_of_the_criteria(old, by):
    shared = activity_at(old, "1.3")
    later(withdraw_activity, activity=shared, analysis=criterion(old, "1.4"), by=by)
    assert found(old) == [("ข้อ 1.3", "กิจกรรม", "แก้ไข", "ตอบข้อ:1.3<del>, 1.4</del>")]


def test_an_activity_that_was_taken_out_is_shown_whole(old, by):
    activity = activity_at(old, "1.1")
    later(withdraw_activity, activity=activity, analysis=criterion(old, "1.1"), by=by)
    assert found(old) == [("ข้อ 1.1", "กิจกรรม", "นำออก", "กิจกรรม senate ข้อ 1.1")]
    later(restore_activity, activity=activity, analysis=criterion(old, "1.1"), by=by)
    assert found(old) == []


def test_what_came_and_went_again_is_no_change(old, by):
    new = later(write_activity, round=old, code="1.2", html="<p>ใหม่</p>", by=by)
    later(withdraw_activity, activity=new, analysis=criterion(old, "1.2"), by=by)
    assert found(old) == []


def test_an_activity_brought_back_after_the_moment_was_added(old, by):
    activity = activity_at(old, "1.1")
    with time_machine.travel(LONG_AGO, tick=False):
        withdraw_activity(activity=activity, analysis=criterion(old, "1.1"), by=by)
    later(restore_activity, activity=activity, analysis=criterion(old, "1.1"), by=by)
    [(place, _, kind, words)] = found(old)
    assert (place, kind) == ("ข้อ 1.1", "เพิ่ม")
    assert words.startswith("กิจกรรม senate ข้อ 1.1")


def test_activities_older_than_their_history_are_not_new(old, world, by):
    activity = activity_at(old, "1.1")
    row = ActivityChange.objects.get(activity=activity)
    ActivityChange.objects.filter(pk=row.pk).update(step="found", at=LATER)
    assert found(old) == []
    ActivityChange.objects.filter(pk=row.pk).delete()
    assert found(old) == []


def test_cases_come_and_go(old, by):
    analysis = criterion(old, "1.1")
    with time_machine.travel(LONG_AGO, tick=False):
        first = choose_practice(analysis=analysis, practice=make_case("a"), by=by)
        passing = make_case("c")
    later(remove_practice, chosen=first, by=by)
    later(choose_practice, analysis=analysis, practice=make_case("b"), by=by)
    gone = later(choose_practice, analysis=analysis, practice=passing, by=by)
    later(remove_practice, chosen=gone, by=by)
    kinds = [(place, kind) for place, label, kind, _ in found(old) if label.startswith("ตัวอย่างที่เป็นเลิศ")]
    assert kinds == [("ข้อ 1.1", "นำออก"), ("ข้อ 1.1", "เพิ่ม")]


# --- the pages ------------------------------------------------------------------------------------


def words_of(page) -> str:
    main = page.content.decode().split('<main id="content"')[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_pages_show_the_round_or_one_category(client, old, by, secretary):
    write(criterion(old, "1.1").analysis, "<p>ใหม่</p>", by)
    sheet = CategorySheet.objects.get(round=old, category__number=3)
    write(sheet.remedies, "<p>ท้ายหมวด</p>", secretary)
    client.force_login(by)
    whole = words_of(client.get(url(old, "changes") + "?since=10/1/2569"))
    assert "ตั้งแต่วันที่ 10 มกราคม 2569 เปลี่ยน 2 แห่ง" in whole
    assert "ข้อ 1.2, 1.3, 1.4 ไม่เปลี่ยน" in whole
    assert "ท้ายตารางของหมวด 3" in whole
    assert whole.index("ไม่มีการเปลี่ยนแปลง") < whole.index("หมวด 2")
    one = words_of(client.get(url(old, "category-1", "changes") + "?since=10/1/2569"))
    assert "เปลี่ยน 1 แห่ง" in one
    assert "ท้ายหมวด" not in one


def test_usual_numbers_of_days_begin_at_midnight(client, old, by):
    client.force_login(by)
    with time_machine.travel(moment(2026, 1, 5, 23, 59), tick=False):
        assert "เปลี่ยน" in words_of(client.get(url(old, "changes") + "?days=0"))
        assert client.get(url(old, "changes") + "?days=0").context["since"].at == moment(2026, 1, 5, 0, 0)
    with time_machine.travel(moment(2026, 1, 6, 0, 0), tick=False):
        assert client.get(url(old, "changes") + "?days=0").context["count"] == 0
        assert client.get(url(old, "changes")).context["since"].at == moment(2025, 12, 30, 0, 0)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("20/11/2099", "ปี 2099 เป็นคริสต์ศักราช"),
        ("วันก่อน", "ไม่เข้าใจวันที่ที่พิมพ์"),
        ("20/11/2650", "วันที่นี้ยังมาไม่ถึง"),
        ("31/2/2569", "ไม่มีวันที่ 31"),
    ],
)
def test_a_date_that_cannot_be_is_told_and_kept(client, old, by, typed, message):
    client.force_login(by)
    page = client.get(url(old, "changes"), {"since": typed})
    assert (page.status_code, page.context["sheets"]) == (422, [])
    assert message in words_of(page)
    assert f'value="{typed}"' in page.content.decode()


def test_what_changed_since_the_round_was_opened(client, old, by):
    opened = moment(2026, 1, 7, 8, 30)
    type(old).objects.filter(pk=old.pk).update(opened_at=opened)
    write(criterion(old, "1.1").analysis, "<p>ก่อนเปิด</p>", by, at=opened - datetime.timedelta(minutes=1))
    write(criterion(old, "1.2").analysis, "<p>หลังเปิด</p>", by, at=opened + datetime.timedelta(minutes=1))
    client.force_login(by)
    words = words_of(client.get(url(old, "changes") + "?mark=opened"))
    assert "ตั้งแต่เปิดให้เขียน (7 มกราคม 2569 เวลา 08:30 น.) เปลี่ยน 1 แห่ง" in words
    assert "หลังเปิด" in words


def test_what_changed_since_a_category_was_submitted_or_returned(client, old, world, by, secretary):
    with time_machine.travel(LONG_AGO, tick=False):
        complete(old, 1, world.here)
    write(criterion(old, "1.1").analysis, "<p>ก่อนส่ง</p>", by, at=moment(2026, 1, 11))
    later(submitted, round=old, number=1, by=by)
    client.force_login(by)
    where = url(old, "category-1", "changes")
    assert "ไม่มีการเปลี่ยนแปลง" in words_of(client.get(f"{where}?mark=submitted"))
    assert client.get(f"{where}?mark=returned").status_code == 422
    with time_machine.travel(LATER + datetime.timedelta(hours=1), tick=False):
        returned(old, 1, secretary, "1.1")
    write(criterion(old, "1.1").obstacles, "<p>หลังส่งกลับ</p>", by, at=LATER + datetime.timedelta(hours=2))
    for mark, label in (("submitted", "ตั้งแต่ส่งครั้งล่าสุด"), ("returned", "ตั้งแต่ส่งกลับครั้งล่าสุด")):
        words = words_of(client.get(f"{where}?mark={mark}"))
        assert f"{label} (12 มกราคม 2569" in words
        assert "เปลี่ยน 1 แห่ง" in words
        assert "หลังส่งกลับ" in words
    # the whole form has no submission of its own
    assert client.get(url(old, "changes") + "?mark=submitted").status_code == 422


def test_the_review_of_a_category_leads_to_what_changed_since(client, old, world, by, secretary):
    complete(old, 1, world.here)
    client.force_login(secretary)
    ways = {}
    for state, step in (("writing", None), ("submitted", submitted), ("returned", returned)):
        if step:
            step(old, 1, by if step is submitted else secretary)
        page = client.get(url(old, "category-1", "review")).content.decode()
        ways[state] = re.findall(r'category-1/changes/(\?mark=\w+)"', page)
    assert ways == {"writing": [], "submitted": ["?mark=submitted"], "returned": ["?mark=returned"]}


def test_a_round_that_was_never_opened_offers_no_such_day(client, world):
    create_round(agency=world.here.agency, year=2566, edition=world.edition, by=None)
    client.force_login(world.here.people["committee_1"])
    assert "ตั้งแต่เปิดให้เขียน" not in words_of(client.get("/a/senate/2566/changes/"))
    assert client.get("/a/senate/2566/changes/?mark=opened").status_code == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [("days=3", 422), ("days=x", 422), ("days=-1", 422), ("mark=x", 422), ("since=&days=", 200)],
)
def test_only_the_usual_days_and_landmarks_are_taken(client, old, by, query, status):
    client.force_login(by)
    page = client.get(f"{url(old, 'changes')}?{query}")
    assert page.status_code == status
    assert ("กรุณาเลือกช่วงเวลาจากปุ่มด้านบน" in words_of(page)) == (status == 422)


def test_another_agency_never_shows(client, old, there, world):
    write(criterion(there, "1.1").analysis, "<p>ความลับ</p>", world.there.people["committee_1"])
    client.force_login(world.here.people[Role.EXECUTIVE])
    assert "ความลับ" not in words_of(client.get(url(old, "changes") + "?since=1/1/2569"))
    assert client.get(url(there, "changes")).status_code == 404
    assert client.get(url(there, "category-1", "changes")).status_code == 404


def test_thirty_changes_cost_as_much_as_one(client, old, by, secretary):
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def change(number: int) -> None:
        later(write_activity, round=old, code="1.2", html=f"<p>{number}</p>", serves=["1.1"], by=secretary)
        chosen = later(
            choose_practice, analysis=criterion(old, "1.1"), practice=make_case(f"c{number}"), by=by
        )
        if number % 2:
            later(remove_practice, chosen=chosen, by=by)
        write(criterion(old, "1.1").analysis, f"<p>ครั้งที่ {number}</p>", (by, secretary)[number % 2])
        activity = Activity.objects.order_by("-pk")[0]
        later(withdraw_activity, activity=activity, analysis=criterion(old, "1.1"), by=by)

    client.force_login(by)
    pages = [f"{url(old, *rest, 'changes')}?since=10/1/2569" for rest in ((), ("category-1",))]
    change(1)
    change(2)
    few = [cost(page) for page in pages]
    for number in range(3, 31):
        change(number)
    assert [cost(page) for page in pages] == few
    assert max(few) <= 25


def test_hostile_markup_of_older_rows_does_not_reach_the_page(client, old, by):
    evil = "<p onclick='x()'>ก<script>alert(1)</script><img src=x onerror=alert(1)></p>"
    analysis = criterion(old, "1.1")
    for text in (analysis.analysis, criterion(old, "1.2").analysis, activity_at(old, "1.1").text):
        write(text, "<p>ข</p>", by)
        with without_guards():
            text.revisions.all().update(html=evil)
        type(text).objects.filter(pk=text.pk).update(html=evil + "<p>ค</p>")
    client.force_login(by)
    page = client.get(url(old, "changes") + "?since=10/1/2569").content.decode()
    assert "<ins>ค</ins>" in page
    assert not re.search(r"<script>alert|onclick=|onerror=", page)


def test_the_round_and_the_sheet_lead_to_the_changes(client, old, by):
    client.force_login(by)
    assert f'href="{url(old, "changes")}"' in client.get(url(old)).content.decode()
    sheet = client.get(url(old, "category-1")).content.decode()
    assert f'href="{url(old, "category-1", "changes")}"' in sheet
    assert f'href="{url(old, "category-1", "text", "obstacles", "history")}"' in sheet


def test_changes_made_now_are_changes_of_today(client, here, by):
    client.force_login(by)
    assert client.get(url(here, "changes") + "?days=0").context["count"] > 0
