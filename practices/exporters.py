"""Writing the shared, published cases as the files that `importers.py` reads, pictures beside them.

Loading files and exporting them again gives the same bytes: one file per category of the first criterion,
cases in the order of the edition and then of their file.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from framework.files import Inline, InlineList, Quoted, dump_data
from framework.models import Edition, EditionCriterion
from organizations.models import Agency
from texts.cleaning import blocks_of, figure_uids, with_figure_addresses
from texts.models import Figure

from .models import Practice

PRACTICES = "practices"
FIGURES = "figures"


class NotExportable(Exception):
    """A case that the format cannot hold; the message is Thai and names the case."""


def export_practices(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Relative file name and bytes of every file, criteria in the codes of `edition`.

    One file or picture at a time, so that memory does not grow with the library. Raises NotExportable.
    """
    criteria = {row.criterion_id: row for row in edition.criteria.select_related("category")}
    cases = Practice.objects.published().filter(kept_to=None).select_related("agency", "text")
    groups: dict[int, list[tuple[list[EditionCriterion], Practice]]] = {}
    for practice in cases.prefetch_related("criteria").order_by("key"):
        rows = _rows_of(practice, criteria, edition)
        groups.setdefault(rows[0].category.number, []).append((rows, practice))
    names = _figure_names([practice for group in groups.values() for _, practice in group])
    for number, group in sorted(groups.items()):
        group.sort(key=lambda item: (item[0][0].position, item[1].position, item[1].key))
        yield f"{PRACTICES}/category_{number}.yaml", _file(edition, group, names).encode()
    for figure in Figure.objects.filter(uid__in=names).order_by("pk").iterator():
        with figure.file.open("rb") as file:
            yield f"{FIGURES}/{names[figure.uid]}", file.read()


def _rows_of(
    practice: Practice, criteria: dict[int, EditionCriterion], edition: Edition
) -> list[EditionCriterion]:
    """The criteria of a case in the words of the edition, in its order."""
    missing = [criterion for criterion in practice.criteria.all() if criterion.pk not in criteria]
    if missing or not practice.criteria.all():
        names = ", ".join(criterion.identity for criterion in missing) or "ไม่มีเกณฑ์"
        raise NotExportable(f"ตัวอย่าง “{practice.key}” ใช้เกณฑ์ที่ไม่มีในฉบับ {edition.code}: {names}")
    return sorted(
        (criteria[criterion.pk] for criterion in practice.criteria.all()), key=lambda row: row.position
    )


def _file(
    edition: Edition, group: list[tuple[list[EditionCriterion], Practice]], names: dict[uuid.UUID, str]
) -> str:
    agencies = dict.fromkeys(practice.agency for _, practice in group)
    data = {
        "edition": Quoted(edition.code),
        "agencies": [_agency(agency) for agency in agencies],
        "practices": [_case(rows, practice, names) for rows, practice in group],
    }
    return dump_data(data)


def _agency(agency: Agency) -> Inline:
    return Inline(code=agency.code, name=agency.name, short_name=agency.short_name, kind=agency.kind)


def _case(rows: list[EditionCriterion], practice: Practice, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "key": practice.key,
        "agency": practice.agency.code,
        "title": practice.title,
        "award": practice.award,
        "award_year": practice.award_year,
        "criteria": InlineList(Quoted(row.code) for row in rows),
        "summary": practice.summary,
        "source": practice.source,
        "text": _text(practice.text.html, names),
    }


def _text(html: str, names: dict[uuid.UUID, str]) -> str:
    """One top-level block per line, pictures by the names of their files."""
    blocks = "".join(f"{block}\n" for block in blocks_of(html))
    return with_figure_addresses(blocks, lambda uid: f"../{FIGURES}/{names[uuid.UUID(uid)]}")


def _figure_names(practices: list[Practice]) -> dict[uuid.UUID, str]:
    """The file name of every picture in the texts: its own, or one made of the case's key; none twice."""
    uses = {uuid.UUID(uid): practice for practice in practices for uid in figure_uids(practice.text.html)}
    stored = {figure.uid: figure for figure in Figure.objects.filter(uid__in=uses)}
    taken: set[str] = set()
    names: dict[uuid.UUID, str] = {}
    for uid, practice in uses.items():
        if uid not in stored:
            raise NotExportable(f"ตัวอย่าง “{practice.key}” อ้างถึงภาพที่ไม่มีในระบบ ({uid})")
        base = stored[uid].name or practice.key
        names[uid] = _free_name(base, stored[uid].extension, taken)
        taken.add(names[uid])
    return names


def _free_name(base: str, extension: str, taken: set[str]) -> str:
    name, number = f"{base}.{extension}", 1
    while name in taken:
        number += 1
        name = f"{base}-{number}.{extension}"
    return name
