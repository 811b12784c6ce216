"""A letter of OPDC as it comes out of a PDF: made of points that are known, with the faults that copying makes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import groupby

from framework.models import EditionCriterion
from thai.words import tokens

PREAMBLE = "ผลการประเมินสถานะการเป็นระบบราชการ 4.0\nสำนักงานเลขาธิการวุฒิสภา\nข้อเสนอแนะในการพัฒนา มีดังนี้"
WIDTH = 76
OLD_TONES = str.maketrans("่้์", "\uf705\uf70b\uf709")


def plain_letter(points: Iterable[tuple[EditionCriterion, str]]) -> list[str]:
    """The paragraphs of the letter before anything went wrong."""
    paragraphs = [*PREAMBLE.split("\n")]
    category = 0
    for wording, group in groupby(points, key=lambda point: point[0]):
        if wording.category.number != category:
            category = wording.category.number
            paragraphs.append(f"หมวด {category} {wording.category.name}")
        texts = [text for _, text in group]
        paragraphs.append(f"{wording.code} {wording.full_name}")
        paragraphs += [f"- {text}" for text in texts] if len(texts) > 1 else texts
    return paragraphs


def copied_from_pdf(paragraphs: Sequence[str], seed: int = 7) -> str:
    """The same as a program copies it: lines end at the width, ำ is split, marks are old, words have blanks."""
    chance = random.Random(seed)
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += wrapped(paragraph)
    lines = [spoiled(line, chance) for line in lines]
    for page, at in enumerate(range(28, len(lines), 30), start=2):
        lines.insert(at, f"- {page} -")
    return "\r\n".join(lines)


def wrapped(paragraph: str) -> list[str]:
    """Lines of the width, ended between words; a blank at the end of a line stays there."""
    lines = [""]
    for word in tokens(paragraph):
        if len(lines[-1]) + len(word) > WIDTH and not word.isspace():
            lines.append("")
        lines[-1] += word
    return lines


def spoiled(line: str, chance: random.Random) -> str:
    """One line with some of the faults."""
    line = line.replace("ำ", chance.choice(["\u0e4d\u0e32", " \u0e32", "\u0e4d \u0e32", "ำ"]))
    if chance.random() < 0.3:
        line = line.translate(OLD_TONES)
    if chance.random() < 0.3:
        line = line.replace("ร้อยละ", "ร้อย ละ").replace("การดำเนิน", "การดำ เนิน").replace("ระบบ", "ระ บบ", 1)
    if chance.random() < 0.2:
        line = line.replace("ที่", "ท ี่", 1).replace("ผู้", "ผ ู้", 1)
    return line
