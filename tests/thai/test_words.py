"""Word breaking with the project's dictionary, and where a printed line may end."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.text import normalise
from thai.words import (
    ZERO_WIDTH_SPACE,
    break_opportunities,
    inner_breaks,
    terms,
    terms_in,
    tokens,
    unbreakable_parts,
)

mixed_text = st.lists(
    st.sampled_from(
        [
            *"กนมเแาะิ์ๆฯ \n().,\"'“”/-%1๒Aé😀",
            "การ",
            "ผู้รับบริการ",
            "ตัวชี้วัด",
            "เดมมิง",
            "ก.พ.ร.",
            "PMQA",
            "1,234.50",
            "ต่าง ๆ",
        ]
    ),
    max_size=30,
).map("".join)


def bars(text: str) -> str:
    return break_opportunities(text).replace(ZERO_WIDTH_SPACE, "|")


def test_terms_of_the_field_are_one_word() -> None:
    assert tokens("การจัดการข้อร้องเรียนของผู้รับบริการและผู้มีส่วนได้ส่วนเสีย") == (
        "การ",
        "จัดการ",
        "ข้อร้องเรียน",
        "ของ",
        "ผู้รับบริการ",
        "และ",
        "ผู้มีส่วนได้ส่วนเสีย",
    )


@pytest.mark.parametrize(
    "term",
    [
        "ผู้มีส่วนได้ส่วนเสีย",
        "ผู้รับผิดชอบ",
        "ตัวชี้วัด",
        "เดมมิง",
        "วงจรเดมมิง",
        "สำนักงานเลขาธิการวุฒิสภา",
        "ก.พ.ร.",
        "กรมการแพทย์แผนไทย",
    ],
)
def test_a_term_is_kept_whole_between_other_words(term: str) -> None:
    assert term in tokens(f"ตามที่{term}ได้กำหนด")


def test_no_text_no_words() -> None:
    assert tokens("") == ()
    assert break_opportunities("") == ""


@given(mixed_text)
def test_words_put_together_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


def test_the_dictionary_is_fit_for_print() -> None:
    assert len(terms()) >= 300
    for term in terms():
        assert term == normalise(term)
        assert len(term) <= 30, f"{term} may be wider than a column"
        assert not re.search(r"\s", term), f"a line may end at the space in {term}"


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("การจัดการข้อร้องเรียนของผู้รับบริการ", "การ|จัดการ|ข้อร้องเรียน|ของ|ผู้รับบริการ"),
        ("ตามวงจรเดมมิงของสำนักงานเลขาธิการวุฒิสภา", "ตาม|วงจรเดมมิง|ของ|สำนักงานเลขาธิการวุฒิสภา"),
        ("สำนักงาน ก.พ.ร.กำหนด", "สำนักงาน ก.พ.ร.กำหนด"),
        ("ต่างๆของกรม", "ต่างๆ|ของ|กรม"),
        ("ต่าง ๆ ของกรม", "ต่าง\u00a0ๆ ของ|กรม"),
        ("กรุงเทพฯเป็นจังหวัด", "กรุงเทพฯ|เป็น|จังหวัด"),
        ("ระบบ“ติดตาม”ผล", "ระบบ|“ติดตาม”|ผล"),
        ('ระบบ"ติดตาม"ผล', 'ระบบ"ติดตาม"ผล'),
        ("(กรม)ที่ดิน", "(กรม)|ที่ดิน"),
        ("จำนวน1,234.50บาท", "จำนวน|1,234.50|บาท"),
        ("ร้อยละ๙๒.๙๐ของ", "ร้อยละ|๙๒.๙๐|ของ"),
        ("ระบบPMQA4.0ของกรม", "ระบบ|PMQA4.0|ของ|กรม"),
        ("Area-Based (P-D-C-A) Top-down/Bottom-up", "Area-Based (P-D-C-A) Top-down/Bottom-up"),
    ],
)
def test_break_opportunities(text: str, broken: str) -> None:
    assert bars(text) == broken


@given(mixed_text)
def test_breaks_add_nothing_that_is_seen(text: str) -> None:
    printed = break_opportunities(text)
    assert printed.replace(ZERO_WIDTH_SPACE, "").replace("\u00a0", " ") == text
    assert "".join(unbreakable_parts(text)) == text


@given(mixed_text)
def test_breaks_stand_only_where_a_line_may_end(text: str) -> None:
    printed = break_opportunities(text)
    assert not re.search(f"{ZERO_WIDTH_SPACE}[ๆฯะ-ฺ็-๎)\\].,”\"'%/\\s]", printed)
    assert not re.search(f"[เ-ไ(“\"'./\\s-]{ZERO_WIDTH_SPACE}", printed)
    assert not re.search(f"[A-Za-z0-9.,]{ZERO_WIDTH_SPACE}[A-Za-z0-9.,]", printed)
    for term in terms():
        assert printed.count(term) == text.count(term)


def test_a_second_run_adds_nothing() -> None:
    once = break_opportunities("การจัดการข้อร้องเรียนของผู้รับบริการ")
    assert break_opportunities(once) == once


def test_parts_do_not_begin_with_a_repetition_mark() -> None:
    assert unbreakable_parts("เรื่อง ๆ หนึ่ง") == ["เรื่อง ๆ ", "หนึ่ง"]


def test_more_terms_are_kept_whole_for_one_call_only() -> None:
    more = frozenset({"แบบวิเคราะห์รายข้อ"})
    assert unbreakable_parts("ตามแบบวิเคราะห์รายข้อนี้", more) == ["ตาม", "แบบวิเคราะห์รายข้อ", "นี้"]
    assert unbreakable_parts("ตามแบบวิเคราะห์รายข้อนี้") == ["ตาม", "แบบ", "วิเคราะห์", "ราย", "ข้อ", "นี้"]


def test_the_pieces_of_names_are_terms() -> None:
    names = ["สำนักงาน ก.พ.ร.", "คณะอนุกรรมการฯ หมวด 6", "DSI", "(กรมที่ดิน)", "", "ก"]
    assert terms_in(names) == {"สำนักงาน", "ก.พ.ร.", "คณะอนุกรรมการฯ", "หมวด", "กรมที่ดิน"}


@pytest.mark.parametrize(
    ("piece", "best", "words"),
    [
        ("สำนักงานเลขาธิการวุฒิสภา", ["สำนักงาน", "เลขาธิการวุฒิสภา"], ["สำนักงาน", "เลขาธิการ", "วุฒิสภา"]),
        ("“กรมสวัสดิการและคุ้มครองแรงงาน”", None, ["“กรม", "สวัสดิการ", "และ", "คุ้มครอง", "แรงงาน”"]),
        ("แผนก๔๐/๒๕๖๗", None, ["แผนก", "๔๐/", "๒๕๖๗"]),
        ("ของฝ่าย", None, ["ของ", "ฝ่าย"]),
        ("ระบบ", [], ["ระบบ"]),
    ],
)
def test_a_piece_that_is_too_wide_is_cut_between_its_words(
    piece: str, best: list[str] | None, words: list[str]
) -> None:
    outside_terms, between_words, letters = inner_breaks(piece)
    assert cut(piece, between_words) == words
    if best:
        assert cut(piece, outside_terms) == best
    assert set(outside_terms) <= set(between_words) <= set(letters)
    assert "".join(cut(piece, letters)) == piece


def cut(text: str, places: list[int]) -> list[str]:
    return [text[start:end] for start, end in pairwise([0, *places, len(text)])]
