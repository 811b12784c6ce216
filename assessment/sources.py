"""Whether the case that a form has copied still says what it said then."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from practices.models import Practice, PracticeStatus
from texts.cleaning import UncleanText
from texts.excerpts import parts_of
from texts.merging import merge
from texts.models import Revision

from .models import ChosenPractice, CriterionAnalysis


@dataclass(frozen=True)
class Source:
    """A case of the library as it stands; `gone` when it cannot be chosen any more, and then nothing else counts."""

    gone: bool
    version: int
    agency_name: str
    award_line: str

    @classmethod
    def of(cls, practice: Practice) -> Source:
        """The case, read with its agency and its text."""
        gone = practice.withdrawn_at is not None or practice.status != PracticeStatus.PUBLISHED
        return cls(gone, practice.text.version, practice.agency.name, practice.award_line)

    @property
    def mark(self) -> str:
        """Tells this state from every other one; the draft behind an unpublished case is nobody's matter."""
        facts = ["gone"] if self.gone else [self.version, self.agency_name, self.award_line]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def source_changes(chosen: ChosenPractice) -> list[str]:
    """What of the case is not what was copied, in words; empty also where somebody decided to keep the copy."""
    source = Source.of(chosen.practice)
    if source.mark == chosen.kept_source:
        return []
    return changes_between(chosen, source)


def chosen_cases(analysis: CriterionAnalysis) -> list[tuple[ChosenPractice, list[str]]]:
    """The cases in the form in their order, each with what of its source has changed since; one query."""
    rows = analysis.chosen_practices.current().select_related("practice__agency", "text", "practice__text")
    unread = ("practice__text__html", "practice__text__plain")
    return [(chosen, source_changes(chosen)) for chosen in rows.defer(*unread)]


def changes_between(chosen: ChosenPractice, source: Source) -> list[str]:
    """What of `source` is not what the form has copied, in words."""
    if source.gone:
        return ["ไม่ได้เผยแพร่ในคลังแล้ว"]
    changes = []
    if source.version != chosen.source_version:
        changes.append("เนื้อหาเปลี่ยน")
    if source.agency_name != chosen.agency_name:
        changes.append(f"ชื่อหน่วยงานเป็น “{source.agency_name}”")
    if source.award_line != chosen.award_line:
        changes.append(f"รางวัลเป็น “{source.award_line}”" if source.award_line else "ไม่มีรางวัลแล้ว")
    return changes


def copied_version(chosen: ChosenPractice) -> Revision | None:
    """The text of the case as it was copied; None when that version is not known, as after an import."""
    return Revision.objects.filter(text=chosen.practice.text_id, version=chosen.source_version).first()


def stands_outside(chosen: ChosenPractice, copied: Revision | None) -> bool:
    """Whether nothing that changed in the case stands in the form, as with a passage of another part."""
    if copied is None:
        return False
    now = {part.html for part in parts_of(chosen.practice.text.html)}
    gone = {part.html for part in parts_of(copied.html)} - now
    return bool(gone) and not gone & {part.html for part in parts_of(chosen.text.html)}


def carried_over(chosen: ChosenPractice, copied: Revision | None) -> str | None:
    """The form's text with the changes of the case in it; None where both changed one place, or nothing is carried.

    What was shortened or adapted stays so, and so does a passage that was taken alone.
    """
    stands = chosen.text.html
    if copied is None:
        return None
    try:
        merged = merge(copied.html, chosen.practice.text.html, stands)
    except UncleanText:
        return None
    return merged if merged not in (stands, chosen.practice.text.html) else None
