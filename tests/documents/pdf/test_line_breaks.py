"""Where printed lines end: `./pmqa prove lines` has every width, here are some and the single rules."""

from io import BytesIO
from xml.etree.ElementTree import fromstring, tostring

import pypdf
import pypdfium2
import pytest

from documents.pdf.line_breaks import GLUE, INVISIBLE, learn, mark, set_breaks
from documents.pdf.render import render
from proof import lines
from thai.words import NO_BREAK_SPACE, ZERO_WIDTH_SPACE

PLAIN = str.maketrans({ZERO_WIDTH_SPACE: "|", GLUE[0]: "*", GLUE[1]: "", NO_BREAK_SPACE: "_"})


def marked(*texts: str, terms: frozenset[str] = frozenset()) -> list[str]:
    return [text.translate(PLAIN) for text in mark(texts, terms)]


def printed(body: str, width_mm: float, pages_of, **options) -> list[str]:
    css = f"@page {{ size: {width_mm}mm 290mm; margin: 0; @bottom-center {{ content: none }} }}"
    return [
        line
        for page in pages_of(render(body, {}, title="", css=css, **options))
        for line in page.split("\n")
        if line
    ]


def test_no_term_is_cut_and_no_line_is_too_long_at_some_widths():
    found = lines.examine((30, 34, 45, 60, 97))
    assert found == {30: [], 34: [], 45: [], 60: [], 97: []}


def test_the_list_of_terms_is_long_enough_and_names_who_takes_part():
    words = lines.all_terms()
    assert len(words) >= 300
    assert {"เดมมิง", "ก.พ.ร.", "ผู้รับผิดชอบ", "สำนักนโยบายและแผน", "กรมสอบสวนคดีพิเศษ"} <= set(words)


def test_a_cut_term_a_long_line_and_a_wrong_mark_would_be_found():
    text = "ของสำนักนโยบายและแผน (กรม) ๆ"
    places = list(lines.occurrences(text, ["สำนักนโยบายและแผน"], frozenset()))
    printed_so = [lines.Line("ของสำนักนโยบาย", 20), lines.Line("และแผน(", 999), lines.Line("กรม)ๆ", 9)]
    found = list(lines.findings(text, printed_so, 30, places, {"สำนักนโยบายและแผน": 80.0}))
    assert [(finding.what, finding.where) for finding in found] == [
        ("overfull", "และแผน("),
        ("wrong mark", "และแผน("),
        ("cut", "สำนักนโยบายและแผน in สำนักนโยบายและแผน"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("การจัดการข้อร้องเรียนของกรม", "การ|จัดการ|ข้อร้องเรียน|ของ|กรม"),
        ("ระบบ “ติดตาม” ผล", "ระบบ “*ติดตาม” ผล"),
        ("ตาม ก.พ.ร.กำหนด", "ตาม ก.พ.ร.*กำหนด"),
        ("ต่าง ๆ และ ฯลฯ", "ต่าง_ๆ และ_ฯ*ลฯ"),
        ("ร้อยละ ๓๐ ที่ ๑๔๐/๒๕๖๖", "ร้อยละ ๓๐ ที่ ๑๔๐/*๒๕๖๖"),
        ("วงจร P-D-C-A", "วงจร P-*D-*C-*A"),
        ("ชื่อ\n   (กรม\n   )", "ชื่อ\n   (กรม_)"),
    ],
)
def test_marks_of_a_text(text, expected):
    assert marked(text) == [expected]


def test_marks_go_over_the_ends_of_bold_and_underlined_passages():
    assert marked("ของผู้รับ", "ผิดชอบ", "และ“", "กรม") == ["ของ|ผู้รับ", "ผิดชอบ|", "และ|“*", "กรม"]


def test_terms_of_the_agency_are_kept_whole():
    assert marked("ตามแบบวิเคราะห์รายข้อ") == ["ตาม|แบบ|วิเคราะห์|ราย|ข้อ"]
    assert marked("ตามแบบวิเคราะห์รายข้อ", terms=frozenset({"แบบวิเคราะห์รายข้อ"})) == ["ตาม|แบบวิเคราะห์รายข้อ"]
    assert marked("งาน กลุ่ม งาน ใหม่", terms=frozenset({"กลุ่ม งาน"})) == ["งาน กลุ่ม_*งาน ใหม่"]


def test_marks_are_set_in_texts_only_and_not_twice():
    source = '<div title="การจัดการ"><style>การจัดการ</style><p>การ<b>จัดการ</b>ของ<br />กรมใหม่</p></div>'
    root = fromstring(source)
    set_breaks(root, frozenset())
    once = tostring(root, encoding="unicode")
    assert once.translate(PLAIN) == (
        '<div title="การจัดการ"><style>การจัดการ</style><p>การ|<b>จัดการ|</b>ของ<br />กรม|ใหม่</p></div>'
    )
    set_breaks(root, frozenset())
    assert tostring(root, encoding="unicode") == once


def test_what_was_learned_before_the_fork_is_what_the_tree_asks_for():
    from documents.pdf import line_breaks

    line_breaks._marks.cache_clear()
    learn("<div><p>การ<strong>จัดการ</strong> &amp; ของกรม</p><ul><li>ต่าง ๆ</li></ul></div>", frozenset())
    learned = line_breaks._marks.cache_info().misses
    root = fromstring("<div><p>การ<strong>จัดการ</strong> &amp; ของกรม</p><ul><li>ต่าง ๆ</li></ul></div>")
    set_breaks(root, frozenset())
    assert line_breaks._marks.cache_info().misses == learned


@pytest.mark.parametrize("width_mm", [30, 40, 60])
def test_a_bold_term_across_markup_is_not_cut(pages_of, width_mm):
    body = "<p>" + "มีการ<b>ดำเนิน</b>งานของ<u>ผู้รับผิดชอบ</u>และ“<i>กรมที่ดิน</i>”ต่าง ๆ " * 6 + "</p>"
    got = printed(body, width_mm, pages_of)
    text = "\n".join(got)
    assert text.replace("\n", "").replace(" ", "").count("ผู้รับผิดชอบ") == 6
    assert text.count("ผู้รับผิดชอบ") == 6
    assert text.count("“กรมที่ดิน”") == 6


@pytest.mark.parametrize("width_mm", range(42, 72, 3))
def test_no_line_ends_after_a_hyphen_or_inside_a_fraction(pages_of, width_mm):
    got = printed(
        "<p>" + "แนว (Top-down/Bottom-up) ปี 2563 - 2567 กอง-ศูนย์ ที่ ๑๔๐/๒๕๖๖ " * 4 + "</p>", width_mm, pages_of
    )
    assert [line for line in got if line.rstrip()[-1] in "-/"] == []


def test_a_term_wider_than_its_column_is_cut_between_its_words(pages_of):
    assert printed("<p>สำนักพัฒนาทรัพยากรบุคคล</p>", 25, pages_of) == ["สำนักพัฒนา", "ทรัพยากรบุคคล"]
    assert printed("<p>https://www.senate.go.th/form/plan</p>", 25, pages_of) == [
        "https://www.",
        "senate.go.th/",
        "form/plan",
    ]


def test_a_word_wider_than_its_column_is_cut_between_letters(pages_of):
    got = printed("<p>" + "กำ" * 40 + "</p>", 20, pages_of)
    assert len(got) > 3
    assert "".join(got) == "กำ" * 40
    assert all(line.startswith("กำ") for line in got)


def test_nothing_invisible_comes_out_in_texts_bookmarks_or_title(readers):
    body = "<h1>หมวด 1 การนำองค์การ</h1><h3>การจัดการ<b>ข้อร้องเรียน</b> “ทุก” เรื่อง</h3><p>กรมที่ดิน “ก” ต่าง ๆ</p>"
    pdf = render(body, {}, title="แบบฟอร์มการวิเคราะห์", tagged=True)
    for read in readers.values():
        assert not INVISIBLE.search("".join(read(pdf)))
    document = pypdf.PdfReader(BytesIO(pdf))
    first, (second,) = document.outline
    assert (first.title, second.title) == ("หมวด 1 การนำองค์การ", "การจัดการข้อร้องเรียน “ทุก” เรื่อง")
    assert document.metadata.title == "แบบฟอร์มการวิเคราะห์"
    for mark_ in (ZERO_WIDTH_SPACE, *GLUE):
        assert mark_.encode("utf-16-be").hex().encode() not in pdf.lower()


def test_a_table_of_long_terms_stays_inside_its_column():
    cells = ("สำนักงานเลขาธิการวุฒิสภา", "ผู้มีส่วนได้ส่วนเสีย", "การวิเคราะห์ผลการดำเนินงาน", "ปี ๒๕๖๗")
    table = "<table><tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table>"
    body = f'<table class="form"><tbody><tr><td>{table}</td><td>กรม</td></tr></tbody></table>'
    css = "@page { size: 200mm 100mm; margin: 0; @bottom-center { content: none } }"
    page = pypdfium2.PdfDocument(render(body, {}, title="", css=css))[0].get_textpage()
    start = page.get_text_range().index("กรม")
    assert max(page.get_charbox(number)[2] for number in range(start)) < page.get_charbox(start)[0]
    assert "ผู้มี" in page.get_text_range()
