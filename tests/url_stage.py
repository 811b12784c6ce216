"""The stage of tests/test_url_matrix.py: both agencies with everything in them, and everybody who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.http import HttpResponseBase
from django.test import Client

from organizations.models import AuditEvent, AuditHead, User
from tests.url_rows import Row, Values
from tests.url_world import Everything, Holdings

Snapshot = dict[str, list[tuple[Any, ...]]]


@dataclass
class Asker:
    """Somebody who asks, signed in once; every request starts from the same cookies."""

    name: str
    user: User | None
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        if self.user:
            self.client.force_login(self.user)
        self.cookies = self.client.cookies.output(header="")

    def ask(
        self, method: str, url: str, body: Values | None = None, *, by_script: bool = False
    ) -> HttpResponseBase:
        """Send one request, as a browser does or as the scripts of our pages do.

        What it leaves in the cookies is forgotten.
        """
        self.client.cookies = SimpleCookie(self.cookies)
        send = getattr(self.client, method.lower())
        headers = {"HX-Request": "true"} if by_script else {}
        return send(url, body or {}, headers=headers) if method == "POST" else send(url, headers=headers)


@dataclass
class Stage:
    """The two agencies and everybody who asks for their pages."""

    everything: Everything
    askers: list[Asker]
    rows: Snapshot = field(default_factory=lambda: snapshot())

    def sides(self, row: Row) -> list[tuple[Holdings, Holdings]]:
        """Whose objects are asked for, and the other agency; what belongs to none is asked for once."""
        here, there = self.everything.here, self.everything.there
        return [(here, there), (there, here)] if row.owned else [(here, there)]

    def standing(self, asker: Asker, row: Row, owner: Holdings) -> str:
        """How the asker stands to the owner of what is asked for."""
        side, _, role = asker.name.partition(" ")
        if side not in ("own", "other"):
            return asker.name
        place = self.everything.here if side == "own" else self.everything.there
        if row.owned and place is not owner:
            return "foreign"
        if role.startswith("committee"):
            return "own committee" if role == f"committee_{owner.category}" else "other committee"
        return role

    def is_of(self, asker: Asker, holdings: Holdings) -> bool:
        """Whether the asker works in that agency."""
        return asker.user in holdings.place.people.values()


def snapshot() -> Snapshot:
    """Every row of every table, except who is signed in and the audit trail.

    A refused write and a download are written into the trail; tests/organizations/test_audit_events.py asks for that.
    """
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model not in (Session, AuditEvent, AuditHead)
    }
