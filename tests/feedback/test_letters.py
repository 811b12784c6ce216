"""A pasted letter: every point under its criterion, in OPDC's words, whatever the PDF did to them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from feedback.letters import Letter, split_letter
from framework.models import EditionCriterion
from framework.services import wordings_of_year
from thai.repairs import KINDS, repaired

from .pdf_letters import copied_from_pdf, plain_letter

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ALL = [kind.name for kind in KINDS]


@pytest.fixture
def wordings() -> list[EditionCriterion]:
    """The criteria as the edition of 2564 names them."""
    call_command("load_framework", str(FIXTURES / "framework" / "2564.yaml"), verbosity=0)
    return wordings_of_year(2564)


def demonstration_points() -> list[tuple[str, str]]:
    """(code, text) of the 27 points of the demonstration, in the order of the form."""
    points = []
    for sheet in sorted((FIXTURES / "demo_senate_2565" / "sheets").glob("*.yaml")):
        (data,) = yaml.safe_load(sheet.read_text(encoding="utf-8"))["sheets"]
        for criterion in data["criteria"]:
            points += [(criterion["code"], point["text"].strip()) for point in criterion["feedback"]]
    return points


def rows() -> list[tuple[str, str]]:
    """The same as they are shown for correction: the one point of 6.4 that is a list itself stands in two rows."""
    return [
        (code, line.removeprefix("- "))
        for code, text in demonstration_points()
        for line in (text.split("\n") if code == "6.4" else [text])
    ]


# putting the two rows of 6.4 together
MERGES = 1


def placed(letter: Letter) -> list[tuple[str, str]]:
    """(code, text) of what was found."""
    return [(point.wording.code, point.text) for point in letter.points]


@pytest.fixture
def points(wordings: list[EditionCriterion]) -> list[tuple[EditionCriterion, str]]:
    """The same points with their criteria."""
    by_code = {wording.code: wording for wording in wordings}
    return [(by_code[code], text) for code, text in demonstration_points()]


def test_demonstration_has_27_points_about_24_criteria() -> None:
    points = demonstration_points()
    assert (len(points), len({code for code, _ in points})) == (27, 24)


def test_letter_without_faults_lands_complete(
    wordings: list[EditionCriterion], points: list[tuple[EditionCriterion, str]]
) -> None:
    letter = split_letter("\n".join(plain_letter(points)), wordings)
    assert placed(letter) == rows()
    assert [point.mark for point in letter.points[-2:]] == ["-", "-"]


@pytest.mark.parametrize("seed", range(8))
def test_letter_copied_from_a_pdf_needs_at_most_two_corrections(
    wordings: list[EditionCriterion], points: list[tuple[EditionCriterion, str]], seed: int
) -> None:
    pasted = copied_from_pdf(plain_letter(points), seed)
    found = placed(split_letter(repaired(pasted, ALL), wordings))
    assert [code for code, _ in found] == [code for code, _ in rows()]
    wrong = [(code, a, b) for (code, a), (_, b) in zip(rows(), found, strict=True) if a != b]
    assert len(wrong) + MERGES <= 2, wrong
