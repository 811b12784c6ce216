"""Parts of a stored text that can be taken by themselves: whole paragraphs, items of a list, figures, tables.

A part is named by its place, so it says something about one version of the text only. What is taken is cut from the
stored blocks, never from markup that a browser sends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from .blocks import Block, ListBlock, Paragraph
from .canonical import build_blocks, read_tree


class UnknownPart(ValueError):
    """The text has no part of this name."""


@dataclass(frozen=True)
class Part:
    """One part; `key` is its place («3», or «3.2» for the second item of a list), `html` the part by itself."""

    key: str
    html: str


def parts_of(html: str) -> list[Part]:
    """The parts of a stored text in their order; blank lines are none."""
    found: list[Part] = []
    for number, block in enumerate(build_blocks(read_tree(html)), start=1):
        if block == Paragraph():
            continue
        if not isinstance(block, ListBlock):
            found.append(Part(str(number), block.html()))
            continue
        for place in range(len(block.items)):
            found.append(Part(f"{number}.{place + 1}", _item(block, place).html()))
    return found


def excerpt(html: str, keys: Collection[str]) -> str:
    """These parts of a stored text, in its order; the items of one list stay one list.

    Raises UnknownPart.
    """
    if unknown := set(keys) - {part.key for part in parts_of(html)}:
        raise UnknownPart(min(unknown))
    blocks = enumerate(build_blocks(read_tree(html)), start=1)
    return "".join(taken.html() for number, block in blocks if (taken := _taken(number, block, keys)))


def without(html: str, present: str) -> str:
    """`html` without the parts that stand in the text `present` already."""
    there = {_words(part) for part in parts_of(present)}
    return excerpt(html, [part.key for part in parts_of(html) if _words(part) not in there])


def _words(part: Part) -> str:
    """What tells two parts apart: the number of an item does not."""
    [block] = build_blocks(read_tree(part.html))
    return replace(block, start=1).html() if isinstance(block, ListBlock) else block.html()


def _item(block: ListBlock, place: int) -> ListBlock:
    """One item as a list that goes on counting where it stands."""
    return replace(block, start=block.start + place, items=[block.items[place]])


def _taken(number: int, block: Block, keys: Collection[str]) -> Block | None:
    if not isinstance(block, ListBlock):
        return block if str(number) in keys else None
    items = [item for place, item in enumerate(block.items, start=1) if f"{number}.{place}" in keys]
    return replace(block, items=items) if items else None
