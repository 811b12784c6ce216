"""The owner line as one string."""

from __future__ import annotations

import pytest

from assessment.enums import Joiner
from assessment.models import ActivityOwner
from assessment.owner_line import owner_line_text
from organizations.models import Owner


def line(*parts: tuple[str, str, str]) -> list[ActivityOwner]:
    """(joiner, name, note), not stored."""
    return [ActivityOwner(owner=Owner(name=name), joiner=joiner, note=note) for joiner, name, note in parts]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([], ""),
        ([("", "สำนักนโยบายและแผน", "")], "สำนักนโยบายและแผน"),
        ([("", "ก", ""), ("", "ข", "")], "ก ข"),
        ([("", "สำนักนโยบายและแผน", ""), ("และ", "ทุกสำนัก", "")], "สำนักนโยบายและแผน และทุกสำนัก"),
        ([("", "ก", ""), ("หรือ", "ข", "หมายเหตุ")], "ก หรือข (หมายเหตุ)"),
        ([("", "ก", ""), ("/", "ข", "")], "ก/ข"),
        ([("", "ก", "ข้อ 1"), ("/", "ข", ""), ("และ", "ค", "")], "ก (ข้อ 1)/ข และค"),
        # nothing stands before the first name
        ([("และ", "ก", ""), ("", "ข", "")], "ก ข"),
        ([("/", "ก", "")], "ก"),
    ],
)
def test_names_joiners_and_notes(parts, text):
    assert owner_line_text(line(*parts)) == text


def test_every_joiner_keeps_both_names():
    for joiner in Joiner.values:
        text = owner_line_text(line(("", "สำนัก ก", ""), (joiner, "สำนัก ข", "")))
        assert text.startswith("สำนัก ก")
        assert text.endswith("สำนัก ข")
        assert joiner in text
