"""Two people's changes of one text: together where they are apart, told where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.cleaning import clean_html
from texts.merging import merge, merge_start, pieces_of

ONE, TWO, THREE = "<p>หนึ่ง</p>", "<p>สอง</p>", "<p>สาม</p>"
BASE = ONE + TWO + THREE
LIST = "<ol><li><p>ก</p></li><li><p>ข</p></li></ol>"
TABLE = "<table><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table>"


WORDS = st.lists(st.sampled_from("กขคงจ"), max_size=6)


def paragraphs(words: list[str]) -> str:
    """A text of these paragraphs."""
    return "".join(f"<p>{word}</p>" for word in words)


class TestPieces:
    @pytest.mark.parametrize(
        ("html", "pieces"),
        [
            ("", []),
            (ONE + TWO, [ONE, TWO]),
            (LIST, ["<ol>", "<li><p>ก</p></li>", "<li><p>ข</p></li>", "</ol>"]),
            (
                "<ul><li><p>ก</p><ul><li><p>ข</p></li></ul></li><li><p>ค</p></li></ul>",
                ["<ul>", "<li><p>ก</p><ul><li><p>ข</p></li></ul></li>", "<li><p>ค</p></li>", "</ul>"],
            ),
            (
                TABLE,
                [
                    "<table>",
                    "<tbody>",
                    "<tr><td>1</td></tr>",
                    "<tr><td>2</td></tr>",
                    "</tbody>",
                    "</table>",
                ],
            ),
            ("no tags at all", ["no tags at all"]),
        ],
    )
    def test_pieces_are_paragraphs_items_and_rows(self, html: str, pieces: list[str]) -> None:
        assert pieces_of(html) == pieces


class TestMerge:
    @pytest.mark.parametrize(
        ("theirs", "mine", "merged"),
        [
            pytest.param("1 2 3", "1", "1", id="only mine changed"),
            pytest.param("1", "1 2 3", "1", id="only theirs changed"),
            pytest.param("1", "1", "1", id="both the same"),
            pytest.param("1! 2 3", "1 2 3?", "1! 2 3?", id="far apart"),
            pytest.param("1! 2 3", "1 2? 3", "1! 2? 3", id="neighbours"),
            pytest.param("1 2 3 ท", "1 2 3 ม", "1 2 3 ท ม", id="both added at the end"),
            pytest.param("2 3", "1 2 3 ม", "2 3 ม", id="one took out, one added"),
            pytest.param("1! 2 3", "1 ม 2 3", "1! ม 2 3", id="added behind what was changed"),
            pytest.param("1! 2 3", "ม 1 2 3", "ม 1! 2 3", id="added before what was changed"),
        ],
    )
    def test_changes_of_different_paragraphs_are_put_together(
        self, theirs: str, mine: str, merged: str
    ) -> None:
        base, left, right = (paragraphs(words.split()) for words in ("1 2 3", theirs, mine))
        assert merge(base, left, right) == paragraphs(merged.split())

    @pytest.mark.parametrize(
        ("base", "theirs", "mine"),
        [
            pytest.param(BASE, "<p>หนึ่ง!</p>" + TWO + THREE, "<p>หนึ่ง?</p>" + TWO + THREE, id="one paragraph"),
            pytest.param(BASE, TWO + THREE, "<p>หนึ่ง?</p>" + TWO + THREE, id="taken out and changed"),
            pytest.param("", ONE, TWO, id="both began an empty text"),
            pytest.param(LIST, "<p>ก</p><p>ข</p>", LIST.replace("ข", "ค"), id="list taken apart"),
        ],
    )  # fmt: skip
    def test_changes_of_the_same_place_are_a_conflict(self, base: str, theirs: str, mine: str) -> None:
        assert merge(base, theirs, mine) is None

    def test_items_of_one_list_and_rows_of_one_table_are_apart(self) -> None:
        base = clean_html(LIST + TABLE)
        theirs = base.replace("ก", "ก!").replace("<td>2", "<td>2!")
        mine = base.replace("ข", "ข?").replace("<td>1", "<td>1?")
        assert merge(base, theirs, mine) == theirs.replace("ข", "ข?").replace("<td>1", "<td>1?")


@given(WORDS, WORDS, WORDS)
def test_merge_is_symmetric_about_conflicts_and_never_unclean(
    base: list[str], theirs: list[str], mine: list[str]
) -> None:
    texts = [paragraphs(words) for words in (base, theirs, mine)]
    merged = merge(texts[0], texts[1], texts[2])
    turned = merge(texts[0], texts[2], texts[1])
    assert (merged is None) == (turned is None)
    if merged is not None:
        assert clean_html(merged) == merged


@given(WORDS, WORDS, WORDS)
def test_merge_keeps_every_new_paragraph_of_both(base: list[str], theirs: list[str], mine: list[str]) -> None:
    new = [f"{word}ท" for word in theirs], [f"{word}ม" for word in mine]
    left, right = base + new[0], new[1] + base
    merged = merge(paragraphs(base), paragraphs(left), paragraphs(right))
    if base:
        assert merged == paragraphs(new[1] + base + new[0])
    elif not (theirs and mine):
        assert merged == paragraphs(left or right)
    else:
        assert merged is None


@given(WORDS, WORDS, WORDS)
def test_merge_start_holds_every_paragraph_that_either_wrote(
    base: list[str], theirs: list[str], mine: list[str]
) -> None:
    left, right = [f"{word}ท" for word in theirs], [f"{word}ม" for word in mine]
    start = merge_start(paragraphs(base), paragraphs(left), paragraphs(right))
    assert all(f"<p>{word}</p>" in start for word in left + right)
