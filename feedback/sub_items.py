"""The sub-item (ข้อย่อย) that a point is about: a code such as 3.1.1 of that year's edition.

Editions name few sub-items, so any code that belongs to the criterion is taken; those that are named are offered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from framework.models import EditionCriterion, SubItem
from thai.text import normalise, to_arabic_digits

# What stands before the code when somebody writes it out.
_WORDS: Final = re.compile(r"^(?:ข้อย่อย|ข้อ|เกณฑ์)\s*(?:ที่)?\s*")
_NUMBER: Final = r"\s?\.\s?([1-9๑-๙][0-9๐-๙]?)(?![0-9๐-๙.])"

# By primary key of the criterion: code and text of its sub-items.
Known = Mapping[int, Mapping[str, str]]


def known_sub_items(wordings: Iterable[EditionCriterion]) -> Known:
    """The sub-items that these editions name, in one query."""
    by_wording = {wording.pk: wording.criterion_id for wording in wordings}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for item in SubItem.objects.filter(criterion__in=by_wording).order_by("criterion_id", "position"):
        found[by_wording[item.criterion_id]][item.code] = item.text
    return dict(found)


def stored_sub_item(typed: str) -> str:
    """A code as it is stored: «ข้อ ๓.๑.๑» is 3.1.1."""
    plain = _WORDS.sub("", to_arabic_digits(normalise(typed)).strip())
    return "".join(plain.split()).rstrip(".")


def sub_item_fault(code: str, wording: EditionCriterion, known: Known) -> str:
    """Why a stored code cannot stand at a point about this criterion, as a Thai sentence; "" when it can."""
    named = known.get(wording.criterion_id, {})
    if not code or code in named or re.fullmatch(rf"{re.escape(wording.code)}\.[1-9][0-9]?", code):
        return ""
    return f"“{code}” ไม่ใช่ข้อย่อยของเกณฑ์ {wording.code} ข้อย่อยเขียนเช่น {next(iter(named), wording.code + '.1')}"


def suggest_sub_item(text: str, wording: EditionCriterion, known: Known) -> str:
    """The one sub-item of the criterion that the text names by its code or quotes; "" for none or several."""
    code = r"\s?\.\s?".join(_either(digit) for digit in wording.code.split("."))
    numbers = {to_arabic_digits(number) for number in re.findall(rf"(?<![0-9๐-๙.]){code}{_NUMBER}", text)}
    named = {f"{wording.code}.{number}" for number in numbers}
    bare = "".join(text.split())
    quoted = {
        name for name, words in known.get(wording.criterion_id, {}).items() if "".join(words.split()) in bare
    }
    found = named or quoted
    return found.pop() if len(found) == 1 else ""


def _either(number: str) -> str:
    """A number in Arabic or Thai digits."""
    return "".join(f"[{digit}{chr(ord('๐') + int(digit))}]" if digit.isdigit() else digit for digit in number)
