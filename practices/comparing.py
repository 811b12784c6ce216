"""Two versions of one case beside each other, for the person who was overtaken while writing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from organizations.models import AuditEvent, User

from .labels import LABELS
from .models import Load, Practice
from .tags import same_tags, shown


@dataclass(frozen=True)
class Difference:
    """One field in which what stands now differs from what was typed; `is_text` marks rich text."""

    label: str
    stands: str
    is_text: bool = False


def differences(practice: Practice, typed: dict[str, Any], criteria: dict[int, str]) -> list[Difference]:
    """Where the case as it stands differs from the cleaned data of the form; `criteria` are labels by key."""
    found = [
        Difference(LABELS[name], str(getattr(practice, name) or "(ว่าง)"))
        for name in ("title", "award", "award_year", "summary", "source")
        if getattr(practice, name) != typed[name]
    ]
    if practice.agency.name != typed["agency_name"]:
        found.insert(0, Difference(LABELS["agency"], practice.agency.name))
    linked = [criterion.pk for criterion in practice.criteria.all()]
    if set(linked) != set(typed["criteria"]):
        labels = ", ".join(label for pk, label in criteria.items() if pk in linked)
        found.append(Difference(LABELS["criteria"], labels))
    if not same_tags(practice.tag_names, typed["tags"]):
        found.append(Difference(LABELS["tags"], ", ".join(map(shown, practice.tag_names)) or "(ว่าง)"))
    if practice.text.html != typed["html"]:
        found.append(Difference(LABELS["text"], practice.text.html, is_text=True))
    return found


@dataclass(frozen=True)
class LastChange:
    """Who changed a case last, and when; nobody where a command loaded files."""

    actor: User | None
    at: datetime.datetime


def last_change(practice: Practice) -> LastChange | None:
    """The last save by hand or the last load that changed the case, whichever came later."""
    events = AuditEvent.objects.filter(
        object_type=Practice._meta.label_lower, object_id=str(practice.pk), verb="practice.updated"
    )
    event = events.select_related("actor").order_by("-at").first()
    loads = Load.objects.filter(cases__practice=practice, published_at__isnull=False)
    load = loads.select_related("by").order_by("-published_at").first()
    found = [LastChange(event.actor, event.at)] if event else []
    if load and load.published_at:
        found.append(LastChange(load.by, load.published_at))
    return max(found, key=lambda change: change.at, default=None)
