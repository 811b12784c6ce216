"""The published cases for one kind of readers as every format writes them: in order, a few at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeVar

from django.db.models.functions import Length

from framework.models import Edition, EditionCriterion
from organizations.models import Agency
from practices.models import Practice, PracticeQuerySet
from texts.cleaning import blocks_of, figure_uids, with_figure_addresses
from texts.models import Figure

FIGURES = "figures"
# So many cases are held at once; a library of ten thousand is seventy megabytes.
BATCH = 200
T = TypeVar("T")


class NotExportable(Exception):
    """A case that no file can hold; the message is Thai and names the case."""


@dataclass(frozen=True)
class ExportedCase:
    """One case with its criteria in the codes of the edition, and the names of the picture files in its text."""

    practice: Practice
    codes: list[str]
    tags: list[str]
    names: dict[uuid.UUID, str]

    def text(self, figures: str) -> str:
        """The text with one top-level block per line; its pictures lie in the folder `figures`."""
        blocks = "".join(f"{block}\n" for block in blocks_of(self.practice.text.html))
        return with_figure_addresses(blocks, lambda uid: f"{figures}/{self.names[uuid.UUID(uid)]}")


class Library:
    """The cases that are shared, or those kept to one agency; criteria in the codes of `edition`."""

    def __init__(self, edition: Edition, kept_to: Agency | None = None) -> None:
        self.edition = edition
        self.shown: PracticeQuerySet = Practice.objects.published().filter(kept_to=kept_to)
        self.criteria = {row.criterion_id: row for row in edition.criteria.select_related("category")}

    @cached_property
    def order(self) -> dict[int, list[int]]:
        """The cases by the category of their first criterion, in the order of the edition and then of their file.

        Raises NotExportable for a case whose criteria the edition does not have.
        """
        rows: dict[int, list[EditionCriterion]] = {}
        cases = list(self.shown.order_by("key").values_list("pk", "key", "position"))
        links = Practice.criteria.through.objects.filter(practice__in=self.shown.values("pk"))
        for practice, criterion in links.values_list("practice_id", "criterion_id"):
            if criterion not in self.criteria:
                self._refuse(practice, criterion)
            rows.setdefault(practice, []).append(self.criteria[criterion])
        groups: dict[int, list[tuple[int, int, str, int]]] = {}
        for pk, key, position in cases:
            if pk not in rows:
                raise NotExportable(f"ตัวอย่าง “{key}” ไม่มีเกณฑ์")
            first = min(rows[pk], key=lambda row: row.position)
            groups.setdefault(first.category.number, []).append((first.position, position, key, pk))
        return {number: [pk for *_, pk in sorted(group)] for number, group in sorted(groups.items())}

    def _refuse(self, practice: int, criterion: int) -> None:
        case = Practice.objects.get(pk=practice)
        identity = case.criteria.get(pk=criterion).identity
        raise NotExportable(f"ตัวอย่าง “{case.key}” ใช้เกณฑ์ที่ไม่มีในฉบับ {self.edition.code}: {identity}")

    def cases(self, category: int | None = None, *, longer_than: int = 0) -> Iterator[ExportedCase]:
        """The cases in order, of all categories or of one; `longer_than` leaves out shorter texts."""
        wanted = [pk for number, pks in self.order.items() if category in (None, number) for pk in pks]
        for pks in _batches(wanted):
            found = self.shown.filter(pk__in=pks).select_related("agency", "text")
            if longer_than:
                found = found.alias(length=Length("text__html")).filter(length__gt=longer_than)
            by_pk = {case.pk: case for case in found.prefetch_related("criteria", "tags")}
            # one that was withdrawn meanwhile is left out
            yield from (self._exported(by_pk[pk]) for pk in pks if pk in by_pk)

    def _exported(self, practice: Practice) -> ExportedCase:
        rows = sorted(
            (self.criteria[criterion.pk] for criterion in practice.criteria.all()),
            key=lambda row: row.position,
        )
        return ExportedCase(practice, [row.code for row in rows], practice.tag_names, self.figure_names)

    @cached_property
    def figure_names(self) -> dict[uuid.UUID, str]:
        """The file name of every picture in the texts: its own, or one made of the case's key; none twice.

        Raises NotExportable for a picture that is not there.
        """
        taken: set[str] = set()
        names: dict[uuid.UUID, str] = {}
        wanted = [pk for pks in self.order.values() for pk in pks]
        for pks in _batches(wanted):
            pictured = self.shown.filter(pk__in=pks, text__html__contains="<img")
            texts = {pk: (key, html) for pk, key, html in pictured.values_list("pk", "key", "text__html")}
            uses = {
                uuid.UUID(uid): texts[pk][0] for pk in pks if pk in texts for uid in figure_uids(texts[pk][1])
            }
            stored = {figure.uid: figure for figure in Figure.objects.filter(uid__in=uses)}
            for uid, key in uses.items():
                if uid not in stored:
                    raise NotExportable(f"ตัวอย่าง “{key}” อ้างถึงภาพที่ไม่มีในระบบ ({uid})")
                if uid not in names:
                    names[uid] = _free_name(stored[uid].name or key, stored[uid].extension, taken)
                    taken.add(names[uid])
        return names

    def pictures(self) -> Iterator[tuple[str, Figure]]:
        """The pictures with the names of their files."""
        for uids in _batches(sorted(self.figure_names, key=self.figure_names.__getitem__)):
            for figure in Figure.objects.filter(uid__in=uids).order_by("pk"):
                yield self.figure_names[figure.uid], figure

    def agencies(self) -> list[Agency]:
        """The bodies of the cases."""
        return list(Agency.objects.filter(pk__in=self.shown.values("agency")).order_by("code"))


def _batches(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _free_name(base: str, extension: str, taken: set[str]) -> str:
    name, number = f"{base}.{extension}", 1
    while name in taken:
        number += 1
        name = f"{base}-{number}.{extension}"
    return name
