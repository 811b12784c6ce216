"""What a tag is: three proposed ones, which carry a Thai word beside them, and any word of an agency's own.

Everything here is pure. Two spellings that differ in blanks or capitals are one tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from thai.text import normalise, one_line

PROPOSED: Final = {
    "Collaboration": "การสานพลัง",
    "Innovation": "นวัตกรรม",
    "Digitalization": "ความเป็นดิจิทัล",
}
MAX_TAGS: Final = 10
MAX_TAG: Final = 40
_BETWEEN: Final = re.compile(r"[,;，、\n]+")


def folded(name: str) -> str:
    """What two spellings of one tag have in common."""
    return "".join(normalise(name).casefold().split())


def shown(name: str) -> str:
    """The tag as pages show it: Innovation (นวัตกรรม)."""
    return f"{name} ({PROPOSED[name]})" if name in PROPOSED else name


# A proposed tag may be written in either language, or as it is shown.
_NAMES: Final = {
    folded(spelling): name
    for name, thai in PROPOSED.items()
    for spelling in (name, thai, f"{name} ({thai})", f"#{name}")
}


def tag_name(typed: str) -> str:
    """The tag that somebody means: one of the proposed ones, or the word as it was typed."""
    name = one_line(normalise(typed)).lstrip("#").strip()
    return _NAMES.get(folded(name), name)


def tags_in(typed: str) -> list[str]:
    """The tags of a line, divided by commas, each once."""
    return distinct(_BETWEEN.split(typed))


def distinct(names: Iterable[str]) -> list[str]:
    """The tags that are meant, each once, in their order."""
    found: dict[str, str] = {}
    for name in map(tag_name, names):
        if name:
            found.setdefault(folded(name), name)
    return list(found.values())


def tags_fault(names: Iterable[str]) -> str:
    """Why these cannot be the tags of one case; "" when they can."""
    names = list(names)
    if len(names) > MAX_TAGS:
        return f"มีแท็ก {len(names)} คำ ต้องไม่เกิน {MAX_TAGS}"
    if long := next((name for name in names if len(name) > MAX_TAG), ""):
        return f"แท็ก “{long[:MAX_TAG]}…” ยาว {len(long):,} อักขระ ต้องไม่เกิน {MAX_TAG} กรุณาคั่นแต่ละแท็กด้วยจุลภาค"
    if mixed := next((name for name in names if _BETWEEN.search(name)), ""):
        return f"แท็ก “{mixed}” ต้องไม่มีจุลภาคหรืออัฒภาค"
    return ""


def same_tags(some: Iterable[str], others: Iterable[str]) -> bool:
    """Both name the same tags, however spelt."""
    return {folded(name) for name in some} == {folded(name) for name in others}


def in_order(names: Iterable[str]) -> list[str]:
    """The proposed ones first, then the others by their letters: what exports and pages keep to."""
    order = list(PROPOSED)
    return sorted(names, key=lambda name: (order.index(name) if name in PROPOSED else len(order), name))
