"""The editor in a real Chromium, under the Content-Security-Policy of the product."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.world import World, world  # noqa: F401
from texts.models import Figure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VECTORS = Path(__file__).resolve().parent.parent / "texts" / "normalise_vectors.json"
BOLD, ORDERED, BULLET, PICTURE, TABLE = "ตัวหนา", "รายการลำดับ", "รายการจุด", "ภาพ", "ตาราง"

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta name=Generator content="Microsoft Word 15">
<style>p.MsoNormal {{font-family:"TH SarabunPSK"}}</style></head><body><!--StartFragment-->
<h2><span lang=TH>แผนงาน<o:p></o:p></span></h2>
<p class=MsoNormal style='text-align:justify'><b><span lang=TH style='font-size:16.0pt;color:red'>ผู้บริหาร</span></b>
<span lang=TH>กำหนด<u>วิสัยทัศน์</u>และ<i>ค่านิยม</i>&nbsp;ใหม่</span><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
{items}
<table class=MsoTableGrid border=1 style='width:400pt'>
<tr><td colspan=2 style='width:10pt'><p class=MsoNormal>หัว</p></td></tr>
<tr><td><p class=MsoNormal>ก</p></td><td><p class=MsoNormal>ข</p></td></tr></table>
<p class=MsoNormal><img width=10 src="file:///C:/Temp/clip_image001.png" onerror="alert(1)"></p>
<p class=MsoNormal><a href="javascript:alert(1)">ลิงก์</a><script>alert(1)</script></p>
<!--EndFragment--></body></html>"""


def word_item(level: int, marker: str, text: str, font: str = "") -> str:
    """A list paragraph as Word 15 puts it on the clipboard."""
    return (
        f"<p class=MsoListParagraph style='margin-left:36.0pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>"
        f"<span style='{font}'><span style='mso-list:Ignore'>{marker}<span style='font:7.0pt \"Times New Roman\"'>"
        f"&nbsp;&nbsp;&nbsp; </span></span></span><![endif]><span lang=TH>{text}</span><o:p></o:p></p>"
    )


def png(colour: str = "teal") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def page(
    chromium: Browser,
    live_server: Any,
    world: World,  # noqa: F811
    settings: Any,
) -> Iterator[Page]:
    """A signed-in committee member on a page with one empty editor; no error may reach the console."""
    settings.ROOT_URLCONF = "tests.browser.editor_pages"
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if not name.startswith("organizations.middleware.Pass")
    ]
    client = Client()
    client.force_login(world.here.people["committee_3"])
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, base_url=live_server.url, locale="th-TH"
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    context.set_default_timeout(10_000)
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on(
        "console",
        lambda message: faults.append(message.text) if message.type in ("error", "warning") else None,
    )
    answer = tab.goto("/editor/")
    assert answer
    assert answer.status == 200
    expect(tab.locator(".editor"), f"the editor started: {faults}").to_be_visible()
    yield tab
    context.close()
    # answers that a test provoked, and handlers in pasted markup that the policy stopped
    assert [fault for fault in faults if not re.search("status of [45]|inline event handler", fault)] == []


def figures_in_order() -> list[Any]:
    """The uids of the stored pictures, oldest first."""
    return list(Figure.objects.order_by("pk").values_list("uid", flat=True))


def area(page: Page) -> Any:
    """The text that is edited, found as a screen reader finds it."""
    return page.get_by_role("textbox", name="ปีนี้จะทำอะไร")


def sent(page: Page) -> str:
    """What the form would send now."""
    return str(page.eval_on_selector("#id_text", "field => field.value"))


def press(page: Page, label: str) -> None:
    """Press one of the editor's buttons."""
    page.get_by_role("toolbar").get_by_role("button", name=label, exact=True).click()


def paste(page: Page, html: str = "", files: list[tuple[str, str, bytes]] | None = None) -> None:
    """Paste markup and files as the clipboard would bring them."""
    area(page).evaluate(
        """(target, [html, files]) => {
            const data = new DataTransfer();
            if (html) data.setData("text/html", html);
            for (const [name, type, bytes] of files) data.items.add(new File([new Uint8Array(bytes)], name, {type}));
            target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [html, [[name, kind, list(content)] for name, kind, content in files or []]],
    )


def save(page: Page) -> str:
    """Post the form and return the stored text."""
    page.click("#save")
    page.wait_for_load_state()
    return str(json.loads(page.text_content("#stored") or '""'))


class TestWriting:
    def test_starts_under_the_policy_and_keeps_the_field_in_step(self, page: Page) -> None:
        header = page.request.get("/editor/").headers["content-security-policy"]
        assert "'unsafe-inline'" not in header
        assert "'unsafe-eval'" not in header
        expect(area(page)).to_have_attribute("aria-multiline", "true")
        expect(area(page)).to_have_attribute("lang", "th")
        assert page.locator(".editor").count() == 1
        area(page).click()
        page.keyboard.type("พัฒนาระบบ")
        press(page, BOLD)
        page.keyboard.type("ติดตาม")
        expect(page.get_by_role("button", name=BOLD)).to_have_attribute("aria-pressed", "true")
        assert sent(page) == "<p>พัฒนาระบบ<strong>ติดตาม</strong></p>"
        assert save(page) == "<p>พัฒนาระบบ<strong>ติดตาม</strong></p>"

    def test_a_plain_area_holds_nothing_again_when_everything_is_removed(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("ก")
        page.keyboard.press("Backspace")
        assert sent(page) == ""

    def test_keys_for_marks_undo_and_redo(self, page: Page) -> None:
        area(page).click()
        page.keyboard.press("Control+b")
        page.keyboard.type("หนา")
        page.keyboard.press("Control+b")
        page.keyboard.press("Control+u")
        page.keyboard.type("ขีด")
        page.keyboard.press("Control+u")
        page.keyboard.press("Control+i")
        page.keyboard.type("เอียง")
        assert sent(page) == "<p><strong>หนา</strong><u>ขีด</u><em>เอียง</em></p>"
        page.keyboard.press("Control+z")
        assert sent(page) != "<p><strong>หนา</strong><u>ขีด</u><em>เอียง</em></p>"
        page.keyboard.press("Control+y")
        assert sent(page) == "<p><strong>หนา</strong><u>ขีด</u><em>เอียง</em></p>"

    def test_ordered_list_with_the_marker_in_brackets_and_a_second_level(self, page: Page) -> None:
        area(page).click()
        press(page, ORDERED)
        page.get_by_role("button", name="ลำดับแบบ (1)").click()
        page.keyboard.type("หนึ่ง")
        page.keyboard.press("Enter")
        page.keyboard.type("ย่อย")
        press(page, "ย่อเข้า")
        expect(page.get_by_role("button", name="ย่อเข้า")).to_have_attribute("aria-disabled", "true")
        press(page, BULLET)
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.type("สอง")
        page.get_by_label("เริ่มที่").fill("๔")
        page.get_by_label("เริ่มที่").press("Enter")
        expected = '<ol class="marker-bracket" start="4"><li>หนึ่ง<ul><li>ย่อย</li></ul></li><li>สอง</li></ol>'
        marker = page.eval_on_selector(".editor ol", "list => getComputedStyle(list).listStyleType")
        assert marker == "pmqa-bracket"
        assert save(page) == expected

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("1. ", "<ol><li>ก</li></ol>"),
            ("3) ", '<ol class="marker-paren" start="3"><li>ก</li></ol>'),
            ("(1) ", '<ol class="marker-bracket"><li>ก</li></ol>'),
            ("๑. ", '<ol class="marker-thai"><li>ก</li></ol>'),
            ("- ", '<ul class="marker-dash"><li>ก</li></ul>'),
            ("2565. ", "<p>2565. ก</p>"),
        ],
    )
    def test_typing_a_number_begins_a_list_as_in_word(self, page: Page, typed: str, expected: str) -> None:
        area(page).click()
        page.keyboard.type(f"{typed}ก")
        assert save(page) == expected

    def test_table(self, page: Page) -> None:
        area(page).click()
        press(page, TABLE)
        page.keyboard.type("เดือน")
        page.keyboard.press("Tab")
        page.keyboard.type("งาน")
        press(page, "เพิ่มคอลัมน์")
        press(page, "ลบแถว")
        press(page, "ลบแถว")
        press(page, "เพิ่มแถว")
        rows = page.locator(".editor table tr")
        assert (rows.count(), rows.nth(0).locator("td, th").count()) == (2, 3)
        press(page, "ลบตาราง")
        assert sent(page) == ""

    def test_keyboard_alone(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("ก")
        page.keyboard.press("Control+a")
        page.keyboard.press("Alt+F10")
        expect(page.get_by_role("button", name=BOLD)).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("button", name="ขีดเส้นใต้")).to_be_focused()
        page.keyboard.press("Enter")
        assert sent(page) == "<p><u>ก</u></p>"
        expect(area(page)).to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name="ขีดเส้นใต้")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        expect(page.locator("#save")).to_be_focused()

    def test_label_and_error_link_lead_into_the_text(self, page: Page) -> None:
        page.click("label[for=id_text]")
        expect(area(page)).to_be_focused()
        page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('afterbegin', '<a href=\"#id_text\">ไปที่ช่อง</a>')"
        )
        page.click("text=ไปที่ช่อง")
        expect(area(page)).to_be_focused()

    def test_refused_form_keeps_the_text_and_says_why(self, page: Page) -> None:
        area(page).click()
        page.keyboard.insert_text("ก" * 1_001)
        page.click("#save")
        expect(page.get_by_text("ข้อความยาว 1,001 อักขระ เกินที่กำหนดไว้ 1,000 อักขระ")).to_be_visible()
        assert area(page).inner_text().strip() == "ก" * 1_001
        expect(area(page)).to_have_attribute("aria-invalid", "true")


class TestCounting:
    def test_counts_while_writing(self, page: Page) -> None:
        place = page.locator("[data-pmqa-count]")
        expect(place).to_have_text("0 อักขระ เหลืออีก 1,000 อักขระ")
        area(page).click()
        page.keyboard.insert_text("น้ํา")
        page.keyboard.press("Enter")
        page.keyboard.insert_text("ที่นี่")
        # น้ำ is three, the line end one, ที่นี่ six
        expect(place).to_have_text("10 อักขระ เหลืออีก 990 อักขระ")
        page.keyboard.insert_text("ก" * 1_000)
        expect(place).to_have_text("1,010 อักขระ เกินมา 10 อักขระ")

    def test_the_browser_counts_as_the_server_does(self, page: Page) -> None:
        vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
        answers = page.evaluate(
            """async ({texts, markup}) => {
                const {normalise, countCharacters, plainText} = await import("pmqa-texts/normalise");
                return {
                    texts: texts.map(({text}) => [normalise(text), countCharacters(text)]),
                    markup: markup.map(({html}) => [plainText(html), countCharacters(plainText(html))]),
                };
            }""",
            vectors,
        )
        assert answers["texts"] == [[row["normalised"], row["count"]] for row in vectors["texts"]]
        assert answers["markup"] == [[row["plain"], row["count"]] for row in vectors["markup"]]


class TestPasting:
    def test_word(self, page: Page) -> None:
        symbol = "font-family:Symbol;mso-fareast-font-family:Symbol"
        items = "".join(
            [
                word_item(1, "·", "ข้อแรก", symbol),
                word_item(2, "o", "ย่อยหนึ่ง", 'font-family:"Courier New"'),
                word_item(3, "§", "ย่อยลงไปอีก", "font-family:Wingdings"),
                word_item(1, "·", "ข้อสอง", symbol),
                "<p class=MsoNormal>คั่น</p>",
                word_item(1, "(3)", "ลำดับสาม"),
                word_item(2, "๑.", "เลขไทย"),
                word_item(1, "(4)", "ลำดับสี่"),
                word_item(1, "ก.", "อักษร"),
                word_item(1, "1)", "วงเล็บ"),
            ]
        )
        area(page).click()
        paste(page, WORD.format(items=items))
        assert save(page) == (
            "<p><strong>แผนงาน</strong></p>"
            "<p><strong>ผู้บริหาร</strong> กำหนด<u>วิสัยทัศน์</u>และ<em>ค่านิยม</em> ใหม่</p>"
            "<ul><li>ข้อแรก<ul><li>ย่อยหนึ่ง</li><li>ย่อยลงไปอีก</li></ul></li><li>ข้อสอง</li></ul>"
            "<p>คั่น</p>"
            '<ol class="marker-bracket" start="3"><li>ลำดับสาม<ol class="marker-thai"><li>เลขไทย</li></ol></li>'
            "<li>ลำดับสี่</li></ol>"
            "<p>ก. อักษร</p>"
            '<ol class="marker-paren"><li>วงเล็บ</li></ol>'
            '<table><tbody><tr><td colspan="2">หัว</td></tr><tr><td>ก</td><td>ข</td></tr></tbody></table>'
            "<p>[ภาพวางไม่ได้ กรุณาแทรกภาพ]</p>"
            "<p>ลิงก์</p>"
        )

    def test_a_picture_that_was_lost_is_put_in_its_place(self, page: Page) -> None:
        area(page).click()
        lost = "<p>ก่อน</p><p><img src='file:///C:/clip.png'></p><p>หลัง <img src='file:///C:/b.png'> ท้าย</p>"
        paste(page, f"<html><body>{lost}</body></html>")
        buttons = page.get_by_role("button", name="แทรกภาพตรงนี้")
        expect(buttons).to_have_count(2)
        for place, colour in (("แรก", "teal"), ("สอง", "navy")):
            buttons.first.click()
            picture = {"name": "a.png", "mimeType": "image/png", "buffer": png(colour)}
            page.get_by_label("เลือกไฟล์ภาพ").set_input_files(picture)
            page.get_by_label("คำบรรยายใต้ภาพ").fill(place)
            page.get_by_role("button", name="แทรกภาพ", exact=True).click()
            expect(page.locator(".editor figcaption", has_text=place)).to_be_visible()
        expect(buttons).to_have_count(0)
        first, second = (f'<figure><img src="/figures/{uid}/" alt="">' for uid in figures_in_order())
        assert save(page) == (
            f"<p>ก่อน</p>{first}<figcaption>แรก</figcaption></figure><p>หลัง ท้าย</p>"
            f"{second}<figcaption>สอง</figcaption></figure>"
        )

    def test_lists_of_other_programs_have_two_levels_and_keep_their_numbers(self, page: Page) -> None:
        area(page).click()
        paste(page, "<ol start=2><li>ก<ol><li>ข<ul><li>ค</li></ul></li><li>ง</li></ol></li><li>จ</li></ol>")
        assert save(page) == (
            '<ol start="2"><li>ก<ol><li>ข</li></ol><ul><li>ค</li></ul><ol start="2"><li>ง</li></ol></li><li>จ</li></ol>'
        )

    def test_own_text_copied_and_pasted_is_the_same(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("(2) ก")
        page.keyboard.press("Control+a")
        page.keyboard.press("Control+c")
        page.keyboard.press("Control+End")
        # the editor hears of a moved cursor a moment later, which no person outruns
        page.wait_for_function("getSelection().isCollapsed")
        page.wait_for_timeout(100)
        page.keyboard.press("Enter")
        expect(page.locator(".editor li")).to_have_count(2)
        page.keyboard.press("Enter")
        expect(page.locator(".editor ol + p")).to_have_count(1)
        page.keyboard.press("Control+v")
        expect(page.locator(".editor ol")).to_have_count(2)
        assert save(page).count('<ol class="marker-bracket" start="2"><li>ก</li></ol>') == 2

    def test_a_picture_on_the_clipboard_is_uploaded(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("ก่อน")
        picture = "<img src='file:///C:/clip.png'>"
        paste(page, picture, [("image.png", "image/png", png())])
        page.wait_for_selector(".editor figure img")
        uid = Figure.objects.get().uid
        assert save(page) == f'<p>ก่อน</p><figure><img src="/figures/{uid}/" alt=""></figure>'

    def test_a_picture_dropped_on_the_text_is_uploaded_there(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("หนึ่ง")
        page.keyboard.press("Enter")
        page.keyboard.type("สอง")
        page.locator(".editor p", has_text="หนึ่ง").evaluate(
            """(target, bytes) => {
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([new Uint8Array(bytes)], "a.png", {type: "image/png"}));
                const {left, top} = target.getBoundingClientRect();
                const where = {clientX: left + 5, clientY: top + 10, bubbles: true, cancelable: true};
                target.dispatchEvent(new DragEvent("drop", {dataTransfer, ...where}));
            }""",
            list(png()),
        )
        page.wait_for_selector(".editor figure img")
        uid = Figure.objects.get().uid
        assert (
            sent(page)
            == f'<p>หนึ่ง</p><figure><img src="/figures/{uid}/" alt=""><figcaption></figcaption></figure><p>สอง</p>'
        )

    def test_words_of_a_table_program_win_over_its_picture(self, page: Page) -> None:
        area(page).click()
        paste(page, "<table><tr><td>ก</td></tr></table>", [("image.png", "image/png", png())])
        assert save(page) == "<table><tbody><tr><td>ก</td></tr></tbody></table>"
        assert not Figure.objects.exists()

    def test_a_gif_is_refused_in_thai(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("ยังอยู่")
        paste(page, files=[("x.gif", "image/gif", b"GIF89a")])
        expect(page.get_by_text("ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP กรุณาเลือกไฟล์ภาพอื่น")).to_be_visible()
        assert sent(page) == "<p>ยังอยู่</p>"


class TestFigurePanel:
    def test_choose_describe_insert_change_and_remove(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("ดังภาพ")
        press(page, PICTURE)
        page.get_by_label("เลือกไฟล์ภาพ").set_input_files(
            {"name": "ผัง.png", "mimeType": "image/png", "buffer": png()}
        )
        page.get_by_label("คำบรรยายใต้ภาพ").fill("ผังงาน")
        page.get_by_label("ภาพนี้แสดงอะไร").fill("กล่องสามกล่องเรียงกัน")
        page.get_by_label("ภาพนี้แสดงอะไร").press("Enter")
        image = page.locator(".editor figure img")
        image.wait_for()
        assert image.evaluate("async image => { await image.decode(); return image.naturalWidth }") == 320
        uid = Figure.objects.get().uid
        figure = f'<figure><img src="/figures/{uid}/" alt="กล่องสามกล่องเรียงกัน"><figcaption>ผังงาน</figcaption></figure>'
        assert sent(page) == f"<p>ดังภาพ</p>{figure}"
        page.locator(".editor p", has_text="ดังภาพ").click()
        expect(page.get_by_role("button", name="ลบภาพ")).to_be_hidden()
        image.click()
        press(page, "แก้คำบรรยายภาพ")
        page.get_by_label("คำบรรยายใต้ภาพ").fill("ผังใหม่")
        page.get_by_role("button", name="ใช้คำบรรยายนี้").click()
        assert sent(page) == f"<p>ดังภาพ</p>{figure.replace('ผังงาน', 'ผังใหม่')}"
        image.click()
        press(page, "ลบภาพ")
        assert save(page) == "<p>ดังภาพ</p>"

    @pytest.mark.parametrize("first", ["", "Control+End"])
    @pytest.mark.parametrize("way", ["keys", "input method"])
    def test_typing_on_a_selected_picture_never_replaces_it(self, page: Page, way: str, first: str) -> None:
        area(page).click()
        page.keyboard.type("ดังภาพ")
        paste(page, "<img src='file:///C:/clip.png'>", [("image.png", "image/png", png())])
        image = page.locator(".editor figure img")
        image.wait_for()
        image.click()
        if first:
            page.keyboard.press(first)
        typed = "abc" if way == "keys" else "กขค"
        (page.keyboard.type if way == "keys" else page.keyboard.insert_text)(typed)
        saved = save(page)
        # below the picture or in its caption, where the browser has put the cursor
        assert saved.startswith(
            f'<p>ดังภาพ</p><figure><img src="/figures/{Figure.objects.get().uid}/" alt="">'
        )
        assert saved.count(typed) == 1

    def test_a_bad_file_is_named_in_the_panel_and_everything_stays(self, page: Page) -> None:
        area(page).click()
        page.keyboard.type("ข้อความ")
        press(page, PICTURE)
        page.get_by_role("button", name="แทรกภาพ").click()
        expect(page.get_by_role("alert")).to_have_text("กรุณาเลือกไฟล์ภาพก่อน")
        file = {
            "name": "x.png",
            "mimeType": "image/png",
            "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        }
        page.get_by_label("เลือกไฟล์ภาพ").set_input_files(file)
        page.get_by_label("คำบรรยายใต้ภาพ").fill("คำบรรยาย")
        page.get_by_role("button", name="แทรกภาพ").click()
        expect(page.get_by_role("alert")).to_have_text(
            "ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP ที่เปิดได้ กรุณาเลือกไฟล์ภาพอื่น"
        )
        assert page.get_by_label("คำบรรยายใต้ภาพ").input_value() == "คำบรรยาย"
        page.get_by_role("button", name="ยกเลิก").click()
        assert save(page) == "<p>ข้อความ</p>"

    def test_no_answer_from_the_server_is_said_and_the_text_stays(self, page: Page) -> None:
        page.route("**/figures/new/", lambda route: route.fulfill(status=502, body="bad gateway"))
        area(page).click()
        page.keyboard.type("ข้อความ")
        press(page, PICTURE)
        page.get_by_label("เลือกไฟล์ภาพ").set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": png()}
        )
        page.get_by_role("button", name="แทรกภาพ").click()
        expect(page.get_by_role("alert")).to_contain_text("ส่งภาพไม่สำเร็จ")
        assert sent(page) == "<p>ข้อความ</p>"
        page.unroute_all()
        page.get_by_role("button", name="แทรกภาพ").click()
        page.locator(".editor figure img").wait_for()


class TestSwapping:
    def test_starts_once_after_every_swap(self, page: Page) -> None:
        for _ in range(2):
            page.eval_on_selector(".editor", "old => { old.dataset.old = 'yes' }")
            page.click("#swap")
            page.wait_for_selector(".editor:not([data-old])")
        assert page.locator(".editor").count() == 1
        assert page.locator(".editor .ProseMirror").count() == 1
        area(page).click()
        page.keyboard.type("หลังโหลด")
        assert sent(page) == "<p>หลังโหลด</p>"

    def test_another_script_can_put_a_text_in(self, page: Page) -> None:
        page.evaluate(
            """() => {
                const field = document.getElementById("id_text");
                field.value = "<p>ของอีกคน</p>";
                field.dispatchEvent(new Event("pmqa:reload"));
            }"""
        )
        expect(area(page)).to_have_text("ของอีกคน")
        area(page).click()
        page.keyboard.press("End")
        page.keyboard.type("ก")
        assert sent(page) == "<p>ของอีกคนก</p>"

    def test_opening_a_text_changes_nothing(self, page: Page) -> None:
        stored = (
            '<p>ก</p><ol class="marker-circle" start="2"><li>ข<ul class="marker-dash"><li>ค</li></ul></li></ol>'
            "<table><tbody><tr><th>ง</th></tr></tbody></table>"
        )
        page.goto(f"/editor/?text={quote(stored)}")
        page.evaluate("window.changes = 0; document.addEventListener('input', () => { window.changes += 1 })")
        area(page).click()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Control+End")
        assert page.evaluate("window.changes") == 0
        assert save(page) == stored


class TestAccess:
    def test_second_bar_waits_until_the_text_is_entered(self, page: Page) -> None:
        page.goto("/editor/?text=%3Col%3E%3Cli%3Eก%3C/li%3E%3C/ol%3E")
        expect(page.get_by_label("เริ่มที่")).to_be_hidden()
        area(page).click()
        expect(page.get_by_label("เริ่มที่")).to_be_visible()
        # it stays when the focus goes, or the button below would move away under the pointer
        page.focus("#save")
        expect(page.get_by_label("เริ่มที่")).to_be_visible()

    def test_axe_finds_nothing_serious(self, page: Page) -> None:
        area(page).click()
        press(page, ORDERED)
        press(page, PICTURE)
        results = Axe().run(page, options={"resultTypes": ["violations"]})
        serious = [
            row["id"]
            for row in results.response["violations"]
            if row["impact"] in ("moderate", "serious", "critical")
        ]
        assert serious == []

    def test_without_scripts_lines_become_paragraphs(self, page: Page, chromium: Browser) -> None:
        context = chromium.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
        tab = context.new_page()
        tab.goto(page.url)
        tab.fill("#id_text", "บรรทัดแรก 1 < 2\nบรรทัดสอง")
        tab.click("#save")
        stored = json.loads(tab.text_content("#stored") or '""')
        context.close()
        assert stored == "<p>บรรทัดแรก 1 &lt; 2</p><p>บรรทัดสอง</p>"
