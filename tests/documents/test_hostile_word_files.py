"""Word files that are none, that lie, or that would reach out: each gets its reason, and nothing is written."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from documents.importers import RefusedFile, old_word
from documents.importers.archive import check_docx
from documents.importers.old_word import to_docx
from documents.importers.word_form import recognises
from documents.models import Incoming
from documents.word_form.source import read_document
from organizations.enums import Role
from organizations.models import AuditEvent
from texts.models import Figure

RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "word/_rels/document.xml.rels"


def document() -> bytes:
    made = Document()
    made.add_paragraph("เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1")
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


GOOD = document()


def repacked(content: bytes = GOOD, **changes: bytes) -> bytes:
    """The same document with parts added or replaced."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return target.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return archive.read(name)


def related(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    """The document with one more relationship."""
    line = f'<Relationship Id="rIdX" Type="{RELATIONSHIP}/{kind}" Target="{target}"{mode}/></Relationships>'
    return repacked(**{RELS: part(RELS).replace(b"</Relationships>", line.encode())})


def with_types(old: bytes, new: bytes) -> bytes:
    types = part("[Content_Types].xml")
    assert old in types
    return repacked(**{"[Content_Types].xml": types.replace(old, new)})


def with_password() -> bytes:
    content = bytearray(GOOD)
    position = content.index(b"PK\x01\x02")
    content[position + 8] |= 1
    return bytes(content)


def overlapping() -> bytes:
    """A directory that names the same bytes twice, the trick behind the densest bombs."""
    content = bytearray(GOOD)
    end = content.rindex(b"PK\x05\x06")
    directory = struct.unpack("<I", content[end + 16 : end + 20])[0]
    length = 46 + sum(struct.unpack("<HHH", content[directory + 28 : directory + 34]))
    copy = bytearray(content[directory : directory + length])
    name_length = struct.unpack("<H", copy[28:30])[0]
    copy[46 : 46 + name_length] = b"x" * name_length
    content[end:end] = copy
    end += length
    count = struct.unpack("<H", content[end + 8 : end + 10])[0] + 1
    size = struct.unpack("<I", content[end + 12 : end + 16])[0] + length
    content[end + 8 : end + 16] = struct.pack("<HHI", count, count, size)
    return bytes(content)


def open_document() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return target.getvalue()


def workbook() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"):
            archive.writestr(name, "<x/>")
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MAIN = b"wordprocessingml.document.main+xml"
PLAIN = b"vnd.openxmlformats-officedocument." + MAIN
DEEP = b"<w:document xmlns:w='w'>" + b"<w:p>" * 300 + b"</w:p>" * 300 + b"</w:document>"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


def long_xml() -> bytes:
    """It shrinks to a quarter only, so that no ratio gives it away."""
    inside = (f"<a b='{n:08x}{n * 7919 % 999983:06d}'/>".encode() for n in range(2_400_000))
    return repacked(**{"word/document.xml": b"<x>" + b"".join(inside) + b"</x>"})


# The large ones are made by their own test: every worker reads this table, of every run.
HOSTILE = {
    "empty": (b"", "ไฟล์ว่างเปล่า (0 ไบต์)"),
    "html": (b"<html><script>alert(1)</script></html>", "ไม่ใช่ Word แบบ .docx"),
    "pdf": (b"%PDF-1.7 ", "ไฟล์นี้เป็น PDF"),
    "rtf": (b"{\\rtf1 x}", "ไฟล์นี้เป็น .rtf"),
    "odt": (open_document(), "ไฟล์นี้เป็น .odt"),
    "xlsx": (workbook(), "ไม่ใช่ Word แบบ .docx"),
    "password": (OLE + "EncryptedPackage".encode("utf-16-le"), "ไฟล์นี้มีรหัสผ่าน"),
    "zip password": (with_password(), "ไฟล์นี้มีรหัสผ่าน"),
    "xls": (OLE + "Workbook".encode("utf-16-le"), "ไฟล์นี้ไม่ใช่เอกสาร Word"),
    "zip header only": (b"PK\x03\x04" + b"\0" * 200, "ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ"),
    "truncated": (GOOD[:-400], "ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ"),
    "half": (GOOD[: len(GOOD) // 2], "ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ"),
    "bomb": (lambda: repacked(**{"word/bomb.xml": b"0" * (301 * 1024 * 1024)}), "ขยายแล้วใหญ่ผิดปกติ"),
    "ratio": (lambda: repacked(**{"word/media/a.xml": b"0" * (3 * 1024 * 1024)}), "ขยายแล้วใหญ่ผิดปกติ"),
    "entries": (lambda: repacked(**{f"x/{n}": b"" for n in range(5001)}), "ขยายแล้วใหญ่ผิดปกติ"),
    "overlap": (overlapping(), "ขยายแล้วใหญ่ผิดปกติ"),
    "path": (repacked(**{"../../etc/passwd": b"x"}), "โครงสร้างภายในไฟล์ผิดปกติ"),
    "macro part": (repacked(**{"word/vbaProject.bin": b"macro"}), "ไฟล์นี้มีมาโคร"),
    "macro type": (with_types(PLAIN, b"vnd.ms-word.document.macroEnabled.main+xml"), "ไฟล์นี้มีมาโคร"),
    "no document": (with_types(MAIN, b"presentationml.slide+xml"), "ไม่ใช่ Word แบบ .docx"),
    "entities": (repacked(**{"word/document.xml": ENTITIES}), "คำสั่งแฝงใน XML"),
    "broken xml": (repacked(**{"word/document.xml": b"<not xml"}), "ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ"),
    "deep": (repacked(**{"word/document.xml": DEEP}), "ซ้อนลึกหรือยาวผิดปกติ"),
    "long xml": (long_xml, "ซ้อนลึกหรือยาวผิดปกติ"),
    "linked picture": (related("image", "http://example.com/a.png"), "อ้างเนื้อหาจากภายนอก"),
    "linked template": (related("attachedTemplate", "http://example.com/a.dotm"), "อ้างเนื้อหาจากภายนอก"),
    "template on a server": (related("attachedTemplate", "file://///server/a.dotm"), "อ้างเนื้อหาจากภายนอก"),
    "linked object": (related("oleObject", "file:///C:/a.xlsx"), "อ้างเนื้อหาจากภายนอก"),
    "other file inside": (related("aFChunk", "chunk.html", mode=""), "เนื้อหาที่แทรกจากไฟล์อื่น"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(content, sentence):
    with pytest.raises(RefusedFile, match=re.escape(sentence)):
        check_docx(content() if callable(content) else content)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        related("hyperlink", "http://example.com/"),
        related("attachedTemplate", "file:///C:\\Users\\me\\Normal.dotm"),
        related("attachedTemplate", "C:\\Templates\\Normal.dotm"),
    ],
    ids=["plain", "link", "own template", "template path"],
)
def test_an_honest_file_passes(content):
    check_docx(content)
    assert [line.text for line in read_document(content).lines()] == ["เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1"]


@pytest.mark.parametrize(
    "name", ["rtf", "odt", "password", "truncated", "macro part", "linked picture", "entities"]
)
def test_the_page_tells_the_reason_and_nothing_is_written(client, world, here, name):
    client.force_login(world.here.people[Role.SECRETARIAT])
    before = AuditEvent.objects.count()
    content, sentence = HOSTILE[name]
    page = client.post("/a/senate/2565/incoming/", {"file": SimpleUploadedFile("form.docx", content)})
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Incoming.objects.exists()
    assert not Figure.objects.exists()
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("content", "filename", "expected"),
    [
        (GOOD, "x", True),
        (OLE, "x.doc", True),
        (b"{\\rtf1", "x", True),
        (b"", "x.DOCX", True),
        (b'{"format": 1}', "x.json", False),
    ],
)
def test_whatever_may_be_meant_as_word_is_recognised(content, filename, expected):
    assert recognises(content, filename) is expected


def damaged_document() -> bytes:
    """A .doc that no program can read."""
    return OLE + "WordDocument".encode("utf-16-le") + b"\xff" * 2_000


def test_an_old_file_without_libreoffice_says_how_to_save_it(monkeypatch):
    monkeypatch.setattr(old_word, "converter", lambda: None)
    with pytest.raises(RefusedFile, match=r"Word รุ่นเก่า \(\.doc\).*แฟ้ม > บันทึกเป็น"):
        to_docx(damaged_document())


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> bytes:
    """A real .doc, made by LibreOffice from a document of ours."""
    folder = tmp_path_factory.mktemp("doc")
    (folder / "form.docx").write_bytes(GOOD)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "doc:MS Word 97", "--outdir", folder]
    subprocess.run([*command, folder / "form.docx"], check=True, capture_output=True, timeout=120)
    return (folder / "form.doc").read_bytes()


def test_an_old_file_is_converted_and_read(old):
    made = to_docx(old)
    check_docx(made)
    assert [line.text for line in read_document(made).lines()] == ["เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1"]


def test_an_old_file_that_cannot_be_converted_is_refused():
    with pytest.raises(RefusedFile, match=r"แปลงไฟล์ Word รุ่นเก่า \(\.doc\) นี้ไม่ได้"):
        to_docx(damaged_document())
