"""Using an older text again, as a person does it; and the pages of the history, wide and narrow."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessment.models import Round
from organizations.enums import Role
from tests.assessment.browser import activity_at
from tests.browser.conftest import Windows
from tests.browser.criterion_page import address, cards, text_of
from tests.browser.inspection import faults_of, report
from tests.world import World, make_round, make_world
from texts.models import Text
from texts.services import keep_proposal, save_text, set_aside

pytestmark = pytest.mark.browser

LONG = (
    "<p>จัดประชุมเชิงปฏิบัติการเพื่อทบทวนแผนยุทธศาสตร์และแผนปฏิบัติราชการประจำปีร่วมกับผู้รับบริการและผู้มีส่วนได้ส่วนเสีย</p>"
    "<ul><li>สำรวจความต้องการ</li><li>สรุปผลเสนอผู้บริหาร</li></ul>"
    "<table><tbody><tr><th><p>ไตรมาส</p></th><td><p>ผลผลิต</p></td></tr></tbody></table>"
)


@pytest.fixture
def place(transactional_db: None) -> tuple[World, Round]:
    world = make_world()
    return world, make_round(world.here, world)


def write(text: Text, html: str, by: object) -> None:
    text.refresh_from_db()
    save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=by)


def test_an_older_text_is_found_looked_at_and_used_again(
    windows: Windows, place: tuple[World, Round]
) -> None:
    world, round = place
    text = activity_at(round, "1.1").text
    write(text, "<p>ทับไปโดยไม่ตั้งใจ</p>", world.here.people["committee_1"])
    page = windows.open(world.here.people["committee_1"])
    page.goto(address(round, "1.1"))
    cards(page).first.get_by_role("link", name="ประวัติ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ประวัติกิจกรรม ข้อ 1.1")
    page.get_by_role("link", name="ใช้ฉบับนี้อีกครั้ง").click()
    expect(page.locator("del", has_text="ทับไปโดยไม่ตั้งใจ")).to_be_visible()
    page.get_by_role("button", name="ใช้ฉบับนี้อีกครั้ง").click()
    expect(page.get_by_text("ใช้ข้อความเดิมอีกครั้งแล้ว")).to_be_visible()
    expect(page.locator(".history > li").first).to_contain_text("นำฉบับเก่ากลับมา")
    page.get_by_role("link", name="← ข้อ 1.1").click()
    expect(text_of(cards(page).first)).to_have_text("กิจกรรม senate ข้อ 1.1")


def test_it_works_without_scripts(windows: Windows, place: tuple[World, Round]) -> None:
    world, round = place
    write(activity_at(round, "1.1").text, "<p>ทับ</p>", world.here.people[Role.SECRETARIAT])
    page = windows.open(world.here.people["committee_1"], scripts=False)
    page.goto(f"{address(round, '1.1')}activities/{activity_at(round, '1.1').uid}/history/?version=1")
    page.get_by_role("button", name="ใช้ฉบับนี้อีกครั้ง").click()
    expect(page.get_by_text("ใช้ข้อความเดิมอีกครั้งแล้ว")).to_be_visible()
    assert activity_at(round, "1.1").text.html == "<p>กิจกรรม senate ข้อ 1.1</p>"


def test_every_page_of_the_history_fits_and_has_no_barrier(
    windows: Windows, place: tuple[World, Round]
) -> None:
    world, round = place
    first, second = world.here.people["committee_1"], world.here.people[Role.SECRETARIAT]
    activity = activity_at(round, "1.1")
    write(activity.text, LONG, first)
    write(activity.text, LONG.replace("สรุปผล", "รวบรวมและวิเคราะห์ผล"), second)
    late = f"<p>{'ก' * 300}</p>"
    set_aside(text=activity.text, base_version=1, html=late, key=uuid.uuid4(), by=first)
    keep_proposal(text=activity.text, base_version=1, html=LONG + late, key=uuid.uuid4(), by=first)
    history = reverse("activity_history", args=["senate", 2565, "1.1", activity.uid])
    changes = reverse("round_changes", args=["senate", 2565])
    page = windows.open(second)
    faults = {}
    for where in (
        *(history + query for query in ("", "?version=2", "?version=5", "?old=1&new=3")),
        *(changes + query for query in ("?days=0", "?since=1/1/2530", "?since=x")),
        reverse("sheet_changes", args=["senate", 2565, 2]),
    ):
        page.goto(where)
        if found := faults_of(page):
            faults[where] = found
    assert not faults, report(faults)
