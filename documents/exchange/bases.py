"""The texts as they were when a document was written, to tell whose change a difference is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from texts.models import Revision, Text

from . import Document
from .matching import Target
from .reading import TEXTS


class Bases:
    """Reads the revisions that a document was written from, in one query for all of them."""

    def __init__(self, document: Document, target: Target) -> None:
        self._found: dict[tuple[int, int], str] = {}
        # versions of another round say nothing about the texts of this one
        if not target.same:
            return
        older = {
            text.pk: int(row["version"])
            for text, row in _pairs(document, target)
            if row["version"] < text.version and row["html"] != text.html
        }
        rows = Revision.objects.filter(text__in=older, version__in=set(older.values()))
        self._found = {(row.text_id, row.version): row.html for row in rows.iterator()}
        self._found |= {(text, 0): "" for text, version in older.items() if version == 0}

    def untouched(self, stored: Text, row: dict[str, Any]) -> bool:
        """Nobody changed the text in the document; what was saved here since stays and nobody is asked."""
        return self._found.get((stored.pk, row["version"])) == row["html"]


def _pairs(document: Document, target: Target) -> Iterator[tuple[Text, dict[str, Any]]]:
    """Every stored text with the one of the document that stands for it."""
    activities = {row["uid"]: row for row in document["activities"]}
    for uid, activity in target.activities.items():
        if uid in activities:
            yield activity.text, activities[uid]["text"]
    for row in document["sheets"]:
        sheet = target.sheets[row["category"]]
        yield from ((getattr(sheet, name), row[name]) for name in ("obstacles", "remedies"))
        for criterion in row["criteria"]:
            analysis = target.analyses[criterion["criterion"]]
            yield from ((getattr(analysis, name), criterion[name]) for name in TEXTS)
            chosen = {str(row.uid): row.text for row in analysis.chosen_practices.all()}
            yield from ((chosen[r["uid"]], r["text"]) for r in criterion["practices"] if r["uid"] in chosen)
