"""A file in the exchange format, taken into a round on screen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.safestring import SafeString

from assessment.models import Round
from documents.enums import IncomingState
from documents.exchange.faults import ExchangeRefused
from documents.exchange.parsing import is_exchange
from documents.exchange.plan import Plan, Unit
from documents.exchange.renaming import renamed_for
from documents.exchange.taking import pictures_of, plan_for, read_source, take_in
from documents.exchange.writing import RoundChanged
from documents.models import Incoming
from documents.services.incoming import AlreadyDecided, decide, note_outcome
from organizations.models import User
from thai.differences import render_differences

from . import RefusedFile

TEMPLATE = "documents/_incoming_exchange.html"
CHANGED = "มีผู้แก้ไขแบบฟอร์มระหว่างที่ท่านตรวจไฟล์ จึงยังไม่ได้นำเข้า กรุณาตรวจรายการล่าสุดด้านล่างแล้วยืนยันอีกครั้ง"
UNANSWERED = "ยังไม่ได้นำเข้า กรุณาเลือกให้ครบทุกรายการที่ต่างจากในระบบ (เหลือ {} รายการ)"
FILE, ONLINE = "file", "online"
NEW_PICTURE = "<p>[ภาพใหม่ในไฟล์]</p>"


@dataclass(frozen=True)
class Piece:
    """A change as the page shows it: how it stands, and the file's side with the differences marked by words."""

    name: str
    place: str
    conflict: bool
    old: str
    differences: SafeString

    @classmethod
    def of(cls, unit: Unit, plan: Plan) -> Piece:
        """Pictures that are not stored yet have no address to show."""
        new = unit.new
        for row in plan.document["figures"]:
            new = re.sub(rf'<img src="/figures/{row["uid"]}/"[^>]*>', NEW_PICTURE, new)
        return cls(unit.name, unit.place, unit.conflict, unit.old, render_differences(unit.old, new))


def recognises(content: bytes, filename: str) -> bool:
    """JSON of any kind: whether it is ours, and what is wrong with it, `read` tells better."""
    return is_exchange(content) or filename.lower().endswith(".json")


def read(content: bytes, *, round: Round, by: User) -> dict[str, Any]:
    """The document under the uids of this round. Raises RefusedFile with every fault."""
    try:
        source = read_source(content)
        document = renamed_for(source.document, round.agency.code, round.year)
        plan_for(document, round, trusted=by.is_installation_admin)
    except ExchangeRefused as refused:
        raise RefusedFile(str(refused)) from refused
    return {"document": document, "cleaned": list(source.cleaned)}


def review(incoming: Incoming) -> dict[str, Any]:
    """The plan as the round stands now; of a file that was decided about only what was done."""
    understood = incoming.understood
    context: dict[str, Any] = {"template": TEMPLATE, "plan": None, "refused": "", "groups": [], "pieces": []}
    context |= {"cleaned": understood.get("cleaned", []), "done": understood.get("done", [])}
    if not incoming.is_waiting:
        return context
    try:
        plan = _plan(incoming)
    except ExchangeRefused as refused:
        return context | {"refused": str(refused)}
    pieces = [Piece.of(unit, plan) for unit in plan.changes]
    return context | {"plan": plan, "groups": list(_groups(plan)), "pieces": pieces}


def apply(incoming: Incoming, answers: Mapping[str, str], *, by: User) -> str:
    """Write the additions, and the changes for which the person took the file's side.

    Raises RefusedFile when a choice is missing or the round was changed since the page was shown, TextLocked,
    AlreadyDecided; nothing is written then.
    """
    if not incoming.is_waiting:
        raise AlreadyDecided
    try:
        plan = _plan(incoming)
        if answers.get("seen") != plan.fingerprint:
            raise RefusedFile(CHANGED)
        accepted = _accepted(plan, answers)
        pictures = pictures_of(plan.document)
        with transaction.atomic():
            decide(incoming=incoming, state=IncomingState.APPLIED, by=by)
            done = take_in(plan, accepted=accepted, pictures=pictures, by=by)
            note_outcome(incoming=incoming, outcome={"done": done})
    except ExchangeRefused as refused:
        raise RefusedFile(str(refused)) from refused
    except RoundChanged as changed:
        raise RefusedFile(CHANGED) from changed
    return f"นำเข้าแล้ว {len(done):,} รายการ" if done else "ไม่มีรายการที่ต้องเปลี่ยน แบบฟอร์มคงเดิม"


def _plan(incoming: Incoming) -> Plan:
    document = json.loads(json.dumps(incoming.understood["document"]))
    return plan_for(document, incoming.round, trusted=incoming.uploaded_by.is_installation_admin)


def _accepted(plan: Plan, answers: Mapping[str, str]) -> set[str]:
    """The changes for which the file was chosen. Raises RefusedFile while one is open."""
    chosen = {unit.name: answers.get(unit.name, "") for unit in plan.changes}
    missing = [name for name, answer in chosen.items() if answer not in (FILE, ONLINE)]
    if missing:
        raise RefusedFile(UNANSWERED.format(len(missing)))
    return {name for name, answer in chosen.items() if answer == FILE}


def _groups(plan: Plan) -> Iterator[tuple[str, list[Unit]]]:
    """The additions by category, what belongs to the whole round first."""
    for number in range(8):
        units = [unit for unit in plan.additions if unit.category == number]
        if units:
            yield (f"หมวด {number}" if number else "ทั้งแบบฟอร์มและคลังตัวอย่าง"), units
