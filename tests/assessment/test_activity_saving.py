"""Saving activities by the page: the simple path, owners, conflicts, and everything that is refused."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.models import Activity
from organizations.enums import Role
from organizations.models import Owner
from texts.models import Revision
from thai.dates import format_time

from .browser import activity_at, counts, form_of, line_of, owner_fields, save, text_area, url, value_of

NEW = "<p>จัดทำแผนยุทธศาสตร์</p>"


@pytest.fixture
def committee(world):
    return world.here.people["committee_1"]


# --- the simple path ----------------------------------------------------------------------------------


def test_one_text_and_one_owner(client, here, there, committee, world):
    fields = form_of(html=NEW, owners=[("", world.here.unit.name, "")])
    page = save(client, committee, here, "1.2", fields)
    assert page.status_code == 200
    activity = activity_at(here, "1.2")
    assert (activity.text.html, activity.text.version, activity.text.updated_by) == (NEW, 1, committee)
    assert (line_of(activity), str(activity.uid)) == ("สำนักนโยบายและแผน senate", fields["uid"])
    revisions = Revision.objects.filter(text=activity.text)
    assert list(revisions.values_list("version", "html", "author")) == [(1, NEW, committee.pk)]
    assert not Activity.objects.filter(round=there, places__analysis__wording__code="1.2").exists()


def test_the_answer_tells_the_time_of_the_server_and_the_new_state(client, here, committee, world):
    page = save(client, committee, here, "1.2", form_of(html=NEW, owners=[("", world.here.unit.name, "")]))
    text = page.content.decode()
    assert f"✓ บันทึกแล้ว {format_time(timezone.now())}".removesuffix(" น.") in text
    assert 'id="criterion-state"' in text
    assert "ยังไม่มีผู้รับผิดชอบ" not in text
    assert (value_of(page, "base_version"), value_of(page, "owners_version")) == ("1", "2")


def test_the_time_told_is_that_of_this_save_when_only_an_owner_changed(
    client, here, committee, world, time_machine
):
    activity = activity_at(here, "1.1")
    time_machine.move_to("2026-11-20 08:15:00+00:00")
    page = save(client, committee, here, "1.1", form_of(activity))
    assert "✓ บันทึกแล้ว 15:15" in page.content.decode()
    assert line_of(activity_at(here, "1.1")) == ""


def test_without_htmx_the_page_is_opened_again(client, here, committee):
    page = save(client, committee, here, "1.2", form_of(html=NEW), Accept="text/html")
    assert (page.status_code, page.headers["Location"]) == (302, "/a/senate/2565/1.2/")
    assert activity_at(here, "1.2").text.html == NEW


def test_a_second_activity_stands_behind_the_first(client, here, committee):
    save(client, committee, here, "1.1", form_of(html=NEW))
    page = client.get(url(here, "1.1"))
    texts = [card.activity.text.plain for card in page.context["cards"]]
    assert texts == ["กิจกรรม senate ข้อ 1.1", "จัดทำแผนยุทธศาสตร์"]


def test_plain_lines_become_paragraphs_in_their_stored_form(client, here, committee):
    save(client, committee, here, "1.2", form_of(html="ก < ข\r\nทํา\u200bงาน"))
    assert activity_at(here, "1.2").text.html == "<p>ก &lt; ข</p><p>ทำงาน</p>"


def test_script_in_rich_text_is_taken_out_everywhere(client, here, committee):
    typed = '<p onclick="x()">ดี<script>alert(1)</script><a href="javascript:x()">ลิงก์</a></p><iframe src="/"></iframe>'
    page = save(client, committee, here, "1.2", form_of(html=typed))
    activity = activity_at(here, "1.2")
    assert activity.text.html == "<p>ดีลิงก์</p>"
    assert Revision.objects.get(text=activity.text).html == "<p>ดีลิงก์</p>"
    assert "alert(1)" not in page.content.decode()


def test_an_equal_text_makes_no_version(client, here, committee):
    before = counts()
    activity = activity_at(here, "1.1")
    page = save(client, committee, here, "1.1", form_of(activity, owners=[("", "สนผ.", "")]))
    assert page.status_code == 200
    assert counts() == before


# --- owners -------------------------------------------------------------------------------------------


def test_owners_stand_in_their_order_with_joiner_and_note(client, here, committee, world):
    all_units = Owner.objects.create(agency=here.agency, name="ทุกสำนักที่เกี่ยวข้อง")
    lines = [("หรือ", world.here.unit.name, ""), ("และ", all_units.name, "ข้อ ก")]
    save(client, committee, here, "1.2", form_of(html=NEW, owners=lines))
    activity = activity_at(here, "1.2")
    # nothing stands before the first name, so it needs no joiner
    assert list(activity.owner_lines.values_list("owner__name", "joiner", "note", "position")) == [
        (world.here.unit.name, "", "", 1),
        (all_units.name, "และ", "ข้อ ก", 2),
    ]
    assert line_of(activity) == "สำนักนโยบายและแผน senate และทุกสำนักที่เกี่ยวข้อง (ข้อ ก)"


def test_owners_are_reordered_removed_and_added_in_one_save(client, here, committee, world):
    names = ["สำนัก ก", "สำนัก ข", "สำนัก ค"]
    for name in names:
        Owner.objects.create(agency=here.agency, name=name)
    save(client, committee, here, "1.2", form_of(html=NEW, owners=[("", names[0], ""), ("/", names[1], "")]))
    activity = activity_at(here, "1.2")
    fields = form_of(activity) | owner_fields(
        [("", names[0], ""), ("/", names[1], ""), ("และ", names[2], "")], initial=2
    )
    # สำนัก ก goes behind สำนัก ค, สำนัก ข is taken out
    fields |= {"owners-0-ORDER": "3", "owners-1-DELETE": "on", "owners-2-ORDER": "1"}
    assert save(client, committee, here, "1.2", fields).status_code == 200
    assert line_of(activity_at(here, "1.2")) == "สำนัก ค สำนัก ก"


def test_an_owner_is_found_by_abbreviation(client, here, committee, world):
    page = save(client, committee, here, "1.2", form_of(html=NEW, owners=[("", " สนผ. ", "")]))
    assert value_of(page, "owners-0-owner") == "สำนักนโยบายและแผน senate"
    assert line_of(activity_at(here, "1.2")) == "สำนักนโยบายและแผน senate"


def test_an_unknown_owner_is_refused_and_everything_typed_stays(client, here, committee):
    before = counts()
    page = save(client, committee, here, "1.2", form_of(html=NEW, owners=[("", "กองลับ", "ถ้ามี")]))
    assert page.status_code == 422
    assert "ไม่พบ “กองลับ” ในรายชื่อผู้รับผิดชอบ กรุณาเลือกจากรายการ หรือแจ้งฝ่ายเลขานุการให้เพิ่มชื่อ" in page.content.decode()
    assert (text_area(page), value_of(page, "owners-0-owner")) == (NEW, "กองลับ")
    assert (value_of(page, "owners-0-note"), counts()) == ("ถ้ามี", before)
    assert "ยังไม่ได้บันทึก" in page.content.decode()


def test_an_owner_of_another_agency_is_unknown(client, here, committee, world):
    foreign = Owner.objects.create(agency=world.there.agency, name="กองสถิติพยากรณ์", abbreviation="กสพ.")
    for typed in (foreign.name, foreign.abbreviation, world.there.unit.name):
        page = save(client, committee, here, "1.2", form_of(html=NEW, owners=[("", typed, "")]))
        assert page.status_code == 422
        assert f"ไม่พบ “{typed}”" in page.content.decode()
    assert not Activity.objects.filter(round=here, places__analysis__wording__code="1.2").exists()


def test_a_withdrawn_owner_stays_where_the_name_stands_but_is_not_chosen_anew(client, here, committee, world):
    Owner.objects.filter(pk=world.here.unit.pk).update(withdrawn_at=timezone.now())
    name = world.here.unit.name
    kept = save(
        client, committee, here, "1.1", form_of(activity_at(here, "1.1"), html=NEW, owners=[("", name, "")])
    )
    assert kept.status_code == 200
    assert (activity_at(here, "1.1").text.html, line_of(activity_at(here, "1.1"))) == (NEW, name)
    anew = save(client, committee, here, "1.2", form_of(html=NEW, owners=[("", name, "")]))
    assert anew.status_code == 422


def test_the_same_owner_twice_is_refused_unless_the_notes_differ(client, here, committee, world):
    name = world.here.unit.name
    page = save(
        client, committee, here, "1.2", form_of(html=NEW, owners=[("", name, ""), ("และ", "สนผ.", "")])
    )
    assert page.status_code == 422
    assert "มีผู้รับผิดชอบซ้ำกัน กรุณาเอาชื่อที่ซ้ำออก" in page.content.decode()
    notes = [("", name, "กลุ่ม 1"), ("และ", name, "กลุ่ม 2")]
    assert save(client, committee, here, "1.2", form_of(html=NEW, owners=notes)).status_code == 200


def test_a_note_without_a_name_is_refused_and_kept(client, here, committee):
    before = counts()
    fields = form_of(html=NEW, owners=[("", "สนผ.", ""), ("และ", "", "เฉพาะส่วนกลาง")])
    page = save(client, committee, here, "1.2", fields)
    assert page.status_code == 422
    message = "กรุณาระบุผู้รับผิดชอบของหมายเหตุนี้ หรือลบหมายเหตุออก"
    assert page.context["card"].owners.forms[1].errors == {"owner": [message]}
    assert page.content.decode().count(message) == 2  # in the summary and in the row
    assert (value_of(page, "owners-1-note"), counts()) == ("เฉพาะส่วนกลาง", before)


def test_a_row_that_was_taken_out_may_still_hold_its_note(client, here, committee, world):
    """The script empties the name and hides the row."""
    fields = form_of(html=NEW, owners=[("", "สนผ.", ""), ("และ", "", "เฉพาะส่วนกลาง")])
    assert save(client, committee, here, "1.2", fields | {"owners-1-DELETE": "on"}).status_code == 200
    assert line_of(activity_at(here, "1.2")) == world.here.unit.name


def test_twenty_owners_take_as_many_queries_as_one(client, here, committee):
    names = [f"กอง {number}" for number in range(20)]
    Owner.objects.bulk_create(Owner(agency=here.agency, name=name) for name in names)

    def queries_of(count: int) -> int:
        fields = form_of(html=NEW, owners=[("", name, "") for name in names[:count]])
        client.force_login(committee)
        with CaptureQueriesContext(connection) as captured:
            page = client.post(url(here, "1.2", "activities"), fields, headers={"HX-Request": "true"})
        assert page.status_code == 200
        return len(captured)

    # once before, so that what is read only when an activity stands there is read both times
    queries_of(1)
    assert queries_of(20) == queries_of(1)


# --- refused input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "   ", "<p></p>", "<p>\u200b</p>", "<p><script>alert(1)</script></p>"])
def test_a_text_is_required(client, here, committee, world, typed):
    before = counts()
    page = save(client, committee, here, "1.2", form_of(html=typed, owners=[("", "สนผ.", "")]))
    assert page.status_code == 422
    assert page.context["card"].form.errors["html"] == ["กรุณาเขียนว่าปีนี้จะทำอะไร"]
    assert (value_of(page, "owners-0-owner"), counts()) == ("สนผ.", before)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_refused_new_activity_comes_back_as_it_was_typed(client, here, committee, htmx):
    fields = form_of(html=NEW, starts_on="31 กุมภาพันธ์ 2569")
    headers = {} if htmx else {"Accept": "text/html"}
    page = save(client, committee, here, "1.1", fields, **headers)
    assert page.status_code == 422
    card = page.context["card"] if htmx else page.context["cards"][-1]
    assert (card.uid, card.form["html"].value()) == (fields["uid"], NEW)
    assert card.form["starts_on"].value() == "31 กุมภาพันธ์ 2569"
    assert set(card.form.errors) == {"starts_on"}


def test_dates_are_thai_and_kept(client, here, committee):
    fields = form_of(html=NEW, starts_on="๑ ต.ค. ๒๕๖๔", ends_on="30/9/2565")
    page = save(client, committee, here, "1.2", fields)
    activity = activity_at(here, "1.2")
    assert (activity.starts_on, activity.ends_on) == (datetime.date(2021, 10, 1), datetime.date(2022, 9, 30))
    assert (value_of(page, "starts_on"), value_of(page, "ends_on")) == ("1 ตุลาคม 2564", "30 กันยายน 2565")


def test_an_end_before_the_start_is_refused(client, here, committee):
    page = save(client, committee, here, "1.2", form_of(html=NEW, starts_on="2/1/2565", ends_on="1/1/2565"))
    assert page.status_code == 422
    assert page.context["card"].form.errors["ends_on"] == ["วันสิ้นสุดต้องไม่มาก่อนวันเริ่ม"]
    assert value_of(page, "ends_on") == "1/1/2565"
    assert not Activity.objects.filter(round=here, places__analysis__wording__code="1.2").exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"uid": "%d"},
        {"uid": "nonsense"},
        {"uid": ""},
        {"key": "x"},
        {"base_version": "-1"},
        {"base_version": ""},
        {"owners_version": "x"},
        {"owners-TOTAL_FORMS": "x"},
        {"owners-TOTAL_FORMS": "100000"},
        {"serves": ["x"]},
    ],
)
def test_a_damaged_form_is_refused_and_keeps_the_text(client, here, committee, broken):
    before = counts()
    page = save(client, committee, here, "1.2", form_of(html=NEW) | broken)
    assert (page.status_code, text_area(page), counts()) == (422, NEW, before)


def test_a_text_too_long_for_the_product_is_refused_in_words(client, here, committee):
    page = save(client, committee, here, "1.2", form_of(html="<p>" + "ก" * 200_001 + "</p>"))
    assert page.status_code == 422
    assert page.context["card"].form.errors["html"][0].startswith("ข้อความยาวเกินไป")


# --- serving other criteria ---------------------------------------------------------------------------


def states(page, code_state):
    return {c.code: str(c.state) for c in page.context["progress"].criteria if c.code in code_state}


def test_an_activity_completes_every_criterion_that_it_serves(client, here, committee, world):
    other = here.sheets.get(category__number=1).analyses.get(wording__code="1.4")
    here.activities.filter(places__analysis__wording__code="1.3").update(
        withdrawn_at=timezone.now(), withdrawn_by=committee
    )
    fields = form_of(html=NEW, owners=[("", "สนผ.", "")], serves=[other.pk])
    assert save(client, committee, here, "1.2", fields).status_code == 200
    page = client.get(url(here, "1.2"))
    assert states(page, {"1.2", "1.3", "1.4"}) == {"1.2": "done", "1.3": "todo", "1.4": "done"}
    assert activity_at(here, "1.2") == activity_at(here, "1.4")


def test_a_committee_cannot_serve_a_criterion_that_it_may_not_write(client, here, there, committee):
    foreign = [
        here.sheets.get(category__number=3).analyses.get(wording__code="3.2"),
        there.sheets.get(category__number=1).analyses.get(wording__code="1.2"),
    ]
    before = counts()
    for other in foreign:
        page = save(client, committee, here, "1.2", form_of(html=NEW, serves=[other.pk]))
        assert (page.status_code, text_area(page)) == (422, NEW)
        assert list(page.context["card"].form.errors) == ["serves"]
    assert counts() == before


def test_a_committee_that_saves_a_shared_activity_leaves_it_in_the_other_category(
    client, here, committee, world
):
    """The secretariat shared it; the committee of category 1 is not offered 3.2 and must not take it out there."""
    secretary = world.here.people[Role.SECRETARIAT]
    shared = here.sheets.get(category__number=3).analyses.get(wording__code="3.2")
    fields = form_of(activity_at(here, "1.1"), owners=[("", "สนผ.", "")], serves=[shared.pk])
    assert save(client, secretary, here, "1.1", fields).status_code == 200
    fields = form_of(activity_at(here, "1.1"), owners=[("", "สนผ.", "")], html=NEW)
    assert save(client, committee, here, "1.1", fields).status_code == 200
    places = activity_at(here, "1.1").places.order_by("analysis__wording__code")
    assert list(places.values_list("analysis__wording__code", flat=True)) == ["1.1", "3.2"]


def test_a_criterion_is_taken_from_those_served_but_never_the_one_on_the_page(client, here, committee, world):
    fields = form_of(activity_at(here, "1.3"), owners=[("", "สนผ.", "")])
    assert save(client, committee, here, "1.3", fields).status_code == 200
    assert list(
        here.activities.get(places__analysis__wording__code="1.3").places.values_list(
            "analysis__wording__code"
        )
    ) == [("1.3",)]
    assert not Activity.objects.filter(round=here, places__analysis__wording__code="1.4").exists()
