"""Texts that could not be sent: the line is cut, the session has ended, the window is gone. None of them is lost."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from assessment.models import Round
from assessment.views import autosave
from organizations.models import User
from tests.browser.conftest import Windows
from tests.browser.criterion_page import (
    SAVE_PATHS,
    address,
    cards,
    expect_saved,
    opened,
    state_of,
    stored,
    text_of,
    two_paragraphs,
    write,
)
from tests.world import World, criterion, world  # noqa: F401
from texts.models import Revision

pytestmark = pytest.mark.browser
RESTORED = re.compile("นำข้อความที่พิมพ์ค้างไว้เมื่อ .* กลับมาแล้ว")


@pytest.fixture
def round(transactional_db: None, world: World) -> Round:  # noqa: F811
    """An open round with one activity of two paragraphs in 1.2."""
    return two_paragraphs(world)


@pytest.fixture
def page(windows: Windows, world: World, round: Round) -> Page:  # noqa: F811
    """The committee of category 1 on 1.2."""
    return opened(windows, world, round)


class Line:
    """The way to the database: while it is cut no text gets in, but pages still come out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def cut(self) -> None:
        """Every save is refused as by a database that does not answer."""

        def refuse(**sent: object) -> None:
            raise OperationalError("database is locked")

        # in the server and not in the browser, whose last requests of a closing page pass by Playwright
        self.monkeypatch.setattr(autosave, "save_activity_text", refuse)

    def mend(self) -> None:
        """Texts get in again."""
        self.monkeypatch.undo()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """The line of all browsers of the test."""
    return Line(monkeypatch)


def kept(page: Page) -> list[str]:
    """What the browser keeps, as markup."""
    return list(
        page.evaluate(
            """() => new Promise((resolve) => {
                const request = indexedDB.open("pmqa-unsent", 1);
                request.onsuccess = () => {
                    const rows = request.result.transaction("texts").objectStore("texts").getAll();
                    rows.onsuccess = () => { request.result.close(); resolve(rows.result.map((row) => row.html)); };
                };
            })"""
        )
    )


def type_unsent(page: Page, text: str) -> None:
    """Type behind the first text of the page and wait until the browser keeps it."""
    card = cards(page).nth(0)
    write(card, text)
    expect(state_of(card)).to_contain_text("จะลองใหม่ ข้อความยังอยู่ในเครื่องนี้")
    assert [html.endswith(f"{text}</p>") for html in kept(page)] == [True]


def sign_in(page: Page, user: User) -> None:
    """Another session in the same browser."""
    client = Client()
    client.force_login(user)
    site = re.sub(r"(?<=\d)/.*", "/", page.url)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


class TestTheLine:
    def test_cut_while_typing(self, page: Page, round: Round) -> None:
        """Thirty seconds of the page's own clock pass between the first try and the one that gets through."""
        page.clock.install()
        card = cards(page).nth(0)
        page.context.set_offline(True)
        write(card, " ขณะสายหลุด")
        page.clock.run_for(1_500)
        expect(state_of(card)).to_have_text("ยังไม่ได้บันทึก – ไม่มีสัญญาณเครือข่าย จะลองใหม่ ข้อความยังอยู่ในเครื่องนี้")
        for words in (" ยังพิมพ์", " ได้ต่อ"):
            write(card, words)
            page.clock.run_for(15_000)
        expect(state_of(card)).to_contain_text("ไม่มีสัญญาณเครือข่าย")
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง</p>"]
        page.context.set_offline(False)
        page.clock.run_for(5_000)
        page.clock.resume()
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ขณะสายหลุด ยังพิมพ์ ได้ต่อ</p>"]
        assert kept(page) == []

    def test_an_answer_that_was_lost_makes_no_second_version(self, page: Page, round: Round) -> None:
        def lose(route: Route) -> None:
            route.fetch()
            route.abort()

        page.route(SAVE_PATHS, lose, times=1)
        card = cards(page).nth(0)
        write(card, " หนึ่ง")
        expect(state_of(card)).to_contain_text("จะลองใหม่")
        write(card, " สอง")
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง หนึ่ง สอง</p>"]
        assert [revision.version for revision in Revision.objects.order_by("version")] == [1, 2, 3]

    def test_a_server_that_asks_for_patience_gets_it(self, page: Page, round: Round) -> None:
        answers = [{"status": 503, "headers": {"Retry-After": "1"}}, {"status": 200, "body": "<html>"}]
        page.route(
            SAVE_PATHS, lambda route: route.fulfill(**answers.pop(0)) if answers else route.continue_()
        )
        card = cards(page).nth(0)
        write(card, " ใหม่")
        expect(state_of(card)).to_contain_text("เครื่องแม่ข่ายมีงานมาก")
        expect(state_of(card)).to_contain_text("เครื่องแม่ข่ายขัดข้อง")
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่</p>"]


class TestTheSession:
    def test_ended_while_typing(self, page: Page, round: Round, world: World) -> None:  # noqa: F811
        card = cards(page).nth(0)
        Session.objects.all().delete()
        write(card, " หลังหมดเวลา")
        expect(state_of(card)).to_contain_text("หมดเวลาการเข้าใช้ ข้อความยังอยู่ในเครื่องนี้")
        link = card.get_by_role("link", name="เข้าใช้อีกครั้ง")
        assert (link.get_attribute("target"), link.get_attribute("href")) == ("_blank", "/accounts/login/")
        write(card, " พิมพ์ต่อ")
        sign_in(page, world.here.people["committee_1"])
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง หลังหมดเวลา พิมพ์ต่อ</p>"]

    def test_somebody_else_signed_in_meanwhile(self, page: Page, round: Round, world: World) -> None:  # noqa: F811
        """Nothing is saved under the wrong name, and nothing is shown to the wrong person."""
        card = cards(page).nth(0)
        sign_in(page, world.here.people["secretariat"])
        write(card, " ของคณะทำงาน")
        expect(page.get_by_role("alert")).to_contain_text("มีผู้อื่นเข้าใช้ในเครื่องนี้")
        assert len(kept(page)) == 1
        other = page.context.new_page()
        other.goto(address(round, "1.2"))
        expect(text_of(cards(other).nth(0))).to_have_text("ย่อหน้าแรกย่อหน้าหลัง")
        other.wait_for_timeout(500)
        expect(text_of(cards(other).nth(0))).to_have_text("ย่อหน้าแรกย่อหน้าหลัง")
        expect(other.locator(".unsent-strip")).to_have_count(0)
        other.close()
        sign_in(page, world.here.people["committee_1"])
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ของคณะทำงาน</p>"]


class TestTheWindow:
    def test_reloaded_with_unsent_text(self, page: Page, round: Round, line: Line) -> None:
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        line.cut()
        type_unsent(page, " ยังไม่ส่ง")
        page.reload()
        assert asked == ["beforeunload"]
        card = cards(page).nth(0)
        expect(card.locator(".editor-message")).to_have_text(RESTORED)
        expect(text_of(card)).to_have_text("ย่อหน้าแรกย่อหน้าหลัง ยังไม่ส่ง")
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง</p>"]
        line.mend()
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ยังไม่ส่ง</p>"]
        assert kept(page) == []

    def test_a_crashed_window_meets_somebody_elses_text(
        self,
        page: Page,
        windows: Windows,
        round: Round,
        world: World,  # noqa: F811
        line: Line,
    ) -> None:
        line.cut()
        type_unsent(page, " ก่อนหน้าต่างล่ม")
        with page.expect_event("crash"), suppress(PlaywrightError):
            page.goto("chrome://crash")
        line.mend()
        other = opened(windows, world, round, "secretariat")
        text_of(cards(other).nth(0)).locator("p").nth(0).click()
        other.keyboard.press("End")
        other.keyboard.type(" ของเลขานุการ")
        expect_saved(cards(other).nth(0))
        again = page.context.new_page()
        again.goto(address(round, "1.2"))
        expect(again.locator("[data-pmqa-merged]")).to_be_visible()
        expect_saved(cards(again).nth(0))
        assert stored(round) == ["<p>ย่อหน้าแรก ของเลขานุการ</p><p>ย่อหน้าหลัง ก่อนหน้าต่างล่ม</p>"]
        assert kept(again) == []

    def test_new_cards_come_back_and_make_one_activity_each(
        self, page: Page, round: Round, line: Line
    ) -> None:
        line.cut()
        page.goto(address(round, "1.1"))
        write(cards(page).nth(0), "แรก")
        page.get_by_role("link", name="+ เพิ่มอีกกิจกรรม").click()
        expect(page.locator(".editor")).to_have_count(2)
        write(cards(page).nth(1), "หลัง")
        expect(state_of(cards(page).nth(1))).to_contain_text("จะลองใหม่")
        page.reload()
        expect(page.locator(".editor")).to_have_count(2)
        expect(text_of(cards(page).nth(0))).to_have_text("แรก")
        expect(text_of(cards(page).nth(1))).to_have_text("หลัง")
        line.mend()
        for place in (0, 1):
            expect_saved(cards(page).nth(place))
        assert stored(round, "1.1") == ["<p>แรก</p>", "<p>หลัง</p>"]
        cards(page).nth(0).locator("[data-pmqa-save-card]").click()
        expect(cards(page).nth(0).get_by_role("button", name="นำกิจกรรมนี้ออก")).to_be_visible()
        assert stored(round, "1.1") == ["<p>แรก</p>", "<p>หลัง</p>"]

    def test_what_a_closed_page_left_is_sent_from_another_one(
        self, page: Page, round: Round, line: Line
    ) -> None:
        line.cut()
        type_unsent(page, " จากหน้าที่ปิดไป")
        page.close()
        home = page.context.new_page()
        home.goto("/")
        strip = home.locator(".unsent-strip")
        expect(strip).to_contain_text("มีข้อความที่ยังไม่ได้ส่ง 1 รายการ")
        expect(strip.get_by_role("link")).to_have_attribute("href", address(round, "1.2"))
        line.mend()
        strip.get_by_role("button", name="ส่งตอนนี้").click()
        expect(strip).to_have_text("ส่งข้อความที่พิมพ์ค้างไว้ในเครื่องนี้แล้ว 1 รายการ")
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง จากหน้าที่ปิดไป</p>"]
        assert kept(home) == []


class TestSigningOut:
    def test_sends_what_is_unsent(self, page: Page, round: Round) -> None:
        write(cards(page).nth(0), " สุดท้าย")
        page.get_by_role("button", name="ออกจากระบบ").click()
        page.wait_for_url("**/accounts/login/")
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง สุดท้าย</p>"]
        assert kept(page) == []

    def test_offers_a_file_where_nothing_gets_through(self, page: Page, round: Round, line: Line) -> None:
        line.cut()
        type_unsent(page, " ส่งไม่ได้")
        page.get_by_role("button", name="ออกจากระบบ").click()
        dialog = page.get_by_role("dialog", name="ส่งข้อความไม่สำเร็จ")
        expect(dialog).to_contain_text("มีข้อความที่ยังไม่ได้ส่ง 1 รายการ")
        with page.expect_download() as download:
            dialog.get_by_role("button", name="ดาวน์โหลดเป็นไฟล์").click()
        file = Path(download.value.path()).read_text(encoding="utf-8")
        assert "<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ส่งไม่ได้</p>" in file
        dialog.get_by_role("button", name="ออกจากระบบโดยลบข้อความที่ค้าง").click()
        page.wait_for_url("**/accounts/login/")
        assert kept(page) == []
        assert criterion(round, "1.2").activity_places.get().activity.text.version == 1
