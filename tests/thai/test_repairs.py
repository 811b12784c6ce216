"""What PDFs do to Thai text is put right, and what people wrote stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.repairs import KINDS, repaired, repairs_of

ALL = [kind.name for kind in KINDS]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("glyphs", "ผู\uf70aที\uf705", "ผู่ที่"),
        ("am", "ส านักงาน ก าหนด น้ า", "สำนักงาน กำหนด น้ำ"),
        ("am", "ส\u0e4d านักงาน ท\u0e4d\u0e32 น\u0e4d\u0e49\u0e32", "สำนักงาน ทำ น้ำ"),
        ("marks", "ท ี่ ผ ู้ เป ็น", "ที่ ผู้ เป็น"),
        ("pages", "ก\n- 3 -\nข\nหน้า 4/12\n๑๒\nค", "ก\nข\nค"),
        ("words", "ร้อย ละ 80 หน่ว ยงาน ประ ชาชน", "ร้อยละ 80 หน่วยงาน ประชาชน"),
    ],
)
def test_repair_puts_right_what_copying_broke(kind: str, before: str, after: str) -> None:
    assert repaired(before, [kind]) == after


@pytest.mark.parametrize(
    "text",
    [
        "ขาด ก และ ข",
        "ทำได้ดี แล้วจึงขยายผล",
        "กระบวนการ นำผลมาใช้ ภายในและภายนอก เพื่อให้เกิดผล",
        "1.1 ยังขาด\n1.2 ยังขาด\n- ข้อแรก\n- ข้อที่สอง\n(1) ก\n2) ข",
        "ตัวชี้วัด KPI ปี 2564 จำนวน 12 ตัว",
    ],
)
def test_well_written_text_stays_as_it_is(text: str) -> None:
    assert (repaired(text, ALL), repairs_of(text)) == (text, [])


def test_lines_of_a_paragraph_are_joined_and_items_stay_apart() -> None:
    text = "มีการทบทวนทิศทางขององค์การเป็นประจำทุกปี \nแต่ยังขาดการเชื่อมโยงกับแผนระดับ\nชาติและแผนอื่น\n- ข้อย่อย\n1.2 ต่อไป"
    wanted = "มีการทบทวนทิศทางขององค์การเป็นประจำทุกปี แต่ยังขาดการเชื่อมโยงกับแผนระดับชาติและแผนอื่น\n- ข้อย่อย\n1.2 ต่อไป"
    assert repaired(text, ["lines"]) == wanted


def test_every_kind_that_changes_something_is_named_with_examples() -> None:
    found = repairs_of("ส านักงาน ร้อย ละ")
    assert [(f.kind.name, f.count) for f in found] == [("am", 1), ("words", 1)]
    assert (found[1].examples[0].before[-7:], found[1].examples[0].after[-6:]) == ("ร้อย ละ", "ร้อยละ")


@given(st.text("กขดนสาำเแั่้ \n\u0e4d\uf70a-1.", max_size=60))
def test_repairs_never_lose_a_consonant(text: str) -> None:
    kinds = [name for name in ALL if name not in ("pages", "glyphs")]
    kept = [letter for letter in repaired(text, kinds) if letter in "กขดนส"]
    assert kept == [letter for letter in text if letter in "กขดนส"]


def test_a_text_that_repeats_itself_is_looked_at_like_any_other() -> None:
    """Letter by letter, difflib would need hours for it."""
    assert [found.kind.name for found in repairs_of("ส านักงาน ก ข " * 1500)] == ["am"]
