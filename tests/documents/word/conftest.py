"""A round with every kind of text, its document, and bringing an edited one in."""

from __future__ import annotations

import datetime
import io
import uuid

import pytest

from assessment.models import Round
from assessment.services.figures import add_sheet_figure
from assessment.services.practices import choose_practice
from documents.enums import Format, IncomingKind
from documents.exporters import Order, export
from documents.importers import importer, kind_of
from documents.models import Incoming
from documents.services.incoming import keep_incoming
from feedback.models import FeedbackPoint
from organizations.enums import OwnerKind, Role
from organizations.models import Owner, User
from tests.assessment.library import make_case
from tests.documents.conftest import here, there, world  # noqa: F401
from tests.documents.word.forms import png
from tests.world import World, criterion, write_activity
from texts.figures import add_figure
from texts.models import Text
from texts.services import save_text

LIST = (
    '<p>ดำเนินการ<strong>สำคัญ</strong> ดังนี้</p><ol><li>สำรวจความเห็น</li><li>จัดทำแผน<ul class="marker-dash">'
    "<li>ร่างแผน</li><li>เสนอแผน</li></ul></li></ol><p>เมื่อเสร็จแล้วให้รายงาน</p>"
)
TABLE = "<p>เป้าหมาย</p><table><tbody><tr><th>ปี</th><th>ร้อยละ</th></tr><tr><td>2565</td><td>80</td></tr></tbody></table>"


def write_text(text, html: str, by=None) -> None:
    """Save an optional text as the pages do."""
    text.refresh_from_db()
    save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=by)


def exported(round: Round, category: int | None = None, **options) -> bytes:
    return export(Order(round, Format.DOCX, category, **options)).content


def bring(round: Round, content: bytes, by: User) -> Incoming:
    """Send a file in, as the page does."""
    kind = kind_of(content, "draft.docx")
    understood = importer(kind).read(content, round=round, by=by)
    return keep_incoming(
        round=round, kind=kind, filename="draft.docx", content=content, understood=understood, by=by
    )


def review(incoming: Incoming) -> dict:
    incoming.refresh_from_db()
    return importer(IncomingKind.DRAFT).review(Incoming.objects.get(pk=incoming.pk))


def answers_for(incoming: Incoming, **chosen: str) -> dict[str, str]:
    """What the page sends when nothing but `chosen` is pressed; names may be the beginning of an entry's."""
    answers = {}
    for entry in review(incoming)["entries"]:
        answers[f"seen-{entry.name}"] = entry.seen
        if entry.wants_line:
            answers[f"owners-{entry.name}"] = entry.line
        if entry.choice:
            answers[entry.name] = entry.choice
        if entry.sort in chosen:
            answers[entry.name] = chosen[entry.sort]
    return answers


def confirm(incoming: Incoming, by: User, **chosen: str) -> str:
    answers = answers_for(incoming, **chosen)
    return importer(IncomingKind.DRAFT).apply(Incoming.objects.get(pk=incoming.pk), answers, by=by)


@pytest.fixture
def by(world) -> User:  # noqa: F811
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def full(here, world, by) -> Round:  # noqa: F811
    """The open round of «senate» with every kind of text in categories 1, 2 and 6."""
    return fill(here, world, by)


def fill(here: Round, world: World, by: User) -> Round:  # noqa: F811
    """Write every kind of text into the round."""
    agency = here.agency
    second = Owner.objects.create(agency=agency, name="สำนักพัฒนาทรัพยากรบุคคล", kind=OwnerKind.UNIT)
    content = png(7)
    figure = add_figure(file=io.BytesIO(content), size=len(content), agency=agency, by=by)
    caption = "<figcaption>ผังงานใหม่</figcaption>"
    picture = f'<p>ดูภาพ</p><figure><img src="/figures/{figure.uid}/" alt="ผังงาน">{caption}</figure>'
    write_activity(here, "1.2", LIST, owners=[world.here.unit], by=by)
    write_activity(here, "1.2", f"{TABLE}<p>ท้ายตาราง</p>{picture}", owners=[second], by=by)
    write_activity(here, "6.1", "<p>กิจกรรมแรกของหมวด 6</p>", owners=[world.here.unit], by=by)
    write_activity(here, "6.1", "<p>กิจกรรมที่สองของหมวด 6</p>", owners=[second], by=by)
    first = criterion(here, "1.1")
    write_text(first.analysis, "<p>บทวิเคราะห์ของข้อแรก</p>", by)
    write_text(first.obstacles, "<p>งบประมาณจำกัด</p>", by)
    write_text(first.remedies, "<p>ขอรับการสนับสนุน</p>", by)
    write_text(first.sheet.obstacles, "<p>ปัญหาของหมวดหนึ่ง</p>", by)
    write_text(first.sheet.remedies, "<ul><li>แก้ไขข้อแรก</li></ul>", by)
    choose_practice(analysis=first, practice=make_case("ที่ดิน"), by=by)
    FeedbackPoint.objects.create(
        agency=agency,
        year=2564,
        step=2,
        criterion=first.wording.criterion,
        position=1,
        text="มีแผนแล้ว แต่ยังขาดตัวชี้วัด",
    )
    add_sheet_figure(
        sheet=first.sheet,
        file=io.BytesIO(png(9)),
        size=len(png(9)),
        caption="แผนที่",
        alternative="แผนที่ของหมวด",
        by=by,
    )
    # written long before the export: a save of the last minutes could be the one that went out, or not
    Text.objects.exclude(updated_at=None).update(
        updated_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    )
    return here
