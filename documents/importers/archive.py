"""The gate before a Word file: what a stranger sends is refused with the reason before any parser reads it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from organizations.importers.archive import OLE, Gate, RefusedArchive

from . import RefusedFile

# A form of 500 pages has some 40,000 elements in 2 MB; the parsed tree takes up to fifteen times the bytes.
MAX_ELEMENTS = 2_000_000
MAX_XML = 60 * 1024 * 1024
# Tables inside tables add five levels each; below 256 the parsers give up by themselves.
MAX_DEPTH = 200
TOO_LONG = "โครงสร้างภายในไฟล์ซ้อนลึกหรือยาวผิดปกติ จึงไม่เปิดอ่าน"
SAVE_AS = "กรุณาเปิดด้วย Word เลือก แฟ้ม > บันทึกเป็น แล้วเลือกชนิด “เอกสาร Word (.docx)”"

WORD_FILES = Gate(
    suffix=".docx",
    required=frozenset({"[Content_Types].xml", "_rels/.rels"}),
    max_entries=5_000,
    max_unpacked=300 * 1024 * 1024,
    other=f"ไฟล์นี้ไม่ใช่ Word แบบ .docx {SAVE_AS}",
)

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_STARTS = (
    (b"{\\rtf", "ไฟล์นี้เป็น .rtf"),
    (b"%PDF", "ไฟล์นี้เป็น PDF ซึ่งอ่านกลับเป็นแบบฟอร์มไม่ได้"),
)
# Relationships that only tell where a link leads; nobody follows them while the file is read.
_LINKS = ("/hyperlink",)


def check_docx(content: bytes) -> None:
    """Refuse whatever is not a plain .docx: bombs, macros, passwords, outside content, other kinds of file.

    Raises RefusedFile with a Thai sentence.
    """
    if not content:
        raise RefusedFile("ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง")
    for start, what in _STARTS:
        if content.lstrip()[:8].startswith(start):
            raise RefusedFile(f"{what} {SAVE_AS}")
    if content.startswith(OLE):
        raise RefusedFile(old_word_sentence(content))
    try:
        WORD_FILES.check(io.BytesIO(content))
    except RefusedArchive as refused:
        raise RefusedFile(_open_document(content) or str(refused)) from refused
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, ParseError, DefusedXmlException, ValueError, EOFError, OSError) as fault:
        raise RefusedFile(_reason(fault)) from fault


def old_word_sentence(content: bytes) -> str:
    """What a file in Microsoft's old container is, and what the person can do."""
    if _has_stream(content, "EncryptedPackage"):
        return "ไฟล์นี้มีรหัสผ่าน กรุณาเปิดด้วย Word แล้วบันทึกเป็น .docx ที่ไม่มีรหัสผ่าน"
    if is_old_word(content):
        return f"ไฟล์นี้เป็น Word รุ่นเก่า (.doc) {SAVE_AS}"
    return f"ไฟล์นี้ไม่ใช่เอกสาร Word {SAVE_AS}"


def is_old_word(content: bytes) -> bool:
    """A .doc: Microsoft's old container with a Word document in it."""
    return content.startswith(OLE) and _has_stream(content, "WordDocument")


def _has_stream(content: bytes, name: str) -> bool:
    """The directory of the old container names its streams in UTF-16."""
    return name.encode("utf-16-le") in content


def _open_document(content: bytes) -> str:
    """An .odt names itself in its first, uncompressed entry."""
    head = content[:200]
    return f"ไฟล์นี้เป็น .odt {SAVE_AS}" if b"mimetypeapplication/vnd.oasis" in head else ""


def _reason(fault: Exception) -> str:
    if isinstance(fault, DefusedXmlException):
        return "ไฟล์นี้มีคำสั่งแฝงใน XML (DTD หรือ entity) จึงไม่เปิดอ่าน"
    return WORD_FILES.damaged


def _check_parts(archive: zipfile.ZipFile) -> None:
    main = False
    parts = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".xml", ".rels"))]
    if sum(entry.file_size for entry in parts) > MAX_XML:
        raise RefusedFile(TOO_LONG)
    for name in [entry.filename for entry in parts]:
        for element in _elements(archive, name):
            tag = element.tag.rpartition("}")[2]
            if name == "[Content_Types].xml":
                main = main or _is_main(element)
            elif tag == "Relationship":
                _check_relationship(element)
    if not main:
        raise RefusedFile(WORD_FILES.other)


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[Element]:
    """The elements of one part as a stream, counted. Raises RefusedFile, ParseError, DefusedXmlException."""
    count = depth = 0
    with archive.open(name) as part:
        for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                count, depth = count + 1, depth + 1
                if count > MAX_ELEMENTS or depth > MAX_DEPTH:
                    raise RefusedFile(TOO_LONG)
                yield element
            else:
                depth -= 1
                element.clear()


def _is_main(element: Element) -> bool:
    """Whether this line of the table of contents declares a plain document. Raises RefusedFile for macros."""
    kind = element.get("ContentType", "")
    if "macroEnabled" in kind or "vbaProject" in kind:
        raise RefusedFile("ไฟล์นี้มีมาโคร (.docm) กรุณาบันทึกเป็น .docx ที่ไม่มีมาโคร")
    return kind == _MAIN


def _check_relationship(element: Element) -> None:
    """Refuse what a program would fetch from outside, and passages kept in another format, which we cannot read."""
    kind, target = element.get("Type", ""), element.get("Target", "")
    if kind.endswith("/aFChunk"):
        raise RefusedFile(f"ไฟล์นี้มีเนื้อหาที่แทรกจากไฟล์อื่น {SAVE_AS} ก่อนนำเข้า")
    if element.get("TargetMode") != "External" or kind.endswith(_LINKS):
        return
    if kind.endswith("/attachedTemplate") and _is_on_disk(target):
        return
    raise RefusedFile("ไฟล์นี้อ้างเนื้อหาจากภายนอก (ภาพหรือไฟล์ที่เชื่อมโยงไว้) จึงไม่เปิดอ่าน กรุณาแทรกภาพลงในไฟล์แล้วบันทึกอีกครั้ง")


def _is_on_disk(target: str) -> bool:
    """Word notes the template on the author's own disk in many honest files; one on a server is an attack."""
    path = target.lower().replace("\\", "/")
    on_server = path.startswith("//") or path.removeprefix("file:").startswith("////")
    return not on_server and (path.startswith("file:///") or "://" not in path)
