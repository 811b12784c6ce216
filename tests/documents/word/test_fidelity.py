"""Every text of the allow-list comes back from Word exactly as it went out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.draft.digits import with_digits_of
from tests.documents.word.forms import FIGURE, SECOND, activity_of, form_with, write
from texts.cleaning import clean_html

CAPTION = "<figcaption>ภาพที่ 1 <em>ก</em></figcaption>"
FIG = f'<figure><img src="/figures/{FIGURE}/" alt="แผนภาพ &quot;ก&quot;">{CAPTION}</figure>'
BARE = f'<figure><img src="/figures/{SECOND}/" alt=""></figure>'
MARKERS = [
    ("ul", ""),
    ("ul", ' class="marker-dash"'),
    ("ol", ""),
    ("ol", ' class="marker-paren"'),
    ("ol", ' class="marker-bracket"'),
    ("ol", ' class="marker-thai"'),
    ("ol", ' class="marker-circle"'),
]

TEXTS = [
    "<p>หนึ่ง</p><p></p><p>สาม<br><br>ห้า</p>",
    "<p><strong>หนา<em>เอียง<u>เส้น</u></em></strong> &lt;b&gt; &amp; \" ' ๑๒๓ 123 น้ำ ป้ำ</p>",
    "<p>ก <strong>ข</strong> ค</p><ul><li>หนึ่ง<ol><li>ย่อย</li><li>ย่อย 2</li></ol></li><li>สอง</li></ul>",
    '<ol><li>หนึ่ง</li></ol><ol><li>เริ่มใหม่</li></ol><p>คั่น</p><ol start="2"><li>ต่อ</li></ol>',
    '<ol class="marker-paren"><li>ก</li></ol><ol class="marker-bracket" start="12"><li>ข</li><li>ค</li></ol>',
    "<ol><li><p>ก</p><p>ย่อหน้าต่อ</p></li><li>ข<ul><li><p>ค</p><p>ต่อในชั้นสอง</p></li></ul></li></ol>",
    f"<ol><li>ก{FIG}</li><li>{BARE}</li></ol>",
    "<ul><li><ul><li>ไม่มีหัวข้อ</li></ul></li></ul>",
    f"<p>ก่อน</p>{FIG}<p>กลาง</p>{BARE}",
    f"{FIG}{BARE}{FIG}{BARE}<p>หลัง</p>",
    '<table><tbody><tr><th>หัว</th><th colspan="2">กว้าง</th></tr><tr><td rowspan="2">สูง</td><td>ก</td><td>ข</td></tr>'
    "<tr><td>ค</td><td><p>ง</p><p>จ</p></td></tr></tbody></table>",
    "<table><tbody><tr><td><ul><li>ก</li></ul></td><td></td></tr></tbody></table><table><tbody><tr><td>สอง</td></tr></tbody></table>",
    "<table><tbody><tr><th><strong>หนาในหัว</strong></th><td>ก<br>ข</td></tr></tbody></table><p>หลัง</p>",
]


@pytest.mark.parametrize("html", TEXTS)
def test_a_text_comes_back_as_it_went_out(html):
    html = clean_html(html)
    assert activity_of(write(form_with(html))) == html


@pytest.mark.parametrize("html", TEXTS)
def test_with_thai_digits_only_the_digits_of_words_differ(html):
    """The importer puts them back beside the exported text."""
    html = clean_html(html)
    back = activity_of(write(form_with(html, thai_digits=True)), thai_digits=True)
    assert with_digits_of(html, back) == html


def test_digits_stay_as_typed_wherever_the_number_is_the_same():
    base = '<p>ปี 2565 ข้อ ๓</p><ol start="2"><li>ร้อยละ 80</li></ol>'
    shown = '<p>ในปี ๒๕๖๕ ข้อ ๓</p><ol start="2"><li>ร้อยละ ๘๕</li><li>ใหม่ ๑</li></ol>'
    assert with_digits_of(base, shown) == (
        '<p>ในปี 2565 ข้อ ๓</p><ol start="2"><li>ร้อยละ ๘๕</li><li>ใหม่ ๑</li></ol>'
    )


def test_digits_of_a_text_that_repeats_itself_without_end_are_put_back_at_once():
    base, shown = "<p>1ก2ข</p>" * 12_000, "<p>๑ก๒ข</p>" * 12_000 + "<p>๓</p>"
    began = time.process_time()
    assert with_digits_of(base, shown) == base + "<p>๓</p>"
    assert time.process_time() - began < 5


@pytest.mark.parametrize(("tag", "kind"), MARKERS)
@pytest.mark.parametrize(("inner", "inner_kind"), MARKERS)
def test_every_marker_comes_back_on_both_levels(tag, kind, inner, inner_kind):
    start = ' start="3"' if tag == "ol" else ""
    nested = f"<{inner}{inner_kind}><li>ค</li><li>ง</li></{inner}>"
    html = clean_html(f"<{tag}{kind}{start}><li>ก{nested}</li><li>ข{nested}</li></{tag}><p>จ</p>")
    assert activity_of(write(form_with(html))) == html


WORDS = st.text("กขคน้ำ ปู่ฎๆ๑2ab<&>\"'", min_size=1, max_size=8)
INLINE = st.recursive(
    WORDS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")) | st.just("<br>"),
    lambda inside: st.tuples(st.sampled_from(["strong", "em", "u"]), st.lists(inside, max_size=3)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=6,
)
PARAGRAPH = st.lists(INLINE, max_size=3).map(lambda runs: f"<p>{''.join(runs)}</p>")
FIGURES = st.sampled_from([FIG, BARE])


def lists(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(st.lists(inside, max_size=3).map("".join), min_size=1, max_size=3)
    starts = st.sampled_from(["", ' start="5"'])
    return st.tuples(st.sampled_from(MARKERS), starts, items).map(
        lambda made: (
            f"<{made[0][0]}{made[0][1]}{made[1]}>{''.join(f'<li>{i}</li>' for i in made[2])}</{made[0][0]}>"
        )
    )


def table(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    cell = st.tuples(st.sampled_from(["td", "th"]), inside).map(lambda c: f"<{c[0]}>{c[1]}</{c[0]}>")
    rows = st.lists(st.lists(cell, min_size=2, max_size=2).map("".join), min_size=1, max_size=3)
    return rows.map(lambda made: f"<table>{''.join(f'<tr>{row}</tr>' for row in made)}</table>")


BLOCKS = st.lists(
    PARAGRAPH | FIGURES | lists(PARAGRAPH | FIGURES | lists(PARAGRAPH)) | table(PARAGRAPH | lists(PARAGRAPH)),
    min_size=1,
    max_size=5,
).map("".join)


@given(BLOCKS)
def test_any_text_of_the_allow_list_comes_back(html):
    html = clean_html(html)
    if html:
        assert activity_of(write(form_with(html))) == html
