"""The form's table over several pages, above all the activities that two criteria share."""

import io
import re

import pypdfium2
import pytest
from PIL import Image

from documents.pdf.layout import column_css
from documents.pdf.render import render

SHARES = (30, 40, 30)
SENTENCE = "การดำเนินการตามแผนปฏิบัติราชการของสำนักงานเพื่อให้ผู้รับบริการเข้าถึงข้อมูลที่จำเป็น"


def paragraphs(name: str, count: int) -> str:
    return "".join(f"<p>{name}-{number:03d} {SENTENCE}</p>" for number in range(1, count + 1))


def row(code: str, feedback: int, practices: int, activities: int) -> str:
    cells = (("F", feedback), ("P", practices), ("A", activities))
    return "<tr>" + "".join(f"<td>{paragraphs(code + kind, n)}</td>" for kind, n in cells) + "</tr>"


def part(code: str, feedback: int, practices: int) -> str:
    columns = (paragraphs(f"{code}F", feedback), paragraphs(f"{code}P", practices))
    return '<div class="part">' + "".join(f"<div>{column}</div>" for column in columns) + "</div>"


def form(rows: str) -> str:
    return f"""<table class="form"><colgroup><col><col><col></colgroup>
      <thead><tr class="band"><th colspan="3">หมวด 1 การนำองค์การ</th></tr>
      <tr><th>Feedback</th><th>ตัวอย่าง</th><th>กิจกรรม</th></tr></thead><tbody>{rows}</tbody></table>"""


def joined_form(practices_13: int, practices_14: int, activities: int) -> str:
    both = part("1.3", 2, practices_13) + part("1.4", 2, practices_14)
    joined = f'<tr><td class="joined" colspan="2">{both}</td><td>{paragraphs("1.3A", activities)}</td></tr>'
    return form(row("1.2", 2, 4, 3) + joined + row("1.5", 2, 4, 3))


def pdf_of(html: str, **options: object) -> bytes:
    return render(html, {}, title="x", css=column_css(SHARES), **options)


def pages_with(pages: list[str], name: str) -> list[int]:
    """Numbers of the pages that have text of this cell."""
    return [number for number, page in enumerate(pages, 1) if re.search(rf"{re.escape(name)}-\d", page)]


@pytest.mark.parametrize("tagged", [False, True], ids=["plain", "tagged"])
@pytest.mark.parametrize("activities", [2, 25, 90], ids=["shorter", "similar", "many pages longer"])
def test_the_next_criterion_starts_where_the_text_above_it_ends(pages_of, activities, tagged):
    pages = pages_of(pdf_of(joined_form(22, 18, activities), tagged=tagged))
    own_text_ends = pages_with(pages, "1.3P")[-1]
    assert own_text_ends > pages_with(pages, "1.3P")[0]  # it does split
    assert pages_with(pages, "1.4F")[0] == own_text_ends
    assert pages_with(pages, "1.4P")[0] == own_text_ends


def test_the_row_after_a_joined_cell_starts_below_its_longest_column(pages_of):
    pages = pages_of(pdf_of(joined_form(12, 8, 90)))
    assert pages_with(pages, "1.5F")[0] == pages_with(pages, "1.3A")[-1] > pages_with(pages, "1.4P")[-1]


@pytest.mark.parametrize("activities", [2, 90])
def test_no_paragraph_is_lost_or_repeated_at_a_page_break(pages_of, activities):
    html = joined_form(22, 18, activities)
    text = "".join(pages_of(pdf_of(html)))
    names = r"1\.\d[FPA]-\d{3}"
    assert sorted(re.findall(names, text)) == sorted(re.findall(names, html))


def test_band_and_headings_stand_on_every_page(pages_of):
    pages = pages_of(pdf_of(joined_form(22, 18, 90)))
    assert len(pages) > 4
    assert all("หมวด 1 การนำองค์การ" in page and "กิจกรรม" in page for page in pages)


def test_columns_of_a_joined_cell_stand_under_those_of_the_table():
    page = pypdfium2.PdfDocument(pdf_of(joined_form(2, 2, 2)))[0].get_textpage()
    starts = {name: left_of(page, name) for name in ("1.2F-001", "1.3F-001", "1.2P-001", "1.3P-001")}
    assert starts["1.3F-001"] == pytest.approx(starts["1.2F-001"], abs=0.5)
    assert starts["1.3P-001"] == pytest.approx(starts["1.2P-001"], abs=0.5)


def left_of(page: pypdfium2.PdfTextPage, text: str) -> float:
    index, _count = page.search(text).get_next()
    return page.get_charbox(index)[0]


def test_every_page_is_closed_and_its_columns_are_divided():
    """The lines on a page in the middle of the joined cell, where only the activities go on."""
    pdf = pypdfium2.PdfDocument(pdf_of(joined_form(4, 4, 90)))
    page = pdf[3].render(scale=3).to_pil().convert("L")
    columns = vertical_lines(page)
    left, right = columns[0], columns[-1]
    middle = [round(100 * (x - left) / (right - left)) for x in columns]
    assert middle == [0, 30, 70, 100]
    assert horizontal_line_at_the_foot(page)


def vertical_lines(page: Image.Image) -> list[int]:
    """Where a line crosses the whole lower half of the table (20 mm margins, 3 pixels to the point)."""
    top, bottom = page.height // 2, page.height - 3 * 60
    dark = [x for x in range(page.width) if max(page.crop((x, top, x + 1, bottom)).tobytes()) < 200]
    return [x for number, x in enumerate(dark) if number == 0 or x > dark[number - 1] + 1]


def horizontal_line_at_the_foot(page: Image.Image) -> bool:
    margin = 3 * 57
    foot = page.crop(
        (page.width // 4, page.height - margin - 12, page.width // 4 + 200, page.height - margin + 6)
    )
    return any(max(foot.crop((0, y, 200, y + 1)).tobytes()) < 200 for y in range(foot.height))


def test_a_figure_is_never_taller_than_a_page(pages_of):
    file = io.BytesIO()
    Image.new("RGB", (300, 2400), "grey").save(file, "PNG")
    figure = '<figure><img src="figure:1" alt="ภาพ"><figcaption>คำบรรยาย</figcaption></figure>'
    html = form(
        f"<tr><td>{paragraphs('1.1F', 2)}</td><td>{paragraphs('1.1P', 4)}{figure}</td><td>x</td></tr>"
    )
    pages = pages_of(render(html, {"figure:1": file.getvalue()}, title="x", css=column_css(SHARES)))
    assert len(pages) == 2
    assert "คำบรรยาย" in pages[1]


@pytest.mark.parametrize(
    ("shares", "widths"), [((30, 40, 30), [30, 40, 30]), ((1, 1, 1, 1), [25, 25, 25, 25])]
)
def test_column_widths(shares, widths):
    css = column_css(shares)
    assert [
        round(float(width)) for width in re.findall(r"col:nth-child\(\d\) \{ width: ([\d.]+)%", css)
    ] == widths
    inner = 100 * shares[0] / (shares[0] + shares[1])
    assert f".part > div:first-child {{ width: {inner:.3f}%; }}" in css


@pytest.mark.parametrize("shares", [(), (100,), (30, 0, 70), (50, -1)])
def test_impossible_columns_are_refused(shares):
    with pytest.raises(ValueError, match="two or more columns"):
        column_css(shares)


@pytest.mark.parametrize("lines", range(3, 34))
def test_no_row_begins_on_a_page_without_the_name_of_its_criterion(pages_of, lines):
    """Wherever the row before ends: name, practice and activity begin together."""
    name = '<h3 class="criterion-name">เกณฑ์ 1.2 การป้องกันการทุจริตและการสร้างความโปร่งใสในการปฏิบัติงาน</h3>'
    first = f"<tr><td>{'<p>ก</p>' * lines}</td><td></td><td></td></tr>"
    practice = f'<div class="practice"><p><u>กรมที่ดิน</u></p>{paragraphs("P", 9)}</div>'
    activity = f'<div class="activity"><p>นโยบาย</p>{paragraphs("A", 9)}</div>'
    row = f"<tr><td>{name}<p>Feedback : {SENTENCE * 2}</p></td><td>{practice}</td><td>{activity}</td></tr>"
    pages = pages_of(pdf_of(form(first + row)))
    begins = [
        [number for number, page in enumerate(pages) if mark in page] for mark in ("1.2", "กรมที่ดิน", "นโยบาย")
    ]
    assert begins == [begins[0]] * 3
