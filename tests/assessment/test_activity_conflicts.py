"""Saving activities by the page: what somebody else saved, what belongs elsewhere, and closed rounds."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.utils import timezone

from assessment.models import Activity
from assessment.services.rounds import close_round, create_round
from organizations.enums import Role
from organizations.models import Owner
from texts.models import Revision, Text

from .browser import activity_at, counts, form_of, line_of, owner_fields, save, text_area, url, value_of

NEW = "<p>จัดทำแผนยุทธศาสตร์</p>"


@pytest.fixture
def committee(world):
    return world.here.people["committee_1"]


# --- conflicts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
def test_a_stale_text_is_refused_shows_the_other_and_wins_at_the_second_press(
    client, here, committee, world, htmx
):
    headers = {} if htmx else {"Accept": "text/html"}
    secretary = world.here.people[Role.SECRETARIAT]
    owners = [("", "สนผ.", "")]
    seen = form_of(activity_at(here, "1.1"), owners=owners)
    save(client, secretary, here, "1.1", seen | {"html": "<p>ของฝ่ายเลขา</p>", "key": str(uuid.uuid4())})
    page = save(client, committee, here, "1.1", seen | {"html": "<p>ของกรรมการ</p>"}, **headers)
    assert page.status_code == 409
    text = page.content.decode()
    assert "มีผู้แก้ไขข้อความนี้ก่อนท่าน" in text
    assert f"{secretary} บันทึกเมื่อ" in text
    assert "<p>ของฝ่ายเลขา</p>" in text
    assert text_area(page) == "<p>ของกรรมการ</p>"
    assert activity_at(here, "1.1").text.html == "<p>ของฝ่ายเลขา</p>"
    again = seen | {
        "html": text_area(page),
        "base_version": value_of(page, "base_version"),
        "key": value_of(page, "key"),
    }
    assert save(client, committee, here, "1.1", again, **headers).status_code == (200 if htmx else 302)
    activity = activity_at(here, "1.1")
    assert activity.text.html == "<p>ของกรรมการ</p>"
    assert list(
        Revision.objects.filter(text=activity.text).order_by("version").values_list("html", "author")
    ) == [
        ("<p>กิจกรรม senate ข้อ 1.1</p>", secretary.pk),
        ("<p>ของฝ่ายเลขา</p>", secretary.pk),
        ("<p>ของกรรมการ</p>", committee.pk),
    ]


def test_stale_owners_are_refused_with_the_present_line_and_nothing_of_the_save_is_kept(
    client, here, committee, world
):
    secretary = world.here.people[Role.SECRETARIAT]
    other = Owner.objects.create(agency=here.agency, name="ทุกสำนัก")
    seen = form_of(activity_at(here, "1.1"))
    save(client, secretary, here, "1.1", seen | owner_fields([("", other.name, "")]))
    mine = seen | {"html": NEW} | owner_fields([("", "สนผ.", ""), ("และ", "ทุกสำนัก", "")])
    page = save(client, committee, here, "1.1", mine)
    assert page.status_code == 409
    assert "ขณะนี้ผู้รับผิดชอบคือ “ทุกสำนัก”" in page.context["card"].refusal
    assert (text_area(page), value_of(page, "owners-0-owner")) == (NEW, "สนผ.")
    activity = activity_at(here, "1.1")
    assert (activity.text.version, line_of(activity)) == (1, "ทุกสำนัก")
    again = mine | {"owners_version": value_of(page, "owners_version"), "key": value_of(page, "key")}
    assert save(client, committee, here, "1.1", again).status_code == 200
    assert (activity_at(here, "1.1").text.html, line_of(activity)) == (
        NEW,
        "สำนักนโยบายและแผน senate และทุกสำนัก",
    )


def card_of(client, person, round, code):
    """The fields of the criterion's one card as this person is shown it now."""
    client.force_login(person)
    page = client.get(url(round, code))
    activity = activity_at(round, code)
    names = ("uid", "key", "base_version", "owners_version", "shown", "starts_on", "ends_on")
    lines = [
        (line.joiner, line.owner.name, line.note) for line in activity.owner_lines.select_related("owner")
    ]
    choices = page.context["cards"][0].serve_choices
    served = {"serves": [choice.value for choice in choices if choice.checked]}
    fields = {name: value_of(page, name) for name in names} | {"html": activity.text.html} | served
    return fields | owner_fields(lines)


@pytest.fixture
def secretary(world):
    return world.here.people[Role.SECRETARIAT]


def test_a_text_saved_on_an_older_page_leaves_the_owners_corrected_meanwhile(
    client, here, committee, secretary
):
    Owner.objects.create(agency=here.agency, name="ทุกสำนัก")
    older = card_of(client, committee, here, "1.1")
    corrected = card_of(client, secretary, here, "1.1") | owner_fields([("", "ทุกสำนัก", "")])
    assert save(client, secretary, here, "1.1", corrected).status_code == 200
    page = save(client, committee, here, "1.1", older | {"html": NEW})
    assert page.status_code == 200
    activity = activity_at(here, "1.1")
    assert (activity.text.html, line_of(activity)) == (NEW, "ทุกสำนัก")
    assert value_of(page, "owners-0-owner") == "ทุกสำนัก"
    assert "แสดงส่วนที่ผู้อื่นแก้ไขระหว่างนั้นแล้ว" in page.content.decode()
    assert 'data-pmqa-newer="details"' in page.content.decode()


def test_owners_saved_on_an_older_page_leave_the_text_written_meanwhile(client, here, committee, secretary):
    Owner.objects.create(agency=here.agency, name="ทุกสำนัก")
    older = card_of(client, secretary, here, "1.1")
    assert (
        save(
            client, committee, here, "1.1", card_of(client, committee, here, "1.1") | {"html": NEW}
        ).status_code
        == 200
    )
    page = save(client, secretary, here, "1.1", older | owner_fields([("", "ทุกสำนัก", "")]))
    assert page.status_code == 200
    activity = activity_at(here, "1.1")
    assert (activity.text.html, activity.text.version, line_of(activity)) == (NEW, 2, "ทุกสำนัก")
    assert text_area(page) == NEW
    assert 'data-pmqa-newer="text "' in page.content.decode()


def test_dates_and_criteria_stand_that_somebody_else_entered_meanwhile(client, here, committee, secretary):
    older = card_of(client, committee, here, "1.1")
    other = here.sheets.get(category__number=1).analyses.get(wording__code="1.2")
    entered = {"starts_on": "1/10/2564", "serves": [other.pk]}
    save(client, secretary, here, "1.1", card_of(client, secretary, here, "1.1") | entered)
    assert save(client, committee, here, "1.1", older | {"html": NEW}).status_code == 200
    activity = activity_at(here, "1.1")
    assert (activity.starts_on, activity.text.html) == (datetime.date(2021, 10, 1), NEW)
    assert activity_at(here, "1.2") == activity


def test_dates_changed_by_two_people_are_refused_once_and_then_decided(client, here, committee, secretary):
    older = card_of(client, committee, here, "1.1")
    fresh = card_of(client, secretary, here, "1.1")
    save(client, secretary, here, "1.1", fresh | {"starts_on": "1/10/2564"} | owner_fields([]))
    mine = older | {"starts_on": "1/11/2564", "html": NEW}
    page = save(client, committee, here, "1.1", mine)
    assert (page.status_code, value_of(page, "starts_on")) == (409, "1/11/2564")
    activity = activity_at(here, "1.1")
    assert (activity.starts_on, activity.text.version) == (datetime.date(2021, 10, 1), 1)
    again = {name: value_of(page, name) for name in ("key", "owners_version", "shown")}
    assert save(client, committee, here, "1.1", mine | again).status_code == 200
    activity = activity_at(here, "1.1")
    # the owners were not this person's matter: they stay taken out
    assert (activity.starts_on, line_of(activity)) == (datetime.date(2021, 11, 1), "")


def test_what_stood_before_can_be_put_back_after_a_refusal(client, here, committee, secretary, world):
    """Told of the other line, somebody decides for the one that the page showed at first."""
    for name in ("ทุกสำนัก", "กองกลาง"):
        Owner.objects.create(agency=here.agency, name=name)
    older = card_of(client, committee, here, "1.1")
    fresh = card_of(client, secretary, here, "1.1")
    save(client, secretary, here, "1.1", fresh | owner_fields([("", "ทุกสำนัก", "")]))
    page = save(client, committee, here, "1.1", older | owner_fields([("", "กองกลาง", "")]))
    assert page.status_code == 409
    again = {name: value_of(page, name) for name in ("key", "owners_version", "shown")}
    assert save(client, committee, here, "1.1", older | again).status_code == 200
    assert line_of(activity_at(here, "1.1")) == world.here.unit.name


@pytest.mark.parametrize("shown", ["", "x", "a.b.c.d"])
def test_without_a_readable_mark_the_version_decides(client, here, committee, secretary, shown):
    older = card_of(client, committee, here, "1.1") | {"shown": shown}
    save(client, secretary, here, "1.1", card_of(client, secretary, here, "1.1") | owner_fields([]))
    assert save(client, committee, here, "1.1", older | {"html": NEW}).status_code == 409
    assert (activity_at(here, "1.1").text.version, line_of(activity_at(here, "1.1"))) == (1, "")


def test_the_same_request_twice_makes_one_activity_and_one_revision(client, here, committee):
    fields = form_of(html=NEW, owners=[("", "สนผ.", "")], starts_on="1/10/2564")
    assert save(client, committee, here, "1.2", fields).status_code == 200
    before = counts()
    assert save(client, committee, here, "1.2", fields).status_code == 200
    assert counts() == before
    assert Revision.objects.filter(text=activity_at(here, "1.2").text).count() == 1


def test_the_same_key_with_another_text_is_shown_as_a_conflict_and_can_be_saved(client, here, committee):
    """Back in the browser, written on, saved again: the old form still carries its old key."""
    fields = form_of(html=NEW)
    save(client, committee, here, "1.2", fields)
    page = save(client, committee, here, "1.2", fields | {"html": "<p>เขียนต่อ</p>"})
    assert page.status_code == 409
    assert page.context["card"].conflict.html == NEW
    assert text_area(page) == "<p>เขียนต่อ</p>"
    again = {name: value_of(page, name) for name in ("key", "base_version")}
    assert save(client, committee, here, "1.2", fields | {"html": "<p>เขียนต่อ</p>"} | again).status_code == 200
    assert activity_at(here, "1.2").text.html == "<p>เขียนต่อ</p>"


# --- what belongs elsewhere ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", [0, 1])
def test_the_uid_of_a_foreign_activity_in_the_body_changes_nothing(
    client, here, there, committee, world, version
):
    older = create_round(agency=here.agency, year=2564, edition=world.edition, by=None)
    strangers = [
        activity_at(there, "1.1"),  # another agency
        activity_at(here, "3.1"),  # another category, which this committee may not write
        activity_at(here, "1.3"),  # another criterion
    ]
    before = counts()
    for stranger in strangers:
        fields = form_of(html="<p>ยึดครอง</p>", uid=str(stranger.uid), base_version=version)
        page = save(client, committee, here, "1.2", fields)
        assert (page.status_code, text_area(page)) == (409, "<p>ยึดครอง</p>")
        stored = stranger.text.plain
        assert Text.objects.get(pk=stranger.text_id).plain == stored
        # what the card shows of the other activity is nothing
        assert stored not in page.content.decode()
    fields = form_of(html="<p>ยึดครอง</p>", uid=str(activity_at(here, "1.1").uid), base_version=version)
    secretary = world.here.people[Role.SECRETARIAT]
    assert save(client, secretary, older, "1.1", fields).status_code == 409
    assert counts() == before


def test_a_withdrawn_activity_takes_no_save(client, here, committee):
    activity = activity_at(here, "1.1")
    Activity.objects.filter(pk=activity.pk).update(withdrawn_at=timezone.now(), withdrawn_by=committee)
    page = save(client, committee, here, "1.1", form_of(activity, html=NEW))
    assert (page.status_code, text_area(page)) == (409, NEW)
    assert "กิจกรรมนี้ถูกนำออกไปแล้ว" in page.content.decode()
    assert Text.objects.get(pk=activity.text_id).version == 1


# --- state of the round -------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("code", ["1.1", "1.2"])
def test_a_closed_round_refuses_and_gives_back_what_was_typed(client, here, committee, world, htmx, code):
    fields = form_of(activity_at(here, "1.1") if code == "1.1" else None, owners=[("", "ทุกสำนัก", "")])
    fields["html"] = "<p>พิมพ์ไว้ยาวมาก</p>"
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    before = counts()
    page = save(client, committee, here, code, fields, **({} if htmx else {"Accept": "text/html"}))
    assert page.status_code == 409
    assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้บันทึก" in page.content.decode()
    assert (text_area(page), value_of(page, "owners-0-owner")) == ("<p>พิมพ์ไว้ยาวมาก</p>", "ทุกสำนัก")
    assert counts() == before


def test_a_round_closed_between_the_look_and_the_save_refuses(client, here, committee, world, monkeypatch):
    """The page looked while the round was open; the service looks again inside its transaction."""
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    monkeypatch.setattr("assessment.views.activities.state_allows_writing", lambda user, round: True)
    before = counts()
    page = save(client, committee, here, "1.2", form_of(html=NEW))
    assert (page.status_code, text_area(page), counts()) == (409, NEW, before)


@pytest.mark.parametrize(
    ("who", "status", "texts"),
    [("committee_1", 409, 0), (Role.SECRETARIAT, 200, 1), (Role.AGENCY_ADMIN, 200, 1)],
)
def test_a_round_being_prepared_takes_texts_of_the_secretariat_only(client, world, who, status, texts):
    round = create_round(agency=world.here.agency, year=2566, edition=world.edition, by=None)
    page = save(client, world.here.people[who], round, "1.1", form_of(html=NEW))
    assert page.status_code == status
    assert Activity.objects.filter(round=round).count() == texts
    assert text_area(page) == NEW
