"""The document for the meeting: what it holds, and that its numbers stand beside its lines."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace

import pytest

from documents.enums import Format, Purpose
from documents.exporters import Order, export
from documents.meeting import LINES, prepare_meeting
from documents.models import Job
from documents.pdf.render import render
from documents.reading import read_form
from feedback.services import add_point
from organizations.enums import Role
from tests.documents.pdf.conftest import poppler_pages
from tests.world import criterion, moment, write_activity

SENTENCE = "สำนักงานดำเนินการพัฒนาระบบข้อมูลเพื่อผู้รับบริการทุกแห่งอย่างต่อเนื่องตลอดปีงบประมาณ "


def read(round, *numbers):
    return read_form(round, set(numbers) or None, at=moment())


def words(pdf: bytes, tmp_path) -> list[tuple[float, float, str]]:
    """(left edge, foot, word) of every word of the first page, in points."""
    file = tmp_path / "meeting.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-bbox", "-l", "1", str(file), "-"], capture_output=True, check=True)
    found = re.findall(
        r'xMin="([\d.]+)" yMin="[\d.]+" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', told.stdout.decode()
    )
    return [(float(left), float(foot), word) for left, foot, word in found]


def test_feedback_and_draft_stand_one_below_the_other(here):
    point = {"year": here.feedback_year, "step": 2, "criterion": criterion(here, "2.1").wording.criterion}
    add_point(agency=here.agency, text="ยังขาดแผนระยะยาว", by=None, **point)
    write_activity(here, "2.1", "<p>จัดทำแผนระยะยาว</p>", owners=[])
    html = prepare_meeting(read(here, 2)).html
    at = [
        html.index(text) for text in ("2.1 ", "ยังขาดแผนระยะยาว", "จัดทำแผนระยะยาว", "(ยังไม่มีผู้รับผิดชอบ)", "2.2 ")
    ]
    assert at == sorted(at)
    assert html.count("(ยังไม่ได้เขียน)") == 3


def test_a_shared_activity_is_referred_to_and_not_called_missing(here):
    write_activity(here, "2.1", "<p>ร่วม</p>", serves=["2.3"])
    html = prepare_meeting(read(here, 2)).html
    assert html.count("<p>ร่วม</p>") == 1
    assert "<p>ดูข้อ 2.1</p>" in html


@pytest.mark.parametrize("points", [14, 16])
def test_every_line_stands_beside_its_number(here, tmp_path, points):
    text = f"<p>{SENTENCE * 3}</p><ul><li>{SENTENCE * 2}</li></ul><p><strong>หนา</strong> ปู่ ผู้ ที่</p>"
    write_activity(here, "1.2", text)
    job = prepare_meeting(replace(read(here, 1), font_points=points))
    found = words(render(job.html, job.images, title="x", css=job.css), tmp_path)
    numbers = {int(word): foot for left, foot, word in found if left < 65 and word.isdigit()}
    assert sorted(numbers) == list(range(1, LINES + 1))
    steps = {round(numbers[n + 1] - numbers[n], 1) for n in range(1, LINES)}
    assert len(steps) == 1
    # the text's own lines: each as far from its number as the first one, so that nothing drifts down the page
    text = [
        foot
        for left, foot, word in found
        if 70 < left < 400 and foot < numbers[LINES] + 9 and "ก" <= word[0] <= "๎"
    ]
    lines = sorted({round(foot, 1) for foot in text})
    distances = [min((foot - number for number in numbers.values()), key=abs) for foot in lines]
    assert len(lines) > 10
    assert max(distances) - min(distances) < 0.5


def test_it_is_made_by_the_exporter_under_its_own_name(here):
    write_activity(here, "1.2", "<p>ร่างสำหรับประชุม</p>")
    made = export(Order(here, category=1, purpose=Purpose.MEETING))
    text = "".join("".join(poppler_pages(made.content)).split())
    assert made.filename == "pmqa-senate-2565-category-1-meeting.pdf"
    assert "เอกสารประกอบการประชุม" in text
    assert "ร่างสำหรับประชุม" in text
    assert "ข้อสังเกต/มติที่ประชุม" in text


def test_thai_digits_reach_text_numbers_and_foot(here, tmp_path):
    write_activity(here, "1.2", "<p>ปี 2565</p>")
    job = prepare_meeting(replace(read(here, 1), thai_digits=True))
    text = "".join(poppler_pages(render(job.html, job.images, title="x", css=job.css)))
    assert "ปี ๒๕๖๕" in text
    assert not set("0123456789") & set(text)


def test_it_is_one_press_away(client, world, here):
    client.force_login(world.here.people["committee_1"])
    page = client.get("/a/senate/2565/").content.decode()
    assert "เอกสารประกอบการประชุม" in page
    client.post("/a/senate/2565/export/", {"category": "", "format": "pdf", "purpose": "meeting"})
    job = Job.objects.get()
    assert (job.format, job.purpose, job.issue) == (Format.PDF, Purpose.MEETING, None)


@pytest.mark.parametrize("purpose", ["issue", "other"])
def test_an_issue_is_not_printed_by_asking_for_it(client, world, here, purpose):
    client.force_login(world.here.people[Role.SECRETARIAT])
    answer = client.post("/a/senate/2565/export/", {"format": "pdf", "purpose": purpose})
    assert (answer.status_code, Job.objects.count()) == (404, 0)
