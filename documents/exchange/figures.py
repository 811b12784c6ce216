"""The pictures of a document: checked, brought under our rules, stored under their uids."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from organizations.models import Agency
from texts.figures import FORMATS, Encoded, encode_figure
from texts.models import Figure

from . import Document
from .checking import rows_of
from .faults import Faults
from .renaming import replace_uids

NOT_USABLE = "ใช้รหัส (uid) นี้ไม่ได้ กรุณาให้ผู้ส่งส่งออกไฟล์ใหม่"


def settle_figures(document: Document) -> None:
    """Check every picture and bring it under our rules; one that meets them already keeps its bytes.

    Raises ExchangeRefused. Afterwards size, hash and type are those of what will be stored.
    """
    faults = Faults()
    for place, row in rows_of(document, "figures"):
        if (content := _content(row, place, faults)) is not None:
            _settle(row, content, place, faults)
    faults.raise_if_any()


def _content(row: dict[str, Any], place: str, faults: Faults) -> bytes | None:
    """The bytes as the file says they are."""
    try:
        content = base64.b64decode(row["content"], validate=True)
    except (binascii.Error, ValueError):
        faults.add(f"{place}.content", "ถอดรหัส base64 ไม่ได้")
        return None
    if len(content) != row["size"]:
        faults.add(f"{place}.size", f"ระบุ {row['size']:,} ไบต์ แต่ภาพมี {len(content):,} ไบต์")
    elif hashlib.sha256(content).hexdigest() != row["sha256"]:
        faults.add(f"{place}.sha256", "ไม่ตรงกับเนื้อหาของภาพ")
    else:
        return content
    return None


def _settle(row: dict[str, Any], content: bytes, place: str, faults: Faults) -> None:
    try:
        stored, kind, _, _ = encode_figure(io.BytesIO(content), len(content))
    except ValidationError as error:
        faults.add(f"{place}.content", error.messages[0])
        return
    if FORMATS[kind][1] != row["media_type"]:
        faults.add(f"{place}.media_type", f"ระบุ {row['media_type']} แต่ภาพเป็น {FORMATS[kind][1]}")
        return
    if stored != content:
        row["content"] = base64.b64encode(stored).decode()
        row["size"] = len(stored)
        row["sha256"] = hashlib.sha256(stored).hexdigest()


def with_stored_figures(document: Document, agency: Agency, *, trusted: bool) -> Document:
    """The document naming the pictures that are stored already, and holding only those that are not, each once.

    Raises ExchangeRefused for a uid that belongs to another agency or to another picture.
    """
    faults = Faults()
    usable = Figure.objects.filter(Q(agency=None) | Q(agency=agency))
    by_uid = {str(f.uid): f for f in Figure.objects.filter(uid__in=[f["uid"] for f in document["figures"]])}
    hashes = [row["sha256"] for row in document["figures"]]
    same = {(f.sha256, f.name): str(f.uid) for f in usable.filter(sha256__in=hashes).order_by("-pk")}
    names: dict[str, str] = {}
    first: dict[tuple[bool, str, str], str] = {}
    for place, row in rows_of(document, "figures"):
        if stored := by_uid.get(row["uid"]):
            if stored.agency_id not in (None, agency.pk) or stored.sha256 != row["sha256"]:
                faults.add(f"{place}.uid", NOT_USABLE)
            names[row["uid"]] = row["uid"]
        elif uid := same.get((row["sha256"], row["name"])):
            names[row["uid"]] = uid
        else:
            # not trusted, shared pictures become the agency's own, where the same one may stand already
            key = (row["shared"] and trusted, row["sha256"], row["name"])
            if (uid := first.setdefault(key, row["uid"])) != row["uid"]:
                names[row["uid"]] = uid
    faults.raise_if_any()
    rest = [row for row in document["figures"] if row["uid"] not in names]
    matched: Document = replace_uids(document | {"figures": rest}, names)
    return matched


def encoded(row: dict[str, Any]) -> Encoded:
    """A settled picture as `texts.figures` stores it. Raises ValidationError."""
    content = base64.b64decode(row["content"])
    return encode_figure(io.BytesIO(content), len(content))
