"""Loading editions, and finding the words in which a criterion stood in a year."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import ProtectedError

from organizations.models import AuditEvent, User

from .data import REMOVED, CriterionData, Difference, EditionData, difference, edition_data
from .models import (
    Category,
    Criterion,
    Edition,
    EditionCriterion,
    Level,
    LevelDescriptor,
    ResultLink,
    SubItem,
)

Row = TypeVar("Row", bound=models.Model)
Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class EditionLocked(Exception):
    """A round uses the edition, so its wording does not change any more; `difference` is what was asked for."""

    def __init__(self, edition: Edition, wanted: Difference) -> None:
        super().__init__(f"edition {edition.code} is locked")
        self.edition = edition
        self.difference = wanted


class CriterionInUse(Exception):
    """The file takes out a criterion on which somebody has already begun to work."""


def compare_edition(data: EditionData) -> Difference:
    """What loading `data` would change. Writes nothing."""
    edition = Edition.objects.filter(code=data.code).first()
    return difference(edition_data(edition) if edition else None, data)


@transaction.atomic
def load_edition(*, data: EditionData, by: User | None) -> Difference:
    """Bring the edition of this code into the state of `data`; an unchanged one is not touched.

    Rows keep their primary keys as long as their code and identity stay, because forms being prepared
    point at them. Raises EditionLocked and CriterionInUse; nothing is written then.
    """
    edition = Edition.objects.select_for_update().filter(code=data.code).first()
    found = difference(edition_data(edition) if edition else None, data)
    if not found:
        return found
    if edition is not None and edition.locked_at is not None:
        raise EditionLocked(edition, found)
    try:
        edition = _write(edition, data)
    except ProtectedError as error:
        raise CriterionInUse from error
    kinds = [change.kind for change in found.changes]
    AuditEvent.record(
        "edition.loaded", edition, by=by, code=data.code, changes=len(kinds), removed=kinds.count(REMOVED)
    )
    return found


def _write(edition: Edition | None, data: EditionData) -> Edition:
    edition = edition or Edition(code=data.code)
    edition.year, edition.name = data.year, data.name
    edition.character_limit, edition.source = data.character_limit, data.source
    edition.save()
    levels = _write_levels(edition, data)
    bands = {
        place: {"label": band.label, "points": band.points} for place, band in _placed(data.result_bands)
    }
    _sync(edition.result_bands.all(), ("position",), bands, edition=edition)
    categories = _write_categories(edition, data)
    wordings = _write_criteria(edition, data, categories)
    for category in data.categories:
        for criterion in category.criteria:
            _write_parts(wordings[criterion.code], criterion, levels)
    _write_links(data, categories, wordings)
    _write_successions(edition, data)
    return edition


def _placed(items: Iterable[Item]) -> enumerate[Item]:
    """Items with their position from 1."""
    return enumerate(items, start=1)


def _sync(
    rows: models.QuerySet[Row],
    key: tuple[str, ...],
    wanted: Mapping[Key, Mapping[str, Any]],
    **parent: Any,
) -> dict[Key, Row]:
    """Make `rows` exactly the wanted ones: by the key's fields update, add and take out.

    `wanted` maps the key (a tuple when it has several fields) to the other fields. Returns rows by key.
    """
    existing: dict[Key, Row] = {_key_of(row, key): row for row in rows}
    for gone in [found for found in existing if found not in wanted]:
        existing.pop(gone).delete()
    for name, fields in wanted.items():
        row = existing.get(name)
        if row is None:
            values = name if isinstance(name, tuple) else (name,)
            existing[name] = rows.model._default_manager.create(
                **parent, **dict(zip(key, values, strict=True)), **fields
            )
        elif any(getattr(row, field) != value for field, value in fields.items()):
            for field, value in fields.items():
                setattr(row, field, value)
            row.save()
    return existing


def _key_of(row: models.Model, key: tuple[str, ...]) -> Any:
    values = tuple(getattr(row, field) for field in key)
    return values if len(values) > 1 else values[0]


def _write_levels(edition: Edition, data: EditionData) -> dict[str, Level]:
    wanted = {
        level.code: {
            "position": place,
            "name": level.name,
            "thai_name": level.thai_name,
            "points": level.points,
        }
        for place, level in _placed(data.levels)
    }
    return _sync(edition.levels.all(), ("code",), wanted, edition=edition)


def _write_categories(edition: Edition, data: EditionData) -> dict[int, Category]:
    wanted = {
        category.number: {
            "kind": category.kind,
            "name": category.name,
            "revised": category.revised,
            "intent": category.intent,
            "goal": category.goal,
        }
        for category in data.categories
    }
    categories = _sync(edition.categories.all(), ("number",), wanted, edition=edition)
    for category in data.categories:
        points = {place: {"text": text} for place, text in _placed(category.focus_points)}
        parent = categories[category.number]
        _sync(parent.focus_points.all(), ("position",), points, category=parent)
    return categories


def _write_criteria(
    edition: Edition, data: EditionData, categories: dict[int, Category]
) -> dict[str, EditionCriterion]:
    """The wordings by code. A code that gets another identity is another row: it is another criterion."""
    pairs = [(category, criterion) for category in data.categories for criterion in category.criteria]
    identities = _identities([criterion.identity for _, criterion in pairs])
    wanted = {
        (criterion.code, identities[criterion.identity].pk): {
            "category_id": categories[category.number].pk,
            "position": place,
            "short_name": criterion.short_name,
            "full_name": criterion.full_name,
            "guidance": criterion.guidance,
        }
        for place, (category, criterion) in _placed(pairs)
    }
    rows = _sync(edition.criteria.all(), ("code", "criterion_id"), wanted, edition=edition)
    return {row.code: row for row in rows.values()}


def _identities(names: list[str]) -> dict[str, Criterion]:
    """The criteria of these identities; unknown ones are made."""
    known = {criterion.identity: criterion for criterion in Criterion.objects.filter(identity__in=names)}
    for name in names:
        if name not in known:
            known[name] = Criterion.objects.create(identity=name)
    return known


def _write_parts(wording: EditionCriterion, data: CriterionData, levels: dict[str, Level]) -> None:
    """Descriptors and sub-items."""
    descriptors = {levels[code].pk: {"text": text} for code, text in data.levels}
    _sync(LevelDescriptor.objects.filter(criterion=wording), ("level_id",), descriptors, criterion=wording)
    items = {
        item.code: {
            "position": place,
            "text": item.text,
            "level_id": levels[item.level].pk if item.level else None,
        }
        for place, item in _placed(data.sub_items)
    }
    _sync(SubItem.objects.filter(criterion=wording), ("code",), items, criterion=wording)


def _write_links(
    data: EditionData, categories: dict[int, Category], wordings: dict[str, EditionCriterion]
) -> None:
    for category in data.categories:
        parent = categories[category.number]
        wanted: dict[int, dict[str, Any]] = {wordings[code].pk: {} for code in category.supports}
        _sync(ResultLink.objects.filter(category=parent), ("result_id",), wanted, category=parent)


def _write_successions(edition: Edition, data: EditionData) -> None:
    identities = _identities([name for pair in data.successors for name in pair])
    wanted: dict[tuple[int, int], dict[str, Any]] = {
        (identities[old].pk, identities[new].pk): {} for old, new in data.successors
    }
    _sync(edition.successions.all(), ("old_id", "new_id"), wanted, edition=edition)


# --- the words of a year --------------------------------------------------------------------------


def wordings_of_year(year: int) -> list[EditionCriterion]:
    """Every criterion once, in the words of that Buddhist-era year, in the order of the edition.

    That is the newest edition of the year or before it, or the oldest one where all are newer. Criteria
    that this edition does not have stand behind it, in the words of the newest edition that has them.
    """
    editions = sorted(Edition.objects.all(), key=lambda edition: (edition.year, edition.code), reverse=True)
    if not editions:
        return []
    chosen = next((edition for edition in editions if edition.year <= year), editions[-1])
    order = {edition.pk: place for place, edition in enumerate(editions, start=1)} | {chosen.pk: 0}
    rows = EditionCriterion.objects.select_related("category", "criterion", "edition")
    first: dict[int, EditionCriterion] = {}
    for wording in sorted(rows, key=lambda row: (order[row.edition_id], row.position)):
        first.setdefault(wording.criterion_id, wording)
    return list(first.values())
