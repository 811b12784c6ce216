"""Texts that are saved while one writes, in a real Chromium: what stands in the database is what the page says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from assessment.models import Round
from organizations.enums import Role
from tests.browser.conftest import Windows
from tests.browser.criterion_page import (
    address,
    blank_round,
    cards,
    expect_saved,
    state_of,
    text_of,
    write,
)
from tests.world import World, criterion, world, write_activity  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def round(transactional_db: None, world: World) -> Round:  # noqa: F811
    """An open round with one activity of two paragraphs in 1.2."""
    made = blank_round(world)
    by = world.here.people["committee_1"]
    write_activity(made, "1.2", "<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง</p>", owners=[world.here.unit], by=by)
    return made


@pytest.fixture
def page(windows: Windows, world: World, round: Round) -> Page:  # noqa: F811
    """The committee of category 1 on 1.2."""
    return opened(windows, world, round)


def opened(windows: Windows, world: World, round: Round, who: str = "committee_1", code: str = "1.2") -> Page:  # noqa: F811
    """A window of this person on a criterion."""
    page = windows.open(world.here.people[who])
    page.goto(address(round, code))
    expect(page.locator(".editor")).to_have_count(1)
    return page


def stored(round: Round, code: str = "1.2") -> list[str]:
    """The texts of the criterion, as markup."""
    places = criterion(round, code).activity_places.select_related("activity__text")
    return [place.activity.text.html for place in places]


class TestSaving:
    def test_a_text_is_saved_a_second_after_the_last_key(self, page: Page, round: Round) -> None:
        card = cards(page).nth(0)
        write(card, " ใหม่")
        expect(state_of(card)).to_have_text("ยังไม่ได้บันทึก")
        expect_saved(card)
        assert stored(round) == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าหลัง ใหม่</p>"]
