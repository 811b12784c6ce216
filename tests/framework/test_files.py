"""Reading data files: every value knows its line, traps are refused, all faults come together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from framework.files import (
    MAX_BYTES,
    Fault,
    Faults,
    Fields,
    FileRefused,
    Inline,
    InlineList,
    Node,
    Quoted,
    dump_data,
    read_file,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def refusal(content: str | bytes) -> list[Fault]:
    """The faults with which a file is refused."""
    with pytest.raises(FileRefused) as refused:
        read_file(content.encode() if isinstance(content, str) else content, "x.yaml")
    return refused.value.faults


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_fixture_files_are_read_as_yaml_reads_them(path: Path) -> None:
    assert read_file(path).plain() == yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_value_knows_its_line_and_path() -> None:
    root = read_file("a:\n  - b: ก\n    c: 2\n".encode(), "x.yaml")
    assert isinstance(root.value, dict)
    items = root.value["a"].value
    assert isinstance(items, list)
    assert isinstance(items[0].value, dict)
    assert items[0].value["c"] == Node(2, "x.yaml", 3, "a[0].c")
    assert str(items[0].value["c"].fault("ผิด")) == "x.yaml บรรทัด 3 ช่อง a[0].c: ผิด"


def test_json_is_read_with_lines_too() -> None:
    text = json.dumps({"ชื่อ": "เกณฑ์", "years": [2564, None, True]}, indent="\t")
    root = read_file(text.encode(), "x.json")
    assert root.plain() == {"ชื่อ": "เกณฑ์", "years": [2564, None, True]}
    assert isinstance(root.value, dict)
    assert root.value["years"].line == 3


def test_texts_come_normalised_and_a_byte_order_mark_is_no_part_of_them() -> None:
    assert read_file("\ufeffa: ก\u0e4d\u0e32\u200b\r\n".encode(), "x").plain() == {"a": "กำ"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0100", "0100"),
        ("1:30", "1:30"),
        ("yes", "yes"),
        ("off", "off"),
        ("2564-01-01", "2564-01-01"),
        ("=", "="),
        ("true", True),
        ("~", None),
        ("-3", -3),
        ("1.10", 1.1),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_words_and_codes_are_not_taken_for_something_else(written: str, value: object) -> None:
    read = read_file(f"a: {written}".encode(), "x").plain()["a"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("content", "line", "field", "message"),
    [
        ("", 1, "", "ไฟล์ว่าง ไม่มีข้อมูล"),
        ("# only a comment\n", 1, "", "ไฟล์ว่าง ไม่มีข้อมูล"),
        ("a: &x 1\nb: *x\n", 1, "", "ไม่รับ anchor (&) และ alias (*) กรุณาเขียนค่าเต็ม"),
        ("a: 1\nb: *x\n", 2, "", "ไม่รับ anchor (&) และ alias (*) กรุณาเขียนค่าเต็ม"),
        ("a: 1\nb: 2\na: 3\n", 3, "a", "มีช่องนี้ซ้ำกันสองครั้ง"),
        ("? [a]\n: 1\n", 1, "?", "ชื่อช่องต้องเป็นข้อความ"),
        (
            "a: 1\nb: !!python/object:os.system x\n",
            2,
            "b",
            "ไม่รับชนิดข้อมูล tag:yaml.org,2002:python/object:os.system",
        ),
        ("a: !mine {b: 1}\n", 1, "a", "ไม่รับชนิดข้อมูล !mine"),
        ("[" * 5000, 1, "", "ข้อมูลซ้อนกันลึกเกิน 20 ชั้น"),
        (b"a: 1\nb: \xa1\xa2\n", 2, "", "ไฟล์ไม่ได้บันทึกเป็น UTF-8 กรุณาบันทึกใหม่โดยเลือกรหัสอักขระ UTF-8"),
        ("a: 1".encode("utf-16"), 1, "", "ไฟล์ไม่ได้บันทึกเป็น UTF-8 กรุณาบันทึกใหม่โดยเลือกรหัสอักขระ UTF-8"),
        (b"a" * (MAX_BYTES + 1), 1, "", "ไฟล์ใหญ่เกิน 2 MB"),
    ],
)
def test_traps_are_refused_with_their_line(content: str | bytes, line: int, field: str, message: str) -> None:
    assert refusal(content) == [Fault("x.yaml", line, field, message)]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: 1\nb: [1\n", 3),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\nb: \x00\n", 2),
        ("a: 'x\n", 2),
    ],
)
def test_broken_yaml_names_the_line(content: str, line: int) -> None:
    (fault,) = refusal(content)
    assert (fault.line, fault.message[:8]) == (line, "อ่านไม่ไ")


def test_a_missing_file_is_a_fault_of_that_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read_file(tmp_path / "none.yaml")
    assert refused.value.faults[0].place == "none.yaml บรรทัด 1"


def test_fields_collect_all_faults_and_go_on_reading() -> None:
    content = "name: 7\nyear: '2564'\nkind: odd\nlist: 1\nyes: 1\nlong: abc\nempty: ' '\nfar: 9\nwords: [ก, 1, '']\n"
    faults = Faults()
    known = {"name", "year", "kind", "list", "gone", "long", "empty", "far", "words", "yes"}
    fields = Fields(read_file(content.encode(), "x"), faults, known)
    results = [
        fields.text("name"),
        fields.number("year", 2400, 2700),
        fields.choice("kind", ["a", "b"]),
        fields.items("list"),
        fields.truth("yes"),
        fields.text("long", longest=2),
        fields.text("empty"),
        fields.number("far", 1, 3),
        fields.text("gone"),
        [text for _, text in fields.texts("words")],
    ]
    assert results == ["", 0, "", [], False, "abc", "", 0, "", ["ก"]]
    with pytest.raises(FileRefused) as refused:
        faults.raise_if_any()
    assert [(fault.line, fault.field, fault.message) for fault in refused.value.faults] == [
        (1, "name", "ต้องเป็นข้อความ กรุณาใส่เครื่องหมายคำพูดครอบตัวเลข"),
        (1, "gone", "ไม่มีช่องนี้ กรุณาเพิ่ม"),
        (2, "year", "ต้องเป็นจำนวนเต็ม 2400–2700"),
        (3, "kind", "ไม่รู้จัก “odd” ค่าที่ใช้ได้คือ a, b"),
        (4, "list", "ต้องเป็นรายการ (ขึ้นต้นแต่ละรายการด้วย -)"),
        (5, "yes", "ต้องเป็น true หรือ false"),
        (6, "long", "ยาว 3 อักขระ ต้องไม่เกิน 2"),
        (7, "empty", "ต้องไม่ว่าง"),
        (8, "far", "ต้องอยู่ระหว่าง 1 ถึง 3 แต่พบ 9"),
        (9, "words[1]", "ต้องเป็นข้อความที่ไม่ว่าง (ครอบตัวเลขด้วยเครื่องหมายคำพูด)"),
        (9, "words[2]", "ต้องเป็นข้อความที่ไม่ว่าง (ครอบตัวเลขด้วยเครื่องหมายคำพูด)"),
    ]


def test_unknown_fields_and_true_for_a_number_are_faults() -> None:
    faults = Faults()
    fields = Fields(read_file(b"year: true\nyaer: 1\n", "x"), faults, {"year"})
    assert fields.number("year", 1, 9) == 0
    assert [fault.field for fault in faults.found] == ["yaer", "year"]
    Fields(read_file(b"- 1\n", "x"), faults, set())
    assert faults.found[-1].message == "ต้องเป็นกลุ่มของช่องข้อมูล (ชื่อช่อง: ค่า)"


def test_written_data_is_read_back_and_looks_like_the_fixtures() -> None:
    data = {
        "code": Quoted("2564"),
        "levels": [Inline(code="basic", points=300)],
        "supports": InlineList([Quoted("7.1")]),
        "texts": ["บรรทัดหนึ่ง\nบรรทัดสอง\n", "", "yes", "- ขีด", "ก: ข", "ยาว " * 100],
        "empty": [],
    }
    written = dump_data(data)
    assert read_file(written.encode(), "x").plain() == {
        "code": "2564",
        "levels": [{"code": "basic", "points": 300}],
        "supports": ["7.1"],
        "texts": ["บรรทัดหนึ่ง\nบรรทัดสอง\n", "", "yes", "- ขีด", "ก: ข", "ยาว " * 100],
        "empty": [],
    }
    assert written.startswith(
        'code: "2564"\nlevels:\n  - {code: basic, points: 300}\nsupports: ["7.1"]\n'
        'texts:\n  - |\n    บรรทัดหนึ่ง\n    บรรทัดสอง\n  - ""\n'
    )
