"""The demonstration, small rounds with everything in them, and ways to make files of them."""

from __future__ import annotations

import copy
import io
import json
import uuid

import pytest
from django.core.management import call_command
from PIL import Image

from assessment.models import CategorySheet, Round
from assessment.services.figures import add_sheet_figure
from assessment.services.practices import choose_practice
from documents.exchange import Document
from documents.exchange.canonical import dump
from documents.exchange.reading import read_round
from feedback.services import add_point
from organizations.models import Agency, Owner
from practices.models import Practice
from practices.services import tags_called
from tests.documents.conftest import here, there, world  # noqa: F401
from tests.url_world import make_case
from tests.world import World, criterion, make_agency, write_activity
from texts.figures import add_figure
from texts.services import save_text


def load_framework(settings) -> None:
    editions = sorted((settings.BASE_DIR / "fixtures" / "framework").glob("*.yaml"))
    call_command("load_framework", *map(str, editions), verbosity=0)


def load_demonstration(settings, folder) -> Round:
    """The complete form of 2565."""
    settings.VAR_DIR = folder
    load_framework(settings)
    call_command("load_demonstration", verbosity=0)
    return Round.objects.select_related("agency", "edition").get(agency__code="senate", year=2565)


def picture_bytes(colour: int = 7, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(out, format=form)
    return out.getvalue()


def write(text, html: str) -> None:
    text.refresh_from_db()
    save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=None)


def file_of(round: Round, change=lambda document: None) -> bytes:
    """The file of a round, with something about it changed by hand."""
    document = copy.deepcopy(read_round(round))
    change(document)
    return dump(document)


def document_of(content: bytes) -> Document:
    return json.loads(content)


def fill(round: Round, world: World) -> Round:  # noqa: F811
    """One of everything that a round can hold, under 1.1 and category 1."""
    analysis, place = criterion(round, "1.1"), world.here
    content = picture_bytes()
    drawn = add_figure(file=io.BytesIO(content), size=len(content), agency=round.agency, by=None)
    write(analysis.analysis, f'<p>วิเคราะห์</p><figure><img src="/figures/{drawn.uid}/" alt="ภาพ"></figure>')
    write(analysis.obstacles, "<p>อุปสรรค</p>")
    write(analysis.remedies, "<p>ทางแก้</p>")
    sheet = CategorySheet.objects.get(round=round, category__number=1)
    write(sheet.obstacles, "<p>อุปสรรคของหมวด</p>")
    write(sheet.remedies, "<p>ทางแก้ของหมวด</p>")
    wide = picture_bytes(9, "JPEG")
    add_sheet_figure(
        sheet=sheet, file=io.BytesIO(wide), size=len(wide), caption="ภาพใหญ่", alternative="แผนผัง", by=None
    )
    case = make_case(world, make_agency("case", "กรมตัวอย่าง"), "ร่วม", None)
    Practice.objects.filter(pk=case.pk).update(key="shared-case")
    case.refresh_from_db()
    case.tags.set(tags_called(["Innovation", "เครือข่าย"]).values())
    choose_practice(analysis=analysis, practice=case, by=None)
    Agency.objects.create(code="example", name="กรมที่เป็นเพียงตัวอย่าง")
    about = {"agency": round.agency, "year": round.feedback_year, "criterion": analysis.wording.criterion}
    marks = {"strength": "มีระบบ", "gap": "แผน", "level": "basic", "sub_item": "1.1.2"}
    add_point(step=2, text="มีระบบ แต่ยังขาดแผน", by=None, **about, **marks)
    add_point(step=3, text="ขั้นตอนที่สาม", by=None, **about)
    second = Owner.objects.create(agency=round.agency, name="ทุกสำนัก", kind="class")
    write_activity(round, "2.1", "<p>กิจกรรม 2.1</p>", owners=[place.unit, second], serves=["1.1", "3.1"])
    return Round.objects.select_related("agency", "edition").get(pk=round.pk)


@pytest.fixture
def full(here, world) -> Round:  # noqa: F811
    """The open round of «senate» with one of everything."""
    return fill(here, world)
