"""The feedback of a past year's Word form, without anything else of it: a form repeats what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.word_form.pieces import PieceKind
from documents.word_form.reading import Reading, read_form
from documents.word_form.source import Source
from documents.word_form.streams import Known as KnownNames
from feedback.grammar import suggest_level
from feedback.letters import LetterPoint, without_bullet
from feedback.sub_items import Known, known_sub_items, suggest_sub_item
from framework.enums import CategoryKind
from framework.models import EditionCriterion
from framework.services import wordings_of_year
from thai.text import normalise

from . import RefusedFile
from .word_form import open_form

NOTHING = "ไม่พบข้อเสนอแนะในไฟล์นี้ กรุณาตรวจว่าเลือกไฟล์แบบฟอร์มการวิเคราะห์ที่มีคอลัมน์ Feedback หรือข้อเสนอแนะ"


@dataclass(frozen=True)
class FeedbackColumn:
    """The points in the order of the form; year (Buddhist-era) and step (1–3) are None where the file names none."""

    year: int | None
    step: int | None
    points: list[LetterPoint]


def read_feedback_column(content: bytes, *, usual_year: int) -> FeedbackColumn:
    """The points of the file, under the criteria of the year that it names, or of `usual_year`. Raises RefusedFile."""
    source = open_form(content)
    year = _year_of(_read(source, wordings_of_year(usual_year)))
    wordings = wordings_of_year(year or usual_year)
    reading = _read(source, wordings)
    by_code = {wording.code: wording for wording in _processes(wordings)}
    known = known_sub_items(by_code.values())
    points = [
        _point(by_code[piece.code], text, known)
        for piece in reading.pieces
        if piece.kind == PieceKind.FEEDBACK and piece.code in by_code
        if (text := normalise(f"{piece.head}{piece.text}").strip())
    ]
    if not points:
        raise RefusedFile(NOTHING)
    return FeedbackColumn(_year_of(reading), reading.step, points)


def _point(wording: EditionCriterion, text: str, known: Known) -> LetterPoint:
    mark, text = without_bullet(text)
    return LetterPoint(
        wording, text, mark or "-", suggest_level(text), suggest_sub_item(text, wording, known)
    )


def _read(source: Source, wordings: Sequence[EditionCriterion]) -> Reading:
    names = {wording.code: (wording.full_name, wording.short_name) for wording in _processes(wordings)}
    return read_form(source, KnownNames(names, frozenset()))


def _processes(wordings: Sequence[EditionCriterion]) -> list[EditionCriterion]:
    """The criteria of that edition which a form has; others of its year have codes of another edition."""
    edition = wordings[0].edition_id if wordings else None
    return [w for w in wordings if w.edition_id == edition and w.category.kind == CategoryKind.PROCESS]


def _year_of(reading: Reading) -> int | None:
    """What the file says its feedback is of; a form answers the year before its own."""
    return reading.feedback_year or (reading.year - 1 if reading.year else None)
