"""Word-level differences of rich texts."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.differences import Segment, differences, render, render_differences

OLD = "<p>ส่วนราชการมีวิธีการจัดการข้อร้องเรียนของผู้รับบริการอย่างไร</p>"
NEW = "<p>ส่วนราชการมีวิธีการจัดการข้อเสนอแนะและข้อร้องเรียนของ<u>ผู้รับบริการ</u>อย่างรวดเร็ว</p>"

words = st.sampled_from(["ผู้รับบริการ", "และ", "ตัวชี้วัด", "a &amp; b", "1 &lt; 2", " "])
inline = st.lists(words | words.map(lambda word: f"<strong>{word}</strong>"), min_size=1, max_size=4).map(
    "".join
)
paragraph = inline.map(lambda text: f"<p>{text}</p>")
bullets = st.lists(inline, min_size=1, max_size=3).map(
    lambda items: "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
)
table = st.lists(st.lists(inline, min_size=1, max_size=2), min_size=1, max_size=2).map(
    lambda rows: (
        "<table><tbody>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        + "</tbody></table>"
    )
)
rich_text = st.lists(paragraph | bullets | table, max_size=4).map("".join)


class Structure(HTMLParser):
    """Fails on a tag that is closed without being open, and on text where none may be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.new_text = ""
        self.old_text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        parents = [tag for tag in self.open if tag not in ("ins", "del")]
        assert not parents or parents[-1] not in ("ul", "ol", "table", "tbody", "tr") or not data.strip()
        if "del" not in self.open:
            self.new_text += data
        if "ins" not in self.open:
            self.old_text += data


def text_of(html: str) -> Structure:
    structure = Structure()
    structure.feed(html)
    structure.close()
    assert structure.open == []
    return structure


def test_segments_name_the_words_that_changed() -> None:
    assert differences("<p>ตัวชี้วัดของกรม</p>", "<p>ตัวชี้วัดของสำนัก</p>") == [
        Segment("equal", "<p>ตัวชี้วัดของ", "<p>ตัวชี้วัดของ"),
        Segment("replace", "กรม", "สำนัก"),
        Segment("equal", "</p>", "</p>"),
    ]


def test_equal_texts_have_one_segment_and_no_marks() -> None:
    assert differences(OLD, OLD) == [Segment("equal", OLD, OLD)]
    assert render_differences(OLD, OLD) == OLD
    assert differences("", "") == []


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            OLD,
            NEW,
            "<p>ส่วนราชการมีวิธีการจัดการ<ins>ข้อเสนอแนะและ</ins>ข้อร้องเรียนของ<u>ผู้รับบริการ</u>"
            "<del>อย่างไร</del><ins>อย่างรวดเร็ว</ins></p>",
        ),
        ("<p>A</p><p>B</p><p>C</p>", "<p>A</p><p>C</p>", "<p>A</p><p><del>B</del></p><p>C</p>"),
        ("<p>A</p><p>C</p>", "<p>A</p><p>B</p><p>C</p>", "<p>A</p><p><ins>B</ins></p><p>C</p>"),
        ("<p>A</p><p>B</p>", "<p>A</p>", "<p>A</p><p><del>B</del></p>"),
        ("<ul><li>A</li><li>B</li></ul>", "<ul><li>A</li></ul>", "<ul><li>A</li><li><del>B</del></li></ul>"),
        ("<p>A</p>", "<ul><li>A</li><li>B</li></ul>", "<ul><li>A</li><li><ins>B</ins></li></ul>"),
        ("<p>A</p>", "", "<p><del>A</del></p>"),
        ("", "<p>A</p>", "<p><ins>A</ins></p>"),
        (
            "<p>a <strong>b</strong> c</p>",
            "<p>a c</p>",
            "<p>a <strong><del>b</del></strong><del> </del>c</p>",
        ),
        ("<p>a<br>b</p>", "<p>a</p>", "<p>a<br><del>b</del></p>"),
        (
            "<p>ก</p>",
            '<p>ก<img src="/f/1.png" alt="ภาพ"></p>',
            '<p>ก<ins><img src="/f/1.png" alt="ภาพ"></ins></p>',
        ),
        ("<p>1 &lt; 2</p>", "<p>1 &lt; 3</p>", "<p>1 &lt; <del>2</del><ins>3</ins></p>"),
        ("<ol><li>ก</li></ol>", '<ol start="4"><li>ก</li></ol>', '<ol start="4"><li>ก</li></ol>'),
        (
            "<table><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table>",
            "<table><tbody><tr><td>1</td></tr></tbody></table>",
            "<table><tbody><tr><td>1</td></tr><tr><td><del>2</del></td></tr></tbody></table>",
        ),
    ],
)
def test_rendering(old: str, new: str, shown: str) -> None:
    assert render_differences(old, new) == shown


@pytest.mark.parametrize(
    ("dirty", "shown"),
    [
        ('<p onclick="x()">ก</p>', "<p><ins>ก</ins></p>"),
        ("<script>alert(1)</script>", "<ins>alert(1)</ins>"),
        ('<img src="java\nscript:x" onerror="x">', "<ins><img></ins>"),
        (
            '<img src="data:text/html,x" alt="&quot;><script>">',
            '<ins><img alt="&quot;&gt;&lt;script&gt;"></ins>',
        ),
        ('<img src="https://example.go.th/a.png">', '<ins><img src="https://example.go.th/a.png"></ins>'),
        ("</td></table><p>ก", "<p><ins>ก</ins></p>"),
        ("<p><strong>ก</p>", "<p><strong><ins>ก</ins></strong></p>"),
        ("&lt;script&gt;", "<ins>&lt;script&gt;</ins>"),
    ],
)
def test_rendering_is_safe_whatever_went_in(dirty: str, shown: str) -> None:
    assert render_differences("", dirty) == shown
    assert render_differences("", dirty).__html__() == shown


@given(rich_text, rich_text)
def test_segments_cover_both_texts(old: str, new: str) -> None:
    segments = differences(old, new)
    assert "".join(segment.old for segment in segments) == old
    assert "".join(segment.new for segment in segments) == new
    assert all((segment.old == segment.new) == (segment.operation == "equal") for segment in segments)


@given(rich_text, rich_text)
def test_rendering_is_the_new_text_with_the_deleted_one_put_in(old: str, new: str) -> None:
    segments = differences(old, new)
    shown = render(segments)
    assert text_of(shown).new_text == text_of(new).new_text
    # spaces may be added between deleted blocks that lost their tags, but no word is lost
    assert text_of(shown).old_text.replace(" ", "") == text_of(old).old_text.replace(" ", "")
