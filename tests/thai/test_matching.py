"""Equal stretches are found as difflib finds them, and never at the price of a hanging server."""

from __future__ import annotations

import time
from collections.abc import Sequence
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai import matching
from thai.differences import render_differences
from thai.matching import Opcode, opcodes

TOKENS = st.lists(st.sampled_from(["ก", "ข", " ", "<p>", "</p>"]), max_size=30)


def rebuilt(before: Sequence[str], after: Sequence[str], found: list[Opcode]) -> tuple[list[str], list[str]]:
    """Both sequences out of the stretches; equal ones must be equal, and no stretch may be empty or out of order."""
    old, new = [], []
    for operation, old_start, old_end, new_start, new_end in found:
        assert (len(old), len(new)) == (old_start, new_start)
        was, stands = list(before[old_start:old_end]), list(after[new_start:new_end])
        assert (operation == "equal") == (was == stands)
        assert (bool(was), bool(stands)) == (operation != "insert", operation != "delete")
        old, new = old + was, new + stands
    return old, new


@given(TOKENS, TOKENS)
def test_small_sequences_are_matched_as_difflib_does(before: list[str], after: list[str]) -> None:
    assert opcodes(before, after) == SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


@given(TOKENS, TOKENS)
def test_a_spent_budget_leaves_stretches_that_cover_both(before: list[str], after: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "MOST_STEPS", 0)
        assert rebuilt(before, after, opcodes(before, after)) == (before, after)


def test_a_text_that_repeats_itself_costs_little() -> None:
    old = f"<p>เริ่ม {'ก ข ' * 5_000}จบ</p>"
    new = old.replace("ข", "ค")
    began = time.process_time()
    shown = render_differences(old, new)
    assert time.process_time() - began < 5
    assert shown.startswith("<p>เริ่ม ก <del>ข")
    assert shown.endswith("จบ</p>")
