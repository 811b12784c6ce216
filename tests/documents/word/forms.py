"""Forms made of plain values, and reading them back from their document: no database."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Iterator

from PIL import Image

from documents.form import ActivityBlock, CategoryBlock, CriterionBlock, Form, PointBlock, PracticeBlock, Row
from documents.word.back import Markup
from documents.word.identity import Mark
from documents.word.package import write_document
from documents.word.reader import ReadBlock, ReadTable, read_document
from documents.word.text import Picture

FIGURE = "0f0e0d0c-0b0a-0908-0706-050403020100"
SECOND = "1f0e0d0c-0b0a-0908-0706-050403020100"
ACTIVITY = "a0000000-0000-4000-8000-000000000001"
ROUND = "b0000000-0000-4000-8000-000000000001"
MOMENT = datetime.datetime(2026, 11, 20, 7, 3, tzinfo=datetime.UTC)


def png(colour: int = 0) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), (colour, 90, 90)).save(out, "PNG")
    return out.getvalue()


PICTURES = {FIGURE: Picture(png(1), "png", 40, 20), SECOND: Picture(png(2), "png", 40, 20)}


def uid(number: int) -> str:
    return str(uuid.UUID(int=number))


def criterion(code: str, *, practice: str = "<p>ตัวอย่าง</p>", feedback: tuple[str, ...] = ("ข้อเสนอแนะ",)):
    number = int(code.replace(".", ""))
    points = tuple(PointBlock(uid(500 + i), 2564, 2, text, "", "", "") for i, text in enumerate(feedback))
    practices = (
        (PracticeBlock("กรมที่ดิน", "รางวัลปี 2564", practice, uid(900 + number), 4, "x"),) if practice else ()
    )
    return CriterionBlock(code, f"ชื่อเกณฑ์ {code}", points, practices, uid(number))


def activity(html: str, owner: str = "สำนักนโยบายและแผน", key: str = ACTIVITY, version: int = 7):
    return ActivityBlock(html, owner, not owner, key, version)


def row(*criteria: CriterionBlock, activities=(), **texts) -> Row:
    values = {"analysis": "", "obstacles": "", "remedies": "", "see": ()} | texts
    return Row(criteria=criteria, activities=tuple(activities), **values)


def category(*rows: Row, number: int = 1, columns: int = 3, **values) -> CategoryBlock:
    headings = ("หัวข้อ 1", "หัวข้อ 2", "หัวข้อ 3", "หัวข้อ 4")[:columns]
    texts = {"obstacles": "", "remedies": "", "figures": (), "print_title": True} | values
    return CategoryBlock(
        number=number,
        name=f"ชื่อหมวด {number}",
        headings=headings,
        criterion_label="เกณฑ์",
        feedback_label="Feedback :",
        rows=rows,
        **texts,
    )


def form(*categories: CategoryBlock, **values) -> Form:
    settings = {
        "font_points": 16,
        "binding_margin_mm": 0,
        "thai_digits": False,
        "read_at": MOMENT,
    } | values
    return Form(
        title="แบบฟอร์มประจำปี พ.ศ. 2565",
        agency_code="senate",
        agency_name="สำนักงานเลขาธิการวุฒิสภา",
        year=2565,
        categories=categories,
        **settings,
    )


def write(form: Form, pictures=PICTURES) -> bytes:
    shares = [(22, 37, 28, 13) if c.has_owner_column else (26, 40, 34) for c in form.categories]
    return write_document(form, pictures, shares, round_uid=ROUND).content


def form_with(html: str, **values) -> Form:
    """A form whose only activity is this text."""
    return form(category(row(criterion("1.1"), activities=[activity(html)])), **values)


def cells(blocks: list[ReadBlock]) -> Iterator[list[ReadBlock]]:
    """The cells of the form's tables."""
    for block in blocks:
        if isinstance(block, ReadTable):
            yield from (cell.blocks for row in block.rows for cell in row)


def activity_of(content: bytes, *, thai_digits: bool = False) -> str:
    """What stands in the document between the identity of the activity and the one of its owners."""
    markup = Markup({name: name for name in (FIGURE, SECOND)}, thai_digits=thai_digits)
    for blocks in cells(read_document(content).blocks):
        kinds = [[mark.kind.value for mark in block.marks] for block in blocks]
        if ["a"] in kinds:
            end = kinds.index(["o"]) if ["o"] in kinds else len(blocks)
            return markup.html(blocks[kinds.index(["a"]) : end])
    raise AssertionError("no activity in the document")


def marks_of(content: bytes) -> list[Mark]:
    """Every identity in the order of the document."""

    def walk(blocks: list[ReadBlock]) -> Iterator[Mark]:
        for block in blocks:
            if isinstance(block, ReadTable):
                for table_row in block.rows:
                    for cell in table_row:
                        yield from walk(cell.blocks)
            else:
                yield from block.marks

    return list(walk(read_document(content).blocks))
