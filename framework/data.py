"""An edition as plain values: what a file says, what the database holds, and how the two differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch

from .enums import CategoryKind
from .models import Category, Edition, EditionCriterion

# The texts of an entity by the Thai name of the field; what a person sees when something changes.
Facts = dict[str, str]

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"


@dataclass(frozen=True)
class LevelData:
    """One step of the ladder; `points` of 500."""

    code: str
    name: str
    thai_name: str
    points: int


@dataclass(frozen=True)
class BandData:
    """One scoring band of category 7; `points` of 500."""

    label: str
    points: int


@dataclass(frozen=True)
class SubItemData:
    """One sub-item; `level` is empty where unknown."""

    code: str
    text: str
    level: str


@dataclass(frozen=True)
class CriterionData:
    """One criterion in the words of the edition; `levels` holds known descriptors only, as (level, text)."""

    code: str
    identity: str
    short_name: str
    full_name: str
    guidance: str
    levels: tuple[tuple[str, str], ...]
    sub_items: tuple[SubItemData, ...]


@dataclass(frozen=True)
class CategoryData:
    """One category with its criteria in order; `supports` are codes of category 7."""

    number: int
    kind: str
    name: str
    revised: bool
    intent: str
    goal: str
    focus_points: tuple[str, ...]
    supports: tuple[str, ...]
    criteria: tuple[CriterionData, ...]


@dataclass(frozen=True)
class EditionData:
    """A whole edition; `successors` are (old identity, new identity)."""

    code: str
    year: int
    name: str
    character_limit: int
    source: str
    levels: tuple[LevelData, ...]
    result_bands: tuple[BandData, ...]
    categories: tuple[CategoryData, ...]
    successors: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Change:
    """One difference between the database and a file: where, which field, before and after.

    `kind` is ADDED or REMOVED (a whole entity, no field) or CHANGED.
    """

    kind: str
    where: str
    field: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if self.kind == ADDED:
            return f"เพิ่ม {self.where}"
        if self.kind == REMOVED:
            return f"ตัดออก {self.where}"
        return f"{self.where} {self.field}: “{self.old or 'ว่าง'}” → “{self.new or 'ว่าง'}”"


@dataclass(frozen=True)
class Difference:
    """What a file would change; `unchanged` counts the entities that stay as they are."""

    changes: tuple[Change, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.changes)


# --- from the database ----------------------------------------------------------------------------


def edition_data(edition: Edition) -> EditionData:
    """The edition as it stands in the database, in a constant number of queries."""
    return EditionData(
        code=edition.code,
        year=edition.year,
        name=edition.name,
        character_limit=edition.character_limit,
        source=edition.source,
        levels=tuple(
            LevelData(level.code, level.name, level.thai_name, level.points) for level in edition.levels.all()
        ),
        result_bands=tuple(BandData(band.label, band.points) for band in edition.result_bands.all()),
        categories=tuple(_category_data(category) for category in whole_categories(edition)),
        successors=tuple(edition.successions.order_by("pk").values_list("old__identity", "new__identity")),
    )


def whole_categories(edition: Edition) -> list[Category]:
    """The categories with everything that hangs on them, read at once for pages and files."""
    criteria = EditionCriterion.objects.select_related("criterion").prefetch_related(
        "descriptors__level", "sub_items__level"
    )
    return list(
        edition.categories.prefetch_related(
            "focus_points", "result_links__result", Prefetch("criteria", queryset=criteria)
        )
    )


def _category_data(category: Category) -> CategoryData:
    return CategoryData(
        number=category.number,
        kind=category.kind,
        name=category.name,
        revised=category.revised,
        intent=category.intent,
        goal=category.goal,
        focus_points=tuple(point.text for point in category.focus_points.all()),
        supports=tuple(link.result.code for link in category.result_links.all()),
        criteria=tuple(_criterion_data(wording) for wording in category.criteria.all()),
    )


def _criterion_data(wording: EditionCriterion) -> CriterionData:
    return CriterionData(
        code=wording.code,
        identity=wording.criterion.identity,
        short_name=wording.short_name,
        full_name=wording.full_name,
        guidance=wording.guidance,
        levels=tuple((descriptor.level.code, descriptor.text) for descriptor in wording.descriptors.all()),
        sub_items=tuple(
            SubItemData(item.code, item.text, item.level.code if item.level else "")
            for item in wording.sub_items.all()
        ),
    )


# --- differences ----------------------------------------------------------------------------------


def difference(old: EditionData | None, new: EditionData) -> Difference:
    """What changes when `new` takes the place of `old` (None: the edition is new)."""
    before = _entities(old) if old else {}
    after = _entities(new)
    changes: list[Change] = []
    for where, facts in after.items():
        if where not in before:
            changes.append(Change(ADDED, where))
        else:
            changes += _changed_fields(where, before[where], facts)
    changes += [Change(REMOVED, where) for where in before if where not in after]
    return Difference(tuple(changes), sum(1 for where in after if before.get(where) == after[where]))


def _changed_fields(where: str, before: Facts, after: Facts) -> Iterable[Change]:
    for field in {**before, **after}:
        old, new = before.get(field, ""), after.get(field, "")
        if old != new:
            yield Change(CHANGED, where, field, old, new)


def _entities(data: EditionData) -> dict[str, Facts]:
    """Everything that a person would name as one thing, by that name."""
    found: dict[str, Facts] = {
        "ข้อมูลฉบับ": {
            "ปี พ.ศ.": str(data.year),
            "ชื่อ": data.name,
            "จำนวนอักขระต่อคำตอบ": str(data.character_limit),
            "ที่มา": data.source,
        }
    }
    for position, level in enumerate(data.levels, start=1):
        facts = {
            "ลำดับ": str(position),
            "ชื่อ": level.name,
            "ชื่อไทย": level.thai_name,
            "คะแนน": str(level.points),
        }
        found[f"ระดับ {level.code}"] = facts
    for position, band in enumerate(data.result_bands, start=1):
        found[f"ช่วงคะแนนหมวด 7 ที่ {position}"] = {"ข้อความ": band.label, "คะแนน": str(band.points)}
    for category in data.categories:
        found |= _category_entities(category)
    for old, new in data.successors:
        found[f"การสืบต่อ {old} → {new}"] = {}
    return found


def _category_entities(category: CategoryData) -> dict[str, Facts]:
    facts = {
        "ประเภท": CategoryKind(category.kind).label,
        "ชื่อ": category.name,
        "ปรับใหม่": "ใช่" if category.revised else "ไม่ใช่",
        "เจตนารมณ์": category.intent,
        "เป้าหมาย": category.goal,
        "ส่งผลต่อ": ", ".join(category.supports),
    }
    facts |= {f"จุดเน้นที่ {place}": text for place, text in enumerate(category.focus_points, start=1)}
    found = {f"หมวด {category.number}": facts}
    for criterion in category.criteria:
        found[f"ข้อ {criterion.code}"] = _criterion_facts(criterion)
        for item in criterion.sub_items:
            found[f"ข้อย่อย {item.code}"] = {"ข้อความ": item.text, "ระดับ": item.level}
    return found


def _criterion_facts(criterion: CriterionData) -> Facts:
    facts = {
        "รหัสประจำเกณฑ์": criterion.identity,
        "ชื่อย่อ": criterion.short_name,
        "ชื่อเต็ม": criterion.full_name,
        "คำแนะนำ": criterion.guidance,
    }
    return facts | {f"ระดับ {level}": text for level, text in criterion.levels}
