"""The structure tree of one part: one element per element of the HTML, read row by row."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from documents.pdf import tags
from documents.pdf.render import render
from documents.pdf.tags import TagError
from tests.documents.pdf.reading import Tagged

BARE = "@page { size: 120mm 90mm; margin: 10mm; @bottom-center { content: none } }"
LONG = "".join(f"<p>ย่อหน้าที่ {number} ของข้อความยาว</p>" for number in range(30))
HEAD = (
    '<thead><tr><th scope="col" colspan="2"><h2>หมวด 1</h2></th></tr>'
    '<tr><th scope="col">ก</th><th scope="col">ข</th></tr></thead>'
)


def read(html: str, css: str = BARE, **images: bytes) -> Tagged:
    return Tagged(
        render(html, {f"figure:{n}": data for n, data in images.items()}, title="x", css=css, tagged=True)
    )


def picture(mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (60, 40)).save(file, "PNG")
    return file.getvalue()


def roles(found: Tagged) -> list[str]:
    return [element.role for element in found.root.walk()]


def test_a_table_over_many_pages_is_one_table_with_one_head():
    found = read(f'<table class="form">{HEAD}<tbody><tr><td>{LONG}</td><td>{LONG}</td></tr></tbody></table>')
    assert len(found.pdf.pages) > 3
    assert [roles(found).count(role) for role in ("Table", "THead", "TBody", "TR", "TH", "TD", "H1")] == [
        1,
        1,
        1,
        3,
        3,
        2,
        1,
    ]
    heads = [element for element in found.root.walk() if element.role == "TH"]
    assert {page for head in heads for page, _ in head.all_content()} == {0}


def test_a_cell_is_read_to_its_end_before_the_next_one():
    found = read(f'<table class="form"><tbody><tr><td>{LONG}</td><td>{LONG}</td></tr></tbody></table>')
    first, second = (element for element in found.root.walk() if element.role == "TD")
    spoken = "".join(f"ย่อหน้าที่ {number} ของข้อความยาว" for number in range(30))
    assert (found.text_of(first), found.text_of(second)) == (spoken, spoken)
    assert {page for page, _ in first.all_content()} == set(range(len(found.pdf.pages)))


def test_a_paragraph_over_two_pages_is_one_element():
    found = read(f"<p>{'ข้อความที่ยาวกว่าหนึ่งหน้า ' * 60}</p>")
    assert roles(found) == ["Document", "P"]
    assert {page for page, _ in found.root.all_content()} == set(range(len(found.pdf.pages)))
    assert len(found.pdf.pages) > 1


def test_header_cells_have_scope_and_spans():
    found = read(f'<table>{HEAD}<tbody><tr><th scope="row">ค</th><td>ง</td></tr></tbody></table>')
    cells = [element for element in found.root.walk() if element.role == "TH"]
    assert [str(cell.attributes["/Scope"]) for cell in cells] == ["/Column", "/Column", "/Column", "/Row"]
    assert [cell.attributes.get("/ColSpan") for cell in cells] == [2, None, None, None]
    assert {str(cell.attributes["/O"]) for cell in cells} == {"/Table"}


def test_both_criteria_of_a_joined_cell_are_read_in_it():
    part = '<div class="part"><div><h3>{0}</h3></div><div><p>ตัวอย่าง {0}</p></div></div>'
    html = f'<td class="joined" colspan="2">{part.format("1.3")}{part.format("1.4")}</td><td>กิจกรรม</td>'
    found = read(f'<table class="form"><tbody><tr>{html}</tr></tbody></table>')
    joined, activities = (element for element in found.root.walk() if element.role == "TD")
    assert joined.attributes["/ColSpan"] == 2
    assert found.text_of(joined) == "1.3ตัวอย่าง 1.31.4ตัวอย่าง 1.4"
    assert found.text_of(activities) == "กิจกรรม"


def test_list_items_have_a_label_and_a_body():
    found = read("<ol><li>ข้อแรก<ul><li>ข้อย่อย</li></ul></li><li><p>ข้อสอง</p></li></ol>")
    assert found.root.outline() == "\n".join(
        (
            "Document",
            *(" L", "  LI", "   Lbl", "   LBody"),
            *("    L", "     LI", "      Lbl", "      LBody"),
            *("  LI", "   Lbl", "   LBody", "    P"),
        )
    )
    lists = [element for element in found.root.walk() if element.role == "L"]
    assert [str(item.attributes["/ListNumbering"]) for item in lists] == ["/Decimal", "/Disc"]
    assert found.text_of(found.root) == "1.ข้อแรก●ข้อย่อย2.ข้อสอง"


def test_an_item_over_two_pages_keeps_one_label():
    found = read(f"<ol><li>{LONG}</li></ol>")
    assert [roles(found).count(role) for role in ("L", "LI", "Lbl", "LBody")] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("html", "levels"),
    [
        ("<h1>ก</h1><h2>ข</h2><h3>ค</h3><h3>ง</h3>", ["H1", "H2", "H3", "H3"]),
        ("<h2>ก</h2><h3>ข</h3><h2>ค</h2>", ["H1", "H2", "H1"]),
        ("<h1>ก</h1><h3>ข</h3>", ["H1", "H2"]),
        ("<h3>ก</h3><h1>ข</h1>", ["H1", "H1"]),
    ],
)
def test_headings_begin_with_the_first_level_and_skip_none(html, levels):
    assert [role for role in roles(read(html)) if role.startswith("H")] == levels


@pytest.mark.parametrize(
    ("figure", "alternative"),
    [
        ('<img src="figure:a" alt="ผังงาน"><figcaption>ภาพที่ 1</figcaption>', "ผังงาน"),
        ('<img src="figure:a" alt=""><figcaption>ภาพที่ 1 <strong>ผัง</strong></figcaption>', "ภาพที่ 1 ผัง"),
        ('<img src="figure:a">', "ภาพ"),
    ],
)
def test_a_picture_is_never_without_words(figure, alternative):
    found = read(f"<figure>{figure}</figure>", a=picture())
    (element,) = (element for element in found.root.walk() if element.role == "Figure")
    assert (element.alternative, len(element.content)) == (alternative, 1)


def test_the_rectangle_of_a_picture_is_where_it_stands():
    css = BARE + "img { width: 60mm; height: 40mm; display: block; margin: 5mm }"
    found = read('<img src="figure:a" alt="ก">', css, a=picture())
    (element,) = (element for element in found.root.walk() if element.role == "Figure")
    millimetres = [round(float(edge) * 25.4 / 72) for edge in element.attributes["/BBox"]]
    assert millimetres == [15, 35, 75, 75]


def test_running_heads_are_artifacts():
    css = '@page { @top-left { content: "หัวกระดาษ" } @bottom-center { content: counter(page) } }'
    found = read("<p>ข้อความ</p>", css)
    assert found.text_of(found.root) == "ข้อความ"
    assert found.marks(0) == ([0], [])


@pytest.mark.parametrize(
    "html",
    [
        LONG,
        f'<table class="form">{HEAD}<tbody><tr><td>{LONG}</td><td>น้ำ ป้ำ <u>ขีดเส้นใต้</u></td></tr></tbody></table>',
        '<p>ก</p><div class="figure-grid"><figure><img src="figure:a" alt="ก"></figure></div>',
        '<p style="position: absolute">ก</p><p style="float: left">ข</p><p style="position: relative">ค</p>',
        "<ul><li>น้ำ</li><li></li><li>  </li></ul><table><tr><td></td><td>ก</td></tr></table>",
    ],
    ids=["paragraphs", "form", "figures", "positioned", "empty"],
)
def test_all_content_is_owned_once_or_is_an_artifact(html):
    found = read(html, a=picture())
    owned = found.root.all_content()
    for page in range(len(found.pdf.pages)):
        numbers, stray = found.marks(page)
        assert stray == []
        assert sorted(numbers) == list(range(len(numbers)))
        assert sorted(number for at, number in owned if at == page) == sorted(numbers)
    by_tree = {mark: element.role for element in found.root.walk() for mark in element.content}
    assert found.roles_by_parent_tree() == by_tree


def test_content_that_no_element_accounts_for_stops_the_print(monkeypatch):
    monkeypatch.setattr(tags, "_children", lambda box: [])
    with pytest.raises(TagError, match="Page 1"):
        read("<p>ก</p>")


def test_nothing_is_left_of_the_engine_s_own_tree():
    found = read("<p>ก</p><p>ข</p>")
    elements = [item for item in found.pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
    assert sorted(str(item.S) for item in elements if item.get("/Type") == pikepdf.Name.StructElem) == [
        "/Document",
        "/P",
        "/P",
    ]


def test_pages_look_the_same_with_and_without_tags(pixels, tmp_path):
    html = f'<table class="form">{HEAD}<tbody><tr><td>{LONG}</td><td><ul><li>น้ำ</li></ul></td></tr></tbody></table>'
    plain, tagged = (
        pixels(render(html, {}, title="x", css=BARE, tagged=tagged), tmp_path / str(tagged))
        for tagged in (False, True)
    )
    assert plain == tagged
