"""The looking itself: a page with a barrier, a page that is too wide and a broken policy are noticed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Windows
from tests.browser.inspection import faults_of

pytestmark = pytest.mark.browser

GOOD = """<!DOCTYPE html><html lang="th"><head><title>หน้า</title></head><body><main><h1>หน้า</h1>
<div tabindex="0" style="overflow-x: auto"><p style="width: 2000px">กว้างในกรอบของตน</p></div>{}</main></body></html>"""
WIDE = '<p style="width: 1400px">กว้าง</p>'


def look_at(page: Page, part: str) -> list[str]:
    page.set_content(GOOD.format(part))
    return faults_of(page)


def test_a_good_page_passes(windows: Windows) -> None:
    assert look_at(windows.open(), "") == []


def test_a_barrier_is_named(windows: Windows) -> None:
    faults = look_at(
        windows.open(), '<details><summary>เพิ่ม</summary><p style="color: #ccc">จาง</p></details><input>'
    )
    rules = {fault.split(":")[1].split()[0] for fault in faults}
    assert rules == {"color-contrast", "label"}


def test_a_page_wider_than_the_window_is_named(windows: Windows) -> None:
    faults = look_at(windows.open(), WIDE)
    assert [fault.split(":")[0] for fault in faults] == ["wider than 360 px", "wider than 1366 px"]
    assert all("กว้าง</p>" in fault and "กรอบ" not in fault for fault in faults)


def test_a_broken_policy_and_a_failed_script_are_remembered(windows: Windows) -> None:
    page = windows.open()
    page.goto("/accounts/login/")
    assert windows.faults == []
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.wait_for_timeout(200)
    policy, script = windows.faults
    assert "Content Security Policy" in policy
    assert "broken" in script
    windows.faults.clear()
