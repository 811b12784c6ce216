"""Pages after something happened: refused forms, previews, slips, errors; the same demands as on every page."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from assessment.models import CategorySheet
from documents.exchange.canonical import dump
from framework.exporters import dump_edition
from organizations.importers.members import members_template
from tests.browser.conftest import Windows
from tests.browser.criterion_page import SAVE_PATHS, cards, name_owner, press_save, text_of, write
from tests.browser.inspection import PHONE, faults_of, person, report
from tests.url_world import NEXT_YEAR, YEAR, Everything, exchange_document
from texts.services import save_text

pytestmark = pytest.mark.browser

State = Callable[[Page, Everything], None]
STATES: list[tuple[str, State]] = []
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def state(viewer: str) -> Callable[[State], State]:
    """A way to bring a page into a state, as this person."""

    def remember(steps: State) -> State:
        STATES.append((viewer, steps))
        return steps

    return remember


def submit(page: Page, name: str, *arguments: object, **fields: str) -> None:
    """Open the page `name`, fill these fields of its form, press its button."""
    page.goto(reverse(name, args=arguments))
    form = (
        page.locator("main form[method=post]")
        .filter(has=page.locator("button[type=submit].btn-primary"))
        .last
    )
    for field, value in fields.items():
        form.locator(f"[name={field}]").fill(value)
    form.locator("button[type=submit].btn-primary").click()


def send_file(page: Page, name: str, *arguments: object, file: tuple[str, str, bytes]) -> None:
    """Open the page `name`, choose a file, press its button."""
    page.goto(reverse(name, args=arguments))
    filename, kind, content = file
    page.locator("main [type=file]").set_input_files({"name": filename, "mimeType": kind, "buffer": content})
    page.locator("main form button.btn-primary").click()


def expect_errors(page: Page) -> None:
    """The summary is there and has the focus."""
    expect(page.locator(".error-summary").first).to_be_visible()
    expect(page.locator(".error-summary").first).to_be_focused()


def members(*rows: tuple[object, ...]) -> tuple[str, str, bytes]:
    """The sheet of members with these rows."""
    book = load_workbook(io.BytesIO(members_template()))
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return "members.xlsx", EXCEL, out.getvalue()


# --- signing in -----------------------------------------------------------------------------------


@state("")
def refused_sign_in(page: Page, everything: Everything) -> None:
    submit(page, "account_login", login="nobody", password="wrong")
    expect_errors(page)


@state("stranger")
def refused_password_change(page: Page, everything: Everything) -> None:
    submit(page, "account_change_password", oldpassword="wrong", password1="short", password2="other")
    expect_errors(page)


# --- errors ---------------------------------------------------------------------------------------


@state("own committee")
def forbidden(page: Page, everything: Everything) -> None:
    page.goto(reverse("owner_list", args=[everything.here.agency.code]))
    expect(page.get_by_role("heading", level=1)).to_have_text("ท่านไม่มีสิทธิ์ทำรายการนี้")


@state("own committee")
def not_found(page: Page, everything: Everything) -> None:
    page.goto(reverse("round", args=[everything.there.agency.code, YEAR]))
    expect(page.get_by_role("heading", level=1)).to_have_text("ไม่พบหน้านี้")


# --- writing --------------------------------------------------------------------------------------


@state("own committee")
def criterion_with_error(page: Page, everything: Everything) -> None:
    page.goto(reverse("criterion", args=[everything.here.agency.code, YEAR, "1.2"]))
    write(cards(page), "ยังไม่บันทึก")
    name_owner(cards(page), 0, "สำนักที่ไม่มี", note="หมายเหตุ")
    press_save(cards(page))
    expect_errors(page)


@state("own committee")
def criterion_with_two_cards(page: Page, everything: Everything) -> None:
    page.goto(reverse("criterion", args=[everything.here.agency.code, YEAR, "1.3"]))
    page.get_by_role("link", name="+ เพิ่มอีกกิจกรรม").click()
    expect(text_of(cards(page).nth(1))).to_be_visible()
    name_owner(cards(page).nth(1), 1, "สนผ.", joiner="และ", note="หมายเหตุ")


@state("own committee")
def text_with_a_stale_version(page: Page, everything: Everything) -> None:
    page.goto(reverse("sheet_text", args=[everything.here.agency.code, YEAR, 1, "remedies"]))
    text = CategorySheet.objects.get(
        round__agency=everything.here.agency, round__year=YEAR, category__number=1
    ).remedies
    # other words each time: what stands already would be no change of somebody else
    html = f"<p>ของผู้อื่น ฉบับที่ {text.version}</p>"
    save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=None)
    page.locator(".editor .ProseMirror").click()
    page.keyboard.type("ของฉัน")
    expect(page.get_by_role("alert")).to_contain_text("มีผู้แก้ไขข้อความนี้ก่อนท่าน")


@state("own committee")
def text_merged_by_hand(page: Page, everything: Everything) -> None:
    text_with_a_stale_version(page, everything)
    page.get_by_role("button", name="รวมเอง").click()
    expect(page.get_by_role("region", name="ข้อความที่จะบันทึก")).to_contain_text("ของผู้อื่น")


@state("own committee")
def signing_out_with_unsent_text(page: Page, everything: Everything) -> None:
    page.goto(reverse("criterion", args=[everything.here.agency.code, YEAR, "1.4"]))
    page.route(SAVE_PATHS, lambda route: route.abort())
    write(cards(page).first, "ยังไม่ส่ง")
    page.get_by_role("button", name="ออกจากระบบ").click()
    expect(page.get_by_role("dialog")).to_be_visible()


@state("own committee")
def form_in_preparation(page: Page, everything: Everything) -> None:
    page.goto(reverse("criterion", args=[everything.here.agency.code, NEXT_YEAR, "1.1"]))
    expect(page.get_by_text("ฝ่ายเลขานุการยังไม่เปิดให้เขียน")).to_be_visible()


@state("secretariat")
def finished_print(page: Page, everything: Everything) -> None:
    page.goto(reverse("export", args=[everything.here.finished_job.uid]))
    expect(page.get_by_role("link", name="เปิดไฟล์ PDF")).to_be_visible()


# --- files that come in ----------------------------------------------------------------------------


def exchange_file(everything: Everything, **values: object) -> tuple[str, str, bytes]:
    """A file in the exchange format for the round, with these settings."""
    document = exchange_document(everything.here.round)
    document["round"] |= values
    return "round.json", "application/json", dump(document)


@state("secretariat")
def refused_exchange_file(page: Page, everything: Everything) -> None:
    file = exchange_file(everything, font_points=15, title="")
    send_file(page, "incoming_new", everything.here.agency.code, YEAR, file=file)
    expect_errors(page)
    expect(page.get_by_text("round.font_points")).to_be_visible()


@state("secretariat")
def exchange_file_with_an_open_choice(page: Page, everything: Everything) -> None:
    """The file is older than the settings of the round, so nothing is chosen beforehand."""
    file = exchange_file(everything, version=0, title="ชื่อจากไฟล์")
    send_file(page, "incoming_new", everything.here.agency.code, YEAR, file=file)
    page.get_by_role("button", name="ยืนยันนำเข้า").click()
    expect(page.get_by_text("กรุณาเลือกให้ครบทุกรายการ")).to_be_visible()


# --- refused forms --------------------------------------------------------------------------------


@state("secretariat")
def refused_round(page: Page, everything: Everything) -> None:
    submit(page, "round_new", everything.here.agency.code, year="65")
    expect_errors(page)


@state("secretariat")
def refused_setup(page: Page, everything: Everything) -> None:
    submit(page, "round_setup", everything.here.agency.code, YEAR, title="", deadline="32/13/2569")
    expect_errors(page)


@state("secretariat")
def refused_owner(page: Page, everything: Everything) -> None:
    submit(page, "owner_new", everything.here.agency.code)
    expect_errors(page)


@state("secretariat")
def refused_feedback(page: Page, everything: Everything) -> None:
    submit(page, "feedback_new", everything.here.agency.code)
    expect_errors(page)


@state("secretariat")
def refused_case(page: Page, everything: Everything) -> None:
    submit(page, "practice_new", title="")
    expect_errors(page)


@state("installation admin")
def refused_agency(page: Page, everything: Everything) -> None:
    submit(page, "agency_new")
    expect_errors(page)


# --- people ---------------------------------------------------------------------------------------


@state("secretariat")
def refused_member(page: Page, everything: Everything) -> None:
    submit(page, "member_new", everything.here.agency.code, email="no address")
    expect_errors(page)


@state("secretariat")
def slip(page: Page, everything: Everything) -> None:
    page.goto(reverse("member_edit", args=[everything.here.agency.code, everything.here.guest.pk]))
    page.get_by_text("ลืมรหัสผ่าน", exact=True).click()
    page.locator("form[action$='/reset/'] [value=slip]").click()
    expect(page.get_by_text("รหัสผ่าน").first).to_be_visible()


@state("secretariat")
def reset_link(page: Page, everything: Everything) -> None:
    page.goto(reverse("member_edit", args=[everything.here.agency.code, everything.here.guest.pk]))
    page.get_by_text("ลืมรหัสผ่าน", exact=True).click()
    page.locator("form[action$='/reset/'] [value=link]").click()
    expect(page.get_by_label("ลิงก์", exact=True)).to_have_value(re.compile("/accounts/password/reset/key/"))


@state("secretariat")
def preview_of_members(page: Page, everything: Everything) -> None:
    row = ("คนที่หนึ่ง", "first.person", "first@senate.example", "คณะทำงานหมวด", 3, None)
    send_file(page, "member_import", everything.here.agency.code, file=members(row))
    expect(page.get_by_role("button", name="ยืนยัน")).to_be_visible()


@state("secretariat")
def refused_members(page: Page, everything: Everything) -> None:
    send_file(page, "member_import", everything.here.agency.code, file=members(("ไม่มีบทบาท",) * 4))
    expect_errors(page)


# --- framework and library ------------------------------------------------------------------------


@state("installation admin")
def preview_of_an_edition(page: Page, everything: Everything) -> None:
    changed = dump_edition(everything.here.shared.free_edition).replace("ชื่อสั้น 1.1", "ชื่อสั้นใหม่")
    send_file(page, "edition_load", file=("2568.yaml", "text/yaml", changed.encode()))
    expect(page.get_by_role("button", name="บันทึก")).to_be_visible()


@state("installation admin")
def refused_edition(page: Page, everything: Everything) -> None:
    broken = dump_edition(everything.here.shared.free_edition).replace("1.4", "1.9")
    send_file(page, "edition_load", file=("2568.yaml", "text/yaml", broken.encode()))
    expect_errors(page)


@state("secretariat")
def nothing_found(page: Page, everything: Everything) -> None:
    page.goto(reverse("practice_list") + "?q=ไม่มีเรื่องนี้")
    expect(page.locator("main")).to_contain_text("ไม่พบ")


@state("secretariat")
def open_menu(page: Page, everything: Everything) -> None:
    page.set_viewport_size({"width": PHONE, "height": 900})
    page.goto(reverse("home"))
    page.locator("[data-pmqa-menu] summary").click()
    expect(page.get_by_role("navigation", name="เมนูหลัก").get_by_role("link").first).to_be_visible()


@pytest.mark.parametrize(
    "viewer", sorted({viewer for viewer, _ in STATES}), ids=lambda viewer: viewer or "nobody"
)
def test_states(windows: Windows, everything: Everything, viewer: str) -> None:
    page, faults = windows.open(person(everything, viewer)), {}
    for steps in [steps for owner, steps in STATES if owner == viewer]:
        try:
            steps(page, everything)
            found = faults_of(page)
        except (AssertionError, PlaywrightError) as error:
            # the other states are looked at all the same
            found = [str(error)[:600]]
        if found:
            faults[steps.__name__] = found
    assert not faults, report(faults)
