"""The library as files that a person may read and write in an editor: YAML by category, JSON in one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from framework.files import Inline, InlineList, Quoted, dump_data
from organizations.models import Agency

from .library import FIGURES, ExportedCase, Library

FACTS = ("title", "award", "award_year")
WORDS = ("summary", "source")


def yaml_file(library: Library, category: int) -> bytes:
    """The cases whose first criterion is of this category."""
    cases = list(library.cases(category))
    agencies = dict.fromkeys(case.practice.agency for case in cases)
    data = {
        "edition": Quoted(library.edition.code),
        "agencies": [Inline(_agency(agency)) for agency in agencies],
        "practices": [_yaml_case(case) for case in cases],
    }
    return dump_data(data).encode()


def _yaml_case(case: ExportedCase) -> dict[str, Any]:
    lists = {"criteria": InlineList(map(Quoted, case.codes)), "tags": InlineList(case.tags)}
    return _case(case, f"../{FIGURES}") | lists


def json_file(library: Library) -> Iterator[bytes]:
    """All cases, one field per line, so that a fault can be found by its line; a few at a time."""
    yield f'{{\n"edition": {_json(library.edition.code)},\n"agencies": [\n'.encode()
    yield ",\n".join(_json(_agency(agency)) for agency in library.agencies()).encode()
    yield b'\n],\n"practices": [\n'
    for number, case in enumerate(library.cases()):
        yield ((",\n" if number else "") + _json(_case(case, FIGURES), indent=1)).encode()
    yield b"\n]\n}\n"


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _agency(agency: Agency) -> dict[str, str]:
    return {
        "code": agency.code,
        "name": agency.name,
        "short_name": agency.short_name,
        "kind": agency.kind,
    }


def _case(case: ExportedCase, figures: str) -> dict[str, Any]:
    practice = case.practice
    return {
        "key": practice.key,
        "agency": practice.agency.code,
        **{name: getattr(practice, name) for name in FACTS},
        "criteria": case.codes,
        "tags": case.tags,
        **{name: getattr(practice, name) for name in WORDS},
        "text": case.text(figures),
    }
