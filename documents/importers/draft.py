"""This round's draft, sent out as a Word document, edited, and brought back (docs/adr/0015-word-round-trip.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from assessment.models import Round
from assessment.services.activities import ActivityElsewhere
from documents.draft.entries import BOTH, FILE, REMOVE, Entry, entries_of
from documents.draft.understanding import understand
from documents.draft.writing import Writer
from documents.enums import IncomingState
from documents.models import Incoming
from documents.services.incoming import decide
from documents.word.reader import UnreadableDocument, read_document, read_properties
from organizations.models import Owner, User
from texts.cleaning import UncleanText
from texts.models import StaleVersion
from texts.services import TextConflict
from thai.differences import render_differences

from . import RefusedFile
from .archive import check_docx

TEMPLATE = "documents/_draft.html"
ELSEWHERE = "ไฟล์นี้ไม่ใช่ร่างของแบบฟอร์มนี้ กรุณาเลือกไฟล์ Word ที่ส่งออกจากแบบฟอร์มปีนี้ของหน่วยงานท่าน"
UNREADABLE = "เปิดไฟล์ Word นี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาเปิดใน Word บันทึกเป็น .docx แล้วส่งอีกครั้ง"
CHANGED_MEANWHILE = "มีผู้บันทึก “{}” หลังจากที่ท่านเปิดหน้านี้ ยังไม่มีสิ่งใดถูกนำเข้า กรุณาตรวจรายการนี้แล้วยืนยันอีกครั้ง"


def recognises(content: bytes, filename: str) -> bool:
    """A document of ours tells it in its properties, also after another program saved it."""
    return bool(read_properties(content).get("pmqa-round"))


def read(content: bytes, *, round: Round, by: User) -> dict[str, Any]:
    """What changed since the document went out. Raises RefusedFile.

    Of another round nothing is told, not even whether it exists.
    """
    check_docx(content)
    if read_properties(content).get("pmqa-round") != str(round.uid):
        raise RefusedFile(ELSEWHERE)
    try:
        return understand(read_document(content), round)
    except UnreadableDocument as error:
        raise RefusedFile(UNREADABLE) from error
    except UncleanText as error:
        raise RefusedFile(f"อ่านข้อความในไฟล์ไม่ได้: {error}") from error


def review(incoming: Incoming) -> dict[str, Any]:
    """The context of the page: conflicts first, then changes; afterwards what was done."""
    understood = incoming.understood
    entries = entries_of(incoming, understood.get("answers", {})) if incoming.is_waiting else []
    refused = [
        {"place": row["place"], "shown": render_differences(_lines(row["old"]), _lines(row["new"]))}
        for row in understood["refused"]
    ]
    return {
        "template": TEMPLATE,
        "entries": entries,
        "conflicts": sum(entry.is_conflict for entry in entries),
        "unknown_owners": any(entry.unknown for entry in entries),
        "refused": refused,
        "notes": understood["notes"],
        "done": understood.get("done", []),
        "read_at": parse_datetime(understood["read_at"]) if understood["read_at"] else None,
        "owner_names": Owner.objects.filter(agency=incoming.round.agency).current().in_thai_order(),
    }


def _lines(text: str) -> str:
    """Plain lines as markup; `render_differences` takes nothing but its allow-list from it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"<p>{line}</p>" for line in escaped.split("\n"))


def apply(incoming: Incoming, answers: Mapping[str, str], *, by: User) -> str:
    """Write what was decided, all or nothing. Raises RefusedFile; the answers are kept for the next look then."""
    given = {name: str(answers[name])[:2000] for name in answers if name != "csrfmiddlewaretoken"}
    try:
        return _apply(incoming, given, by)
    except RefusedFile:
        incoming.understood = {**incoming.understood, "answers": given}
        Incoming.objects.filter(pk=incoming.pk).waiting().update(understood=incoming.understood)
        raise


@transaction.atomic
def _apply(incoming: Incoming, answers: Mapping[str, str], by: User) -> str:
    decide(incoming=incoming, state=IncomingState.APPLIED, by=by)
    entries = entries_of(incoming, answers)
    if faults := list(dict.fromkeys(_faults(entries, answers))):
        raise RefusedFile(" · ".join(faults))
    try:
        Writer(incoming, by).write(entries)
    except (TextConflict, StaleVersion, ActivityElsewhere) as error:
        raise RefusedFile(CHANGED_MEANWHILE.format("ข้อความในไฟล์นี้")) from error
    except UncleanText as error:
        raise RefusedFile(str(error)) from error
    done = [f"{entry.place}: {dict(entry.choices)[entry.choice]}" for entry in entries]
    # what is still different now was left so on purpose; the same file does not ask for it again
    settled = {entry.name: entry.seen for entry in entries_of(incoming, {})}
    incoming.understood = {**incoming.understood, "answers": dict(answers), "done": done, "settled": settled}
    incoming.save(update_fields=["understood"])
    return _told(entries)


def _faults(entries: list[Entry], answers: Mapping[str, str]) -> list[str]:
    """Everything that keeps the decision from being written, in sentences."""
    faults = []
    open_places = [entry.place for entry in entries if not entry.choice]
    if open_places:
        faults.append(f"กรุณาเลือกว่าจะใช้ข้อความใด: {', '.join(open_places)}")
    for entry in entries:
        if entry.choice not in (FILE, BOTH, REMOVE):
            continue
        if answers.get(f"seen-{entry.name}") != entry.seen:
            faults.append(CHANGED_MEANWHILE.format(entry.place))
        elif entry.unknown and entry.choice == FILE:
            names = ", ".join(f"“{name}”" for name in entry.unknown)
            faults.append(f"{entry.place}: ไม่พบ {names} ในรายชื่อผู้รับผิดชอบ กรุณาแก้ชื่อ หรือเลือกไม่เปลี่ยน")
    return faults


def _told(entries: list[Entry]) -> str:
    """What was done, in one sentence."""
    written = [entry.sort for entry in entries if entry.choice in (FILE, BOTH, REMOVE)]
    if not written:
        return "ตรวจไฟล์เรียบร้อยแล้ว ไม่มีข้อความใดเปลี่ยน"
    words = {
        "text": "เปลี่ยนข้อความ {} แห่ง",
        "line": "เปลี่ยนผู้รับผิดชอบ {} แห่ง",
        "new": "เพิ่มกิจกรรม {} รายการ",
        "missing": "นำออก {} รายการ",
    }
    counted = [text.format(written.count(sort)) for sort, text in words.items() if sort in written]
    return f"นำเข้าร่างจาก Word แล้ว: {' '.join(counted)}"
