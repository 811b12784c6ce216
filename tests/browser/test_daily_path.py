"""The path that everybody walks: sign in, write one criterion, see it in the table, print it, read it in the PDF."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from organizations.models import Owner
from tests.browser.conftest import Windows
from tests.browser.criterion_page import (
    address,
    blank_round,
    cards,
    expect_saved,
    name_owner,
    owner,
    press_save,
    text_of,
    write,
)
from tests.world import PASSWORD, World, world  # noqa: F401

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
SENTENCE = "สำนักงานจะดำเนินการจัดทำข้อมูลผู้รับบริการและแผนน้ำ"
# A first start loads the print engine at the lowest priority, beside other tests.
PATIENCE = 90_000


@pytest.fixture
def start_worker(settings: Any) -> Iterator[Callable[[], None]]:
    """The real worker process on the test's database, as `pmqa run` starts it."""
    folder = Path(str(connection.settings_dict["NAME"])).parent
    settings.MEDIA_ROOT, settings.EXPORT_DIR = folder / "media", folder / "exports"
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = kept | {"PMQA_VAR_DIR": str(folder), "PMQA_SECRET_KEY": secrets.token_urlsafe(50)}
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "manage.py", "worker"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=20)


def sign_in(page: Page, username: str) -> None:
    """Type name and password."""
    page.goto("/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="เข้าสู่ระบบ").click()


def bare(text: str) -> str:
    """Without blanks and line ends, which the page layout chooses."""
    return "".join(text.split())


def words_of(pdf: bytes) -> dict[str, str]:
    """The text of all pages as two independent readers find it."""
    program = shutil.which("pdftotext")
    assert program, "pdftotext is missing; on Debian: apt-get install poppler-utils"
    raw = subprocess.run([program, "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return {"pdftotext": bare(raw.decode()), "PDFium": bare("".join(pages))}


def test_what_the_committee_types_stands_in_the_pdf_of_the_secretariat(
    windows: Windows,
    world: World,  # noqa: F811
    start_worker: Callable[[], None],
) -> None:
    round = blank_round(world)
    Owner.objects.create(agency=world.here.agency, name="สำนักวิชาการ", abbreviation="สวก.")
    page = windows.open()

    sign_in(page, world.here.people["committee_1"].username)
    expect(page.get_by_role("link", name="เขียนข้อ")).to_have_text([f"เขียนข้อ 1.{n}" for n in (1, 2, 3, 4)])
    page.get_by_role("link", name="เขียนข้อ 1.1").click()
    write_criterion(page)

    page.goto(address(round, "category-1"))
    cell = page.get_by_role("row", name="เกณฑ์ 1.1").get_by_role("cell").nth(2)
    expect(cell).to_contain_text(SENTENCE)
    line = "สำนักวิชาการ (หลัก) และสำนักนโยบายและแผน senate"
    expect(cell.locator(".owner-line-text")).to_have_text(f"ผู้รับผิดชอบ {line}")

    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url("**/accounts/login/")
    sign_in(page, world.here.people["secretariat"].username)
    pdf = print_form(page, start_worker)
    for reader, words in words_of(pdf).items():
        assert bare(SENTENCE) in words, reader
        assert bare(line) in words, reader


def write_criterion(page: Page) -> None:
    """One text, two owners, of which the second comes first in the end."""
    card = cards(page)
    expect(card).to_have_count(1)
    write(card, SENTENCE)
    name_owner(card, 0, "สำนักนโยบายและแผน senate")
    name_owner(card, 1, "สวก.", joiner="และ", note="หลัก")
    owner(card, 1).get_by_role("button", name="เลื่อนผู้รับผิดชอบขึ้น").click()
    press_save(card)
    expect_saved(card)
    expect(page.locator("#criterion-state")).to_have_text("เสร็จ")
    expect(text_of(card)).to_have_text(SENTENCE)
    names = card.get_by_label("ผู้รับผิดชอบ", exact=True)
    assert [names.nth(n).input_value() for n in range(2)] == ["สำนักวิชาการ", "สำนักนโยบายและแผน senate"]


def print_form(page: Page, start_worker: Callable[[], None]) -> bytes:
    """Ask for the whole form, watch it being made, take it with the same session."""
    page.get_by_role("button", name="พิมพ์ทั้งฉบับ (PDF)").click()
    expect(page.get_by_role("progressbar", name="ความคืบหน้าของการทำไฟล์")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("รอ")).to_be_visible()
    start_worker()
    link = page.get_by_role("link", name="เปิดไฟล์ PDF")
    expect(link).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()
