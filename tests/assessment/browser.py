"""What a browser does on the criterion page, without the browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from assessment.models import Activity, ActivityPlace, Round
from assessment.owner_line import owner_line_text
from assessment.services.details import Details, stored_details
from organizations.models import AuditEvent, User
from texts.models import Revision, SaveKey, Text

Line = tuple[str, str, str]  # joiner, name, note


def url(round: Round, *rest: str) -> str:
    """An address below the round, e.g. url(round, "1.1", "activities")."""
    return "/".join(["/a", round.agency.code, str(round.year), *rest, ""])


def form_of(
    activity: Activity | None = None, *, owners: Sequence[Line] = (), **changes: Any
) -> dict[str, Any]:
    """The fields of the card of `activity`, or of a blank one, as its form sends them after these changes."""
    fields: dict[str, Any] = {
        "uid": str(activity.uid if activity else uuid.uuid4()),
        "key": str(uuid.uuid4()),
        "base_version": activity.text.version if activity else 0,
        "owners_version": activity.owners_version if activity else 1,
        "shown": mark_of(activity),
        "html": activity.text.html if activity else "",
        "starts_on": "",
        "ends_on": "",
    }
    return fields | owner_fields(owners) | changes


def mark_of(activity: Activity | None) -> str:
    """What the card tells about the details that it shows, on the page where the activity was written."""
    home = activity.places.order_by("pk").first() if activity else None
    return stored_details(activity, home.analysis).mark() if home else Details().mark()


def owner_fields(lines: Sequence[Line], initial: int = 0) -> dict[str, Any]:
    """The fields of the owner line; the order is that of `lines`."""
    fields: dict[str, Any] = {"owners-TOTAL_FORMS": len(lines), "owners-INITIAL_FORMS": initial}
    for index, (joiner, name, note) in enumerate(lines):
        fields |= {
            f"owners-{index}-joiner": joiner,
            f"owners-{index}-owner": name,
            f"owners-{index}-note": note,
            f"owners-{index}-ORDER": index + 1,
        }
    return fields


def save(
    client: Client, user: User, round: Round, code: str, fields: dict[str, Any], **headers: Any
) -> HttpResponse:
    """Press «บันทึก» as this person; htmx unless told otherwise."""
    client.force_login(user)
    return client.post(url(round, code, "activities"), fields, headers=headers or {"HX-Request": "true"})


def value_of(page: HttpResponse, name: str) -> str:
    """What stands in the input `name` of the answered card."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
    assert tag, f"no input {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    return unescape(value[1]) if value else ""


def text_area(page: HttpResponse, name: str = "html") -> str:
    """What stands in the text area `name`, as the person sees it."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page.content.decode(), re.DOTALL)
    assert found, f"no text area {name}"
    return unescape(found[1]).strip()


def activity_at(round: Round, code: str) -> Activity:
    """The one activity of a criterion."""
    return Activity.objects.select_related("text", "round").get(
        places__analysis__wording__code=code, round=round, withdrawn_at=None
    )


def line_of(activity: Activity) -> str:
    """Its owner line as it is stored."""
    return owner_line_text(activity.owner_lines.select_related("owner"))


def counts() -> tuple[int, ...]:
    """How many rows there are of everything that a save may write."""
    models = (Activity, ActivityPlace, Text, Revision, SaveKey, AuditEvent)
    return tuple(model.objects.count() for model in models)
