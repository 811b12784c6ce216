"""Level and sub-item as marks: suggested from the words, confirmed by a person, shown wherever a point is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.grammar import suggest_level
from feedback.letters import as_letter, split_letter
from feedback.models import FeedbackPoint
from feedback.services import PointFields, add_point, change_point
from feedback.sub_items import known_sub_items, stored_sub_item, sub_item_fault, suggest_sub_item
from framework.models import Criterion, EditionCriterion, SubItem
from framework.services import wordings_of_year
from organizations.enums import Role
from tests.world import World, make_edition

QUOTED = "มีการใช้ข้อมูลมาวิเคราะห์แนวโน้ม"


@pytest.fixture
def wording(world: World) -> EditionCriterion:
    """Criterion 3.1, of which the edition names 3.1.1."""
    found = EditionCriterion.objects.get(code="3.1")
    SubItem.objects.create(criterion=found, code="3.1.1", position=1, text=QUOTED)
    return found


@pytest.fixture
def secretary(world: World, client: Client) -> Client:
    client.force_login(world.here.people[Role.SECRETARIAT])
    return client


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("3.1.1", "3.1.1"), ("๓.๑.๑", "3.1.1"), ("ข้อย่อย 3.1.1", "3.1.1"), ("ข้อ 3. 1. 1.", "3.1.1"),
        ("เกณฑ์ที่ 3.1.12", "3.1.12"), ("", ""), ("3.1", "3.1"),
    ],
)  # fmt: skip
def test_a_code_is_stored_in_one_way(typed: str, stored: str) -> None:
    assert stored_sub_item(typed) == stored


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("", True), ("3.1.1", True), ("3.1.2", True), ("3.1.99", True), ("3.1.0", False), ("3.1.100", False),
        ("3.1", False), ("3.2.1", False), ("13.1.1", False), ("3.1.1.1", False), ("ก", False), ("3x1.1", False),
    ],
)  # fmt: skip
def test_a_code_belongs_to_the_criterion(wording: EditionCriterion, code: str, right: bool) -> None:
    assert (sub_item_fault(code, wording, known_sub_items([wording])) == "") is right
    if not right:
        assert sub_item_fault(code, wording, {}) == f"“{code}” ไม่ใช่ข้อย่อยของเกณฑ์ 3.1 ข้อย่อยเขียนเช่น 3.1.1"


def test_a_code_of_another_shape_is_right_where_the_edition_names_it(wording: EditionCriterion) -> None:
    SubItem.objects.create(criterion=wording, code="3.1(ก)", position=2, text="ก")
    assert sub_item_fault("3.1(ก)", wording, known_sub_items([wording])) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ข้อย่อย 3.1.2 ยังขาดระบบ", "3.1.2"), ("ตาม ๓.๑.๓ ขาด", "3.1.3"), ("3. 1. 4 ขาด", "3.1.4"),
        ("3.1.1 และ 3.1.2", ""), ("13.1.2", ""), ("3.1.2.5", ""), ("3.1.256", ""), ("3.2.1", ""), ("3.1 ขาด", ""),
        (f"หน่วยงาน{QUOTED[:10]} {QUOTED[10:]} แต่ยังขาด", "3.1.1"), ("", ""),
    ],
)  # fmt: skip
def test_the_sub_item_is_suggested_from_code_or_words(
    wording: EditionCriterion, text: str, code: str
) -> None:
    assert suggest_sub_item(text, wording, known_sub_items([wording])) == code


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ระดับ Basic ยังขาด", "basic"), ("ถึงระดับก้าวหน้า", "advance"), ("ระดับAdvanceแล้ว", "advance"),
        ("ระดับ Significance", "significance"), ("ระดับพัฒนาจนเกิดผล", "significance"), ("Advanced", "advance"),
        ("Basic แล้ว แต่ยังไม่ถึง Advance", ""), ("มีพื้นฐานที่ดี", ""), ("basically", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_level_is_suggested_from_its_name(text: str, level: str) -> None:
    assert suggest_level(text) == level


# --- the form ---------------------------------------------------------------------------------------


def typed(wording: EditionCriterion, **more: Any) -> dict[str, Any]:
    values = {"year": "2564", "step": "2", "criterion": wording.criterion_id, "text": "ขาดระบบ"}
    return {**values, "strength": "", "gap": "", "level": "", **more}


def test_the_form_takes_a_sub_item_and_the_list_shows_it(
    wording: EditionCriterion, secretary: Client
) -> None:
    address = reverse("feedback_new", args=["senate"])
    page = secretary.get(f"{address}?year=2564&criterion={wording.criterion_id}").content.decode()
    assert f'<option value="3.1.1" label="3.1.1 {QUOTED}">' in page
    assert secretary.post(address, typed(wording, sub_item="ข้อ ๓.๑.๒", level="basic")).status_code == 302
    point = FeedbackPoint.objects.get()
    assert (point.sub_item, point.level) == ("3.1.2", "basic")
    listed = secretary.get(reverse("feedback_list", args=["senate"])).content.decode()
    assert "ขั้นตอนที่ 2 · Basic · ข้อย่อย 3.1.2" in listed
    edit = reverse("feedback_edit", args=["senate", point.uid])
    assert 'value="3.1.2"' in secretary.get(edit).content.decode()
    secretary.post(edit, typed(wording, sub_item="", version=1))
    point.refresh_from_db()
    assert point.sub_item == ""


def test_the_form_refuses_a_sub_item_of_another_criterion_and_keeps_what_was_typed(
    wording: EditionCriterion, secretary: Client
) -> None:
    refused = secretary.post(reverse("feedback_new", args=["senate"]), typed(wording, sub_item="3.2.1"))
    assert refused.status_code == 422
    assert "“3.2.1” ไม่ใช่ข้อย่อยของเกณฑ์ 3.1" in refused.content.decode()
    assert refused.context["form"]["sub_item"].value() == "3.2.1"
    assert not FeedbackPoint.objects.exists()


def test_the_code_is_that_of_the_edition_of_the_typed_year(world: World, secretary: Client) -> None:
    make_edition("2570", 2570)
    moved = EditionCriterion.objects.get(edition__code="2570", code="3.1")
    moved.code = "5.9"
    moved.save()
    body = {"year": "2570", "sub_item": "3.1.1"}
    assert secretary.post(reverse("feedback_new", args=["senate"]), typed(moved, **body)).status_code == 422
    body["sub_item"] = "5.9.1"
    assert secretary.post(reverse("feedback_new", args=["senate"]), typed(moved, **body)).status_code == 302


def test_the_button_suggests_level_and_sub_item_and_keeps_what_the_text_does_not_name(
    wording: EditionCriterion, secretary: Client
) -> None:
    address = reverse("feedback_new", args=["senate"])
    body = typed(wording, text="ข้อย่อย 3.1.2 ระดับ Advance มีแผน แต่ยังขาดตัววัด", suggest="1")
    form = secretary.post(address, body).context["form"]
    shown = {name: form[name].value() for name in ("level", "sub_item", "gap")}
    assert shown == {"level": "advance", "sub_item": "3.1.2", "gap": "ตัววัด"}
    body = typed(wording, level="basic", sub_item="3.1.5", suggest="1")
    form = secretary.post(address, body).context["form"]
    assert (form["level"].value(), form["sub_item"].value()) == ("basic", "3.1.5")
    assert not FeedbackPoint.objects.exists()


def test_a_change_that_does_not_name_the_sub_item_keeps_it_as_long_as_the_criterion_stays(
    world: World,
) -> None:
    one, other = (Criterion.objects.get(identity=f"pmqa4-{code}") for code in ("3.1", "3.2"))
    where = {"agency": world.here.agency, "year": 2564, "step": 2, "by": None}
    point = add_point(**where, criterion=one, text="ก", sub_item="3.1.1")
    fields = PointFields(year=2564, step=2, criterion=one, text="ข", strength="", gap="", level="")
    change_point(point=point, base_version=1, by=None, **fields)
    point.refresh_from_db()
    assert point.sub_item == "3.1.1"
    fields["criterion"] = other
    change_point(point=point, base_version=2, by=None, **fields)
    point.refresh_from_db()
    assert point.sub_item == ""


# --- a letter ---------------------------------------------------------------------------------------


def test_the_code_of_a_sub_item_begins_a_point_of_its_criterion(wording: EditionCriterion) -> None:
    text = (
        "3.1 ชื่อเต็มของเกณฑ์ 3.1\n๓.๑.๑ ขาดระบบ\nบรรทัดต่อ\n3.1.2 ระดับ Basic ขาดแผน\n3.2 ขาด ค ตาม\n3.2.1 ที่กำหนด"
    )
    found = split_letter(text, wordings_of_year(2564), known_sub_items(wordings_of_year(2564)))
    assert [(p.wording.code, p.sub_item, p.level, p.text) for p in found.points] == [
        ("3.1", "3.1.1", "", "ขาดระบบ\nบรรทัดต่อ"),
        ("3.1", "3.1.2", "basic", "ระดับ Basic ขาดแผน"),
        ("3.2", "3.2.1", "", "ขาด ค ตาม\n3.2.1 ที่กำหนด"),
    ]


def test_a_date_or_an_amount_at_the_beginning_of_a_line_is_no_sub_item(wording: EditionCriterion) -> None:
    text = "1.1 ขาด ก\n1.2.2566 เป็นต้นไป\n1.5.300 บาท"
    (point,) = split_letter(text, wordings_of_year(2564)).points
    assert (point.sub_item, point.text) == ("", "ขาด ก\n1.2.2566 เป็นต้นไป\n1.5.300 บาท")


def test_points_as_a_letter_are_cut_into_the_same_points(wording: EditionCriterion) -> None:
    text = "1.1\n- ขาด ก\n- ขาด ข\n3.1\n- ขาด ค\nบรรทัดต่อ"
    points = split_letter(text, wordings_of_year(2564)).points
    assert as_letter(points) == text


def test_the_rows_of_a_letter_carry_level_and_sub_item(wording: EditionCriterion, secretary: Client) -> None:
    letter = {"year": "2564", "step": "2", "text": "3.1 ระดับ Basic ขาดระบบ\n3.1.4 ขาดแผน", "chosen": "on"}
    page = secretary.post(reverse("feedback_letter", args=["senate"]), letter)
    rows = page.context["rows"]
    assert [(row["level"].value(), row["sub_item"].value()) for row in rows] == [("basic", ""), ("", "3.1.4")]
    fields: dict[str, Any] = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2}
    for number, row in enumerate(rows):
        for name in ("criterion", "text"):
            fields[f"form-{number}-{name}"] = row[name].value()
    fields |= {"form-0-level": "advance", "form-0-sub_item": "3.1.1", "form-1-sub_item": "3.2.1"}
    enter = reverse("feedback_letter_enter", args=["senate"])
    refused = secretary.post(enter, letter | fields)
    assert refused.status_code == 422
    assert "“3.2.1” ไม่ใช่ข้อย่อยของเกณฑ์ 3.1" in refused.content.decode()
    assert not FeedbackPoint.objects.exists()
    assert secretary.post(enter, letter | fields | {"form-1-sub_item": "3.1.4"}).status_code == 302
    stored = FeedbackPoint.objects.order_by("position").values_list("level", "sub_item", "text")
    assert list(stored) == [("advance", "3.1.1", "ระดับ Basic ขาดระบบ"), ("", "3.1.4", "ขาดแผน")]
