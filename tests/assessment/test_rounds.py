"""Making, opening and closing a round, by the services and by the pages."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from assessment.enums import RoundState, SheetLayout
from assessment.models import CategorySheet, CriterionAnalysis, Round
from assessment.services.rounds import TransitionRefused, close_round, create_round, open_round, texts_of
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.world import World, make_edition

from .browser import url

CHRISTIAN = "ปี 2024 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2567"


def new_round(world: World, year: int = 2565) -> Round:
    return create_round(
        agency=world.here.agency, year=year, edition=world.edition, by=world.here.people[Role.SECRETARIAT]
    )


def headings(sheet: CategorySheet) -> tuple[str, ...]:
    return (sheet.heading_feedback, sheet.heading_practice, sheet.heading_activity, sheet.heading_owner)


# --- making -------------------------------------------------------------------------------------------


def test_a_new_round_has_six_sheets_of_four_criteria_in_order(world):
    round = new_round(world)
    codes = {
        sheet.number: [analysis.code for analysis in sheet.analyses.select_related("wording")]
        for sheet in round.sheets.select_related("category")
    }
    assert codes == {n: [f"{n}.{i}" for i in range(1, 5)] for n in range(1, 7)}


def test_a_new_round_answers_the_feedback_of_the_year_before(world):
    round = new_round(world)
    assert (round.feedback_year, round.feedback_step, round.state) == (2564, 2, RoundState.PREPARING)
    assert (
        round.title == "แบบฟอร์มการวิเคราะห์แนวทางการดำเนินงาน PMQA 4.0 ของสำนักงานเลขาธิการวุฒิสภา ประจำปี พ.ศ. 2565"
    )


def test_every_text_of_a_new_round_is_blank_and_belongs_to_its_agency(world):
    round = new_round(world)
    texts = texts_of(round)
    # six sheets with two texts each, 24 criteria with three
    assert texts.count() == 6 * 2 + 24 * 3
    assert set(texts.values_list("agency", "html", "version")) == {(world.here.agency.pk, "", 0)}


@pytest.mark.parametrize(
    ("number", "layout", "expected", "labels", "title"),
    [
        (
            1,
            SheetLayout.THREE_COLUMNS,
            (
                "เกณฑ์ PMQA / Feedback ก.พ.ร. ปี 2564",
                "ตัวอย่างหน่วยงานที่เป็นเลิศ (Best Practice)",
                "กิจกรรมการดำเนินงาน ปี 2565 / ผู้รับผิดชอบ",
                "ผู้รับผิดชอบ",
            ),
            ("เกณฑ์", "Feedback :"),
            True,
        ),
        (
            2,
            SheetLayout.THREE_COLUMNS,
            (
                "Feedback ก.พ.ร. ขั้นตอนที่ 2 ปี 2564",
                "ตัวอย่างหน่วยงานที่เป็นเลิศ",
                "กิจกรรม/การดำเนินงาน ปี 2565",
                "ผู้รับผิดชอบ",
            ),
            ("เกณฑ์", "Feedback :"),
            False,
        ),
        (
            5,
            SheetLayout.THREE_COLUMNS,
            (
                "Feedback ก.พ.ร. ขั้นตอนที่ 2 ปี 2564",
                "ตัวอย่างหน่วยงานที่เป็นเลิศ",
                "กิจกรรม/การดำเนินงาน ปี 2565",
                "ผู้รับผิดชอบ",
            ),
            ("เกณฑ์", "Feedback :"),
            True,
        ),
        (
            6,
            SheetLayout.FOUR_COLUMNS,
            ("เกณฑ์ PMQA 4.0", "ตัวอย่างหน่วยงานที่เป็นเลิศ", "กิจกรรม/การดำเนินงาน ปี 2565", "ผู้รับผิดชอบ"),
            ("", "Feedback ก.พ.ร. ขั้นตอนที่ 2 ปี 2564"),
            True,
        ),
    ],
)
def test_a_sheet_starts_with_the_headings_of_its_category(world, number, layout, expected, labels, title):
    sheet = new_round(world).sheets.get(category__number=number)
    assert headings(sheet) == expected
    assert (sheet.layout, sheet.criterion_label, sheet.feedback_label, sheet.print_title) == (
        layout,
        *labels,
        title,
    )


def test_an_agency_has_one_round_a_year_and_a_refused_one_leaves_nothing(world):
    new_round(world)
    with pytest.raises(IntegrityError):
        new_round(world)


def test_another_agency_has_its_own_round_of_the_year(world, there):
    assert {new_round(world).year, there.year} == {2565}


# --- the page «สร้างแบบฟอร์มของปีใหม่» -------------------------------------------------------------------


def ask_for(client, world, year, edition=None, role=Role.SECRETARIAT):
    client.force_login(world.here.people[role])
    edition = edition or world.edition
    return client.post("/a/senate/rounds/new/", {"year": year, "edition": edition.pk})


@pytest.mark.parametrize("typed", ["2570", "๒๕๗๐", "พ.ศ. ๒๕๗๐"])
def test_the_year_is_taken_in_either_digits(client, world, typed):
    assert ask_for(client, world, typed).headers["Location"] == "/a/senate/2570/setup/"
    assert list(Round.objects.values_list("agency__code", "year")) == [("senate", 2570)]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1999", "ปี 1999 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2542"),
        ("2024", CHRISTIAN),
        ("๒๐๒๔", CHRISTIAN),
        ("2701", "ปี 2701 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
        ("65", "ปี 65 ไม่ครบสี่หลัก กรุณาพิมพ์ปีพุทธศักราชให้ครบสี่หลัก เช่น 2565"),
        ("ปีหน้า", "กรุณาพิมพ์ปีพุทธศักราชเป็นตัวเลขสี่หลัก เช่น 2569"),
        ("2400", "ปี 2399 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
    ],
)
def test_a_wrong_year_is_refused_in_words_and_stays_in_the_field(client, world, typed, message):
    page = ask_for(client, world, typed)
    assert page.status_code == 422
    assert page.context["form"].errors["year"] == [message]
    assert f'value="{typed}"' in page.content.decode()
    assert not Round.objects.exists()


def test_a_second_round_of_a_year_is_refused_and_that_of_another_agency_does_not_count(client, world, there):
    assert ask_for(client, world, "2565").status_code == 302
    again = ask_for(client, world, "2565")
    assert again.status_code == 422
    assert again.context["form"].errors["year"] == ["มีแบบฟอร์มของปี 2565 แล้ว กรุณาเปิดแบบฟอร์มเดิม"]


def test_editions_are_offered_newest_first(client, world):
    newer = make_edition("2567", 2567)
    client.force_login(world.here.people[Role.SECRETARIAT])
    form = client.get("/a/senate/rounds/new/").context["form"]
    assert list(form.fields["edition"].queryset) == [newer, world.edition]


# --- state --------------------------------------------------------------------------------------------


def test_opening_locks_the_edition_once(world):
    by = world.here.people[Role.SECRETARIAT]
    first, second = new_round(world), new_round(world, 2566)
    open_round(round=first, by=by)
    world.edition.refresh_from_db()
    locked_at = world.edition.locked_at
    assert locked_at == first.opened_at
    open_round(round=second, by=by)
    world.edition.refresh_from_db()
    assert world.edition.locked_at == locked_at


def test_closing_locks_every_text_of_this_round_and_no_other(world, here, there):
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    # three activities beside the texts of sheets and criteria
    assert texts_of(here).filter(locked_at=here.closed_at).count() == 6 * 2 + 24 * 3 + 3
    assert texts_of(there).filter(locked_at=None).count() == 6 * 2 + 24 * 3 + 3


@pytest.mark.parametrize("reason", ["", "   "])
def test_opening_again_needs_a_reason(world, here, reason):
    by = world.here.people[Role.SECRETARIAT]
    close_round(round=here, by=by)
    with pytest.raises(TransitionRefused, match="กรุณาระบุเหตุผลที่เปิดแบบฟอร์มอีกครั้ง"):
        open_round(round=here, by=by, reason=reason)
    here.refresh_from_db()
    assert here.is_closed
    assert not texts_of(here).filter(locked_at=None).exists()


def test_opening_again_with_a_reason_unlocks_the_texts_and_tells_the_reason(world, here):
    by = world.here.people[Role.SECRETARIAT]
    close_round(round=here, by=by)
    open_round(round=here, by=by, reason="แก้ตัวเลขข้อ 1.2")
    assert (here.state, here.closed_at, here.closed_by) == (RoundState.OPEN, None, None)
    assert not texts_of(here).exclude(locked_at=None).exists()
    event = AuditEvent.objects.get(verb="round.reopened")
    assert (event.facts, event.actor_id, event.agency_id) == (
        {"reason": "แก้ตัวเลขข้อ 1.2"},
        by.pk,
        here.agency_id,
    )


def test_closing_twice_or_before_opening_is_refused(world, here):
    by = world.here.people[Role.SECRETARIAT]
    close_round(round=here, by=by)
    closed_at = here.closed_at
    with pytest.raises(TransitionRefused, match="แบบฟอร์มอยู่ในสถานะ “ปิดแล้ว”"):
        close_round(round=here, by=by)
    with pytest.raises(TransitionRefused, match="แบบฟอร์มอยู่ในสถานะ “กำลังเตรียม”"):
        close_round(round=new_round(world, 2566), by=by)
    assert Round.objects.get(pk=here.pk).closed_at == closed_at
    assert AuditEvent.objects.filter(verb="round.closed").count() == 1


def test_of_two_people_who_close_at_once_one_is_told(world, here):
    by = world.here.people[Role.SECRETARIAT]
    seen_by_other = Round.objects.get(pk=here.pk)
    close_round(round=here, by=by)
    with pytest.raises(TransitionRefused, match="มีผู้เปลี่ยนสถานะของแบบฟอร์มนี้ก่อนท่าน"):
        close_round(round=seen_by_other, by=world.here.people[Role.AGENCY_ADMIN])
    assert Round.objects.get(pk=here.pk).closed_by == by
    assert AuditEvent.objects.filter(verb="round.closed").count() == 1


def test_pages_open_close_and_open_again(client, world):
    round = new_round(world)
    client.force_login(world.here.people[Role.SECRETARIAT])
    for action, reason, state in [
        ("open", "", RoundState.OPEN),
        ("open", "", RoundState.OPEN),
        ("close", "", RoundState.CLOSED),
        ("open", "", RoundState.CLOSED),
        ("open", "ส่งผิดฉบับ\x00", RoundState.OPEN),
    ]:
        answer = client.post(url(round, action), {"reason": reason})
        assert answer.headers["Location"] == "/a/senate/2565/setup/"
        round.refresh_from_db()
        assert round.state == state
    assert AuditEvent.objects.get(verb="round.reopened").facts == {"reason": "ส่งผิดฉบับ"}


# --- settings -----------------------------------------------------------------------------------------


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


# --- pages --------------------------------------------------------------------------------------------


def test_the_list_has_the_years_of_this_agency_newest_first(client, world, here, there):
    new_round(world, 2567)
    new_round(world, 2566)
    client.force_login(world.here.people[Role.EXECUTIVE])
    page = client.get("/a/senate/rounds/")
    assert [round.year for round in page.context["rounds"]] == [2567, 2566, 2565]
    assert {round.agency_id for round in page.context["rounds"]} == {world.here.agency.pk}


def test_the_round_page_says_what_is_missing_in_words(client, world, here):
    client.force_login(world.here.people["committee_1"])
    page = client.get(url(here))
    assert "เขียนเสร็จแล้ว 3 จาก 24 ข้อ · ครบแล้ว 0 จาก 6 หมวด" in page.content.decode()
    sheet = page.context["progress"].sheets[2]
    assert sheet.missing == [
        "ข้อ 3.1 ยังไม่มีผู้รับผิดชอบ",
        "ข้อ 3.2 ยังไม่มีกิจกรรม",
        "ข้อ 3.3 ยังไม่มีกิจกรรม",
        "ข้อ 3.4 ยังไม่มีกิจกรรม",
    ]


def test_a_year_too_large_for_the_database_is_not_found(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert client.get(f"/a/senate/{10**30}/").status_code == 404
    assert CriterionAnalysis.objects.filter(sheet__round=here).count() == 24
