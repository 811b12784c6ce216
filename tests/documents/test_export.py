"""Making real PDFs: by the worker in its child process, and by the command."""

from __future__ import annotations

import datetime
import io
import os
import stat
import subprocess
import sys

import pypdfium2
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessment.models import Round
from assessment.search.refreshing import refresh_everything
from documents import worker
from documents.enums import Format, JobState
from documents.exporters import Export, Order, Step, export
from documents.files import export_path
from documents.models import Job
from documents.pdf.child import RenderFailed, RenderTooLarge
from documents.services.jobs import cancel_export, request_export
from documents.worker import KEEP_FILES, run_worker, sweep, work_once
from organizations.enums import Role
from proof.readers import pdfium_pages, poppler_pages
from tests.world import write_activity

TYPED = "สำนักงานดำเนินการพัฒนาระบบข้อมูลเพื่อผู้รับบริการลุ่มน้ำทุกแห่ง ครั้งที่ 3"


@pytest.fixture
def by(world):
    return world.here.people["committee_1"]


@pytest.fixture
def small(here):
    """The round of «senate» with a sentence that was typed a moment ago."""
    write_activity(here, "1.2", f"<p>{TYPED}</p>")
    return here


def ask(round: Round, by, category: int | None = None, *, thai_digits: bool = False) -> Job:
    return request_export(round=round, category=category, thai_digits=thai_digits, by=by)


def stored(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def words_of(pdf: bytes) -> dict[str, str]:
    """The whole text as poppler and PDFium read it, without blanks and line ends."""
    return {
        name: "".join("".join(read(pdf)).split())
        for name, read in (("poppler", poppler_pages), ("pdfium", pdfium_pages))
    }


def without_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def quick(monkeypatch):
    """A worker whose render is a given function instead of the print engine."""

    def use(render):
        monkeypatch.setattr(worker, "export", render)

    return use


# --- the worker ---------------------------------------------------------------------------------------


def test_the_worker_makes_a_pdf_in_which_the_typed_sentence_is_found(small, there, by):
    job = ask(small, by)
    assert work_once() is True
    done = stored(job)
    pdf = export_path(done).read_bytes()
    assert (done.state, done.error, done.filename) == (JobState.DONE, "", "pmqa-senate-2565.pdf")
    assert done.pages == len(pypdfium2.PdfDocument(pdf)) >= 6
    assert (done.steps_done, done.steps_total, len(done.data_sha256)) == (42, 42, 64)
    for text in words_of(pdf).values():
        assert text.count(without_blanks(TYPED)) == 1
        assert without_blanks("กิจกรรม senate ข้อ 1.3 และ 1.4") in text
        assert "nso" not in text
        assert f"หน้า1จาก{done.pages}" in text
    assert work_once() is False


def test_the_pages_are_a4_landscape(small, by):
    pdf = export(Order(small, category=1)).content
    widths = {tuple(round(side) for side in page.get_size()) for page in pypdfium2.PdfDocument(pdf)}
    assert widths == {(842, 595)}


def test_one_category_alone_with_thai_digits(small, by):
    ask(small, by, 1, thai_digits=True)
    ask(small, by, 2)
    assert (work_once(), work_once()) == (True, True)
    thai, arabic = (export_path(job).read_bytes() for job in Job.objects.order_by("category"))
    for text in words_of(thai).values():
        assert without_blanks("ลุ่มน้ำทุกแห่ง ครั้งที่ ๓") in text
        assert "หน้า๑จาก๑" in text
        assert "หมวด๒" not in text
        assert not set("0123456789") & set(text)
    for text in words_of(arabic).values():
        assert "หน้า1จาก1" in text
        assert "หมวด2" in text
    assert [job.filename for job in Job.objects.order_by("category")] == [
        "pmqa-senate-2565-category-1.pdf",
        "pmqa-senate-2565-category-2.pdf",
    ]


def test_a_category_numbered_as_in_the_whole(small, by):
    whole, part = (
        ask(small, by),
        request_export(round=small, category=3, thai_digits=False, by=by, whole_numbering=True),
    )
    work_once(), work_once()
    pages = stored(whole).pages
    for text in words_of(export_path(stored(part)).read_bytes()).values():
        assert f"หน้า1จาก{pages}" not in text
        assert f"จาก{pages}" in text


def test_the_setting_of_the_round_decides_about_digits(small):
    Round.objects.filter(pk=small.pk).update(thai_digits=True)
    small.refresh_from_db()
    assert "ครั้งที่๓" in words_of(export(Order(small, category=1)).content)["poppler"]
    assert "ครั้งที่3" in words_of(export(Order(small, category=1, thai_digits=False)).content)["poppler"]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (RenderTooLarge("memory"), "ข้อความหรือภาพมากเกินกว่าจะพิมพ์ได้ในครั้งเดียว กรุณาพิมพ์ทีละหมวดเพื่อหาหมวดที่มีปัญหา"),
        (RenderFailed("x"), "จัดหน้าไม่สำเร็จ กรุณาพิมพ์ทีละหมวดเพื่อหาหมวดที่มีปัญหา แล้วแจ้งผู้ดูแลระบบ"),
        (ValueError("secret detail"), "สร้างไฟล์ไม่สำเร็จ กรุณาลองอีกครั้งหรือแจ้งผู้ดูแลระบบ"),
    ],
)
def test_a_failed_render_is_told_in_thai_and_the_queue_goes_on(here, by, quick, fault, message):
    def broken(order):
        if order.category == 1:
            raise fault
        return Export("b.pdf", "application/pdf", blank_pdf(), "0" * 64, pages=1)

    quick(broken)
    first, second = ask(here, by, 1), ask(here, by, 2)
    assert (work_once(), work_once()) == (True, True)
    assert (stored(first).state, stored(first).error) == (JobState.FAILED, message)
    assert (stored(second).state, stored(second).pages) == (JobState.DONE, 1)
    assert not export_path(first).exists()


def blank_pdf() -> bytes:
    out = io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100)
    document.save(out)
    return out.getvalue()


def test_a_job_cancelled_during_the_render_stops_there(here, by, quick):
    job = ask(here, by)
    went_on = []

    def render(order):
        order.on_progress(Step("กำลังจัดหน้า 12", 5, 7))
        assert stored(job).step == "กำลังจัดหน้า 12"
        cancel_export(job=job, by=by)
        order.on_progress(Step("กำลังจัดหน้า 13", 5, 7))
        went_on.append("further")

    quick(render)
    assert work_once() is True
    assert (stored(job).state, went_on, export_path(job).exists()) == (JobState.CANCELLED, [], False)


def test_a_job_cancelled_at_the_last_moment_leaves_no_file(here, by, quick):
    job = ask(here, by)

    def render(order):
        cancel_export(job=job, by=by)
        return Export("b.pdf", "application/pdf", blank_pdf(), "0" * 64, pages=1)

    quick(render)
    work_once()
    assert (stored(job).state, export_path(job).exists()) == (JobState.CANCELLED, False)


def test_a_real_render_is_ended_by_cancelling(small, by, monkeypatch):
    """The child is killed; no process of it is left behind."""
    job = ask(small, by)
    report = worker._report

    def cancel_at_layout(current, step):
        if step.done >= 3:
            cancel_export(job=job, by=by)
        report(current, step)

    monkeypatch.setattr(worker, "_report", cancel_at_layout)
    work_once()
    assert (stored(job).state, export_path(job).exists()) == (JobState.CANCELLED, False)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_worker_stops_when_told_and_sleeps_only_without_work(here, by, quick, monkeypatch):
    quick(lambda round, **options: Export("b.pdf", "application/pdf", blank_pdf(), "0" * 64, pages=1))
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    slept = []
    monkeypatch.setattr(worker.time, "sleep", slept.append)
    ask(here, by, 1), ask(here, by, 2)
    # what changed is made findable where no job waits; here all of it is
    refresh_everything()
    rounds = iter([False, False, False, True])
    run_worker(lambda: next(rounds))
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert slept == [worker.IDLE_SECONDS]


def test_old_files_are_swept_and_new_ones_stay(here, by, quick):
    quick(lambda round, **options: Export("b.pdf", "application/pdf", blank_pdf(), "0" * 64, pages=1))
    old, new = ask(here, by, 1), ask(here, by, 2)
    work_once(), work_once()
    now = timezone.now()
    Job.objects.filter(pk=old.pk).update(finished_at=now - KEEP_FILES - datetime.timedelta(seconds=1))
    sweep(now)
    assert (export_path(old).exists(), stored(old).filename, stored(old).state) == (False, "", JobState.DONE)
    assert (export_path(new).exists(), stored(new).filename) == (True, "b.pdf")
    # a file that is gone already does not stop the sweep
    export_path(new).unlink()
    Job.objects.filter(pk=new.pk).update(finished_at=now - 2 * KEEP_FILES)
    sweep(now)
    assert stored(new).filename == ""


def test_files_lie_in_a_folder_of_their_owner_alone(here, by, quick):
    quick(lambda round, **options: Export("b.pdf", "application/pdf", blank_pdf(), "0" * 64, pages=1))
    job = ask(here, by)
    work_once()
    folder = export_path(job).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [f"{job.uid.hex}.pdf"]


def test_web_processes_do_not_load_the_print_engine():
    """It takes some fifty megabytes each, and it makes Pillow accept damaged pictures."""
    code = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "sys.exit('weasyprint' in sys.modules)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "pmqa_site.settings", "PMQA_SECRET_KEY": "x" * 50}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=django_settings.BASE_DIR, env=environment, check=False
    )
    assert run.returncode == 0


# --- the command --------------------------------------------------------------------------------------


def export_form(tmp_path, *options: str, agency="senate", year="2565") -> bytes:
    path = tmp_path / "form.pdf"
    call_command(
        "export_form",
        "--agency",
        agency,
        "--year",
        year,
        *options,
        "--output",
        str(path),
        stdout=io.StringIO(),
    )
    return path.read_bytes()


def test_the_command_writes_the_whole_form(small, there, tmp_path):
    text = words_of(export_form(tmp_path))["poppler"]
    assert without_blanks(TYPED) in text
    assert all(f"หมวด{number}" in text for number in range(1, 7))
    assert "nso" not in text


def test_the_command_writes_one_category_with_thai_digits(small, tmp_path):
    text = words_of(export_form(tmp_path, "--category", "1", "--thai-digits", year="๒๕๖๕"))["poppler"]
    assert "ครั้งที่๓" in text
    assert "หมวด๑" in text
    assert "หมวด๒" not in text


@pytest.mark.parametrize(
    ("agency", "year", "message"),
    [
        ("unknown", "2565", "ไม่พบแบบฟอร์มปี 2565 ของหน่วยงาน unknown"),
        ("senate", "2566", "ไม่พบแบบฟอร์มปี 2566 ของหน่วยงาน senate"),
    ],
)
def test_an_unknown_agency_or_year_is_named_and_nothing_is_written(small, tmp_path, agency, year, message):
    with pytest.raises(CommandError, match=message):
        export_form(tmp_path, agency=agency, year=year)
    assert not (tmp_path / "form.pdf").exists()


@pytest.mark.parametrize("category", ["0", "7", "x"])
def test_a_category_that_the_form_has_not_is_refused(small, tmp_path, category):
    with pytest.raises(CommandError):
        export_form(tmp_path, "--category", category)


def test_faults_of_the_render_and_of_the_disk_are_told(small, tmp_path, monkeypatch):
    with pytest.raises(CommandError, match="เขียนไฟล์ไม่ได้"):
        export_form(tmp_path / "missing", "--category", "1")

    def broken(*arguments, **options):
        raise RenderFailed("the markup")

    monkeypatch.setattr("documents.management.commands.export_form.export", broken)
    with pytest.raises(CommandError, match="จัดหน้าไม่สำเร็จ: the markup"):
        export_form(tmp_path)


def test_roles_do_not_matter_to_the_server_s_own_command(small, world, tmp_path):
    """It is for whoever may sign in to the server; nobody is asked and no job is queued."""
    assert export_form(tmp_path, "--category", "2").startswith(b"%PDF")
    assert not Job.objects.filter(requested_by=world.here.people[Role.SECRETARIAT]).exists()


def test_file_names_are_ascii_and_name_category_and_format(here):
    orders = (Order(here), Order(here, category=3), Order(here, Format.DOCX))
    assert [order.filename for order in orders] == [
        "pmqa-senate-2565.pdf",
        "pmqa-senate-2565-category-3.pdf",
        "pmqa-senate-2565.docx",
    ]
