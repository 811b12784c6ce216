"""Last year's form as pieces: where tables, rows and paragraphs belong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from thai.text import to_arabic_digits

from . import patterns
from .columns import Column, Layout, heading_layout, usual_layout
from .patterns import alike, code_of, step_in, year_in
from .pieces import Piece, PieceKind
from .source import Cell, Line, Source, Table
from .streams import Codes, Known, Streams

LONGEST_BAND = 150
OUTSIDE = "อยู่นอกตารางและไม่มีหัวข้อกำกับ"
ACROSS = "อยู่ในแถวที่รวมทุกคอลัมน์และไม่มีหัวข้อกำกับ"
BEFORE = "อยู่ก่อนเกณฑ์ข้อแรก"


@dataclass
class Reading:
    """Everything that was read; years are Buddhist-era, None where the file names none.

    `year` is the year of the form, `feedback_year` and `step` those of the feedback that it answers.
    """

    pieces: list[Piece]
    year: int | None = None
    feedback_year: int | None = None
    step: int | None = None
    split_am: list[str] = field(default_factory=list)


@dataclass
class _Row:
    """A row with what the first look at its table found: headings, a wide row, or the criteria it is about."""

    cells: list[Cell]
    kind: str
    layout: Layout | None
    codes: Codes


def read_form(source: Source, known: Known) -> Reading:
    """Put every line of the document into a piece."""
    reader = _FormReader(known)
    for item in source.items:
        if isinstance(item, Table):
            reader.table(item)
        else:
            reader.paragraph(item)
    reader.streams.settle_names()
    reading = Reading(reader.streams.pieces, split_am=source.split_am)
    _date(reading, reader.said)
    _place_the_homeless(reading.pieces, known)
    return reading


class _FormReader:
    def __init__(self, known: Known) -> None:
        self.known = known
        self.streams = Streams(known)
        self.category = 0
        self.codes: Codes = ()
        self.layout: Layout | None = None
        self.section: Column | None = None
        # the criterion of the paragraphs here began outside of a table
        self.outside = False
        self.said: list[str] = []

    # --- tables ---

    def table(self, table: Table) -> None:
        """Read a table row by row, after a first look that says which criteria merged cells belong to."""
        self.section, self.outside = None, False
        rows = list(self._first_look(table))
        for index, row in enumerate(rows):
            if row.kind == "heading":
                self._heading_row(row)
            elif row.kind == "band":
                self._band_row(row.cells)
            else:
                self._body_row(rows, index)

    def _first_look(self, table: Table) -> Iterator[_Row]:
        layout, codes, category = self.layout, self.codes, self.category
        for cells in table.rows:
            if found := heading_layout(cells):
                layout = found
                yield _Row(cells, "heading", layout, codes)
                continue
            if self._is_band(cells):
                number = _band_number(cells) or category
                codes, category = codes if number == category else (), number
                yield _Row(cells, "band", layout, codes)
                continue
            layout = layout or usual_layout(cells)
            begun = self._codes_begun(cells, layout, category)
            codes = begun or codes
            category = int(codes[0][0]) if begun else category
            yield _Row(cells, "body", layout, codes)

    @staticmethod
    def _is_band(cells: list[Cell]) -> bool:
        lines = {line.text.strip() for cell in cells for line in cell.lines if line.text.strip()}
        return bool(lines) and all(
            len(line) <= LONGEST_BAND and (patterns.BAND.match(line) or patterns.TITLE.match(line))
            for line in lines
        )

    def _codes_begun(self, cells: list[Cell], layout: Layout | None, category: int) -> Codes:
        """The criteria that begin in the first column of this row."""
        found: list[str] = []
        for cell in cells:
            if layout and layout.column_of(cell) == Column.CRITERION:
                for index, line in enumerate(cell.lines):
                    if match := self._code(line, first=index == 0, category=category):
                        found.append(code_of(match))
        return tuple(dict.fromkeys(found))

    def _code(self, line: Line, *, first: bool, category: int) -> re.Match[str] | None:
        """A criterion begins in this line of the first column; «1.1 …» in a list of points is none."""
        match = patterns.CODE.match(line.text)
        if match is None:
            return None
        code = code_of(match)
        if match["word"] or code not in self.known.names:
            return match if match["word"] else None
        names = self.known.names[code]
        near = max((alike(_before_feedback(line.text[match.end() :]), name) for name in names), default=0.0)
        return match if near >= 0.5 or (first and category in (0, int(code[0]))) else None

    def _heading_row(self, row: _Row) -> None:
        self.layout = row.layout
        for cell in row.cells:
            self.said.append(cell.text)
            for line in cell.lines:
                self.streams.heading(line)

    def _band_row(self, cells: list[Cell]) -> None:
        for cell in cells:
            for line in cell.lines:
                self._title_or_band(line)

    def _body_row(self, rows: list[_Row], index: int) -> None:
        row = rows[index]
        self.layout = row.layout
        for cell in row.cells:
            column = row.layout.column_of(cell) if row.layout else None
            if column == Column.CRITERION:
                self._criterion_cell(cell)
                self.codes = row.codes
            elif column is None:
                self._wide_cell(cell)
            else:
                spanned = (each.codes for each in rows[index : index + cell.rows])
                codes = tuple(dict.fromkeys(code for codes in spanned for code in codes))
                self._column_cell(column, cell, codes or row.codes)

    def _criterion_cell(self, cell: Cell) -> None:
        for index, line in enumerate(cell.lines):
            if match := self._code(line, first=index == 0, category=self.category):
                self._criterion_line(match, line)
            elif self.codes:
                self.streams.name_or_feedback(line, self.codes[-1])
            else:
                self.streams.note(line, (), BEFORE)

    def _criterion_line(self, match: re.Match[str], line: Line) -> None:
        code = code_of(match)
        self.codes, self.category = (code,), int(code[0])
        self.streams.criterion_begins(code, line, match.end())

    def _column_cell(self, column: Column, cell: Cell, codes: Codes) -> None:
        if codes:
            self.streams.take(column, cell.lines, codes)
            return
        for line in cell.lines:
            self.streams.note(line, (), BEFORE)

    def _wide_cell(self, cell: Cell) -> None:
        self.section = None
        for line in cell.lines:
            self._free_line(line, ACROSS)
        self.section = None

    # --- paragraphs ---

    def paragraph(self, line: Line) -> None:
        """A paragraph outside of tables."""
        match = patterns.CODE.match(line.text)
        if self._title_or_band(line):
            return
        if patterns.PAGE_NUMBER.match(line.text) and not line.label:
            self.streams.heading(line)
        elif match and self._begins_outside(match, line):
            self.section, self.outside = Column.CRITERION, True
            self._criterion_line(match, line)
        elif self.outside:
            self._line_of_criterion(line)
        else:
            self._free_line(line, OUTSIDE)

    def _begins_outside(self, match: re.Match[str], line: Line) -> bool:
        """Outside of tables a number alone is not enough: the criterion's name has to follow."""
        names = self.known.names.get(code_of(match), ())
        near = max((alike(_before_feedback(line.text[match.end() :]), name) for name in names), default=0.0)
        return near >= 0.6 or (bool(names) and (match["word"] or "").startswith("เกณฑ์"))

    def _title_or_band(self, line: Line) -> bool:
        text = line.text.strip()
        if len(text) > LONGEST_BAND * 2 or not (patterns.TITLE.match(text) or patterns.BAND.match(text)):
            return False
        band = patterns.BAND.match(text)
        if band and len(text) > LONGEST_BAND:
            return False
        self.said.append(text)
        self.streams.heading(line)
        if band and int(to_arabic_digits(band[1])) != self.category:
            self.category, self.codes = int(to_arabic_digits(band[1])), ()
            self.section, self.outside = None, False
        return True

    def _line_of_criterion(self, line: Line) -> None:
        """A line below a criterion that stands outside of tables: labels say what follows."""
        text = line.text
        if patterns.FEEDBACK.match(text):
            self.section = Column.CRITERION
            self.said.append(text[:80])
        elif found := patterns.PRACTICES.match(text):
            if not text[found.end() :].strip():
                self.section = Column.PRACTICE
        elif any(
            pattern.match(text)
            for pattern in (
                patterns.ACTIVITIES, patterns.OWNER, patterns.ANALYSIS, patterns.OBSTACLES, patterns.REMEDIES,
            )
        ):  # fmt: skip
            self.section = Column.ACTIVITY
        if self.section == Column.CRITERION:
            self.streams.name_or_feedback(line, self.codes[-1])
        elif self.section:
            self.streams.take(self.section, [line], self.codes)

    def _free_line(self, line: Line, why: str) -> None:
        """A line that belongs to no column: obstacles and remedies of the category, or a note."""
        for column, pattern in ((Column.OBSTACLES, patterns.OBSTACLES), (Column.REMEDIES, patterns.REMEDIES)):
            if pattern.match(line.text):
                self.section = column
        category = str(self.category) if self.category else ""
        if self.section in (Column.OBSTACLES, Column.REMEDIES) and category:
            self.streams.passage(PieceKind(self.section.value), line, (category,))
        else:
            self.streams.note(line, self.codes[-1:] or ((category,) if category else ()), why)


def _before_feedback(text: str) -> str:
    """The name in a line that holds name and feedback."""
    found = patterns.FEEDBACK_INSIDE.search(text)
    return text[: found.start()] if found else text


def _band_number(cells: list[Cell]) -> int | None:
    for cell in cells:
        for line in cell.lines:
            if found := patterns.BAND.match(line.text):
                return int(to_arabic_digits(found[1]))
    return None


def _date(reading: Reading, said: list[str]) -> None:
    """The years and the step that titles, column headings and labels name; the first that says one wins."""
    for text in said:
        is_feedback = re.search("feedback|ข้อเสนอแนะ", text, re.IGNORECASE)
        if is_feedback:
            reading.feedback_year = reading.feedback_year or year_in(text)
            reading.step = reading.step or step_in(text)
        else:
            reading.year = reading.year or year_in(text)
    for piece in reading.pieces:
        if piece.kind == PieceKind.HEADING and patterns.FEEDBACK.match(piece.text):
            reading.feedback_year = reading.feedback_year or year_in(piece.text)
            reading.step = reading.step or step_in(piece.text)


def _place_the_homeless(pieces: list[Piece], known: Known) -> None:
    """Every piece gets a criterion of this edition; what stood before all of them goes to the first."""
    categories = {code[0] for code in known.names}
    for piece in pieces:
        of_category = piece.kind in (PieceKind.OBSTACLES, PieceKind.REMEDIES)
        whole_category = of_category and piece.code in categories
        if piece.code in known.names or whole_category or piece.kind == PieceKind.HEADING:
            continue
        said = f"ไฟล์ระบุเกณฑ์ {piece.code} ซึ่งไม่มีในรอบนี้" if "." in piece.code else BEFORE
        here = [code for code in known.names if code.startswith(f"{piece.code[:1]}.")]
        piece.code, piece.also = (here or list(known.names))[0], ()
        piece.kind, piece.why = PieceKind.NOTE, piece.why or said
