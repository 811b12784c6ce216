"""Quoted passages: taken out of a text, and found again after it has changed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from texts.passages import CONTEXT, Passage, Place, find_passage, flat, mark_passage

TEXT = "สำนักงานจัดทำแผนระยะยาว\nและแผนปฏิบัติการประจำปี\nโดยติดตามผลทุกไตรมาส"
# what people insert, in letters that the passage does not have
OTHER = st.text(alphabet="xyz \n", max_size=80)
THAI = st.text(alphabet="กขคงจ ำัา่ \n", max_size=60)


def test_a_passage_is_kept_with_what_stands_around_it():
    found = mark_passage(TEXT, "แผนปฏิบัติการ")
    assert found == Passage("แผนปฏิบัติการ", "สำนักงานจัดทำแผนระยะยาว และ", "ประจำปี โดยติดตามผลทุกไตรมาส", 27)
    assert find_passage(TEXT, found) == Place(27, "แผนปฏิบัติการ")


def test_a_selection_over_line_ends_is_found():
    """The editor gives two line ends between paragraphs, the stored text one."""
    assert mark_passage(TEXT, "ระยะยาว\n\nและแผน").quote == "ระยะยาว และแผน"


def test_words_that_do_not_stand_there_are_no_passage():
    assert mark_passage(TEXT, "แผนอื่น") is None
    assert mark_passage(TEXT, " \n") is None
    assert mark_passage("", "แผน") is None


@pytest.mark.parametrize(("before", "position"), [("ก่อน ", 5), ("หลัง ", 15), ("", 5)])
def test_of_equal_words_the_one_with_these_before_it_is_meant(before, position):
    assert mark_passage("ก่อน แผน หลัง แผน", "แผน", before).position == {5: 5, 15: 14}[position]


def test_equal_words_are_told_apart_after_others_were_put_between():
    text = "ข้อหนึ่ง จัดทำแผน ปีแรก ข้อสอง จัดทำแผน ปีหลัง"
    second = mark_passage(text, "จัดทำแผน", "ข้อสอง ")
    later = f"คำนำใหม่ทั้งย่อหน้า {text.replace('ปีแรก', 'ปีแรก จัดทำแผน อีกครั้ง')}"
    assert find_passage(later, second).start == later.rindex("จัดทำแผน")


def test_changed_words_are_told_with_what_stands_there_now():
    passage = mark_passage(TEXT, "แผนปฏิบัติการ")
    now = TEXT.replace("แผนปฏิบัติการ", "แผนงานและงบประมาณ")
    assert find_passage(now, passage) == Place(27, "แผนงานและงบประมาณ", changed=True)


def test_removed_words_leave_an_empty_place():
    passage = mark_passage(TEXT, "แผนปฏิบัติการ")
    assert find_passage(TEXT.replace("แผนปฏิบัติการ", ""), passage) == Place(27, "", changed=True)


def test_the_first_and_the_last_words_of_a_text_have_a_place_when_changed():
    first, last = mark_passage(TEXT, "สำนักงาน"), mark_passage(TEXT, "ทุกไตรมาส")
    assert find_passage(TEXT.replace("สำนักงาน", "กรม"), first).words == "กรม"
    assert find_passage(TEXT.replace("ทุกไตรมาส", "ทุกเดือน"), last).words == "ทุกเดือน"


def test_nobody_says_where_words_were_when_everything_is_new():
    assert find_passage("เขียนใหม่ทั้งหมด", mark_passage(TEXT, "แผนปฏิบัติการ")) is None
    assert find_passage("", mark_passage(TEXT, "แผนปฏิบัติการ")) is None
    whole = mark_passage("ทั้งหมด", "ทั้งหมด")
    assert find_passage("ก" * 1000, whole) is None


@given(before=THAI, quote=THAI, after=THAI, inserted=OTHER, appended=OTHER)
def test_a_passage_is_found_whatever_is_written_around_it(before, quote, after, inserted, appended):
    text = f"{before}|{quote}|{after}"
    passage = mark_passage(text, f"|{quote}|")
    assert passage is not None
    now = f"{inserted} {before} {inserted}|{quote}|{appended}{after}{appended}"
    place = find_passage(now, passage)
    assert not place.changed
    assert flat(now)[place.start :].startswith(passage.quote)


@given(text=THAI, start=st.integers(0, 40), length=st.integers(1, 20))
def test_in_an_unchanged_text_a_passage_stands_where_it_stood(text, start, length):
    line = flat(text)
    quote = line[start : start + length].strip()
    assume(quote)
    passage = mark_passage(text, quote, line[:start])
    assert find_passage(text, passage) == Place(passage.position, passage.quote)


@given(head=THAI, tail=THAI, new=OTHER)
def test_words_put_in_place_of_a_passage_are_the_ones_that_are_told(head, tail, new):
    """As long as what stands around it stays and there is enough of it."""
    head, tail = f"{head} ต้นข้อความที่ไม่ซ้ำ", f"ท้ายข้อความที่ไม่ซ้ำ {tail}"
    assume(flat(head).count("ต้นข้อความที่ไม่ซ้ำ") == flat(tail).count("ท้ายข้อความที่ไม่ซ้ำ") == 1)
    passage = mark_passage(f"{head}Q{tail}", "Q")
    assert find_passage(f"{head}{new}{tail}", passage).words == flat(new)


@given(THAI, THAI)
def test_looking_for_anything_in_anything_ends_and_keeps_its_bounds(text, other):
    passage = Passage(flat(other)[:20], flat(other)[20 : 20 + CONTEXT], flat(other)[-CONTEXT:], 7)
    place = find_passage(text, passage)
    assert place is None or 0 <= place.start <= len(flat(text))
