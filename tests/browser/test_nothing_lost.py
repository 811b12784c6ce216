"""What somebody types between two moments of the server: while a save runs, after the session has ended."""

from __future__ import annotations

import re
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, Route, expect

from assessment.models import Round
from feedback.models import FeedbackPoint
from organizations.enums import Role
from organizations.models import Membership, User
from tests.browser.conftest import Windows
from tests.browser.criterion_page import (
    HeldAutosave,
    address,
    blank_round,
    cards,
    expect_saved,
    name_owner,
    press_save,
    state_of,
    text_of,
    write,
)
from tests.organizations.test_member_import import workbook
from tests.practices.conftest import png
from tests.world import World, criterion, world, write_activity  # noqa: F401
from texts.services import save_text

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def round(transactional_db: None, world: World) -> Round:  # noqa: F811
    """An open round with one activity in 1.2."""
    made = blank_round(world)
    write_activity(made, "1.2", "<p>กิจกรรม</p>", owners=[], by=world.here.people["committee_1"])
    return made


@pytest.fixture
def page(windows: Windows, world: World, round: Round) -> Page:  # noqa: F811
    """The committee of category 1 on 1.2."""
    opened = windows.open(world.here.people["committee_1"])
    opened.goto(address(round, "1.2"))
    expect(opened.locator(".editor")).to_have_count(1)
    return opened


def stored(round: Round) -> tuple[str, list[str]]:
    """The text of 1.2 and the names of its owners."""
    activity = criterion(round, "1.2").activity_places.get().activity
    return activity.text.plain, [line.owner.name for line in activity.owner_lines.all()]


def test_typing_goes_on_while_a_save_is_under_way(page: Page, round: Round, world: World) -> None:  # noqa: F811
    held: list[Route] = []
    page.route("**/activities/", lambda route: held.append(route))
    card = cards(page).nth(0)
    name_owner(card, 0, world.here.unit.name)
    write(card, " หนึ่ง")
    # the card itself, not the autosave that goes before it
    with page.expect_request("**/activities/"):
        card.locator("[data-pmqa-save-card]").click()
    expect(state_of(card)).to_have_text("กำลังบันทึก…")
    autosave = HeldAutosave(page)
    write(card, " สอง")
    held[0].continue_()
    page.unroute("**/activities/")
    expect(state_of(card)).to_have_text(re.compile("บันทึกแล้ว .* – ที่พิมพ์หลังจากนั้นยังไม่ได้บันทึก"))
    expect(text_of(card)).to_have_text("กิจกรรม หนึ่ง สอง")
    assert stored(round) == ("กิจกรรม หนึ่ง", [world.here.unit.name])
    autosave.let_go()
    press_save(card)
    expect_saved(card)
    assert stored(round) == ("กิจกรรม หนึ่ง สอง", [world.here.unit.name])


def test_what_somebody_else_wrote_during_a_save_is_not_overwritten_by_the_next_one(
    page: Page,
    round: Round,
    world: World,  # noqa: F811
) -> None:
    """The card stays because typing went on; the answer tells of a newer text that it does not hold."""
    held: list[Route] = []
    page.route("**/activities/", lambda route: held.append(route))
    card = cards(page).nth(0)
    name_owner(card, 0, world.here.unit.name)
    # the card itself, not the autosave that goes before it
    with page.expect_request("**/activities/"):
        card.locator("[data-pmqa-save-card]").click()
    expect(state_of(card)).to_have_text("กำลังบันทึก…")
    autosave = HeldAutosave(page)
    write(card, " ของฉัน")
    text = criterion(round, "1.2").activity_places.get().activity.text
    other = world.here.people[Role.SECRETARIAT]
    save_text(text=text, base_version=1, html="<p>ของผู้อื่น</p>", key=uuid.uuid4(), by=other)
    held[0].continue_()
    page.unroute("**/activities/")
    expect(state_of(card)).to_contain_text("แสดงส่วนที่ผู้อื่นแก้ไขระหว่างนั้นแล้ว – ที่พิมพ์หลังจากนั้นยังไม่ได้บันทึก")
    assert stored(round) == ("ของผู้อื่น", [world.here.unit.name])
    autosave.let_go()
    expect(card.get_by_role("alert")).to_contain_text("ของผู้อื่น")
    expect(text_of(card)).to_have_text("กิจกรรม ของฉัน")
    assert stored(round) == ("ของผู้อื่น", [world.here.unit.name])


def test_a_save_that_is_refused_as_a_whole_says_so(page: Page, round: Round) -> None:
    """A body over the limit of the server gets a bare 400."""
    page.route("**/activities/", lambda route: route.fulfill(status=400, body="Bad Request"))
    card = cards(page).nth(0)
    write(card, " หนึ่ง")
    card.locator("[data-pmqa-save-card]").click()
    expect(state_of(card)).to_contain_text("ยังไม่ได้บันทึก – เครื่องแม่ข่ายไม่รับสิ่งที่ส่ง (รหัส 400)")
    expect(text_of(card)).to_have_text("กิจกรรม หนึ่ง")
    page.unroute("**/activities/")
    page.evaluate("window.onbeforeunload = null")


def test_a_picture_sent_after_the_session_has_ended_says_what_to_do(page: Page, round: Round) -> None:
    page.goto(address(round, "1.2") + "text/analysis/")
    page.locator(".editor .ProseMirror").click()
    Session.objects.all().delete()
    page.get_by_role("button", name="ภาพ", exact=True).click()
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": png()}
    page.get_by_label("เลือกไฟล์ภาพ").set_input_files(picture)
    page.get_by_role("button", name="แทรกภาพ").click()
    expect(page.get_by_role("alert")).to_contain_text("หมดเวลาการเข้าใช้ กรุณาเปิดแท็บใหม่เพื่อเข้าใช้อีกครั้ง")


def test_a_form_sent_after_the_session_has_ended_waits_for_the_next_one(
    windows: Windows,
    round: Round,
    world: World,  # noqa: F811
) -> None:
    page = windows.open(world.here.people[Role.SECRETARIAT])
    page.goto("/a/senate/feedback/new/")
    page.locator("[name=criterion]").select_option(index=1)
    page.locator("[name=text]").fill("ข้อเสนอแนะยาว")
    Session.objects.all().delete()
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_role("heading", name="ยังไม่ได้บันทึก")).to_be_visible()
    sign_in_again(page, world.here.people[Role.SECRETARIAT])
    page.get_by_role("button", name="บันทึกสิ่งที่กรอกไว้").click()
    page.wait_for_url("**/a/senate/feedback/**")
    assert FeedbackPoint.objects.get().text == "ข้อเสนอแนะยาว"


def sign_in_again(page: Page, user: User) -> None:
    """What signing in in another tab does to this one: another session, and another CSRF token."""
    client = Client()
    client.force_login(user)
    # the address of the whole site: a cookie of a deeper path would stand beside the old one
    site = re.sub(r"(?<=\d)/.*", "/", page.url)
    new = {"sessionid": client.cookies["sessionid"].value, "csrftoken": "n" * 32}
    page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in new.items()])


def test_a_plain_form_is_saved_after_signing_in_again_in_another_tab(
    page: Page,
    round: Round,
    world: World,  # noqa: F811
) -> None:
    page.goto(address(round, "1.2") + "text/analysis/")
    page.locator(".editor .ProseMirror").click()
    page.keyboard.type("บทวิเคราะห์")
    sign_in_again(page, world.here.people["committee_1"])
    page.get_by_role("button", name="บันทึก", exact=True).click()
    page.wait_for_url(f"**{address(round, '1.2')}")
    assert criterion(round, "1.2").analysis.plain == "บทวิเคราะห์"


def test_a_long_list_of_members_is_not_sent_twice_however_long_it_takes(
    windows: Windows,
    round: Round,
    world: World,  # noqa: F811
) -> None:
    page = windows.open(world.here.people[Role.SECRETARIAT])
    page.goto("/a/senate/members/import/")
    rows = [["คนใหม่", "new.person", None, "ผู้บริหาร", None, None]]
    page.locator("input[type=file]").set_input_files(
        {"name": "members.xlsx", "mimeType": XLSX, "buffer": workbook(rows)}
    )
    page.locator("main form button[type=submit]").click()
    button = page.get_by_role("button", name=re.compile("ยืนยัน"))
    # an hour between any two looks at the clock
    page.evaluate("() => { let hours = 0; Date.now = () => (hours += 3_600_000); }")
    held: list[Route] = []
    page.route("**/import/confirm/", lambda route: held.append(route))
    place = button.bounding_box()
    assert place is not None
    for _ in range(2):
        page.mouse.click(place["x"] + 5, place["y"] + 5)
        page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("main")).to_contain_text(re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}"))


def test_an_invitation_pressed_twice_shows_its_slip(windows: Windows, round: Round, world: World) -> None:  # noqa: F811
    page = windows.open(world.here.people[Role.SECRETARIAT])
    page.goto("/a/senate/members/new/")
    page.get_by_label("ชื่อที่แสดง").fill("คณะทำงานคนใหม่")
    page.get_by_label(re.compile("ชื่อผู้ใช้")).fill("new.person")
    page.get_by_label("บทบาท").select_option(Role.EXECUTIVE.value)
    held: list[Route] = []
    page.route("**/members/new/", lambda route: held.append(route))
    place = page.locator("main form button[type=submit]").bounding_box()
    assert place is not None
    # with the mouse itself: a locator would wait for the answer before its second press
    for _ in range(2):
        page.mouse.click(place["x"] + 5, place["y"] + 5)
        page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("main")).to_contain_text(re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}"))
    assert Membership.objects.filter(user__username="new.person").count() == 1
