"""Texts that are saved while one writes, in a real Chromium: what the page says is what stands in the database."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from assessment.models import Round
from assessment.services.rounds import close_round
from organizations.enums import Role
from tests.browser.conftest import Windows
from tests.browser.criterion_page import (
    SAVE_PATHS,
    UNSAVED,
    cards,
    expect_saved,
    name_owner,
    opened,
    press_save,
    state_of,
    stored,
    text_of,
    two_paragraphs,
    write,
)
from tests.world import World, criterion, world  # noqa: F401
from texts.models import Proposal, Revision

pytestmark = pytest.mark.browser
OWNERS_UNSAVED = "ผู้รับผิดชอบยังไม่ได้บันทึก กรุณากดบันทึก"


@pytest.fixture
def round(transactional_db: None, world: World) -> Round:  # noqa: F811
    """An open round with one activity of two paragraphs in 1.2."""
    return two_paragraphs(world)


@pytest.fixture
def page(windows: Windows, world: World, round: Round) -> Page:  # noqa: F811
    """The committee of category 1 on 1.2."""
    return opened(windows, world, round)


class TestSaving:
    def test_a_text_is_saved_a_second_after_the_last_key(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        write(card, " ใหม่")
        expect(state_of(card)).to_have_text(UNSAVED)
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่</p>"]

    def test_only_the_text_that_was_committed_is_called_saved(self, page: Page, round: Round) -> None:
        held: list[Route] = []
        page.route(SAVE_PATHS, lambda route: held.append(route))
        card = cards(page).nth(0)
        write(card, " หนึ่ง")
        expect(state_of(card)).to_have_text("กำลังบันทึก…")
        write(card, " สอง")
        with page.expect_response(SAVE_PATHS):
            held[0].continue_()
        page.unroute(SAVE_PATHS)
        expect(state_of(card)).to_have_text(UNSAVED)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง หนึ่ง</p>"]
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง หนึ่ง สอง</p>"]

    def test_the_first_text_of_a_new_card_makes_the_activity(self, page: Page, round: Round) -> None:
        page.get_by_role("link", name="+ เพิ่มอีกกิจกรรม").click()
        expect(page.locator(".editor")).to_have_count(2)
        card = cards(page).nth(1)
        write(card, "ก")
        expect_saved(card)
        write(card, "ข")
        expect_saved(card)
        assert stored(round)[1:] == ["<p>กข</p>"]
        expect(page.locator("#criterion-state")).to_contain_text("ผู้รับผิดชอบ")
        card.get_by_role("button", name="เลื่อนขึ้น").click()
        expect(text_of(cards(page).nth(0))).to_have_text("กข")
        assert stored(round)[0] == "<p>กข</p>"
        cards(page).nth(0).get_by_role("button", name="นำกิจกรรมนี้ออก").click()
        expect(cards(page).nth(0)).to_contain_text("นำกิจกรรมนี้ออกแล้ว: กข")

    def test_a_new_card_that_is_emptied_again_makes_nothing(self, page: Page, round: Round) -> None:
        page.get_by_role("link", name="+ เพิ่มอีกกิจกรรม").click()
        expect(page.locator(".editor")).to_have_count(2)
        card = cards(page).nth(1)
        write(card, "ก")
        page.keyboard.press("Backspace")
        expect(state_of(card)).to_have_text("")
        page.wait_for_timeout(1_500)
        assert len(stored(round)) == 1
        press_save(card)
        expect(card.locator(".error-summary")).to_contain_text("กรุณาเขียนว่าปีนี้จะทำอะไร")

    def test_unsaved_owners_are_named_although_the_text_is_saved(
        self,
        page: Page,
        round: Round,
        world: World,  # noqa: F811
    ) -> None:
        card = cards(page).nth(0)
        name_owner(card, 1, "สนผ.", joiner="หรือ", note="ร่วม")
        expect(state_of(card)).to_have_text(OWNERS_UNSAVED)
        with page.expect_response(SAVE_PATHS):
            write(card, " ใหม่")
        expect(state_of(card)).to_have_text(OWNERS_UNSAVED)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่</p>"]
        press_save(card)
        expect_saved(card)
        activity = criterion(round, "1.2").activity_places.get().activity
        assert activity.owner_lines.count() == 2
        assert activity.text.version == 2

    def test_the_button_sends_the_text_and_the_owners(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        name_owner(card, 1, "สนผ.", joiner="หรือ", note="ร่วม")
        write(card, " ใหม่")
        press_save(card)
        expect_saved(card)
        activity = criterion(round, "1.2").activity_places.get().activity
        assert (activity.text.version, activity.owner_lines.count()) == (2, 2)
        write(cards(page).nth(0), " อีก")
        expect_saved(cards(page).nth(0))
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่ อีก</p>"]

    def test_a_text_on_a_page_of_its_own(self, page: Page, round: Round) -> None:
        page.goto(f"{page.url}text/analysis/")
        page.locator(".editor .ProseMirror").click()
        page.keyboard.type("บทวิเคราะห์")
        expect(page.locator("[data-pmqa-state]")).to_have_text(re.compile("^✓ บันทึกแล้ว"))
        assert criterion(round, "1.2").analysis.plain == "บทวิเคราะห์"
        page.keyboard.type(" ต่อ")
        page.get_by_role("button", name="บันทึก", exact=True).click()
        page.wait_for_url("**/1.2/")
        text = criterion(round, "1.2").analysis
        assert (text.plain, text.version) == ("บทวิเคราะห์ ต่อ", 2)

    def test_a_link_takes_the_last_words_along(self, page: Page, round: Round) -> None:
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        write(cards(page).nth(0), " ใหม่")
        page.get_by_role("link", name="← ทั้งหมวดเป็นตาราง").click()
        page.wait_for_url("**/category-1/")
        assert (asked, stored(round)) == ([], ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่</p>"])

    def test_another_form_of_the_page_takes_them_along_too(self, page: Page, round: Round) -> None:
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        write(cards(page).nth(0), " ใหม่")
        page.get_by_role("button", name="ทำเสร็จแล้ว").click()
        expect(page.get_by_role("button", name="✓ ทำเสร็จแล้ว (ยกเลิก)")).to_be_visible()
        assert (asked, stored(round)) == ([], ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่</p>"])


class TestTwoWindows:
    @pytest.fixture
    def other(self, windows: Windows, world: World, round: Round) -> Page:  # noqa: F811
        """The secretariat on the same criterion."""
        return opened(windows, world, round, Role.SECRETARIAT)

    @pytest.fixture
    def conflict(self, page: Page, other: Page) -> Page:
        """The committee, whose last paragraph was changed by the secretariat while it wrote there."""
        write(cards(other).nth(0), " ของเลขานุการ")
        expect_saved(cards(other).nth(0))
        write(cards(page).nth(0), " ของคณะทำงาน")
        expect(page.get_by_role("heading", name="มีผู้แก้ไขข้อความนี้ก่อนท่าน")).to_be_visible()
        return page

    def test_changes_of_different_paragraphs_are_merged(self, page: Page, other: Page, round: Round) -> None:
        text_of(cards(other).nth(0)).locator("p").nth(0).click()
        other.keyboard.press("End")
        other.keyboard.type(" ของเลขานุการ")
        expect_saved(cards(other).nth(0))
        card = cards(page).nth(0)
        write(card, " ของฉัน")
        expect(page.locator("[data-pmqa-merged]")).to_contain_text("รวมข้อความที่ผู้อื่นแก้ไข")
        expect(text_of(card)).to_be_focused()
        page.keyboard.type(" ต่อ")
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก ของเลขานุการ</p><p>ย่อหน้าหลัง ของฉัน ต่อ</p>"]
        page.get_by_role("button", name="ปิดข้อความนี้").click()
        expect(page.locator("[data-pmqa-merged]")).to_have_count(0)

    def test_mine_becomes_the_new_version(self, conflict: Page, round: Round) -> None:
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ของเลขานุการ</p>"]
        conflict.get_by_role("button", name="ใช้ข้อความของฉันเป็นฉบับใหม่").click()
        expect_saved(cards(conflict).nth(0))
        expect(conflict.locator("[data-pmqa-conflict-heading]")).to_have_count(0)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ของคณะทำงาน</p>"]

    def test_theirs_stays_and_mine_is_in_the_history(self, conflict: Page, round: Round) -> None:
        conflict.get_by_role("button", name="ใช้ฉบับของผู้อื่น").click()
        card = cards(conflict).nth(0)
        expect_saved(card)
        expect(text_of(card)).to_have_text("ย่อหน้าแรกย่อหน้าหลัง ของเลขานุการ")
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ของเลขานุการ</p>"]
        assert Revision.objects.filter(html__contains="ของคณะทำงาน").count() == 1
        write(card, " แล้วต่อ")
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ของเลขานุการ แล้วต่อ</p>"]

    def test_merged_by_hand_with_a_preview(self, conflict: Page, round: Round) -> None:
        conflict.get_by_role("button", name="รวมเอง").click()
        card = cards(conflict).nth(0)
        preview = conflict.get_by_role("region", name="ข้อความที่จะบันทึก")
        for text in (text_of(card), preview):
            expect(text).to_contain_text("ของเลขานุการ")
            expect(text).to_contain_text("ของคณะทำงาน")
        text_of(card).click()
        conflict.keyboard.press("Control+a")
        conflict.keyboard.type("ของเราทั้งสอง")
        expect(preview).to_have_text("ของเราทั้งสอง")
        conflict.get_by_role("button", name="บันทึกข้อความที่รวมแล้ว").click()
        expect_saved(card)
        assert stored(round) == ["<p>ของเราทั้งสอง</p>"]

    def test_typing_goes_on_beside_a_conflict(self, conflict: Page, round: Round) -> None:
        expect(text_of(cards(conflict).nth(0))).to_be_focused()
        conflict.keyboard.type(" พิมพ์ต่อ")
        conflict.wait_for_timeout(1_500)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ของเลขานุการ</p>"]
        cards(conflict).nth(0).locator("[data-pmqa-save-card]").click()
        expect(state_of(cards(conflict).nth(0))).to_contain_text("กรุณาเลือกด้านบน")
        conflict.get_by_role("button", name="ใช้ข้อความของฉันเป็นฉบับใหม่").click()
        expect_saved(cards(conflict).nth(0))
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ของคณะทำงาน พิมพ์ต่อ</p>"]

    def test_who_else_is_here_and_a_newer_text_are_shown(self, page: Page, other: Page, round: Round) -> None:
        expect(other.locator("[data-pmqa-presence]")).to_have_text("กำลังอยู่ในข้อนี้: senate-committee-1")
        write(cards(other).nth(0), " ของเลขานุการ")
        expect_saved(cards(other).nth(0))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator(".newer-text")).to_contain_text("บันทึกข้อความใหม่เมื่อ")
        expect(text_of(cards(page).nth(0))).to_have_text("ย่อหน้าแรกย่อหน้าหลัง")
        page.get_by_role("button", name="แสดง", exact=True).click()
        expect(text_of(cards(page).nth(0))).to_have_text("ย่อหน้าแรกย่อหน้าหลัง ของเลขานุการ")


class TestLateText:
    def test_a_text_after_closing_is_kept_as_a_proposal(
        self,
        page: Page,
        round: Round,
        world: World,  # noqa: F811
    ) -> None:
        close_round(round=round, by=world.here.people[Role.SECRETARIAT])
        write(cards(page).nth(0), " มาช้า")
        expect(page.get_by_role("alert")).to_contain_text("แบบฟอร์มปีนี้ปิดแล้ว")
        expect(state_of(cards(page).nth(0))).to_have_text("เก็บไว้เพื่อพิจารณาแล้ว")
        assert Proposal.objects.get().html == "<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง มาช้า</p>"
        assert page.evaluate("document.querySelector('[data-pmqa-unsaved]')") is None

    def test_what_is_typed_after_that_is_not_called_kept(
        self,
        page: Page,
        round: Round,
        world: World,  # noqa: F811
    ) -> None:
        close_round(round=round, by=world.here.people[Role.SECRETARIAT])
        card = cards(page).nth(0)
        write(card, " มาช้า")
        expect(state_of(card)).to_have_text("เก็บไว้เพื่อพิจารณาแล้ว")
        write(card, " กว่านั้น")
        expect(state_of(card)).to_have_text(UNSAVED)
        page.get_by_role("button", name="ออกจากระบบ").click()
        page.wait_for_url("**/accounts/login/")
        kept = Proposal.objects.order_by("pk").values_list("html", flat=True)
        assert [html[-17:] for html in kept] == ["หน้าหลัง มาช้า</p>"[-17:], " มาช้า กว่านั้น</p>"[-17:]]


class TestKeys:
    def test_ctrl_s_saves_the_card_at_the_cursor_with_its_owners(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        name_owner(card, 1, "สนผ.", joiner="หรือ", note="ร่วม")
        write(card, " ใหม่")
        page.keyboard.press("Control+s")
        expect_saved(cards(page).nth(0))
        activity = criterion(round, "1.2").activity_places.get().activity
        assert (activity.text.plain, activity.owner_lines.count()) == ("ย่อหน้าแรก\nย่อหน้าหลัง ใหม่", 2)

    def test_ctrl_s_on_the_page_of_one_text_stays_there(self, page: Page, round: Round) -> None:
        page.goto(f"{page.url}text/remedies/")
        page.locator(".editor .ProseMirror").click()
        page.keyboard.type("แนวทาง")
        page.keyboard.press("Control+s")
        expect(page.locator("[data-pmqa-state]")).to_have_text(re.compile("^✓ บันทึกแล้ว"))
        assert criterion(round, "1.2").remedies.plain == "แนวทาง"

    def test_the_next_criterion_from_inside_the_editor(self, page: Page, round: Round) -> None:
        write(cards(page).nth(0), " ใหม่")
        page.keyboard.press("Alt+PageDown")
        page.wait_for_url("**/1.3/")
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่</p>"]
        page.keyboard.press("Alt+PageUp")
        page.wait_for_url("**/1.2/")
