"""The parts of a .docx that hold text, found by their relationships and not by their usual names."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring


def local(element: Element) -> str:
    """The name of an element without its namespace: Word and «strict» files differ only there."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element | None, name: str) -> str | None:
    """An attribute by its name without the namespace."""
    if element is not None:
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return value
    return None


def child(element: Element | None, *path: str) -> Element | None:
    """The first child with this name, step by step."""
    for name in path:
        element = (
            next((each for each in element if local(each) == name), None) if element is not None else None
        )
    return element


def value(element: Element | None, *path: str) -> str | None:
    """The `val` of the child at this path."""
    return attribute(child(element, *path), "val")


@dataclass
class Part:
    """One part with its root and the targets of its relationships by their ids."""

    name: str
    root: Element
    targets: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=dict)


class Package:
    """A .docx that has passed the gate."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = set(self._archive.namelist())
        _, kinds = self._relationships("")
        self.main = self.part(kinds["officeDocument"][0])

    def part(self, name: str) -> Part:
        """A part by its name. Raises KeyError, ParseError."""
        return Part(name, fromstring(self._archive.read(name)), *self._relationships(name))

    def related(self, kind: str) -> Iterator[Part]:
        """The parts that the main part names for this purpose: numbering, styles, header …"""
        for name in dict.fromkeys(self.main.kinds.get(kind, [])):
            if name in self._names:
                yield self.part(name)

    def bytes_of(self, name: str) -> bytes:
        """The content of a part that is no XML, e.g. a picture; nothing when it is missing."""
        return self._archive.read(name) if name in self._names else b""

    def _relationships(self, name: str) -> tuple[dict[str, str], dict[str, list[str]]]:
        folder, file = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        targets: dict[str, str] = {}
        kinds: dict[str, list[str]] = {}
        if rels not in self._names:
            return targets, kinds
        for element in fromstring(self._archive.read(rels)):
            if element.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))[1:]
            targets[element.get("Id", "")] = target
            kinds.setdefault(element.get("Type", "").rpartition("/")[2], []).append(target)
        return targets, kinds
