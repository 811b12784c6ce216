"""Another office program opens the document, prints all of it, and saves it without loss of anything of ours.

One test, because starting LibreOffice takes seconds.
"""

from __future__ import annotations

import re

from documents.reading import read_form
from tests.documents.pdf.conftest import poppler_pages
from tests.documents.word.conftest import bring, confirm, exported, review
from tests.documents.word.edits import EDITS, Draft
from tests.documents.word.office import convert
from tests.documents.word.test_draft import texts_of
from tests.world import moment
from texts.cleaning import plain_text

# Poppler puts a mark that LibreOffice draws by itself on the wrong side of its letter.
MARKS = re.compile("[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0e32]")


def bare(text: str) -> str:
    return MARKS.sub("", "".join(text.split()))


def stands_in(pdf: str, line: str) -> bool:
    """Whole, or in two parts: between two pages the headings are repeated."""
    cuts = (line[:end] in pdf and line[end:] in pdf for end in range(3, len(line) - 2))
    return line in pdf or any(cuts)


def words_of_form(round) -> list[str]:
    """Every text of the read model, line by line."""
    found = []
    for category in read_form(round, at=moment()).categories:
        found += [category.band, *category.headings, category.obstacles, category.remedies]
        found += [figure.caption for figure in category.figures]
        for row in category.rows:
            found += [row.analysis, row.obstacles, row.remedies, *row.owner_lines]
            found += [block.html for block in row.activities]
            for criterion in row.criteria:
                found += [criterion.code, criterion.name, *criterion.feedback]
                found += [html for p in criterion.practices for html in (p.agency_name, p.award_line, p.html)]
    return [line for text in found for line in plain_text(text).split("\n") if line]


def test_libreoffice_prints_every_word_and_saves_without_loss(full, by, tmp_path):
    original = exported(full)
    pdf = bare("".join(poppler_pages(convert(original, tmp_path, "pdf"))))
    missing = [line for line in words_of_form(full) if not stands_in(pdf, bare(line))]
    assert missing == []

    saved = convert(original, tmp_path, "docx")
    shown = review(bring(full, saved, by))
    assert (shown["entries"], shown["refused"], shown["notes"]) == ([], [], [])

    draft = Draft(saved)
    before, expected = texts_of(full), texts_of(full)
    for name in ("words", "list item added", "cell of a table", "obstacles of the category", "merged cell"):
        edit, (old, new) = EDITS[name]
        edit(draft)
        expected = {pk: html.replace(old, new) for pk, html in expected.items()}
    assert confirm(bring(full, draft.save(), by), by) == "นำเข้าร่างจาก Word แล้ว: เปลี่ยนข้อความ 4 แห่ง"
    assert texts_of(full) == expected != before
