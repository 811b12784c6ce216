"""The table of remarks as the body of a Word document."""

from __future__ import annotations

from collections.abc import Sequence

from documents.form import Form
from documents.remarks import COLUMNS, HEADINGS, TITLE, Remark, RemarkCategory, Said, without_remarks

from . import styles
from .form import CELL_MARGINS_MM, text_width_mm
from .text import TWIPS_PER_MM, Writer, borders
from .xml import BOLD, ITALIC, el

BETWEEN = 80  # twips between two comments in a cell


def remarks_xml(form: Form, categories: Sequence[RemarkCategory], writer: Writer) -> str:
    """Title and one table per category, as templates/documents/remarks.html has them."""
    names = {category.number: category.band for category in form.categories}
    head = "".join(writer.paragraph(writer.run(title), "Title") for title in (TITLE, form.title))
    tables = [_table(form, category, names[category.number], writer) for category in categories]
    return head + ("".join(tables) or writer.paragraph(writer.run(without_remarks(form))))


def _table(form: Form, category: RemarkCategory, name: str, writer: Writer) -> str:
    whole = text_width_mm(form) * TWIPS_PER_MM
    widths = [round(whole * share / sum(COLUMNS)) for share in COLUMNS]
    margins = (el(side, w=round(mm * TWIPS_PER_MM), type="dxa") for side, mm in CELL_MARGINS_MM.items())
    properties = el(
        "tblPr",
        el("tblW", w=sum(widths), type="dxa"),
        borders(width=6),
        el("tblLayout", type="fixed"),
        el("tblCellMar", *margins),
        el("tblLook", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
        el("tblCaption", val=writer.words(name)),
    )
    grid = el("tblGrid", *(el("gridCol", w=width) for width in widths))
    rows = [_row(remark, widths, writer) for remark in category.remarks]
    return el("tbl", properties, grid, *_heads(name, widths, writer), *rows) + writer.gap()


def _heads(name: str, widths: list[int], writer: Writer) -> list[str]:
    """The two rows that are repeated on each page."""
    head = el("trPr", el("cantSplit"), el("tblHeader"))
    band = writer.paragraph(writer.run(name), "Heading1")
    cells = (
        writer.cell(writer.paragraph(writer.run(heading), styles.COLUMN_HEAD), width, shade=styles.SHADE)
        for heading, width in zip(HEADINGS, widths, strict=True)
    )
    return [
        el("tr", head, writer.cell(band, sum(widths), len(widths), shade=styles.SHADE)),
        el("tr", head, *cells),
    ]


def _row(remark: Remark, widths: list[int], writer: Writer) -> str:
    quote = writer.run(f"{remark.kind} “{remark.quote}”", ITALIC) if remark.quote else ""
    answers = "".join(_said(answer, writer) for answer in remark.answers)
    cells = [
        writer.paragraph(writer.run(remark.code, BOLD)) + writer.paragraph(writer.run(remark.name)),
        (writer.paragraph(quote) if quote else "") + _said(remark.said, writer),
        answers + _line(remark.change, writer),
        writer.paragraph(writer.run(remark.status)) + _line(remark.settled, writer),
    ]
    return el("tr", *(writer.cell(cell, width) for cell, width in zip(cells, widths, strict=True)))


def _said(said: Said, writer: Writer) -> str:
    """Who, when, and the words."""
    kept = el("keepNext")
    who = writer.paragraph(writer.run(said.who, BOLD), properties=kept + el("spacing", before=BETWEEN))
    note = writer.paragraph(writer.run(said.note), properties=kept)
    return who + note + writer.paragraph(writer.run(said.words))


def _line(text: str, writer: Writer) -> str:
    return writer.paragraph(writer.run(text)) if text else ""
