"""Parts of a text that are taken by themselves: whole paragraphs and items, cut from what is stored."""

from __future__ import annotations

import pytest

from texts.cleaning import clean_html
from texts.excerpts import UnknownPart, excerpt, parts_of, without

PICTURE = '<img src="/figures/0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a/" alt="ผัง">'
FIGURE = f"<figure>{PICTURE}<figcaption>ภาพ</figcaption></figure>"
LIST = '<ol class="marker-paren" start="3"><li>สาม</li><li>สี่<ul><li>ย่อย</li></ul></li><li>ห้า</li></ol>'
TABLE = "<table><tbody><tr><td>ก</td><td>ข</td></tr></tbody></table>"
TEXT = f"<p>แรก <strong>หนา</strong></p><p></p>{LIST}{FIGURE}{TABLE}<p>ท้าย</p>"


def test_the_parts_are_paragraphs_items_figures_and_tables():
    assert clean_html(TEXT) == TEXT
    assert [(part.key, part.html) for part in parts_of(TEXT)] == [
        ("1", "<p>แรก <strong>หนา</strong></p>"),
        ("3.1", '<ol class="marker-paren" start="3"><li>สาม</li></ol>'),
        ("3.2", '<ol class="marker-paren" start="4"><li>สี่<ul><li>ย่อย</li></ul></li></ol>'),
        ("3.3", '<ol class="marker-paren" start="5"><li>ห้า</li></ol>'),
        ("4", FIGURE),
        ("5", TABLE),
        ("6", "<p>ท้าย</p>"),
    ]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"6", "1"}, "<p>แรก <strong>หนา</strong></p><p>ท้าย</p>"),
        ({"3.1", "3.3"}, '<ol class="marker-paren" start="3"><li>สาม</li><li>ห้า</li></ol>'),
        ({"4"}, FIGURE),
        (set(), ""),
    ],
)
def test_an_excerpt_has_its_parts_in_the_order_of_the_text(keys, expected):
    assert excerpt(TEXT, keys) == expected
    assert clean_html(expected) == expected


@pytest.mark.parametrize("key", ["0", "2", "3", "3.0", "3.4", "7", "1.1", "<script>", "", "๑"])
def test_a_part_that_the_text_has_not_is_refused(key):
    with pytest.raises(UnknownPart):
        excerpt(TEXT, {"1", key})


def test_without_leaves_out_what_stands_there_whatever_its_number():
    present = '<p>ก่อน</p><ol class="marker-paren"><li>ห้า</li></ol><p>ท้าย</p>'
    assert without(excerpt(TEXT, {"3.2", "3.3", "6"}), present) == (
        '<ol class="marker-paren" start="3"><li>สี่<ul><li>ย่อย</li></ul></li></ol>'
    )
    assert without("<p>ท้าย</p>", present) == ""
    assert without("<p>ท้าย</p>", "") == "<p>ท้าย</p>"


def test_an_empty_text_has_no_parts():
    assert (parts_of(""), parts_of("<p></p>")) == ([], [])
