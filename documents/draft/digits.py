"""Thai digits of a printed form are a way of printing: the stored text keeps the ones that were typed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from thai.text import to_arabic_digits

PARTS = re.compile(r"<[^>]*>|[0-9๐-๙]+|[^<0-9๐-๙]+")


def with_digits_of(base: str, html: str) -> str:
    """`html` with the digits of `base` wherever the number is the same one."""
    before, after = PARTS.findall(base), PARTS.findall(html)
    plain_before, plain_after = ([to_arabic_digits(part) for part in parts] for parts in (before, after))
    matcher = SequenceMatcher(None, plain_before, plain_after, autojunk=False)
    written = []
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        written += before[old_start:old_end] if operation == "equal" else after[new_start:new_end]
    return "".join(written)
