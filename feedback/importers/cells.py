"""The cells of one point: what each of them means, and what is wrong with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from feedback.forms import LONGEST_TEXT
from feedback.grammar import mark_faults
from feedback.services.decisions import MAX_REASON
from framework.enums import CategoryKind, LevelCode
from framework.models import EditionCriterion
from organizations.importers.tables import year_in_cell
from thai.dates import BE_OFFSET, FIRST_BE_YEAR, LAST_BE_YEAR
from thai.text import to_arabic_digits

from .columns import MARKS
from .markup import Stripped, without_markup

LEVELS: Final = {name.casefold(): code.value for code in LevelCode for name in (code.value, code.label)}
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
# Of one criterion and year; the model holds no more.
_LAST_POSITION: Final = 30_000


@dataclass
class Cells:
    """The cells of one point; reading them collects `faults` and `notes` as (field, Thai sentence)."""

    fields: Mapping[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def states(self, name: str) -> bool:
        """Whether the row says something of this field: a point that was exported says all, also that it is empty."""
        return name in self.fields and bool(self.fields[name] or self.fields.get("uid"))

    def year(self) -> int | None:
        """The Buddhist-era year."""
        year, fault = year_in_cell(self.fields.get("year", ""))
        if fault or year is None:
            self.faults.append(("year", fault or "ยังไม่ได้กรอกปี"))
        return year

    def meant_year(self) -> int | None:
        """The year of a cell that has it in the Christian era: enough to look at the rest of the row."""
        plain = to_arabic_digits(self.fields.get("year", "")).strip()
        year = int(plain) + BE_OFFSET if plain.isdecimal() and len(plain) == 4 else 0
        return year if FIRST_BE_YEAR <= year <= LAST_BE_YEAR else None

    def step(self) -> int | None:
        """The step, 1–3."""
        typed = self.fields.get("step", "")
        plain = to_arabic_digits(typed).removeprefix("ขั้นตอนที่").strip()
        if plain in ("1", "2", "3"):
            return int(plain)
        self.faults.append(("step", f"“{typed}” ไม่ใช่ขั้นตอนที่ 1–3" if typed else "ยังไม่ได้กรอกขั้นตอน"))
        return None

    def wording(self, year: int, codes: Mapping[str, EditionCriterion]) -> EditionCriterion | None:
        """The criterion of this code in the edition of that year, and only a criterion of processes.

        One that this edition does not have is known by its identity, which is what an export writes then.
        """
        typed = to_arabic_digits(self.fields.get("criterion", ""))
        code = typed.removeprefix("เกณฑ์").removeprefix("ข้อ").strip()
        wording = codes.get(code)
        if wording and wording.category.kind == CategoryKind.PROCESS:
            return wording
        self.faults.append(("criterion", _unknown(code, year, codes) if code else "ยังไม่ได้กรอกรหัสเกณฑ์"))
        return None

    def text(self) -> str:
        """OPDC's words; markup in them is taken off and said."""
        text = self._plain("text")
        if not text:
            self.faults.append(("text", "ยังไม่ได้กรอกข้อความ"))
        elif len(text) > LONGEST_TEXT:
            self.faults.append(("text", f"ข้อความยาว {len(text):,} อักขระ ต้องไม่เกิน {LONGEST_TEXT:,}"))
        return text

    def marks(self, text: str) -> dict[str, str]:
        """The marks that the row states; the passages as they stand in the text."""
        marks = {name: self.fields[name] for name in MARKS if self.states(name)}
        for name in ("strength", "gap"):
            if name in marks:
                marks[name] = _in_text(self._plain(name), text)
        if level := marks.get("level"):
            marks["level"] = LEVELS.get(level.casefold(), "")
            if not marks["level"]:
                names = " · ".join(code.label for code in LevelCode)
                self.faults.append(("level", f"ไม่รู้จักระดับ “{level}” ระดับที่ใช้ได้คือ {names}"))
        self.faults += mark_faults(text, marks.get("strength", ""), marks.get("gap", ""))
        return marks

    def declined(self) -> str | None:
        """Why nothing will be done; "" when something will, None when the row does not say."""
        if not self.states("declined"):
            return None
        reason = self.fields["declined"]
        if len(reason) > MAX_REASON:
            self.faults.append(
                ("declined", f"เหตุผลยาว {len(reason):,} อักขระ กรุณาเขียนไม่เกิน {MAX_REASON:,} อักขระ")
            )
        return reason

    def position(self) -> int | None:
        """The place among the points of the criterion and year, from 1."""
        typed = to_arabic_digits(self.fields.get("position", ""))
        if not typed:
            return None
        if typed.isdecimal() and len(typed) < 6 and 1 <= int(typed) <= _LAST_POSITION:
            return int(typed)
        self.faults.append(("position", f"“{typed[:20]}” ไม่ใช่ลำดับ กรุณาพิมพ์จำนวนเต็มตั้งแต่ 1"))
        return None

    def uid(self) -> uuid.UUID | None:
        """What an exported point is known by."""
        typed = self.fields.get("uid", "")
        try:
            return uuid.UUID(typed) if typed else None
        except ValueError:
            self.faults.append(("uid", "รหัสอ้างอิงไม่ครบหรือถูกแก้ไข กรุณาใช้รหัสจากไฟล์ที่ส่งออก หรือเว้นว่างสำหรับข้อใหม่"))
            return None

    def _plain(self, name: str) -> str:
        found: Stripped = without_markup(self.fields.get(name, ""))
        if found.tags:
            self.notes.append((name, f"ตัดคำสั่ง HTML ออก ({found.tags}) เหลือเฉพาะข้อความ กรุณาตรวจ"))
        return found.text


def _in_text(mark: str, text: str) -> str:
    """The mark as it stands in the text, where only blanks differ: cells lose them easily."""
    if not mark or mark in text:
        return mark
    found = re.search(r"\s+".join(map(re.escape, mark.split())), text)
    return found[0] if found else mark


def _unknown(code: str, year: int, codes: Mapping[str, EditionCriterion]) -> str:
    if not codes:
        return "ยังไม่มีเกณฑ์ PMQA ในระบบ กรุณาแจ้งผู้ดูแลระบบให้นำเข้าเกณฑ์ก่อน"
    if _DATE.match(code):
        return "Excel เปลี่ยนรหัสเป็นวันที่ กรุณาจัดรูปแบบเซลล์เป็นข้อความแล้วพิมพ์รหัสใหม่"
    edition = next(iter(codes.values())).edition
    numbers = sorted({w.category.number for w in codes.values() if w.category.kind == CategoryKind.PROCESS})
    number = code.split(".")[0]
    if number not in map(str, numbers):
        allowed = f"ข้อเสนอแนะรับเฉพาะหมวด {numbers[0]}–{numbers[-1]}"
        return f"“{code}” อยู่ในหมวด {number} {allowed}" if code in codes else f"ไม่มีหมวด {number} {allowed}"
    return f"ไม่มีเกณฑ์ {code} ในเกณฑ์ฉบับ {edition.code} ซึ่งใช้กับปี {year}"
