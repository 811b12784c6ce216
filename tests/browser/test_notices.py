"""The bell, opening what was told, and copying a text for LINE with and without the browser's clipboard."""

from __future__ import annotations

import datetime

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from assessment.models import CategorySheet, Round
from assessment.services.notices import sheet_returned
from organizations.enums import Role
from organizations.models import Notification
from tests.browser.conftest import Windows
from tests.browser.inspection import faults_of, report
from tests.world import World, make_round, make_world

pytestmark = pytest.mark.browser

SUBJECT = "หมวด 1 ถูกส่งกลับให้แก้"
# On an intranet over plain HTTP pages have no clipboard; loopback counts as safe, so it is taken away here.
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
REFUSED_CLIPBOARD = "navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))"


@pytest.fixture
def small(transactional_db: None) -> World:
    """«senate» writes, its deadline has passed, and category 1 was returned."""
    with transaction.atomic():
        world = make_world()
        round = make_round(world.here, world)
        Round.objects.filter(pk=round.pk).update(deadline=datetime.date(2025, 11, 20))
        sheet = CategorySheet.objects.select_related("round__agency", "category").get(
            round=round, category__number=1
        )
        sheet_returned(
            sheet=sheet, by=world.here.people[Role.SECRETARIAT], event="step-1", codes=["1.1", "1.2"]
        )
    return world


def pasted(page: Page) -> str:
    """What lies in the clipboard, put into a field of our own."""
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<textarea id=\"paste\" aria-label=\"paste\"></textarea>')"
    )
    page.locator("#paste").focus()
    page.keyboard.press("Control+V")
    text = page.locator("#paste").input_value()
    page.locator("#paste").evaluate("field => field.remove()")
    return text


def test_what_was_told_is_opened_from_home_and_from_the_list(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people["committee_1"])
    page.goto("/")
    expect(page.get_by_role("link", name="แจ้งเตือน (1)")).to_be_visible()
    page.get_by_role("button", name=f"{SUBJECT} – ดูข้อสังเกต").click()
    expect(page).to_have_url(f"{windows.address}/a/senate/2565/category-1/")
    expect(page.get_by_role("link", name="แจ้งเตือน", exact=True)).to_be_visible()
    assert Notification.objects.get().read_at is not None


def test_marking_all_needs_no_scripts(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people["committee_1"], scripts=False)
    page.goto("/notices/")
    expect(page.get_by_role("button", name="คัดลอกข้อความลง LINE")).to_be_hidden()
    page.get_by_text("ดูข้อความ").click()
    expect(page.get_by_role("textbox", name="ข้อความสำหรับคัดลอก")).to_be_visible()
    page.get_by_role("button", name="ทำเครื่องหมายว่าอ่านแล้วทั้งหมด").click()
    expect(page.get_by_role("link", name="แจ้งเตือน", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="ทำเครื่องหมายว่าอ่านแล้วทั้งหมด")).to_have_count(0)


@pytest.mark.parametrize(
    "clipboard", ["", NO_CLIPBOARD, REFUSED_CLIPBOARD], ids=["present", "missing", "refused"]
)
def test_a_text_for_line_is_copied_with_and_without_a_clipboard(
    windows: Windows, small: World, clipboard: str
) -> None:
    page = windows.open(small.here.people["committee_1"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script(clipboard)
    page.goto("/notices/")
    button = page.get_by_role("button", name="คัดลอกข้อความลง LINE")
    button.click()
    expect(page.get_by_role("status").filter(has_text="คัดลอกแล้ว")).to_be_visible()
    expect(button).to_be_focused()
    assert pasted(page) == Notification.objects.select_related("agency").get().plain


def test_where_nothing_can_be_copied_the_text_is_shown_and_selected(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people["committee_1"])
    page.add_init_script(f"{NO_CLIPBOARD}; document.execCommand = () => false")
    page.goto("/notices/")
    page.get_by_role("button", name="คัดลอกข้อความลง LINE").click()
    expect(page.get_by_role("status").filter(has_text="กรุณากด Ctrl+C")).to_be_visible()
    field = page.get_by_role("textbox", name="ข้อความสำหรับคัดลอก")
    expect(field).to_be_focused()
    selected = field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert selected == Notification.objects.select_related("agency").get().plain


def test_the_secretariat_copies_who_is_late(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people[Role.SECRETARIAT])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/a/senate/2565/")
    page.get_by_role("button", name="คัดลอกข้อความเตือนลง LINE").click()
    expect(page.get_by_role("status").filter(has_text="คัดลอกแล้ว")).to_be_visible()
    lines = pasted(page).splitlines()
    assert lines[:4] == [
        "เรียนคณะทำงาน PMQA 4.0 ปี 2565",
        "สำนักงานเลขาธิการวุฒิสภา",
        "กำหนดส่ง 20 พฤศจิกายน 2568",
        "หมวดที่ยังไม่ส่ง",
    ]
    assert [line.split(" (เลยกำหนดแล้ว ")[0] for line in lines[4:10]] == [f"• หมวด {n}" for n in range(1, 7)]
    assert lines[10].endswith("/a/senate/2565/")


def test_choices_are_switched_by_keyboard(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people["committee_1"])
    page.goto("/notices/choices/")
    switch = page.get_by_role("checkbox", name="ในระบบ: หมวดของท่านได้รับความเห็นชอบ")
    expect(switch).not_to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="บันทึก").press("Enter")
    expect(page.get_by_text("บันทึกการแจ้งเตือนของท่านแล้ว")).to_be_visible()
    expect(switch).to_be_checked()


@pytest.mark.parametrize("address", ["/", "/notices/", "/notices/choices/"])
def test_pages_of_notifications_fit_and_can_be_read(windows: Windows, small: World, address: str) -> None:
    """With a long subject, a long address and something unread."""
    long = "หมวด 1 " + "ถูกส่งกลับให้แก้ไขเพิ่มเติม" * 7
    Notification.objects.update(subject=long[:200], body="ก" * 120, path="/" + "a" * 200)
    page = windows.open(small.here.people["committee_1"])
    page.goto(address)
    faults = faults_of(page)
    assert not faults, report({address: faults})
