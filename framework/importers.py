"""Reading an edition from a file: every fault with its line and field, all of them together.

The format is described by the comments of fixtures/framework and in `framework.data`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Final

from .data import BandData, CategoryData, CriterionData, EditionData, LevelData, SubItemData
from .enums import CategoryKind, LevelCode
from .files import Faults, Fields, Node, read_file
from .models import Category, Criterion, Edition, EditionCriterion, Level, ResultBand

LAST_PROCESS_CATEGORY: Final = 6
LAST_CATEGORY: Final = 7
# The address editions/load/ belongs to a page.
RESERVED_CODES: Final = frozenset({"load"})

_TOP = {"edition", "levels", "result_bands", "categories", "successors"}
_EDITION = {"code", "year", "name", "character_limit", "source"}
_LEVEL = {"code", "name", "thai_name", "points"}
_BAND = {"label", "points"}
_CATEGORY = {"number", "kind", "name", "revised", "intent", "goal", "focus_points", "supports", "criteria"}
_CRITERION = {"code", "identity", "short_name", "full_name", "guidance", "levels", "sub_items"}
_SUB_ITEM = {"code", "text", "level"}
_SUCCESSOR = {"from", "to"}

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


def read_edition(source: Path | bytes, name: str | None = None) -> EditionData:
    """The edition of a file, checked as a whole. Raises FileRefused; writes nothing."""
    faults = Faults()
    data = _Reader(read_file(source, name), faults).edition()
    faults.raise_if_any()
    return data


class _Reader:
    """Goes through one file from the top and remembers the codes that later parts refer to."""

    def __init__(self, root: Node, faults: Faults) -> None:
        self.faults = faults
        self.top = Fields(root, faults, _TOP)
        self.level_codes: list[str] = []
        self.seen: dict[tuple[str, Hashable], Node] = {}

    def edition(self) -> EditionData:
        """Everything, in the order in which parts refer to one another."""
        fields = Fields(self.top.get("edition"), self.faults, _EDITION)
        code = fields.text("code", longest=_longest(Edition, "code"))
        if code and (code in RESERVED_CODES or not _CODE.fullmatch(code)):
            fields.fault("code", "ใช้ได้เฉพาะตัวอักษรอังกฤษ ตัวเลข จุด และขีด และต้องไม่ใช่คำว่า load")
        levels = self._levels()
        categories = self._categories()
        return EditionData(
            code=code,
            year=fields.number("year", 2400, 2700),
            name=fields.text("name", longest=_longest(Edition, "name")),
            character_limit=fields.number("character_limit", 1, 100_000),
            source=fields.text("source", blank=True),
            levels=levels,
            result_bands=tuple(map(self._band, self.top.items("result_bands"))),
            categories=categories,
            successors=self._successors(categories),
        )

    def _once(self, what: str, key: Hashable, node: Node, message: str) -> None:
        """A fault when `key` was seen before; names the line where it stood first."""
        first = self.seen.setdefault((what, key), node)
        if first is not node:
            self.faults.add(node, f"{message} (ครั้งแรกที่บรรทัด {first.line})")

    # --- levels and bands ---

    def _levels(self) -> tuple[LevelData, ...]:
        nodes = self.top.items("levels")
        levels = tuple(map(self._level, nodes))
        if "levels" in self.top and not levels and isinstance(self.top.get("levels").value, list):
            self.top.fault("levels", "ต้องมีอย่างน้อยหนึ่งระดับ")
        for node, lower, higher in zip(nodes[1:], levels, levels[1:], strict=False):
            if lower.points and higher.points and higher.points <= lower.points:
                self.faults.add(node, f"คะแนนต้องมากกว่าระดับก่อนหน้า ({lower.points}) แต่พบ {higher.points}")
        codes = [level.code for level in levels]
        # a level with a wrong code would make each of its descriptors a fault as well
        self.level_codes = codes if codes and all(codes) else list(LevelCode.values)
        return levels

    def _level(self, node: Node) -> LevelData:
        fields = Fields(node, self.faults, _LEVEL)
        code = fields.choice("code", LevelCode.values)
        if code:
            self._once("level", code, fields.get("code"), f"มีระดับ {code} ซ้ำ")
        return LevelData(
            code=code,
            name=fields.text("name", longest=_longest(Level, "name")),
            thai_name=fields.text("thai_name", blank=True, longest=_longest(Level, "thai_name")),
            points=fields.number("points", 1, 500),
        )

    def _band(self, node: Node) -> BandData:
        fields = Fields(node, self.faults, _BAND)
        return BandData(
            fields.text("label", longest=_longest(ResultBand, "label")), fields.number("points", 0, 500)
        )

    # --- categories ---

    def _categories(self) -> tuple[CategoryData, ...]:
        nodes = self.top.items("categories")
        results = _codes_of_results(nodes)
        categories = tuple(self._category(node, results) for node in nodes)
        missing = sorted(set(range(1, LAST_CATEGORY + 1)) - {category.number for category in categories})
        if missing and "categories" in self.top:
            self.top.fault("categories", f"ไม่มีหมวด {', '.join(map(str, missing))} ต้องมีหมวด 1–7 ครบ")
        return tuple(sorted(categories, key=lambda category: category.number))

    def _category(self, node: Node, results: list[str]) -> CategoryData:
        fields = Fields(node, self.faults, _CATEGORY)
        number = fields.number("number", 1, LAST_CATEGORY)
        if number:
            self._once("category", number, fields.get("number"), f"มีหมวด {number} ซ้ำ")
        return CategoryData(
            number=number,
            kind=self._kind(fields, number),
            name=fields.text("name", longest=_longest(Category, "name")),
            revised=fields.truth("revised"),
            intent=fields.text("intent", blank=True),
            goal=fields.text("goal", blank=True),
            focus_points=tuple(text for _, text in fields.texts("focus_points")),
            supports=self._supports(fields, number, results),
            criteria=self._criteria(fields, number),
        )

    def _kind(self, fields: Fields, number: int) -> str:
        kind = fields.choice("kind", CategoryKind.values)
        wanted = CategoryKind.PROCESS if number <= LAST_PROCESS_CATEGORY else CategoryKind.RESULT
        if kind and number and kind != wanted:
            fields.fault("kind", f"หมวด {number} ต้องเป็น {wanted.value}")
        return kind

    def _supports(self, fields: Fields, number: int, results: list[str]) -> tuple[str, ...]:
        """The results that the category feeds, in the order of category 7."""
        named = fields.texts("supports")
        for node, code in named:
            self._once(f"supports of {number}", code, node, f"มี {code} ซ้ำ")
            if number == LAST_CATEGORY:
                self.faults.add(node, "หมวด 7 เป็นผลลัพธ์ ไม่ส่งผลต่อเกณฑ์อื่น")
            elif code not in results:
                self.faults.add(node, f"ไม่มีเกณฑ์ผลลัพธ์ {code} ในหมวด 7 ของไฟล์นี้")
        codes = {code for _, code in named}
        return tuple(code for code in results if code in codes)

    # --- criteria ---

    def _criteria(self, fields: Fields, number: int) -> tuple[CriterionData, ...]:
        nodes = fields.items("criteria")
        if not nodes and isinstance(fields.get("criteria").value, list):
            fields.fault("criteria", "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ")
        return tuple(self._criterion(node, number, index) for index, node in enumerate(nodes, start=1))

    def _criterion(self, node: Node, number: int, index: int) -> CriterionData:
        fields = Fields(node, self.faults, _CRITERION)
        code = fields.text("code", longest=_longest(EditionCriterion, "code"))
        if code:
            self._once("criterion", code, fields.get("code"), f"มีเกณฑ์ {code} ซ้ำ")
            if number and code != f"{number}.{index}":
                fields.fault(
                    "code", f"เกณฑ์ลำดับที่ {index} ของหมวด {number} ต้องมีรหัส {number}.{index} แต่พบ {code}"
                )
        return CriterionData(
            code=code,
            identity=self._identity(fields),
            short_name=fields.text("short_name", longest=_longest(EditionCriterion, "short_name")),
            full_name=fields.text("full_name", longest=_longest(EditionCriterion, "full_name")),
            guidance=fields.text("guidance", blank=True),
            levels=self._descriptors(fields, number),
            sub_items=tuple(self._sub_item(item, code) for item in fields.items("sub_items")),
        )

    def _identity(self, fields: Fields) -> str:
        identity = fields.text("identity", longest=_longest(Criterion, "identity"))
        if identity and not _CODE.fullmatch(identity):
            fields.fault("identity", "ใช้ได้เฉพาะตัวอักษรอังกฤษ ตัวเลข จุด และขีด")
        elif identity:
            self._once("identity", identity, fields.get("identity"), f"มีรหัสประจำเกณฑ์ {identity} ซ้ำ")
        return identity

    def _descriptors(self, fields: Fields, number: int) -> tuple[tuple[str, str], ...]:
        """The known descriptors in the order of the ladder; a result criterion has none."""
        levels = Fields(fields.get("levels"), self.faults, set(self.level_codes))
        if number == LAST_CATEGORY and levels.fields:
            fields.fault("levels", "เกณฑ์หมวด 7 ไม่มีคำอธิบายระดับ กรุณาเขียน {}")
        texts = [(code, levels.text(code, blank=True)) for code in self.level_codes if code in levels]
        return tuple((code, text) for code, text in texts if text)

    def _sub_item(self, node: Node, criterion: str) -> SubItemData:
        fields = Fields(node, self.faults, _SUB_ITEM)
        code = fields.text("code", longest=10)
        if code:
            self._once("sub-item", code, fields.get("code"), f"มีข้อย่อย {code} ซ้ำ")
            if criterion and not re.fullmatch(re.escape(criterion) + r"\.[1-9]\d?", code):
                fields.fault(
                    "code", f"ข้อย่อยของเกณฑ์ {criterion} ต้องมีรหัส {criterion}.1, {criterion}.2, … แต่พบ {code}"
                )
        return SubItemData(code, fields.text("text"), fields.choice("level", self.level_codes, blank=True))

    # --- successors ---

    def _successors(self, categories: tuple[CategoryData, ...]) -> tuple[tuple[str, str], ...]:
        here = {criterion.identity for category in categories for criterion in category.criteria}
        pairs = []
        for node in self.top.items("successors"):
            fields = Fields(node, self.faults, _SUCCESSOR)
            old, new = fields.text("from"), fields.text("to")
            if new and new not in here:
                fields.fault("to", f"ไม่มีเกณฑ์ที่มีรหัสประจำ {new} ในไฟล์นี้")
            if old and old not in here and not Criterion.objects.filter(identity=old).exists():
                fields.fault("from", f"ไม่รู้จักรหัสประจำเกณฑ์ {old} ทั้งในไฟล์นี้และในฉบับที่นำเข้าไว้แล้ว")
            if old and old == new:
                fields.fault("to", "เกณฑ์สืบต่อจากตัวเองไม่ได้")
            self._once("successor", (old, new), node, "มีการสืบต่อคู่นี้ซ้ำ")
            pairs.append((old, new))
        return tuple(pairs)


def _longest(model: Callable[..., object], field: str) -> int | None:
    """The longest text that the column takes, in code points."""
    longest: int | None = model._meta.get_field(field).max_length  # type: ignore[attr-defined]
    return longest


def _codes_of_results(categories: list[Node]) -> list[str]:
    """The codes of category 7, read ahead because categories 1–6 refer to them; faults are found later."""
    codes = []
    for category in categories:
        fields = category.value if isinstance(category.value, dict) else {}
        if "number" in fields and fields["number"].value == LAST_CATEGORY and "criteria" in fields:
            criteria = fields["criteria"].value
            for criterion in criteria if isinstance(criteria, list) else []:
                code = criterion.value.get("code") if isinstance(criterion.value, dict) else None
                if code is not None and isinstance(code.value, str):
                    codes.append(code.value.strip())
    return codes
