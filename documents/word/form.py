"""The body of the document: the form as it is printed, each text with its hidden identity."""

from __future__ import annotations

from collections.abc import Sequence

from documents.form import ActivityBlock, CategoryBlock, CriterionBlock, Form, PracticeBlock, Row

from . import styles
from .identity import Kind, Mark, line_digest
from .text import TWIPS_PER_MM, WHOLE_FIGURE_HEIGHT_MM, Writer, borders
from .xml import BOLD, UNDERLINE, el

PAGE_MM = (297, 210)
MARGINS_MM = {"top": 15, "right": 12, "bottom": 16, "left": 12}
CELL_MARGINS_MM = {"top": 1, "left": 2, "bottom": 1, "right": 2}
BETWEEN = 120  # twips between two cases
ANALYSIS_LABEL, OBSTACLES_LABEL, REMEDIES_LABEL = "บทวิเคราะห์", "ปัญหาและอุปสรรค", "แนวทางแก้ไข"
OWNERS_LABEL = "ผู้รับผิดชอบ"
SEE_LABEL = "ดูข้อ"


def text_width_mm(form: Form) -> float:
    """The width between the margins."""
    return PAGE_MM[0] - MARGINS_MM["left"] - MARGINS_MM["right"] - form.binding_margin_mm


def body_xml(form: Form, writer: Writer, shares: Sequence[Sequence[int]]) -> str:
    """Everything between the beginning of the document and its section; `shares` are the columns' per category."""
    parts = []
    for number, (category, share) in enumerate(zip(form.categories, shares, strict=True)):
        page = el("pageBreakBefore") if number else ""
        parts.append(_Category(form, category, writer, share).xml(page))
    return "".join(parts)


def criterion_lines(category: CategoryBlock, criterion: CriterionBlock) -> list[tuple[str, str]]:
    """The first column of a criterion as (underlined, plain) lines after its name."""
    feedback, label = criterion.feedback, category.feedback_label
    if not feedback:
        return []
    if len(feedback) == 1 and not category.has_owner_column:
        return [(label, feedback[0])]
    return [(label, ""), *(("", f"- {text}") for text in feedback)]


def criterion_name(category: CategoryBlock, criterion: CriterionBlock) -> str:
    """«เกณฑ์ 1.1 …»."""
    return " ".join(filter(None, [category.criterion_label, criterion.code, criterion.name]))


def owner_lines(activities: Sequence[ActivityBlock], *, apart: bool) -> list[tuple[ActivityBlock, str]]:
    """The lines that are printed, each with the activity whose identity it bears."""
    printed = [(block, block.owner_line) for block in activities if block.owner_line]
    if not apart:
        return printed
    first: dict[str, tuple[ActivityBlock, str]] = {}
    for block, line in printed:
        first.setdefault(line, (block, line))
    return list(first.values())


class _Category:
    """Writes one category."""

    def __init__(self, form: Form, category: CategoryBlock, writer: Writer, share: Sequence[int]) -> None:
        self.form = form
        self.category = category
        self.writer = writer
        whole = text_width_mm(form)
        self.widths_mm = [whole * part / sum(share) for part in share]

    def xml(self, page_break: str) -> str:
        """Title, table, texts and figures."""
        title = ""
        if self.category.print_title:
            title = self.writer.paragraph(self.writer.run(self.form.title), "Title", page_break)
            page_break = ""
        return title + self._table(page_break) + self.writer.gap() + self._after() + self._figures()

    # --- the table -----------------------------------------------------------------------------------

    def _table(self, page_break: str) -> str:
        widths = [self._twips(column) for column in range(len(self.widths_mm))]
        margins = (el(side, w=round(mm * TWIPS_PER_MM), type="dxa") for side, mm in CELL_MARGINS_MM.items())
        properties = el(
            "tblPr",
            el("tblW", w=sum(widths), type="dxa"),
            borders(width=6),
            el("tblLayout", type="fixed"),
            el("tblCellMar", *margins),
            el("tblLook", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
            el("tblCaption", val=self.writer.words(self.category.band)),
        )
        grid = el("tblGrid", *(el("gridCol", w=width) for width in widths))
        rows = [row for block in self.category.rows for row in self._rows(block)]
        return el("tbl", properties, grid, *self._heads(widths, page_break), *rows)

    def _twips(self, column: int) -> int:
        return round(self.widths_mm[column] * TWIPS_PER_MM)

    def _heads(self, widths: list[int], page_break: str) -> list[str]:
        """The two rows that are repeated on each page."""
        writer = self.writer
        head = el("trPr", el("cantSplit"), el("tblHeader"))
        band = writer.paragraph(writer.run(self.category.band), "Heading1", page_break)
        cells = (
            writer.cell(writer.paragraph(writer.run(heading), styles.COLUMN_HEAD), width, shade=styles.SHADE)
            for heading, width in zip(self.category.headings, widths, strict=True)
        )
        return [
            el("tr", head, writer.cell(band, sum(widths), len(widths), shade=styles.SHADE)),
            el("tr", head, *cells),
        ]

    def _rows(self, row: Row) -> list[str]:
        """Criteria that share their activities are rows of their own beside one merged cell."""
        joined = len(row.criteria) > 1
        written = []
        for index, criterion in enumerate(row.criteria):
            merge = ("continue" if index else "restart") if joined else ""
            cells = [
                self.writer.cell(self._criterion(criterion), self._twips(0)),
                self.writer.cell(self._practices(criterion.practices), self._twips(1)),
                self.writer.cell("" if index else self._activities(row), self._twips(2), merge=merge),
            ]
            if self.category.has_owner_column:
                cells.append(
                    self.writer.cell("" if index else self._owners(row), self._twips(3), merge=merge)
                )
            written.append(el("tr", *cells))
        return written

    def _inner_mm(self, column: int) -> float:
        return self.widths_mm[column] - CELL_MARGINS_MM["left"] - CELL_MARGINS_MM["right"]

    def _criterion(self, criterion: CriterionBlock) -> str:
        writer = self.writer
        name = writer.paragraph(writer.run(criterion_name(self.category, criterion)), "Heading2")
        lines = (
            writer.paragraph(
                writer.run(label, UNDERLINE) + writer.run(f" {text}" if label and text else text)
            )
            for label, text in criterion_lines(self.category, criterion)
        )
        return name + "".join(lines)

    def _practices(self, practices: Sequence[PracticeBlock]) -> str:
        writer, written = self.writer, []
        for index, practice in enumerate(practices):
            award = f" {practice.award_line}" if practice.award_line else ""
            head = writer.run(practice.agency_name, UNDERLINE) + writer.run(award)
            mark = Mark(Kind.PRACTICE_HEAD, practice.uid, str(practice.version))
            space = el("spacing", before=BETWEEN) if index else ""
            written.append(writer.paragraph(writer.marked(head, mark), properties=el("keepNext") + space))
            mark = Mark(Kind.PRACTICE, practice.uid, str(practice.version))
            written.append(writer.rich_text(practice.html, self._inner_mm(1), mark))
        return "".join(written)

    def _activities(self, row: Row) -> str:
        """As templates/documents/_activities.html has it."""
        first, versions = row.criteria[0].uid, row.versions
        written = [
            self._labelled(ANALYSIS_LABEL, row.analysis, Mark(Kind.ANALYSIS, first, str(versions.analysis)))
        ]
        for block in row.activities:
            mark = Mark(Kind.ACTIVITY, block.uid, str(block.version))
            written.append(self.writer.rich_text(block.html, self._inner_mm(2), mark))
            if block.owner_line and not self.category.has_owner_column:
                written.append(self._owner_line(block, block.owner_line, labelled=True))
        if row.see:
            written.append(self.writer.paragraph(self.writer.run(f"{SEE_LABEL} {', '.join(row.see)}")))
        for label, html, kind, version in (
            (OBSTACLES_LABEL, row.obstacles, Kind.OBSTACLES, versions.obstacles),
            (REMEDIES_LABEL, row.remedies, Kind.REMEDIES, versions.remedies),
        ):
            written.append(self._labelled(label, html, Mark(kind, first, str(version))))
        return "".join(written)

    def _labelled(self, label: str, html: str, mark: Mark) -> str:
        if not html:
            return ""
        head = self.writer.paragraph(self.writer.run(label, UNDERLINE), styles.LABEL)
        return head + self.writer.rich_text(html, self._inner_mm(2), mark)

    def _owners(self, row: Row) -> str:
        lines = owner_lines(row.activities, apart=True)
        return "".join(self._owner_line(block, line, labelled=False) for block, line in lines)

    def _owner_line(self, block: ActivityBlock, line: str, *, labelled: bool) -> str:
        label = self.writer.run(OWNERS_LABEL, UNDERLINE) + self.writer.run(" ") if labelled else ""
        names = self.writer.marked(self.writer.run(line), Mark(Kind.OWNERS, block.uid, line_digest(line)))
        return self.writer.paragraph(label + names, styles.OWNERS)

    # --- after the table -----------------------------------------------------------------------------

    def _after(self) -> str:
        category, width = self.category, text_width_mm(self.form)
        written = []
        for label, html, kind, version in (
            (OBSTACLES_LABEL, category.obstacles, Kind.SHEET_OBSTACLES, category.versions.obstacles),
            (REMEDIES_LABEL, category.remedies, Kind.SHEET_REMEDIES, category.versions.remedies),
        ):
            if html:
                head = self.writer.run(f"{label} :", BOLD)
                written.append(self.writer.paragraph(head, styles.LABEL, el("spacing", before=170)))
                written.append(
                    self.writer.rich_text(html, width, Mark(kind, str(category.number), str(version)))
                )
        return "".join(written)

    def _figures(self) -> str:
        """Each on a page of its own, as large as the page allows."""
        writer, written = self.writer, []
        for figure in self.category.figures:
            drawing = writer.drawing(
                figure.uid, figure.alternative, text_width_mm(self.form), WHOLE_FIGURE_HEIGHT_MM
            )
            written.append(writer.paragraph(drawing, styles.WHOLE_FIGURE))
            written.append(writer.paragraph(writer.run(figure.caption), styles.WHOLE_CAPTION))
        return "".join(written)
