"""Printing part by part: what is laid out again, how far it is, and that no text costs the others their print."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

import pypdfium2
import pytest
from django.utils import timezone
from PIL import Image

from assessment.models import Round
from documents import print_parts, salvage
from documents.form import FigureBlock, Form
from documents.part_store import part_folder
from documents.pdf.child import Limits, RenderError, RenderFailed, RenderTooLarge
from documents.print_parts import print_category, print_form
from documents.reading import read_form
from tests.documents.pdf.conftest import poppler_pages
from tests.documents.pdf.reading import Tagged
from tests.documents.test_printing import figure_of
from tests.world import write_activity
from texts.models import Text

NOTICE = "".join(salvage.NOTICE.split())
OTHERS = ("1.1", "1.2", "3.1", "6.4")


def quiet(*_how_far: int) -> None:
    """Nobody waits."""


def form_of(round: Round, numbers: set[int] | None = None) -> Form:
    return read_form(round, numbers, at=timezone.localtime())


def text_of(pdf: bytes) -> str:
    return "".join("".join(poppler_pages(pdf)).split())


@pytest.fixture
def rendered(monkeypatch):
    """The categories that were really laid out, in the order in which they were begun."""
    begun: list[str] = []
    together = print_parts.render_together

    def recording(works, **options):
        begun.extend(re.search(r'id="category-(\d)"', work.html)[1] for work in works)
        return together(works, **options)

    monkeypatch.setattr(print_parts, "render_together", recording)
    return begun


# --- what is laid out ------------------------------------------------------------------------------------


def test_only_the_category_that_changed_is_laid_out_again(here, rendered):
    print_form(form_of(here), quiet)
    assert sorted(rendered) == ["1", "2", "3", "4", "5", "6"]
    rendered.clear()
    write_activity(here, "3.1", "<p>แก้ไขแล้ว</p>")
    changed = print_form(form_of(here), quiet)
    assert rendered == ["3"]
    assert "แก้ไขแล้ว" in text_of(changed.content)


def test_an_unchanged_form_is_not_laid_out_and_bears_the_new_time(here, rendered):
    form = form_of(here)
    first = print_form(form, quiet)
    rendered.clear()
    later = print_form(replace(form, read_at=form.read_at + datetime.timedelta(minutes=61)), quiet)
    assert (rendered, later.sha256, later.pages) == ([], first.sha256, first.pages)
    times = {re.search(r"เวลา(\d\d:\d\d)", text_of(printed.content))[1] for printed in (first, later)}
    assert len(times) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"title": "ชื่ออื่น"},
        {"thai_digits": True},
        {"font_points": 14},
        {"binding_margin_mm": 10},
        {"binding_margin_mm": 10, "duplex": True},
        {"footer": ""},
    ],
    ids=lambda change: " ".join(change),
)
def test_another_setting_is_another_print(here, change):
    form = form_of(here, {2})
    first, second = print_form(form, quiet), print_form(replace(form, **change), quiet)
    assert first.content != second.content
    assert print_form(form, quiet).content == first.content


def test_a_category_alone_is_the_part_of_the_whole(here, rendered):
    print_form(form_of(here), quiet)
    rendered.clear()
    alone = print_form(form_of(here, {4}), quiet)
    assert rendered == []
    assert f"หน้า1จาก{alone.pages}" in text_of(alone.content)


def test_a_picture_that_only_another_agency_has_never_comes_from_its_parts(here, there):
    """The same words in both agencies, naming a picture of one of them."""
    figure = figure_of(there.agency, "navy")
    for round in (there, here):
        write_activity(round, "2.1", "<p>เดียวกัน</p>")
        poison(round, "2.2", f'<figure><img src="{figure.get_absolute_url()}" alt="ผังของอีกหน่วยงาน"></figure>')
    own, foreign = (
        print_form(replace(form_of(round, {2}), title="เดียวกัน"), quiet).content for round in (there, here)
    )
    assert (pictures_of(own), pictures_of(foreign)) == (1, 0)


def pictures_of(pdf: bytes) -> int:
    """How many pictures larger than a pixel are drawn."""
    items = (item for page in pypdfium2.PdfDocument(pdf) for item in page.get_objects(filter=[3]))
    return sum(item.get_px_size() > (1, 1) for item in items)


def test_another_engine_uses_no_old_parts(here, rendered, monkeypatch):
    print_form(form_of(here, {2}), quiet)
    monkeypatch.setattr(print_parts, "engine_version", lambda: "next")
    rendered.clear()
    print_form(form_of(here, {2}), quiet)
    assert rendered == ["2"]


def test_damaged_parts_are_made_again(here, rendered):
    first = print_form(form_of(here, {2}), quiet)
    for path in part_folder().iterdir():
        path.write_bytes(b"damaged")
    rendered.clear()
    assert print_form(form_of(here, {2}), quiet).pages == first.pages
    assert rendered == ["2"]


def test_a_form_without_categories_is_an_empty_page(here):
    printed = print_form(replace(form_of(here), categories=()), quiet)
    assert (printed.pages, len(pypdfium2.PdfDocument(printed.content))) == (1, 1)


def test_the_whole_is_tagged_to_its_last_operator(here):
    found = Tagged(print_form(form_of(here), quiet).content)
    owned = found.root.all_content()
    for page in range(len(found.pdf.pages)):
        numbers, stray = found.marks(page)
        assert (stray, sorted(number for at, number in owned if at == page)) == ([], sorted(numbers))
    headings = [element.role for element in found.root.walk() if element.role[0] == "H"]
    assert headings[:3] == ["H1", "H2", "H3"]


def test_a_category_alone_may_be_numbered_as_in_the_whole(here):
    form = form_of(here)
    whole = print_form(form, quiet)
    pages = [page for page in poppler_pages(whole.content) if "หมวด 5" in page]
    alone = print_category(form, 5, quiet)
    numbers = [
        re.search(r"หน้า\s*(\d+)\s*จาก\s*(\d+)", page).groups() for page in poppler_pages(alone.content)
    ]
    first = int(numbers[0][0])
    assert numbers == [(str(first + at), str(whole.pages)) for at in range(alone.pages)]
    assert ["".join(page.split()) for page in poppler_pages(alone.content)] == [
        "".join(p.split()) for p in pages
    ]
    assert alone.sha256 == print_form(form_of(here, {5}), quiet).sha256


# --- how far it is ---------------------------------------------------------------------------------------


def test_progress_names_categories_and_pages_and_never_goes_back(here):
    told = []
    print_form(form_of(here), lambda *how_far: told.append(how_far))
    assert {category for category, *_ in told} <= set(range(1, 7))
    assert max(page for _, page, *_ in told) >= 1
    done = [steps for *_, steps, _ in told]
    assert (done, {total for *_, total in told}) == (sorted(done), {6 * 7})


def test_stopping_ends_every_render(here):
    class StopIt(Exception):
        pass

    def stop(*_how_far: int) -> None:
        raise StopIt

    with pytest.raises(StopIt):
        print_form(form_of(here), stop)


# --- hostile texts ---------------------------------------------------------------------------------------

NESTED = "<ul><li>" * 150 + "ลึกมาก" + "</li></ul>" * 150
HOSTILE = {
    "150 nested elements": NESTED,
    "60 nested tables": "<table><tr><td>" * 60 + "ลึกมาก" + "</td></tr></table>" * 60,
    "colspan 100000": '<table><tr><td colspan="100000">ลึกมาก</td></tr></table>',
    "a tower": "<ul>" * 20_000 + "ลึกมาก",
    "unclosed tags": "<p" * 50_000 + ">ลึกมาก",
    "a long text": "<p>ลึกมาก</p>" + "<p>ก</p>" * 100_000,
}


def poison(round: Round, code: str, html: str) -> None:
    """Write into the row itself, past everything that cleans."""
    activity = write_activity(round, code, "<p>ก่อน</p>")
    Text.objects.filter(pk=activity.text_id).update(html=html)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_is_printed_as_plain_words_and_the_others_as_ever(here, kind):
    for code in OTHERS:
        write_activity(here, code, f"<ul><li>กิจกรรมปกติของข้อ {code}</li></ul>")
    poison(here, "1.1", HOSTILE[kind])
    text = text_of(print_form(form_of(here, {1}), quiet).content)
    assert text.count(NOTICE) == 1
    assert "ลึกมาก" in text
    assert "●กิจกรรมปกติของข้อ1.2" in text


@pytest.fixture
def huge_picture(here):
    """Criterion 1.1 shows a picture that the print engine refuses."""
    figure = figure_of(here.agency, "navy")
    with figure.file.storage.open(figure.file.name, "wb") as file:
        Image.new("1", (8000, 8000)).save(file, "PNG")
    poison(here, "1.1", f'<p>มีภาพ</p><figure><img src="{figure.get_absolute_url()}" alt="ผัง"></figure>')


def test_a_picture_too_large_to_decode_costs_only_its_criterion(here, huge_picture):
    write_activity(here, "1.2", "<ul><li>ปกติ</li></ul>")
    text = text_of(print_form(form_of(here, {1}), quiet).content)
    assert (text.count(NOTICE), "มีภาพ" in text, "●ปกติ" in text) == (1, True, True)


def test_a_print_that_had_to_search_is_not_kept(here, huge_picture):
    """Perhaps only the machine was too busy: the next print tries again."""
    print_form(form_of(here, {1}), quiet)
    assert list(part_folder().glob("*")) == []


# --- the search for the guilty piece, with a given engine -----------------------------------------------


@pytest.fixture
def engine(monkeypatch):
    """Renders fail for works that a given function refuses; gives the HTML of all works."""

    def use(fault_of):
        seen: list[tuple[str, Limits]] = []

        def together(works, *, at_once, on_progress):
            for number, work in enumerate(works):
                seen.append((work.html, work.limits))
                yield number, fault_of(work.html) or b"part"

        monkeypatch.setattr(print_parts, "render_together", together)
        monkeypatch.setattr(print_parts, "assemble", lambda parts, document: b"".join(parts))
        monkeypatch.setattr(print_parts, "with_foot", lambda file, foot: file)
        monkeypatch.setattr(print_parts, "page_count", lambda file: 1)
        return seen

    return use


def test_when_no_piece_is_to_blame_the_whole_category_is_plain(here, engine):
    write_activity(here, "1.1", "<ul><li>ก</li></ul>")
    write_activity(here, "1.2", "<ul><li>ข</li></ul>")
    seen = engine(lambda html: RenderTooLarge("cpu") if "<li>ก" in html and "<li>ข" in html else None)
    print_form(form_of(here, {1}), quiet)
    last = seen[-1][0]
    assert "<li>" not in last
    assert last.count(salvage.NOTICE) == len(form_of(here, {1}).categories[0].rows)


def test_obstacles_remedies_and_figures_are_pieces_too(here, engine):
    form = form_of(here, {1})
    figures = tuple(FigureBlock(uid=n, caption=f"คำบรรยาย {n}", alternative="") for n in "ab")
    category = replace(form.categories[0], obstacles="<p>อุปสรรค</p>", remedies="<p>แก้ไข</p>", figures=figures)
    write_activity(here, "1.1", "<ul><li>ก</li></ul>")

    def fault_of(html: str) -> RenderError | None:
        remedies = "<p>แก้ไข</p>" in html and salvage.NOTICE not in html
        return RenderFailed("x") if remedies or "figure:b" in html else None

    seen = engine(fault_of)
    print_form(replace(form, categories=(category,)), quiet)
    last = seen[-1][0]
    assert (last.count(salvage.NOTICE), last.count(salvage.FIGURE_NOTICE)) == (1, 1)
    assert ("figure:a" in last, "figure:b" in last, "คำบรรยาย b" in last) == (True, False, True)


def test_when_even_plain_words_fail_the_print_says_so(here, engine):
    engine(lambda html: RenderTooLarge("memory"))
    with pytest.raises(RenderTooLarge):
        print_form(form_of(here, {1}), quiet)


def test_all_renders_of_a_print_share_one_time(here, engine, monkeypatch):
    monkeypatch.setattr(print_parts, "PRINT_SECONDS", -1)
    seen = engine(lambda html: RenderTooLarge("time"))
    with pytest.raises(RenderError):
        print_form(form_of(here, {1}), quiet)
    assert {limits.wall_seconds for _, limits in seen} == {0.0}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>ก &amp; ข</p><ul><li>ค<br>ง</li></ul>", "<p>ก &amp; ข</p><p>ค</p><p>ง</p>"),
        ("<b>ก</b> < ข", "<p>ก &lt; ข</p>"),
        ("&lt;script&gt;x&lt;/script&gt;", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("", ""),
    ],
)
def test_plain_words_of_any_markup(html, expected):
    assert salvage.plain(html) == expected


def test_plain_words_without_end_are_cut_and_say_so(monkeypatch):
    monkeypatch.setattr(salvage, "MAX_HTML", 5)
    assert salvage.plain("<p>กขคงจฉช</p>") == f"<p>กขคง</p><p>{salvage.CUT_OFF}</p>"
