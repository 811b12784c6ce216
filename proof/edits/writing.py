"""What the clients write: pages of Thai paragraphs, each with a mark that tells whose edit it comes from.

The mark is what makes a text checkable. A mark stands once in a text; an edit takes out the marks of the paragraphs
that it rewrites and brings its own. What became of any edit can be read from the marks alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

PARAGRAPHS = 8
FEWEST, MOST = 5, 12
CORRECTION = 100
# Some 300 characters, so that a whole text is the 8 KB of an activity that somebody took pains with.
SENTENCE = (
    "คณะทำงานได้ทบทวนผลการดำเนินงานตามแผนปฏิบัติราชการ รับฟังความคิดเห็นของผู้รับบริการและผู้มีส่วนได้ส่วนเสีย "
    "วิเคราะห์ช่องว่างระหว่างผลที่ได้กับค่าเป้าหมาย แล้วปรับปรุงกระบวนงานที่สำคัญให้สั้นลง พร้อมทั้งกำหนดตัวชี้วัด ผู้รับผิดชอบ "
    "และระยะเวลาให้ชัดเจน เพื่อรายงานต่อผู้บริหารทุกไตรมาส"
)
MARK = re.compile(r"\[(\d+\.\d+\.\d+)\]")
PARAGRAPH = re.compile(r"<p>.*?</p>", re.DOTALL)


def marks(html: str) -> frozenset[str]:
    """The marks that stand in a text."""
    return frozenset(MARK.findall(html))


def paragraphs(html: str) -> list[str]:
    """The paragraphs of a text."""
    return PARAGRAPH.findall(html)


def paragraph(writer: int, edit: int, place: int) -> str:
    """A paragraph as this edit writes it."""
    return f"<p>{SENTENCE} [{writer}.{edit}.{place}]</p>"


def first_text(writer: int, edit: int) -> str:
    """What somebody writes into a blank text."""
    return "".join(paragraph(writer, edit, place) for place in range(PARAGRAPHS))


def corrected(old: str) -> str:
    """A paragraph after the correction that everybody would make alike, such as of a misspelt name."""
    writer, edit, place = (int(part) for part in MARK.findall(old)[0].split("."))
    return paragraph(writer, edit, place + CORRECTION)


def next_text(html: str, writer: int, edit: int, chance: Random) -> str:
    """The text after one edit: a paragraph rewritten, now and then one more or one fewer.

    Some edits are those that somebody else makes alike, and some take back what was typed before it was sent.
    """
    parts: Sequence[str] = paragraphs(html)
    if not parts:
        return first_text(writer, edit)
    changed = list(parts)
    place = chance.randrange(len(changed))
    dice = chance.random()
    if dice > 0.97:
        return html
    if dice > 0.9:
        changed[place] = corrected(changed[place])
        return "".join(changed)
    changed[place] = paragraph(writer, edit, 0)
    if dice < 0.1 and len(changed) < MOST:
        changed.insert(chance.randrange(len(changed) + 1), paragraph(writer, edit, 1))
    elif dice < 0.2 and len(changed) > FEWEST:
        del changed[(place + 1) % len(changed)]
    return "".join(changed)
