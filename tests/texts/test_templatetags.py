"""Rich text on a page."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString

from texts.cleaning import clean_html
from texts.templatetags.texts import plain_excerpt, rich_text

FIGURE = '<figure><img src="/figures/0b5c3d1e-1111-4222-8333-944445555666/" alt="ก"><figcaption>ข</figcaption></figure>'


class TestRichText:
    def test_stored_text_is_shown_as_it_stands(self) -> None:
        stored = clean_html(
            f"<p>1 &lt; 2 &amp; \"ก\"</p><ol class='marker-thai' start='3'><li>ก<br>ข</li></ol>{FIGURE}"
            "<table><tr><td colspan=2>ค</table>"
        )
        assert rich_text(stored) == stored
        assert isinstance(rich_text(stored), SafeString)

    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            (FIGURE, FIGURE),
            (FIGURE * 2, f'<div class="figure-grid">{FIGURE * 2}</div>'),
            (
                f"<p>ก</p>{FIGURE * 3}<p>ข</p>{FIGURE}",
                f'<p>ก</p><div class="figure-grid">{FIGURE * 3}</div><p>ข</p>{FIGURE}',
            ),
            (f"{FIGURE}<p>ก</p>{FIGURE}", f"{FIGURE}<p>ก</p>{FIGURE}"),
            (
                f"<ul><li>ก{FIGURE * 2}</li></ul>",
                f'<ul><li>ก<div class="figure-grid">{FIGURE * 2}</div></li></ul>',
            ),
        ],
    )
    def test_figures_in_a_row_stand_in_a_grid(self, html: str, expected: str) -> None:
        assert rich_text(html) == expected

    def test_what_came_another_way_is_made_harmless(self) -> None:
        assert rich_text('<p hx-get="/x" onclick="y">ก</p><script>z</script>') == "<p>ก</p>"

    def test_nothing(self) -> None:
        assert rich_text(None) == rich_text("") == ""

    def test_partial_stands_under_hx_disable(self) -> None:
        page = Template('{% include "texts/_rich_text.html" with html=html only %}').render(
            Context({"html": "<p>ก</p>"})
        )
        assert page.strip() == '<div class="rich-text" hx-disable><p>ก</p></div>'


class TestPlainExcerpt:
    def test_short_text_is_whole_and_on_one_line(self) -> None:
        assert plain_excerpt("ก\nข  ค") == "ก ข ค"
        assert plain_excerpt(None) == plain_excerpt("") == ""
        assert plain_excerpt("ก" * 120) == "ก" * 120

    def test_ends_after_a_word(self) -> None:
        text = "สำนักงานพัฒนาระบบติดตามสถานะข้อร้องเรียนบนเว็บไซต์"
        assert plain_excerpt(text, 17) == "สำนักงานพัฒนา…"
        assert all(len(plain_excerpt(text, length)) <= length for length in range(2, 60))

    def test_a_word_longer_than_the_place_is_cut(self) -> None:
        assert plain_excerpt("x" * 300, 10) == "x" * 9 + "…"
