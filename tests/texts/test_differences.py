"""Changed blocks stand apart from those that stayed."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from texts.cleaning import clean_html
from texts.differences import stretches

BLOCKS = st.sampled_from(
    [
        "<p>ก</p>",
        "<p>ข <strong>ค</strong></p>",
        "<ul><li>ก<ul><li>ข</li></ul></li><li>ค</li></ul>",
        "<table><tbody><tr><td>ก</td><td><p>ข</p></td></tr></tbody></table>",
    ]
)
TEXTS = st.lists(BLOCKS, max_size=5).map(lambda blocks: clean_html("".join(blocks)))


@given(TEXTS, TEXTS)
def test_stretches_alternate_and_those_unchanged_stand_in_both(old: str, new: str) -> None:
    found = stretches(old, new)
    assert all(a.changed != b.changed for a, b in itertools.pairwise(found))
    kept = "".join(stretch.html for stretch in found if not stretch.changed)
    assert len(kept) <= min(len(old), len(new))
    assert (old == new) == (not any(stretch.changed for stretch in found))


@given(TEXTS)
def test_the_same_text_is_one_unchanged_stretch(html: str) -> None:
    assert [(s.html, s.changed) for s in stretches(html, html)] == ([(html, False)] if html else [])


def test_only_the_paragraph_that_changed_is_compared_by_words() -> None:
    old, new = ("<p>แผนงาน</p><p>จัดประชุม</p><p>รายงานผล</p>", "<p>แผนงาน</p><p>จัดอบรม</p><p>รายงานผล</p>")
    assert [(str(s.html), s.changed) for s in stretches(old, new)] == [
        ("<p>แผนงาน</p>", False),
        ("<p>จัด<del>ประชุม</del><ins>อบรม</ins></p>", True),
        ("<p>รายงานผล</p>", False),
    ]
