"""The words with which agencies build the form: titles, bands, labels, codes, list markers, each in its spellings."""

from __future__ import annotations

import re

from thai.matching import opcodes
from thai.text import normalise, to_arabic_digits

_DIGIT = "[0-9๐-๙]"
# ชั้นตอน is how scanners read ขั้นตอน
STEP = rf"[ขช]ั้นตอนที่\s*{_DIGIT}"
YEAR = rf"(?:ปี\s*)?(?:งบประมาณ\s*)?(?:พ\s*\.?\s*ศ\s*\.?\s*)?{_DIGIT}{{2,4}}"
COLON = r"\s*[:：\-–]?\s*"

TITLE = re.compile(r"^\s*(?:\(?ร่าง\)?\s*)?แบบฟอร์ม")
BAND = re.compile(rf"^\s*หมวด(?:ที่)?\s*({_DIGIT})(?!{_DIGIT})")
CODE = re.compile(
    rf"^\s*(?P<word>เกณฑ์\s*(?:ข้อ|ที่)?|หัวข้อ|ข้อ(?:ที่)?)?\s*(?P<code>{_DIGIT}\s*\.\s*{_DIGIT})(?![0-9๐-๙]|\.{_DIGIT})\s*[.:]?\s*"
)
_FEEDBACK = (
    r"(?:Feed\s?back|FEEDBACK|feedback)(?:\s*(?:ของ|จาก)?\s*(?:สำนักงาน\s*)?ก\s*\.\s*พ\s*\.\s*ร\s*\.?)?"
    rf"(?:\s*{STEP})?(?:\s*(?:ปี|พ\.ศ\.)\s*(?:พ\.ศ\.\s*)?{_DIGIT}{{2,4}})?"
)
FEEDBACK = re.compile(
    rf"^\s*(?:{_FEEDBACK}|ข้อเสนอแนะ(?:ของ|จาก)?(?:\s*สำนักงาน)?\s*ก\.พ\.ร\.(?:\s*{YEAR})?|ข้อเสนอแนะ(?=\s*[:：])){COLON}"
)
FEEDBACK_INSIDE = re.compile(rf"{_FEEDBACK}\s*[:：]\s*")
OWNER = re.compile(rf"^\s*(?:ผู้|หน่วยงานที่|หน่วยงาน)รับผิดชอบ(?:หลัก)?(?![ก-๎]){COLON}|^\s*ผู้รับผิดชอบ(?:หลัก)?{COLON}")
OWNER_INSIDE = re.compile(r"ผู้รับผิดชอบ(?:หลัก)?\s*[:：]?\s*")
ANALYSIS = re.compile(rf"^\s*(?:บทวิเคราะห์|ผลการวิเคราะห์(?=\s*(?:[:：]|$))){COLON}")
OBSTACLES = re.compile(rf"^\s*ปัญหา\s*(?:และ|/)?\s*อุปสรรค{COLON}")
REMEDIES = re.compile(rf"^\s*(?:แนวทาง(?:การ)?แก้ไข(?:ปัญหา)?|ข้อเสนอแนะในการแก้ไข(?:ปัญหา)?){COLON}")
PRACTICES = re.compile(
    r"^\s*(?:ตัวอย่าง(?:หน่วยงาน)?(?:ที่เป็นเลิศ)?\s*(?:\(?\s*Best\s*Practices?\s*\)?)|ตัวอย่าง(?:หน่วยงาน)?ที่เป็นเลิศ|Best\s*Practices?)"
    rf"{COLON}",
    re.IGNORECASE,
)
ACTIVITIES = re.compile(
    rf"^\s*กิจกรรม\s*(?:/\s*)?(?:การ|แนวทางการ)?(?:ดำเนินงาน|ดำเนินการ)?(?:\s*(?:ใน)?{YEAR})?(?:\s*/\s*ผู้รับผิดชอบ)?\s*[:：]?\s*$"
)
# What a person or a typist puts before the items of a list.
MARKER = re.compile(
    rf"^\s*(?:(?P<bullet>[-–•●▪◦○*➢✓])\s*|(?P<bracket>\({_DIGIT}{{1,2}}\))\s*|(?P<paren>{_DIGIT}{{1,2}}\))\s*"
    rf"|(?P<dot>{_DIGIT}{{1,2}}\.)(?!{_DIGIT})\s*|(?P<circle>[❶-❿①-⑳])\s*)"
)
PAGE_NUMBER = re.compile(
    rf"^\s*(?:หน้า(?:ที่)?\s*)?[-–]?\s*{_DIGIT}{{1,3}}\s*(?:(?:/|จาก)\s*{_DIGIT}{{1,3}})?\s*[-–]?\s*$"
)
_YEAR_NUMBER = re.compile(
    rf"(?:ปี(?:งบประมาณ)?|พ\s*\.?\s*ศ\s*\.?)\s*(?:พ\s*\.?\s*ศ\s*\.?)?\s*({_DIGIT}{{4}}|{_DIGIT}{{2}})(?!{_DIGIT})"
)
_STEP_NUMBER = re.compile(r"[ขช]ั้นตอนที่\s*([1-3๑-๓])")


def squash(text: str) -> str:
    """The characters that carry the text: normalised, without white space."""
    return re.sub(r"\s+", "", normalise(text))


def code_of(match: re.Match[str]) -> str:
    """«๖ . ๑» is 6.1."""
    return squash(to_arabic_digits(match["code"]))


def full_year(digits: str) -> int | None:
    """A Buddhist-era year from two or four digits of either script; None for anything else."""
    number = int(to_arabic_digits(digits))
    if number < 100:
        return 2500 + number
    return number if 2400 <= number <= 2700 else None


def year_in(text: str) -> int | None:
    """The Buddhist-era year that a title or a label names."""
    found = _YEAR_NUMBER.search(text)
    return full_year(found[1]) if found else None


def step_in(text: str) -> int | None:
    """The step 1–3 that a label names."""
    found = _STEP_NUMBER.search(text)
    return int(to_arabic_digits(found[1])) if found else None


def marker_style(text: str, label: str, level: int) -> str:
    """How a line begins: the kind of its list marker with its level, empty without one."""
    if label:
        found = MARKER.match(f"{label} ")
        return f"{found.lastgroup if found else 'label'} {level}"
    found = MARKER.match(text)
    return f"{found.lastgroup} typed" if found else ""


def alike(one: str, other: str) -> float:
    """How near two names of a criterion are, 0–1; a beginning of the other counts as near."""
    one, other = squash(one), squash(other)
    # a line that is much longer than a name is none; comparing it would take long
    if not one or not other or max(len(one), len(other)) > 8 * min(len(one), len(other)) + 40:
        return 0.0
    if len(one) >= 8 and (other.startswith(one) or one.startswith(other)):
        return min(len(one), len(other)) / max(len(one), len(other)) * 0.4 + 0.6
    same = sum(end - start for operation, start, end, *_ in opcodes(one, other) if operation == "equal")
    return 2 * same / (len(one) + len(other))
