"""What was read from a file waits on the server for the confirmation; the browser only sends back its number."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.sessions.backends.base import SessionBase


def keep(session: SessionBase, kind: str, **values: Any) -> str:
    """Let `values` (plain data) wait, in the place of what waited before; gives the number to confirm with."""
    number = secrets.token_urlsafe(16)
    session[kind] = {"number": number, **values}
    return number


def take(session: SessionBase, kind: str, number: str | None, **scope: Any) -> dict[str, Any] | None:
    """What waits under this number and was kept with these values; None when there is no such thing.

    It is taken at once, so that a second press of the button finds nothing.
    """
    kept: dict[str, Any] | None = session.get(kind)
    if not kept or kept["number"] != number or any(kept.get(name) != value for name, value in scope.items()):
        return None
    del session[kind]
    session.save()
    return kept
