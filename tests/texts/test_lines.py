"""Rich text as plain lines and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.cleaning import clean_html
from texts.lines import lined_text, lines_to_html

FIGURE = '<figure><img src="/figures/{}/" alt="{}">{}</figure>'
UID = "0f8fad5b-d9cb-469f-a165-70867728950e"

BOTH_WAYS = [
    ("", ""),
    ("<p>หนึ่ง</p><p>สอง &amp; &lt;สาม&gt;</p>", "หนึ่ง\nสอง & <สาม>"),
    ("<ol><li>ก</li><li>ข</li></ol>", "1. ก\n2. ข"),
    ('<ol start="4"><li>ก</li></ol>', "4. ก"),
    ('<ol class="marker-paren"><li>ก</li><li>ข</li></ol>', "1) ก\n2) ข"),
    ('<ol class="marker-bracket"><li>ก</li></ol>', "(1) ก"),
    ('<ol class="marker-thai"><li>ก</li><li>ข</li></ol>', "๑. ก\n๒. ข"),
    ('<ol class="marker-circle"><li>ก</li><li>ข</li></ol>', "❶ ก\n❷ ข"),
    ("<ul><li>ก</li><li>ข</li></ul><p>ค</p>", "• ก\n• ข\nค"),
    ('<ul class="marker-dash"><li>ก</li></ul>', "– ก"),
    (
        '<p>นำ</p><ol><li>ก<ul class="marker-dash"><li>ก1</li><li>ก2</li></ul></li><li>ข</li></ol>',
        "นำ\n1. ก\n   – ก1\n   – ก2\n2. ข",
    ),
    ("<ol><li>ก<br>ต่อ</li><li>ข</li></ol>", "1. ก\n   ต่อ\n2. ข"),
    ("<ol><li>ก</li></ol><ol><li>ข</li></ol>", "1. ก\n1. ข"),
]


@pytest.mark.parametrize(("html", "text"), BOTH_WAYS)
def test_lists_and_paragraphs_survive_the_way_out_and_back(html, text):
    assert clean_html(html) == html
    assert lined_text(html) == text
    assert clean_html(lines_to_html(text)) == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>ก <strong>ข</strong><br><u>ค</u></p>", "ก ข\nค"),
        (FIGURE.format(UID, "แผนที่", "<figcaption>ภาพที่ 1</figcaption>"), "[ภาพ: ภาพที่ 1]\n[คำอธิบายภาพ: แผนที่]"),
        (FIGURE.format(UID, "แผนที่", ""), "[ภาพ: แผนที่]"),
        (
            "<table><tbody><tr><th>ก</th><td>ข</td></tr><tr><td>1</td><td></td></tr></tbody></table>",
            "ก | ข\n1 | ",
        ),
        ("<p>a</p><p></p><p>b</p>", "a\n\nb"),
        (
            '<ol class="marker-circle">' + "<li>ก</li>" * 11 + "</ol>",
            "\n".join(f"{mark} ก" for mark in [*"❶❷❸❹❺❻❼❽❾❿", "(11)"]),
        ),
    ],
)
def test_what_plain_lines_cannot_hold_is_still_readable(html, text):
    assert clean_html(html) == html
    assert lined_text(html) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- ก\n- ข", '<ul class="marker-dash"><li>ก</li><li>ข</li></ul>'),
        ("• ก\n● ข", "<ul><li>ก</li><li>ข</li></ul>"),
        ("ก\r\n\r\n\r\nข", "<p>ก</p><p>ข</p>"),
        ("1. ก\n3. ข", '<ol><li>ก</li></ol><ol start="3"><li>ข</li></ol>'),
        ("  ย่อหน้าเยื้อง\nปกติ", "<p>ย่อหน้าเยื้อง</p><p>ปกติ</p>"),
        ("2565. ไม่ใช่รายการ", "<p>2565. ไม่ใช่รายการ</p>"),
        ("1.1 ไม่ใช่รายการ", "<p>1.1 ไม่ใช่รายการ</p>"),
        ("๑) เลขไทยคงไว้", "<p>๑) เลขไทยคงไว้</p>"),
        ("01. ไม่ใช่รายการ", "<p>01. ไม่ใช่รายการ</p>"),
        ("-5 องศา", "<p>-5 องศา</p>"),
        ("-", "<p>-</p>"),
        ("<b>ก</b>", "<p>&lt;b&gt;ก&lt;/b&gt;</p>"),
        ("  - ก\n  - ข", '<ul class="marker-dash"><li>ก</li><li>ข</li></ul>'),
    ],
)
def test_typed_lines_become_paragraphs_and_lists(text, html):
    assert clean_html(lines_to_html(text)) == html


LINE = st.text(st.sampled_from("กขค 01๑.()-–●<&\n\t"), max_size=40)


@given(LINE)
def test_no_typed_word_is_lost_and_a_second_way_round_changes_nothing(text):
    def bare(lines: str) -> str:
        # the marker of a list may come back as another mark of the same kind
        return "".join(lines.split()).translate(str.maketrans("-●", "–•"))

    html = clean_html(lines_to_html(text))
    assert bare(lined_text(html)) == bare(text)
    assert clean_html(lines_to_html(lined_text(html))) == html
