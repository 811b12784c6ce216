"""The stored form of Thai text, counting, digits, enumerations."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.text import count_characters, join_thai, normalise, to_arabic_digits, to_thai_digits

AM = "\u0e33"
thai_and_troubles = st.text(
    st.sampled_from(
        "กขนสอ\u0e32\u0e33\u0e38\u0e39\u0e48\u0e49\u0e4d\u0e4cเ \n\r\t\u200b\u200d\ufeff\x00\u0301é1๒"
    )
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ส\u0e4d\u0e32นักงาน", "ส" + AM + "นักงาน"),
        ("น\u0e4d\u0e49\u0e32", "น\u0e49" + AM),
        ("น\u0e49\u0e4d\u0e32", "น\u0e49" + AM),
        ("น\u0e49" + AM, "น\u0e49" + AM),
        ("ก\u200bข\u200cค\u200dง\u2060จ\ufeffฉ", "กขคงจฉ"),
        ("ก\u00adข\u200eค\u202eง", "กขคง"),
        ("หนึ่ง\r\nสอง\rสาม\nสี่", "หนึ่ง\nสอง\nสาม\nสี่"),
        ("หนึ่ง\x0bสอง\u2028สาม\u2029สี่\x85ห้า", "หนึ่ง\nสอง\nสาม\nสี่\nห้า"),
        ("ก\x00ข\x07ค\x1bง\x7f", "กขคง"),
        ("ก\tข\n", "ก\tข\n"),
        ("cafe\u0301", "caf\u00e9"),
        ("½ ① ﬁ", "½ ① ﬁ"),
        ("ก\ud800ข", "กข"),
        ("  ก  ", "  ก  "),
        ("ทุก\u00a0สำนัก", "ทุก\u00a0สำนัก"),
        ("", ""),
    ],
)
def test_normalise_gives_the_stored_form(typed: str, stored: str) -> None:
    assert normalise(typed) == stored


def test_normalise_keeps_what_nfkc_would_take_apart() -> None:
    text = "สำนักงาน ก.พ.ร. น้ำ"
    assert normalise(text) == text
    assert unicodedata.normalize("NFKC", text) != text


def test_a_tone_mark_that_moves_is_put_in_canonical_order() -> None:
    once = normalise("ก\u0301\u0e4d\u0e48\u0e32")
    assert once == "ก\u0e48\u0301" + AM
    assert normalise(once) == once


@given(thai_and_troubles | st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(thai_and_troubles)
def test_normalising_never_lengthens_thai(text: str) -> None:
    assert len(normalise(text)) <= len(text)


@given(thai_and_troubles | st.text())
def test_the_stored_form_can_be_stored(text: str) -> None:
    stored = normalise(text)
    stored.encode("utf-8")
    assert not set(stored) & set("\x00\r\u200b\u200c\u200d\u2060\ufeff")
    assert "\u0e4d\u0e32" not in stored


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("น้ำ", 3),
        ("น\u0e4d\u0e49\u0e32", 3),
        ("ก\r\nข", 3),
        ("ผู้รับบริการ", 12),
        ("ก\u200bข", 2),
        ("😀", 1),
    ],
)
def test_characters_are_code_points_of_the_stored_form(text: str, count: int) -> None:
    assert count_characters(text) == count


def test_digits() -> None:
    assert to_thai_digits("ปี 2569 ข้อ 1.10") == "ปี ๒๕๖๙ ข้อ ๑.๑๐"
    assert to_arabic_digits("๐๑๒๓๔๕๖๗๘๙ ก") == "0123456789 ก"


@given(st.text(st.sampled_from("ก0123456789 .a")))
def test_digits_there_and_back(text: str) -> None:
    assert to_arabic_digits(to_thai_digits(text)) == text


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["ก"], "ก"),
        (["ก", "ข"], "ก และ ข"),
        (["ก", "ข", "ค"], "ก ข และ ค"),
        (["ก", " ", "", " ค "], "ก และ ค"),
    ],
)
def test_enumeration(items: list[str], text: str) -> None:
    assert join_thai(items) == text


def test_enumeration_of_alternatives() -> None:
    assert join_thai(["ก", "ข", "ค"], last="หรือ") == "ก ข หรือ ค"
