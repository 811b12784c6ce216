"""An edition as the readable file from which it can be loaded again."""

from __future__ import annotations

from typing import Any

from .data import CategoryData, CriterionData, EditionData, SubItemData, edition_data
from .enums import CategoryKind
from .files import Inline, InlineList, Quoted, dump_data
from .models import Edition


def dump_edition(edition: Edition) -> str:
    """The YAML of the edition, in the form of the files under fixtures/framework."""
    return dump_data(edition_mapping(edition_data(edition)))


def edition_file(edition: Edition) -> tuple[str, str, bytes]:
    """The same as a download: file name, media type, bytes."""
    return f"{edition.code}.yaml", "application/yaml; charset=utf-8", dump_edition(edition).encode()


def edition_mapping(data: EditionData) -> dict[str, Any]:
    """The edition as the mapping that the file holds."""
    return {
        "edition": {
            "code": Quoted(data.code),
            "year": data.year,
            "name": data.name,
            "character_limit": data.character_limit,
            "source": data.source,
        },
        "levels": [
            Inline(code=level.code, name=Quoted(level.name), thai_name=level.thai_name, points=level.points)
            for level in data.levels
        ],
        "result_bands": [Inline(label=band.label, points=band.points) for band in data.result_bands],
        "categories": [
            _category(category, [level.code for level in data.levels]) for category in data.categories
        ],
        "successors": [Inline({"from": Quoted(old), "to": Quoted(new)}) for old, new in data.successors],
    }


def _category(category: CategoryData, level_codes: list[str]) -> dict[str, Any]:
    codes = level_codes if category.kind == CategoryKind.PROCESS else []
    return {
        "number": category.number,
        "kind": category.kind,
        "name": category.name,
        "revised": category.revised,
        "intent": category.intent,
        "goal": category.goal,
        "focus_points": list(category.focus_points),
        "supports": InlineList(Quoted(code) for code in category.supports),
        "criteria": [_criterion(criterion, codes) for criterion in category.criteria],
    }


def _criterion(criterion: CriterionData, level_codes: list[str]) -> dict[str, Any]:
    known = dict(criterion.levels)
    levels = {code: known.get(code, "") for code in level_codes}
    return {
        "code": Quoted(criterion.code),
        "identity": criterion.identity,
        "short_name": criterion.short_name,
        "full_name": criterion.full_name,
        "guidance": criterion.guidance,
        "levels": levels if known else Inline(levels),
        "sub_items": [_sub_item(item) for item in criterion.sub_items],
    }


def _sub_item(item: SubItemData) -> dict[str, Any]:
    return {"code": Quoted(item.code), "text": item.text, "level": item.level}
