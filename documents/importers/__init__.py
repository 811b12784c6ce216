"""Every kind of file that may be brought into a round, one module each.

A module gives four functions:

- `recognises(content, filename) -> bool`: whether the file is of this kind, told by what is in it, cheaply.
- `read(content, *, round, by) -> dict`: reads everything, collects every fault with its place, writes no text of the
  form, and gives what it understood as plain data. Raises RefusedFile with a Thai sentence for a file that it refuses.
- `review(incoming) -> dict`: the context of the page that shows what was understood, with the `template` of its part.
- `apply(incoming, answers, *, by) -> str`: writes it in one transaction, all or nothing, following the answers of that
  page, and gives the Thai sentence that tells what was done. Raises RefusedFile when it cannot be written any more;
  nothing is written then. FeedbackLocked and TextLocked may pass through: the page knows them.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from documents.enums import IncomingKind

# In the order in which they are asked; the last one takes whatever may be meant as a Word file.
IMPORTERS: dict[IncomingKind, str] = {
    IncomingKind.EXCHANGE: "documents.importers.exchange",
    IncomingKind.DRAFT: "documents.importers.draft",
    IncomingKind.WORD_FORM: "documents.importers.word_form",
}


class RefusedFile(Exception):
    """The file cannot be taken; the message is for the person who brought it."""


def kind_of(content: bytes, filename: str) -> IncomingKind:
    """What the file is, by the first importer that recognises it. Raises RefusedFile."""
    for kind in IMPORTERS:
        if importer(kind).recognises(content, filename):
            return kind
    raise RefusedFile("ไม่รู้จักไฟล์ชนิดนี้ กรุณาเลือกไฟล์ Word (.docx) หรือไฟล์ข้อมูลแลกเปลี่ยน (.json) ที่ส่งออกจากระบบนี้")


def importer(kind: str) -> ModuleType:
    """The module that reads and writes this kind of file."""
    return import_module(IMPORTERS[IncomingKind(kind)])
