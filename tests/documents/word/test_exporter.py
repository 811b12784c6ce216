"""The exporter: a Word file from the queue, with the agency's own pictures only."""

from __future__ import annotations

import io
import zipfile

import docx

from documents.enums import Format, JobState
from documents.files import export_path
from documents.models import Job
from documents.services.jobs import request_export
from documents.worker import work_once
from tests.documents.word.conftest import exported
from tests.documents.word.forms import png
from tests.world import write_activity
from texts.figures import add_figure


def media_of(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist() if name.startswith("word/media/")]


def test_the_worker_makes_a_word_file(full, by):
    job = request_export(round=full, category=6, thai_digits=False, by=by, format=Format.DOCX)
    assert work_once() is True
    done = Job.objects.get(pk=job.pk)
    assert (done.state, done.error, done.filename) == (JobState.DONE, "", "pmqa-senate-2565-category-6.docx")
    assert (done.pages, len(done.data_sha256)) == (0, 64)
    document = docx.Document(export_path(done))
    assert [len(table.columns) for table in document.tables] == [4]
    assert "กิจกรรมแรกของหมวด 6" in document.tables[0].rows[2].cells[2].text


def test_the_pictures_of_the_texts_and_behind_the_tables_are_in_the_file(full):
    assert sorted(media_of(exported(full))) == sorted([png(7), png(9)])
    assert media_of(exported(full, category=6)) == []


def test_a_picture_of_another_agency_is_not_in_the_file(full, there, by):
    content = png(200)
    secret = add_figure(file=io.BytesIO(content), size=len(content), agency=there.agency, by=None)
    html = f'<figure><img src="/figures/{secret.uid}/" alt="ภาพของที่อื่น"></figure>'
    write_activity(full, "2.1", f"<p>ก่อน</p>{html}", by=by)
    made = exported(full)
    assert content not in media_of(made)
    cell = next(
        c for t in docx.Document(io.BytesIO(made)).tables for r in t.rows for c in r.cells if "ก่อน" in c.text
    )
    assert cell.text == "ก่อน\n[ภาพของที่อื่น]"


def test_nothing_of_another_agency_is_in_the_file(full, there):
    with zipfile.ZipFile(io.BytesIO(exported(full))) as archive:
        words = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert "กิจกรรม senate" in words
    assert "nso" not in words
