"""The counter beside the editor says what the server will say, whatever is typed or pasted."""

from __future__ import annotations

import html

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from tests.browser.conftest import Windows
from tests.browser.criterion_page import opened, two_paragraphs
from tests.world import World, world  # noqa: F401
from texts.cleaning import clean_html, plain_text
from thai.text import count_characters

pytestmark = pytest.mark.browser

# what Thai keyboards, Word and web pages bring: both halves of ำ in every order, marks, spaces nobody sees, emoji
LETTERS = "กนปำ้่๊ําะๆ๑ \t"
SARA_AM = (
    "\u0e4d\u0e48\u0e32",
    "\u0e48\u0e4d\u0e32",
    "\u0e4d\u0e32",
    "\u0e4d",
    "\u0e38\u0e48",
    "\u0e48\u0e38",
)
UNSEEN = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")
SPACES = ("\u00a0", "\u202f", "\u3000", "\u2028", "\u0085", "\r\n", "\n")
JOINED = ("😀", "👩\u200d👩\u200d👧", "e\u0301", "\u0344", "ﬁ", "①", "A\u030a")
AWKWARD = st.sampled_from([*LETTERS, *SARA_AM, *UNSEEN, *SPACES, *JOINED])
# the browser may know younger characters than Python, and no editor brings controls
ANY = st.characters(exclude_categories=["Cc", "Cn", "Cs"])
TYPED = st.lists(st.one_of(AWKWARD, AWKWARD, ANY), max_size=12).map(lambda parts: html.escape("".join(parts)))
WRITTEN_OUT = st.sampled_from(["&nbsp;", "&#8203;", "&#xD800;", "&amp;lt;", "&#3635;", "&zwj;", "<br>"])
INLINE = st.one_of(
    TYPED,
    WRITTEN_OUT,
    TYPED.map(lambda text: f"<strong>{text}</strong>"),
    TYPED.map(lambda text: f"<u>{text}</u>"),
)
LINE = st.lists(INLINE, max_size=4).map("".join)
BLOCK = st.one_of(
    LINE.map(lambda line: f"<p>{line}</p>"),
    st.lists(LINE, min_size=1, max_size=3).map(
        lambda lines: f"<ul>{''.join(f'<li><p>{line}</p></li>' for line in lines)}</ul>"
    ),
    st.lists(LINE, min_size=1, max_size=3).map(
        lambda lines: (
            f"<table><tbody><tr>{''.join(f'<td><p>{line}</p></td>' for line in lines)}</tr></tbody></table>"
        )
    ),
)
TEXTS = st.lists(st.lists(BLOCK, max_size=4).map("".join), min_size=20, max_size=40)
COUNT = """async (texts) => {
    const {countCharacters, plainText} = await import("pmqa-texts/normalise");
    return texts.map((text) => [plainText(text), countCharacters(plainText(text))]);
}"""


@pytest.fixture
def page(windows: Windows, world: World) -> Page:  # noqa: F811
    """A page with an editor."""
    return opened(windows, world, two_paragraphs(world))


def test_browser_and_server_count_alike(page: Page) -> None:
    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def counts_agree(texts: list[str]) -> None:
        plain = [plain_text(clean_html(text)) for text in texts]
        assert page.evaluate(COUNT, texts) == [[text, count_characters(text)] for text in plain]

    counts_agree()
