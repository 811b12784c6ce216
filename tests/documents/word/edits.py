"""Edits as people make them in Word, done by program."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph


class Draft:
    """An exported document that can be edited and saved."""

    def __init__(self, content: bytes) -> None:
        self.document: Document = docx.Document(io.BytesIO(content))

    def save(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def cells(self) -> Iterator[_Cell]:
        for table in self.document.tables:
            for row in table.rows:
                yield from row.cells

    def paragraphs(self) -> Iterator[Paragraph]:
        """Every paragraph: of tables, of tables in cells, of the body."""
        for element in self.document.element.body.iter("{*}p"):
            yield Paragraph(element, self.document._body)

    def find(self, words: str) -> Paragraph:
        return next(p for p in self.paragraphs() if words in p.text)

    def replace(self, old: str, new: str) -> None:
        """Change words inside the run that holds them, or in a paragraph that was cut into runs by script."""
        runs = self.find(old).runs
        inside = next((run for run in runs if old in run.text), None)
        if inside is None:
            inside = runs[0]
            inside.text = "".join(run.text for run in runs)
            for run in runs[1:]:
                run.text = ""
        inside.text = inside.text.replace(old, new)

    def insert_after(self, words: str, text: str, *, like: bool = False) -> Paragraph:
        """A new paragraph after the one with these words; `like` gives it the same properties (a list item)."""
        before = self.find(words)
        element = copy.deepcopy(before._p)
        for child in list(element):
            if not (like and child.tag.endswith("}pPr")):
                element.remove(child)
        before._p.addnext(element)
        made = Paragraph(element, before._parent)
        made.add_run(text)
        return made

    def delete(self, words: str) -> None:
        element = self.find(words)._p
        element.getparent().remove(element)

    def without_identities(self) -> None:
        """As some programs save it: no bookmarks any more."""
        for tag in ("bookmarkStart", "bookmarkEnd"):
            for element in list(self.document.element.body.iter(f"{{*}}{tag}")):
                element.getparent().remove(element)

    def table_of(self, words: str) -> Table:
        return next(t for t in self.document.tables if any(words in c.text for r in t.rows for c in r.cells))
