"""What the fields of a case must look like, whatever file they come from; sentences are for the person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from practices.agencies import core_name, spelling
from practices.rows import AgencyValues, Place

# Criterion code → (position in the edition, primary key)
Codes = dict[str, tuple[int, int]]

KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST: Final = {
    "key": 80,
    "code": 40,
    "agency": 200,
    "short_name": 40,
    "title": 300,
    "award": 200,
    "summary": 2_000,
    "source": 300,
}
# (field, sentence)
FieldFault = tuple[str, str]


def key_fault(key: str) -> str:
    """Why a natural key cannot be used; "" when it can."""
    return "" if KEY.fullmatch(key) else f"รหัส “{key}” ต้องเป็นอักษร a–z ตัวเลข 0–9 และขีด (-) เท่านั้น"


def length_fault(name: str, text: str) -> str:
    """Why a text is too long for its field; "" when it is not."""
    longest = LONGEST.get(name)
    if longest is None or len(text) <= longest:
        return ""
    return f"ยาว {len(text):,} อักขระ ต้องไม่เกิน {longest:,}"


def unknown_code(code: str, codes: Iterable[str]) -> str:
    """Why an edition with these criterion codes has no such one."""
    if not code[:1].isdecimal():
        return f"ไม่เข้าใจ “{code[:40]}” กรุณาใช้รหัสเกณฑ์ เช่น 1.1"
    categories = sorted({known.split(".")[0] for known in codes})
    if code.split(".")[0] not in categories:
        return f"ไม่มีหมวด {code.split('.')[0]} ในเกณฑ์ฉบับนี้ (มีหมวด {categories[0]}–{categories[-1]})"
    return f"ไม่มีเกณฑ์ {code} ในเกณฑ์ฉบับนี้"


def criteria_of(codes: Iterable[str], known: Codes) -> tuple[int, ...]:
    """The criteria of these codes, all known, in the order of the edition."""
    return tuple(criterion for _, criterion in sorted({known[code] for code in codes}))


def unknown_edition(code: str, known: str) -> str:
    """Why criteria cannot be read in this edition."""
    return f"ไม่รู้จักเกณฑ์ฉบับ “{code}” ฉบับที่มีในระบบ: {known}"


@dataclass
class SeenCases:
    """Which cases the files have brought so far, so that none comes twice."""

    keys: dict[str, str] = field(default_factory=dict)
    titles: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)

    def key_fault(self, key: str, place: Place) -> str:
        """Note the key; why it may not come again, "" when it is new."""
        where = str(place)
        first = self.keys.setdefault(key, where)
        return "" if first == where else f"มีรหัส “{key}” แล้วที่ {first}"

    def title_fault(self, agency: str, title: str, *, keyed: bool, place: Place) -> str:
        """Note the title of an agency; two rows with one may only come when both have a key of their own."""
        where = str(place)
        first, first_keyed = self.titles.setdefault((agency, title), (where, keyed))
        return "" if first == where or (keyed and first_keyed) else f"เรื่องนี้ซ้ำกับที่ {first}"


@dataclass
class SeenAgencies:
    """The bodies that the files have named so far: one body is called the same everywhere."""

    by_code: dict[str, tuple[AgencyValues, str]] = field(default_factory=dict)
    by_core: dict[str, tuple[AgencyValues, str]] = field(default_factory=dict)
    by_short: dict[str, AgencyValues | None] = field(default_factory=dict)

    def faults(self, agency: AgencyValues, place: Place) -> Iterator[FieldFault]:
        """Note the body; how it contradicts what was said before."""
        where = str(place)
        if agency.code:
            known, first = self.by_code.setdefault(agency.code, (agency, where))
            yield from _contradictions(agency, known, first)
        if agency.name:
            known, first = self.by_core.setdefault(core_name(agency.name), (agency, where))
            if fault := _alike(agency, known, first):
                yield "agency", fault
        if agency.short_name:
            known_short = self.by_short.setdefault(agency.short_name, agency)
            if known_short and known_short.name != agency.name:
                # two bodies with one short name: it no longer says which
                self.by_short[agency.short_name] = None

    def called(self, name: str) -> AgencyValues | None:
        """The body that the files introduced under this short name, when only one has it."""
        return self.by_short.get(name)


def _contradictions(agency: AgencyValues, known: AgencyValues, first: str) -> Iterator[FieldFault]:
    for field_name, attribute in (("agency", "name"), ("short_name", "short_name"), ("kind", "kind")):
        here, there = getattr(agency, attribute), getattr(known, attribute)
        if here and there and here != there:
            yield field_name, f"“{here}” ไม่ตรงกับ “{there}” ที่ {first}"


def _alike(agency: AgencyValues, known: AgencyValues, first: str) -> str:
    """Two codes for one body, or two spellings of its name."""
    if agency.code and known.code and agency.code != known.code:
        place = f"“{known.name}” รหัส {known.code} ที่ {first}"
        return f"สะกดคล้ายกับ {place} กรุณาใช้หน่วยงานเดียวกันด้วยรหัสเดียว"
    if agency.code and agency.code == known.code:
        return ""
    only_blanks = spelling(agency.name) == spelling(known.name)
    if agency.name != known.name and (only_blanks or not agency.kind):
        return f"สะกดคล้ายกับ “{known.name}” ที่ {first} กรุณาใช้ชื่อเดียวกัน"
    return ""
