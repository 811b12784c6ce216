"""Reading files back, each with the program that others read them with: bytes → the text of each page."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from typing import Any

from assessment.owner_line import OwnerName, join_owners
from documents.enums import Format
from texts.cleaning import plain_text

Reader = Callable[[bytes], list[str]]


class ReaderMissing(Exception):
    """Nothing on this machine reads this format; the message says what would."""


def read_pdf(content: bytes) -> list[str]:
    """Page by page, in the order of the content: by poppler where it is installed, otherwise by pypdf."""
    if program := shutil.which("pdftotext"):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            # -raw keeps the order of the content, so that a cell is not read across its neighbours
            done = subprocess.run([program, "-raw", file.name, "-"], capture_output=True, check=True)  # noqa: S603
        return done.stdout.decode().split("\f")
    if find_spec("pypdf") is None:
        raise ReaderMissing("ไม่มีโปรแกรมอ่าน PDF กรุณาติดตั้ง poppler-utils หรือ pypdf")
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def read_docx(content: bytes) -> list[str]:
    """Every paragraph of the document, tables included, then of headers and footers."""
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(io.BytesIO(content))
    roots = [document.element.body]
    for section in document.sections:
        roots += [section.header._element, section.footer._element]
    breaks = {qn("w:tab"), qn("w:br"), qn("w:cr")}
    lines = []
    for root in roots:
        for paragraph in root.iter(qn("w:p")):
            parts = (
                part.text or "" if part.tag == qn("w:t") else " " if part.tag in breaks else ""
                for part in paragraph.iter()
            )
            lines.append("".join(parts))
    return ["\n".join(lines)]


def read_xlsx(content: bytes) -> list[str]:
    """Every cell of every sheet."""
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        rows = (row for sheet in workbook.worksheets for row in sheet.iter_rows(values_only=True))
        return ["\n".join(str(value) for row in rows for value in row if value is not None)]
    finally:
        workbook.close()


def read_json(content: bytes) -> list[str]:
    """Every string; texts without their markup, owner lines joined as the form joins them."""
    document = json.loads(content)
    names = {row["uid"]: row["name"] for row in document["owners"]}
    lines = [
        join_owners(OwnerName(names[line["owner"]], line["joiner"], line["note"]) for line in row["owners"])
        for row in document["activities"]
    ]
    return ["\n".join([*lines, *_strings(document)])]


def _strings(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, str) and name != "content":
        yield plain_text(value) if name == "html" else value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, key)


class _Words(HTMLParser):
    """What a person reads on a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("head", "script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("head", "script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def read_html(content: bytes) -> list[str]:
    """What stands in the body."""
    words = _Words()
    words.feed(content.decode())
    words.close()
    return ["".join(words.parts)]


READERS: dict[Format, Reader] = {
    Format.PDF: read_pdf,
    Format.DOCX: read_docx,
    Format.XLSX: read_xlsx,
    Format.JSON: read_json,
    Format.HTML: read_html,
}
