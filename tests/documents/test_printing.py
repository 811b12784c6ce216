"""From the read model to what the print engine takes."""

from __future__ import annotations

import datetime
import io
import re
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from assessment.services.figures import add_sheet_figure
from assessment.services.practices import choose_practice
from documents.form import Form
from documents.printing import document_of, foot_of, prepare_print
from documents.reading import read_form
from feedback.services import add_point
from organizations.models import Agency, AgencyTerm, Owner
from tests.assessment.library import make_case
from tests.world import criterion, moment, write_activity
from texts.figures import add_figure
from texts.models import Figure


def png(colour: str) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(out, "PNG")
    out.seek(0)
    return out


def figure_of(agency, colour: str) -> Figure:
    file = png(colour)
    return add_figure(file=file, size=len(file.getvalue()), agency=agency, by=None)


def read(round, *numbers: int) -> Form:
    return read_form(round, set(numbers) or None, at=moment())


def html_of(form: Form) -> str:
    """The print with blanks between tags taken out, as nobody sees them."""
    return re.sub(r">\s+<", "><", prepare_print(form).html)


def rules_of(css: str) -> list[str]:
    return [line for line in css.splitlines() if line.startswith("#category-")]


# --- figures ------------------------------------------------------------------------------------------


def test_figure_addresses_become_names_that_come_with_their_bytes(here):
    own, shared = figure_of(here.agency, "navy"), figure_of(None, "red")
    for figure in (own, shared):
        write_activity(here, "2.1", f'<figure><img src="{figure.get_absolute_url()}" alt="5 > 3"></figure>')
    row = add_sheet_figure(
        sheet=here.sheets.get(category__number=2),
        file=png("green"),
        size=100,
        caption="ปก",
        alternative="คำ",
        by=None,
    )
    job = prepare_print(read(here, 2))
    assert job.images == {
        f"figure:{figure.uid}": Path(figure.file.path).read_bytes() for figure in (own, shared, row.figure)
    }
    assert set(re.findall(r'src="([^"]+)"', job.html)) == set(job.images)
    assert f'<img src="figure:{row.figure.uid}" alt="คำ"><figcaption>ปก</figcaption>' in job.html


def test_the_bytes_of_another_agency_never_reach_the_print(here, there):
    """The pages refuse such a text; should one stand in the database, its picture stays out."""
    foreign = figure_of(there.agency, "navy")
    write_activity(here, "2.1", f'<figure><img src="{foreign.get_absolute_url()}" alt=""></figure>')
    assert prepare_print(read(here, 2)).images == {}


def test_only_the_figures_of_the_printed_categories_are_read(here):
    first, second = figure_of(here.agency, "navy"), figure_of(here.agency, "red")
    for code, figure in (("2.1", first), ("4.1", second)):
        write_activity(here, code, f'<figure><img src="{figure.get_absolute_url()}" alt=""></figure>')
    assert list(prepare_print(read(here, 2)).images) == [f"figure:{first.uid}"]
    assert len(prepare_print(read(here)).images) == 2


# --- digits -------------------------------------------------------------------------------------------


def test_thai_digits_stand_in_texts_and_nowhere_else(here):
    figure = figure_of(here.agency, "navy")
    html = (
        '<ol start="4"><li>ปี 2565 R&amp;D1</li></ol>'
        f'<figure><img src="{figure.get_absolute_url()}" alt="ปี > 2564"></figure>'
        '<table><tbody><tr><td colspan="2">12</td></tr></tbody></table>'
    )
    write_activity(here, "2.1", html)
    job = prepare_print(replace(read(here, 2), thai_digits=True))
    assert '<ol start="4"><li>ปี ๒๕๖๕ R&amp;D๑</li></ol>' in job.html
    assert '<td colspan="2">๑๒</td>' in job.html
    assert f'src="figure:{figure.uid}"' in job.html
    assert list(job.images) == [f"figure:{figure.uid}"]
    assert 'id="category-2"' in job.html
    text = re.sub(r'<(?:[^<>"]|"[^"]*")*>|&\w+;', "", job.html)
    assert not re.search("[0-9]", text)


@pytest.mark.parametrize("mark", ["'", '"', "&", "<", ">"])
def test_marks_that_html_writes_with_digits_survive_thai_digits(here, mark):
    """An apostrophe is &#x27; in HTML: its 27 is no number of the text."""
    point = {
        "agency": here.agency,
        "year": 2564,
        "step": 2,
        "criterion": criterion(here, "2.1").wording.criterion,
    }
    add_point(text=f"ก{mark}1", by=None, **point)
    escaped = {"'": "&#x27;", '"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}[mark]
    assert f"ก{escaped}๑" in prepare_print(replace(read(here, 2), thai_digits=True)).html


def test_arabic_digits_stay_unless_thai_ones_were_chosen(here):
    write_activity(here, "2.1", "<p>ปี 2565 และ ๒๕๖๖</p>")
    job = prepare_print(read(here, 2))
    assert "<p>ปี 2565 และ ๒๕๖๖</p>" in job.html
    assert "pmqa-thai" not in job.css


# --- style --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thai", "said", "left", "numbers"),
    [
        (False, None, "ร่าง ณ วันที่ 20 พฤศจิกายน 2569 เวลา 14:03 น.", "0123456789"),
        (True, None, "ร่าง ณ วันที่ ๒๐ พฤศจิกายน ๒๕๖๙ เวลา ๑๔:๐๓ น.", "๐๑๒๓๔๕๖๗๘๙"),
        (False, "", "", "0123456789"),
        (True, "ฉบับที่ 1", "ฉบับที่ ๑", "๐๑๒๓๔๕๖๗๘๙"),
    ],
)
def test_the_foot_of_the_page(here, thai, said, left, numbers):
    form = replace(read(here), thai_digits=thai, footer=said)
    foot = foot_of(form)
    assert (foot.left, foot.numbers) == (left, numbers)
    assert ("pmqa-thai" in prepare_print(form).css) == thai


def test_the_time_at_the_foot_is_that_of_bangkok(here):
    at = datetime.datetime(2026, 11, 20, 20, 30, tzinfo=datetime.UTC)
    assert foot_of(read_form(here, at=at)).left == "ร่าง ณ วันที่ 21 พฤศจิกายน 2569 เวลา 03:30 น."


def test_the_time_changes_nothing_that_is_laid_out(here):
    early, late = (
        read_form(here, at=datetime.datetime(2026, 11, 20, hour, tzinfo=datetime.UTC)) for hour in (1, 2)
    )
    assert prepare_print(early).sha256 == prepare_print(late).sha256
    assert foot_of(early) != foot_of(late)


def test_every_category_has_rules_of_its_own_columns(here):
    rules = rules_of(prepare_print(read(here)).css)
    by_category = {n: [rule for rule in rules if rule.startswith(f"#category-{n} ")] for n in range(1, 7)}
    columns = {n: sum("col:nth-child" in rule for rule in found) for n, found in by_category.items()}
    assert columns == {1: 3, 2: 3, 3: 3, 4: 3, 5: 3, 6: 4}
    assert by_category[6][0] == "#category-6 table.form col:nth-child(1) { width: 22.000%; }"
    # the joined cell and the parts in it, too, or the last category would decide for all
    assert all(len(found) == columns[n] + 2 for n, found in by_category.items())


def test_size_and_binding_margin_come_from_the_round(here):
    form = read(here)
    large, small = (prepare_print(replace(form, font_points=points)).css for points in (16, 14))
    sizes = [float(re.search(r"html { font-size: ([\d.]+)pt", css)[1]) for css in (large, small)]
    assert sizes[0] == pytest.approx(10.7, abs=0.05)
    assert sizes[1] / sizes[0] == pytest.approx(14 / 16, abs=0.01)
    bound = replace(form, binding_margin_mm=8)
    assert "@page { margin: 15mm 12mm 16mm 20mm;" in prepare_print(bound).css
    assert (foot_of(bound).left_mm, foot_of(bound).right_mm) == (20, 12)
    mirrors = [document_of(replace(bound, duplex=duplex)).mirror_mm for duplex in (False, True)]
    assert mirrors == [0, 8]


# --- the page -----------------------------------------------------------------------------------------


def test_the_table_of_a_category(here):
    point = {
        "agency": here.agency,
        "year": 2564,
        "step": 2,
        "criterion": criterion(here, "1.1").wording.criterion,
    }
    add_point(text="มีทิศทาง\nแต่ยังขาด", by=None, **point)
    choose_practice(analysis=criterion(here, "1.1"), practice=make_case("a"), by=None)
    html = html_of(read(here, 1))
    assert f'<h1 class="form-title">{here.title}</h1>' in html
    assert (
        '<tr class="band"><th scope="col" colspan="3"><h2 class="band-name">หมวด 1 ชื่อหมวด 1</h2></th></tr>'
        in html
    )
    assert '<h3 class="criterion-name">เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1</h3>' in html
    assert "<p><u>Feedback :</u> มีทิศทาง<br>แต่ยังขาด</p>" in html
    assert "<p><u>กรม a</u> (รางวัล PMQA หมวด 1 ปี 2564)</p><p>เนื้อหา a</p>" in html
    assert (
        '<p>กิจกรรม senate ข้อ 1.1</p><p class="owner-line-text"><u>ผู้รับผิดชอบ</u> สำนักนโยบายและแผน senate</p>'
        in html
    )


def test_a_merged_row_is_one_joined_cell_of_parts(here):
    html = html_of(read(here, 1))
    assert html.count('<td class="joined" colspan="2">') == 1
    joined = html.split('<td class="joined" colspan="2">')[1].split("</td>")[0]
    assert re.findall(r"เกณฑ์ (1\.\d) ", joined) == ["1.3", "1.4"]
    assert joined.count('<div class="part">') == 2
    assert html.count("กิจกรรม senate ข้อ 1.3 และ 1.4") == 1
    # three rows of three, three and two cells
    assert html.count("<tr>") - 1 == 3
    assert html.count("<td") == 3 + 3 + 2


def test_owners_stand_apart_in_the_fourth_column(here, world):
    write_activity(here, "6.1", "<p>ก</p>", owners=[world.here.unit])
    html = html_of(read(here, 6))
    assert "<td><p>สำนักนโยบายและแผน senate</p></td>" in html
    assert "<u>ผู้รับผิดชอบ</u>" not in html
    assert html.count("<col>") == 4


def test_the_print_says_nothing_of_what_is_missing(here):
    assert "ยังไม่มีผู้รับผิดชอบ" not in html_of(read(here, 3))


def test_a_category_without_title_prints_none(here):
    here.sheets.filter(category__number=2).update(print_title=False)
    assert [html_of(read(here, n)).count("form-title") for n in (1, 2, 3)] == [1, 0, 1]


def test_what_was_typed_is_never_markup(here, world):
    here.sheets.filter(category__number=2).update(heading_feedback="<b>หัว</b>")
    type(world.here.unit).objects.filter(pk=world.here.unit.pk).update(name="<img src=x>")
    write_activity(here, "2.1", "<p>ก</p>", owners=[world.here.unit])
    point = {
        "agency": here.agency,
        "year": 2564,
        "step": 2,
        "criterion": criterion(here, "2.1").wording.criterion,
    }
    add_point(text="<script>x</script>", by=None, **point)
    html = html_of(read(here, 2))
    assert "&lt;b&gt;หัว&lt;/b&gt;" in html
    assert "&lt;img src=x&gt;" in html
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert not re.search("<(b|img|script)", html)


# --- names --------------------------------------------------------------------------------------------


def test_the_hash_names_the_content(here):
    form = read(here, 2)
    first = prepare_print(form).sha256
    assert prepare_print(read(here, 2)).sha256 == first
    figure = figure_of(here.agency, "navy")
    write_activity(here, "2.1", f'<figure><img src="{figure.get_absolute_url()}" alt=""></figure>')
    second = prepare_print(read(here, 2))
    other_bytes = replace(second, images=dict.fromkeys(second.images, b"x"))
    assert (
        len(
            {
                first,
                second.sha256,
                other_bytes.sha256,
                prepare_print(replace(form, title=str(uuid.uuid4()))).sha256,
            }
        )
        >= 3
    )
    assert other_bytes.sha256 != second.sha256


# --- words that are kept whole --------------------------------------------------------------------------


def test_the_print_keeps_the_terms_of_its_agency_and_the_names_that_occur(here, there):
    for agency, text in ((here.agency, "แบบวิเคราะห์ ๒"), (here.agency, "ไม่มีที่ใช้"), (there.agency, "วิเคราะห์")):
        AgencyTerm.objects.create(agency=agency, text=text)
    Owner.objects.create(agency=here.agency, name="กองแผน งานกลาง")
    Agency.objects.create(code="example", name="กรมตัวอย่าง", short_name="กตย.")
    before = prepare_print(read(here, 2))
    assert before.terms.isdisjoint({"แบบวิเคราะห์ ๒", "กองแผน", "กรมตัวอย่าง", "กตย."})
    write_activity(here, "2.1", "<p>แบบ<b>วิเคราะห์ ๒</b> ของกรมตัวอย่าง&amp;กองแผน</p>")
    after = prepare_print(read(here, 2))
    assert {"แบบวิเคราะห์ ๒", "กองแผน", "กรมตัวอย่าง"} <= after.terms
    assert after.terms.isdisjoint({"ไม่มีที่ใช้", "วิเคราะห์", "งานกลาง", "กตย."})


def test_terms_follow_the_digits_of_the_print_and_change_its_name(here):
    write_activity(here, "2.1", "<p>แผนระยะ 5ปี</p>")
    form = replace(read(here, 2), thai_digits=True)
    without = prepare_print(form)
    AgencyTerm.objects.create(agency=here.agency, text="ระยะ 5ปี")
    with_term = prepare_print(form)
    assert "ระยะ ๕ปี" in with_term.terms
    assert with_term.html == without.html
    assert with_term.sha256 != without.sha256
    AgencyTerm.objects.create(agency=here.agency, text="ไม่ปรากฏ")
    assert prepare_print(form).sha256 == with_term.sha256
