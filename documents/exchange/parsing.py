"""Bytes → document: the encoding, the syntax and the schema, each fault with its place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from thai.text import normalise

from . import FORMAT, VERSION, Document
from .faults import ExchangeRefused, Fault

# A form with a photograph on every page; a page sends less (documents.forms.MAX_BYTES).
MAX_BYTES: Final = 64 * 1024 * 1024
# Brackets and commas outside of pictures: what a list of empty lists would fill the memory with.
MAX_SIGNS: Final = 3_000_000
PICTURE: Final = "content"
SCHEMA_FILE: Final = Path(__file__).with_name("schema.json")


def parse(content: bytes) -> Document:
    """The document of a file, its strings in their stored form. Raises ExchangeRefused."""
    document = _tidy(_load(_decode(content)))
    _check_envelope(document)
    errors = sorted(_validator().iter_errors(document), key=lambda error: place_of(error.absolute_path))
    if errors:
        raise ExchangeRefused(dict.fromkeys(fault for error in errors for fault in _faults_of(error)))
    tidy: Document = document
    # files from before activities were linked to feedback, and cases tagged, have no such lists
    for rows, name in (("activities", "answers"), ("practices", "tags")):
        for row in tidy[rows]:
            row.setdefault(name, [])
    return tidy


def is_exchange(content: bytes) -> bool:
    """Whether the bytes look like JSON of any kind: the exchange format says itself what is wrong with them."""
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{\\rtf"):
        return False
    return start.startswith((b"{", b"\xff\xfe", b"\xfe\xff")) or b"{\0" in start


# --- encoding and syntax --------------------------------------------------------------------------


def _refuse(place: str, message: str) -> NoReturn:
    raise ExchangeRefused([Fault(place, message)])


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        megabytes = len(content) / 1024 / 1024
        _refuse("", f"ไฟล์ใหญ่เกิน {MAX_BYTES // 1024 // 1024} เมกะไบต์ (ไฟล์นี้ {megabytes:.0f} เมกะไบต์)")
    if not content.strip():
        _refuse("", "ไฟล์นี้ว่างเปล่า กรุณาเลือกไฟล์อีกครั้ง")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]:
        _refuse("อักขระที่ 1", "ไฟล์บันทึกเป็น UTF-16 กรุณาใช้ไฟล์ที่ส่งออกจากระบบ หรือบันทึกใหม่เป็น UTF-8")
    if content.startswith(b"\xef\xbb\xbf"):
        _refuse("อักขระที่ 1", "มีเครื่องหมาย BOM นำหน้าไฟล์ กรุณาบันทึกใหม่เป็น UTF-8 แบบไม่มี BOM")
    if sum(content.count(sign) for sign in (b"{", b"[", b",")) > MAX_SIGNS:
        _refuse("", "ไฟล์มีรายการมากเกินกว่าจะเป็นแบบฟอร์มหนึ่งปี")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        _refuse(f"บรรทัด {line}", "ไฟล์ไม่ได้บันทึกเป็น UTF-8 กรุณาใช้ไฟล์ที่ส่งออกจากระบบ")


class _NotInFormat(ValueError):
    """Something that JSON allows and the format does not; the message is Thai."""


def _load(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_small_integer,
        )
    except json.JSONDecodeError as error:
        place = f"บรรทัด {error.lineno} คอลัมน์ {error.colno}"
        ends = error.pos >= len(text.rstrip())
        _refuse(place, "ไฟล์ขาดตอน กรุณาส่งไฟล์ใหม่ทั้งไฟล์" if ends else f"รูปแบบ JSON ไม่ถูกต้อง ({error.msg})")
    except _NotInFormat as error:
        _refuse("", str(error))
    except RecursionError:
        _refuse("", "ข้อมูลซ้อนกันลึกเกินไป")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _NotInFormat(f"ช่อง “{twice[:60]}” มีสองครั้งในรายการเดียวกัน")
    return found


def _no_float(typed: str) -> NoReturn:
    raise _NotInFormat(f"มีตัวเลข {typed[:20]} ซึ่งไม่ใช่จำนวนเต็ม")


def _small_integer(typed: str) -> int:
    if len(typed) > 15:
        raise _NotInFormat(f"มีตัวเลข {typed[:20]}… ซึ่งใหญ่เกินไป")
    return int(typed)


def _tidy(value: Any, name: str = "") -> Any:
    """Every string in the form in which it is stored, before anything is compared with it."""
    if isinstance(value, str):
        return value if name == PICTURE else normalise(value).strip()
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if isinstance(value, dict):
        return {key: _tidy(item, key) for key, item in value.items()}
    return value


# --- schema ---------------------------------------------------------------------------------------


def _check_envelope(document: Any) -> None:
    """What kind of file it is comes first: another kind would be wrong in every place."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        _refuse("format", f"ไม่ใช่ไฟล์ข้อมูลแลกเปลี่ยนของระบบนี้ (ต้องเป็น “{FORMAT}”)")
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        _refuse("version", f"ไฟล์เป็นรุ่น {str(version)[:20]} แต่ระบบนี้อ่านรุ่น {VERSION}")


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def place_of(path: Iterable[str | int]) -> str:
    """A path as people write it: sheets[0].criteria[1].uid."""
    place = ""
    for part in path:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place


TYPES: Final = {
    "object": "กลุ่มข้อมูล { }",
    "array": "รายการ [ ]",
    "string": "ข้อความ",
    "integer": "จำนวนเต็ม",
    "boolean": "true หรือ false",
    "null": "null",
}


def _faults_of(error: ValidationError) -> list[Fault]:
    """One error of the validator in Thai; of «one of these» the branch that is not null tells what is wrong."""
    place = place_of(error.absolute_path)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    schema: Any = error.schema
    if error.validator == "anyOf" and error.context:
        return _faults_of(error.context[-1])
    if error.validator == "required":
        # the validator gives one error for each of them and names none
        return [Fault(place, f"ขาดช่อง “{name}”") for name in wanted if name not in instance]
    if error.validator == "additionalProperties":
        names = sorted(set(instance) - set(schema["properties"]))
        return [Fault(place, f"ไม่รู้จักช่อง “{name[:60]}”") for name in names]
    return [Fault(place, _words(error))]


def _words(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    found = str(error.instance)[:40]
    match error.validator:
        case "type":
            return f"ต้องเป็น{TYPES[wanted]}"
        case "enum":
            return f"“{found}” ไม่ใช่ค่าที่ใช้ได้ ({', '.join(map(str, wanted))})"
        case "pattern":
            return f"“{found}” ไม่ตรงรูปแบบที่กำหนด"
        case "minimum" | "maximum":
            return f"{found} อยู่นอกช่วงที่กำหนด"
        case "minLength":
            return "ต้องไม่ว่าง"
        case "maxLength":
            return f"ยาวเกิน {wanted:,} อักขระ"
        case "maxItems":
            return f"มีเกิน {wanted:,} รายการ"
    return f"ต้องเป็น {wanted}"
