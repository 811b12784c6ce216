"""What changed from one text to another, block by block: unchanged paragraphs stay apart from the changed ones.

Comparing words is dear for long texts; here only the words of blocks that differ are compared, and a page can leave
the others out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from thai.differences import render_differences
from thai.matching import opcodes

from .cleaning import sanitise

_TAG: Final = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_VOID: Final = frozenset({"br", "img"})


@dataclass(frozen=True)
class Stretch:
    """Some blocks in a row. Changed ones carry their words in <ins> and <del> and are safe to print.

    Unchanged ones are rich text as it is stored.
    """

    html: str
    changed: bool


def stretches(old: str, new: str) -> tuple[Stretch, ...]:
    """How rich text `old` became `new`: alternating unchanged and changed stretches, in order.

    Rows may be older than today's allow-list, so both texts pass it once more.
    """
    before, after = _blocks(sanitise(old)), _blocks(sanitise(new))
    found = []
    for operation, old_start, old_end, new_start, new_end in opcodes(before, after):
        was, stands = "".join(before[old_start:old_end]), "".join(after[new_start:new_end])
        changed = operation != "equal"
        found.append(Stretch(render_differences(was, stands) if changed else stands, changed))
    return tuple(found)


def _blocks(html: str) -> list[str]:
    """A clean text cut at the ends of its outermost elements; joined again it is the same text."""
    blocks: list[str] = []
    start = depth = 0
    for match in _TAG.finditer(html):
        if match[2] in _VOID:
            continue
        depth += -1 if match[1] else 1
        if depth == 0:
            blocks.append(html[start : match.end()])
            start = match.end()
    return [*blocks, html[start:]] if html[start:] else blocks
