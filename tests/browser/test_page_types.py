"""Every address that shows a page, as somebody who may read it: no grave barrier, no page wider than its window.

The addresses are those of tests/url_table.py, so that a new page is looked at from its first day. One test looks
at all pages of one person, because making one of everything takes longer than looking at a page.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser.conftest import Windows
from tests.browser.inspection import faults_of, person, report
from tests.url_rows import Row
from tests.url_table import TABLE
from tests.url_world import Everything

pytestmark = pytest.mark.browser

# Files to save, pictures and answers to programs.
FILES = {
    "edition_download",
    "member_template",
    "feedback_export",
    "feedback_template",
    "practice_template",
    "practice_export",
    "export_file",
    "issue_file",
    "sheet_step_file",
    "comment_scan",
    "feedback_paper",
    "gap_csv",
}
NO_PAGES = FILES | {"live", "ready", "figure", "presence"}
# Who sees most of a page comes first.
VIEWERS = ("secretariat", "own committee", "installation admin", "stranger")
# The sign-in leads a signed-in person elsewhere; it stands among the public pages.
PAGES = [row for row in TABLE if row.get and row.get_status == 200 and row.name not in NO_PAGES]
PUBLIC = [row for row in TABLE if row.public and row.public[0] == 200 and row.name not in NO_PAGES]
WHERE_ONE_ONLY_READS = {"home", "round", "sheet", "criterion", "practice_list", "feedback_list"}


def pages_of(viewer: str) -> list[Row]:
    """The pages that nobody before this person in VIEWERS may read."""
    return [row for row in PAGES if row.get and viewer == next(who for who in VIEWERS if who in row.get)]


def check(windows: Windows, everything: Everything, rows: list[Row], viewer: str) -> None:
    """Open the pages one after another and look at them."""
    assert rows
    page = windows.open(person(everything, viewer))
    faults: dict[str, list[str]] = {}
    for row in rows:
        answer = page.goto(reverse(row.name, kwargs=row.kwargs(everything.here)))
        assert answer
        found = faults_of(page) if answer.status == 200 else [f"status {answer.status}"]
        if found:
            faults[str(row)] = found
    assert not faults, report(faults)


@pytest.mark.parametrize("half", [0, 1])
def test_pages_of_the_secretariat(windows: Windows, everything: Everything, half: int) -> None:
    check(windows, everything, pages_of("secretariat")[half::2], "secretariat")


def test_pages_of_the_installation_administrator(windows: Windows, everything: Everything) -> None:
    check(windows, everything, pages_of("installation admin"), "installation admin")


def test_public_pages(windows: Windows, everything: Everything) -> None:
    check(windows, everything, PUBLIC, "")


def test_pages_of_a_reader(windows: Windows, everything: Everything) -> None:
    check(windows, everything, [row for row in PAGES if row.name in WHERE_ONE_ONLY_READS], "executive")


@pytest.mark.parametrize("viewer", ["own committee", "unit_officer", "installation admin", "stranger"])
def test_home_by_role(windows: Windows, everything: Everything, viewer: str) -> None:
    check(windows, everything, [row for row in PAGES if row.name == "home"], viewer)


def test_every_page_has_a_viewer() -> None:
    assert {viewer for viewer in VIEWERS if pages_of(viewer)} == {"secretariat", "installation admin"}
