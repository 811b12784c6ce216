"""The criterion page in a real browser: nothing that somebody typed is ever lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from assessment.models import Activity, Round
from assessment.services.rounds import close_round
from organizations.enums import Role
from tests.browser.conftest import Windows
from tests.browser.criterion_page import (
    QUESTION,
    SAVE_PATHS,
    UNSAVED,
    HeldAutosave,
    address,
    blank_round,
    cards,
    expect_saved,
    name_owner,
    owner,
    press_save,
    state_of,
    text_of,
    write,
)
from tests.world import World, criterion, world, write_activity  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def round(transactional_db: None, world: World) -> Round:  # noqa: F811
    """An open round in which 1.2 has two activities."""
    made = blank_round(world)
    by = world.here.people["committee_1"]
    for text in ("กิจกรรมแรก", "กิจกรรมหลัง"):
        write_activity(made, "1.2", f"<p>{text}</p>", owners=[world.here.unit], by=by)
    return made


@pytest.fixture
def page(windows: Windows, world: World, round: Round) -> Page:  # noqa: F811
    """The committee of category 1 on 1.2."""
    opened = windows.open(world.here.people["committee_1"])
    opened.goto(address(round, "1.2"))
    expect(opened.locator(".editor")).to_have_count(2)
    return opened


def texts(round: Round, code: str = "1.2") -> list[str]:
    """The stored texts in their order, without those taken out."""
    places = criterion(round, code).activity_places.filter(activity__withdrawn_at=None)
    return [place.activity.text.plain for place in places.select_related("activity__text")]


def shown(page: Page) -> list[str]:
    """The texts in the order of the page."""
    return [text.strip() for text in page.locator("[data-pmqa-cards] .editor .ProseMirror").all_inner_texts()]


class TestSeveralActivities:
    def test_another_one_is_added_beside_unsaved_text(self, page: Page, round: Round) -> None:
        write(cards(page).nth(0), " แก้แล้ว")
        page.get_by_role("link", name="+ เพิ่มอีกกิจกรรม").click()
        expect(page.locator(".editor")).to_have_count(3)
        write(cards(page).nth(2), "กิจกรรมใหม่")
        press_save(cards(page).nth(2))
        expect_saved(cards(page).nth(2))
        assert shown(page) == ["กิจกรรมแรก แก้แล้ว", "กิจกรรมหลัง", "กิจกรรมใหม่"]
        press_save(cards(page).nth(0))
        expect_saved(cards(page).nth(0))
        assert texts(round) == ["กิจกรรมแรก แก้แล้ว", "กิจกรรมหลัง", "กิจกรรมใหม่"]

    def test_saving_twice_in_the_same_card_keeps_one_activity(self, page: Page, round: Round) -> None:
        page.goto(address(round, "1.1"))
        for addition in ("หนึ่ง", "สอง"):
            write(cards(page), addition)
            press_save(cards(page))
            expect_saved(cards(page))
        assert texts(round, "1.1") == ["หนึ่งสอง"]

    def test_taken_out_and_put_back_beside_unsaved_text(self, page: Page, round: Round) -> None:
        page.route(SAVE_PATHS, lambda route: route.abort())
        write(cards(page).nth(1), " ยังไม่บันทึก")
        cards(page).nth(0).get_by_role("button", name="นำกิจกรรมนี้ออก").click()
        expect(cards(page).nth(0)).to_contain_text("นำกิจกรรมนี้ออกแล้ว: กิจกรรมแรก")
        assert texts(round) == ["กิจกรรมหลัง"]
        cards(page).nth(0).get_by_role("button", name="นำกลับมา").click()
        expect(page.locator(".editor")).to_have_count(2)
        assert shown(page) == ["กิจกรรมแรก", "กิจกรรมหลัง ยังไม่บันทึก"]
        assert texts(round) == ["กิจกรรมแรก", "กิจกรรมหลัง"]

    def test_a_card_is_taken_out_with_its_last_words(self, page: Page, round: Round) -> None:
        write(cards(page).nth(0), " คำสุดท้าย")
        cards(page).nth(0).get_by_role("button", name="นำกิจกรรมนี้ออก").click()
        expect(cards(page).nth(0)).to_contain_text("นำกิจกรรมนี้ออกแล้ว: กิจกรรมแรก คำสุดท้าย")
        assert texts(round) == ["กิจกรรมหลัง"]

    @pytest.mark.parametrize("what", ["text", "owners"])
    def test_a_card_with_something_unsaved_is_not_taken_out(
        self, page: Page, round: Round, what: str
    ) -> None:
        card = cards(page).nth(0)
        if what == "text":
            page.route(SAVE_PATHS, lambda route: route.abort())
            write(card, " ยังไม่บันทึก")
        else:
            name_owner(card, 1, "สนผ.", joiner="หรือ", note="ร่วม")
        card.get_by_role("button", name="นำกิจกรรมนี้ออก").click()
        expect(state_of(card)).to_contain_text("กรุณาบันทึกก่อน แล้วจึงนำกิจกรรมออก")
        assert texts(round) == ["กิจกรรมแรก", "กิจกรรมหลัง"]
        page.unroute_all()
        press_save(card)
        expect_saved(cards(page).nth(0))
        cards(page).nth(0).get_by_role("button", name="นำกิจกรรมนี้ออก").click()
        expect(cards(page).nth(0)).to_contain_text("นำกิจกรรมนี้ออกแล้ว: กิจกรรมแรก")
        assert texts(round) == ["กิจกรรมหลัง"]

    def test_moved_past_what_the_server_does_not_count(self, page: Page, round: Round, world: World) -> None:  # noqa: F811
        """A line of a withdrawn activity and a card that is not stored yet are no neighbours."""
        write_activity(round, "1.2", "<p>กิจกรรมท้าย</p>", owners=[world.here.unit])
        page.reload()
        page.get_by_role("link", name="+ เพิ่มอีกกิจกรรม").click()
        expect(page.locator(".editor")).to_have_count(4)
        cards(page).nth(1).get_by_role("button", name="นำกิจกรรมนี้ออก").click()
        expect(cards(page).nth(1)).to_contain_text("นำกิจกรรมนี้ออกแล้ว: กิจกรรมหลัง")
        cards(page).nth(2).get_by_role("button", name="เลื่อนขึ้น").click()
        expect(text_of(cards(page).nth(0))).to_have_text("กิจกรรมท้าย")
        assert texts(round) == ["กิจกรรมท้าย", "กิจกรรมแรก"]
        cards(page).nth(1).get_by_role("button", name="เลื่อนลง").click()
        page.wait_for_load_state("networkidle")
        assert shown(page) == ["กิจกรรมท้าย", "กิจกรรมแรก", ""]

    def test_moved_beside_unsaved_text(self, page: Page, round: Round) -> None:
        # autosave waits until the cards have moved, however long that takes
        autosave = HeldAutosave(page)
        write(cards(page).nth(0), " ยังไม่บันทึก")
        cards(page).nth(1).get_by_role("button", name="เลื่อนขึ้น").click()
        expect(text_of(cards(page).nth(0))).to_have_text("กิจกรรมหลัง")
        assert shown(page) == ["กิจกรรมหลัง", "กิจกรรมแรก ยังไม่บันทึก"]
        assert texts(round) == ["กิจกรรมหลัง", "กิจกรรมแรก"]
        cards(page).nth(0).get_by_role("button", name="เลื่อนลง").click()
        expect(text_of(cards(page).nth(1))).to_have_text("กิจกรรมหลัง")
        assert texts(round) == ["กิจกรรมแรก", "กิจกรรมหลัง"]
        autosave.let_go()
        press_save(cards(page).nth(0))
        expect_saved(cards(page).nth(0))
        assert texts(round) == ["กิจกรรมแรก ยังไม่บันทึก", "กิจกรรมหลัง"]

    def test_owners_are_added_reordered_and_removed(self, page: Page, round: Round, world: World) -> None:  # noqa: F811
        card = cards(page).nth(0)
        for place, name in ((1, "สนผ."), (2, "สนผ.")):
            name_owner(card, place, name, joiner="หรือ", note=f"ฝ่าย {place}")
        owner(card, 0).get_by_role("button", name="นำออก").click()
        owner(card, 0).get_by_role("button", name="เลื่อนผู้รับผิดชอบลง").click()
        press_save(card)
        expect_saved(card)
        lines = Activity.objects.get(text__plain="กิจกรรมแรก").owner_lines.all()
        assert [(line.joiner, line.note) for line in lines] == [("", "ฝ่าย 2"), ("หรือ", "ฝ่าย 1")]


class TestRefusals:
    def test_an_unknown_owner_is_named_and_everything_stays(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        write(card, " ใหม่")
        name_owner(card, 1, "สำนักที่ไม่มี")
        press_save(card)
        message = "ไม่พบ “สำนักที่ไม่มี” ในรายชื่อผู้รับผิดชอบ"
        expect(owner(card, 1)).to_contain_text(message)
        summary = card.get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text(message)
        expect(state_of(card)).to_contain_text("ยังไม่ได้บันทึก")
        assert shown(page) == ["กิจกรรมแรก ใหม่", "กิจกรรมหลัง"]
        field = owner(card, 1).get_by_label("ผู้รับผิดชอบ", exact=True)
        expect(field).to_have_value("สำนักที่ไม่มี")
        summary.get_by_role("link").click()
        expect(field).to_be_focused()
        assert texts(round) == ["กิจกรรมแรก ใหม่", "กิจกรรมหลัง"]
        field.fill("สนผ.")
        owner(card, 1).get_by_label("หมายเหตุ").fill("ร่วม")
        press_save(card)
        expect_saved(card)
        assert Activity.objects.get(text__plain="กิจกรรมแรก ใหม่").owner_lines.count() == 2

    def test_a_round_closed_while_owners_are_written(self, page: Page, round: Round, world: World) -> None:  # noqa: F811
        card = cards(page).nth(0)
        name_owner(card, 1, "สนผ.", joiner="หรือ", note="ร่วม")
        close_round(round=round, by=world.here.people[Role.SECRETARIAT])
        press_save(card)
        message = card.get_by_role("alert").first
        expect(message).to_contain_text("แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้บันทึก")
        expect(message).to_be_focused()
        expect(state_of(card)).to_contain_text(UNSAVED)
        expect(owner(card, 1).get_by_label("หมายเหตุ")).to_have_value("ร่วม")
        assert Activity.objects.get(text__plain="กิจกรรมแรก").owner_lines.count() == 1

    def test_a_server_that_does_not_answer(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        name_owner(card, 1, "สนผ.", joiner="หรือ", note="ร่วม")
        page.route("**/activities/", lambda route: route.fulfill(status=404, body="<p>proxy</p>"))
        press_save(card)
        expect(state_of(card)).to_contain_text("ยังไม่ได้บันทึก – ไม่พบรายการนี้แล้ว")
        expect(owner(card, 1).get_by_label("หมายเหตุ")).to_have_value("ร่วม")
        page.unroute_all()
        press_save(card)
        expect_saved(card)
        assert Activity.objects.get(text__plain="กิจกรรมแรก").owner_lines.count() == 2

    def test_a_session_that_ended_while_typing(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        # before the first key, so that no autosave is faster
        page.context.clear_cookies(name="sessionid")
        write(card, " ยังไม่บันทึก")
        card.locator("[data-pmqa-save-card]").click()
        expect(state_of(card)).to_contain_text("หมดเวลาการเข้าใช้")
        assert shown(page) == ["กิจกรรมแรก ยังไม่บันทึก", "กิจกรรมหลัง"]
        assert texts(round) == ["กิจกรรมแรก", "กิจกรรมหลัง"]


class TestWithoutScripts:
    def test_the_same_form_posts_and_saves(self, windows: Windows, world: World, round: Round) -> None:  # noqa: F811
        page = windows.open(world.here.people["committee_1"], scripts=False)
        page.goto(address(round, "1.1"))
        page.get_by_label(QUESTION).fill("บรรทัดแรก\nบรรทัดที่สอง")
        page.get_by_label("ผู้รับผิดชอบ", exact=True).fill("สนผ.")
        page.locator("[data-pmqa-save-card]").click()
        expect(page.get_by_role("status").get_by_text("บันทึกแล้ว", exact=True)).to_be_visible()
        assert texts(round, "1.1") == ["บรรทัดแรก\nบรรทัดที่สอง"]
        expect(page.get_by_label(QUESTION)).to_have_value("<p>บรรทัดแรก</p>\n<p>บรรทัดที่สอง</p>")

    def test_a_refused_post_keeps_the_text(self, windows: Windows, world: World, round: Round) -> None:  # noqa: F811
        page = windows.open(world.here.people["committee_1"], scripts=False)
        page.goto(address(round, "1.1"))
        page.get_by_label(QUESTION).fill("ยังอยู่")
        page.get_by_label("ผู้รับผิดชอบ", exact=True).fill("สำนักที่ไม่มี")
        page.locator("[data-pmqa-save-card]").click()
        expect(page.locator(".owner-line .errors")).to_contain_text("ไม่พบ “สำนักที่ไม่มี”")
        expect(page.get_by_label(QUESTION)).to_have_value("ยังอยู่")
        assert texts(round, "1.1") == []

    def test_another_activity_has_its_own_page_part(
        self,
        windows: Windows,
        world: World,  # noqa: F811
        round: Round,
    ) -> None:
        page = windows.open(world.here.people["committee_1"], scripts=False)
        page.goto(address(round, "1.2"))
        page.get_by_role("link", name="+ เพิ่มอีกกิจกรรม").click()
        page.get_by_label(QUESTION).nth(2).fill("กิจกรรมใหม่")
        cards(page).nth(2).locator("[data-pmqa-save-card]").click()
        assert texts(round) == ["กิจกรรมแรก", "กิจกรรมหลัง", "กิจกรรมใหม่"]


class TestLeaving:
    @staticmethod
    def expect_question(page: Page, link: str = "ข้อ 1.3 →") -> None:
        """Press a link; the browser asks, and one stays."""
        page.once("dialog", lambda dialog: dialog.dismiss())
        with page.expect_event("dialog") as asked:
            page.get_by_role("link", name=link).click()
        assert asked.value.type == "beforeunload"

    def test_unsaved_text_is_not_left_silently(self, page: Page) -> None:
        page.route(SAVE_PATHS, lambda route: route.abort())
        write(cards(page).nth(0), " ยังไม่บันทึก")
        self.expect_question(page)
        assert shown(page) == ["กิจกรรมแรก ยังไม่บันทึก", "กิจกรรมหลัง"]

    def test_a_refused_save_is_still_unsaved(self, page: Page) -> None:
        card = cards(page).nth(0)
        write(card, " ยังไม่บันทึก")
        name_owner(card, 1, "สำนักที่ไม่มี")
        press_save(card)
        expect(card.get_by_role("alert")).to_be_visible()
        self.expect_question(page)

    def test_a_failed_save_is_still_unsaved(self, page: Page) -> None:
        card = cards(page).nth(0)
        name_owner(card, 1, "สนผ.", joiner="หรือ", note="ร่วม")
        page.route("**/activities/", lambda route: route.fulfill(status=404, body=""))
        press_save(card)
        expect(state_of(card)).to_contain_text(UNSAVED)
        self.expect_question(page)

    def test_a_saved_text_is_left_without_a_question(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        write(card, " บันทึก")
        press_save(card)
        expect_saved(card)
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.get_by_role("link", name="ข้อ 1.3 →").click()
        expect(page).to_have_url(re.compile(address(round, "1.3")))

    def test_the_card_of_a_saved_text_does_not_forget_the_other_one(self, page: Page) -> None:
        name_owner(cards(page).nth(1), 1, "สนผ.", joiner="หรือ", note="ร่วม")
        write(cards(page).nth(0), " บันทึก")
        press_save(cards(page).nth(0))
        expect_saved(cards(page).nth(0))
        self.expect_question(page)

    def test_the_page_of_one_text_asks_too(self, page: Page, round: Round) -> None:
        page.goto(address(round, "1.2") + "text/analysis/")
        page.route("**/text/analysis/save/", lambda route: route.abort())
        page.locator(".editor .ProseMirror").click()
        page.keyboard.type("บทวิเคราะห์")
        self.expect_question(page, "← ข้อ 1.2")
        page.get_by_role("button", name="บันทึก", exact=True).click()
        expect(page.locator("[data-pmqa-state]")).to_contain_text("จะลองใหม่")
        self.expect_question(page, "← ข้อ 1.2")
        page.unroute_all()
        page.get_by_role("button", name="บันทึก", exact=True).click()
        expect(page.get_by_text("บันทึกบทวิเคราะห์แล้ว")).to_be_visible()
        assert criterion(round, "1.2").analysis.plain == "บทวิเคราะห์"
