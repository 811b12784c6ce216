"""The grammar of OPDC's feedback, on the 27 real points and on made-up borders."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedback.grammar import Passage, marks_overlap, passages, suggest_marks

SHEETS = Path(__file__).resolve().parents[2] / "fixtures" / "demo_senate_2565" / "sheets"


def demonstration_points() -> list[tuple[str, dict[str, str]]]:
    """Code and point of everything that OPDC wrote in the demonstration form."""
    sheets = [
        sheet
        for path in sorted(SHEETS.glob("*.yaml"))
        for sheet in yaml.safe_load(path.read_text(encoding="utf-8"))["sheets"]
    ]
    criteria = [criterion for sheet in sheets for criterion in sheet["criteria"]]
    return [(criterion["code"], point) for criterion in criteria for point in criterion.get("feedback", [])]


POINTS = demonstration_points()


def test_there_are_27_points_and_9_of_them_name_a_strength() -> None:
    assert len(POINTS) == 27
    assert len({code for code, point in POINTS if point["strength"]}) == 9


@pytest.mark.parametrize(
    ("code", "point"), POINTS, ids=[f"{code}-{index}" for index, (code, _) in enumerate(POINTS)]
)
def test_the_demonstration_points_are_marked_as_a_person_marked_them(
    code: str, point: dict[str, str]
) -> None:
    text = point["text"].strip()
    assert suggest_marks(text) == (point["strength"].strip(), point["gap"].strip())
    assert "".join(passage.text for passage in passages(text, *suggest_marks(text))) == text


@pytest.mark.parametrize(
    ("text", "strength", "gap"),
    [
        ("มีแผน แต่ยังขาดการติดตาม", "แผน", "การติดตาม"),
        ("มีแผนแต่ขาดการติดตาม", "แผน", "การติดตาม"),
        ("มีแผน แต่ ยังขาด การติดตาม", "แผน", "การติดตาม"),
        ("มีแผน แต่ก็ยังขาดการติดตาม", "แผน", "การติดตาม"),
        ("๑) มีแผน แต่ยังขาดตัววัด", "แผน", "ตัววัด"),
        ("(1) มีแผน แต่ยังขาดตัววัด", "แผน", "ตัววัด"),
        ("- มีแผน\nและมีผล แต่ยังขาด\nตัววัด\nทุกระดับ", "แผน\nและมีผล", "ตัววัด\nทุกระดับ"),
        ("มีแผน แต่ยังไม่ครอบคลุม", "แผน", "ยังไม่ครอบคลุม"),
        ("มีแผน แต่ไม่ครอบคลุม", "แผน", "ไม่ครอบคลุม"),
        ("มีแผน แต่ควรทบทวน", "แผน", "ควรทบทวน"),
        ("การวางแผนดี แต่ยังขาดตัววัด แต่ยังขาดคน", "การวางแผนดี", "ตัววัด แต่ยังขาดคน"),
        ("แต่ยังขาดตัววัด", "", "ตัววัด"),
        ("มี แต่ยังขาดตัววัด", "", "ตัววัด"),
        ("ขาดตัววัด", "", "ขาดตัววัด"),
        ("มีการออกแบบไม่ครบถ้วน", "", "มีการออกแบบไม่ครบถ้วน"),
        ("มีการแต่งตั้งคณะทำงาน", "", "มีการแต่งตั้งคณะทำงาน"),
        ("  \n ", "", ""),
    ],
)
def test_suggestions(text: str, strength: str, gap: str) -> None:
    assert suggest_marks(text) == (strength, gap)


@given(st.text(alphabet="มีแต่ยังขาดไม่ก ข\n-1๑.)", max_size=60))
def test_suggestions_are_passages_that_can_stand_side_by_side(text: str) -> None:
    strength, gap = suggest_marks(text)
    assert strength in text
    assert gap in text
    assert not marks_overlap(text.strip(), strength, gap)
    cut = passages(text, strength, gap)
    assert "".join(passage.text for passage in cut) == text
    assert [passage.kind for passage in cut if passage.kind] == [
        kind for kind, mark in (("good", strength), ("gap", gap)) if mark
    ]


@pytest.mark.parametrize(
    ("strength", "gap", "expected"),
    [
        ("", "", [Passage("", "แผน แผน ผล")]),
        ("แผน", "", [Passage("good", "แผน"), Passage("", " แผน ผล")]),
        ("แผน", "แผน", [Passage("good", "แผน"), Passage("", " "), Passage("gap", "แผน"), Passage("", " ผล")]),
        ("ผล", "แผน", [Passage("gap", "แผน"), Passage("", " แผน "), Passage("good", "ผล")]),
        ("แผน แผน", "แผน ผล", [Passage("good", "แผน แผน"), Passage("", " ผล")]),
        ("คน", "ผล", [Passage("", "แผน แผน "), Passage("gap", "ผล")]),
    ],
)
def test_passages(strength: str, gap: str, expected: list[Passage]) -> None:
    assert passages("แผน แผน ผล", strength, gap) == expected


def test_marks_that_lie_across_one_another_overlap() -> None:
    assert marks_overlap("แผน แผน ผล", "แผน แผน", "แผน ผล")
    assert marks_overlap("แผน", "แผน", "แผน")
    assert not marks_overlap("แผน แผน ผล", "แผน", "แผน")
    assert not marks_overlap("แผน", "คน", "แผน")
    assert not marks_overlap("แผน", "", "แผน")
