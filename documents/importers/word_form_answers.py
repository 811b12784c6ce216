"""What a person decided on the page of a Word form, over what was understood: the plan that is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from documents.models import Incoming
from documents.services.last_year import (
    Plan,
    PlannedActivity,
    PlannedCase,
    PlannedOwner,
    PlannedPassage,
    PlannedPoint,
)
from documents.word_form.corrections import corrected, corrected_html
from documents.word_form.owners import LONGEST, OwnerName, spelling, split_owners
from documents.word_form.pieces import PieceKind
from framework.models import EditionCriterion
from organizations.models import Owner
from texts.cleaning import text_to_html
from thai.text import normalise, to_arabic_digits

from . import RefusedFile

CATEGORIES = tuple("123456")
JOIN, SKIP = "join", "skip"
NEW, LEAVE = "new", "note"
# A name longer than this is rather a sentence that mentions owners.
LIKELY_NAME = 90
_PICTURE = re.compile(r"<figure>.*?</figure>|<p>\[ภาพในไฟล์[^<]*</p>")
_PASSAGES = {PieceKind.ANALYSIS, PieceKind.OBSTACLES, PieceKind.REMEDIES}


def owner_field(name: str) -> str:
    """The name of the form field that decides about this owner."""
    return f"owner-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class UnknownOwner:
    """A name that is in no list: what is chosen for it, and the owner with nearly the same name."""

    name: str
    field: str
    choice: str
    alike: Owner | None


@dataclass
class _OwnerLine:
    """An owner line, and whether an activity took it."""

    piece: Mapping[str, Any]
    names: list[PlannedOwner]
    used: bool = False

    @property
    def codes(self) -> set[str]:
        return {self.piece["code"], *self.piece["also"]}

    def goes_on_for(self, activity: PlannedActivity) -> bool:
        return bool(self.piece["own_column"]) and activity.codes[0] in self.codes

    def give(self, activity: PlannedActivity) -> None:
        activity.owners, self.used = list(self.names), True


class Answers:
    """What was understood with the decisions of the last press, or with our suggestions before the first."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming
        self.understood: dict[str, Any] = incoming.understood
        self.given: dict[str, str] | None = self.understood.get("answers")

    @staticmethod
    def plain(posted: Mapping[str, str]) -> dict[str, str]:
        """The fields of ours in what was posted."""
        wanted = (
            "kind-",
            "code-",
            "agency-",
            "award-",
            "year-",
            "fix-",
            "owner-",
            "feedback_year",
            "step",
            "year_agreed",
        )
        return {name: normalise(str(posted[name]))[:500] for name in posted if name.startswith(wanted)}

    def value(self, name: str, suggested: str) -> str:
        """The answer, or our suggestion where the page had no such field."""
        return suggested if self.given is None else self.given.get(name, suggested)

    def ticked(self, name: str, suggested: bool) -> bool:
        """Whether a box is ticked; an unticked box sends nothing."""
        return suggested if self.given is None else name in self.given

    # --- pieces ---

    @cached_property
    def codes(self) -> list[str]:
        """The codes of the criteria of categories 1–6 of the round's edition."""
        rows = EditionCriterion.objects.filter(
            edition=self.incoming.round.edition_id, category__number__lte=6
        )
        return list(rows.order_by("position").values_list("code", flat=True))

    @cached_property
    def pieces(self) -> list[dict[str, Any]]:
        """Every piece but headings, with kind, criterion and case facts as decided."""
        return [
            self._decided(piece) for piece in self.understood["pieces"] if piece["kind"] != PieceKind.HEADING
        ]

    def _decided(self, piece: dict[str, Any]) -> dict[str, Any]:
        number = piece["number"]
        code = self.value(f"code-{number}", piece["code"])
        year = self.value(f"year-{number}", str(piece["award_year"] or ""))
        return piece | {
            "kind": self.value(f"kind-{number}", piece["kind"]),
            "code": code,
            "also": piece["also"] if code == piece["code"] else [],
            "agency": self.value(f"agency-{number}", piece["agency"]).strip(),
            "award": self.value(f"award-{number}", piece["award"]).strip(),
            "award_year": to_arabic_digits(year).strip(),
        }

    # --- corrections ---

    @cached_property
    def agreed(self) -> set[tuple[str, str]]:
        """The corrections that are ticked."""
        return {
            (each["before"], each["after"])
            for index, each in enumerate(self.understood["corrections"])
            if self.ticked(f"fix-{index}", each["agreed"])
        }

    # --- owners ---

    @cached_property
    def owners(self) -> dict[str, Owner]:
        """Every owner of the agency by spelling of name and abbreviation."""
        found: dict[str, Owner] = {}
        for owner in Owner.objects.filter(agency=self.incoming.round.agency_id):
            for name in (owner.abbreviation, owner.name):
                if name:
                    found[spelling(name)] = owner
        return found

    @cached_property
    def unknown_owners(self) -> list[UnknownOwner]:
        """The names of owner lines that are in no list, each once."""
        names: dict[str, None] = {}
        for piece in self.pieces:
            if piece["kind"] == PieceKind.OWNERS:
                names |= dict.fromkeys(
                    each.name for each in self._split(piece) if spelling(each.name) not in self.owners
                )
        return [self._unknown(name) for name in names]

    def _unknown(self, name: str) -> UnknownOwner:
        bare = _core(name)
        alike = next((owner for key, owner in self.owners.items() if _core(key) == bare), None)
        suggested = str(alike.pk) if alike else NEW if len(name) <= LIKELY_NAME else LEAVE
        return UnknownOwner(name, owner_field(name), self.value(owner_field(name), suggested), alike)

    def _split(self, piece: Mapping[str, Any]) -> list[OwnerName]:
        return split_owners(_line_of(piece), {key: owner.name for key, owner in self.owners.items()})

    # --- the plan ---

    def plan(self) -> Plan:
        """Everything as it will be written. Raises RefusedFile with the place of what cannot be."""
        self._check_year()
        self._check_owners()
        plan = Plan(feedback_year=self._year(self.feedback_year, "ปีของข้อเสนอแนะ"), step=self._step())
        pieces = self._joined()
        for piece in pieces:
            self._check_place(piece)
            self._add(plan, piece)
        self._attach_owners(plan, pieces)
        return plan

    @property
    def feedback_year(self) -> str:
        """The Buddhist-era year of the feedback: what the file says, otherwise the year before its form."""
        form_year = self.understood["year"]
        said = self.understood["feedback_year"] or (
            form_year - 1 if form_year else self.incoming.round.feedback_year
        )
        return self.value("feedback_year", str(said))

    @property
    def step(self) -> str:
        """The step of the feedback."""
        return self.value("step", str(self.understood["step"] or self.incoming.round.feedback_step))

    @property
    def other_year(self) -> int | None:
        """The year of the form where it is not the round's."""
        year: int | None = self.understood["year"]
        return year if year and year != self.incoming.round.year else None

    def _check_year(self) -> None:
        if self.other_year and not self.ticked("year_agreed", False):
            year = self.incoming.round.year
            raise RefusedFile(
                f"แบบฟอร์มในไฟล์เป็นของปี {self.other_year} แต่ท่านกำลังนำเข้าปี {year} "
                "หากตั้งใจ กรุณาเลือก “นำเข้าปีนี้แม้ปีไม่ตรงกัน” แล้วยืนยันอีกครั้ง"
            )

    def _check_owners(self) -> None:
        """A line that became one of owners by this press brings names that nobody was asked about yet."""
        unasked = [
            each.name
            for each in self.unknown_owners
            if self.given is not None and each.field not in self.given
        ]
        if unasked:
            names = " · ".join(f"“{name[:LIKELY_NAME]}”" for name in unasked)
            raise RefusedFile(f"{names} ยังไม่มีในรายชื่อผู้รับผิดชอบ กรุณาเลือกว่าจะให้เป็นผู้ใด แล้วยืนยันอีกครั้ง")

    def _year(self, typed: str, label: str) -> int:
        digits = to_arabic_digits(typed).strip()
        if not (digits.isdecimal() and 2400 <= int(digits[:6]) <= 2700):
            raise RefusedFile(f"{label}: “{typed}” ไม่ใช่ปีพุทธศักราชสี่หลัก เช่น 2564")
        return int(digits)

    def _step(self) -> int:
        if self.step not in ("1", "2", "3"):
            raise RefusedFile("กรุณาเลือกขั้นตอนของข้อเสนอแนะ 1, 2 หรือ 3")
        return int(self.step)

    def _joined(self) -> list[dict[str, Any]]:
        """The pieces that are written, those that go on with the one before joined to it."""
        kept: list[dict[str, Any]] = []
        for piece in self.pieces:
            if piece["kind"] == SKIP:
                continue
            if piece["kind"] != JOIN:
                kept.append(piece)
                continue
            before = next((each for each in reversed(kept) if each["code"] == piece["code"]), None)
            if before is None:
                raise RefusedFile(f"{_where(piece)}: ไม่มีชิ้นก่อนหน้าในข้อ {piece['code']} ให้ต่อ กรุณาเลือกประเภทอื่น")
            kept[kept.index(before)] = before | {
                "text": f"{before['text']}\n{piece['head']}{piece['text']}",
                "html": before["html"] + _with_head(piece),
            }
        return kept

    def _check_place(self, piece: Mapping[str, Any]) -> None:
        kinds = {kind.value for kind in PieceKind} - {PieceKind.HEADING.value}
        of_category = (
            piece["kind"] in (PieceKind.OBSTACLES, PieceKind.REMEDIES) and piece["code"] in CATEGORIES
        )
        if piece["kind"] not in kinds or not (piece["code"] in self.codes or of_category):
            raise RefusedFile(
                f"{_where(piece)}: กรุณาเลือกประเภทและเกณฑ์ให้ครบ (ทั้งหมวดเลือกได้เฉพาะปัญหาและแนวทางแก้ไข)"
            )

    def _add(self, plan: Plan, piece: dict[str, Any]) -> None:
        code, place = piece["code"], piece["place"]
        codes = (code, *(each for each in piece["also"] if each in self.codes))
        text = corrected(piece["text"], self.agreed)
        html = corrected_html(piece["html"], self.agreed)
        match piece["kind"]:
            case PieceKind.FEEDBACK:
                head = corrected(piece["head"], self.agreed)
                if f"{head}{text}".strip():
                    plan.points.append(PlannedPoint(code, f"{head}{text}".strip(), place))
                # feedback is plain text; its pictures go to the notes
                pictures = (PlannedPassage(code, "note", each, place) for each in _PICTURE.findall(html))
                plan.passages.extend(pictures)
            case PieceKind.PRACTICE:
                plan.cases.append(self._case(piece, codes, html))
            case PieceKind.ACTIVITY:
                plan.activities.append(
                    PlannedActivity(codes, corrected_html(_with_head(piece), self.agreed), place)
                )
            case PieceKind.OWNERS:
                pass
            case kind:
                target = kind if kind in _PASSAGES else "note"
                html = corrected_html(_with_head(piece), self.agreed)
                plan.passages.append(PlannedPassage(code, target, html, place))

    def _case(self, piece: Mapping[str, Any], codes: tuple[str, ...], html: str) -> PlannedCase:
        name, award = (corrected(piece[key], self.agreed) for key in ("agency", "award"))
        if not name or len(name) > 200 or len(award) > 200:
            raise RefusedFile(
                f"{_where(piece)}: กรุณาระบุชื่อหน่วยงานของตัวอย่าง (ไม่เกิน 200 ตัวอักษร) หรือเลือกประเภทอื่น"
            )
        typed = piece["award_year"]
        year = self._year(typed, f"{_where(piece)} ปีที่ได้รับรางวัล") if typed else None
        return PlannedCase(codes, name, award, year, html, piece["place"])

    # --- owners of activities ---

    def _attach_owners(self, plan: Plan, pieces: list[dict[str, Any]]) -> None:
        """An owner line belongs to the activities before it that have none; without any it is a note.

        In a column of its own it also counts for the activities of the rows that go on.
        """
        activities = iter(plan.activities)
        waiting: list[PlannedActivity] = []
        lines: list[_OwnerLine] = []
        for piece in pieces:
            if piece["kind"] == PieceKind.ACTIVITY:
                activity = next(activities)
                waiting.append(activity)
                columns = (line for line in reversed(lines) if line.goes_on_for(activity))
                if line := next(columns, None):
                    line.give(activity)
            elif piece["kind"] == PieceKind.OWNERS:
                line = _OwnerLine(piece, list(self._resolved(plan, piece)))
                lines.append(line)
                for activity in [each for each in waiting if line.codes & set(each.codes)]:
                    line.give(activity)
                    waiting.remove(activity)
        for line in lines:
            if not line.used:
                self._note_owners(plan, line.piece, _line_of(line.piece))

    def _resolved(self, plan: Plan, piece: Mapping[str, Any]) -> Iterable[PlannedOwner]:
        choices = {each.name: each.choice for each in self.unknown_owners}
        by_key = {str(owner.pk): owner for owner in self.owners.values()}
        for each in self._split(piece):
            owner = self.owners.get(spelling(each.name))
            choice = choices.get(each.name, NEW)
            if owner is None and choice not in (NEW, LEAVE):
                owner = by_key.get(choice)
                choice = NEW if owner else LEAVE
            too_long = len(each.note) > LONGEST or (owner is None and len(each.name) > LONGEST)
            if owner is None and (choice == LEAVE or too_long):
                self._note_owners(plan, piece, f"{each.name} ({each.note})" if each.note else each.name)
            else:
                note = corrected(each.note, self.agreed)
                yield PlannedOwner(owner, corrected(each.name, self.agreed), each.joiner, note)

    def _note_owners(self, plan: Plan, piece: Mapping[str, Any], text: str) -> None:
        html = text_to_html(f"ผู้รับผิดชอบ: {corrected(text, self.agreed)}")
        plan.passages.append(PlannedPassage(piece["code"], "note", html, piece["place"]))


def _core(name: str) -> str:
    """A name without «สำนักงาน» or «สำนัก» before it, which people mix up."""
    bare = spelling(name)
    for start in ("สำนักงาน", "สำนัก"):
        if bare.startswith(start) and len(bare) > len(start):
            return bare.removeprefix(start)
    return bare


def _line_of(piece: Mapping[str, Any]) -> str:
    """The owner line, with the characters that we took for an agency when we read it as a case."""
    return f"{piece['head']}{piece['text']}"


def _where(piece: Mapping[str, Any]) -> str:
    return f"ข้อ {piece['code']} {piece['place']}"


def _with_head(piece: Mapping[str, Any]) -> str:
    """The text with the characters that named agency and award, where the piece is not a case any more."""
    return text_to_html(piece["head"]) + str(piece["html"])
