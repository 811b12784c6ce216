"""Comparing two forms: every piece that came, went or changed, once, where a person looks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from documents.comparison import compare
from documents.form import (
    ActivityBlock,
    CategoryBlock,
    CriterionBlock,
    FigureBlock,
    Form,
    OwnerBlock,
    PointBlock,
    PracticeBlock,
    Row,
)
from tests.world import moment

POINT = PointBlock("f1", 2564, 2, "ยังขาดแผน", "", "", "")
PRACTICE = PracticeBlock("กรมที่ดิน", "(ปี 2564)", "<p>ทำดี</p>", uid="p1")
ACTIVITY = ActivityBlock("<p>จัดประชุม</p>", "", False, uid="a1", owners=(OwnerBlock("กองกลาง", "", ""),))


def row(code: str = "1.1", **fields: object) -> Row:
    empty = {"analysis": "", "activities": (), "obstacles": "", "remedies": "", "see": ()}
    criterion = CriterionBlock(code, "ชื่อ", fields.pop("points", ()), fields.pop("practices", ()))  # type: ignore[arg-type]
    return Row(**{"criteria": (criterion,), **empty, **fields})  # type: ignore[arg-type]


def form(*rows: Row, number: int = 1, **fields: object) -> Form:
    after = {"obstacles": "", "remedies": "", "figures": ()} | fields
    category = CategoryBlock(number, "ชื่อหมวด", True, ("ก", "ข", "ค"), "เกณฑ์", "Feedback :", rows, **after)  # type: ignore[arg-type]
    return Form("ชื่อ", "senate", "หน่วยงาน", 2565, 16, 0, False, moment(), (category,))


def found(old: Form, new: Form) -> list[tuple[str, str, str, str]]:
    return [(change.place, change.label, change.kind, change.html) for change in compare(old, new)]


def test_equal_forms_have_no_difference():
    whole = form(row(points=(POINT,), practices=(PRACTICE,), activities=(ACTIVITY,)))
    assert found(whole, whole) == []


@pytest.mark.parametrize(
    ("fields", "label", "html"),
    [
        ({"points": (POINT,)}, "ข้อเสนอแนะ", "<p><ins>ยังขาดแผน</ins></p>"),
        (
            {"practices": (PRACTICE,)},
            "ตัวอย่างที่เป็นเลิศ",
            "<p><ins>กรมที่ดิน (ปี 2564)</ins></p><p><ins>ทำดี</ins></p>",
        ),
        (
            {"activities": (ACTIVITY,)},
            "กิจกรรม",
            "<p><ins>จัดประชุม</ins></p><p><ins>ผู้รับผิดชอบ กองกลาง</ins></p>",
        ),
        ({"analysis": "<p>ก</p>"}, "บทวิเคราะห์", "<p><ins>ก</ins></p>"),
        ({"obstacles": "<p>ก</p>"}, "ปัญหาและอุปสรรค", "<p><ins>ก</ins></p>"),
        ({"remedies": "<p>ก</p>"}, "แนวทางแก้ไข", "<p><ins>ก</ins></p>"),
    ],
)
def test_a_piece_that_came_or_went(fields, label, html):
    without, with_it = form(row()), form(row(**dict(fields)))
    assert found(without, with_it) == [("ข้อ 1.1", label, "เพิ่ม", html)]
    assert found(with_it, without) == [("ข้อ 1.1", label, "นำออก", html.replace("ins>", "del>"))]


def test_owners_belong_to_their_activity():
    other = replace(ACTIVITY, owners=(OwnerBlock("กองกลาง", "", ""), OwnerBlock("กองคลัง", "และ", "ร่วม")))
    changes = found(form(row(activities=(ACTIVITY,))), form(row(activities=(other,))))
    assert [change[:3] for change in changes] == [("ข้อ 1.1", "กิจกรรม", "แก้ไข")]
    assert "กองกลาง<ins> และ กองคลัง (ร่วม)</ins>" in changes[0][3]


def test_an_activity_that_moved_to_another_criterion_did_not_change():
    old = form(row("1.1", activities=(ACTIVITY,)), row("1.2"))
    assert found(old, form(row("1.1"), row("1.2", activities=(ACTIVITY,)))) == []


def test_texts_after_the_table_stand_after_the_criteria_of_their_category():
    new = form(
        row("2.1", analysis="<p>ก</p>"),
        number=2,
        obstacles="<p>ข</p>",
        figures=(FigureBlock("x", "ภาพ", ""),),
    )
    places = [(place, label) for place, label, *_ in found(form(row("2.1"), number=2), new)]
    assert places == [("ข้อ 2.1", "บทวิเคราะห์"), ("หมวด 2", "ปัญหาและอุปสรรค"), ("หมวด 2", "ภาพ")]


def test_what_was_typed_is_never_markup():
    sharp = replace(POINT, text="<script>x</script> & ก")
    assert found(form(row()), form(row(points=(sharp,))))[0][3] == (
        "<p><ins>&lt;script&gt;x&lt;/script&gt; &amp; ก</ins></p>"
    )
