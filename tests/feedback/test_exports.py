"""Feedback out as files and in again: the same points in every format, and only what a person corrected changes."""

from __future__ import annotations

import csv
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from feedback.exporters import FORMATS, Record, export_feedback, records_of
from feedback.importers.plan import Plan, plan_feedback
from feedback.importers.reading import read_feedback
from feedback.importers.writing import write_feedback
from feedback.models import FeedbackPoint
from feedback.services import (
    PointFields,
    add_point,
    change_point,
    decline_point,
    lock_feedback,
    withdraw_point,
)
from framework.models import Criterion, EditionCriterion
from organizations.enums import Role
from organizations.models import Agency, AuditEvent, User
from tests.sheets import confirm, saved, send
from tests.world import World
from texts.models import StaleVersion

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "demo_senate_2565" / "sheets"
EVERY = sorted(FORMATS)
TEXT = "มีการสื่อสาร แต่ยังขาดการติดตามผล"


@pytest.fixture
def by(world: World) -> User:
    return world.here.people[Role.SECRETARIAT]


def criterion(code: str = "1.1") -> Criterion:
    return Criterion.objects.get(identity=f"pmqa4-{code}")


def point(
    world: World, text: str = TEXT, *, code: str = "1.1", there: bool = False, **more: Any
) -> FeedbackPoint:
    agency = world.there.agency if there else world.here.agency
    values = {"year": 2564, "step": 2, "by": None, **more}
    return add_point(agency=agency, criterion=criterion(code), text=text, **values)


def plan_of(content: bytes, agency: Agency) -> Plan:
    return plan_feedback(read_feedback(io.BytesIO(content), size=len(content)), agency=agency)


def load(content: bytes, agency: Agency, by: User) -> Plan:
    plan = plan_of(content, agency)
    assert plan.faults == []
    write_feedback(plan=plan, agency=agency, by=by)
    return plan


def demonstration(world: World, by: User) -> None:
    """The 27 points of the demonstration, with everything that a point can have."""
    for path in sorted(FIXTURES.glob("*.yaml")):
        (sheet,) = yaml.safe_load(path.read_text(encoding="utf-8"))["sheets"]
        for row in sheet["criteria"]:
            for each in row["feedback"]:
                marks = {"strength": each["strength"], "gap": each["gap"]}
                point(world, each["text"], code=row["code"], **marks)
    first = FeedbackPoint.objects.order_by("pk")[0]
    fields = {name: getattr(first, name) for name in ("year", "step", "text", "strength", "gap")}
    about = PointFields(**fields, criterion=first.criterion, level="advance", sub_item="1.1.2")
    change_point(point=first, base_version=1, by=by, **about)
    decline_point(point=FeedbackPoint.objects.order_by("pk")[1], reason="-อยู่นอกอำนาจหน้าที่", by=by)


def emptied() -> None:
    FeedbackPoint.objects.all().delete()


# --- there and back ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", EVERY)
def test_the_demonstration_comes_back_equal_from_every_format(
    world: World, by: User, file_format: str
) -> None:
    demonstration(world, by)
    point(world, "ของหน่วยงานอื่น", there=True)
    before = records_of(world.here.agency)
    assert len(before) == 27
    content = export_feedback(world.here.agency, file_format).content
    emptied()
    assert load(content, world.here.agency, by).counts == {"new": 27}
    assert records_of(world.here.agency) == before
    assert FeedbackPoint.objects.get(declined_reason="-อยู่นอกอำนาจหน้าที่").declined_by == by
    again = plan_of(content, world.here.agency)
    assert (again.faults, again.notes, again.counts) == ([], [], {"same": 27})
    assert (file_format == "xlsx") or export_feedback(world.here.agency, file_format).content == content


def test_formats_hold_the_same_and_one_loads_on_top_of_another(world: World, by: User) -> None:
    demonstration(world, by)
    files = {each: export_feedback(world.here.agency, each).content for each in EVERY}
    for content in files.values():
        assert plan_of(content, world.here.agency).counts == {"same": 27}
    emptied()
    load(files["csv"], world.here.agency, by)
    assert export_feedback(world.here.agency, "json").content == files["json"]


HOSTILE = [
    "=1+1", "+66 2", "-ขาด", "@SUM(A1)", "'=ก", "''ข", "＝เต็มตัว", "_x0041_ ก", "ก  ข\u00a0ค", "ก\n\n  ข", "ก\tข",
    '"ก", "ข"', "<b>หนา</b> & <script>", "&lt;b&gt;", "ก < ข > ค", "{ก}", "[ก]", "2024", "1.1", "=HYPERLINK(\"x\")",
]  # fmt: skip


@pytest.mark.parametrize("file_format", EVERY)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_or_another_text(
    world: World, by: User, text: str, file_format: str
) -> None:
    point(world, text, gap=text)
    before = records_of(world.here.agency)
    content = export_feedback(world.here.agency, file_format).content
    emptied()
    plan = load(content, world.here.agency, by)
    assert plan.notes == []
    assert records_of(world.here.agency) == before
    assert FeedbackPoint.objects.get().text == text


def test_cells_of_a_workbook_are_texts_and_those_of_csv_begin_with_no_sign_of_a_formula(world: World) -> None:
    point(world, "=1+1", gap="=1+1")
    book = load_workbook(io.BytesIO(export_feedback(world.here.agency, "xlsx").content))
    cell = book.active["D2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")
    text = export_feedback(world.here.agency, "csv").content.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text.split("\r\n", 1)[1])))[3] == "'=1+1"


WORDS = st.text("กขคจ้ำ <&>\"'=+-@_x0041,;\t\n๑a", min_size=1, max_size=40).filter(lambda text: text.strip())


@given(texts=st.lists(WORDS, min_size=1, max_size=4, unique_by=lambda text: "".join(text.split())))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_come_back(world: World, texts: list[str]) -> None:
    by = world.here.people[Role.SECRETARIAT]
    emptied()
    for text in texts:
        point(world, text)
    before = records_of(world.here.agency)
    for file_format in EVERY:
        content = export_feedback(world.here.agency, file_format).content
        emptied()
        load(content, world.here.agency, by)
        assert records_of(world.here.agency) == before, file_format


def test_only_points_that_stand_and_only_what_was_asked_for_leave(world: World, by: User) -> None:
    gone = point(world, "ถอนแล้ว")
    withdraw_point(point=gone, base_version=1, by=by)
    point(world, "ก", step=1)
    point(world, "ข", step=2)
    point(world, "ค", year=2563)
    point(world, "ของเขา", there=True)

    def texts(**what: int) -> list[str]:
        return [record.text for record in records_of(world.here.agency, **what)]

    assert texts() == ["ค", "ก", "ข"]
    assert texts(year=2564) == ["ก", "ข"]
    assert texts(year=2564, step=2) == ["ข"]
    assert (
        export_feedback(world.here.agency, "csv", year=2564, step=2).name == "feedback-senate-2564-step2.csv"
    )
    assert export_feedback(world.here.agency, "json").name == "feedback-senate-all.json"


def test_a_criterion_that_the_edition_of_the_year_does_not_have_comes_back(world: World, by: User) -> None:
    newer = EditionCriterion.objects.get(code="1.1")
    fresh = Criterion.objects.create(identity="pmqa4-only-later")
    edition = newer.edition
    later = type(edition).objects.create(code="2570", year=2570, name="ใหม่", character_limit=1000)
    category = type(newer.category).objects.create(edition=later, number=1, kind="process", name="ก")
    EditionCriterion.objects.create(
        edition=later,
        category=category,
        criterion=fresh,
        code="1.1",
        position=1,
        short_name="ก",
        full_name="ก",
    )
    add_point(agency=world.here.agency, year=2564, step=2, criterion=fresh, text="ก", by=None)
    content = export_feedback(world.here.agency, "csv").content
    assert records_of(world.here.agency)[0].criterion == "pmqa4-only-later"
    emptied()
    load(content, world.here.agency, by)
    assert FeedbackPoint.objects.get().criterion == fresh


# --- a corrected file updates -----------------------------------------------------------------------


def changed_json(agency: Agency, **values: Any) -> bytes:
    document = json.loads(export_feedback(agency, "json").content)
    document["points"][0] |= values
    return json.dumps(document).encode()


def test_a_corrected_text_changes_the_point_that_the_file_knows(world: World, by: User) -> None:
    stored = point(world, strength="การสื่อสาร", gap="การติดตามผล", level="basic")
    content = changed_json(
        world.here.agency,
        text="มีการสื่อสาร แต่ยังขาดการวัดผล",
        gap="การวัดผล",
        level="",
        sub_item="ข้อ ๑.๑.๓",
        declined="นอกอำนาจ",
    )
    plan = load(content, world.here.agency, by)
    assert [(change.label, change.old, change.new) for change in plan.points[0].changes] == [
        ("ข้อความของสำนักงาน ก.พ.ร.", TEXT, "มีการสื่อสาร แต่ยังขาดการวัดผล"),
        ("ส่วนที่ยังขาด", "การติดตามผล", "การวัดผล"),
        ("ระดับ", "Basic", "(ว่าง)"),
        ("ข้อย่อย", "(ว่าง)", "1.1.3"),
        ("เหตุผลที่ไม่ดำเนินการ", "(ว่าง)", "นอกอำนาจ"),
    ]
    stored.refresh_from_db()
    assert (stored.text, stored.gap, stored.level, stored.sub_item, stored.declined_reason, stored.version) == (
        "มีการสื่อสาร แต่ยังขาดการวัดผล", "การวัดผล", "", "1.1.3", "นอกอำนาจ", 2,
    )  # fmt: skip
    load(changed_json(world.here.agency, declined=""), world.here.agency, by)
    stored.refresh_from_db()
    assert (stored.declined_at, stored.declined_by, stored.declined_reason, stored.version) == (
        None,
        None,
        "",
        2,
    )


def test_a_file_without_uids_changes_what_stands_at_the_same_position(world: World, by: User) -> None:
    first, second = point(world, "ข้อหนึ่ง"), point(world, "ข้อสอง")
    rows = [
        [2564, 2, "1.1", "ข้อสองที่แก้แล้ว", 2],
        [2564, 2, "1.1", "ข้อหนึ่ง", 1],
        [2564, 2, "1.1", "ข้อใหม่", 2],
    ]
    content = "".join(
        f"{','.join(map(str, row))}\n"
        for row in [["ปี (พ.ศ.)", "ขั้นตอนที่", "เกณฑ์", "ข้อความของสำนักงาน ก.พ.ร.", "ลำดับ"], *rows]
    )
    plan = load(content.encode(), world.here.agency, by)
    assert [row.state.name for row in plan.points] == ["CHANGED", "SAME", "NEW"]
    stand = FeedbackPoint.objects.order_by("position").values_list("pk", "text", "position")
    assert list(stand)[:2] == [(first.pk, "ข้อหนึ่ง", 1), (second.pk, "ข้อสองที่แก้แล้ว", 2)]
    # the position is taken, so the new one goes last
    assert list(stand)[2][1:] == ("ข้อใหม่", 3)


def test_a_point_can_move_to_another_criterion_and_words_that_differ_in_blanks_are_the_same(
    world: World, by: User
) -> None:
    stored = point(world, "มี  ก\nข", sub_item="1.1.1")
    load(changed_json(world.here.agency, criterion="2.2", sub_item=""), world.here.agency, by)
    stored.refresh_from_db()
    assert (stored.criterion, stored.sub_item, stored.text) == (criterion("2.2"), "", "มี  ก\nข")
    plan = plan_of(changed_json(world.here.agency, uid="", text="มี ก ข"), world.here.agency)
    assert plan.counts == {"same": 1}


def test_a_new_uid_with_the_words_of_a_point_is_that_point(world: World, by: User) -> None:
    point(world)
    assert plan_of(changed_json(world.here.agency, uid=str(uuid.uuid4())), world.here.agency).counts == {
        "same": 1
    }


def test_two_rows_never_change_one_point(world: World, by: User) -> None:
    point(world)
    document = json.loads(export_feedback(world.here.agency, "json").content)
    document["points"].append(dict(document["points"][0], uid=""))
    document["points"][0]["text"] = "ใหม่"
    document["points"][0]["position"] = document["points"][1]["position"] = 1
    plan = load(json.dumps(document).encode(), world.here.agency, by)
    assert [row.state.name for row in plan.points] == ["CHANGED", "NEW"]
    assert sorted(FeedbackPoint.objects.values_list("text", flat=True)) == sorted(["ใหม่", TEXT])


def test_the_same_plan_written_twice_enters_nothing_twice(world: World, by: User) -> None:
    point(world)
    content = export_feedback(world.here.agency, "json").content
    document = json.loads(content)
    del document["points"][0]["uid"]
    for sent in (content, json.dumps(document).encode()):
        emptied()
        plan = plan_of(sent, world.here.agency)
        write_feedback(plan=plan, agency=world.here.agency, by=by)
        with pytest.raises(StaleVersion):
            write_feedback(plan=plan, agency=world.here.agency, by=by)
        assert FeedbackPoint.objects.count() == 1


def test_a_withdrawn_point_stays_withdrawn_whatever_the_file_says(world: World, by: User) -> None:
    stored = point(world)
    content = changed_json(world.here.agency, text="แก้แล้ว")
    withdraw_point(point=stored, base_version=1, by=by)
    assert plan_of(content, world.here.agency).counts == {"withdrawn": 1}


def test_what_is_settled_stays_and_unchanged_rows_of_it_are_no_fault(world: World, by: User) -> None:
    point(world)
    point(world, "ข้อของขั้นตอนที่เปิดอยู่", step=1)
    content = export_feedback(world.here.agency, "json").content
    document = json.loads(content)
    lock_feedback(agency=world.here.agency, year=2564, step=2, criteria=[criterion()], by=by)
    assert plan_of(content, world.here.agency).counts == {"same": 2}
    index = next(n for n, row in enumerate(document["points"]) if row["step"] == 2)
    document["points"][index]["text"] = "แก้แล้ว"
    plan = plan_of(json.dumps(document).encode(), world.here.agency)
    place = f"points[{index}].step (ข้อเสนอแนะที่ {index + 1} ขั้นตอนที่)"
    assert [(fault.place, "ได้รับความเห็นชอบแล้ว" in fault.message) for fault in plan.faults] == [(place, True)]
    # a decision not to act changes nothing that is printed
    document["points"][index] |= {"text": TEXT, "declined": "นอกอำนาจ"}
    assert plan_of(json.dumps(document).encode(), world.here.agency).counts == {"same": 1, "changed": 1}


# --- pages and commands -----------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", EVERY)
def test_members_take_the_file_with_them_and_nobody_else_does(
    world: World, client: Client, file_format: str
) -> None:
    point(world)
    address = reverse("feedback_export", args=["senate"])
    client.force_login(world.here.people["committee_1"])
    answer = client.get(address, {"format": file_format, "year": "2564", "step": "2"})
    assert answer["Content-Disposition"] == f'attachment; filename="feedback-senate-2564-step2.{file_format}"'
    assert plan_of(answer.content, world.here.agency).counts == {"same": 1}
    event = AuditEvent.objects.get(verb="feedback.exported")
    assert event.facts == {"format": file_format, "year": 2564, "step": 2}
    client.head(address)
    assert AuditEvent.objects.filter(verb="feedback.exported").count() == 1
    client.force_login(world.there.people[Role.SECRETARIAT])
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("query", ["format=pdf", "year=2024", "year=25x", "step=4", "step=๒", "year=99999"])
def test_an_address_that_asks_for_what_there_is_not_is_not_found(
    world: World, client: Client, query: str
) -> None:
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert client.get(f"{reverse('feedback_export', args=['senate'])}?{query}").status_code == 404


def test_the_page_takes_a_json_file_all_the_way(world: World, client: Client, by: User) -> None:
    point(world)
    content = changed_json(world.here.agency, text="แก้แล้ว")
    client.force_login(by)
    shown = send(client, reverse("feedback_import", args=["senate"]), content, name="feedback.json")
    assert "ข้อที่" in shown.content.decode()
    confirm(client, "feedback_import_confirm", ["senate"], shown)
    assert FeedbackPoint.objects.get().text == "แก้แล้ว"


def test_the_list_offers_the_file_only_where_there_is_feedback(
    world: World, client: Client, by: User
) -> None:
    client.force_login(by)
    address = reverse("feedback_export", args=["senate"])
    assert address not in client.get(reverse("feedback_list", args=["senate"])).content.decode()
    point(world)
    page = client.get(reverse("feedback_list", args=["senate"])).content.decode()
    assert address in page
    assert reverse("feedback_form", args=["senate"]) in page


def told(*args: str) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("file_format", EVERY)
def test_the_commands_dump_and_load(world: World, by: User, tmp_path: Path, file_format: str) -> None:
    demonstration(world, by)
    before: list[Record] = records_of(world.here.agency)
    path = tmp_path / f"all.{file_format}"
    assert "27 ข้อ" in told("dump_feedback", str(path), "--agency", "senate")
    emptied()
    load_it = ["load_feedback", str(path), "--agency", "senate"]
    with pytest.raises(CommandError, match="--by"):
        call_command(*load_it)
    assert "ใหม่ 27" in told(*load_it, "--by", by.username, "--dry-run")
    assert not FeedbackPoint.objects.exists()
    told(*load_it, "--by", by.username)
    assert records_of(world.here.agency) == before
    assert "ใหม่ 0 เปลี่ยน 0 คงเดิม 27" in told(*load_it)


def test_the_commands_say_what_is_wrong_and_write_nothing(world: World, by: User, tmp_path: Path) -> None:
    point(world)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    told("dump_feedback", str(good), "--agency", "senate")
    emptied()
    document = json.loads(good.read_bytes())
    document["points"][0]["year"] = 2024
    bad.write_text(json.dumps(document))
    for args, words in (
        ([str(good), str(bad), "--agency", "senate"], r"points\[0\].year .*หมายถึง 2567 หรือไม่"),
        ([str(good), "--agency", "nso"], "ไฟล์นี้เป็นของหน่วยงาน “senate”"),
        ([str(good), "--agency", "nowhere"], "ไม่พบหน่วยงาน nowhere"),
        ([str(tmp_path / "none.json"), "--agency", "senate"], "เปิดไฟล์ไม่ได้"),
        ([str(good), "--agency", "senate", "--by", world.there.people["secretariat"].username], "ไม่ใช่ผู้ดูแลปี"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("load_feedback", *args)
    for args, words in (
        ([str(tmp_path / "x.pdf"), "--agency", "senate"], "ต้องลงท้ายด้วย"),
        ([str(tmp_path / "x.json"), "--agency", "senate", "--year", "2024"], "2567"),
        ([str(tmp_path / "no" / "x.json"), "--agency", "senate"], "เขียนไฟล์ไม่ได้"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("dump_feedback", *args)
    assert not FeedbackPoint.objects.exists()


def test_exporting_costs_the_same_number_of_queries_for_any_number_of_points(
    world: World, django_assert_max_num_queries
) -> None:
    for number in range(30):
        point(world, f"ข้อ {number}", code=f"{1 + number % 6}.1")
    with django_assert_max_num_queries(4):
        export_feedback(world.here.agency, "json")


def test_a_workbook_that_excel_saved_again_is_read_as_before(world: World, by: User) -> None:
    point(world, "ข้อ  ที่หนึ่ง")
    book = load_workbook(io.BytesIO(export_feedback(world.here.agency, "xlsx").content))
    book.active["A2"], book.active["B2"] = 2564, 2.0
    assert plan_of(saved(book), world.here.agency).counts == {"same": 1}
