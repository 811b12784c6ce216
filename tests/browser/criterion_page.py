"""The criterion page as a person sees it: words of the page, and what one does with a card."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Route, expect

from assessment.models import Round
from assessment.services.rounds import create_round, open_round
from organizations.enums import Role
from tests.browser.conftest import Windows
from tests.world import World, criterion, write_activity

QUESTION = "ปีนี้จะทำอะไร"
UNSAVED = "ยังไม่ได้บันทึก"


def blank_round(world: World) -> Round:
    """An open round of «senate» in which nobody has written yet."""
    by = world.here.people[Role.SECRETARIAT]
    round = create_round(agency=world.here.agency, year=2565, edition=world.edition, by=by)
    open_round(round=round, by=by)
    return round


def address(round: Round, code: str) -> str:
    """Where the criterion is written."""
    return f"/a/{round.agency.code}/{round.year}/{code}/"


def cards(page: Page) -> Locator:
    """The activities that can be written."""
    return page.locator("[data-pmqa-cards] > article")


def text_of(card: Locator) -> Locator:
    """The text that is edited, found as a screen reader finds it once the editor has started."""
    return card.locator(".editor").get_by_role("textbox", name=QUESTION)


def write(card: Locator, text: str) -> None:
    """Type behind what stands there already."""
    text_of(card).click()
    card.page.keyboard.press("Control+End")
    card.page.keyboard.type(text)


def owner(card: Locator, place: int) -> Locator:
    """The name in this place of the owner line, from 0, as it is seen."""
    return card.locator("[data-pmqa-owner-row]:visible").nth(place)


def name_owner(card: Locator, place: int, name: str, *, joiner: str = "", note: str = "") -> None:
    """Fill one line of the owners, adding it when it is not there yet."""
    if card.locator("[data-pmqa-owner-row]:visible").count() <= place:
        card.get_by_role("button", name="+ เพิ่มผู้รับผิดชอบ").click()
    line = owner(card, place)
    line.get_by_label("ผู้รับผิดชอบ", exact=True).fill(name)
    if joiner:
        line.get_by_label("คำเชื่อม").select_option(joiner)
    if note:
        line.get_by_label("หมายเหตุ").fill(note)


def press_save(card: Locator) -> None:
    """Press the card's button and wait for the answer."""
    with card.page.expect_response("**/activities/"):
        card.locator("[data-pmqa-save-card]").click()


def state_of(card: Locator) -> Locator:
    """What the card says about its last save."""
    return card.locator("[data-pmqa-state]")


def expect_saved(card: Locator) -> None:
    """The card tells the time of the save."""
    expect(state_of(card)).to_have_text(re.compile(r"^✓ บันทึกแล้ว \d\d:\d\d:\d\d น\.$"))


# where the text of an activity is saved while one writes
SAVE_PATHS = re.compile(r"/activities/[0-9a-f-]{36}/text/$")


def two_paragraphs(world: World) -> Round:
    """An open round with one activity of two paragraphs in 1.2."""
    made = blank_round(world)
    html = "<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง</p>"
    write_activity(made, "1.2", html, owners=[world.here.unit], by=world.here.people["committee_1"])
    return made


def opened(windows: Windows, world: World, round: Round, who: str = "committee_1") -> Page:
    """A window of this person on 1.2, with its editor running."""
    page = windows.open(world.here.people[who])
    page.goto(address(round, "1.2"))
    expect(page.locator(".editor")).to_have_count(1)
    return page


def stored(round: Round, code: str = "1.2") -> list[str]:
    """The texts of the criterion, as markup."""
    places = criterion(round, code).activity_places.select_related("activity__text")
    return [place.activity.text.html for place in places]


class HeldAutosave:
    """Nothing is sent by itself until it is let go, so that a test can look at a page that holds unsent text."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self.open = False
        page.route(SAVE_PATHS, lambda route: self._take(route))

    def _take(self, route: Route) -> None:
        if self.open:
            route.continue_()
        else:
            self.held.append(route)

    def let_go(self) -> None:
        """What was held goes on, and whatever comes later passes."""
        self.open = True
        for route in self.held:
            route.continue_()
