"""Cases in files that a person may write in an editor: YAML, and JSON as a stream, of the same fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from framework.files import Fault, Faults, Fields, FileRefused, Node, read_file
from organizations.enums import AgencyKind
from organizations.importers.tables import year_in_cell
from practices.pictures import PictureFolder, TextFault, TextOfFile, read_text
from practices.rows import AgencyValues, CaseRow, Place
from practices.tags import distinct, tags_fault

from .json_stream import JsonRefused, Part, read_json
from .reading import CaseReading, Codes
from .values import LONGEST, criteria_of, key_fault, unknown_code, unknown_edition

TOP: Final = ("edition", "agencies", "practices")
AGENCY: Final = ("code", "name", "short_name", "kind")
# fmt: off
CASE: Final = (
    "key", "agency", "title", "award", "award_year", "criteria", "tags", "summary", "source", "text",
)
# fmt: on
# Files of before tags have none.
OPTIONAL: Final = frozenset({"tags"})


def read_yaml(path: Path, name: str, pictures: PictureFolder, reading: CaseReading) -> Iterator[CaseRow]:
    """The cases of a YAML file, which is read as a whole and therefore at most two megabytes."""
    try:
        root = read_file(path, name)
    except FileRefused as refused:
        reading.faults.put(refused.faults)
        return
    faults = Faults()
    top = Fields(root, faults, known=set(TOP))
    reader = _FileReader(reading, pictures)
    reader.edition(top)
    agencies, cases = top.items("agencies"), top.items("practices")
    reading.faults.put(faults.found)
    for node in agencies:
        reader.agency(node)
    for node in cases:
        yield from reader.case(node)


def read_json_cases(
    path: Path, name: str, pictures: PictureFolder, reading: CaseReading
) -> Iterator[CaseRow]:
    """The cases of a JSON file, one at a time; the edition and the agencies may stand before or behind them."""
    reader = _FileReader(reading, pictures)
    try:
        if not _read_head(path, name, reader):
            return
        for part in read_json(path, name):
            if part.field == "practices" and part.item >= 0:
                yield from reader.case(part.node, part.faults)
    except JsonRefused as refused:
        reading.faults.put([refused.fault])
    except OSError as error:
        reading.faults.put([Fault(name, 1, "", f"เปิดไฟล์ไม่ได้ ({error.strerror})")])


def _read_head(path: Path, name: str, reader: _FileReader) -> bool:
    """Take what stands around the cases; in a file that has it first the cases are not looked at yet.

    False when there are no cases to read.
    """
    top: dict[str, Node] = {}
    agencies: list[Part] = []
    for part in read_json(path, name):
        if part.field == "practices" and {"edition", "agencies"} <= set(top):
            top["practices"] = part.node
            break
        if part.item < 0:
            top[part.field] = part.node
            reader.reading.faults.put(part.faults)
        elif part.field == "agencies":
            agencies.append(part)
    faults = Faults()
    fields = Fields(Node(top, name, 1, ""), faults, known=set(TOP))
    reader.edition(fields)
    for wanted in ("agencies", "practices"):
        fields.items(wanted)
    reader.reading.faults.put(faults.found)
    for part in agencies:
        reader.reading.faults.put(part.faults)
        reader.agency(part.node)
    return "practices" in top and isinstance(top["practices"].value, list)


class _FileReader:
    """Turns the nodes of one file into rows."""

    def __init__(self, reading: CaseReading, pictures: PictureFolder) -> None:
        self.reading = reading
        self.pictures = pictures
        self.codes: Codes | None = None
        self.agencies: dict[str, tuple[AgencyValues, Node]] = {}
        self.positions: Counter[int] = Counter()

    def edition(self, top: Fields) -> None:
        """In whose codes the criteria are written; without one they are not checked."""
        code = top.text("edition")
        self.codes = self.reading.codes(code) if code else None
        if code and self.codes is None:
            top.fault("edition", unknown_edition(code, self.reading.known_editions))

    def agency(self, node: Node) -> None:
        """One body of the list; its cases name it by its code."""
        faults = Faults()
        fields = Fields(node, faults, known=set(AGENCY))
        values = AgencyValues(
            code=_key(fields, "code"),
            name=_line(fields, "name", "agency"),
            short_name=_line(fields, "short_name", blank=True),
            kind=fields.choice("kind", list(AgencyKind.values)),
        )
        if values.code in self.agencies:
            fields.fault("code", f"มีหน่วยงานรหัส “{values.code}” ซ้ำในไฟล์นี้")
        elif values.code:
            self.agencies[values.code] = (values, node)
            place = Place(node.file, node.line, path=node.path)
            for name, message in self.reading.seen_agencies.faults(values, place):
                fields.fault("name" if name == "agency" else name, message)
        self.reading.faults.put(faults.found)

    def case(self, node: Node, twice: tuple[Fault, ...] = ()) -> Iterator[CaseRow]:
        """The row of one case, unless something is wrong with it."""
        self.reading.rows += 1
        faults = Faults()
        faults.found.extend(twice)
        fields = Fields(node, faults, known=set(CASE))
        row = self._row(node, fields, faults)
        if row.key and (fault := self.reading.seen.key_fault(row.key, row.place)):
            fields.fault("key", fault)
        self.reading.faults.put(faults.found)
        if not faults and row.agency.code and self.codes is not None:
            yield row

    def _row(self, node: Node, fields: Fields, faults: Faults) -> CaseRow:
        criteria = self._criteria(fields, faults)
        first = criteria[0] if criteria else 0
        self.positions[first] += 1
        agency, agency_node = self._agency_of(fields)
        return CaseRow(
            place=_place(node, fields, agency_node),
            key=_key(fields, "key"),
            agency=agency,
            title=_line(fields, "title"),
            award=_line(fields, "award", blank=True),
            award_year=_award_year(fields),
            summary=fields.text("summary", blank=True, longest=LONGEST["summary"]),
            source=_line(fields, "source", blank=True),
            criteria=criteria,
            tags=tags_of(fields),
            text=self._text(fields, faults),
            position=self.positions[first],
            given=frozenset({*CASE, "code", "short_name", "kind"} - (OPTIONAL - set(fields.fields))),
        )

    def _agency_of(self, fields: Fields) -> tuple[AgencyValues, Node | None]:
        code = fields.text("agency")
        if code and code not in self.agencies:
            fields.fault("agency", f"ไม่มีหน่วยงานรหัส “{code}” ในรายการ agencies ของไฟล์นี้")
        return self.agencies.get(code, (AgencyValues("", "", "", ""), None))

    def _criteria(self, fields: Fields, faults: Faults) -> tuple[int, ...]:
        """The criteria in the order of the edition; every unknown code is a fault of its own."""
        nodes = fields.texts("criteria")
        if not nodes and not fields.get("criteria").value:
            fields.fault("criteria", "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ")
        known: list[str] = []
        for node, code in nodes if self.codes is not None else ():
            if code not in (self.codes or {}):
                faults.add(node, unknown_code(code, self.codes or {}))
            elif code in known:
                faults.add(node, f"มีเกณฑ์ {code} ซ้ำ")
            else:
                known.append(code)
        return criteria_of(known, self.codes or {})

    def _text(self, fields: Fields, faults: Faults) -> TextOfFile:
        raw = fields.text("text", blank=True)
        node = fields.get("text")
        text = read_text(
            node.value if raw and isinstance(node.value, str) else "",
            self.pictures,
            text_faults(node, faults),
        )
        if text.removed:
            self.reading.noted.put([node.fault(f"ตัดส่วนที่ไม่รับออกจากข้อความ: {' '.join(text.removed)}")])
        return text


def text_faults(node: Node, faults: Faults) -> TextFault:
    """Puts the faults of a text at their lines in the file."""
    raw = node.value if isinstance(node.value, str) else ""
    # a literal block of YAML begins one line below its field; a text of JSON is one line, however many it holds
    is_block = "\n" in raw and not node.file.casefold().endswith(".json")

    def add(line: int, message: str) -> None:
        place = node.line + line if is_block else node.line
        faults.found.append(Fault(node.file, place, node.path, message))

    return add


def _place(node: Node, fields: Fields, agency: Node | None) -> Place:
    """Where the case and each of its fields stand; the fields of its agency stand in the list of agencies."""
    nodes = dict(fields.fields)
    if agency and isinstance(agency.value, dict):
        named = {"agency": "name"}
        nodes |= {"agency": agency.value.get("name", agency)}
        nodes |= {name: agency.value.get(name, agency) for name in AGENCY if name not in named.values()}
    return Place(
        node.file,
        node.line,
        columns={name: found.path for name, found in nodes.items()},
        path=node.path,
        lines={name: found.line for name, found in nodes.items()},
    )


def _key(fields: Fields, name: str) -> str:
    key = fields.text(name, longest=LONGEST[name])
    if key and (fault := key_fault(key)):
        fields.fault(name, fault)
        return ""
    return key


def _line(fields: Fields, name: str, limit: str = "", *, blank: bool = False) -> str:
    text = fields.text(name, blank=blank, longest=LONGEST[limit or name])
    if "\n" in text:
        fields.fault(name, "ต้องเป็นบรรทัดเดียว")
    return text


def _award_year(fields: Fields) -> int | None:
    """A Buddhist-era year, or None where the file says null."""
    value = fields.get("award_year").value
    if value is None and "award_year" in fields:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        fields.fault("award_year", "ต้องเป็นปีพุทธศักราชสี่หลัก เช่น 2564 หรือ null เมื่อไม่ทราบ")
        return None
    year, fault = year_in_cell(str(value))
    if fault:
        fields.fault("award_year", fault)
    return year


def tags_of(fields: Fields) -> tuple[str, ...]:
    """The tags of a case; a file of before tags has none."""
    if "tags" not in fields:
        return ()
    tags = distinct(text for _, text in fields.texts("tags"))
    if fault := tags_fault(tags):
        fields.fault("tags", fault)
    return tuple(tags)
