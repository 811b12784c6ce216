"""A gate before any parser of office files: what a stranger's zip archive may look like.

Limits and refusals follow what was measured: half a megabyte can unpack to 200 MB and a parser then takes
300 MB of memory, so sizes are read from the archive's directory before anything is unpacked.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

MAX_RATIO = 100
# Small parts of honest files shrink a lot too; they cannot hurt.
RATIO_MATTERS_FROM = 1024 * 1024

OLE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"


class RefusedArchive(ValueError):
    """A file that is not opened; the message is for the person who sent it."""


@dataclass(frozen=True)
class Gate:
    """What one kind of office file may look like; sizes in bytes.

    `other` is the whole sentence for a file that is not of this kind at all.
    """

    suffix: str
    required: frozenset[str]
    max_entries: int
    max_unpacked: int
    other: str

    @property
    def damaged(self) -> str:
        """The sentence for a file that was cut or damaged on its way."""
        return f"ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ กรุณาบันทึกเป็น {self.suffix} อีกครั้ง"

    def check(self, file: BinaryIO) -> None:
        """Refuse an archive that is a bomb, lies, has a password or macros. Raises RefusedArchive.

        The file is left at an arbitrary position.
        """
        file.seek(0)
        if not file.read(8).startswith(ZIP):
            raise RefusedArchive(self.other)
        try:
            with zipfile.ZipFile(file) as archive:
                self._check_entries(archive.infolist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
            if isinstance(fault, RefusedArchive):
                raise
            raise RefusedArchive(self.damaged) from fault

    def _check_entries(self, entries: list[zipfile.ZipInfo]) -> None:
        names = [entry.filename for entry in entries]
        too_many = len(entries) > self.max_entries
        if too_many or sum(entry.file_size for entry in entries) > self.max_unpacked:
            raise RefusedArchive("ไฟล์นี้ขยายแล้วใหญ่ผิดปกติ จึงไม่เปิดอ่าน")
        if any(_is_bomb(entry) for entry in entries) or _overlap(entries):
            raise RefusedArchive("ไฟล์นี้ขยายแล้วใหญ่ผิดปกติ จึงไม่เปิดอ่าน")
        if len(set(names)) < len(names) or any(_leads_out(name) for name in names):
            raise RefusedArchive("โครงสร้างภายในไฟล์ผิดปกติ จึงไม่เปิดอ่าน")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise RefusedArchive(f"ไฟล์นี้มีมาโคร กรุณาบันทึกเป็น {self.suffix} ที่ไม่มีมาโคร")
        if any(entry.flag_bits & 1 for entry in entries):
            raise RefusedArchive(f"ไฟล์นี้มีรหัสผ่าน กรุณาบันทึกเป็น {self.suffix} ที่ไม่มีรหัสผ่าน")
        if self.required - set(names):
            raise RefusedArchive(self.other)


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Entries that share bytes: the trick of bombs that stay under every ratio (CVE-2024-0450)."""
    spans = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    return any(start + length > following for (start, length), (following, _) in pairwise(spans))
