"""The set-up of a round: its settings and the headings of its categories."""

from __future__ import annotations

import pytest

from assessment.enums import RoundState, SheetLayout
from assessment.models import CategorySheet, Round
from assessment.services.round_settings import save_round_settings, save_sheet_settings
from assessment.services.rounds import close_round
from organizations.enums import Role
from organizations.models import AuditEvent
from texts.services import TextLocked

from .browser import url
from .test_rounds import headings


def settings_of(round: Round, **changes: object) -> dict[str, object]:
    return {
        "base_version": round.version,
        "title": round.title,
        "feedback_year": round.feedback_year,
        "feedback_step": round.feedback_step,
        "deadline": "",
        "font_points": 16,
        "binding_margin_mm": "0",
    } | changes


def test_settings_take_thai_dates_and_digits(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    fields = settings_of(
        here,
        deadline="๒๐/๑๑/๒๕๖๙",
        binding_margin_mm="๑๐",
        feedback_year="๒๕๖๓",
        thai_digits="on",
        duplex="on",
    )
    assert client.post(url(here, "setup"), fields).status_code == 302
    here.refresh_from_db()
    assert (here.deadline.isoformat(), here.binding_margin_mm, here.feedback_year, here.thai_digits) == (
        "2026-11-20",
        10,
        2563,
        True,
    )
    assert here.duplex is True
    assert here.is_open


def test_stale_settings_are_refused_with_what_was_typed_and_win_at_the_second_press(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    seen = settings_of(here)
    client.post(url(here, "setup"), seen | {"title": "ชื่อของคนแรก"})
    page = client.post(url(here, "setup"), seen | {"title": "ชื่อของคนที่สอง"})
    assert page.status_code == 409
    assert page.context["refusal"].startswith("มีผู้แก้ไขการตั้งค่านี้ก่อนท่าน")
    assert 'value="ชื่อของคนที่สอง"' in page.content.decode()
    assert Round.objects.get(pk=here.pk).title == "ชื่อของคนแรก"
    again = seen | {"title": "ชื่อของคนที่สอง", "base_version": page.context["form"].data["base_version"]}
    assert client.post(url(here, "setup"), again).status_code == 302
    assert Round.objects.get(pk=here.pk).title == "ชื่อของคนที่สอง"


def test_settings_read_before_the_round_was_closed_do_not_open_it_again(client, world, here):
    seen = settings_of(here, title="ชื่อใหม่")
    close_round(round=here, by=world.here.people[Role.AGENCY_ADMIN])
    client.force_login(world.here.people[Role.SECRETARIAT])
    page = client.post(url(here, "setup"), seen)
    assert page.status_code == 409
    assert page.context["refusal"] == "แบบฟอร์มปีนี้ปิดแล้ว จึงแก้การตั้งค่าไม่ได้ ค่าที่ท่านกรอกยังอยู่ด้านล่าง"
    assert 'value="ชื่อใหม่"' in page.content.decode()
    stored = Round.objects.get(pk=here.pk)
    assert (stored.state, stored.title) == (RoundState.CLOSED, here.title)


def test_a_change_of_state_makes_settings_stale(world, here):
    """A settings page that loaded the open round must not write its old state back."""
    before = Round.objects.get(pk=here.pk).version
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    assert Round.objects.get(pk=here.pk).version == before + 1


def test_wrong_settings_name_the_field(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    page = client.post(
        url(here, "setup"),
        settings_of(here, deadline="31/2/2569", binding_margin_mm="21", title="", feedback_year="2021"),
    )
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"deadline", "binding_margin_mm", "title", "feedback_year"}
    assert Round.objects.get(pk=here.pk).title == here.title


def test_headings_of_one_category_are_saved_for_it_alone(client, world, here, there):
    client.force_login(world.here.people[Role.SECRETARIAT])
    sheet = here.sheets.get(category__number=3)
    fields = {
        "base_version": sheet.version,
        "layout": SheetLayout.FOUR_COLUMNS,
        "heading_feedback": "หัวแรก",
        "heading_practice": "หัวสอง",
        "heading_activity": "หัวสาม",
        "heading_owner": "หัวสี่",
        "criterion_label": "",
        "feedback_label": "",
    }
    assert client.post(url(here, "setup", "category-3"), fields).status_code == 302
    changed = CategorySheet.objects.filter(heading_feedback="หัวแรก")
    assert [(s.round_id, s.number, headings(s), s.layout, s.print_title) for s in changed] == [
        (here.pk, 3, ("หัวแรก", "หัวสอง", "หัวสาม", "หัวสี่"), SheetLayout.FOUR_COLUMNS, False)
    ]
    stale = client.post(url(here, "setup", "category-3"), fields | {"heading_feedback": "อีกคน"})
    assert stale.status_code == 409
    assert 'value="อีกคน"' in stale.content.decode()
    assert client.get(url(here, "setup", "category-7")).status_code == 404


# --- headings that follow the feedback ------------------------------------------------------------------


def test_proposed_headings_follow_the_feedback_and_written_ones_stay(client, world, here, there):
    by = world.here.people[Role.SECRETARIAT]
    here.sheets.filter(category__number=3).update(heading_feedback="หัวของเราเอง ปี 2564")
    versions = {sheet.number: sheet.version for sheet in here.sheets.select_related("category")}
    client.force_login(by)
    fields = settings_of(here, feedback_year="2563", feedback_step=1)
    assert client.post(url(here, "setup"), fields).status_code == 302
    sheets = {sheet.number: sheet for sheet in here.sheets.select_related("category")}
    new = "Feedback ก.พ.ร. ขั้นตอนที่ 1 ปี 2563"
    assert {number: sheet.heading_feedback for number, sheet in sheets.items()} == {
        1: "เกณฑ์ PMQA / Feedback ก.พ.ร. ปี 2563",
        2: new,
        3: "หัวของเราเอง ปี 2564",
        4: new,
        5: new,
        6: "เกณฑ์ PMQA 4.0",
    }
    assert [sheets[number].feedback_label for number in (1, 5, 6)] == ["Feedback :", "Feedback :", new]
    # a page of headings that was read before must not write the old year back
    raised = {number for number, sheet in sheets.items() if sheet.version == versions[number] + 1}
    assert raised == {1, 2, 4, 5, 6}
    assert there.sheets.get(category__number=1).heading_feedback == "เกณฑ์ PMQA / Feedback ก.พ.ร. ปี 2564"


def test_other_settings_leave_the_headings_alone(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    before = list(CategorySheet.objects.order_by("pk").values())
    assert client.post(url(here, "setup"), settings_of(here, title="ชื่อใหม่")).status_code == 302
    assert list(CategorySheet.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.get(verb="settings.saved").facts == {"fields": ["title"]}


@pytest.mark.parametrize("what", ["round", "sheet"])
def test_no_setting_passes_a_round_closed_meanwhile(world, here, what):
    by = world.here.people[Role.SECRETARIAT]
    sheet = here.sheets.select_related("round").get(category__number=1)
    seen = Round.objects.get(pk=here.pk)
    close_round(round=here, by=by)
    save = {
        "round": lambda: save_round_settings(
            round=seen, base_version=here.version, settings={"title": "ใหม่"}, by=by
        ),
        "sheet": lambda: save_sheet_settings(
            sheet=sheet, base_version=sheet.version, settings={"heading_owner": "ใหม่"}, by=by
        ),
    }[what]
    with pytest.raises(TextLocked):
        save()
    assert not Round.objects.filter(title="ใหม่").exists()
    assert not CategorySheet.objects.filter(heading_owner="ใหม่").exists()


@pytest.mark.parametrize("page", ["setup", "setup/category-1"])
def test_a_refused_settings_form_is_not_left_silently(client, world, here, page):
    client.force_login(world.here.people[Role.SECRETARIAT])
    address = url(here, *page.split("/"))
    clean, refused = (
        client.get(address).content.decode(),
        client.post(address, {"base_version": 1}).content.decode(),
    )
    assert ("data-pmqa-guard" in clean, "data-pmqa-unsaved" in clean) == (True, False)
    assert "data-pmqa-unsaved" in refused
