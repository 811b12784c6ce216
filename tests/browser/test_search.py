"""The search while somebody types, with and without scripts, on a phone and on a wide screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import expect

from assessment.search.refreshing import refresh_everything
from tests.assessment.search.asking import make_point
from tests.browser.conftest import Windows
from tests.browser.inspection import faults_of, report
from tests.url_world import make_case
from tests.world import World, make_agency, make_round, make_world

pytestmark = pytest.mark.browser

LONG = "รับฟังเสียงของผู้รับบริการและผู้มีส่วนได้ส่วนเสียทุกช่องทางแล้วนำมาวิเคราะห์" * 4


@pytest.fixture
def small(transactional_db: None) -> World:
    """«senate» has feedback, activities and a case with long names."""
    with transaction.atomic():
        world = make_world()
        make_round(world.here, world)
        for number in range(1, 26):
            make_point(world, world.here.agency, f"{number % 6 + 1}.1", f"ข้อร้องเรียนที่ {number} {LONG}")
        agency = make_agency("long", "สำนักงานนโยบายและแผนทรัพยากรธรรมชาติและสิ่งแวดล้อมแห่งภูมิภาคตะวันออกเฉียงเหนือ")
        make_case(world, agency, f"การจัดการข้อร้องเรียนเชิงรุก {LONG}"[:300], None)
    refresh_everything()
    return world


def test_results_come_while_typing_and_filters_narrow_them(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people["secretariat"])
    page.goto("/search/")
    box = page.get_by_label("คำที่ต้องการค้น")
    box.press_sequentially("ขอรองเรียน")
    status = page.locator(".search-count")
    expect(status).to_contain_text("พบ 26 รายการ")
    expect(box).to_be_focused()
    page.get_by_label("ประเภท").select_option("case")
    expect(status).to_contain_text("พบ 1 รายการ")
    expect(page.locator("#search-results mark").first).to_have_text("ข้อร้องเรียน")
    assert "kind=case" in page.url
    page.reload()
    expect(status).to_contain_text("พบ 1 รายการ")
    page.get_by_label("ประเภท").select_option("")
    page.get_by_role("link", name="ถัดไป →").click()
    expect(status).to_contain_text("แสดง 21–26")


def test_the_box_of_the_top_bar_works_without_scripts(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people["executive"], scripts=False)
    page.goto("/")
    page.locator("#top-search").fill("ข้อร้องเรียน")
    page.locator("#top-search").press("Enter")
    expect(page.locator(".search-count")).to_contain_text("พบ 26 รายการ")
    page.get_by_label("หมวด").select_option("3")
    page.get_by_role("button", name="ใช้ตัวเลือก").click()
    expect(page.locator(".search-count")).to_contain_text("พบ 5 รายการ")


def test_every_state_of_the_page_fits_and_is_readable(windows: Windows, small: World) -> None:
    page = windows.open(small.here.people["secretariat"])
    states = {
        "empty": "/search/",
        "results": "/search/?q=ข้อร้องเรียน",
        "nothing": "/search/?q=ไม่มีคำนี้",
        "faults": f"/search/?q={'ยาว' * 90}&year=12",
        "signs": "/search/?q=%25",
    }
    faults = {}
    for name, address in states.items():
        page.goto(address)
        if found := faults_of(page):
            faults[name] = found
        photograph(page, name)
    assert not faults, report(faults)


def photograph(page, name: str) -> None:
    """Pictures to be looked at, where the environment names a folder for them."""
    if folder := os.environ.get("PMQA_PICTURES"):
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"search-{name}-{width}.png")
