"""Which files a path stands for: a file itself, those of a folder, or those of an archive, unpacked with care."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from organizations.importers.archive import Gate, RefusedArchive

from .reading import CaseReading, UnplacedFault

READABLE: Final = frozenset({".yaml", ".yml", ".json"})
TABLES: Final = frozenset({".xlsx", ".csv"})
KNOWN: Final = READABLE | TABLES
ARCHIVE: Final = ".zip"
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp"})
# What programs leave beside files: lock files of Office, folders of macOS, thumbnails of Windows.
_LEFT_OVER: Final = re.compile(r"^(\.|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_UTF8_NAMES: Final = 0x800
NOT_KNOWN: Final = "ไม่รู้จักชนิดของไฟล์นี้ ไฟล์ที่ใช้ได้คือ .yaml .json .xlsx .csv หรือ .zip ที่มีไฟล์เหล่านี้"


@dataclass(frozen=True)
class Source:
    """One file of cases; `name` is what the person calls it, pictures lie nowhere above `top`."""

    path: Path
    name: str
    top: Path


def sources_of(paths: Sequence[Path], reading: CaseReading) -> Iterator[Source]:
    """The files in their order; what is none is noted among the faults."""
    for path in paths:
        suffix = path.suffix.casefold()
        if path.is_dir():
            yield from _in_folder(path.resolve(), path.name, reading)
        elif not path.exists():
            _refuse(reading, path.name, "ไม่พบไฟล์นี้")
        elif suffix == ARCHIVE:
            yield from _in_archive(path, reading)
        elif suffix in KNOWN:
            folder = path.resolve().parent
            # readable files lie in a folder of their own beside the one with the figures
            yield Source(path, path.name, folder.parent if suffix in READABLE else folder)
        else:
            _refuse(reading, path.name, NOT_KNOWN)


def _refuse(reading: CaseReading, name: str, message: str) -> None:
    reading.faults.put([UnplacedFault(name, 0, "", message)])


def _in_folder(top: Path, name: str, reading: CaseReading) -> Iterator[Source]:
    """The files of cases below the folder, by their names; others than pictures are pointed out."""
    found = 0
    for path in sorted(top.rglob("*")):
        inside = path.relative_to(top)
        if any(_LEFT_OVER.match(part) for part in inside.parts) or not path.is_file():
            continue
        if not path.resolve().is_relative_to(top):
            _refuse(reading, inside.as_posix(), "ลิงก์นี้ชี้ออกนอกโฟลเดอร์ จึงไม่เปิดอ่าน")
        elif path.suffix.casefold() in KNOWN:
            found += 1
            yield Source(path, inside.as_posix(), top)
        elif path.suffix.casefold() not in PICTURES and path.name != "README.md":
            reading.noted.put([UnplacedFault(inside.as_posix(), 0, "", "ข้ามไฟล์นี้ เพราะไม่ใช่ไฟล์ตัวอย่างหรือภาพ")])
    if not found:
        _refuse(reading, name, "ไม่มีไฟล์ตัวอย่าง (.yaml .json .xlsx .csv) อยู่ข้างใน")


def _in_archive(path: Path, reading: CaseReading) -> Iterator[Source]:
    try:
        folder = _unpacked(path, reading)
    except RefusedArchive as refused:
        _refuse(reading, path.name, str(refused))
        return
    except OSError as error:
        _refuse(reading, path.name, f"เปิดไฟล์ไม่ได้ ({error.strerror})")
        return
    yield from _in_folder(folder, path.name, reading)


def _unpacked(path: Path, reading: CaseReading) -> Path:
    """The archive in a folder of the reading. Raises RefusedArchive, OSError."""
    gate = Gate(
        suffix=ARCHIVE,
        required=frozenset(),
        max_entries=reading.limits.entries,
        max_unpacked=reading.limits.unpacked,
        other="ไฟล์นี้ไม่ใช่ .zip กรุณาบีบอัดโฟลเดอร์เป็น .zip อีกครั้ง",
    )
    size = path.stat().st_size
    if not size:
        raise RefusedArchive("ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง")
    if size > reading.limits.file:
        raise RefusedArchive(f"ไฟล์ใหญ่เกิน {reading.limits.file // 1024 // 1024} เมกะไบต์ กรุณาแบ่งเป็นหลายไฟล์")
    with path.open("rb") as file:
        gate.check(file)
        file.seek(0)
        folder = reading.folder()
        try:
            with zipfile.ZipFile(file) as archive:
                _extract(archive, folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as fault:
            raise RefusedArchive(gate.damaged) from fault
    return folder


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    """Every file as plain bytes: links and rights that an archive may carry mean nothing here."""
    for entry in archive.infolist():
        inside = PurePosixPath(_name_of(entry).replace("\\", "/"))
        if entry.is_dir() or any(_LEFT_OVER.match(part) for part in inside.parts):
            continue
        target = (folder / inside).resolve()
        if not target.is_relative_to(folder) or target.exists():
            raise RefusedArchive("โครงสร้างภายในไฟล์ผิดปกติ จึงไม่เปิดอ่าน")
        target.parent.mkdir(parents=True, exist_ok=True)
        # no more bytes come out than the directory of the archive announced, which the gate has added up
        with archive.open(entry) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was typed: Windows in Thai writes names in its own code page and does not say so."""
    if entry.flag_bits & _UTF8_NAMES:
        return entry.filename
    raw = entry.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "cp874"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename
