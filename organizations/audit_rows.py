"""Events as people read them: the trail holds ids, and names are looked up when they are shown.

So the trail keeps no name of anybody, and a name that was corrected is right on old events too. A name stands here
only for rows whose name is no text of an answer, a comment or a draft; everything else is shown by its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from .audit_words import FACT_ORDER, FACTS, VALUES, verb_label
from .models import AuditEvent, User

# Rows that are shown by name, each with what its name is read from, so that a page asks once per kind.
NAMED: dict[str, tuple[str, ...]] = {
    "organizations.user": (),
    "organizations.membership": ("user", "unit"),
    "organizations.owner": (),
    "organizations.agency": (),
    "organizations.agencyterm": (),
    "assessment.round": ("agency",),
    "assessment.categorysheet": ("round__agency", "category"),
    "assessment.criterionanalysis": ("sheet__round__agency", "wording"),
    "documents.issue": ("round__agency",),
    "framework.edition": (),
    "practices.practice": ("agency",),
}
HEAVY = {"documents.issue": ("data",)}
# Facts that are ids of rows themselves.
IDS = {"user": "organizations.user", "person": "organizations.user", "owners": "organizations.owner"}
# Nobody reads all 64 signs of a hash; the exported JSON has them.
HASHES = frozenset({"sha256", "head"})


@dataclass(frozen=True)
class AuditRow:
    """One event in words."""

    event: AuditEvent
    actor: str
    what: str
    about: str
    number: str
    name: str
    facts: list[tuple[str, str]]


def rows_of(events: Sequence[AuditEvent]) -> list[AuditRow]:
    """The events in words, with one query for each kind of row that they name."""
    names = _names(events)
    return [
        AuditRow(
            event=event,
            actor=_actor(event, names),
            what=verb_label(event.verb),
            about=type_label(event.object_type),
            number=event.object_id,
            name=names.get((event.object_type, event.object_id), ""),
            facts=[(FACTS.get(key, key), _words(event, key, names)) for key in _in_order(event.facts)],
        )
        for event in events
    ]


def _in_order(facts: dict[str, Any]) -> list[str]:
    """PostgreSQL keeps no order of keys, so the table of words gives one."""
    return sorted(facts, key=lambda key: (FACT_ORDER.get(key, len(FACT_ORDER)), key))


def type_label(object_type: str) -> str:
    """The kind of row as its model says it; a kind that is gone by now is shown as it stands."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name) if object_type else ""
    except (LookupError, ValueError):
        return object_type


Names = dict[tuple[str, str], str]


def _actor(event: AuditEvent, names: Names) -> str:
    if event.actor_id is None:
        return "ระบบ"
    return names.get((User._meta.label_lower, str(event.actor_id)), f"#{event.actor_id}")


def _names(events: Iterable[AuditEvent]) -> Names:
    wanted: dict[str, set[str]] = defaultdict(set)
    for event in events:
        wanted[event.object_type].add(event.object_id)
        if event.actor_id:
            wanted[User._meta.label_lower].add(str(event.actor_id))
        for fact, label in IDS.items():
            wanted[label] |= {str(pk) for pk in _as_list(event.facts.get(fact))}
    names: Names = {}
    for label in NAMED.keys() & wanted.keys():
        model = apps.get_model(label)
        pks = [int(pk) for pk in wanted[label] if pk.isascii() and pk.isdigit() and len(pk) < 19]
        rows = model._base_manager.filter(pk__in=pks).defer(*HEAVY.get(label, ()))
        related = NAMED[label]
        for row in rows.select_related(*related) if related else rows:
            names[label, str(row.pk)] = str(row)
    return names


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _words(event: AuditEvent, key: str, names: Names) -> str:
    """A fact in words; what has none is shown as it stands."""
    value = event.facts[key]
    if key in IDS:
        return ", ".join(names.get((IDS[key], str(pk)), f"#{pk}") for pk in _as_list(value)) or "–"
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    if key == "fields":
        return ", ".join(_field_label(event.object_type, str(name)) for name in _as_list(value))
    if isinstance(value, list):
        return ", ".join(_inner_words(inner) for inner in value)
    if key in HASHES:
        return f"{str(value)[:12]}…"
    return VALUES.get(key, {}).get(str(value), str(value))


def _inner_words(inner: Any) -> str:
    """One of several: a file by its name and the beginning of its hash, everything else as it stands."""
    if not isinstance(inner, dict):
        return str(inner)
    return " ".join(f"{str(value)[:12]}…" if key in HASHES else str(value) for key, value in inner.items())


def _field_label(object_type: str, name: str) -> str:
    """The field as forms call it."""
    try:
        return str(getattr(apps.get_model(object_type)._meta.get_field(name), "verbose_name", name))
    except (LookupError, ValueError, FieldDoesNotExist):
        return name
