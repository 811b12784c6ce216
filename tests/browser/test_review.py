"""The review of a category as two people walk it: submit, pull back, return, correct, submit again, approve."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from assessment.models import CategorySheet, Round
from organizations.enums import Role
from tests.assessment.review import complete
from tests.browser.conftest import Windows
from tests.browser.criterion_page import address, cards, expect_saved, name_owner, press_save, write
from tests.browser.inspection import faults_of
from tests.world import World, make_round, world  # noqa: F401

pytestmark = pytest.mark.browser

SUBMIT, PULL_BACK = "ส่งให้ฝ่ายเลขานุการ", "ดึงกลับ"
CATEGORY = "/a/senate/2565/category-1/"


@pytest.fixture
def here(world: World) -> Round:  # noqa: F811
    """An open round in which 1.2 is still missing."""
    return make_round(world.here, world)


def state_of(round: Round) -> str:
    return CategorySheet.objects.get(round=round, category__number=1).review_state


def hand_in(page: Page) -> None:
    """From the category to the secretariat."""
    page.goto(CATEGORY)
    page.get_by_role("link", name=SUBMIT).click()
    page.get_by_role("button", name=SUBMIT).click()


def test_what_is_missing_is_written_first_and_a_submission_can_be_pulled_back(
    windows: Windows,
    world: World,  # noqa: F811
    here: Round,
) -> None:
    page = windows.open(world.here.people["committee_1"])
    page.goto("/")
    page.get_by_role("link", name=SUBMIT).click()
    expect(page.get_by_role("heading", name="ยังขาด 1 รายการ")).to_be_visible()
    expect(page.get_by_role("button", name=SUBMIT)).to_have_count(0)
    page.get_by_role("link", name="เขียนข้อ 1.2").click()
    [card] = cards(page).all()
    write(card, "จะจัดทำแผนประจำปี")
    name_owner(card, 0, "สนผ.")
    press_save(card)
    expect_saved(card)
    hand_in(page)
    expect(page.get_by_text("ส่งหมวด 1 ให้ฝ่ายเลขานุการแล้ว")).to_be_visible()
    assert state_of(here) == "submitted"
    page.goto(address(here, "1.2"))
    expect(page.get_by_text("หมวด 1 ส่งให้ฝ่ายเลขานุการแล้ว อ่านได้อย่างเดียว")).to_be_visible()
    expect(page.locator(".editor")).to_have_count(0)
    assert faults_of(page) == []
    page.get_by_role("button", name=PULL_BACK).click()
    expect(page.get_by_text("ดึงหมวด 1 กลับแล้ว")).to_be_visible()
    page.goto(address(here, "1.2"))
    [card] = cards(page).all()
    write(card, " และติดตามผล")
    press_save(card)
    expect_saved(card)


def test_the_secretariat_returns_what_is_corrected_and_submitted_again(
    windows: Windows,
    world: World,  # noqa: F811
    here: Round,
) -> None:
    complete(here, 1, world.here)
    writer = windows.open(world.here.people["committee_1"])
    hand_in(writer)
    pull_back = writer.get_by_role("button", name=PULL_BACK)
    expect(pull_back).to_be_visible()

    reader = windows.open(world.here.people[Role.SECRETARIAT])
    reader.goto("/")
    reader.get_by_role("link", name="ตรวจหมวด 1", exact=True).click()
    reader.get_by_role("button", name="เริ่มตรวจ").click()
    expect(reader.get_by_text("เริ่มตรวจหมวด 1 แล้ว")).to_be_visible()
    assert faults_of(reader) == []
    # the page from before still has its button
    pull_back.click()
    expect(writer.get_by_text("มีผู้เปลี่ยนสถานะของหมวดนี้หลังจากที่ท่านเปิดหน้านี้")).to_be_visible()
    assert state_of(here) == "submitted"

    reader.get_by_role("button", name="ส่งกลับให้แก้").click()
    expect(reader.get_by_role("alert")).to_contain_text("กรุณาระบุเหตุผลที่ส่งกลับ")
    reader.get_by_label("ต้องแก้อะไร").fill("กรุณาระบุเป้าหมายของข้อ 1.1")
    reader.get_by_label("1.1 ชื่อสั้น 1.1").check()
    reader.get_by_role("button", name="ส่งกลับให้แก้").click()
    expect(reader.get_by_text("ส่งหมวด 1 กลับให้คณะทำงานแก้แล้ว")).to_be_visible()

    writer.goto(CATEGORY)
    expect(writer.get_by_text("กรุณาระบุเป้าหมายของข้อ 1.1")).to_be_visible()
    expect(writer.get_by_role("listitem").filter(has_text="ข้อ 1.1")).to_contain_text("ยังไม่ได้แก้")
    assert faults_of(writer) == []
    writer.goto(address(here, "1.1"))
    card = cards(writer).first
    write(card, " ภายในไตรมาสแรก")
    press_save(card)
    expect_saved(card)
    writer.goto(CATEGORY)
    expect(writer.get_by_role("listitem").filter(has_text="ข้อ 1.1")).to_contain_text("แก้แล้ว")
    hand_in(writer)

    reader.goto(f"{CATEGORY}review/")
    expect(reader.get_by_role("list", name="ข้อที่ต้องแก้และที่แก้แล้ว")).to_contain_text("แก้แล้ว")
    reader.get_by_label("มติหรือหนังสือ (ไม่บังคับ)", exact=True).fill("มติที่ประชุมครั้งที่ 2/2569")
    reader.get_by_role("button", name="เห็นชอบ", exact=True).click()
    expect(reader.get_by_text("เห็นชอบหมวด 1 แล้ว")).to_be_visible()
    writer.goto(CATEGORY)
    expect(writer.get_by_text("มติที่ประชุมครั้งที่ 2/2569")).to_be_visible()
    assert state_of(here) == "approved"


def test_without_scripts_it_is_the_same_path(windows: Windows, world: World, here: Round) -> None:  # noqa: F811
    complete(here, 1, world.here)
    page = windows.open(world.here.people["committee_1"], scripts=False)
    hand_in(page)
    expect(page.get_by_text("ส่งหมวด 1 ให้ฝ่ายเลขานุการแล้ว")).to_be_visible()
    page.get_by_role("button", name=PULL_BACK).click()
    expect(page.get_by_text("ดึงหมวด 1 กลับแล้ว")).to_be_visible()
    assert state_of(here) == "writing"
