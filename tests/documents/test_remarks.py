"""ตารางข้อสังเกตและการแก้ไข: what stands in it, as data, PDF and Word; never a draft, never another agency's words."""

from __future__ import annotations

import io
import uuid

import pytest
from docx import Document

from assessment.services.comments import Quoted, reply, resolve_thread, start_thread, withdraw_comment
from assessment.threads import texts_of_criterion
from documents.enums import Format, JobState, Purpose
from documents.exchange.canonical import dump
from documents.exchange.reading import read_round
from documents.exporters import Order, export
from documents.files import export_path
from documents.models import Job
from documents.printing import prepare_print
from documents.reading import read_form
from documents.remark_table import prepare_remarks
from documents.remarks import HEADINGS, MOST_COMPARED, read_remarks
from documents.worker import work_once
from organizations.enums import Role
from tests.documents.pdf.conftest import poppler_pages
from tests.url_comments import DAY, words
from tests.world import criterion, moment, write_activity
from texts.models import Comment, Text
from texts.services import save_text

HTML = "<p>จัดทำแผนระยะยาว</p><p>ติดตามผลทุกไตรมาส</p>"


@pytest.fixture
def secretary(world):
    person = world.here.people[Role.SECRETARIAT]
    person.display_name = "ฝ่ายเลขานุการ"
    person.save()
    return person


@pytest.fixture
def member(world):
    person = world.here.people["committee_1"]
    person.display_name = "กรรมการ"
    person.save()
    return person


def start(round, by, body, code="1.1", quote="", **about):
    analysis = criterion(round, code)
    quoted = Quoted(texts_of_criterion(analysis)[0], quote) if quote else None
    made = start_thread(analysis=analysis, words=words(body, **about), by=by, quoted=quoted)
    Comment.objects.filter(pk=made.pk).update(at=moment())
    return made.thread.criterion_thread


def answer(placed, by, body, **about):
    made = reply(placed=placed, words=words(body, **about), by=by)
    Comment.objects.filter(pk=made.pk).update(at=moment(day=21))


def rewrite(round, code, html):
    text = texts_of_criterion(criterion(round, code))[0].text
    save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=None)


def remarks(round, *numbers):
    return [remark for category in read_remarks(round, set(numbers) or None) for remark in category.remarks]


# --- the data -------------------------------------------------------------------------------------


def test_a_row_holds_remark_answers_and_who_settled_it(here, secretary, member):
    placed = start(here, secretary, "ขอให้ระบุปี")
    answer(placed, member, "ระบุแล้ว\nปี 2566")
    resolve_thread(placed=placed, by=member)
    placed.thread.refresh_from_db()
    type(placed.thread).objects.update(resolved_at=moment(day=22))
    [row] = remarks(here)
    assert (row.code, row.name, row.status) == ("1.1", "ชื่อสั้น 1.1", "แก้ไขแล้ว")
    assert row.settled == "โดย กรรมการ 22 พ.ย. 2569"
    assert (row.said.who, row.said.note, row.said.words) == ("ฝ่ายเลขานุการ", "20 พ.ย. 2569", "ขอให้ระบุปี")
    assert [(a.who, a.note, a.words) for a in row.answers] == [("กรรมการ", "21 พ.ย. 2569", "ระบุแล้ว\nปี 2566")]


def test_what_was_said_for_a_meeting_bears_its_name_and_date(here, secretary):
    start(here, secretary, "ตามมติ", source="ที่ประชุมครั้งที่ 2/2565", source_date=DAY)
    [row] = remarks(here)
    assert row.said.who == "ที่ประชุมครั้งที่ 2/2565"
    assert row.said.note == "ลงวันที่ 20 พ.ย. 2565 บันทึกแทนโดย ฝ่ายเลขานุการ 20 พ.ย. 2569"


def test_rows_stand_in_the_order_of_the_form_and_categories_apart(here, secretary):
    for code in ("3.1", "1.2", "1.1", "3.4"):
        start(here, secretary, f"ข้อ {code}", code)
    found = read_remarks(here)
    assert [(c.number, [r.code for r in c.remarks]) for c in found] == [
        (1, ["1.1", "1.2"]),
        (3, ["3.1", "3.4"]),
    ]
    assert [row.code for row in remarks(here, 3)] == ["3.1", "3.4"]
    assert remarks(here, 2) == []


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (HTML, ""),
        (HTML.replace("ระยะยาว", "ระยะสามปี"), "แก้เป็น “ระยะสามปี”"),
        (HTML.replace("ระยะยาว", ""), "ลบข้อความที่อ้างถึงออกแล้ว"),
        (HTML.replace("ทุกไตรมาส", "ทุกเดือน"), "ส่วนอื่นของข้อความ: ตัดออก “ไตรมาส” เพิ่ม “เดือน”"),
        (HTML.replace("<p>จัด", "<p><strong>จัด</strong>"), ""),
    ],
)
def test_what_became_of_the_words_is_told_in_short(here, secretary, now, change):
    write_activity(here, "1.2", HTML)
    start(here, secretary, "กี่ปี", "1.2", quote="ระยะยาว")
    if now != HTML:
        rewrite(here, "1.2", now)
    [row] = remarks(here)
    assert (row.kind, row.quote, row.change) == ("กิจกรรม", "ระยะยาว", change)


def test_a_text_that_was_written_anew_tells_its_words_shortened(here, secretary):
    write_activity(here, "1.2", "<p>สั้น</p>")
    start(here, secretary, "ขยายความ", "1.2", quote="สั้น")
    rewrite(here, "1.2", f"<p>{'ยาวมาก ' * (MOST_COMPARED // 5)}</p>")
    [row] = remarks(here)
    assert row.change.startswith("เพิ่ม “ยาวมาก ยาวมาก")
    assert len(row.change) < 180


def test_withdrawn_words_are_not_printed(here, secretary, member):
    placed = start(here, secretary, "ผิดไป")
    answer(placed, member, "ตอบไปแล้ว")
    withdraw_comment(comment=Comment.objects.get(body="ผิดไป"), by=secretary)
    [row] = remarks(here)
    assert (row.said.words, row.answers) == ("ตอบไปแล้ว", ())
    withdraw_comment(comment=Comment.objects.get(body="ตอบไปแล้ว"), by=member)
    assert remarks(here) == []


# --- nothing leaks --------------------------------------------------------------------------------


def test_drafts_are_in_no_paper_and_in_no_file(world, here, there, secretary):
    placed = start(here, secretary, "ส่งแล้ว")
    reply(placed=placed, words=words("ความลับคำตอบ", draft=True), by=secretary)
    start(here, secretary, "ความลับของร่าง", draft=True)
    start(there, world.there.people[Role.SECRETARIAT], "ของหน่วยงานอื่น")
    form = read_form(here, at=moment())
    papers = [prepare_remarks(form, read_remarks(here)).html, prepare_print(form).html]
    papers.append(dump(read_round(here)).decode())
    papers += [words_of_docx(made) for made in [export(Order(here, Format.DOCX, purpose=Purpose.COMMENTS))]]
    assert "ส่งแล้ว" in papers[0]
    assert not [paper for paper in papers if "ความลับ" in paper or "ของหน่วยงานอื่น" in paper]


# --- the files ------------------------------------------------------------------------------------


def words_of_docx(made) -> str:
    document = Document(io.BytesIO(made.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def words_of_pdf(made) -> str:
    return "".join("".join(poppler_pages(made.content)).split())


def test_pdf_and_word_hold_the_same_words(here, secretary, member):
    write_activity(here, "1.2", HTML)
    placed = start(here, secretary, "กี่ปี <b>&", "1.2", quote="ระยะยาว")
    answer(placed, member, "สามปี")
    rewrite(here, "1.2", HTML.replace("ระยะยาว", "ระยะสามปี"))
    pdf = export(Order(here, category=1, purpose=Purpose.COMMENTS))
    word = export(Order(here, Format.DOCX, category=1, purpose=Purpose.COMMENTS))
    assert (pdf.filename, word.filename) == (
        "pmqa-senate-2565-category-1-comments.pdf",
        "pmqa-senate-2565-category-1-comments.docx",
    )
    expected = [
        "ตารางข้อสังเกตและการแก้ไข",
        *HEADINGS,
        "หมวด 1 ชื่อหมวด 1",
        "กิจกรรม “ระยะยาว”",
        "กี่ปี <b>&",
        "สามปี",
        "แก้เป็น “ระยะสามปี”",
        "ฝ่ายเลขานุการ",
        "กรรมการ",
        "ยังไม่แก้ไข",
    ]
    printed, written = words_of_pdf(pdf), words_of_docx(word)
    assert [text for text in expected if "".join(text.split()) not in printed] == []
    assert [text for text in expected if text not in written] == []
    assert pdf.pages == 1


def test_heads_stand_on_every_page_and_digits_follow_the_setting(here, secretary):
    for number in range(12):
        start(here, secretary, f"ข้อสังเกตที่ {number} " + "ขอให้ระบุเป้าหมายและผู้รับผิดชอบ " * 15)
    made = export(Order(here, purpose=Purpose.COMMENTS, thai_digits=True))
    pages = ["".join(page.split()) for page in poppler_pages(made.content)]
    assert made.pages == len(pages) > 2
    assert [page for page in pages if "หมวด๑" not in page or "ข้อสังเกต" not in page] == []
    assert not set("0123456789") & set("".join(pages))
    assert pages[-1].endswith(f"หน้า{thai(len(pages))}จาก{thai(len(pages))}")


def thai(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))


def test_without_remarks_the_paper_says_so(here):
    for format, reader in ((Format.PDF, words_of_pdf), (Format.DOCX, words_of_docx)):
        text = reader(export(Order(here, format, category=2, purpose=Purpose.COMMENTS)))
        assert "ยังไม่มีข้อสังเกตหมวด2" in "".join(text.split())


def test_the_word_file_does_not_claim_to_come_back(here, secretary):
    start(here, secretary, "ก")
    made = export(Order(here, Format.DOCX, purpose=Purpose.COMMENTS))
    assert b"docProps/custom.xml" not in made.content
    assert b"docProps/custom.xml" in export(Order(here, Format.DOCX)).content


def test_equal_remarks_have_equal_hashes_whenever_they_are_read(here, secretary):
    start(here, secretary, "ก")
    for format in (Format.PDF, Format.DOCX):
        first, second = (export(Order(here, format, purpose=Purpose.COMMENTS)).sha256 for _ in range(2))
        assert first == second
    start(here, secretary, "ข")
    assert export(Order(here, Format.DOCX, purpose=Purpose.COMMENTS)).sha256 != first


def test_the_worker_makes_it_and_it_can_be_fetched(client, world, here, secretary):
    start(here, secretary, "ขอให้ระบุปี")
    client.force_login(world.here.people[Role.EXECUTIVE])
    page = client.get("/a/senate/2565/category-1/comments/").content.decode()
    assert page.count('name="purpose" value="comments"') == 2
    asked = {"category": "1", "format": "pdf", "purpose": "comments"}
    assert client.post("/a/senate/2565/export/", asked).status_code == 302
    assert work_once()
    job = Job.objects.get()
    assert (job.state, job.filename) == (JobState.DONE, "pmqa-senate-2565-category-1-comments.pdf")
    assert export_path(job).read_bytes().startswith(b"%PDF-")
    answer = client.get(f"/exports/{job.uid}/file/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert "ตารางข้อสังเกตและการแก้ไข หมวด 1 (PDF)" in client.get(f"/exports/{job.uid}/").content.decode()


@pytest.mark.parametrize("format", ["xlsx", "json", "html"])
def test_other_formats_of_it_are_not_made(client, world, here, format):
    client.force_login(world.here.people[Role.EXECUTIVE])
    answer = client.post("/a/senate/2565/export/", {"format": format, "purpose": "comments"})
    assert (answer.status_code, Job.objects.count()) == (404, 0)


def test_reading_takes_as_many_queries_for_thirty_threads(here, secretary, member, django_assert_num_queries):
    write_activity(here, "1.2", HTML)
    for number in range(30):
        answer(start(here, secretary, f"ข้อ {number}", "1.2", quote="ระยะยาว"), member, "ตอบ")
    Text.objects.filter(plain__contains="ระยะยาว").update(version=2)
    with django_assert_num_queries(3):
        assert len(remarks(here)) == 30
