"""Readable data files (YAML, or JSON, which is YAML too) in which every value knows its line.

Importers read a file into a tree of `Node`s with `read_file`, take it apart with `Fields`, collect every
fault in one `Faults`, and write nothing when there is any:

    faults = Faults()
    top = Fields(read_file(path), faults, known={"edition", "practices"})
    edition = top.text("edition")
    for item in top.items("practices"):
        practice = Fields(item, faults, known={"key", "title"})
        ...
    faults.raise_if_any()

Anchors and aliases are refused (they can make a small file enormous), and so are tags, more than one
document, nesting deeper than MAX_DEPTH and files above MAX_BYTES.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from thai.text import normalise

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_DEPTH: Final = 20

Value = dict[str, "Node"] | list["Node"] | str | int | float | bool | None
T = TypeVar("T")

_STANDARD_TAG: Final = "tag:yaml.org,2002:"
# A date is a text here, and so are = and <<, which other YAML readers give a meaning.
_PLAIN_TAGS: Final = frozenset({"str", "int", "float", "bool", "null", "timestamp", "value", "merge"})
# YAML 1.1 also reads 0100 as 64 and 1:30 as 90; nobody who writes these files means that.
_INTEGER: Final = re.compile(r"-?(0|[1-9]\d*)")
_FLOAT: Final = re.compile(r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file; `line` counts from 1, `field` is a path such as categories[0].name."""

    file: str
    line: int
    field: str
    message: str

    @property
    def place(self) -> str:
        """Where it is, for the person: 2564.yaml บรรทัด 12 ช่อง categories[0].name."""
        return f"{self.file} บรรทัด {self.line}" + (f" ช่อง {self.field}" if self.field else "")

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class FileRefused(Exception):
    """A file that cannot be taken; `faults` are all its faults in the order of the lines, nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Node:
    """One value of a file: a dict of nodes, a list of nodes or a plain value, and where it stands."""

    value: Value
    file: str
    line: int
    path: str

    def fault(self, message: str) -> Fault:
        """A fault of this value."""
        return Fault(self.file, self.line, self.path, message)

    def plain(self) -> Any:
        """The value without places, as yaml.safe_load would give it."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class Faults:
    """Collects the faults of one or more files, so that a person sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, node: Node, message: str) -> None:
        """Note a fault of `node`."""
        self.found.append(node.fault(message))

    def __bool__(self) -> bool:
        return bool(self.found)

    def raise_if_any(self) -> None:
        """Raises FileRefused with all faults when there is any."""
        if self.found:
            raise FileRefused(self.found)


# --- reading --------------------------------------------------------------------------------------


def read_file(source: Path | bytes, name: str | None = None) -> Node:
    """The tree of one file; `name` is what faults call it (the file's own name unless told otherwise).

    `source` is a path or the bytes of an upload. Raises FileRefused for what is no readable YAML, for
    anchors, tags, duplicate keys, too deep nesting and too large a file.
    """
    if isinstance(source, Path):
        name = name or source.name
        source = _bytes_of(source, name)
    name = name or "ไฟล์"
    if len(source) > MAX_BYTES:
        raise FileRefused([Fault(name, 1, "", f"ไฟล์ใหญ่เกิน {MAX_BYTES // 1024 // 1024} MB")])
    text = _decode(source, name)
    try:
        _refuse_traps(text, name)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise FileRefused([_syntax_fault(error, text, name)]) from error
    if root is None:
        raise FileRefused([Fault(name, 1, "", "ไฟล์ว่าง ไม่มีข้อมูล")])
    faults = Faults()
    tree = _Builder(name, faults).node(root, "")
    faults.raise_if_any()
    return tree


def _bytes_of(path: Path, name: str) -> bytes:
    """The file's bytes, one more than allowed at most. Raises FileRefused when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileRefused([Fault(name, 1, "", f"เปิดไฟล์ไม่ได้ ({error.strerror})")]) from error


def _decode(content: bytes, name: str) -> str:
    """The text of the file, in UTF-8 with or without a byte order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "ไฟล์ไม่ได้บันทึกเป็น UTF-8 กรุณาบันทึกใหม่โดยเลือกรหัสอักขระ UTF-8"
        raise FileRefused([Fault(name, line, "", message)]) from error


def _refuse_traps(text: str, name: str) -> None:
    """Refuse anchors, aliases and deep nesting before a tree is built of them."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FileRefused([Fault(name, line, "", "ไม่รับ anchor (&) และ alias (*) กรุณาเขียนค่าเต็ม")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise FileRefused([Fault(name, line, "", f"ข้อมูลซ้อนกันลึกเกิน {MAX_DEPTH} ชั้น")])


def _syntax_fault(error: yaml.YAMLError, text: str, name: str) -> Fault:
    """Where the parser stopped; its own words are English and stand in brackets."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    # ReaderError has a position instead of a mark
    position = int(getattr(error, "position", 0) or 0)
    line = mark.line + 1 if mark is not None else text.count("\n", 0, position) + 1
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    return Fault(name, line, "", f"อ่านไม่ได้ รูปแบบ YAML หรือ JSON ไม่ถูกต้อง ({problem})")


class _Builder:
    """Turns PyYAML's nodes into ours."""

    def __init__(self, name: str, faults: Faults) -> None:
        self.name = name
        self.faults = faults

    def node(self, node: yaml.Node, path: str) -> Node:
        """The node of any kind."""
        place = (self.name, node.start_mark.line + 1, path)
        kind = node.tag.removeprefix(_STANDARD_TAG)
        if isinstance(node, yaml.MappingNode) and kind == "map":
            return Node(self._mapping(node, path), *place)
        if isinstance(node, yaml.SequenceNode) and kind == "seq":
            return Node(
                [self.node(item, f"{path}[{index}]") for index, item in enumerate(node.value)], *place
            )
        if isinstance(node, yaml.ScalarNode) and kind in _PLAIN_TAGS:
            return Node(self._scalar(kind, node), *place)
        self.faults.found.append(Fault(*place, f"ไม่รับชนิดข้อมูล {node.tag}"))
        return Node(None, *place)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Node]:
        """The fields; a key that stands twice is a fault, because one of the two values would be lost."""
        fields: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            inner = f"{path}.{key}" if path else key
            if key in fields or not isinstance(key_node, yaml.ScalarNode):
                message = "มีช่องนี้ซ้ำกันสองครั้ง" if key in fields else "ชื่อช่องต้องเป็นข้อความ"
                self.faults.found.append(Fault(self.name, key_node.start_mark.line + 1, inner, message))
            fields[key] = self.node(value_node, inner)
        return fields

    def _scalar(self, kind: str, node: yaml.ScalarNode) -> str | int | float | bool | None:
        """The plain value; only true and false are truth values, yes and no are words."""
        raw: str = node.value
        if kind == "null":
            return None
        if kind == "bool" and raw.lower() in ("true", "false"):
            return raw.lower() == "true"
        if kind == "int" and _INTEGER.fullmatch(raw) and len(raw) < 16:
            return int(raw)
        if kind == "float" and _FLOAT.fullmatch(raw):
            return float(raw)
        return normalise(raw)


# --- taking a tree apart --------------------------------------------------------------------------


class Fields:
    """The fields of one mapping, read with their types; every fault goes to `faults` and reading goes on.

    A faulty field gives an empty value of its type, so that the rest of the file can still be checked.
    """

    def __init__(self, node: Node, faults: Faults, known: set[str]) -> None:
        self.node = node
        self.faults = faults
        self.fields: dict[str, Node] = {}
        if isinstance(node.value, dict):
            self.fields = node.value
        else:
            faults.add(node, "ต้องเป็นกลุ่มของช่องข้อมูล (ชื่อช่อง: ค่า)")
        for name, field in self.fields.items():
            if name not in known:
                faults.add(field, f"ไม่รู้จักช่อง “{name}” ช่องที่ใช้ได้คือ {', '.join(sorted(known))}")

    def get(self, name: str) -> Node:
        """The field's node, or the mapping's own with the field's path, so that a missing field has a place."""
        if name in self.fields:
            return self.fields[name]
        path = f"{self.node.path}.{name}" if self.node.path else name
        return Node(None, self.node.file, self.node.line, path)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def fault(self, name: str, message: str) -> None:
        """Note a fault of the field `name`."""
        self.faults.add(self.get(name), message)

    def _typed(self, name: str, kind: type[T] | tuple[type[T], ...], expected: str) -> T | None:
        """The value when it is there and of the type; otherwise a fault."""
        value = self.get(name).value
        # True is an int to Python
        if isinstance(value, kind) and not (isinstance(value, bool) and kind is int):
            return value
        if name not in self.fields:
            self.fault(name, "ไม่มีช่องนี้ กรุณาเพิ่ม")
        elif isinstance(value, (int, float)) and kind is str:
            self.fault(name, "ต้องเป็นข้อความ กรุณาใส่เครื่องหมายคำพูดครอบตัวเลข")
        else:
            self.fault(name, f"ต้องเป็น{expected}")
        return None

    def text(self, name: str, *, blank: bool = False, longest: int | None = None) -> str:
        """A text, normalised and without blanks around it; `longest` counts code points."""
        if blank and self.get(name).value is None and name in self.fields:
            return ""
        text = self._typed(name, str, "ข้อความ")
        if text is None:
            return ""
        text = text.strip()
        if not text and not blank:
            self.fault(name, "ต้องไม่ว่าง")
        if longest is not None and len(text) > longest:
            self.fault(name, f"ยาว {len(text):,} อักขระ ต้องไม่เกิน {longest:,}")
        return text

    def choice(self, name: str, allowed: list[str], *, blank: bool = False) -> str:
        """One of the allowed words."""
        text = self.text(name, blank=blank)
        if text and text not in allowed:
            self.fault(name, f"ไม่รู้จัก “{text}” ค่าที่ใช้ได้คือ {', '.join(allowed)}")
            return ""
        return text

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number between `low` and `high`; 0 after a fault."""
        number = self._typed(name, int, f"จำนวนเต็ม {low}–{high}")
        if number is None:
            return 0
        if not low <= number <= high:
            self.fault(name, f"ต้องอยู่ระหว่าง {low} ถึง {high} แต่พบ {number}")
            return 0
        return number

    def truth(self, name: str) -> bool:
        """True or False."""
        return bool(self._typed(name, bool, " true หรือ false"))

    def items(self, name: str) -> list[Node]:
        """The nodes of a list; [] after a fault."""
        return self._typed(name, list, "รายการ (ขึ้นต้นแต่ละรายการด้วย -)") or []

    def texts(self, name: str) -> list[tuple[Node, str]]:
        """The texts of a list of texts, each with its node."""
        return [(node, text) for node, text in self._texts(name) if text]

    def _texts(self, name: str) -> Iterator[tuple[Node, str]]:
        for node in self.items(name):
            text = node.value.strip() if isinstance(node.value, str) else ""
            if not text:
                self.faults.add(node, "ต้องเป็นข้อความที่ไม่ว่าง (ครอบตัวเลขด้วยเครื่องหมายคำพูด)")
            yield node, text


# --- writing --------------------------------------------------------------------------------------


class Quoted(str):
    """A text that is written in double quotes, as codes are."""


class Inline(dict[str, Any]):
    """A mapping that is written on one line."""


class InlineList(list[Any]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Two-space indent also for lists, literal blocks for texts of several lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if not text or isinstance(text, Quoted) else "|" if "\n" in text else None
    return dumper.represent_scalar(f"{_STANDARD_TAG}str", str(text), style=style)


_Dumper.add_representer(str, _text_node)
_Dumper.add_representer(Quoted, _text_node)
_Dumper.add_representer(
    Inline, lambda dumper, data: dumper.represent_mapping(f"{_STANDARD_TAG}map", data, flow_style=True)
)
_Dumper.add_representer(
    InlineList, lambda dumper, data: dumper.represent_sequence(f"{_STANDARD_TAG}seq", data, flow_style=True)
)


def dump_data(data: dict[str, Any]) -> str:
    """YAML that people can read and `read_file` reads back: own order, no line folding, Thai as it is."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000_000, indent=2)
