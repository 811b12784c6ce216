"""Parts of a case in the form: cut on the server from the version that was read, added once, never half."""

from __future__ import annotations

import uuid

import pytest

from assessment.models import ChosenPractice
from assessment.services.practices import (
    PracticeKeptElsewhere,
    SourceMoved,
    choose_practice,
    remove_practice,
    take_passage,
)
from assessment.services.rounds import close_round
from organizations.enums import Role
from organizations.models import AuditEvent
from practices.models import PracticeStatus
from tests.world import criterion
from texts.models import Revision
from texts.services import save_text

from .browser import counts, url
from .library import make_case

HTML = '<p>หนึ่ง</p><ol class="marker-paren"><li>สอง</li><li>สาม</li></ol><p>สี่</p>'
HTMX = {"HX-Request": "true"}


@pytest.fixture
def committee(client, world):
    person = world.here.people["committee_1"]
    client.force_login(person)
    return person


@pytest.fixture
def case(world):
    return make_case("a", html=HTML)


def take(client, round, case, *parts, headers=HTMX, **fields):
    body = {"practice": case.pk, "version": case.text.version, "take": "parts", "parts": parts} | fields
    return client.post(url(round, "1.1", "practices", "choose"), body, headers=headers)


def the_copy(round):
    return ChosenPractice.objects.current().select_related("text").get(analysis=criterion(round, "1.1"))


def test_a_passage_is_copied_alone_with_names_and_version(client, here, committee, case):
    answer = take(client, here, case, "2.2", "3")
    copy = the_copy(here)
    assert copy.text.html == '<ol class="marker-paren"><li>สาม</li></ol><p>สี่</p>'
    assert (copy.agency_name, copy.award_line, copy.source_version) == (
        "กรม a",
        "(รางวัล PMQA หมวด 1 ปี 2564)",
        1,
    )
    words = answer.content.decode()
    assert "ใส่ส่วนที่เลือกจากตัวอย่างของกรม aในข้อ 1.1 แล้ว" in words
    # the list of the cases in the form comes with it
    assert 'id="chosen-cases" hx-swap-oob="true"' in words
    assert AuditEvent.objects.get(verb="practice.chosen").facts == {"practice": "a"}


def test_without_scripts_it_leads_back_to_the_criterion(client, here, committee, case):
    answer = take(client, here, case, "1", headers={})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/a/senate/2565/1.1/")
    assert the_copy(here).text.html == "<p>หนึ่ง</p>"


def test_a_second_passage_comes_behind_the_first_and_twice_is_as_once(client, here, committee, case):
    take(client, here, case, "1")
    take(client, here, case, "3")
    assert the_copy(here).text.html == "<p>หนึ่ง</p><p>สี่</p>"
    before = counts()
    answer = take(client, here, case, "1", "3")
    assert "ส่วนที่เลือกอยู่ในแบบฟอร์มแล้ว" in answer.content.decode()
    assert counts() == before
    assert [event.verb for event in AuditEvent.objects.filter(verb__startswith="practice.pass")] == [
        "practice.passage_added"
    ]


def test_what_was_adapted_stays_where_it_stands_and_in_the_history(client, here, committee, case):
    take(client, here, case, "1")
    text = the_copy(here).text
    save_text(text=text, base_version=1, html="<p>ของเรา</p>", key=uuid.uuid4(), by=committee)
    take(client, here, case, "3")
    assert the_copy(here).text.html == "<p>ของเรา</p><p>สี่</p>"
    rows = Revision.objects.filter(text=text).order_by("version").values_list("html", flat=True)
    assert list(rows) == ["<p>หนึ่ง</p>", "<p>ของเรา</p>", "<p>ของเรา</p><p>สี่</p>"]


def test_of_a_case_taken_out_the_passage_alone_comes_back(client, here, committee, case):
    chosen = choose_practice(analysis=criterion(here, "1.1"), practice=case, by=committee)
    remove_practice(chosen=chosen, by=committee)
    take(client, here, case, "3")
    copy = the_copy(here)
    assert (copy.pk, copy.text.html) == (chosen.pk, "<p>สี่</p>")
    assert Revision.objects.get(text=copy.text, version=1).html == HTML


def test_nothing_ticked_is_told_and_nothing_written(client, here, committee, case):
    before = counts()
    answer = take(client, here, case)
    assert answer.status_code == 422
    assert "กรุณาเลือกอย่างน้อยหนึ่งส่วนของตัวอย่าง" in answer.content.decode()
    assert counts() == before


def test_a_case_changed_after_it_was_read_is_shown_anew_instead_of_cut_wrongly(client, here, committee, case):
    save_text(text=case.text, base_version=1, html="<p>ใหม่</p><p>สอง</p>", key=uuid.uuid4(), by=None)
    answer = take(client, here, case, "1")
    assert answer.status_code == 409
    assert "ตัวอย่างนี้ถูกแก้ไขหลังจากที่ท่านเปิดอ่าน" in answer.content.decode()
    assert [part.html for part in answer.context["parts"]] == ["<p>ใหม่</p>", "<p>สอง</p>"]
    assert not ChosenPractice.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "x"},
        {"version": ""},
        {"version": -1},
        {"version": 10**30},
        {"parts": ["9"]},
        {"parts": ["1", "<p>ของฉัน</p>"]},
        {"parts": ["2"]},
    ],
)
def test_a_forged_choice_writes_nothing(client, here, committee, case, fields):
    before = counts()
    assert take(client, here, case, "1", **fields).status_code in (409, 422)
    assert counts() == before


def test_what_may_not_be_chosen_gives_no_passage_either(client, here, there, committee, world):
    kept = make_case("k", html=HTML, kept_to=there.agency)
    draft = make_case("d", html=HTML, kept_to=here.agency, status=PracticeStatus.DRAFT)
    for other in (kept, draft):
        assert take(client, here, other, "1").status_code == 404
    with pytest.raises(PracticeKeptElsewhere):
        take_passage(analysis=criterion(here, "1.1"), practice=kept, parts={"1"}, version=1, by=committee)
    assert not ChosenPractice.objects.exists()
    client.force_login(world.there.people[Role.SECRETARIAT])
    assert take(client, here, kept, "1").status_code == 404
    assert take(client, there, kept, "1").status_code == 200


def test_the_service_names_the_fault(here, committee, case):
    about = {"analysis": criterion(here, "1.1"), "practice": case, "by": committee}
    with pytest.raises(SourceMoved):
        take_passage(**about, parts={"1"}, version=2)
    with pytest.raises(SourceMoved):
        take_passage(**about, parts={"8"}, version=1)
    assert take_passage(**about, parts={"1"}, version=1) is True
    assert take_passage(**about, parts={"1"}, version=1) is False


def test_a_closed_form_takes_no_passage_and_says_why(client, here, committee, case, world):
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    answer = take(client, here, case, "1")
    assert answer.status_code == 409
    assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้เปลี่ยนแปลงตัวอย่าง" in answer.content.decode()
    whole = client.post(url(here, "1.1", "practices", "choose"), {"practice": case.pk}, headers=HTMX)
    assert (whole.status_code, whole.headers["HX-Reswap"]) == (409, "beforebegin")
    assert not ChosenPractice.objects.exists()


def test_the_whole_case_is_taken_from_the_list_and_from_the_preview(client, here, committee, case):
    address = url(here, "1.1", "practices", "choose")
    from_list = client.post(address, {"practice": case.pk}, headers=HTMX).content.decode()
    assert "อยู่ในแบบฟอร์มแล้ว" in from_list
    assert 'hx-swap-oob="true"' in from_list
    other = make_case("b", html=HTML)
    again = client.post(
        address, {"practice": other.pk, "take": "whole", "from": "preview"}, headers=HTMX
    ).content.decode()
    assert "ใส่ตัวอย่างของกรม bในข้อ 1.1 แล้ว" in again
    assert "data-pmqa-case-parts" in again
    assert [row.text.html for row in ChosenPractice.objects.select_related("text")] == [HTML, HTML]
