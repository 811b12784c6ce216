"""The page of a Word form: every piece that was understood and every one that was not, with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from documents.enums import IncomingState
from documents.models import Incoming
from documents.word_form.pieces import PieceKind
from framework.models import Category, EditionCriterion
from organizations.models import Owner

from .word_form_answers import JOIN, LEAVE, NEW, SKIP, Answers

# A text of more characters is folded, so that the page can be looked through.
LONG = 600
TEMPLATE = "documents/_incoming_word_form.html"
KINDS = {
    PieceKind.FEEDBACK.value: "ข้อเสนอแนะ",
    PieceKind.PRACTICE.value: "ตัวอย่างที่เป็นเลิศ",
    PieceKind.ACTIVITY.value: "กิจกรรม",
    PieceKind.OWNERS.value: "ผู้รับผิดชอบ",
    PieceKind.ANALYSIS.value: "บทวิเคราะห์",
    PieceKind.OBSTACLES.value: "ปัญหาและอุปสรรค",
    PieceKind.REMEDIES.value: "แนวทางแก้ไข",
    PieceKind.NOTE.value: "ข้อความอื่น (เก็บไว้ในบทวิเคราะห์)",
    JOIN: "ต่อจากชิ้นก่อนหน้า",
    SKIP: "ไม่นำเข้า",
}
STEPS = {"1": "ขั้นตอนที่ 1", "2": "ขั้นตอนที่ 2", "3": "ขั้นตอนที่ 3"}


@dataclass
class Group:
    """The pieces of one criterion, or of a whole category."""

    code: str
    title: str
    pieces: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_criterion(self) -> bool:
        """Not a whole category."""
        return "." in self.code

    @property
    def notes(self) -> int:
        """How many of its pieces were not understood."""
        return sum(piece["is_note"] for piece in self.pieces)


def review_of(incoming: Incoming) -> dict[str, Any]:
    """The context of the part in the middle of the page; the number of queries does not depend on the file."""
    answers = Answers(incoming)
    groups = _groups(incoming, answers)
    pieces = [piece for group in groups for piece in group.pieces]
    return {
        "template": TEMPLATE,
        "groups": groups,
        "piece_count": len(pieces),
        "note_count": sum(piece["is_note"] for piece in pieces),
        "headings": _headings(incoming.understood["pieces"]),
        "corrections": _corrections(answers),
        "split_am": incoming.understood["split_am"],
        "unknown_owners": _owners(answers),
        "feedback_year": answers.feedback_year,
        "steps": _options(STEPS.items(), answers.step),
        "form_year": incoming.understood["year"],
        "other_year": answers.other_year,
        "year_agreed": answers.ticked("year_agreed", False),
        "applied_before": _applied_before(incoming),
    }


def _groups(incoming: Incoming, answers: Answers) -> list[Group]:
    """A group per criterion in the order of the edition, and per category behind its criteria, where it has pieces.

    A piece stands where our reading put it, so that it stays in its place when the answer is another one.
    """
    edition = incoming.round.edition_id
    criteria = EditionCriterion.objects.filter(edition=edition, category__number__lte=6).order_by("position")
    categories = Category.objects.filter(edition=edition, number__lte=6)
    groups = {row.code: Group(row.code, f"เกณฑ์ {row.code} {row.short_name}") for row in criteria}
    groups |= {str(row.number): Group(str(row.number), f"{row} (ทั้งหมวด)") for row in categories}
    read = {piece["number"]: piece["code"] for piece in answers.understood["pieces"]}
    places = [(code, code) for code in groups if "." in code]
    places += [(code, f"ทั้งหมวด {code}") for code in groups if "." not in code]
    for piece in answers.pieces:
        if (group := groups.get(read[piece["number"]])) is not None:
            group.pieces.append(_shown(piece, places))
    return sorted((group for group in groups.values() if group.pieces), key=_in_order)


def _in_order(group: Group) -> tuple[str, str]:
    return group.code[0], group.code if "." in group.code else "~"


def _shown(piece: dict[str, Any], places: list[tuple[str, str]]) -> dict[str, Any]:
    asks_agency = piece["kind"] == PieceKind.PRACTICE or (
        piece["kind"] == PieceKind.NOTE and not piece["agency"]
    )
    return piece | {
        "is_long": len(piece["text"]) > LONG,
        "is_note": piece["kind"] == PieceKind.NOTE,
        "is_practice": piece["kind"] == PieceKind.PRACTICE or (asks_agency and "หน่วยงาน" in piece["why"]),
        "kinds": _options(KINDS.items(), piece["kind"]),
        "places": _options(places, piece["code"]),
        "shared": " ".join(piece["also"]),
    }


def _options(choices: Iterable[tuple[str, str]], selected: str) -> SafeString:
    rows = ((value, SafeString(" selected") if value == selected else "", label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


def _headings(pieces: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Titles, column headings and labels that are not brought in, each once with how often it stands there."""
    return list(Counter(piece["text"] for piece in pieces if piece["kind"] == PieceKind.HEADING).items())


def _corrections(answers: Answers) -> list[dict[str, Any]]:
    return [
        each | {"field": f"fix-{index}", "ticked": answers.ticked(f"fix-{index}", each["agreed"])}
        for index, each in enumerate(answers.understood["corrections"])
    ]


def _owners(answers: Answers) -> list[dict[str, Any]]:
    """Every unknown name with its choices: an owner of the list, a new one, or left in a note."""
    present: dict[int, Owner] = {owner.pk: owner for owner in answers.owners.values()}
    listed = [(str(owner.pk), owner.name) for owner in present.values()]
    choices = [(NEW, "เพิ่มเป็นผู้รับผิดชอบใหม่"), (LEAVE, "เก็บเป็นข้อความในบทวิเคราะห์"), *listed]
    return [
        {
            "name": each.name,
            "field": each.field,
            "alike": each.alike,
            "options": format_html("{}", _options(choices, each.choice)),
        }
        for each in answers.unknown_owners
    ]


def _applied_before(incoming: Incoming) -> Incoming | None:
    same = Incoming.objects.filter(
        round=incoming.round_id, sha256=incoming.sha256, state=IncomingState.APPLIED
    )
    return same.exclude(pk=incoming.pk).select_related("decided_by").first()
