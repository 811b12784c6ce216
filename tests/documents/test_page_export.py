"""The form as one web page: whole, readable, and nothing in it that is loaded from elsewhere."""

from __future__ import annotations

import io
import re

import pytest

from assessment.models import Round
from documents.enums import Format
from documents.exporters import Order, export
from tests.documents.exchange.conftest import full, picture_bytes, write  # noqa: F401
from tests.world import criterion
from texts.figures import add_figure


def page_of(round: Round, **options) -> str:
    made = export(Order(round=round, format=Format.HTML, **options))
    assert (made.filename[-5:], made.media_type) == (".html", "text/html")
    return made.content.decode()


def test_the_page_is_whole_and_loads_nothing(full):  # noqa: F811
    page = page_of(full)
    assert page.startswith("<!doctype html>")
    assert '<html lang="th">' in page
    assert f"<title>{full.title}</title>" in page
    assert page.count('src="data:image/png;base64,') == 1
    assert page.count('src="data:image/jpeg;base64,') == 1
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    assert re.findall(r"url\(|@import|<script|<link", page) == []
    assert page.count('<table class="form">') == 6
    assert "กิจกรรม senate ข้อ 1.1" in page


def test_one_category_is_one_table(full):  # noqa: F811
    page = page_of(full, category=3)
    assert (page.count('<table class="form">'), "หมวด 3 ชื่อหมวด 3" in page) == (1, True)


def test_thai_digits_reach_the_words_and_not_the_style(full):  # noqa: F811
    page = page_of(full, thai_digits=True)
    assert "เกณฑ์ ๑.๑" in page
    assert 'class="thai-digits"' in page
    assert "max-width: 1280px" in page


@pytest.mark.parametrize(
    "typed", ["<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<p>ก</p><script>x()</script>"]
)
def test_what_looks_like_a_script_is_text_or_gone(full, typed):  # noqa: F811
    write(criterion(full, "1.2").analysis, typed)
    assert "<script" not in page_of(full)


def test_a_picture_of_another_agency_does_not_leave(full, there):  # noqa: F811
    content = picture_bytes(55)
    theirs = add_figure(file=io.BytesIO(content), size=len(content), agency=there.agency, by=None)
    write(criterion(full, "1.2").analysis, f'<figure><img src="/figures/{theirs.uid}/" alt="ก"></figure>')
    page = page_of(full)
    assert page.count('src="data:,"') == 1
    assert str(theirs.uid) not in page
