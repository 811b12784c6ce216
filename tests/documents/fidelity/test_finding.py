"""Whether a text stands in what a reader gave."""

from __future__ import annotations

import pytest

from documents.fidelity.finding import lines_of, missing_lines, squeezed


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ดำเนินการ น้ำ", "ดำเนินการน้ำ"),
        ("ด\u0e4d\u0e32 ก\u0e4d\u0e49\u0e32", "ดำก้ำ"),
        ("ปี ๒๕๖๕\n\u00a0ข้อ\u200b 1", "ปี2565ข้อ1"),
    ],
)
def test_readers_agree_on_the_squeezed_form(typed, found):
    assert squeezed(typed) == found


def test_marks_of_lists_are_no_text():
    assert lines_of("- หนึ่ง\n1) สอง\n(๓) สาม\n• สี่\n\n2565 ห้า\n1.1 หก") == [
        "หนึ่ง",
        "สอง",
        "สาม",
        "สี่",
        "2565ห้า",
        "1.1หก",
    ]


PAGES = [squeezed("ข้อ 1 กิจกรรมแรก ยาวมากจนต้อง ร่าง หน้า 1"), squeezed("หัวตาราง ต่ออีกหน้าหนึ่ง จบ หน้า 2")]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("กิจกรรมแรก", []),
        ("กิจกรรม แรก\nจบ", []),
        ("ยาวมากจนต้องต่ออีกหน้าหนึ่ง", []),
        ("กิจกรรมที่สอง", ["กิจกรรมที่สอง"]),
        ("กิจกรรมแรก\nไม่มี", ["ไม่มี"]),
        # the words of two pages in the wrong order, and a beginning without its end
        ("ต่ออีกหน้าหนึ่งยาวมาก", ["ต่ออีกหน้าหนึ่งยาวมาก"]),
        ("ยาวมากจนต้องขาด", ["ยาวมากจนต้องขาด"]),
    ],
)
def test_a_line_stands_on_one_page_or_goes_on_over_the_next(text, lines):
    assert missing_lines(text, PAGES) == lines


def test_nothing_stands_where_nothing_was_read():
    assert missing_lines("ก", []) == ["ก"]
