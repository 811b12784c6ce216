"""JSON as a stream: the fields of one top object, the items of its lists one at a time, each value with its line.

A library of ten thousand cases is seventy megabytes; the tree that the YAML reader makes of it would be ten times
that. Only a window of the file is held here, and what does not belong into such a file is refused as there:
duplicate fields, deep nesting, numbers that no case has.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # the stubs leave it out
from pathlib import Path
from typing import BinaryIO, Final

from framework.files import MAX_DEPTH, Fault, Node
from thai.text import normalise

CHUNK: Final = 256 * 1024
# The longest text of a case is 200,000 characters, which escapes may make six times as long.
MAX_ITEM: Final = 4_000_000
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"(-?(?:0|[1-9]\d{0,14}))(\.\d{1,20})?([eE][-+]?\d{1,3})?")
_IN_NUMBER: Final = re.compile(r"[-+.\deE]*")
_WORDS: Final = {"true": True, "false": False, "null": None}
_WORD: Final = re.compile(r"[a-zA-Z]+")

UNFINISHED: Final = "ไฟล์จบก่อนเวลา ข้อมูลไม่ครบ กรุณาบันทึกหรือส่งไฟล์ใหม่"
TWICE: Final = "มีช่องนี้ซ้ำกันสองครั้ง"
WRONG: Final = "อ่านไม่ได้ รูปแบบ JSON ไม่ถูกต้อง"


class JsonRefused(Exception):
    """Where reading stopped."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True)
class Part:
    """One value of the top object; `item` is its number in a list, -1 for a value that is none or a list's begin.

    `faults` are fields that stand in it twice.
    """

    field: str
    item: int
    node: Node
    faults: tuple[Fault, ...] = ()


class _Ended(Exception):
    """The window ends inside a value."""


def read_json(path: Path, name: str) -> Iterator[Part]:
    """The parts of a file in their order. Raises JsonRefused for what is no such file, OSError."""
    with path.open("rb") as file:
        yield from _Top(_Window(file, name)).parts()


class _Window:
    """The piece of the file that is looked at: `text` from `at` on is still to be read, `line` is the line there."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file = file
        self.name = name
        start = file.read(4)
        file.seek(0)
        encoding = json.detect_encoding(start) if start else "utf-8"
        self.decoder = codecs.getincrementaldecoder(encoding)()
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def grow(self) -> None:
        """Take in more, twice as much as is still unread, so that a long value is not read too often."""
        unread = self.text[self.at :]
        if len(unread) > MAX_ITEM:
            raise self.refused(f"ข้อมูลหนึ่งรายการยาวเกิน {MAX_ITEM:,} อักขระ")
        raw = self.file.read(max(CHUNK, len(unread)))
        self.ended = not raw
        try:
            self.text, self.at = unread + self.decoder.decode(raw, final=self.ended), 0
        except UnicodeDecodeError as error:
            line = self.line + unread.count("\n") + error.object.count(b"\n", 0, error.start)
            message = "ไฟล์ไม่ได้บันทึกเป็น UTF-8 กรุณาบันทึกใหม่โดยเลือกรหัสอักขระ UTF-8"
            raise JsonRefused(Fault(self.name, line, "", message)) from error

    def skip(self) -> str:
        """Pass over blanks; the character that follows, "" at the end."""
        while True:
            end = _end(_BLANK, self.text, self.at)
            self.advance(end)
            if end < len(self.text):
                return self.text[end]
            if self.ended:
                return ""
            self.grow()

    def advance(self, end: int) -> None:
        """Go on behind what was read."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def expect(self, wanted: str) -> str:
        """The next character, which must be one of these."""
        found = self.skip()
        if not found:
            raise self.refused(UNFINISHED)
        if found not in wanted:
            raise self.refused(f"{WRONG} (คาดว่าจะพบ {' หรือ '.join(wanted)} แต่พบ {found})")
        self.advance(self.at + 1)
        return found

    def value(self, path: str) -> tuple[Node, tuple[Fault, ...]]:
        """The value that comes next, whole, and the fields that stand in it twice."""
        self.skip()
        while True:
            values = _Values(self)
            try:
                node = values.value(path, 1)
            except _Ended:
                if self.ended:
                    raise self.refused(UNFINISHED, path) from None
                self.grow()
                continue
            self.advance(values.at)
            return node, tuple(values.faults)

    def refused(self, message: str, path: str = "") -> JsonRefused:
        """Reading stops here."""
        return JsonRefused(Fault(self.name, self.line, path, message))


class _Top:
    """The fields of the top object."""

    def __init__(self, window: _Window) -> None:
        self.window = window

    def parts(self) -> Iterator[Part]:
        """Every field, lists item by item."""
        window = self.window
        if window.skip() in ("", "\ufeff"):
            raise window.refused("ไฟล์ว่าง ไม่มีข้อมูล")
        window.expect("{")
        seen: set[str] = set()
        if window.skip() == "}":
            raise window.refused("ไฟล์ว่าง ไม่มีข้อมูล")
        while True:
            yield from self._field(seen)
            if window.expect(",}") == "}":
                break
        if found := window.skip():
            raise window.refused(f"{WRONG} (มี {found} ต่อท้ายข้อมูล)")

    def _field(self, seen: set[str]) -> Iterator[Part]:
        window = self.window
        if window.skip() != '"':
            window.expect('"')
        key = str(window.value("")[0].value)
        if key in seen:
            raise window.refused(TWICE, key)
        seen.add(key)
        window.expect(":")
        if window.skip() == "[":
            yield from self._items(key)
        else:
            yield Part(key, -1, *window.value(key))

    def _items(self, key: str) -> Iterator[Part]:
        window = self.window
        yield Part(key, -1, Node([], window.name, window.line, key))
        window.expect("[")
        if window.skip() == "]":
            window.expect("]")
            return
        number = 0
        while True:
            yield Part(key, number, *window.value(f"{key}[{number}]"))
            number += 1
            if window.expect(",]") == "]":
                return


class _Values:
    """Reads one value out of the window's text; `at` is behind what was read."""

    def __init__(self, window: _Window) -> None:
        self.text = window.text
        self.name = window.name
        self.at = window.at
        self.line = window.line
        self.final = window.ended
        self.faults: list[Fault] = []

    def value(self, path: str, depth: int) -> Node:
        """The value that begins here."""
        if depth > MAX_DEPTH:
            raise self._refused(f"ข้อมูลซ้อนกันลึกเกิน {MAX_DEPTH} ชั้น", path)
        first, line = self._next(), self.line
        if first == '"':
            return Node(normalise(self._string(path)), self.name, line, path)
        if first == "{":
            return Node(self._mapping(path, depth), self.name, line, path)
        if first == "[":
            return Node(self._list(path, depth), self.name, line, path)
        return Node(self._plain(path), self.name, line, path)

    def _next(self) -> str:
        """The next character that is no blank."""
        self._advance(_end(_BLANK, self.text, self.at))
        if self.at >= len(self.text):
            raise _Ended
        return self.text[self.at]

    def _advance(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _one_of(self, wanted: str, path: str) -> str:
        found = self._next()
        if found not in wanted:
            raise self._refused(f"{WRONG} (คาดว่าจะพบ {' หรือ '.join(wanted)} แต่พบ {found})", path)
        self.at += 1
        return found

    def _string(self, path: str) -> str:
        try:
            found, end = scanstring(self.text, self.at + 1, True)
        except json.JSONDecodeError as error:
            # an escape may be cut by the window as well
            if "Unterminated" in error.msg or (not self.final and error.pos > len(self.text) - 12):
                raise _Ended from error
            self._advance(min(error.pos, len(self.text)))
            raise self._refused(f"{WRONG} ({error.msg})", path) from error
        self._advance(end)
        return found

    def _mapping(self, path: str, depth: int) -> dict[str, Node]:
        self.at += 1
        fields: dict[str, Node] = {}
        if self._next() == "}":
            self.at += 1
            return fields
        while True:
            self._one_of('"', path)
            self.at -= 1
            key = normalise(self._string(path))
            inner = f"{path}.{key}"
            if key in fields:
                self.faults.append(Fault(self.name, self.line, inner, TWICE))
            self._one_of(":", inner)
            fields[key] = self.value(inner, depth + 1)
            if self._one_of(",}", path) == "}":
                return fields

    def _list(self, path: str, depth: int) -> list[Node]:
        self.at += 1
        items: list[Node] = []
        if self._next() == "]":
            self.at += 1
            return items
        while True:
            items.append(self.value(f"{path}[{len(items)}]", depth + 1))
            if self._one_of(",]", path) == "]":
                return items

    def _plain(self, path: str) -> int | float | bool | None:
        """A number or one of three words."""
        if word := _WORD.match(self.text, self.at):
            self._whole(word.end())
            if word[0] not in _WORDS:
                raise self._refused(f"{WRONG} (พบ {word[0][:20]} ข้อความต้องอยู่ในเครื่องหมายคำพูด)", path)
            self.at = word.end()
            return _WORDS[word[0]]
        end = _end(_IN_NUMBER, self.text, self.at)
        self._whole(end)
        number = _NUMBER.fullmatch(self.text, self.at, end)
        if number is None:
            shown = self.text[self.at : max(end, self.at + 1)][:20]
            raise self._refused(f"{WRONG} (ไม่เข้าใจ {shown})", path)
        self.at = end
        return float(number[0]) if number[2] or number[3] else int(number[1])

    def _whole(self, end: int) -> None:
        """A number or word at the end of the window may go on behind it."""
        if end >= len(self.text) and not self.final:
            raise _Ended

    def _refused(self, message: str, path: str) -> JsonRefused:
        return JsonRefused(Fault(self.name, self.line, path, message))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
