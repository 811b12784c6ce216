"""The whole demonstration form as a PDF: what the secretariat hands in, checked against what was written."""

from __future__ import annotations

import html
import re
import subprocess

import pypdfium2
import pytest
from django.core.management import call_command
from django.utils import timezone

from assessment.models import Round
from documents.print_parts import print_form
from documents.printing import prepare_print
from documents.reading import read_form
from proof.readers import READERS
from proof.text import form_faults

# The original of 2565 has some 34 pages; ours may differ by a fifth.
PAGES = range(27, 42)
WORDS = ("ดำเนินการ", "ผู้รับบริการ", "ข้อมูล", "สำนักงาน", "น้ำ", "ตัวชี้วัด", "เลขานุการ", "ที่", "ปู่")
FOOTER = re.compile(r"ร่างณวันที่.{5,30}?เวลา\d\d:\d\dน\.หน้า\d+จาก\d+")


@pytest.fixture
def printed(db, settings, tmp_path):
    """(print job, file) of the form as the demonstration loads it."""
    settings.VAR_DIR = tmp_path
    editions = sorted((settings.BASE_DIR / "fixtures" / "framework").glob("*.yaml"))
    call_command("load_framework", *map(str, editions), verbosity=0)
    call_command("load_demonstration", verbosity=0)
    round = Round.objects.select_related("agency", "edition").get(agency__code="senate", year=2565)
    form = read_form(round, at=timezone.localtime())
    file = tmp_path / "form.pdf"
    file.write_bytes(print_form(form, lambda *how_far: None).content)
    return prepare_print(form), file


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def body_of(source: str) -> str:
    """What the texts of the form say, without the headings that every page repeats."""
    body = re.sub(r"<thead>.*?</thead>", "", source, flags=re.DOTALL)
    return squeezed(html.unescape(re.sub(r"<[^>]+>", "", body)))


def read_by_poppler(file) -> list[str]:
    pages = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)
    return pages.stdout.decode().split("\f")[:-1]


def read_by_pdfium(file) -> list[str]:
    document = pypdfium2.PdfDocument(str(file))
    return [page.get_textpage().get_text_range() for page in document]


def test_the_printed_form_has_the_length_and_the_words_of_what_was_written(printed):
    """One test for everything: loading and laying out take some seconds."""
    job, file = printed
    source = body_of(job.html)
    headings = [
        squeezed(html.unescape(re.sub("<[^>]+>", "", h)))
        for h in re.findall(r"<th [^>]*>(.*?)</th>", job.html, re.DOTALL)
    ]
    for read in (read_by_poppler, read_by_pdfium):
        pages = [squeezed(page) for page in read(file)]
        assert len(pages) in PAGES
        # Every page names its category and its place.
        numbers = [re.search(r"หน้า(\d+)จาก(\d+)", page) for page in pages]
        assert [(int(n[1]), int(n[2])) for n in numbers if n] == [
            (number, len(pages)) for number in range(1, len(pages) + 1)
        ]
        text = FOOTER.sub("", "".join(pages))
        for heading in sorted(set(headings), key=len, reverse=True):
            text = text.replace(heading, "")
        plain = source
        for heading in sorted(set(headings), key=len, reverse=True):
            plain = plain.replace(heading, "")
        counts = {word: text.count(word) for word in WORDS}
        assert counts == {word: plain.count(word) for word in WORDS}


def test_every_reader_finds_the_whole_form_character_by_character(printed):
    job, _ = printed
    assert form_faults(job.html, job.images, "Laksaman") == {name: [] for name in READERS}


def test_the_second_criterion_of_the_shared_activity_starts_below_the_first(printed):
    """1.3 and 1.4 share their activity; 1.4 must not wait for its end, pages later."""
    _, file = printed
    pages = [squeezed(page) for page in read_by_pdfium(file)]
    first = next(number for number, page in enumerate(pages) if "เกณฑ์1.3" in page)
    second = next(number for number, page in enumerate(pages) if "เกณฑ์1.4" in page)
    assert second - first <= 1
    titles = sum(page.count("แบบฟอร์มการวิเคราะห์แนวทางการดำเนินงานPMQA4.0") for page in pages)
    assert titles == 5
