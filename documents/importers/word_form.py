"""Last year's form as Word file: read into pieces, shown piece by piece, written all or nothing.

It recognises everything that may be meant as a Word file, so that a wrong kind gets its reason; in `IMPORTERS`
it has to stand last.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from django.core.exceptions import ValidationError

from assessment.models import Round
from documents.models import Incoming
from documents.services.last_year import Refused, WrittenForm, write_last_year
from documents.word_form.corrections import offered
from documents.word_form.package import Package
from documents.word_form.patterns import squash
from documents.word_form.pieces import Piece, PieceKind, as_html
from documents.word_form.reading import Reading, read_form
from documents.word_form.source import Source, read_document
from documents.word_form.streams import Known
from framework.models import EditionCriterion
from organizations.importers.archive import OLE, ZIP
from organizations.models import Agency, User
from texts.figures import add_figure

from . import RefusedFile
from .archive import check_docx, is_old_word
from .old_word import to_docx
from .word_form_answers import Answers
from .word_form_review import review_of

MAX_PIECES = 3_000
MAX_PICTURES = 300
SUFFIXES = (".docx", ".doc", ".docm", ".dotx", ".odt", ".rtf")
DAMAGED = "อ่านไฟล์นี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาเปิดด้วย Word แล้วบันทึกเป็น .docx อีกครั้ง"
NOT_A_FORM = "ไม่พบเกณฑ์ข้อใดของรอบนี้ในไฟล์ (เช่น “เกณฑ์ 1.1 …”) กรุณาตรวจว่าเลือกไฟล์แบบฟอร์มการวิเคราะห์"


def recognises(content: bytes, filename: str) -> bool:
    """Anything that may be meant as a Word file."""
    return content.startswith((OLE, ZIP, b"{\\rtf")) or filename.lower().endswith(SUFFIXES)


def read(content: bytes, *, round: Round, by: User) -> dict[str, Any]:
    """What the file says, as plain data; only its pictures are stored. Raises RefusedFile."""
    source = open_form(content)
    reading = read_form(source, _known(round))
    if not any(piece.kind == PieceKind.HEADING and piece.code for piece in reading.pieces):
        raise RefusedFile(NOT_A_FORM)
    if len(reading.pieces) > MAX_PIECES:
        raise RefusedFile(f"ไฟล์นี้แยกได้เกิน {MAX_PIECES:,} ชิ้น กรุณาแบ่งไฟล์ตามหมวดแล้วนำเข้าทีละไฟล์")
    return _as_data(reading, _store_pictures(source, round, by))


def open_form(content: bytes) -> Source:
    """The document as lines and tables, also an old .doc. Raises RefusedFile."""
    if is_old_word(content):
        content = to_docx(content)
    check_docx(content)
    try:
        return read_document(content)
    except (
        KeyError,
        ParseError,
        ValueError,
        IndexError,
        zipfile.BadZipFile,
        EOFError,
        RecursionError,
    ) as fault:
        raise RefusedFile(DAMAGED) from fault


def review(incoming: Incoming) -> dict[str, Any]:
    """The page: every piece with its place, and everything that has to be decided."""
    return review_of(incoming)


def apply(incoming: Incoming, answers: Mapping[str, str], *, by: User) -> str:
    """Write what the person agreed to, all or nothing. Raises RefusedFile, TextLocked, AlreadyDecided."""
    # what was chosen stands on the page again when it is refused
    incoming.understood = incoming.understood | {"answers": Answers.plain(answers)}
    plan = Answers(incoming).plan()
    try:
        written = write_last_year(incoming=incoming, plan=plan, by=by)
    except Refused as refused:
        raise RefusedFile(str(refused)) from refused
    return _sentence(written)


def _known(round: Round) -> Known:
    """Names of this edition's criteria and of public bodies."""
    rows = EditionCriterion.objects.filter(edition=round.edition, category__number__lte=6)
    names = {row.code: (row.full_name, row.short_name) for row in rows}
    agencies = Agency.objects.values_list("name", "short_name")
    return Known(names, frozenset(squash(name) for pair in agencies for name in pair if name))


def _as_data(reading: Reading, pictures: Mapping[str, str]) -> dict[str, Any]:
    pieces = [_piece(number, piece, pictures) for number, piece in enumerate(reading.pieces)]
    texts = (f"{piece['head']}\n{piece['text']}" for piece in pieces if piece["kind"] != PieceKind.HEADING)
    return {
        "year": reading.year,
        "feedback_year": reading.feedback_year,
        "step": reading.step,
        "pieces": pieces,
        "corrections": [asdict(correction) for correction in offered(texts)],
        "split_am": sorted(set(reading.split_am)),
    }


def _piece(number: int, piece: Piece, pictures: Mapping[str, str]) -> dict[str, Any]:
    return {
        "number": number,
        "kind": piece.kind.value,
        "code": piece.code,
        "also": list(piece.also),
        "place": piece.place,
        "why": piece.why,
        "head": piece.head,
        "agency": piece.agency,
        "award": piece.award,
        "award_year": piece.award_year,
        "own_column": piece.own_column,
        "text": piece.text,
        "html": as_html(piece.lines, pictures),
    }


def _store_pictures(source: Source, round: Round, by: User) -> dict[str, str]:
    """Addresses of the pictures by the names of their parts; those that we cannot take have none."""
    names = list(dict.fromkeys(name for line in source.lines() for name in line.pictures))
    found = ((name, _store_picture(source.package, name, round, by)) for name in names[:MAX_PICTURES])
    return {name: address for name, address in found if address}


def _store_picture(package: Package, name: str, round: Round, by: User) -> str:
    content = package.bytes_of(name)
    try:
        return add_figure(
            file=BytesIO(content), size=len(content), agency=round.agency, by=by
        ).get_absolute_url()
    except ValidationError:
        # drawings in formats of Windows (EMF, WMF) among others; the text says where one is missing
        return ""


def _sentence(written: WrittenForm) -> str:
    parts = [f"{label} {count} รายการ" for label, count in written.counts() if count]
    if not parts:
        return "ทุกชิ้นในไฟล์นี้มีอยู่แล้ว จึงไม่มีสิ่งใดเปลี่ยน"
    same = f" (มีอยู่แล้ว {written.unchanged} รายการ ไม่เปลี่ยน)" if written.unchanged else ""
    return f"นำเข้าแล้ว: {_joined(parts)}{same}"


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(parts)
