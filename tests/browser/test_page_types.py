"""Every address that shows a page, as somebody who may read it: no grave barrier, no page wider than its window.

The addresses are those of tests/url_table.py, so that a new page is looked at from its first day.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from organizations.enums import Role
from organizations.models import User
from tests.browser.conftest import Windows
from tests.browser.inspection import faults_of
from tests.url_rows import Row
from tests.url_table import TABLE
from tests.url_world import Everything

pytestmark = pytest.mark.browser

# Files, pictures and answers to programs.
NO_PAGES = {"live", "ready", "edition_download", "member_template", "figure", "export_file"}
# Who sees most of a page comes first.
VIEWERS = ("secretariat", "own committee", "installation admin", "stranger")
# The sign-in leads a signed-in person elsewhere; it stands among the public pages.
PAGES = [row for row in TABLE if row.get and row.get_status == 200 and row.name not in NO_PAGES]
PUBLIC = [row for row in TABLE if row.public and row.public[0] == 200 and row.name not in NO_PAGES]
READ_ONLY = [row for row in PAGES if row.name in {"home", "round", "sheet", "criterion", "practice_list"}]


def person(everything: Everything, standing: str) -> User:
    """Somebody of «senate» who stands like this to its objects."""
    people = everything.here.place.people
    outside = {"installation admin": everything.world.admin, "stranger": everything.world.stranger}
    return outside.get(standing) or people["committee_1" if standing == "own committee" else standing]


def check(windows: Windows, everything: Everything, row: Row, user: User | None) -> None:
    """Open the page and look at it."""
    page = windows.open(user)
    answer = page.goto(reverse(row.name, kwargs=row.kwargs(everything.here)))
    assert answer
    assert answer.status == 200
    assert faults_of(page) == []


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_page(looking: Windows, everything: Everything, row: Row) -> None:
    viewer = next(standing for standing in VIEWERS if row.get and standing in row.get)
    check(looking, everything, row, person(everything, viewer))


@pytest.mark.parametrize("row", PUBLIC, ids=str)
def test_public_page(looking: Windows, everything: Everything, row: Row) -> None:
    check(looking, everything, row, None)


@pytest.mark.parametrize("row", READ_ONLY, ids=str)
def test_page_of_a_reader(looking: Windows, everything: Everything, row: Row) -> None:
    check(looking, everything, row, person(everything, Role.EXECUTIVE))


@pytest.mark.parametrize("standing", ["own committee", "unit_officer", "installation admin", "stranger"])
def test_home_by_role(looking: Windows, everything: Everything, standing: str) -> None:
    row = next(row for row in TABLE if row.name == "home")
    check(looking, everything, row, person(everything, standing))
