"""The read model: which rows the form has, and what stands in them."""

from __future__ import annotations

import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from assessment.enums import SheetLayout
from assessment.models import Activity, Round
from assessment.services.activities import ActivityData, OwnerLine, save_activity
from assessment.services.figures import add_sheet_figure
from assessment.services.practices import choose_practice
from documents.form import CategoryBlock, Form, Row
from documents.reading import read_form
from feedback.models import FeedbackPoint
from feedback.services import add_point
from organizations.models import Owner
from tests.assessment.library import make_case
from tests.world import criterion, make_round, moment, write_activity
from texts.services import save_text


def read(round: Round, *numbers: int) -> Form:
    return read_form(round, set(numbers) or None, at=moment())


def category(round: Round, number: int = 2) -> CategoryBlock:
    return read(round, number).categories[0]


def rows_of(round: Round, number: int = 2) -> list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """(codes, activity texts, «ดูข้อ») of every row."""
    return [
        (
            tuple(block.code for block in row.criteria),
            tuple(block.html for block in row.activities),
            row.see,
        )
        for row in category(round, number).rows
    ]


def row(round: Round, code: str) -> Row:
    return next(r for r in category(round, int(code[0])).rows if code in [block.code for block in r.criteria])


def write(text, html):
    save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=None)


# --- rows ---------------------------------------------------------------------------------------------


def test_blank_criteria_are_rows_of_their_own(here):
    """Nothing in common is not the same as sharing nothing."""
    assert rows_of(here) == [((f"2.{i}",), (), ()) for i in range(1, 5)]


def test_adjacent_criteria_that_share_their_activities_are_one_row(here):
    assert rows_of(here, 1) == [
        (("1.1",), ("<p>กิจกรรม senate ข้อ 1.1</p>",), ()),
        (("1.2",), (), ()),
        (("1.3", "1.4"), ("<p>กิจกรรม senate ข้อ 1.3 และ 1.4</p>",), ()),
    ]


def test_three_adjacent_criteria_are_one_row(here):
    write_activity(here, "2.2", "<p>ก</p>", serves=["2.3", "2.4"])
    assert rows_of(here) == [(("2.1",), (), ()), (("2.2", "2.3", "2.4"), ("<p>ก</p>",), ())]


def test_criteria_that_are_not_adjacent_refer_back(here):
    write_activity(here, "2.1", "<p>ก</p>", serves=["2.3"])
    assert rows_of(here) == [
        (("2.1",), ("<p>ก</p>",), ()),
        (("2.2",), (), ()),
        (("2.3",), (), ("2.1",)),
        (("2.4",), (), ()),
    ]


def test_a_criterion_with_one_shared_and_one_own_activity_prints_its_own_and_refers(here):
    write_activity(here, "2.1", "<p>ก</p>", serves=["2.2", "2.4"])
    write_activity(here, "2.2", "<p>ข</p>", serves=["2.4"])
    assert rows_of(here) == [
        (("2.1",), ("<p>ก</p>",), ()),
        (("2.2",), ("<p>ข</p>",), ("2.1",)),
        (("2.3",), (), ()),
        (("2.4",), (), ("2.1", "2.2")),
    ]


def test_a_merged_row_is_referred_to_by_its_first_code(here):
    write_activity(here, "2.1", "<p>ก</p>", serves=["2.2", "2.4"])
    assert rows_of(here) == [
        (("2.1", "2.2"), ("<p>ก</p>",), ()),
        (("2.3",), (), ()),
        (("2.4",), (), ("2.1",)),
    ]


def test_the_same_activities_in_another_order_are_not_the_same_cell(here):
    first = write_activity(here, "2.1", "<p>ก</p>", serves=["2.2"])
    write_activity(here, "2.1", "<p>ข</p>", serves=["2.2"])
    assert [codes for codes, _, _ in rows_of(here)] == [("2.1", "2.2"), ("2.3",), ("2.4",)]
    first.places.filter(analysis=criterion(here, "2.2")).update(position=9)
    assert rows_of(here)[:2] == [(("2.1",), ("<p>ก</p>", "<p>ข</p>"), ()), (("2.2",), (), ("2.1",))]


@pytest.mark.parametrize("kind", ["analysis", "obstacles", "remedies"])
def test_a_criterion_with_a_text_of_its_own_keeps_its_own_row(here, kind):
    """Or its text would not be printed at all."""
    write(getattr(criterion(here, "1.4"), kind), "<p>เฉพาะ 1.4</p>")
    assert rows_of(here, 1)[2:] == [
        (("1.3",), ("<p>กิจกรรม senate ข้อ 1.3 และ 1.4</p>",), ()),
        (("1.4",), (), ("1.3",)),
    ]
    assert getattr(row(here, "1.4"), kind) == "<p>เฉพาะ 1.4</p>"


def test_the_first_of_a_merged_row_may_have_texts(here):
    write(criterion(here, "1.3").analysis, "<p>วิเคราะห์</p>")
    merged = row(here, "1.3")
    assert ([c.code for c in merged.criteria], merged.analysis) == (["1.3", "1.4"], "<p>วิเคราะห์</p>")


def test_every_category_prints_an_activity_that_another_category_shares(here):
    """Each category can be printed alone."""
    write_activity(here, "2.1", "<p>ก</p>", serves=["4.2"])
    assert rows_of(here, 4)[1] == (("4.2",), ("<p>ก</p>",), ())
    both = read(here, 2, 4).categories
    assert [[block.html for r in c.rows for block in r.activities] for c in both] == [
        ["<p>ก</p>"],
        ["<p>ก</p>"],
    ]


# --- activities and owners ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owners", "printed"),
    [
        ("ก", ["ก"]),
        ("กก", ["", "ก"]),
        ("กกก", ["", "", "ก"]),
        ("กขก", ["ก", "ข", "ก"]),
        ("กกขข", ["", "ก", "", "ข"]),
        ("-", [""]),
        ("ก-ก", ["ก", "", "ก"]),
    ],
)
def test_equal_owner_lines_that_follow_each_other_print_once_after_the_last(here, owners, printed):
    names = {letter: Owner.objects.create(agency=here.agency, name=letter) for letter in "กข"}
    for letter in owners:
        write_activity(here, "2.1", f"<p>{letter}</p>", owners=[names[letter]] if letter in names else [])
    blocks = row(here, "2.1").activities
    assert [block.owner_line for block in blocks] == printed
    assert [block.missing_owner for block in blocks] == [letter == "-" for letter in owners]


def test_lines_that_differ_in_joiner_or_note_are_different(here):
    first, second = (Owner.objects.create(agency=here.agency, name=name) for name in ("ก", "ข"))
    for joiner, note in (("และ", ""), ("หรือ", ""), ("หรือ", "หมายเหตุ")):
        owners = [OwnerLine(first), OwnerLine(second, joiner, note)]
        data = ActivityData(uid=uuid.uuid4(), key=uuid.uuid4(), html="<p>x</p>", owners=owners)
        save_activity(analysis=criterion(here, "2.1"), data=data, by=None)
    assert [block.owner_line for block in row(here, "2.1").activities] == [
        "ก และข",
        "ก หรือข",
        "ก หรือข (หมายเหตุ)",
    ]


def test_the_fourth_column_has_each_line_once(here):
    first, second = (Owner.objects.create(agency=here.agency, name=name) for name in ("ก", "ข"))
    for owner in (first, second, first):
        write_activity(here, "6.1", "<p>x</p>", owners=[owner])
    write_activity(here, "6.1", "<p>x</p>")
    assert row(here, "6.1").owner_lines == ("ก", "ข")


def test_category_6_has_four_columns_and_the_others_three(here):
    blocks = {block.number: block for block in read(here).categories}
    assert {number: len(block.headings) for number, block in blocks.items()} == {
        1: 3,
        2: 3,
        3: 3,
        4: 3,
        5: 3,
        6: 4,
    }
    assert (blocks[6].has_owner_column, blocks[5].has_owner_column) == (True, False)
    assert blocks[6].headings == (
        "เกณฑ์ PMQA 4.0",
        "ตัวอย่างหน่วยงานที่เป็นเลิศ",
        "กิจกรรม/การดำเนินงาน ปี 2565",
        "ผู้รับผิดชอบ",
    )
    here.sheets.filter(category__number=5).update(layout=SheetLayout.FOUR_COLUMNS, heading_owner="หน่วยงาน")
    assert category(here, 5).headings[3] == "หน่วยงาน"


def test_activities_stand_in_the_order_of_their_criterion(here):
    for letter in "กขค":
        write_activity(here, "2.1", f"<p>{letter}</p>")
    place = criterion(here, "2.1").activity_places.get(activity__text__plain="ค")
    type(place).objects.filter(pk=place.pk).update(position=0)
    assert [block.html for block in row(here, "2.1").activities] == ["<p>ค</p>", "<p>ก</p>", "<p>ข</p>"]


def test_blank_and_withdrawn_activities_are_not_printed(here, world):
    withdrawn = write_activity(here, "2.1", "<p>ถอน</p>", owners=[world.here.unit], serves=["2.2"])
    Activity.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now(), withdrawn_by=world.admin)
    emptied = write_activity(here, "2.1", "<p>x</p>")
    write(emptied.text, "<p></p>")
    write_activity(here, "2.1", "<p>เหลือ</p>")
    assert rows_of(here)[:2] == [(("2.1",), ("<p>เหลือ</p>",), ()), (("2.2",), (), ())]


# --- feedback and cases -------------------------------------------------------------------------------


def test_feedback_is_that_of_the_agency_year_step_and_criterion_in_its_order(here, there, world):
    base = {
        "agency": here.agency,
        "year": 2564,
        "step": 2,
        "criterion": criterion(here, "2.1").wording.criterion,
    }
    for position, name, changes in [
        (3, "สาม", {}),
        (1, "หนึ่ง", {}),
        (2, "ถอน", {}),
        (1, "ปีอื่น", {"year": 2563}),
        (1, "ขั้นอื่น", {"step": 1}),
        (1, "หน่วยงานอื่น", {"agency": there.agency}),
        (1, "ข้ออื่น", {"criterion": criterion(here, "2.2").wording.criterion}),
    ]:
        add_point(text=name, position=position, by=None, **(base | changes))
    FeedbackPoint.objects.filter(text="ถอน").update(withdrawn_at=timezone.now(), withdrawn_by=world.admin)
    found = {block.code: block.feedback for r in category(here).rows for block in r.criteria}
    assert found == {"2.1": ("หนึ่ง", "สาม"), "2.2": ("ข้ออื่น",), "2.3": (), "2.4": ()}
    Round.objects.filter(pk=here.pk).update(feedback_year=2563)
    here.refresh_from_db()
    assert row(here, "2.1").criteria[0].feedback == ("ปีอื่น",)


def test_cases_are_printed_as_they_were_copied_in_their_order(here):
    for key in "ab":
        chosen = choose_practice(analysis=criterion(here, "2.1"), practice=make_case(key), by=None)
    type(chosen).objects.filter(pk=chosen.pk).update(position=0)
    write(chosen.text, "<p>ย่อแล้ว</p>")
    assert [(p.agency_name, p.award_line, p.html) for p in row(here, "2.1").criteria[0].practices] == [
        ("กรม b", "(รางวัล PMQA หมวด 1 ปี 2564)", "<p>ย่อแล้ว</p>"),
        ("กรม a", "(รางวัล PMQA หมวด 1 ปี 2564)", "<p>เนื้อหา a</p>"),
    ]


# --- the whole ----------------------------------------------------------------------------------------


def test_the_form_carries_the_settings_of_its_round(here):
    Round.objects.filter(pk=here.pk).update(
        title="ชื่อ", font_points=14, binding_margin_mm=8, thai_digits=True, duplex=True
    )
    here.refresh_from_db()
    form = read(here)
    assert (form.title, form.agency_code, form.agency_name, form.year) == (
        "ชื่อ", "senate", "สำนักงานเลขาธิการวุฒิสภา", 2565,
    )  # fmt: skip
    assert (form.font_points, form.binding_margin_mm, form.thai_digits, form.footer, form.read_at) == (
        14, 8, True, None, moment(),
    )  # fmt: skip
    assert form.duplex is True
    assert [block.band for block in form.categories] == [f"หมวด {n} ชื่อหมวด {n}" for n in range(1, 7)]


def test_texts_and_figures_after_the_table(here):
    sheet = here.sheets.get(category__number=3)
    write(sheet.obstacles, "<p>อุปสรรค</p>")
    picture = io.BytesIO()
    Image.new("RGB", (4, 3)).save(picture, "PNG")
    for caption in ("แรก", "สอง"):
        picture.seek(0)
        size = len(picture.getvalue())
        last = add_sheet_figure(
            sheet=sheet, file=picture, size=size, caption=caption, alternative=f"คำ {caption}", by=None
        )
    type(last).objects.filter(pk=last.pk).update(position=0)
    block = category(here, 3)
    assert (block.obstacles, block.remedies) == ("<p>อุปสรรค</p>", "")
    assert [(f.caption, f.alternative) for f in block.figures] == [("สอง", "คำ สอง"), ("แรก", "คำ แรก")]
    assert [len(c.figures) for c in read(here).categories] == [0, 0, 2, 0, 0, 0]


def test_nothing_of_another_agency_or_year_is_read(here, there, world):
    make_round(world.here, world, year=2566)
    write(there.sheets.get(category__number=1).remedies, "<p>nso แก้ไข</p>")
    text = repr(read(here))
    assert "กิจกรรม senate ข้อ 1.1" in text
    assert "nso" not in text
    assert "2566" not in text
    assert "กิจกรรม nso ข้อ 1.1" in repr(read(there))


def test_reading_takes_as_many_queries_for_one_row_as_for_thirty(here, world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(here)
        return len(captured)

    def fill(times: int) -> None:
        for _ in range(times):
            write_activity(here, "2.1", "<p>x</p>", owners=[world.here.unit], serves=["2.2", "4.1"])
            choose_practice(
                analysis=criterion(here, "2.1"), practice=make_case(uuid.uuid4().hex[:8]), by=None
            )
            add_point(
                agency=here.agency,
                year=2564,
                step=2,
                criterion=criterion(here, "2.1").wording.criterion,
                text="x",
                by=None,
            )

    fill(1)
    few = queries()
    fill(29)
    assert queries() == few
    # one for each kind of row, and the savepoint of the transaction
    assert few <= 10


def test_equal_data_are_equal_values(here):
    assert read(here) == read(Round.objects.get(pk=here.pk))
    write_activity(here, "2.1", "<p>x</p>")
    before = read(here)
    write(Activity.objects.get(text__plain="x").text, "<p>y</p>")
    assert read(here) != before
