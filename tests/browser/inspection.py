"""What must hold on every page: axe finds nothing grave, and the page fits into its window."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from organizations.models import User
from tests.url_world import Everything

PHONE, SMALL_SCREEN, SCREEN = 360, 1366, 1440
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
    # nothing comes from elsewhere, so there are no style sheets to fetch a second time
    "preload": False,
}
GRAVE = {"moderate", "serious", "critical"}
# Folded parts are pages of their own to a reader; the menu lies over the page and is looked at by itself.
UNFOLD = "document.querySelectorAll('details:not([data-pmqa-menu])').forEach(part => { part.open = true })"
# The width that the page takes, and what sticks out: those that no scrolling frame of their own holds.
STICKING_OUT = """() => {
    const room = innerWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const framed = (node) => node && node !== document.body &&
        (getComputedStyle(node).overflowX !== "visible" || framed(node.parentElement));
    const wide = [...document.querySelectorAll("body *")]
        .filter((node) => node.getBoundingClientRect().right > room + 0.5 && !framed(node.parentElement));
    const named = wide.slice(0, 8).map((node) => node.outerHTML.slice(0, 110));
    return [`${document.documentElement.scrollWidth} px`, ...named];
}"""


def grave_violations(page: Page) -> list[str]:
    """What axe calls moderate, serious or critical: rule, place and reason, one line each."""
    if page.evaluate("window.axe === undefined"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate("async rules => (await axe.run(rules)).violations", RULES)
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:150]} – {node['failureSummary'][:300]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def faults_of(page: Page) -> list[str]:
    """Everything wrong with the page as it stands, at each width."""
    page.evaluate(UNFOLD)
    faults: list[str] = []
    for width in (PHONE, SMALL_SCREEN, SCREEN):
        page.set_viewport_size({"width": width, "height": 900})
        if sticking_out := page.evaluate(STICKING_OUT):
            faults.append(f"wider than {width} px: {sticking_out}")
        # between the two screens only lengths differ
        if width != SMALL_SCREEN:
            faults += [f"at {width} px: {violation}" for violation in grave_violations(page)]
    return faults


def person(everything: Everything, standing: str) -> User | None:
    """Somebody of «senate» who stands like this to its objects; nobody for an empty standing."""
    if not standing:
        return None
    people = everything.here.place.people
    outside = {"installation admin": everything.world.admin, "stranger": everything.world.stranger}
    return outside.get(standing) or people["committee_1" if standing == "own committee" else standing]


def report(faults: dict[str, list[str]]) -> str:
    """What was found, one line each under the name of its page."""
    return "\n".join(f"{name}\n    " + "\n    ".join(found) for name, found in faults.items())
