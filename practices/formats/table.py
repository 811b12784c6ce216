"""Cases in a table, of Excel or CSV: one row each, found by the headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from organizations.enums import AgencyKind
from organizations.importers.tables import OpenTable, TableRow, open_table, year_in_cell
from organizations.importers.workbook import RefusedWorkbook, as_lines
from practices.awards import Award, NamedAgency, read_agency, read_award
from practices.pictures import PictureFolder, TextOfFile, read_text
from practices.rows import AgencyValues, CaseRow, Place
from practices.tags import tags_fault, tags_in
from texts.lines import lines_to_html
from thai.text import one_line, to_arabic_digits

from .columns import COLUMNS, HEADINGS, HTML, HTML_HEADING, KINDS, NO_YEAR, TABLES, unguarded
from .reading import CaseReading, Codes, UnplacedFault
from .values import LONGEST, FieldFault, criteria_of, key_fault, length_fault, unknown_code, unknown_edition

_BETWEEN_CODES: Final = re.compile(r"[,;/\s]+|และ|ข้อ|เกณฑ์|หมวด")
# Fields of one line; in the others line breaks and blanks stay as they were typed.
_ONE_LINE: Final = ("key", "agency", "code", "short_name", "kind", "title", "edition", "award_year")


def read_table_cases(
    path: Path, name: str, pictures: PictureFolder, reading: CaseReading
) -> Iterator[CaseRow]:
    """The cases of an .xlsx or .csv file, one at a time."""
    limits = replace(TABLES, file=reading.limits.file, unpacked=reading.limits.unpacked)
    is_csv = path.suffix.casefold() == ".csv"
    columns = replace(COLUMNS, takes_csv=is_csv)
    try:
        with (
            path.open("rb") as file,
            open_table(file, size=path.stat().st_size, columns=columns, limits=limits) as table,
        ):
            if table.hidden:
                hidden = ", ".join(table.hidden)
                reading.noted.put([UnplacedFault(name, 0, "", f"ข้ามแผ่นงานที่ซ่อนไว้: {hidden}")])
            reader = _TableReader(table, name, pictures, reading, guarded=is_csv)
            yield from reader.rows()
    except RefusedWorkbook as refused:
        reading.faults.put([UnplacedFault(name, 0, "", str(refused))])
    except OSError as error:
        reading.faults.put([UnplacedFault(name, 0, "", f"เปิดไฟล์ไม่ได้ ({error.strerror})")])


class _TableReader:
    """Turns the rows of one table into cases."""

    def __init__(
        self, table: OpenTable, name: str, pictures: PictureFolder, reading: CaseReading, *, guarded: bool
    ) -> None:
        self.table = table
        self.name = name
        self.pictures = pictures
        self.reading = reading
        self.guarded = guarded
        self.columns = {
            field: f"{table.columns[field]} ({heading})" if field in table.columns else f"“{heading}”"
            for field, heading in HEADINGS.items()
        }
        self.of_html = {**self.columns, "text": self.columns["html"]}

    def rows(self) -> Iterator[CaseRow]:
        """The rows without a fault."""
        count = 0
        for row in self.table.rows:
            count += 1
            self.reading.rows += 1
            if count > self.reading.limits.rows:
                place = self._place(row, self.columns)
                most = f"มีตัวอย่างเกิน {self.reading.limits.rows:,} แถว กรุณาแบ่งเป็นหลายไฟล์"
                self.reading.faults.put([place.fault("", most)])
                return
            yield from self._row(row)
        if not count:
            self.reading.faults.put([UnplacedFault(self.name, 0, "", "ยังไม่มีตัวอย่างใต้หัวคอลัมน์")])

    def _place(self, row: TableRow, columns: dict[str, str]) -> Place:
        return Place(self.name, row.number, self.table.name, columns)

    def _row(self, row: TableRow) -> Iterator[CaseRow]:
        fields = {name: unguarded(text) if self.guarded else text for name, text in row.fields.items()}
        fields |= {name: one_line(fields[name]) for name in _ONE_LINE if name in fields}
        has_html = any(fields.get(name, "").strip() for name in HTML)
        place = self._place(row, self.of_html if has_html else self.columns)
        case = _Case(self, fields, place, has_html=has_html)
        # a cell without text has its fault already, and would only be missed a second time
        without_text = {name for name, _ in row.faults}
        found = case.read()
        faults = [*row.faults, *(fault for fault in case.faults if fault[0] not in without_text)]
        self.reading.faults.put(place.fault(name, message) for name, message in faults)
        self.reading.noted.put(place.fault(name, message) for name, message in case.warnings)
        if not faults:
            yield found


class _Case:
    """One row being read: what its cells mean, and what is wrong with them."""

    def __init__(self, reader: _TableReader, fields: dict[str, str], place: Place, *, has_html: bool) -> None:
        self.reading = reader.reading
        self.pictures = reader.pictures
        self.fields = fields
        self.place = place
        self.has_html = has_html
        self.faults: list[FieldFault] = []
        self.warnings: list[FieldFault] = []

    def read(self) -> CaseRow:
        """The row; it means something only when there are no faults."""
        for name in LONGEST:
            self._check(name, length_fault(name, self.fields.get(name, "").strip()))
        named = self._named()
        agency = self._agency(named)
        award = self._award(named.award)
        key, title = self._key(), self.fields["title"]
        if not title:
            self.faults.append(("title", "ยังไม่ได้กรอกชื่อเรื่อง"))
        self._check_new(key, agency, title)
        text = self._text()
        return CaseRow(
            place=self.place,
            key=key,
            agency=agency,
            title=title,
            award=award.name,
            award_year=award.year,
            summary=self.fields.get("summary", "").strip(),
            source=one_line_break(self.fields.get("source", "")),
            criteria=self._criteria(),
            tags=self._tags(),
            text=text,
            position=0,
            given=self._given(agency, award, text),
        )

    def _check(self, name: str, fault: str) -> None:
        if fault:
            self.faults.append((name, fault))

    def _named(self) -> NamedAgency:
        """The body of the row; one with a code is called what the cell says, whatever it looks like."""
        typed = self.fields["agency"]
        return NamedAgency(typed) if self.fields.get("code") else read_agency(typed)

    def _agency(self, named: NamedAgency) -> AgencyValues:
        kind = self.fields.get("kind", "")
        if kind and kind.casefold() not in KINDS:
            names = " · ".join(known.label for known in AgencyKind)
            self.faults.append(("kind", f"ไม่รู้จักประเภท “{kind}” ประเภทที่ใช้ได้คือ {names}"))
        agency = AgencyValues(
            code=self.fields.get("code", ""),
            name=named.name,
            short_name=self.fields.get("short_name") or named.short_name,
            kind=KINDS.get(kind.casefold(), ""),
        )
        if not agency.name:
            self.faults.append(("agency", "ยังไม่ได้กรอกหน่วยงาน"))
            return agency
        if agency.code:
            self._check("code", key_fault(agency.code))
        elif known := self.reading.seen_agencies.called(agency.name):
            return known
        self.faults += self.reading.seen_agencies.faults(agency, self.place)
        return agency

    def _award(self, beside_agency: Award) -> Award:
        """The award and its year: from their own cells, from one cell for both, or from behind the agency."""
        typed, year_typed = one_line_break(self.fields.get("award", "")), self.fields.get("award_year", "")
        if year_typed == NO_YEAR:
            return Award(typed)
        if year_typed:
            return replace(self._year(year_typed), name=typed)
        award = read_award(typed)
        if award == Award(""):
            award = beside_agency
        elif not award.years and not award.question:
            award = replace(beside_agency, name=award.name)
        self._check("award", award.question)
        self._note_range(award)
        return award

    def _year(self, typed: str) -> Award:
        """The year of its own cell, also as «ปี 64» or «(64)»."""
        year, fault = year_in_cell(typed)
        if year is not None:
            return Award("", (year,))
        award = read_award(typed)
        if award.name or not award.years:
            self._check("award_year", award.question or fault)
        self._note_range(award)
        return award

    def _note_range(self, award: Award) -> None:
        if len(award.years) > 1:
            written = "–".join(map(str, award.years))
            self.warnings.append(("award_year", f"ปี {written} บันทึกเป็นปี {award.year}"))

    def _key(self) -> str:
        key = self.fields.get("key", "")
        self._check("key", key_fault(key) if key else "")
        return key

    def _check_new(self, key: str, agency: AgencyValues, title: str) -> None:
        """The same case may stand in the files only once."""
        seen = self.reading.seen
        if key and (fault := seen.key_fault(key, self.place)):
            self.faults.append(("key", fault))
        elif title and agency.name:
            self._check(
                "title",
                seen.title_fault(agency.code or agency.name, title, keyed=bool(key), place=self.place),
            )

    def _criteria(self) -> tuple[int, ...]:
        codes = self._codes()
        typed = [code for code in _BETWEEN_CODES.split(to_arabic_digits(self.fields["criteria"])) if code]
        if codes is None:
            return ()
        if not typed:
            self.faults.append(("criteria", "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ"))
        self.faults += [("criteria", unknown_code(code, codes)) for code in typed if code not in codes]
        return criteria_of((code for code in typed if code in codes), codes)

    def _codes(self) -> Codes | None:
        edition = self.fields.get("edition") or self.reading.newest_edition
        codes = self.reading.codes(to_arabic_digits(edition)) if edition else None
        if not edition:
            self.faults.append(("criteria", "ยังไม่มีเกณฑ์ PMQA ในระบบ กรุณาแจ้งผู้ดูแลระบบให้นำเข้าเกณฑ์ก่อน"))
        elif codes is None:
            self.faults.append(("edition", unknown_edition(edition, self.reading.known_editions)))
        return codes

    def _tags(self) -> tuple[str, ...]:
        tags = tags_in(self.fields.get("tags", ""))
        self._check("tags", tags_fault(tags))
        return tuple(tags)

    def _text(self) -> TextOfFile:
        """The text of the HTML cells, which may name pictures, or of the lines that were typed."""
        lines = as_lines(self.fields.get("text", ""))
        if self.has_html and lines:
            self.warnings.append(
                ("text", f"ใช้คอลัมน์ “{HTML_HEADING}” และไม่ใช้คอลัมน์ “{HEADINGS['text']}” ของแถวนี้")
            )
        raw = "".join(self.fields.get(name, "") for name in HTML) if self.has_html else lines_to_html(lines)
        text = read_text(raw, self.pictures, lambda _, message: self._check("text", message))
        if text.removed:
            self.warnings.append(("text", f"ตัดส่วนที่ไม่รับออกจากข้อความ: {' '.join(text.removed)}"))
        return replace(text, is_lines=not self.has_html)

    def _given(self, agency: AgencyValues, award: Award, text: TextOfFile) -> frozenset[str]:
        """What the row says: its columns, and of the text and the agency only what is filled."""
        columns = ("key", "award", "award_year", "summary", "source", "tags")
        given = {"agency", "title", "criteria", *(name for name in columns if name in self.fields)}
        given |= {name for name in ("code", "short_name", "kind") if getattr(agency, name)}
        if award.years:
            given.add("award_year")
        if award.name:
            given.add("award")
        if text.html:
            given.add("text")
        return frozenset(given)


def one_line_break(text: str) -> str:
    """A text on one line that keeps its other blanks."""
    return " ".join(part for line in text.split("\n") if (part := line.strip()))
