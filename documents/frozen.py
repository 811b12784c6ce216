"""The form as plain data and back: what an issue (ฉบับ) keeps for ever.

Plain data are JSON values only, so that they can be stored, hashed and read by anybody. `sha256_of` names the content:
who reads the same data gets the same hash, on any machine and in any year.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import asdict, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from .form import Form

# 4 + 4 letters, without those that look like digits, and no digits, which the print may turn into Thai ones:
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def to_plain(form: Form) -> dict[str, Any]:
    """The form as JSON values; dates and times in ISO form."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(form), default=_iso, ensure_ascii=False))
    return plain


def _iso(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain data")


def from_plain(plain: dict[str, Any]) -> Form:
    """The form that `to_plain` made these data of. Raises KeyError or ValueError for data of another shape."""
    made: Form = _built(Form, plain)
    return made


def _built(kind: Any, value: Any) -> Any:
    """A value of the annotated type; fields that are missing take their default, as older issues lack newer fields."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {
            field.name: _built(hints[field.name], value[field.name])
            for field in fields(kind)
            if field.name in value
        }
        return kind(**known)  # type: ignore[operator]
    if get_origin(kind) is tuple:
        return tuple(_built(get_args(kind)[0], item) for item in value)
    if get_origin(kind) is UnionType:
        return None if value is None else _built(get_args(kind)[0], value)
    if kind in (datetime.date, datetime.datetime):
        return kind.fromisoformat(value)
    return value


# When it was read and what its pages bear at the foot are not the content.
NOT_CONTENT = {"read_at", "footer"}


def sha256_of(plain: dict[str, Any]) -> str:
    """The hash of the content in canonical form: sorted keys, no blanks, UTF-8. Equal content has equal hashes."""
    content = {name: value for name, value in plain.items() if name not in NOT_CONTENT}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def short_code(sha256: str) -> str:
    """Eight letters for the foot of a page, e.g. KXRM-BQHD; they follow from the hash."""
    number = int(sha256[:10], 16)
    letters = ""
    for _ in range(8):
        number, rest = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[rest]
    return f"{letters[:4]}-{letters[4:]}"
