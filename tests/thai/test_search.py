"""Folding: every spelling of a word gives the same, and is found again in the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.search import fold, spellings, words_of_query
from thai.text import to_thai_digits

THAI = st.text(alphabet=[chr(code) for code in range(0x0E01, 0x0E5C) if code not in range(0x0E3B, 0x0E3F)])
MIXED = st.text(alphabet=[*map(chr, range(0x0E01, 0x0E3A)), *map(chr, range(0x0E40, 0x0E5A)), *"aB3.- \n/(ก"])


@pytest.mark.parametrize(
    ("spelling", "folded"),
    [
        ("ข้อร้องเรียน", "ขอรองเรียน"),
        ("ขอรองเรียน", "ขอรองเรียน"),
        ("ข้้อร้องเรียน", "ขอรองเรียน"),
        ("ข้อ ร้อง\nเรียน", "ขอรองเรียน"),
        ("เเผนงาน", "แผนงาน"),
        ("เ่เผนงาน", "แผนงาน"),
        ("ก.พ.ร.", "กพร"),
        ("สำนักงาน ก.พ.ร", "สำนักงานกพร"),
        ("สํานักงาน", "สำนักงาน"),
        ("นํ้า", "นำ"),
        ("ที่", "ที"),
        ("ท่ี", "ที"),
        ("ทีี่", "ที"),
        ("ศูนย์", "ศูนย"),
        ("ปี ๒๕๖๗", "ปี2567"),
        ("ข้อ ๓.๑", "ขอ3.1"),
        ("3. 1", "3.1"),
        ("1..2", "12"),
        ("1,234 ล้าน", "1234ลาน"),
        ("E-Service", "eservice"),
        ("ต่าง ๆ", "ตาง"),
        ("กรุงเทพฯ", "กรุงเทพ"),
        ("\u200bงาน\u00ad", "งาน"),
        ("่้๊๋", ""),
        ('%_"*():^', ""),
        ("", ""),
    ],
)
def test_fold_of_a_spelling(spelling: str, folded: str):
    assert fold(spelling) == folded


def test_different_words_stay_different():
    words = ["กัน", "กน", "กิน", "กีน", "แกน", "เกน", "กำ", "กา", "3.1", "31", "ไทย", "ใทย"]
    assert len(set(map(fold, words))) == len(words)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str):
    assert fold(fold(text)) == fold(text)


@given(THAI, st.sampled_from("่้๊๋็์ "), st.integers(0, 50))
def test_a_mark_or_space_put_anywhere_changes_nothing(text: str, mark: str, place: int):
    letters = fold(text)
    assert fold(letters[:place] + mark + letters[place:]) == letters


@given(MIXED)
def test_digits_and_case_change_nothing(text: str):
    assert fold(to_thai_digits(text)) == fold(text) == fold(text.upper())


@given(MIXED, st.integers(0, 30), st.integers(1, 8))
def test_what_is_found_folded_is_found_in_the_text(text: str, start: int, length: int):
    word = fold(text)[start : start + length].strip(".")
    found = re.search(spellings(word), text, re.IGNORECASE) if word else None
    assert not word or (found and fold(found.group()).strip(".") == word)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ข้อ ร้องเรียน", ["ขอ", "รองเรียน"]),
        ("ก พ ร", ["กพร"]),
        ("สำนักงาน ก. พ. ร. ปี ๒๕๖๗", ["สำนักงาน", "กพร", "ปี", "2567"]),
        ("งาน งาน", ["งาน"]),
        ("ก", ["ก"]),
        (' " * ่้ ', []),
    ],
)
def test_words_of_what_was_typed(typed: str, words: list[str]):
    assert words_of_query(typed, 8) == words


def test_a_pasted_text_gives_no_more_words_than_asked_for():
    assert len(words_of_query("หนึ่ง สอง สาม สี่ ห้า", 3)) == 3
