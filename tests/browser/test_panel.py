"""The cases beside the text: opened, read, taken in parts and whole, and nothing that is being written is lost."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from assessment.models import Activity, ChosenPractice, Round
from assessment.services.links import finish_activity
from assessment.services.practices import choose_practice
from feedback.models import FeedbackPoint
from organizations.enums import Role
from practices.models import Practice
from tests.assessment.library import make_case
from tests.browser.conftest import Windows
from tests.browser.criterion_page import HeldAutosave, address, cards, stored, text_of, two_paragraphs, write
from tests.browser.inspection import PHONE, faults_of
from tests.world import World, criterion, make_world
from texts.services import save_text

pytestmark = pytest.mark.browser

HTML = (
    "<p>กรมวิเคราะห์ข้อร้องเรียนทุกเดือนและเสนอผู้บริหาร</p>"
    '<ol class="marker-paren"><li>ผู้ร้องติดตามสถานะได้เอง</li><li>แจ้งผลภายในเจ็ดวัน</li></ol>'
    "<table><tbody><tr><td>ปี 2563</td><td>ร้อยละ 80</td></tr></tbody></table>"
)
MINE = " ที่ยังไม่ส่ง"


@pytest.fixture
def place(transactional_db: None) -> tuple[World, Round, Practice]:
    world = make_world()
    round = two_paragraphs(world)
    about = {"year": round.feedback_year, "step": round.feedback_step}
    FeedbackPoint.objects.create(
        agency=round.agency,
        criterion=criterion(round, "1.2").wording.criterion,
        text="มีช่องทางรับฟัง แต่ยังขาดการวิเคราะห์ข้อร้องเรียนและการติดตามสถานะ",
        **about,
    )
    make_case("a", codes=("1.2",), html="<p>งานพัสดุ</p>")
    return world, round, make_case("z", codes=("1.2",), html=HTML)


def opened(windows: Windows, world: World, round: Round, **how: int) -> Page:
    page = windows.open(world.here.people["committee_1"], **how)
    page.goto(address(round, "1.2"))
    expect(page.locator(".editor")).to_have_count(1)
    return page


def panel_of(page: Page) -> Locator:
    return page.get_by_role("region", name="ตัวอย่างที่เป็นเลิศจากคลัง")


def open_panel(page: Page) -> Locator:
    page.get_by_role("link", name="+ ตัวอย่างที่เป็นเลิศ").click()
    panel = panel_of(page)
    # the heading has the focus, so that a screen reader goes on there
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    return panel


def open_preview(page: Page, panel: Locator) -> None:
    panel.get_by_role("link", name="อ่านและเลือกบางส่วน เรื่อง z").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("เรื่อง z")


def copies(round: Round) -> list[str]:
    rows = ChosenPractice.objects.filter(analysis=criterion(round, "1.2")).select_related("text")
    return [row.text.html for row in rows]


def test_a_passage_is_taken_while_one_writes_and_nothing_is_lost(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, _ = place
    page = opened(windows, world, round)
    held = HeldAutosave(page)
    write(cards(page).first, MINE)
    panel = open_panel(page)
    first = panel.locator("article").first
    expect(first).to_contain_text("เรื่อง z")
    expect(first).to_contain_text("ตรงกับข้อเสนอแนะ: “การวิเคราะห์ข้อร้องเรียนและการติดตามสถานะ”")
    open_preview(page, panel)
    panel.get_by_role("checkbox", name="ผู้ร้องติดตามสถานะได้เอง").check()
    panel.get_by_role("checkbox", name="ปี 2563").check()
    expect(panel.get_by_text("เลือกแล้ว 2 ส่วน")).to_be_visible()
    panel.get_by_role("button", name="ใส่ส่วนที่เลือก").click()
    expect(panel.get_by_text("ใส่ส่วนที่เลือกจากตัวอย่างของกรม zในข้อ 1.2 แล้ว")).to_be_visible()
    chosen = page.get_by_role("region", name="ตัวอย่างที่เป็นเลิศในแบบฟอร์ม")
    expect(chosen).to_contain_text("กรม z")
    expect(chosen).to_contain_text("ผู้ร้องติดตามสถานะได้เอง")
    expect(text_of(cards(page).first)).to_contain_text(MINE.strip())
    assert copies(round) == [
        '<ol class="marker-paren"><li>ผู้ร้องติดตามสถานะได้เอง</li></ol>'
        "<table><tbody><tr><td>ปี 2563</td><td>ร้อยละ 80</td></tr></tbody></table>"
    ]
    # the text goes on saving itself as before
    held.let_go()
    expect(cards(page).first.locator("[data-pmqa-state]")).to_contain_text("✓ บันทึกแล้ว")
    assert stored(round) == [f"<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง{MINE}</p>"]


def test_selected_words_grow_to_their_paragraphs(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, _ = place
    page = opened(windows, world, round)
    panel = open_panel(page)
    open_preview(page, panel)
    words = panel.locator("[data-pmqa-case-part] .rich-text")
    start, end = words.nth(0).bounding_box(), words.nth(1).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 60, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 90, end["y"] + 12, steps=6)
    page.mouse.up()
    expect(panel.get_by_text("เลือกแล้ว 2 ส่วน")).to_be_visible()
    ticked = panel.locator("[data-pmqa-case-part] input:checked")
    assert [box.get_attribute("value") for box in ticked.all()] == ["1", "2.1"]


def test_the_panel_is_worked_with_keys_and_closes_again(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, _ = place
    page = opened(windows, world, round)
    opener = page.get_by_role("link", name="เลือกจากคลังตัวอย่าง")
    opener.focus()
    page.keyboard.press("Enter")
    panel = panel_of(page)
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="ปิด")).to_be_focused()
    # in the search box the key clears what was typed, and only then closes
    search = panel.get_by_role("searchbox", name="ค้นหาตัวอย่างในทุกข้อ")
    search.fill("พัสดุ")
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("heading")).to_have_count(0)
    expect(opener).to_be_focused()
    open_panel(page).get_by_role("button", name="ใส่ทั้งเรื่อง เรื่อง z").press("Enter")
    expect(page.get_by_role("region", name="ตัวอย่างที่เป็นเลิศในแบบฟอร์ม")).to_contain_text("กรม z")
    assert copies(round) == [HTML]
    expect(panel.get_by_role("status").filter(has_text="อยู่ในแบบฟอร์มแล้ว")).to_be_focused()
    panel.get_by_role("button", name="ปิด").press("Enter")
    expect(page.get_by_role("link", name="+ ตัวอย่างที่เป็นเลิศ")).to_be_focused()


def test_a_line_that_is_cut_is_told_in_the_panel_and_not_as_an_unsaved_text(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, _ = place
    page = opened(windows, world, round)
    page.route("**/1.2/practices/", lambda route: route.abort("failed"))
    page.get_by_role("link", name="+ ตัวอย่างที่เป็นเลิศ").click()
    expect(page.get_by_role("alert")).to_contain_text("เปิดไม่ได้ เครื่องแม่ข่ายไม่ตอบ")
    expect(cards(page).first.locator("[data-pmqa-state]")).not_to_contain_text("ยังไม่ได้บันทึก")
    # what htmx itself says about the line that was cut
    assert {fault.partition(",")[0] for fault in windows.faults} == {"htmx:afterRequest", "htmx:sendError"}
    windows.faults.clear()


def test_it_works_without_scripts(windows: Windows, place: tuple[World, Round, Practice]) -> None:
    world, round, _ = place
    page = windows.open(world.here.people["committee_1"], scripts=False)
    page.goto(address(round, "1.2"))
    page.get_by_role("link", name="+ ตัวอย่างที่เป็นเลิศ").click()
    page.get_by_role("link", name="อ่านและเลือกบางส่วน เรื่อง z").click()
    page.get_by_role("button", name="ใส่ส่วนที่เลือก").click()
    expect(page.get_by_role("alert")).to_contain_text("กรุณาเลือกอย่างน้อยหนึ่งส่วน")
    page.get_by_role("checkbox", name="แจ้งผลภายในเจ็ดวัน").check()
    page.get_by_role("button", name="ใส่ส่วนที่เลือก").click()
    expect(page.get_by_text("ใส่ส่วนที่เลือกจากตัวอย่างของกรม zในข้อ 1.2 แล้ว")).to_be_visible()
    # an item alone begins its list anew
    assert copies(round) == ['<ol class="marker-paren"><li>แจ้งผลภายในเจ็ดวัน</li></ol>']


def test_a_changed_source_is_compared_and_taken(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, case = place
    choose_practice(analysis=criterion(round, "1.2"), practice=case, by=world.here.people["committee_1"])
    new = HTML.replace("ทุกเดือน", "ทุกสัปดาห์")
    save_text(text=case.text, base_version=1, html=new, key=uuid.uuid4(), by=None)
    page = opened(windows, world, round)
    page.get_by_role("link", name="ดูความต่างและเลือก").click()
    expect(page.locator("ins", has_text="สัปดาห์").first).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("button", name="ใช้ข้อความใหม่ทั้งเรื่อง").click()
    expect(page.get_by_text("ใช้ข้อความใหม่ของต้นฉบับแล้ว")).to_be_visible()
    expect(page.get_by_text("ต้นฉบับเปลี่ยนแล้ว")).to_have_count(0)
    assert copies(round) == [new]


def test_the_open_panel_fits_every_window_and_axe_finds_nothing(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, _ = place
    page = opened(windows, world, round)
    panel = open_panel(page)
    assert faults_of(page) == []
    open_preview(page, panel)
    assert faults_of(page) == []
    panel.get_by_role("button", name="ใส่ส่วนที่เลือก").click()
    expect(panel.get_by_role("alert")).to_contain_text("กรุณาเลือกอย่างน้อยหนึ่งส่วน")
    assert faults_of(page) == []


def test_the_pages_of_their_own_fit_every_window_too(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, case = place
    choose_practice(analysis=criterion(round, "1.2"), practice=case, by=world.here.people["committee_1"])
    save_text(text=case.text, base_version=1, html="<p>ใหม่</p>", key=uuid.uuid4(), by=None)
    page = windows.open(world.here.people["committee_1"])
    base = f"/a/{round.agency.code}/{round.year}/"
    addresses = ["practices/", "1.2/practices/", f"1.2/practices/case-{case.pk}/", "1.2/"]
    for rest in addresses:
        page.goto(base + rest)
        assert faults_of(page) == [], rest


def test_on_a_phone_the_panel_comes_into_sight(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, _ = place
    page = opened(windows, world, round, width=PHONE)
    panel = open_panel(page)
    expect(panel.get_by_role("heading", level=2)).to_be_in_viewport()
    # from its top on, not only its first line
    expect(panel.locator("article").first).to_be_in_viewport()
    open_preview(page, panel)
    expect(panel.get_by_role("heading", level=2)).to_be_in_viewport()


def test_a_finished_activity_is_proposed_and_completed_by_the_secretariat(
    windows: Windows, place: tuple[World, Round, Practice]
) -> None:
    world, round, _ = place
    secretary = world.here.people[Role.SECRETARIAT]
    activity = Activity.objects.get(places__analysis=criterion(round, "1.2"))
    finish_activity(activity=activity, finished=True, by=secretary)
    page = windows.open(secretary)
    page.goto(address(round, "1.2"))
    page.get_by_role("button", name="เสนอเป็นตัวอย่างที่เป็นเลิศ").click()
    expect(page.get_by_label("ชื่อเรื่อง")).to_have_value("ย่อหน้าแรก")
    expect(page.get_by_text("เป็นฉบับร่างในคลัง")).to_be_visible()
