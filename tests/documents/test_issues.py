"""Issues (ฉบับ): frozen for ever, numbered, printed once, compared, and the signed paper beside them."""

from __future__ import annotations

import hashlib
import io
import re

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.models import Round
from documents import worker
from documents.enums import JobState, Purpose
from documents.exporters import Export
from documents.frozen import from_plain, sha256_of, short_code, to_plain
from documents.models import Issue, Job
from documents.pdf.child import RenderFailed
from documents.reading import read_form
from documents.services.issues import IssueDetails, keep_issue_pdf, make_issue
from documents.services.jobs import MAX_ACTIVE, QueueFull
from documents.worker import work_once
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.documents.pdf.conftest import poppler_pages
from tests.url_world import picture_bytes
from tests.world import moment, write_activity

NO_MEMO = {"memo_number": "", "memo_to": "", "memo_subject": "", "memo_body": ""}


@pytest.fixture
def by(client, world):
    """The secretariat, signed in."""
    person = world.here.people[Role.SECRETARIAT]
    client.force_login(person)
    return person


def issued(round: Round, by, **details: object) -> Issue:
    return make_issue(round=round, details=IssueDetails(**details), by=by)


def press(client, **fields: object):
    return client.post("/a/senate/2565/issues/new/", {"print_footer": "on", **NO_MEMO, **fields})


def printed(issue: Issue) -> bytes:
    """The kept PDF as it lies there now."""
    with Issue.objects.get(pk=issue.pk).pdf.open("rb") as file:
        return file.read()


def blank_pdf(pages: int = 1) -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        document.add_blank_page(page_size=(842, 595))
    document.save(out, deterministic_id=True)
    return out.getvalue()


@pytest.fixture
def quick(monkeypatch):
    """A worker that lays nothing out."""

    def made(order):
        return Export(order.filename, "application/pdf", blank_pdf(3), "0" * 64, pages=3)

    monkeypatch.setattr(worker, "export", made)


# --- frozen data ---------------------------------------------------------------------------------------


def test_plain_data_become_the_same_form_again(here):
    write_activity(here, "1.2", "<p>ข้อความ “คำพูด” & <strong>หนา</strong></p>")
    form = read_form(here, at=moment())
    assert from_plain(to_plain(form)) == form


def test_data_of_an_older_issue_take_the_default_of_a_newer_field(here):
    plain = to_plain(read_form(here, at=moment()))
    del plain["footer"]
    for category in plain["categories"]:
        del category["versions"]
    assert from_plain(plain).footer is None


def test_the_hash_names_the_content_and_not_the_moment(here):
    first, second = (to_plain(read_form(here, at=at)) for at in (moment(), timezone.now()))
    assert sha256_of(first) == sha256_of(second)
    write_activity(here, "1.2", "<p>ใหม่</p>")
    assert sha256_of(to_plain(read_form(here, at=moment()))) != sha256_of(first)


def test_the_short_code_follows_from_the_hash():
    assert short_code("0" * 64) == "AAAA-AAAA"
    assert short_code("f" * 64) == "RUKZ-BNTZ"
    assert short_code("0" * 9 + "1" + "0" * 54) == "BAAA-AAAA"


# --- making one ----------------------------------------------------------------------------------------


def test_issuing_freezes_the_form_and_later_edits_never_change_it(here, by):
    write_activity(here, "1.2", "<p>ตามที่ออก</p>")
    issue = issued(here, by)
    write_activity(here, "1.2", "<p>แก้ภายหลัง</p>")
    Round.objects.filter(pk=here.pk).update(title="ชื่อใหม่", thai_digits=True)
    stored = Issue.objects.get(pk=issue.pk)
    texts = [block.html for row in stored.form.categories[0].rows for block in row.activities]
    assert "<p>ตามที่ออก</p>" in texts
    assert "<p>แก้ภายหลัง</p>" not in texts
    assert (stored.form.title, stored.form.thai_digits) == (here.title, here.thai_digits)
    assert stored.data_sha256 == sha256_of(stored.data)


def test_numbers_follow_one_another_in_each_round(here, there, world, by):
    numbers = [issued(here, by).number, issued(here, by).number]
    other = issued(there, world.there.people[Role.SECRETARIAT])
    assert (numbers, other.number) == ([1, 2], 1)


def test_who_and_when_and_the_hash_stand_in_the_audit_trail(here, by):
    issue = issued(here, by)
    event = AuditEvent.objects.get(verb="issue.made")
    assert (event.actor_id, event.agency_id, event.facts) == (
        by.pk,
        here.agency_id,
        {"number": 1, "sha256": issue.data_sha256, "unapproved": [1, 2, 3, 4, 5, 6]},
    )


def test_a_full_queue_issues_nothing(here, by):
    rows = [Job(round=here, requested_by=by, category=1) for _ in range(MAX_ACTIVE)]
    Job.objects.bulk_create(rows)
    with pytest.raises(QueueFull):
        issued(here, by)
    assert not Issue.objects.exists()


def test_the_worker_prints_the_frozen_data_with_its_footer(here, by):
    write_activity(here, "1.2", "<p>ตามที่ออกในฉบับนี้</p>")
    issue = issued(here, by)
    write_activity(here, "1.2", "<p>แก้ภายหลังออกฉบับ</p>")
    assert work_once()
    stored = Issue.objects.get(pk=issue.pk)
    content = printed(issue)
    text = "".join("".join(poppler_pages(content)).split())
    assert stored.pdf_sha256 == hashlib.sha256(content).hexdigest()
    assert stored.pages == len(pypdfium2.PdfDocument(content))
    assert "ตามที่ออกในฉบับนี้" in text
    assert "แก้ภายหลังออกฉบับ" not in text
    assert "".join(issue.footer.split()) in text
    assert "ร่างณ" not in text


def test_the_footer_can_be_left_out(here, by):
    issue = issued(here, by, print_footer=False)
    assert issue.footer == ""
    work_once()
    text = "".join("".join(poppler_pages(printed(issue))).split())
    assert "ฉบับที่1" not in text
    assert "ร่างณ" not in text


def test_a_memorandum_stands_in_front_and_is_not_counted(here, by):
    issue = issued(here, by, memo_subject="ขอส่งแบบฟอร์ม", memo_to="เลขาธิการ", memo_body="เพื่อโปรดพิจารณา")
    work_once()
    pages = ["".join(page.split()) for page in poppler_pages(printed(issue))]
    assert pages[0].startswith("บันทึกข้อความส่วนราชการสำนักงานเลขาธิการวุฒิสภา")
    assert all(
        word in pages[0] for word in ("เรื่องขอส่งแบบฟอร์ม", "เรียนเลขาธิการ", "เพื่อโปรดพิจารณา", "เสนอ", "เห็นชอบ")
    )
    assert "หน้า" not in pages[0].replace("หน้าที่", "")
    assert f"หน้า1จาก{len(pages) - 1}" in pages[1]
    with pikepdf.open(io.BytesIO(printed(issue))) as document:
        sizes = [tuple(round(float(side)) for side in page.MediaBox[2:]) for page in document.pages]
        assert document.Root.MarkInfo.Marked
    assert sizes[:2] == [(595, 842), (842, 595)]


def test_the_first_pdf_stays(here, by):
    issue = issued(here, by)
    assert keep_issue_pdf(issue=issue, content=b"%PDF-1", pages=1)
    assert not keep_issue_pdf(issue=issue, content=b"%PDF-2", pages=2)
    assert printed(issue) == b"%PDF-1"


# --- pages ---------------------------------------------------------------------------------------------


def test_pressing_issue_makes_one_and_opens_its_page(client, here, by):
    answer = press(client, note="ส่งสำนักงาน ก.พ.ร.")
    issue = Issue.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/issues/{issue.uid}/")
    assert (issue.note, issue.print_footer, issue.has_memo) == ("ส่งสำนักงาน ก.พ.ร.", True, False)
    page = client.get(issue.get_absolute_url()).content.decode()
    assert "กำลังทำไฟล์ PDF" in page


@pytest.mark.parametrize(
    ("filled", "message"),
    [
        ("memo_to", "กรุณากรอกเรื่องของบันทึกข้อความ"),
        ("memo_subject", "กรุณากรอกว่าเรียนถึงผู้ใด"),
        ("memo_body", "กรุณากรอกเรื่อง"),
    ],
)
def test_a_memorandum_filled_in_by_half_is_refused_and_kept(client, here, by, filled, message):
    answer = press(client, **{filled: "ข้อความที่พิมพ์ไว้"})
    page = answer.content.decode()
    assert (answer.status_code, Issue.objects.count()) == (422, 0)
    assert message in page
    assert "ข้อความที่พิมพ์ไว้" in page


def test_a_full_queue_is_said_on_the_page_and_keeps_what_was_typed(client, here, by):
    Job.objects.bulk_create([Job(round=here, requested_by=by, category=1) for _ in range(MAX_ACTIVE)])
    answer = press(client, note="หมายเหตุที่พิมพ์")
    assert answer.status_code == 422
    assert "จึงยังไม่ได้ออกฉบับ" in answer.content.decode()
    assert "หมายเหตุที่พิมพ์" in answer.content.decode()


def test_a_failed_print_says_so_and_can_be_asked_for_again(client, here, by, monkeypatch):
    def broken(order):
        raise RenderFailed("x")

    monkeypatch.setattr(worker, "export", broken)
    issue = issued(here, by)
    work_once()
    page = client.get(issue.get_absolute_url()).content.decode()
    assert "ยังทำไฟล์ PDF ไม่สำเร็จ: จัดหน้าไม่สำเร็จ" in page
    client.post(f"/issues/{issue.uid}/again/")
    assert list(issue.jobs.order_by("pk").values_list("state", "purpose")) == [
        (JobState.FAILED, Purpose.ISSUE),
        (JobState.QUEUED, Purpose.ISSUE),
    ]


def test_a_printed_issue_is_not_printed_again(client, here, by, quick):
    issue = issued(here, by)
    work_once()
    client.post(f"/issues/{issue.uid}/again/")
    assert issue.jobs.count() == 1
    page = client.get(issue.get_absolute_url()).content.decode()
    assert f"รหัสข้อมูล <strong>{issue.code}</strong>" in page
    assert issue.data_sha256 in page


def test_the_file_is_given_to_members_only(client, world, here, by, quick):
    issue = issued(here, by)
    work_once()
    address = f"/issues/{issue.uid}/file/"
    client.force_login(world.here.people[Role.EXECUTIVE])
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], b"".join(answer.streaming_content)) == (
        200,
        "application/pdf",
        blank_pdf(3),
    )
    assert answer["Content-Disposition"] == 'inline; filename="pmqa-senate-2565-issue-1.pdf"'
    client.force_login(world.there.people[Role.SECRETARIAT])
    assert client.get(address).status_code == 404


def test_a_file_that_was_lost_is_not_found(client, here, by, quick):
    issue = issued(here, by)
    work_once()
    stored = Issue.objects.get(pk=issue.pk)
    stored.pdf.storage.delete(stored.pdf.name)
    assert client.get(f"/issues/{issue.uid}/file/").status_code == 404


def test_the_round_names_its_issues_in_as_many_queries_for_one_as_for_thirty(client, here, by):
    issued(here, by)
    client.get("/a/senate/2565/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/a/senate/2565/").content.decode()
        counts.append(len(captured))
        Job.objects.all().delete()
        for _ in range(29):
            issued(here, by)
            Job.objects.all().delete()
    assert counts[0] == counts[1]
    assert page.count("ออกเมื่อ") == 30


def test_no_issue_of_another_agency_is_seen_or_compared(client, world, here, there, by):
    own, foreign = issued(here, by), issued(there, world.there.people[Role.SECRETARIAT])
    issued(there, world.there.people[Role.SECRETARIAT])
    for rest in ("", "compare/", "file/"):
        assert client.get(f"/issues/{foreign.uid}/{rest}").status_code == 404
    # there is a second issue there, and none here
    assert client.get(f"/issues/{own.uid}/compare/?with=2").status_code == 404
    assert client.get(f"/issues/{own.uid}/compare/?with=x").status_code == 404


# --- what changed --------------------------------------------------------------------------------------


def test_two_issues_are_compared_by_words(client, here, by):
    activity = write_activity(here, "2.1", "<p>จัดประชุมคณะทำงาน</p>")
    first = issued(here, by)
    activity.text.html = "<p>จัดประชุมเครือข่าย</p>"
    activity.text.save()
    issued(here, by)
    for address in (f"/issues/{first.uid}/compare/?with=2", f"/issues/{first.uid}/compare/"):
        page = client.get(address).content.decode()
        assert "เปลี่ยน 1 แห่ง" in page
        assert "<p>จัดประชุม<del>คณะทำงาน</del><ins>เครือข่าย</ins></p>" in page
    assert "จากฉบับที่ 1 ถึงร่างขณะนี้" in page


def test_one_category_is_compared_where_its_page_asks_for_it(client, here, by):
    first = issued(here, by)
    for code in ("2.1", "3.2"):
        write_activity(here, code, f"<p>เพิ่ม {code}</p>", by=by)
    found = {}
    for query in ("", "?category=2", "?category=3", "?category=4", "?category=x", "?category=22"):
        page = client.get(f"/issues/{first.uid}/compare/{query}").content.decode()
        found[query] = [code for code in ("2.1", "3.2") if f"<h2>ข้อ {code}</h2>" in page]
    both = ["2.1", "3.2"]
    assert found == {
        "": both,
        "?category=2": ["2.1"],
        "?category=3": ["3.2"],
        "?category=4": [],
        "?category=x": both,
        "?category=22": both,
    }


def test_the_pages_of_changes_lead_to_the_comparison_with_each_issue(client, here, there, world, by):
    issued(there, world.there.people[Role.SECRETARIAT])
    addresses = [f"/issues/{issued(here, by).uid}/compare/" for _ in range(2)]
    whole = client.get("/a/senate/2565/changes/").content.decode()
    sheet = client.get("/a/senate/2565/category-2/changes/").content.decode()
    assert re.findall(r'href="(/issues/[^"]+)"', whole) == addresses[::-1]
    assert re.findall(r'href="(/issues/[^"]+)"', sheet) == [f"{a}?category=2" for a in addresses[::-1]]


def test_equal_data_say_so(client, here, by):
    issue = issued(here, by)
    assert "ข้อความตรงกันทุกแห่ง" in client.get(f"/issues/{issue.uid}/compare/").content.decode()


# --- the signed paper ----------------------------------------------------------------------------------


def send(client, issue: Issue, content: bytes, name: str = "ลงนาม.pdf"):
    return client.post(f"/issues/{issue.uid}/scan/", {"file": SimpleUploadedFile(name, content)})


def test_a_signed_paper_is_kept_and_given_as_a_download(client, here, by):
    issue = issued(here, by)
    assert send(client, issue, blank_pdf()).status_code == 302
    stored = Issue.objects.get(pk=issue.pk)
    assert (stored.scan_name, stored.scanned_by) == ("ลงนาม.pdf", by)
    answer = client.get(f"/issues/{issue.uid}/file/?part=scan")
    assert b"".join(answer.streaming_content) == blank_pdf()
    assert answer["Content-Disposition"] == 'attachment; filename="pmqa-senate-2565-issue-1-signed.pdf"'
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "sandbox; default-src 'none'",
    )


def test_a_photograph_of_the_paper_is_taken_too(client, here, by):
    issue = issued(here, by)
    send(client, issue, picture_bytes(), "photo.png")
    answer = client.get(f"/issues/{issue.uid}/file/?part=scan")
    assert (answer["Content-Type"], b"".join(answer.streaming_content)[1:4]) == ("image/png", b"PNG")


def locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(blank_pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "ไฟล์นี้ว่างเปล่า"),
        (b"%PDF-1.7 broken", "เปิดไฟล์ PDF นี้ไม่ได้"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ไฟล์นี้ไม่ใช่ PDF"),
        (b"<html><script>alert(1)</script>", "ไฟล์นี้ไม่ใช่ PDF"),
        (locked_pdf(), "มีรหัสผ่าน"),
    ],
    ids=["empty", "broken", "svg", "html", "password"],
)
def test_what_is_no_paper_is_refused_and_nothing_is_kept(client, here, by, content, message):
    issue = issued(here, by)
    answer = send(client, issue, content)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Issue.objects.get(pk=issue.pk).scan


def test_a_scan_over_the_limit_is_refused(client, here, by, monkeypatch):
    monkeypatch.setattr("texts.scans.MAX_BYTES", 100)
    answer = send(client, issued(here, by), blank_pdf())
    assert "ไฟล์ใหญ่เกิน 20 เมกะไบต์" in answer.content.decode()
