"""Everything that may be wrong with a file of cases, per kind and format: read rightly, or refused at its place."""

from __future__ import annotations

import codecs
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from framework.files import Inline, InlineList, Quoted, dump_data
from practices.formats import CaseReading, Limits, read_cases
from practices.formats.columns import HEADINGS
from practices.formats.reading import MAX_FAULTS
from practices.rows import CaseRow
from tests.sheets import csv_text, saved, xlsx
from texts.figures import UNREADABLE

from .conftest import AGENCY, CASE, png

pytestmark = pytest.mark.usefixtures("world")

FORMATS = ("yaml", "json", "xlsx", "csv")
READABLE = ("yaml", "json")
TABLES = ("xlsx", "csv")
GOOD = CASE | {"tags": []}
FIELDS = [name for name in HEADINGS if not name.startswith("html_")]
FIGURE = '<figure><img src="{}" alt="แผนที่"><figcaption>แผนที่</figcaption></figure>'


def text_file(format: str, *cases: dict[str, Any], agencies: list[dict[str, str]] | None = None) -> bytes:
    """A readable file; of JSON every field stands on a line of its own."""
    data = {"edition": "2564", "agencies": agencies or [AGENCY], "practices": [GOOD | case for case in cases]}
    if format == "json":
        return json.dumps(data, ensure_ascii=False, indent=1).encode()
    data["edition"] = Quoted("2564")
    data["agencies"] = [Inline(agency) for agency in data["agencies"]]
    for case in data["practices"]:
        case["criteria"] = InlineList(map(Quoted, case["criteria"]))
        case["tags"] = InlineList(case["tags"])
    return dump_data(data).encode()


def cells(**changes: Any) -> list[Any]:
    """A good row of a table."""
    values = {
        "key": "dol-culture",
        "agency": "กรมที่ดิน",
        "kind": "กรม",
        "title": "ปลูกฝังวัฒนธรรมดิจิทัล",
        "criteria": "1.2",
        "text": "ย่อหน้าแรก",
    }
    values |= changes
    assert set(values) <= set(FIELDS)
    return [values.get(name, "") for name in FIELDS]


def table(format: str, *rows: list[Any], head: list[str] | None = None) -> bytes:
    head = [HEADINGS[name] for name in FIELDS] if head is None else head
    return xlsx("ตัวอย่าง", head, *rows) if format == "xlsx" else csv_text(head, *rows).encode()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[list[CaseRow], list[str], list[str]]]:
    """Read one file; gives rows, faults and warnings."""

    def run(name: str, content: bytes, limits: Limits | None = None):
        path = tmp_path / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with CaseReading(limits or Limits()) as reading:
            rows = list(read_cases([path], reading))
            return rows, [str(f) for f in reading.faults.found], [str(w) for w in reading.warnings]

    return run


def column(name: str) -> str:
    return f"{get_column_letter(FIELDS.index(name) + 1)} ({HEADINGS[name]})"


def place(format: str, name: str, row: int = 2) -> str:
    sheet = " แผ่นงาน “ตัวอย่าง”" if format == "xlsx" else ""
    return f"one.{format}{sheet} แถว {row} คอลัมน์ {column(name)}"


# --- values ---------------------------------------------------------------------------------------


def line_of(content: bytes, words: str, after: str = "practices") -> int:
    """The line of the file in which these words stand first, behind others."""
    text = content.decode()
    return text.count("\n", 0, text.index(words, text.index(after))) + 1


@pytest.mark.parametrize("format", READABLE)
@pytest.mark.parametrize(
    ("changes", "field", "at", "message"),
    [
        ({"criteria": ["1.2", "1.9"]}, "criteria[1]", '"1.9"', "ไม่มีเกณฑ์ 1.9 ในเกณฑ์ฉบับนี้"),
        ({"criteria": ["8.1"]}, "criteria[0]", '"8.1"', "ไม่มีหมวด 8 ในเกณฑ์ฉบับนี้ (มีหมวด 1–7)"),
        (
            {"award_year": 2024},
            "award_year",
            "2024",
            "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช",
        ),
        ({"title": ""}, "title", "title", "ต้องไม่ว่าง"),
        ({"key": "มีไทย"}, "key", "มีไทย", "รหัส “มีไทย” ต้องเป็นอักษร a–z ตัวเลข 0–9 และขีด (-) เท่านั้น"),
        ({"agency": "other"}, "agency", "other", "ไม่มีหน่วยงานรหัส “other” ในรายการ agencies ของไฟล์นี้"),
        (
            {"tags": ["ก" * 41]},
            "tags",
            "tags",
            f"แท็ก “{'ก' * 40}…” ยาว 41 อักขระ ต้องไม่เกิน 40 กรุณาคั่นแต่ละแท็กด้วยจุลภาค",
        ),
    ],
)
def test_a_wrong_value_of_a_readable_file_is_refused_at_its_line(
    read, format, changes, field, at, message
) -> None:
    content = text_file(format, changes)
    rows, faults, _ = read(f"one.{format}", content)
    assert faults == [f"one.{format} บรรทัด {line_of(content, at)} ช่อง practices[0].{field}: {message}"]
    assert rows == []


@pytest.mark.parametrize("format", TABLES)
@pytest.mark.parametrize(
    ("changes", "name", "message"),
    [
        ({"criteria": "1.2, 1.9"}, "criteria", "ไม่มีเกณฑ์ 1.9 ในเกณฑ์ฉบับนี้"),
        ({"criteria": "หมวด 8"}, "criteria", "ไม่มีหมวด 8 ในเกณฑ์ฉบับนี้ (มีหมวด 1–7)"),
        ({"criteria": "ทุกอย่าง"}, "criteria", "ไม่เข้าใจ “ทุกอย่าง” กรุณาใช้รหัสเกณฑ์ เช่น 1.1"),
        ({"criteria": "8.1"}, "criteria", "ไม่มีหมวด 8 ในเกณฑ์ฉบับนี้ (มีหมวด 1–7)"),
        ({"criteria": ""}, "criteria", "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ"),
        (
            {"award_year": "๒๐๒๔"},
            "award_year",
            "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช",
        ),
        (
            {"award": "รางวัลเลิศรัฐ ปี 2024"},
            "award",
            "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช",
        ),
        ({"title": ""}, "title", "ยังไม่ได้กรอกชื่อเรื่อง"),
        ({"agency": ""}, "agency", "ยังไม่ได้กรอกหน่วยงาน"),
        ({"key": "มีไทย"}, "key", "รหัส “มีไทย” ต้องเป็นอักษร a–z ตัวเลข 0–9 และขีด (-) เท่านั้น"),
        ({"source": "ก" * 301}, "source", "ยาว 301 อักขระ ต้องไม่เกิน 300"),
        ({"edition": "2599"}, "edition", "ไม่รู้จักเกณฑ์ฉบับ “2599” ฉบับที่มีในระบบ: 2564"),
        ({"tags": ",".join("กขคงจฉชซฌญฎ")}, "tags", "มีแท็ก 11 คำ ต้องไม่เกิน 10"),
    ],
)
def test_a_wrong_value_of_a_table_is_refused_at_its_cell(read, format, changes, name, message) -> None:
    rows, faults, _ = read(f"one.{format}", table(format, cells(**changes)))
    assert faults == [f"{place(format, name)}: {message}"]
    assert rows == []


def test_all_faults_of_all_files_are_told_at_once(tmp_path) -> None:
    (tmp_path / "a.csv").write_bytes(table("csv", cells(title=""), cells(key="b", criteria="8.1")))
    content = text_file("json", {"criteria": ["1.9"]})
    (tmp_path / "b.json").write_bytes(content)
    with CaseReading() as reading:
        assert list(read_cases([tmp_path], reading)) == []
        assert [fault.place for fault in reading.faults.found] == [
            f"a.csv แถว 2 คอลัมน์ {column('title')}",
            f"a.csv แถว 3 คอลัมน์ {column('criteria')}",
            f"b.json บรรทัด {line_of(content, '1.9')} ช่อง practices[0].criteria[0]",
            f"b.json บรรทัด {line_of(content, 'key')} ช่อง practices[0].key",
        ]


# --- one body, two spellings ----------------------------------------------------------------------


@pytest.mark.parametrize("format", TABLES)
def test_an_agency_spelt_two_ways_in_a_table_is_pointed_out(read, format) -> None:
    rows, faults, _ = read(
        f"one.{format}", table(format, cells(), cells(key="b", title="ข", agency="กรม ที่ดิน"))
    )
    first = place(format, "agency").split(" คอลัมน์")[0]
    assert faults == [f"{place(format, 'agency', 3)}: สะกดคล้ายกับ “กรมที่ดิน” ที่ {first} กรุณาใช้ชื่อเดียวกัน"]
    assert [row.key for row in rows] == ["dol-culture"]


@pytest.mark.parametrize("format", READABLE)
def test_an_agency_with_two_codes_in_a_readable_file_is_pointed_out(read, format) -> None:
    twin = AGENCY | {"code": "dol2", "name": "กรม  ที่ดิน"}
    content = text_file(format, {}, agencies=[AGENCY, twin])
    _, faults, _ = read(f"one.{format}", content)
    first, second = (line_of(content, name, "agencies") for name in ("dol", "กรม  ที่ดิน"))
    # an object of JSON begins one line above its first field
    first -= format == "json"
    place = f"“กรมที่ดิน” รหัส dol ที่ one.{format} บรรทัด {first} ช่อง agencies[0]"
    expected = f"สะกดคล้ายกับ {place} กรุณาใช้หน่วยงานเดียวกันด้วยรหัสเดียว"
    assert faults == [f"one.{format} บรรทัด {second} ช่อง agencies[1].name: {expected}"]


def test_the_same_code_must_mean_the_same_body_in_all_files(tmp_path) -> None:
    (tmp_path / "a.csv").write_bytes(table("csv", cells(code="dol")))
    (tmp_path / "b.csv").write_bytes(table("csv", cells(key="b", title="ข", code="dol", agency="กรมอื่น")))
    with CaseReading() as reading:
        assert len(list(read_cases([tmp_path], reading))) == 1
        (fault,) = reading.faults.found
    assert str(fault) == f"b.csv แถว 2 คอลัมน์ {column('agency')}: “กรมอื่น” ไม่ตรงกับ “กรมที่ดิน” ที่ a.csv แถว 2"


def test_a_short_name_means_the_body_that_the_file_introduced_with_it(read) -> None:
    rows, faults, _ = read(
        "one.csv",
        table("csv", cells(agency="สำนักงานนโยบาย (สผ.)"), cells(key="b", title="ข", agency="สผ.", kind="")),
    )
    assert faults == []
    assert [(row.agency.name, row.agency.short_name, row.agency.kind) for row in rows] == [
        ("สำนักงานนโยบาย", "สผ.", "department")
    ] * 2


# --- pictures -------------------------------------------------------------------------------------


def with_text(format: str, html: str) -> bytes:
    if format in TABLES:
        return table(format, cells(html=html, text=""))
    return text_file(format, {"text": html})


def text_place(format: str, content: bytes, words: str) -> str:
    """Where these words of a text stand: in YAML at their line, in JSON at the field, in a table at the cell."""
    if format in TABLES:
        return place(format, "html")
    return f"one.{format} บรรทัด {line_of(content, words)} ช่อง practices[0].text"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("source", "content", "message"),
    [
        ("figures/none.png", None, "ไม่พบไฟล์ภาพ “figures/none.png”"),
        ("figures/bad.png", b"no picture", f"ภาพ “figures/bad.png”: {UNREADABLE}"),
        ("figures/cut.png", png()[:60], f"ภาพ “figures/cut.png”: {UNREADABLE}"),
        ("figures/empty.png", b"", "ภาพ “figures/empty.png”: ไฟล์นี้ว่างเปล่า กรุณาเลือกไฟล์ภาพอื่น"),
        ("/etc/passwd", None, "อ้างถึงภาพ “/etc/passwd” ไม่ได้ กรุณาใช้ชื่อไฟล์ภาพ เช่น ../figures/map.png"),
        ("http://x.go.th/a.png", None, "อ้างถึงภาพ “http://x.go.th/a.png” ไม่ได้ กรุณาใช้ชื่อไฟล์ภาพ เช่น ../figures/map.png"),
        (
            "../../outside.png",
            None,
            "ภาพ “../../outside.png” อยู่นอกโฟลเดอร์ที่อนุญาต ภาพต้องอยู่ภายใต้โฟลเดอร์เดียวกับชุดไฟล์นี้",
        ),
    ],
)  # fmt: skip
def test_a_picture_that_cannot_be_taken_is_refused_at_its_place(
    read, tmp_path, format, source, content, message
) -> None:
    (tmp_path.parent / "outside.png").write_bytes(png())
    if content is not None:
        (tmp_path / "library" / "figures").mkdir(parents=True)
        (tmp_path / "library" / source).write_bytes(content)
    text = with_text(format, f"<p>ก</p>\n{FIGURE.format(source)}\n")
    rows, faults, _ = read(f"one.{format}", text)
    assert faults == [f"{text_place(format, text, source)}: {message}"]
    assert rows == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_beside_the_file_is_read(read, tmp_path, format) -> None:
    (tmp_path / "library" / "figures").mkdir(parents=True)
    (tmp_path / "library" / "figures" / "map.png").write_bytes(png())
    ((row,), faults, warnings) = read(f"one.{format}", with_text(format, FIGURE.format("figures/map.png")))
    assert (faults, warnings) == ([], [])
    assert [picture.name for picture in row.text.pictures] == ["map"]


def test_a_link_that_leads_out_of_the_folder_is_no_picture(read, tmp_path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "map.png").write_bytes(png())
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "map.png").symlink_to(tmp_path / "secret" / "map.png")
    _, faults, _ = read("one.csv", with_text("csv", FIGURE.format("map.png")))
    assert faults == [
        f"{place('csv', 'html')}: ภาพ “map.png” อยู่นอกโฟลเดอร์ที่อนุญาต ภาพต้องอยู่ภายใต้โฟลเดอร์เดียวกับชุดไฟล์นี้"
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_scripts_are_taken_out_and_said(read, format) -> None:
    html = '<p onclick="x()">ก<script>alert(1)</script></p><iframe src="x"></iframe>'
    content = with_text(format, html)
    ((row,), faults, warnings) = read(f"one.{format}", content)
    assert faults == []
    assert row.text.html == "<p>ก</p>"
    assert warnings == [
        f"{text_place(format, content, 'onclick')}: ตัดส่วนที่ไม่รับออกจากข้อความ: <iframe src> <iframe> <p onclick> <script>"
    ]


# --- workbooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["title", "criteria", "summary", "award_year"])
def test_a_formula_is_refused_at_its_cell(read, name) -> None:
    rows, faults, _ = read("one.xlsx", table("xlsx", cells(**{name: "=A1"})))
    assert faults == [f"{place('xlsx', name)}: เซลล์นี้เป็นสูตร กรุณาคัดลอกแล้ววางแบบค่า (Paste Values)"]
    assert rows == []


def test_an_error_of_excel_is_refused_at_its_cell(read) -> None:
    book = Workbook()
    book.active.title = "ตัวอย่าง"
    book.active.append([HEADINGS[name] for name in FIELDS])
    book.active.append(cells(summary="#REF!"))
    _, faults, _ = read("one.xlsx", saved(book))
    assert faults == [f"{place('xlsx', 'summary')}: เซลล์นี้มีค่าผิดพลาดของ Excel (#REF!) กรุณาพิมพ์ข้อความแทน"]


def test_merged_headings_below_a_title_are_read(read) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "ตัวอย่าง"
    sheet.append(["ตัวอย่างที่เป็นเลิศ ประจำปี 2569"])
    sheet.append(["หน่วยงาน *", "เรื่อง", "", "รางวัล", ""])
    sheet.append(["หน่วยงาน", "ชื่อเรื่อง", "เกณฑ์ที่เกี่ยวข้อง", "รางวัล", "ปีที่ได้รับรางวัล"])
    sheet.append(["กรมที่ดิน", "เรื่อง ก", "1.2", "รางวัลเลิศรัฐ", 2564.0])
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("D2:E2")
    ((row,), faults, _) = read("one.xlsx", saved(book))
    assert faults == []
    assert (row.title, row.award, row.award_year, row.place.row) == ("เรื่อง ก", "รางวัลเลิศรัฐ", 2564, 4)


def test_hidden_sheets_are_passed_over_and_said(read) -> None:
    book = Workbook()
    book.active.title = "ตัวอย่าง"
    for values in ([HEADINGS[name] for name in FIELDS], cells()):
        book.active.append(values)
    for title, state in (("ลับ", "hidden"), ("ลับมาก", "veryHidden"), ("รายการเลือก", "hidden")):
        book.create_sheet(title).sheet_state = state
    ((row,), faults, warnings) = read("one.xlsx", saved(book))
    assert (row.key, faults, warnings) == ("dol-culture", [], ["one.xlsx: ข้ามแผ่นงานที่ซ่อนไว้: ลับ, ลับมาก"])
    book["ตัวอย่าง"].sheet_state = "hidden"
    book.create_sheet("อื่น")
    _, faults, _ = read("one.xlsx", saved(book))
    assert faults == ["one.xlsx: แผ่นงาน “ตัวอย่าง” ถูกซ่อนไว้ กรุณาเลิกซ่อนแผ่นงานใน Excel แล้วส่งอีกครั้ง"]


@pytest.mark.parametrize("format", TABLES)
def test_missing_headings_and_a_table_without_rows_are_refused(read, format) -> None:
    sheet = "แผ่นงาน “ตัวอย่าง” " if format == "xlsx" else ""
    _, faults, _ = read(f"one.{format}", table(format, ["กรมที่ดิน", "ก"], head=["หน่วยงาน", "ชื่อเรื่อง"]))
    assert faults == [f"one.{format}: {sheet}แถว 1 ไม่มีหัวคอลัมน์ เกณฑ์ที่เกี่ยวข้อง กรุณาใช้ไฟล์แบบ"]
    _, faults, _ = read(f"one.{format}", table(format))
    assert faults == [f"one.{format}: ยังไม่มีตัวอย่างใต้หัวคอลัมน์"]


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874", "tis-620"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_of_offices(read, encoding, delimiter) -> None:
    head = [HEADINGS[name] for name in FIELDS]
    text = csv_text(head, cells(summary='บรรทัดแรก\nบรรทัด "สอง"; ก, ข'), delimiter=delimiter)
    ((row,), faults, _) = read("one.csv", text.encode(encoding))
    assert faults == []
    assert (row.title, row.summary) == ("ปลูกฝังวัฒนธรรมดิจิทัล", 'บรรทัดแรก\nบรรทัด "สอง"; ก, ข')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_is_read_in_every_encoding_of_unicode(read, encoding) -> None:
    ((row,), faults, _) = read("one.json", text_file("json", {}).decode().encode(encoding))
    assert (faults, row.title) == ([], "ปลูกฝังวัฒนธรรมดิจิทัล")


@pytest.mark.parametrize("format", READABLE)
def test_a_readable_file_in_the_old_code_page_is_refused_at_its_line(read, format) -> None:
    content = text_file(format, {})
    _, faults, _ = read(f"one.{format}", content.decode().encode("cp874"))
    line = line_of(content, "กรมที่ดิน", "agencies")
    message = "ไฟล์ไม่ได้บันทึกเป็น UTF-8 กรุณาบันทึกใหม่โดยเลือกรหัสอักขระ UTF-8"
    assert faults == [f"one.{format} บรรทัด {line}: {message}"]


def test_yaml_in_utf16_is_refused_and_with_a_byte_order_mark_read(read) -> None:
    content = text_file("yaml", {})
    _, faults, _ = read("one.yaml", content.decode().encode("utf-16"))
    assert faults == ["one.yaml บรรทัด 1: ไฟล์ไม่ได้บันทึกเป็น UTF-8 กรุณาบันทึกใหม่โดยเลือกรหัสอักขระ UTF-8"]
    rows, faults, _ = read("one.yaml", codecs.BOM_UTF8 + content)
    assert (len(rows), faults) == (1, [])


# --- broken and hostile files ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("one.yaml", "one.yaml บรรทัด 1: ไฟล์ว่าง ไม่มีข้อมูล"),
        ("one.json", "one.json บรรทัด 1: ไฟล์ว่าง ไม่มีข้อมูล"),
        ("one.xlsx", "one.xlsx: ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"),
        ("one.csv", "one.csv: ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"),
        ("one.zip", "one.zip: ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"),
        (
            "one.doc",
            "one.doc: ไม่รู้จักชนิดของไฟล์นี้ ไฟล์ที่ใช้ได้คือ .yaml .json .xlsx .csv หรือ .zip ที่มีไฟล์เหล่านี้",
        ),
    ],
)
def test_an_empty_file_is_refused(read, name, message) -> None:
    assert read(name, b"") == ([], [message], [])


def test_a_file_that_is_not_there_is_refused(tmp_path) -> None:
    with CaseReading() as reading:
        assert list(read_cases([tmp_path / "none.json"], reading)) == []
        assert [str(fault) for fault in reading.faults.found] == ["none.json: ไม่พบไฟล์นี้"]


def archive(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target.getvalue()


def test_an_archive_of_a_folder_is_read_with_its_pictures(read) -> None:
    html = FIGURE.format("figures/map.png")
    content = archive(**{
        "คลัง/practices.csv": with_text("csv", html), "คลัง/figures/map.png": png(), "คลัง/~$practices.xlsx": b"x",
        "__MACOSX/คลัง/._practices.csv": b"x", "คลัง/notes.docx": b"x",
    })  # fmt: skip
    ((row,), faults, warnings) = read("one.zip", content)
    assert faults == []
    assert (row.place.file, [picture.name for picture in row.text.pictures]) == (
        "คลัง/practices.csv",
        ["map"],
    )
    assert warnings == ["คลัง/notes.docx: ข้ามไฟล์นี้ เพราะไม่ใช่ไฟล์ตัวอย่างหรือภาพ"]


def test_an_archive_of_windows_in_thai_is_read(read) -> None:
    content = archive(**{"XXXX.csv": with_text("csv", FIGURE.format("แผนที่.png")), "YYYYYY.png": png()})
    # names in the code page, without the mark of UTF-8
    content = content.replace(b"XXXX.csv", "คลัง.csv".encode("cp874")).replace(
        b"YYYYYY.png", "แผนที่.png".encode("cp874")
    )
    ((row,), faults, _) = read("one.zip", content)
    assert (row.place.file, faults) == ("คลัง.csv", [])


@pytest.mark.parametrize("cut", [0.3, 0.9])
@pytest.mark.parametrize("name", ["one.zip", "one.xlsx"])
def test_a_truncated_archive_is_refused(read, name, cut) -> None:
    content = table("xlsx", cells()) if name == "one.xlsx" else archive(**{"a.csv": table("csv", cells())})
    rows, faults, _ = read(name, content[: int(len(content) * cut)])
    suffix = name.removeprefix("one")
    assert (rows, faults) == (
        [],
        [f"{name}: ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ กรุณาบันทึกเป็น {suffix} อีกครั้ง"],
    )


def test_a_damaged_part_of_an_archive_is_refused(read) -> None:
    content = bytearray(archive(**{"a.csv": table("csv", cells())}))
    content[60] ^= 0xFF
    rows, faults, _ = read("one.zip", bytes(content))
    assert (rows, faults) == ([], ["one.zip: ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ กรุณาบันทึกเป็น .zip อีกครั้ง"])


@pytest.mark.parametrize("name", ["one.zip", "one.xlsx"])
def test_a_bomb_is_refused_before_it_is_unpacked(read, name) -> None:
    _, faults, _ = read(name, archive(**{"a.csv": b"0" * 30_000_000}))
    assert faults == [f"{name}: ไฟล์นี้ขยายแล้วใหญ่ผิดปกติ จึงไม่เปิดอ่าน"]


def test_an_archive_beyond_the_limits_is_refused(read) -> None:
    content = archive(**{"a.csv": b"x" * 2_000, "b.csv": b"y" * 2_000})
    for limits in (Limits(unpacked=3_000), Limits(entries=1)):
        _, faults, _ = read("one.zip", content, limits)
        assert faults == ["one.zip: ไฟล์นี้ขยายแล้วใหญ่ผิดปกติ จึงไม่เปิดอ่าน"]
    _, faults, _ = read("one.zip", content * 20_000, Limits(file=1024 * 1024))
    assert faults == ["one.zip: ไฟล์ใหญ่เกิน 1 เมกะไบต์ กรุณาแบ่งเป็นหลายไฟล์"]


@pytest.mark.parametrize("inside", ["../out.csv", "/out.csv", "a/../../out.csv", "C:out.csv", "..\\out.csv"])
def test_an_archive_that_leads_out_is_refused(read, tmp_path, inside) -> None:
    _, faults, _ = read("one.zip", archive(**{inside: table("csv", cells())}))
    assert faults == ["one.zip: โครงสร้างภายในไฟล์ผิดปกติ จึงไม่เปิดอ่าน"]
    assert not list(tmp_path.rglob("out.csv"))


def test_a_link_in_an_archive_is_only_a_file(read, tmp_path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("a.csv", with_text("csv", FIGURE.format("map.png")))
        link = zipfile.ZipInfo("map.png")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, str(tmp_path / "secret.png"))
    _, faults, _ = read("one.zip", target.getvalue())
    assert faults[0].startswith(f"a.csv แถว 2 คอลัมน์ {column('html')}: ภาพ “map.png”: ไฟล์นี้ไม่ใช่ภาพ")


def test_an_archive_whose_directory_lies_about_sizes_is_refused(read) -> None:
    content = bytearray(archive(**{"a.csv": table("csv", cells()) * 50}))
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 10)
    rows, faults, _ = read("one.zip", bytes(content))
    assert rows == []
    assert faults == ["one.zip: ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ กรุณาบันทึกเป็น .zip อีกครั้ง"]


def test_an_archive_without_cases_is_refused(read) -> None:
    _, faults, warnings = read("one.zip", archive(**{"map.png": png(), "a.txt": b"x"}))
    assert faults == ["one.zip: ไม่มีไฟล์ตัวอย่าง (.yaml .json .xlsx .csv) อยู่ข้างใน"]
    assert warnings == ["a.txt: ข้ามไฟล์นี้ เพราะไม่ใช่ไฟล์ตัวอย่างหรือภาพ"]


# --- twice ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", READABLE)
def test_a_key_that_comes_twice_in_a_readable_file_is_refused(read, format) -> None:
    content = text_file(format, {}, {"title": "อื่น"})
    rows, faults, _ = read(f"one.{format}", content)
    first = line_of(content, "dol-culture") - (format == "json")
    second = line_of(content, "dol-culture", "ปลูกฝัง")
    seen = f"มีรหัส “dol-culture” แล้วที่ one.{format} บรรทัด {first} ช่อง practices[0]"
    assert faults == [f"one.{format} บรรทัด {second} ช่อง practices[1].key: {seen}"]
    assert len(rows) == 1


@pytest.mark.parametrize("format", TABLES)
def test_a_case_that_comes_twice_in_a_table_is_refused(read, format) -> None:
    rows = [
        cells(),
        cells(title="อื่น"),
        cells(key=""),
        cells(key="other-key"),
        cells(key="", title="ใหม่"),
        cells(key="", title="ใหม่"),
    ]
    found, faults, _ = read(f"one.{format}", table(format, *rows))
    first = place(format, "key").split(" คอลัมน์")[0]
    fifth = place(format, "key", 6).split(" คอลัมน์")[0]
    assert faults == [
        f"{place(format, 'key', 3)}: มีรหัส “dol-culture” แล้วที่ {first}",
        f"{place(format, 'title', 4)}: เรื่องนี้ซ้ำกับที่ {first}",
        f"{place(format, 'title', 7)}: เรื่องนี้ซ้ำกับที่ {fifth}",
    ]
    # two cases of one title are two cases where each has its own key
    assert [row.key for row in found] == ["dol-culture", "other-key", ""]


def test_a_key_that_comes_in_two_formats_is_refused(tmp_path) -> None:
    content = text_file("json", {})
    (tmp_path / "a.json").write_bytes(content)
    (tmp_path / "b.csv").write_bytes(table("csv", cells()))
    seen = f"มีรหัส “dol-culture” แล้วที่ a.json บรรทัด {line_of(content, 'dol-culture') - 1} ช่อง practices[0]"
    with CaseReading() as reading:
        assert len(list(read_cases([tmp_path / "a.json", tmp_path / "b.csv"], reading))) == 1
        assert [str(fault) for fault in reading.faults.found] == [
            f"b.csv แถว 2 คอลัมน์ {column('key')}: {seen}"
        ]


def test_a_field_that_stands_twice_is_refused(read) -> None:
    content = text_file("json", {}).replace(b'"title":', b'"key": "again",\n  "title":')
    _, faults, _ = read("one.json", content)
    line = line_of(content, "again")
    assert faults == [f"one.json บรรทัด {line} ช่อง practices[0].key: มีช่องนี้ซ้ำกันสองครั้ง"]
    yaml = text_file("yaml", {}).replace(b"    title:", b"    key: again\n    title:")
    _, faults, _ = read("one.yaml", yaml)
    assert faults == ["one.yaml บรรทัด 7 ช่อง practices[0].key: มีช่องนี้ซ้ำกันสองครั้ง"]


# --- JSON that is none ----------------------------------------------------------------------------

HEAD = b'{"edition": "2564", "agencies": [], "practices": ['


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[]", "บรรทัด 1: อ่านไม่ได้ รูปแบบ JSON ไม่ถูกต้อง (คาดว่าจะพบ { แต่พบ [)"),
        (b"{}", "บรรทัด 1: ไฟล์ว่าง ไม่มีข้อมูล"),
        (HEAD, "บรรทัด 1 ช่อง practices[0]: ไฟล์จบก่อนเวลา ข้อมูลไม่ครบ กรุณาบันทึกหรือส่งไฟล์ใหม่"),
        (
            HEAD + b'\n{"key": "a',
            "บรรทัด 2 ช่อง practices[0]: ไฟล์จบก่อนเวลา ข้อมูลไม่ครบ กรุณาบันทึกหรือส่งไฟล์ใหม่",
        ),
        (HEAD + b"]", "บรรทัด 1: ไฟล์จบก่อนเวลา ข้อมูลไม่ครบ กรุณาบันทึกหรือส่งไฟล์ใหม่"),
        (HEAD + b"]} x", "บรรทัด 1: อ่านไม่ได้ รูปแบบ JSON ไม่ถูกต้อง (มี x ต่อท้ายข้อมูล)"),
        (HEAD + b"\nNaN]}", "บรรทัด 2 ช่อง practices[0]: อ่านไม่ได้ รูปแบบ JSON ไม่ถูกต้อง (พบ NaN ข้อความต้องอยู่ในเครื่องหมายคำพูด)"),
        (HEAD + b"\n01]}", "บรรทัด 2 ช่อง practices[0]: อ่านไม่ได้ รูปแบบ JSON ไม่ถูกต้อง (ไม่เข้าใจ 01)"),
        (
            HEAD + b"9" * 50 + b"]}",
            f"บรรทัด 1 ช่อง practices[0]: อ่านไม่ได้ รูปแบบ JSON ไม่ถูกต้อง (ไม่เข้าใจ {'9' * 20})",
        ),
        (HEAD + b"[" * 5000, "บรรทัด 1 ช่อง " + "practices[0]" + "[0]" * 20 + ": ข้อมูลซ้อนกันลึกเกิน 20 ชั้น"),
        (HEAD + b'"a\n"]}', "บรรทัด 1 ช่อง practices[0]: อ่านไม่ได้ รูปแบบ JSON ไม่ถูกต้อง (Invalid control character at)"),
        (b'{"edition": "2564", "edition": "2564"}', "บรรทัด 1 ช่อง edition: มีช่องนี้ซ้ำกันสองครั้ง"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_where_it_goes_wrong(read, content, message) -> None:
    rows, faults, _ = read("one.json", content)
    assert (rows, faults) == ([], [f"one.json {message}"])


def test_a_file_of_another_shape_names_what_is_missing(read) -> None:
    _, faults, _ = read("one.json", b'{"rows": 1, "practices": {}}')
    assert [fault.removeprefix("one.json บรรทัด 1 ช่อง ") for fault in faults] == [
        "rows: ไม่รู้จักช่อง “rows” ช่องที่ใช้ได้คือ agencies, edition, practices",
        "edition: ไม่มีช่องนี้ กรุณาเพิ่ม",
        "agencies: ไม่มีช่องนี้ กรุณาเพิ่ม",
        "practices: ต้องเป็นรายการ (ขึ้นต้นแต่ละรายการด้วย -)",
    ]


def test_what_stands_around_the_cases_may_stand_behind_them(read) -> None:
    data = json.loads(text_file("json", {}))
    content = json.dumps({name: data[name] for name in ("practices", "agencies", "edition")}).encode()
    ((row,), faults, _) = read("one.json", content)
    assert (row.key, row.agency.name, faults) == ("dol-culture", "กรมที่ดิน", [])


def test_a_value_across_the_windows_of_the_reader_is_one(read, monkeypatch) -> None:
    content = text_file("json", *({"key": f"case-{n}", "title": f'เรื่อง \\ " {n}'} for n in range(30)))
    for chunk in (1, 2, 7, 64):
        monkeypatch.setattr("practices.formats.json_stream.CHUNK", chunk)
        rows, faults, _ = read("one.json", content)
        assert (faults, [row.title for row in rows]) == ([], [f'เรื่อง \\ " {n}' for n in range(30)])
        assert rows[-1].place.row == line_of(content, "case-29") - 1


# --- many -----------------------------------------------------------------------------------------


def test_faults_are_kept_up_to_a_bound_and_counted(tmp_path) -> None:
    rows = [cells(key="", title=f"เรื่อง {n}", criteria="9.9") for n in range(MAX_FAULTS + 12)]
    (tmp_path / "one.csv").write_bytes(table("csv", *rows))
    with CaseReading() as reading:
        assert list(read_cases([tmp_path / "one.csv"], reading)) == []
        assert (len(reading.faults.found), reading.faults.count) == (MAX_FAULTS, MAX_FAULTS + 12)
        with pytest.raises(Exception, match="และอีก 12 แห่ง"):
            reading.faults.raise_if_any()


@pytest.mark.parametrize("format", TABLES)
def test_rows_beyond_the_limit_are_refused_at_the_first_of_them(read, format) -> None:
    rows = [cells(key="", title=f"เรื่อง {n}") for n in range(5)]
    found, faults, _ = read(f"one.{format}", table(format, *rows), Limits(rows=3))
    row = place(format, "key", 5).split(" คอลัมน์")[0]
    assert (len(found), faults) == (3, [f"{row}: มีตัวอย่างเกิน 3 แถว กรุณาแบ่งเป็นหลายไฟล์"])


def test_a_hundred_thousand_rows_of_csv_are_read(read) -> None:
    line = ",".join(map(str, cells(key="KEY", title="KEY"))) + "\n"
    head = ",".join(HEADINGS[name] for name in FIELDS) + "\n"
    content = head + "".join(line.replace("KEY", f"case-{n}") for n in range(100_000))
    path_rows, faults, _ = read("one.csv", content.encode())
    assert (len(path_rows), faults) == (100_000, [])
    assert path_rows[-1].place.row == 100_001
