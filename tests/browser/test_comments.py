"""Remarks on the criterion page: point at a passage, remark, answer, settle; nothing typed is lost on the way."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from assessment.services.comments import Quoted, start_thread
from assessment.threads import texts_of_criterion
from organizations.enums import Role
from tests.browser.conftest import Windows
from tests.browser.criterion_page import address, cards, state_of, text_of
from tests.browser.inspection import faults_of
from tests.url_comments import words
from tests.url_world import picture_bytes
from tests.world import criterion, make_round, make_world, write_activity
from texts.models import Comment, Thread
from texts.passages import flat

pytestmark = pytest.mark.browser

SELECT = """(element, [words, inside]) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.data.includes(inside)) continue;
        const at = node.data.indexOf(inside) + inside.indexOf(words);
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + words.length);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return true;
    }
    return false;
}"""
HIGHLIGHTED = "[...(CSS.highlights.get('pmqa-passage') ?? [])].map(range => range.toString())"


@pytest.fixture
def round(transactional_db):
    world = make_world()
    round = make_round(world.here, world)
    html = "<p>จัดทำแผนระยะยาว</p><p>ทบทวนแผนทุกปี และทบทวนแผนทุกไตรมาส</p>"
    write_activity(round, "1.2", html, owners=[world.here.unit])
    round.world = world
    return round


def open_page(windows: Windows, round, who: str, **window) -> Page:
    page = windows.open(round.world.here.people[who], **window)
    page.goto(address(round, "1.2"))
    return page


def select(text: Locator, quoted: str, inside: str = "") -> None:
    """Select these words; `inside` says which of several, by the words around them."""
    assert text.evaluate(SELECT, [quoted, inside or quoted])


def point_at(page: Page, text: Locator, quoted: str) -> Locator:
    """Select words and press the button; gives the form."""
    select(text, quoted)
    page.get_by_role("button", name="ให้ข้อสังเกตส่วนนี้").click()
    form = page.locator("#comment-new form")
    expect(form.get_by_label("ข้อสังเกต", exact=False).first).to_be_visible()
    return form


def threads(page: Page) -> Locator:
    return page.locator("#comments article.thread")


def test_a_passage_is_remarked_on_answered_and_settled(windows, round):
    secretary = open_page(windows, round, Role.SECRETARIAT)
    said = state_of(cards(secretary).first).inner_text()
    form = point_at(secretary, text_of(cards(secretary).first), "ทบทวนแผนทุกปี")
    expect(form.locator("[name=quote]")).to_have_value("ทบทวนแผนทุกปี")
    expect(form.locator("[name=body]")).to_be_focused()
    # the card has nothing to do with it
    expect(state_of(cards(secretary).first)).to_have_text(said)
    form.locator("[name=body]").fill("ขอให้ระบุเดือนที่ทบทวน")
    form.get_by_role("button", name="ส่ง", exact=True).click()
    thread = threads(secretary).first
    expect(thread.locator("blockquote")).to_have_text("ทบทวนแผนทุกปี")
    expect(thread.locator(".comment-body")).to_have_text("ขอให้ระบุเดือนที่ทบทวน")
    expect(secretary.locator("#comments-count")).to_have_text("1")

    member = open_page(windows, round, "committee_1")
    thread = threads(member).first
    thread.get_by_role("link", name="ดูตำแหน่งในข้อความ").click()
    assert member.evaluate(HIGHLIGHTED) == ["ทบทวนแผนทุกปี"]
    thread.get_by_role("link", name="ตอบ").click()
    thread.locator("[name=body]").fill("ระบุแล้วครับ\nเดือนตุลาคม")
    thread.get_by_role("button", name="ส่ง", exact=True).click()
    expect(thread.locator(".comment-body")).to_have_text(["ขอให้ระบุเดือนที่ทบทวน", "ระบุแล้วครับเดือนตุลาคม"])
    thread.get_by_role("button", name="แก้ไขแล้ว").click()
    expect(thread.get_by_text("แก้ไขแล้ว", exact=True)).to_be_visible()
    expect(member.locator("#comments-count")).to_have_text("0")
    member.reload()
    expect(member.locator("#comments > article.thread")).to_have_count(0)
    member.get_by_text("แก้ไขแล้ว (1)").click()
    threads(member).first.get_by_role("button", name="เปิดอีกครั้ง").click()
    expect(member.locator("#comments-count")).to_have_text("1")
    assert Thread.objects.get().is_open


def test_of_equal_words_the_selected_ones_are_meant_and_shown(windows, round):
    page = open_page(windows, round, "committee_1")
    text = text_of(cards(page).first)
    text.focus()
    select(text, "แผน", inside="ทบทวนแผนทุกไตรมาส")
    page.keyboard.press("Control+Alt+m")
    form = page.locator("#comment-new form")
    expect(form.locator("[name=quote]")).to_have_value("แผน")
    form.locator("[name=body]").fill("แผนใด")
    form.get_by_role("button", name="ส่ง", exact=True).click()
    expect(threads(page)).to_have_count(1)
    thread = Thread.objects.get()
    assert thread.before.endswith("และทบทวน")
    page.get_by_role("link", name="ดูตำแหน่งในข้อความ").click()
    [shown] = page.evaluate(
        "[...CSS.highlights.get('pmqa-passage')].map(r => r.startContainer.data.slice(0, r.startOffset))"
    )
    assert shown.endswith("และทบทวน")


def test_a_card_that_is_only_read_can_be_pointed_at_but_not_by_readers(windows, round):
    close = {"by": round.world.here.people[Role.SECRETARIAT]}
    executive = open_page(windows, round, Role.EXECUTIVE)
    select(executive.locator(".rich-text").first, "แผนระยะยาว")
    expect(executive.get_by_role("button", name="ให้ข้อสังเกตส่วนนี้")).to_have_count(0)
    analysis = criterion(round, "1.2")
    quoted = Quoted(texts_of_criterion(analysis)[0], "แผนระยะยาว")
    start_thread(analysis=analysis, words=words("ยาวเท่าใด"), quoted=quoted, **close)
    executive.reload()
    executive.get_by_role("link", name="ดูตำแหน่งในข้อความ").click()
    assert executive.evaluate(HIGHLIGHTED) == ["แผนระยะยาว"]
    expect(executive.get_by_role("link", name="ตอบ")).to_have_count(0)


# Every kind of block that a text may hold, with marks, line breaks and several spaces.
BLOCKS = (
    "<p>ย่อหน้า <strong>หนา</strong><em>เอียง</em><br>บรรทัดสอง</p><p></p>"
    "<ul><li>ข้อหนึ่ง<ul><li>ข้อย่อย</li></ul></li><li>ข้อสอง</li></ul>"
    '<ol class="marker-paren" start="3"><li>ลำดับ</li></ol>'
    "<table><tbody><tr><th>หัว</th><td>ช่อง<p>ย่อหน้าในช่อง</p></td></tr>"
    "<tr><td>ก &lt;b&gt; &amp;</td><td>น้ำ</td></tr></tbody></table>"
    "<p>ท้าย</p>"
)


@pytest.mark.parametrize("who", ["committee_1", Role.EXECUTIVE])
def test_page_and_server_read_a_text_as_the_same_line(windows, round, who):
    activity = write_activity(round, "1.3", BLOCKS)
    page = windows.open(round.world.here.people[who])
    page.goto(address(round, "1.3"))
    holder = page.locator(f"#card-{activity.uid}")
    text = text_of(holder) if who == "committee_1" else holder.locator(".rich-text")
    expect(text).to_contain_text("ท้าย")
    read = "async (element, module) => (await import(module)).lineOf(element).text"
    assert text.evaluate(read, "/static/assessment/passage.js") == flat(activity.text.plain)


def test_an_answer_that_is_being_typed_stays_when_something_else_is_pressed(windows, round):
    analysis = criterion(round, "1.2")
    start_thread(analysis=analysis, words=words("หนึ่ง"), by=round.world.here.people[Role.SECRETARIAT])
    page = open_page(windows, round, Role.SECRETARIAT)
    thread = threads(page).first
    thread.get_by_role("link", name="ตอบ").click()
    thread.locator("[name=body]").type("ยังพิมพ์ไม่เสร็จ")
    thread.get_by_role("button", name="แก้ไขแล้ว").click()
    expect(thread.get_by_text("ยังไม่ได้ส่งคำตอบนี้")).to_be_visible()
    thread.get_by_role("link", name="ตอบ").click()
    expect(thread.locator("[name=body]")).to_have_value("ยังพิมพ์ไม่เสร็จ")
    assert Thread.objects.get().is_open


def test_a_refused_remark_comes_back_with_its_fault_and_the_next_press_sends_it(windows, round):
    page = open_page(windows, round, Role.SECRETARIAT)
    page.get_by_role("link", name="+ ให้ข้อสังเกต").click()
    form = page.locator("#comment-new form")
    form.get_by_text("บันทึกแทน (หนังสือหรือที่ประชุม)").click()
    form.locator("[name=body]").fill("ตามมติ")
    form.locator("[name=source]").fill("ที่ประชุมครั้งที่ 2/2569")
    expect(form.locator("[name=scan][data-pmqa-empty]")).to_have_count(1)
    form.locator("[name=scan]").set_input_files(
        {"name": "รายงาน.png", "mimeType": "image/png", "buffer": picture_bytes()}
    )
    expect(form.locator("[name=scan][data-pmqa-empty]")).to_have_count(0)
    form.get_by_role("button", name="ส่ง", exact=True).click()
    expect(form.locator(".error-summary")).to_contain_text("กรุณาระบุวันที่")
    expect(form.locator("[name=body]")).to_have_value("ตามมติ")
    form.locator("[name=source_date]").fill("20 พ.ย. 2569")
    form.get_by_role("button", name="เก็บเป็นร่าง").click()
    thread = threads(page).first
    expect(thread).to_contain_text("ลงวันที่ 20 พฤศจิกายน 2569")
    expect(thread).to_contain_text("ยังไม่มีใครเห็น")
    assert Comment.objects.get().is_draft
    thread.get_by_role("button", name="ส่งร่างนี้").click()
    # the pressed button is gone; the keyboard goes on in the same thread
    expect(thread.get_by_role("link", name="ตอบ")).to_be_focused()
    assert not Comment.objects.get().is_draft


def test_without_scripts_a_remark_is_written_answered_and_settled(windows, round):
    page = open_page(windows, round, "committee_1", scripts=False)
    page.get_by_role("link", name="+ ให้ข้อสังเกต").click()
    page.locator("[name=quote]").fill("แผนระยะยาว")
    page.locator("[name=body]").fill("กี่ปี")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(threads(page).first.locator("blockquote")).to_have_text("แผนระยะยาว")
    threads(page).first.get_by_role("link", name="ตอบ").click()
    page.locator("[name=body]").fill("ห้าปี")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    threads(page).first.get_by_role("button", name="แก้ไขแล้ว").click()
    expect(page.locator("#comments-count")).to_have_text("0")
    assert not Thread.objects.get().is_open


def test_the_open_forms_and_long_words_are_no_barrier(windows, round):
    analysis, by = criterion(round, "1.2"), round.world.here.people[Role.SECRETARIAT]
    quote = Quoted(texts_of_criterion(analysis)[0], "ข้อความที่ยาวมากและไม่มีในข้อนี้แล้ว " * 28)
    start_thread(analysis=analysis, words=words("ยาว"), by=by, quoted=quote)
    long = "ก" * 300 + "\n" + "https://example.go.th/" + "a" * 300
    start_thread(analysis=analysis, words=words(long, source="ส" * 200, source_date=round.opened_at), by=by)
    start_thread(analysis=analysis, words=words("ร่าง", draft=True), by=by)
    page = open_page(windows, round, Role.SECRETARIAT)
    page.get_by_role("link", name="+ ให้ข้อสังเกต").click()
    page.locator("#comment-new form").get_by_role("button", name="ส่ง", exact=True).click()
    expect(page.locator("#comment-new .error-summary")).to_be_visible()
    threads(page).first.get_by_role("link", name="ตอบ").click()
    expect(page.locator("article.thread form.comment-form")).to_be_visible()
    assert faults_of(page) == []
    sheet = reverse("sheet_comments", args=[round.agency.code, round.year, 1])
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{sheet}?show=all")
    assert faults_of(page) == []
