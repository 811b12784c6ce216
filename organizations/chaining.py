"""What an entry of the audit trail is worth: its bytes, and the hash that ties it to the one before.

Frozen: the hashes of every installation were made by these rules, and a release that changes them could not tell
its own change from somebody's hand. Nothing here asks a database, so that a row read back from SQLite or
PostgreSQL, or from an exported file, gives the bytes that it was written with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

# The fields of an entry besides its own hash; `agency` and `actor` are primary keys or None.
FIELDS = ("sequence", "at", "agency", "actor", "verb", "object_type", "object_id", "facts")
# What stands before the first entry of every chain.
GENESIS = ""


def storable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as both databases keep them: plain JSON, no character that one of them refuses.

    Raises ValueError for a number that is none (NaN, infinity).
    """
    plain: dict[str, Any] = _settled(json.loads(json.dumps(facts, cls=DjangoJSONEncoder, allow_nan=False)))
    return plain


def link(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of an entry that follows the one with the hash `previous`."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical_bytes(entry)).hexdigest()


def canonical_bytes(entry: Mapping[str, Any]) -> bytes:
    """All fields of an entry as the same bytes on every machine: sorted keys, UTF-8, time in UTC with microseconds."""
    at: datetime = entry["at"]
    values = {name: entry[name] for name in FIELDS} | {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "facts": _settled(entry["facts"]),
    }
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # a lone surrogate can only have been put there by hand; it must break the chain and not the proof
    return text.encode("utf-8", "backslashreplace")


def _settled(value: Any) -> Any:
    """One spelling for what the databases spell in their own way.

    PostgreSQL gives 1e22 back as a whole number and knows no negative zero; it refuses NUL and lone surrogates.
    """
    if isinstance(value, dict):
        return {_settled(key): _settled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_settled(inner) for inner in value]
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return int(exact) if exact == exact.to_integral_value() else value
    return value
