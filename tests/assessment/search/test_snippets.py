"""Passages around what was found."""

from __future__ import annotations

import pytest

from assessment.search.entries import with_word_breaks
from assessment.search.snippets import LENGTH, Piece, marked, snippet
from thai.search import words_of_query
from thai.words import tokens

LONG = "หน่วยงานรับฟังเสียงของประชาชนทุกช่องทาง และวิเคราะห์ข้อร้องเรียนเพื่อปรับปรุงบริการอย่างต่อเนื่อง " * 12


def shown(pieces: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("การจัดการข้อร้องเรียน", "ขอรองเรียน", "การจัดการ[ข้อร้องเรียน]"),
        ("ของ ก.พ.ร. และกพร", "กพร", "ของ [ก.พ.ร]. และ[กพร]"),
        ("ปี ๒๕๖๗ และ 2567", "2567", "ปี [๒๕๖๗] และ [2567]"),
        ("เเผนงาน แผนเงิน", "แผน", "[เเผน]งาน [แผน]เงิน"),
        ("ข้อ ร้อง เรียน", "ข้อร้องเรียน", "[ข้อ ร้อง เรียน]"),
        ("E-Service และ eservice", "e service", "[E-Service] และ [eservice]"),
        ("ข้อความสั้น", "ไม่มี", "ข้อความสั้น"),
    ],
)
def test_the_words_are_marked_as_they_stand(text, typed, expected):
    words = words_of_query(typed, 8)
    assert shown(marked(text, words)) == expected
    assert shown(snippet(with_word_breaks(text), words)) == expected


def test_a_long_text_is_cut_between_words_around_the_best_place():
    body = with_word_breaks(LONG + "งบประมาณพิเศษ " + LONG)
    passage = snippet(body, words_of_query("งบประมาณพิเศษ", 8))
    text = "".join(piece.text for piece in passage)
    assert "[งบประมาณพิเศษ]" in shown(passage)
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) <= LENGTH + 70
    bare = text.strip("… ")
    places = {sum(map(len, tokens(LONG + "งบประมาณพิเศษ " + LONG)[:n])) for n in range(600)}
    start = (LONG + "งบประมาณพิเศษ " + LONG).index(bare)
    assert {start, start + len(bare)} <= places | {place - 1 for place in places}


def test_the_beginning_stands_for_what_was_found_in_the_name_only():
    passage = snippet(with_word_breaks(LONG), ["ไม่มี"])
    assert passage[0].text.startswith("หน่วยงานรับฟัง")
    assert not any(piece.found for piece in passage)


def test_an_endless_word_is_cut_between_letters():
    passage = snippet("ก้" * 2000, ["ข"])
    assert passage[0].text.endswith("ก้")
    assert passage[-1].text == " …"


def test_lines_and_breaks_leave_no_trace():
    text = shown(snippet(with_word_breaks("บรรทัดแรก\n\n  บรรทัดที่สอง  "), ["x"]))
    assert text == "บรรทัดแรก บรรทัดที่สอง"
