"""Which public body a name means: names are typed by people, in more than one spelling."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from organizations.models import Agency, AuditEvent, User
from thai.text import normalise

# Left out when two spellings are compared: spaces, full stops, hyphens, and the signs ฯ and ๆ.
_WITHOUT_MEANING = re.compile(r"[\s.\-–ฯๆ]")
_OFFICE = "สำนักงาน"


def spelling(name: str) -> str:
    """The name without spaces and full stops: what two spellings of one name have in common."""
    return _WITHOUT_MEANING.sub("", normalise(name)).casefold()


def core_name(name: str) -> str:
    """The spelling without «สำนักงาน» before it, which people leave out or add."""
    bare = spelling(name)
    return bare.removeprefix(_OFFICE) or bare


def agency_called(name: str, agencies: Iterable[Agency]) -> Agency | None:
    """The agency with exactly this name, or the only one with this short name."""
    known = list(agencies)
    if exact := next((agency for agency in known if agency.name == name), None):
        return exact
    short = [agency for agency in known if name and agency.short_name == name]
    return short[0] if len(short) == 1 else None


def agency_alike(name: str, agencies: Iterable[Agency]) -> Agency | None:
    """An agency whose name differs from this one only in spaces, full stops or «สำนักงาน»; the nearest first."""
    alike = [agency for agency in agencies if core_name(agency.name) == core_name(name)]
    return min(alike, key=lambda agency: spelling(agency.name) != spelling(name), default=None)


def new_agency_fault(name: str, kind: str, agencies: Iterable[Agency]) -> tuple[str, str] | None:
    """Why a name that no agency has may not be added yet, as (name or kind, Thai sentence).

    An unknown name needs a kind, so that nobody adds a body by a slip of the finger; one spelt almost alike is
    pointed out first.
    """
    alike = agency_alike(name, agencies)
    if alike and spelling(alike.name) == spelling(name):
        return "name", f"มี “{alike.name}” ในระบบแล้ว ต่างกันเพียงการเว้นวรรค กรุณาใช้ชื่อนั้น"
    if alike and not kind:
        question = f"ท่านหมายถึง “{alike.name}” ใช่หรือไม่ ถ้าใช่ กรุณาใช้ชื่อนั้น"
        return "name", f"{question} ถ้าเป็นคนละหน่วยงาน กรุณาเลือกประเภทเพื่อเพิ่มหน่วยงานใหม่"
    if not kind:
        return "kind", f"ยังไม่มี “{name}” ในระบบ ถ้าสะกดถูกต้องแล้ว กรุณาเลือกประเภทเพื่อเพิ่มหน่วยงานนี้"
    return None


def new_agency(*, name: str, kind: str, by: User | None) -> Agency:
    """A public body that only appears as an example; one that somebody else added meanwhile is taken."""
    defaults = {"code": f"agency-{uuid.uuid4().hex[:10]}", "kind": kind}
    agency, created = Agency.objects.get_or_create(name=name, defaults=defaults)
    if created:
        AuditEvent.record("agency.created", agency, by=by, code=agency.code)
    return agency
