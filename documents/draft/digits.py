"""Thai digits of a printed form are a way of printing: the stored text keeps the ones that were typed."""

from __future__ import annotations

import re

from thai.matching import opcodes
from thai.text import to_arabic_digits

PARTS = re.compile(r"<[^>]*>|[0-9๐-๙]+|[^<0-9๐-๙]+")


def with_digits_of(base: str, html: str) -> str:
    """`html` with the digits of `base` wherever the number is the same one."""
    before, after = PARTS.findall(base), PARTS.findall(html)
    plain_before, plain_after = ([to_arabic_digits(part) for part in parts] for parts in (before, after))
    written: list[str] = []
    for operation, old_start, old_end, new_start, new_end in opcodes(plain_before, plain_after):
        written += before[old_start:old_end] if operation == "equal" else after[new_start:new_end]
    return "".join(written)
