"""The pictures that a text of a fixture file names, and the text that is stored for it."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from texts.canonical import MARK_OF
from texts.cleaning import LOST_IMAGE, UncleanText, clean_html
from texts.figures import encode_figure

# Stands for a picture that is not stored yet; no random uid ever equals one of these.
_NOT_STORED = uuid.UUID("6f1c1f0e-5d3a-5a52-9c0b-0d2f6a3f8e11")
_TOO_LONG_PATH = 500


@dataclass(frozen=True)
class PictureFile:
    """A picture file that passed our rules; `name` and `sha256` find it again in the database."""

    path: Path
    name: str
    sha256: str

    @cached_property
    def placeholder(self) -> uuid.UUID:
        """What stands for it in the text until it is stored."""
        return uuid.uuid5(_NOT_STORED, f"{self.name}\n{self.sha256}")


class PictureFault(Exception):
    """A picture that cannot be taken; the message is Thai."""


def picture_name(path: Path) -> str:
    """The base name as a slug: agri-map-areas."""
    return slugify(path.stem)[:80] or "figure"


class PictureFolder:
    """Finds the pictures that a file names: from the folder in which it lies, and nowhere above `top`."""

    def __init__(self, file: Path, top: Path | None = None) -> None:
        """`top` is the parent of the file's folder unless told otherwise."""
        self.folder = file.resolve().parent
        self.top = top.resolve() if top else self.folder.parent
        self._seen: dict[Path, PictureFile] = {}

    def picture(self, source: str) -> PictureFile:
        """The picture behind the `src` of a text, such as ../figures/map.png. Raises PictureFault."""
        path = self._path(source)
        if path not in self._seen:
            self._seen[path] = self._read(path, source)
        return self._seen[path]

    def _path(self, source: str) -> Path:
        if (
            not source
            or len(source) > _TOO_LONG_PATH
            or source.startswith("/")
            or ":" in source
            or "\\" in source
        ):
            raise PictureFault(f"อ้างถึงภาพ “{source[:80]}” ไม่ได้ กรุณาใช้ชื่อไฟล์ภาพ เช่น ../figures/map.png")
        # resolve() also follows symbolic links, so that none leads out of the folder
        path = (self.folder / source).resolve()
        if not path.is_relative_to(self.top):
            raise PictureFault(f"ภาพ “{source}” อยู่นอกโฟลเดอร์ที่อนุญาต ภาพต้องอยู่ภายใต้โฟลเดอร์เดียวกับชุดไฟล์นี้")
        if not path.is_file():
            raise PictureFault(f"ไม่พบไฟล์ภาพ “{source}”")
        return path

    @staticmethod
    def _read(path: Path, source: str) -> PictureFile:
        try:
            with path.open("rb") as file:
                content, *_ = encode_figure(file, path.stat().st_size)
        except ValidationError as error:
            raise PictureFault(f"ภาพ “{source}”: {error.messages[0]}") from error
        except OSError as error:
            raise PictureFault(f"เปิดไฟล์ภาพ “{source}” ไม่ได้ ({error.strerror})") from error
        return PictureFile(path, picture_name(path), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class TextOfFile:
    """A clean text whose pictures still carry their placeholders, and what cleaning took away.

    `is_lines` marks one that was typed as plain lines, which know no bold words, pictures and tables.
    """

    html: str
    pictures: tuple[PictureFile, ...]
    removed: tuple[str, ...]
    is_lines: bool = False

    def with_uids(self, uids: dict[PictureFile, uuid.UUID]) -> str:
        """The text with the uids of the pictures that are stored."""
        html = self.html
        for picture in self.pictures:
            if picture in uids:
                html = html.replace(str(picture.placeholder), str(uids[picture]))
        return html


# Told about each fault of a text: its line there, from 1 (0: the text as a whole), and the sentence.
TextFault = Callable[[int, str], None]


def read_text(raw: str, folder: PictureFolder, fault: TextFault) -> TextOfFile:
    """The text of one field of a file, cleaned, its pictures read."""
    markup = _Markup(raw)
    pictures: dict[_Image, PictureFile] = {}
    for image in markup.images:
        try:
            pictures[image] = folder.picture(image.source)
        except PictureFault as refused:
            fault(image.line, str(refused))
    try:
        html = clean_html(_with_placeholders(raw, pictures))
    except UncleanText as refused:
        fault(0, str(refused))
        return TextOfFile("", (), ())
    if LOST_IMAGE in html and len(pictures) == len(markup.images):
        fault(0, "มีภาพที่วางไม่ได้ ภาพต้องอยู่ใน <figure> ที่อยู่นอกย่อหน้าและรายการ")
    removed = markup.vocabulary - _Markup(html).vocabulary
    return TextOfFile(html, tuple(dict.fromkeys(pictures.values())), tuple(sorted(removed)))


def _with_placeholders(raw: str, pictures: dict[_Image, PictureFile]) -> str:
    """The text with the address of its picture in each image."""
    parts, done = [], 0
    for image, picture in pictures.items():
        parts += [
            raw[done : image.start],
            f'<img src="/figures/{picture.placeholder}/" alt="{escape(image.alt)}">',
        ]
        done = image.end
    return "".join([*parts, raw[done:]])


@dataclass(frozen=True)
class _Image:
    """One image in a text as it was written: where it stands, which line (from 1), and what it says."""

    start: int
    end: int
    line: int
    source: str
    alt: str


class _Markup(HTMLParser):
    """The images of a text with their places, and which tags and attributes it uses."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.images: list[_Image] = []
        self.vocabulary: set[str] = set()
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; <b> counts as <strong>, because cleaning only renames it."""
        name = MARK_OF.get(tag, tag)
        self.vocabulary |= {f"<{name}>", *(f"<{name} {attribute}>" for attribute, _ in attrs)}
        if tag == "img":
            line, column = self.getpos()
            start = self._line_starts[line - 1] + column
            values = {attribute: value or "" for attribute, value in attrs}
            end = start + len(self.get_starttag_text() or "")
            self.images.append(_Image(start, end, line, values.get("src", ""), values.get("alt", "")))
