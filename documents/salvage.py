"""What is printed in place of a text that cannot be laid out: its words, and a note that says so.

Texts are cleaned when they are saved. These are for rows that came another way, and for whatever cleaning
does not know of: one text must never cost the others their print.
"""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from texts.cleaning import MAX_HTML, text_to_html

from .form import ActivityBlock, CategoryBlock, Form, PracticeBlock, Row

Block = TypeVar("Block", PracticeBlock, ActivityBlock)

NOTICE = "ข้อความนี้จัดหน้าไม่ได้ จึงพิมพ์เป็นข้อความธรรมดา"
FIGURE_NOTICE = "ภาพนี้จัดหน้าไม่ได้ จึงพิมพ์เฉพาะคำบรรยายภาพ"
CUT_OFF = "(ข้อความยาวเกินไป ส่วนที่เหลือไม่ได้พิมพ์)"
# Lists nested deeper have no width left in a column, and laying them out takes minutes.
MAX_OPEN_TAGS = 50
# Some sixty pages.
MAX_LINES = 2_000

# No pattern here may look further than the next "<": an unclosed tag must not cost time in the square of the text.
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|table|tr|td|th|figure|figcaption|h[1-6])\b[^<>]*>", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_WIDE_SPAN = re.compile(r"(?:col|row)span\s*=\s*[\"']?\s*[0-9]{4}", re.IGNORECASE)
_NEVER_CLOSED = {"br", "img", "hr", "col"}


def plain(html: str) -> str:
    """The words of a text as paragraphs, whatever its markup; at most MAX_HTML characters and MAX_LINES lines."""
    words = html_module.unescape(_TAG.sub("", _BLOCK.sub("\n", html)))
    lines = [line for line in words[:MAX_HTML].split("\n") if line.strip()]
    if len(words) > MAX_HTML or len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], CUT_OFF]
    return text_to_html("\n".join(lines))


def is_out_of_bounds(html: str) -> bool:
    """Whether a text is one that saving would have refused and that costs more than a failed render."""
    if len(html) > 2 * MAX_HTML or _WIDE_SPAN.search(html):
        return True
    depth = deepest = 0
    for match in _TAG_NAME.finditer(html):
        if match[1]:
            depth = max(depth - 1, 0)
        elif match[2].lower() not in _NEVER_CLOSED:
            depth += 1
            deepest = max(deepest, depth)
    return deepest > MAX_OPEN_TAGS


def within_bounds(form: Form) -> Form:
    """The form with the texts that are out of bounds in plain words."""
    return replace(form, categories=tuple(map(_category_within_bounds, form.categories)))


def _category_within_bounds(category: CategoryBlock) -> CategoryBlock:
    texts = (category.obstacles, category.remedies)
    bad = [place for place, row in enumerate(category.rows) if any(map(is_out_of_bounds, _texts(row)))]
    bad += [len(category.rows) + place for place, text in enumerate(texts) if is_out_of_bounds(text)]
    return with_plain_pieces(category, bad) if bad else category


def _texts(row: Row) -> list[str]:
    practices = [practice.html for criterion in row.criteria for practice in criterion.practices]
    activities = [activity.html for activity in row.activities]
    return [row.analysis, row.obstacles, row.remedies, *practices, *activities]


# --- pieces: the rows of a category, its two texts, its figures ------------------------------------------


def pieces(category: CategoryBlock) -> list[CategoryBlock]:
    """The category in pieces that can be laid out one by one, to find the one that cannot."""
    empty = replace(category, rows=(), obstacles="", remedies="", figures=())
    return [
        *(replace(empty, rows=(row,)) for row in category.rows),
        replace(empty, obstacles=category.obstacles),
        replace(empty, remedies=category.remedies),
        *(replace(empty, figures=(figure,)) for figure in category.figures),
    ]


def with_plain_pieces(category: CategoryBlock, guilty: Collection[int]) -> CategoryBlock:
    """The category with the pieces at these places in plain words; the places are those of ``pieces``."""
    rows = len(category.rows)
    return replace(
        category,
        rows=tuple(plain_row(row) if place in guilty else row for place, row in enumerate(category.rows)),
        obstacles=_noted(category.obstacles) if rows in guilty else category.obstacles,
        remedies=_noted(category.remedies) if rows + 1 in guilty else category.remedies,
        figures=tuple(
            replace(figure, notice=FIGURE_NOTICE) if place in guilty else figure
            for place, figure in enumerate(category.figures, start=rows + 2)
        ),
    )


def plain_category(category: CategoryBlock) -> CategoryBlock:
    """The whole category in plain words, for when no single piece is to blame."""
    return with_plain_pieces(category, range(len(pieces(category))))


def plain_row(row: Row) -> Row:
    """The row in plain words with the note."""
    return replace(
        row,
        notice=NOTICE,
        criteria=tuple(
            replace(criterion, practices=tuple(map(_plain_block, criterion.practices)))
            for criterion in row.criteria
        ),
        analysis=plain(row.analysis),
        activities=tuple(map(_plain_block, row.activities)),
        obstacles=plain(row.obstacles),
        remedies=plain(row.remedies),
    )


def _plain_block(block: Block) -> Block:
    return replace(block, html=plain(block.html))


def _noted(html: str) -> str:
    return text_to_html(NOTICE) + plain(html) if html else html
