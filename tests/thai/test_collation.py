"""Dictionary order, in Python and in the database."""

import random
from itertools import pairwise

import pytest
from django.db import connection, models
from django.db.models.functions import Collate
from hypothesis import given
from hypothesis import strategies as st

from thai.collation import compare, sort_key, thai_order

# Consonants come first, a leading vowel stands after its consonant, tone marks decide last; checked
# against the Thai rules of ICU, which follow the Royal Institute's dictionary.
WORDS = """
1 2 ๓ ก กก กฎ กฎหมาย กพร กรม กรมการแพทย์ กรมที่ดิน กรรมการ กลุ่ม กอง กะ กัน กาง ก่าง ก้าง การ กำ
กิจกรรม กุ้ง เกง เก็ง เก่ง เก้ง เกณฑ์ แก่ แก้ไข โกง ใกล้ ไกล ข้อ ข้อเสนอแนะ คณะ งาน จังหวัด ฉบับ
เดมมิง ตัวชี้วัด ทั่วไป นำ น้ำ น้ำใจ ใน บุคลากร ประชาชน ผลลัพธ์ แผน พันธกิจ ฟ้า ภาค ยุทธศาสตร์ ร้อง
ฤดู ลูก วุฒิสภา ศูนย์ สำนัก หมวด อำนาจ โอกาส ฮูก apple B pmqa PMQA
"""
DICTIONARY_ORDER = WORDS.split()


def test_the_list_is_in_dictionary_order() -> None:
    shuffled = DICTIONARY_ORDER[:]
    random.Random(2569).shuffle(shuffled)
    assert shuffled != DICTIONARY_ORDER
    assert sorted(shuffled, key=sort_key) == DICTIONARY_ORDER
    assert all(compare(before, after) == -1 for before, after in pairwise(DICTIONARY_ORDER))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("กรม การแพทย์", "กรมการแพทย์ทางเลือก"),
        ("ก.พ.ร.", "กรม"),
        ("(กรม)", "กรมที่ดิน"),
        ("กรุงเทพฯ", "กรุงเทพมหานคร"),
        ("ก+ข", "กก"),
        ("ก๎", "ก์"),
        ("ก์", "ก็"),
        ("ก๋", "กํ"),
    ],
)
def test_spaces_and_signs_count_only_at_the_end(before: str, after: str) -> None:
    assert compare(before, after) == -1
    assert compare(after, before) == 1


@given(st.text(), st.text())
def test_only_equal_texts_are_equal(left: str, right: str) -> None:
    assert (compare(left, right) == 0) == (left == right)
    assert compare(left, right) == -compare(right, left)


def test_thai_order_ends_with_the_primary_key() -> None:
    first, second, last = thai_order("name", "-unit__name")
    assert isinstance(first, models.expressions.OrderBy)
    assert isinstance(second, models.expressions.OrderBy)
    assert isinstance(first.expression, Collate)
    assert (first.descending, second.descending, last) == (False, True, "pk")
    assert first.expression.collation == "th-x-icu"


@pytest.mark.django_db
def test_the_database_sorts_in_the_same_order() -> None:
    shuffled = DICTIONARY_ORDER[:]
    random.Random(4).shuffle(shuffled)
    rows = " UNION ALL ".join(["SELECT %s AS word"] * len(shuffled))
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT word FROM ({rows}) AS words ORDER BY word COLLATE "th-x-icu"', shuffled)
        assert [word for (word,) in cursor.fetchall()] == DICTIONARY_ORDER
