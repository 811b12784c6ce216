"""A document under other uids, for a round that is not the one it was written from."""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

from . import Document
from .checking import rows_of
from .parsing import PICTURE

_NAMESPACE: Final = uuid.UUID("0b8f4d0e-6f9b-5c0e-9a44-6a3f0a6f2b1d")
_UID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN_ROWS: Final = ("owners", "figures", "activities", "feedback", "sheet figures", "criteria", "chosen")


def renamed_for(document: Document, code: str, year: int) -> Document:
    """The document as it is for the agency of this code and a Buddhist-era year.

    For its own round it stays. For another one every row gets a uid that follows from both, so that the round
    that it came from is not touched and the same file twice gives the same rows.
    """
    if (document["agency"]["code"], document["round"]["year"]) == (code, year):
        return document
    own = {row["uid"] for kind in OWN_ROWS for _, row in rows_of(document, kind)}
    own.add(document["round"]["uid"])
    names = {uid: str(uuid.uuid5(_NAMESPACE, f"{code}/{year}/{uid}")) for uid in own}
    renamed: Document = replace_uids(document, names)
    renamed["round"]["year"] = year
    return renamed


def replace_uids(value: Any, names: dict[str, str], name: str = "") -> Any:
    """The value with other uids wherever one of these stands, also in the addresses of pictures in texts."""
    if isinstance(value, str):
        return value if name == PICTURE else _UID.sub(lambda found: names.get(found[0], found[0]), value)
    if isinstance(value, list):
        return [replace_uids(item, names) for item in value]
    if isinstance(value, dict):
        return {key: replace_uids(item, names, key) for key, item in value.items()}
    return value
