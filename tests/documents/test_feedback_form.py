"""The feedback of a past year's Word form: its column alone, corrected in rows, entered for the year that it is of."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessment.models import Activity, Round
from documents.enums import Format
from documents.exporters import Order, export
from documents.importers import RefusedFile
from documents.importers.feedback_column import read_feedback_column
from documents.models import Incoming
from documents.word_form.patterns import squash
from feedback.models import FeedbackPoint
from feedback.services import add_point
from framework.models import Criterion, EditionCriterion
from organizations.enums import Role
from tests.documents import word_forms
from tests.documents.test_word_form_import import FORM, NAMES, written
from tests.documents.word_forms import STYLES
from tests.world import World, criterion, make_edition, make_round, write_activity

OTHERS = ["กรมที่ดิน", "ทบทวนแผน", "กองใหม่", "ขาดข้อมูล", "งบประมาณน้อย"]


def criterion_pk(code: str) -> int:
    return Criterion.objects.get(identity=f"pmqa4-{code}").pk


@pytest.fixture
def secretary(client: Client, world: World) -> Client:
    client.force_login(world.here.people[Role.SECRETARIAT])
    return client


@pytest.fixture
def address() -> str:
    return reverse("feedback_form", args=["senate"])


def send(client: Client, address: str, content: bytes, name: str = "ปี 2565.docx") -> Any:
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def enter(client: Client, page: Any, **changes: Any) -> Any:
    """Press «บันทึกทุกข้อ» on the page as it is shown."""
    rows, form = page.context["rows"], page.context["form"]
    body: dict[str, Any] = {"form-TOTAL_FORMS": len(rows.forms), "form-INITIAL_FORMS": len(rows.forms)}
    body |= {name: form[name].value() for name in ("year", "step", "text")}
    for row in rows:
        for field in row:
            if (value := field.value()) not in (None, False, ""):
                body[field.html_name] = "on" if value is True else value
    return client.post(reverse("feedback_letter_enter", args=["senate"]), body | changes)


def stored() -> list[tuple[int, int, str, str, str]]:
    points = FeedbackPoint.objects.order_by("criterion__identity", "position")
    return [(p.year, p.step, p.criterion.identity.removeprefix("pmqa4-"), p.text, p.gap) for p in points]


def test_the_column_is_shown_in_rows_and_entered_as_feedback_of_its_year(
    world: World, secretary: Client, address: str
) -> None:
    page = send(secretary, address, FORM)
    assert page.status_code == 200
    assert [(row["criterion"].value(), row["text"].value()) for row in page.context["rows"]] == [
        (criterion_pk("1.1"), "ขาดการติดตามใน ชั้นตอนที่ 2 ของ ก.พ.ร."),
        (criterion_pk("1.2"), "มีระบบ แต่ยังขาดการวัดผล"),
    ]
    assert not FeedbackPoint.objects.exists()
    text = page.content.decode()
    assert [words for words in OTHERS if words in text] == []
    entered = enter(secretary, page, **{"form-0-text": "ขาดการติดตามในขั้นตอนที่ 2 ของ ก.พ.ร."})
    assert entered["Location"] == f"{reverse('feedback_list', args=['senate'])}?year=2564"
    assert stored() == [
        (2564, 2, "1.1", "ขาดการติดตามในขั้นตอนที่ 2 ของ ก.พ.ร.", ""),
        (2564, 2, "1.2", "มีระบบ แต่ยังขาดการวัดผล", "การวัดผล"),
    ]
    assert (Activity.objects.count(), Incoming.objects.count(), Round.objects.count()) == (0, 0, 0)


def test_the_same_file_twice_enters_nothing_twice(world: World, secretary: Client, address: str) -> None:
    enter(secretary, send(secretary, address, FORM))
    again = enter(secretary, send(secretary, address, FORM))
    assert again.status_code == 409
    assert "จึงไม่มีสิ่งใดต้องบันทึก" in again.content.decode()
    assert len(stored()) == 2


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_of_form_gives_the_points_of_all_criteria(world: World, style: str) -> None:
    form = STYLES[style](word_forms.entries(NAMES))
    found = read_feedback_column(form.content, usual_year=2564)
    read: dict[str, list[str]] = {}
    for point in found.points:
        read.setdefault(point.wording.code, []).append(point.text)
    assert {code: squash("".join(texts)) for code, texts in read.items()} == {
        entry.code: squash("".join(entry.points)) for entry in form.entries
    }


def test_what_this_system_exported_as_word_gives_its_feedback_back(
    world: World, secretary: Client, address: str
) -> None:
    round = make_round(world.here, world)
    texts = {
        "1.1": ["มีแผน แต่ยังขาดตัววัด"],
        "3.2": ["ขาดช่องทาง\nและการประเมิน", "ข้อย่อย 3.2.1 ระดับ Basic ยังขาดระบบ"],
    }
    for code, points in texts.items():
        about = criterion(round, code).wording.criterion
        for text in points:
            add_point(agency=round.agency, year=2564, step=2, criterion=about, text=text, by=None)
    write_activity(round, "1.1", "<p>กิจกรรมที่ไม่ใช่ข้อเสนอแนะ</p>")
    before = stored()
    content = export(Order(round=round, format=Format.DOCX)).content
    FeedbackPoint.objects.all().delete()
    page = send(secretary, address, content)
    assert page.status_code == 200
    assert "กิจกรรมที่ไม่ใช่ข้อเสนอแนะ" not in page.content.decode()
    enter(secretary, page)
    assert [row[:4] for row in stored()] == [row[:4] for row in before]
    assert FeedbackPoint.objects.get(sub_item="3.2.1").level == "basic"


def test_the_year_and_the_step_can_be_put_right_before_anything_is_written(
    world: World, secretary: Client, address: str
) -> None:
    enter(secretary, send(secretary, address, FORM), year="2561", step="3")
    assert {row[:2] for row in stored()} == {(2561, 3)}


def test_the_criteria_are_those_of_the_year_that_the_file_names(world: World, monkeypatch) -> None:
    make_edition("2570", 2570)
    moved = EditionCriterion.objects.get(edition__code="2570", code="1.1")
    moved.criterion = Criterion.objects.create(identity="pmqa5-1.1")
    moved.save()
    row = ("เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1\nFeedback : ขาดผล", "", "")
    for year, identity in ((2565, "pmqa4-1.1"), (2572, "pmqa5-1.1")):
        headings = [heading.replace("2564", str(year - 1)) for heading in word_forms.THREE]
        monkeypatch.setattr("tests.documents.test_word_form_import.HEADINGS", headings)
        (point,) = read_feedback_column(written([row], year=year), usual_year=2564).points
        assert point.wording.criterion.identity == identity


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 broken", "เสียหาย"),
        (b"plain text", ""),
        (FORM[:-500], "เสียหาย"),
    ],
)
def test_a_file_that_is_no_form_is_refused(
    world: World, secretary: Client, address: str, content: bytes, words: str
) -> None:
    refused = send(secretary, address, content)
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert refused.context["form"].errors["file"]


def test_a_form_without_feedback_says_so(world: World) -> None:
    with pytest.raises(RefusedFile, match="ไม่พบข้อเสนอแนะในไฟล์นี้"):
        read_feedback_column(written([("เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1", "", "")]), usual_year=2564)
