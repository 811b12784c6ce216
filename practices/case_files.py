"""What a fixture file of cases says, with every fault at its file, line and field; nothing is written here.

The format is that of fixtures/demo_senate_2565/practices; `exporters.py` writes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from framework.files import Fault, Faults, Fields, FileRefused, Node, read_file
from framework.models import Edition
from organizations.enums import AgencyKind
from organizations.models import Agency
from thai.dates import year_fault

from .agencies import core_name
from .formats.readable import tags_of, text_faults
from .formats.values import KEY, unknown_code
from .pictures import PictureFolder, TextOfFile, read_text
from .services import Facts

AGENCY_FIELDS: Final = ("name", "short_name", "kind")


@dataclass(frozen=True)
class AgencyRow:
    """One agency as a file gives it."""

    node: Node
    code: str
    name: str
    short_name: str
    kind: str

    def values(self) -> dict[str, str]:
        """What is stored beside the code."""
        return {name: getattr(self, name) for name in AGENCY_FIELDS}


@dataclass(frozen=True)
class CaseRow:
    """One case as a file gives it; `criteria` are primary keys in the order of the edition."""

    node: Node
    key: str
    agency_code: str
    title: str
    award: str
    award_year: int | None
    summary: str
    source: str
    criteria: tuple[int, ...]
    tags: tuple[str, ...]
    text: TextOfFile
    position: int

    def facts(self, agency: Agency) -> Facts:
        """What is stored beside the text."""
        return Facts(
            agency=agency,
            title=self.title,
            award=self.award,
            award_year=self.award_year,
            summary=self.summary,
            source=self.source,
            criteria=frozenset(self.criteria),
            tags=frozenset(self.tags),
        )


@dataclass
class Reading:
    """Everything that the files say, and what is wrong with it."""

    agencies: dict[str, AgencyRow] = field(default_factory=dict)
    cases: dict[str, CaseRow] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    warnings: list[Fault] = field(default_factory=list)


def read_practices(paths: Iterable[Path]) -> Reading:
    """Read all files, each to its end, whatever is wrong with the others."""
    reading = Reading()
    for path in paths:
        try:
            root = read_file(path)
        except FileRefused as refused:
            reading.faults.found.extend(refused.faults)
            continue
        _FileReader(reading, path).read(root)
    return reading


class _FileReader:
    """Reads one file into the reading of all."""

    def __init__(self, reading: Reading, path: Path) -> None:
        self.reading = reading
        self.faults = reading.faults
        self.folder = PictureFolder(path)
        self.codes: dict[str, tuple[int, int]] | None = None
        self.here: set[str] = set()
        self.positions: Counter[int] = Counter()

    def read(self, root: Node) -> None:
        """Take the whole file apart."""
        top = Fields(root, self.faults, known={"edition", "agencies", "practices"})
        self.codes = self._criterion_codes(top)
        for node in top.items("agencies"):
            self._agency(node)
        for node in top.items("practices"):
            self._case(node)

    def _criterion_codes(self, top: Fields) -> dict[str, tuple[int, int]] | None:
        """Code → (position in the edition, primary key); None when the edition is unknown."""
        code = top.text("edition")
        if not code:
            return None
        edition = Edition.objects.filter(code=code).first()
        if edition is None:
            known = ", ".join(Edition.objects.newest_first().values_list("code", flat=True)) or "ยังไม่มีฉบับใด"
            top.fault("edition", f"ไม่รู้จักเกณฑ์ฉบับ “{code}” ฉบับที่มีในระบบ: {known}")
            return None
        rows = edition.criteria.values_list("code", "position", "criterion_id")
        return {code: (position, criterion) for code, position, criterion in rows}

    def _agency(self, node: Node) -> None:
        fields = Fields(node, self.faults, known={"code", *AGENCY_FIELDS})
        row = AgencyRow(
            node=node,
            code=self._key(fields, "code", longest=40),
            name=self._line(fields, "name", longest=200),
            short_name=self._line(fields, "short_name", longest=40, blank=True),
            kind=fields.choice("kind", list(AgencyKind.values)),
        )
        if not row.code:
            return
        if row.code in self.here:
            fields.fault("code", f"มีหน่วยงานรหัส “{row.code}” ซ้ำในไฟล์นี้")
        self.here.add(row.code)
        self._compare_agency(fields, row)

    def _compare_agency(self, fields: Fields, row: AgencyRow) -> None:
        """The same code says the same everywhere, and no two codes mean the same body."""
        known = self.reading.agencies.setdefault(row.code, row)
        for name in AGENCY_FIELDS:
            here, there = getattr(row, name), getattr(known, name)
            if here and there and here != there:
                fields.fault(name, f"“{here}” ไม่ตรงกับ “{there}” ที่ {_place(known.node)}")
        for other in self.reading.agencies.values():
            if other.code != row.code and row.name and core_name(other.name) == core_name(row.name):
                place = f"“{other.name}” รหัส {other.code} ที่ {_place(other.node)}"
                fields.fault("name", f"สะกดคล้ายกับ {place} กรุณาใช้หน่วยงานเดียวกันด้วยรหัสเดียว")

    def _case(self, node: Node) -> None:
        known = {
            "key",
            "agency",
            "title",
            "award",
            "award_year",
            "criteria",
            "tags",
            "summary",
            "source",
            "text",
        }
        fields = Fields(node, self.faults, known=known)
        key = self._key(fields, "key", longest=80)
        criteria = self._criteria(fields)
        text = self._text(fields)
        first = criteria[0] if criteria else 0
        self.positions[first] += 1
        row = CaseRow(
            node=node,
            key=key,
            agency_code=self._agency_code(fields),
            title=self._line(fields, "title", longest=300),
            award=self._line(fields, "award", longest=200, blank=True),
            award_year=self._award_year(fields),
            summary=fields.text("summary", blank=True, longest=2_000),
            source=self._line(fields, "source", longest=300, blank=True),
            criteria=criteria,
            tags=tags_of(fields),
            text=text,
            position=self.positions[first],
        )
        if key in self.reading.cases:
            fields.fault("key", f"มีรหัส “{key}” แล้วที่ {_place(self.reading.cases[key].node)}")
        elif key:
            self.reading.cases[key] = row

    def _key(self, fields: Fields, name: str, *, longest: int) -> str:
        key = fields.text(name, longest=longest)
        if key and not KEY.fullmatch(key):
            fields.fault(name, f"รหัส “{key}” ต้องเป็นอักษร a–z ตัวเลข 0–9 และขีด (-) เท่านั้น")
            return ""
        return key

    @staticmethod
    def _line(fields: Fields, name: str, *, longest: int, blank: bool = False) -> str:
        text = fields.text(name, blank=blank, longest=longest)
        if "\n" in text:
            fields.fault(name, "ต้องเป็นบรรทัดเดียว")
        return text

    def _agency_code(self, fields: Fields) -> str:
        code = fields.text("agency")
        if code and code not in self.here:
            fields.fault("agency", f"ไม่มีหน่วยงานรหัส “{code}” ในรายการ agencies ของไฟล์นี้")
        return code

    @staticmethod
    def _award_year(fields: Fields) -> int | None:
        """A Buddhist-era year, or None where the file says null."""
        value = fields.get("award_year").value
        if value is None and "award_year" in fields:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            fields.fault("award_year", "ต้องเป็นปีพุทธศักราชสี่หลัก เช่น 2564 หรือ null เมื่อไม่ทราบ")
            return None
        if fault := year_fault(value):
            fields.fault("award_year", fault)
        return value

    def _criteria(self, fields: Fields) -> tuple[int, ...]:
        """The criteria in the order of the edition; every unknown code is a fault of its own."""
        found: dict[int, int] = {}
        nodes = fields.texts("criteria")
        if not nodes and not fields.get("criteria").value:
            fields.fault("criteria", "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ")
        for node, code in nodes:
            if self.codes is None:
                continue
            if code not in self.codes:
                self.faults.add(node, unknown_code(code, self.codes))
                continue
            position, criterion = self.codes[code]
            if position in found:
                self.faults.add(node, f"มีเกณฑ์ {code} ซ้ำ")
            found[position] = criterion
        return tuple(found[position] for position in sorted(found))

    def _text(self, fields: Fields) -> TextOfFile:
        fields.text("text", blank=True)
        node = fields.get("text")
        raw = node.value if isinstance(node.value, str) else ""
        text = read_text(raw, self.folder, text_faults(node, self.faults))
        if text.removed:
            self.reading.warnings.append(node.fault(f"ตัดส่วนที่ไม่รับออกจากข้อความ: {' '.join(text.removed)}"))
        return text


def _place(node: Node) -> str:
    return f"{node.file} บรรทัด {node.line}"
