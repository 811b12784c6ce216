"""The JSON file of feedback: the same fields as a table, one object per point; every fault with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from organizations.importers.csv_files import decode
from organizations.importers.tables import Fault, Table
from organizations.importers.workbook import MAX_FILE, RefusedWorkbook, as_is, as_text, too_many

from .columns import COLUMNS, FORMAT, HEADINGS, VERSION

MOST_CHARACTERS = COLUMNS.most_characters
IN_A_POINT = tuple(name for name in HEADINGS if name != "agency")
REQUIRED = tuple(name for name in IN_A_POINT if name in COLUMNS.required)


@dataclass(frozen=True)
class JsonTable(Table):
    """The points of a JSON file; a row number is the place of its point from 1."""

    def place(self, number: int, name: str, heading: str) -> str:
        """Where a value stands, as programs count and as people do: points[2].year (ข้อเสนอแนะที่ 3 ปี)."""
        if name == "agency":
            return "agency.code"
        return f"points[{number - 1}].{name} (ข้อเสนอแนะที่ {number} {heading})"


def read_json(content: bytes) -> JsonTable:
    """The points of a file. Raises RefusedWorkbook when it is no file of feedback at all."""
    if len(content) > MAX_FILE:
        raise RefusedWorkbook("ไฟล์ใหญ่เกิน 5 เมกะไบต์ กรุณาแบ่งเป็นหลายไฟล์")
    document = _load(_text(content))
    agency = _envelope(document)
    points = document["points"]
    if not points:
        raise RefusedWorkbook("points: ยังไม่มีข้อเสนอแนะในไฟล์")
    if len(points) > COLUMNS.max_rows:
        raise too_many(COLUMNS.what, COLUMNS.max_rows)
    table = JsonTable("", {}, [])
    for number, point in enumerate(points, start=1):
        faults = list(_faults_of(number, point))
        table.faults.extend(faults)
        if not faults:
            table.rows.append((number, _fields(point, agency)))
    if sum(len(text) for _, fields in table.rows for text in fields.values()) > MOST_CHARACTERS:
        raise RefusedWorkbook(f"ข้อความรวมเกิน {MOST_CHARACTERS:,} อักขระ กรุณาแบ่งเป็นหลายไฟล์")
    return table


def _text(content: bytes) -> str:
    """The text in whatever encoding; a file that was cut inside of a letter is UTF-8 all the same."""
    try:
        content.decode()
    except UnicodeDecodeError as fault:
        if fault.start and fault.end == len(content) and "unexpected end" in fault.reason:
            return content[: fault.start].decode()
    return decode(content)


class _NotInFormat(ValueError):
    """Something that JSON allows and this file does not; the message is Thai."""


def _load(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_constant=_no_number)
    except json.JSONDecodeError as fault:
        place = f"บรรทัด {fault.lineno} คอลัมน์ {fault.colno}"
        ends = fault.pos >= len(text.rstrip())
        why = "ไฟล์ขาดตอน กรุณาส่งไฟล์ใหม่ทั้งไฟล์" if ends else f"รูปแบบ JSON ไม่ถูกต้อง ({fault.msg})"
        raise RefusedWorkbook(f"{place}: {why}") from fault
    except _NotInFormat as fault:
        raise RefusedWorkbook(str(fault)) from fault
    except RecursionError as fault:
        raise RefusedWorkbook("ข้อมูลซ้อนกันลึกเกินไป") from fault


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _NotInFormat(f"ช่อง “{name[:60]}” มีสองครั้งในรายการเดียวกัน")
        found[name] = value
    return found


def _integer(typed: str) -> int:
    if len(typed) > 15:
        raise _NotInFormat(f"มีตัวเลข {typed[:20]}… ซึ่งใหญ่เกินไป")
    return int(typed)


def _no_number(typed: str) -> NoReturn:
    raise _NotInFormat(f"มีค่า {typed} ซึ่งไม่ใช่ตัวเลข")


def _envelope(document: Any) -> str:
    """The code of the agency, "" when the file names none; what kind of file it is comes first."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise RefusedWorkbook(f"format: ไม่ใช่ไฟล์ข้อเสนอแนะของระบบนี้ (ต้องเป็น “{FORMAT}”)")
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise RefusedWorkbook(f"version: ไฟล์เป็นรุ่น {str(version)[:20]} แต่ระบบนี้อ่านรุ่น {VERSION}")
    if not isinstance(document.get("points"), list):
        raise RefusedWorkbook("points: ต้องเป็นรายการ [ ] ของข้อเสนอแนะ")
    agency = document.get("agency")
    code = agency.get("code", "") if isinstance(agency, dict) else agency
    if not isinstance(code or "", str):
        raise RefusedWorkbook("agency.code: ต้องเป็นข้อความ")
    return code or ""


def _faults_of(number: int, point: Any) -> Iterator[Fault]:
    place = f"points[{number - 1}]"
    if not isinstance(point, dict):
        yield Fault(f"{place} (ข้อเสนอแนะที่ {number})", "ต้องเป็นกลุ่มข้อมูล { }")
        return
    for name in sorted(point.keys() - set(IN_A_POINT)):
        yield Fault(f"{place}.{name[:60]} (ข้อเสนอแนะที่ {number})", "ไม่รู้จักช่องนี้")
    for name in IN_A_POINT:
        value = point.get(name)
        if name in REQUIRED and name not in point:
            yield Fault(f"{place}.{name} (ข้อเสนอแนะที่ {number})", "ขาดช่องนี้")
        elif isinstance(value, bool) or not isinstance(value, str | int | None):
            yield Fault(f"{place}.{name} (ข้อเสนอแนะที่ {number})", "ต้องเป็นข้อความหรือจำนวนเต็ม")


def _fields(point: dict[str, Any], agency: str) -> dict[str, str]:
    fields = {"agency": agency} if agency else {}
    for name in IN_A_POINT:
        if name in point:
            fields[name] = as_is(point[name]) if name in COLUMNS.lines else as_text(as_is(point[name]))
    return fields
