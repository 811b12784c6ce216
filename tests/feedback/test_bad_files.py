"""Files as they come: every one is read rightly or refused with its place, and nothing is half written."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from feedback.exporters import export_feedback
from feedback.importers.columns import FORMAT, HEADINGS, MAX_POINTS
from feedback.importers.plan import Plan, plan_feedback
from feedback.importers.reading import read_feedback
from feedback.models import FeedbackPoint
from feedback.services import add_point
from framework.models import Criterion
from organizations.enums import Role
from organizations.importers.workbook import RefusedWorkbook
from tests.sheets import csv_text, saved, send, xlsx
from tests.world import World

HEAD = list(HEADINGS.values())
GOOD: dict[str, Any] = {"year": 2564, "step": 2, "criterion": "1.1", "text": "มีแผน แต่ยังขาดตัววัด"}


def row(**values: Any) -> list[Any]:
    fields = {**GOOD, **values}
    return [fields.get(name) for name in HEADINGS]


def as_json(*points: Any, **envelope: Any) -> bytes:
    document = {"format": FORMAT, "version": 1, "points": list(points or [GOOD]), **envelope}
    return json.dumps(document, ensure_ascii=False).encode()


def as_xlsx(*rows: list[Any]) -> bytes:
    return xlsx("ข้อเสนอแนะ", HEAD, *rows)


def as_csv(*rows: list[Any], encoding: str = "utf-8") -> bytes:
    return csv_text(HEAD, *rows).encode(encoding)


def plan_of(world: World, content: bytes) -> Plan:
    return plan_feedback(read_feedback(io.BytesIO(content), size=len(content)), agency=world.here.agency)


def faults_of(world: World, content: bytes) -> list[tuple[str, str]]:
    return [(fault.place, fault.message) for fault in plan_of(world, content).faults]


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedWorkbook) as refused:
        read_feedback(io.BytesIO(content), size=len(content))
    return str(refused.value)


# --- one wrong cell, in each format, with its exact place ----------------------------------------------

CELLS = [
    ("year", 2024, "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"),
    ("year", "64", "ปี 64 ไม่ครบสี่หลัก กรุณาพิมพ์ปีพุทธศักราชให้ครบสี่หลัก เช่น 2564"),
    ("year", "", "ยังไม่ได้กรอกปี"),
    ("step", "4", "“4” ไม่ใช่ขั้นตอนที่ 1–3"),
    ("criterion", "1.9", "ไม่มีเกณฑ์ 1.9 ในเกณฑ์ฉบับ 2564 ซึ่งใช้กับปี 2564"),
    ("criterion", "8.1", "ไม่มีหมวด 8 ข้อเสนอแนะรับเฉพาะหมวด 1–6"),
    ("criterion", "7.1", "“7.1” อยู่ในหมวด 7 ข้อเสนอแนะรับเฉพาะหมวด 1–6"),
    ("criterion", "เรื่องอื่น", "ไม่มีหมวด เรื่องอื่น ข้อเสนอแนะรับเฉพาะหมวด 1–6"),
    ("text", " ", "ยังไม่ได้กรอกข้อความ"),
    ("text", "<script>alert(1)</script>", "ยังไม่ได้กรอกข้อความ"),
    ("text", "ก" * 20_001, "ข้อความยาว 20,001 อักขระ ต้องไม่เกิน 20,000"),
    ("strength", "ไม่อยู่ในข้อความ", "ไม่พบข้อความนี้ในข้อความของสำนักงาน ก.พ.ร. กรุณาคัดมาให้ตรงทุกตัวอักษร"),
    ("level", "สูงสุด", "ไม่รู้จักระดับ “สูงสุด” ระดับที่ใช้ได้คือ Basic · Advance · Significance"),
    ("sub_item", "3.1.1", "“3.1.1” ไม่ใช่ข้อย่อยของเกณฑ์ 1.1 ข้อย่อยเขียนเช่น 1.1.1"),
    ("sub_item", "1.1", "“1.1” ไม่ใช่ข้อย่อยของเกณฑ์ 1.1 ข้อย่อยเขียนเช่น 1.1.1"),
    ("declined", "ก" * 1_001, "เหตุผลยาว 1,001 อักขระ กรุณาเขียนไม่เกิน 1,000 อักขระ"),
    ("position", "ที่หนึ่ง", "“ที่หนึ่ง” ไม่ใช่ลำดับ กรุณาพิมพ์จำนวนเต็มตั้งแต่ 1"),
    ("position", "0", "“0” ไม่ใช่ลำดับ กรุณาพิมพ์จำนวนเต็มตั้งแต่ 1"),
    (
        "uid",
        "1234",
        "รหัสอ้างอิงไม่ครบหรือถูกแก้ไข กรุณาใช้รหัสจากไฟล์ที่ส่งออก หรือเว้นว่างสำหรับข้อใหม่",
    ),
    ("agency", "nso", "ไฟล์นี้เป็นของหน่วยงาน “nso” ไม่ใช่ของสำนักงานเลขาธิการวุฒิสภา (senate)"),
]


def column(name: str) -> str:
    return f"คอลัมน์ {chr(ord('A') + list(HEADINGS).index(name))} ({HEADINGS[name]})"


@pytest.mark.parametrize(("name", "value", "message"), CELLS)
def test_a_wrong_cell_is_named_with_its_place_in_every_format(
    world: World, name: str, value: Any, message: str
) -> None:
    wrong = row(text="อีกข้อ") if name != "agency" else row(text="อีกข้อ", agency="senate")
    rows = [wrong, row(**{name: value})]
    message = message.replace("สำนักงานเลขาธิการวุฒิสภา", world.here.agency.name)
    assert faults_of(world, as_xlsx(*rows)) == [(f"แผ่นงาน “ข้อเสนอแนะ” แถว 3 {column(name)}", message)]
    assert faults_of(world, as_csv(*rows)) == [(f"แถว 3 {column(name)}", message)]
    if name == "agency":
        content = as_json(agency={"code": value, "name": "ก"})
        assert faults_of(world, content) == [("agency.code", message)]
    else:
        content = as_json(dict(GOOD, text="อีกข้อ"), {**GOOD, name: value})
        place = f"points[1].{name} (ข้อเสนอแนะที่ 2 {HEADINGS[name]})"
        assert faults_of(world, content) == [(place, message)]
    assert not FeedbackPoint.objects.exists()


def test_every_fault_of_a_row_is_collected(world: World) -> None:
    content = as_csv(row(year=2024, step=9, criterion="8.1", text="", position="x", uid="y"))
    places = [place for place, _ in faults_of(world, content)]
    assert [place.split("คอลัมน์ ")[1][0] for place in places] == ["A", "B", "J", "L", "C", "D"]


def test_the_same_point_twice_is_named(world: World) -> None:
    uid = "0b7de4c6-6d57-4a5c-8a55-7ad4b5fbfb1c"
    assert faults_of(world, as_json(GOOD, dict(GOOD, text="มีแผน  แต่ยังขาดตัววัด"))) == [
        ("points[1].text (ข้อเสนอแนะที่ 2 ข้อความของสำนักงาน ก.พ.ร.)", "ซ้ำกับข้อเสนอแนะที่ 1")
    ]
    assert faults_of(world, as_csv(row(uid=uid), row(uid=uid, text="อีกข้อ"))) == [
        ("แถว 3 คอลัมน์ L (รหัสอ้างอิง)", "ซ้ำกับแถว 2")
    ]


def test_the_uid_of_another_agency_is_refused(world: World) -> None:
    criterion = Criterion.objects.get(identity="pmqa4-1.1")
    theirs = add_point(agency=world.there.agency, year=2564, step=2, criterion=criterion, text="ก", by=None)
    ((place, message),) = faults_of(world, as_csv(row(uid=str(theirs.uid))))
    assert place == "แถว 2 คอลัมน์ L (รหัสอ้างอิง)"
    assert message.startswith("รหัสอ้างอิงนี้เป็นของข้อเสนอแนะในหน่วยงานอื่น")


def test_a_file_that_another_agency_exported_is_refused_as_a_whole(world: World) -> None:
    criterion = Criterion.objects.get(identity="pmqa4-1.1")
    for number in range(3):
        values = {"year": 2564, "step": 2, "criterion": criterion, "text": f"ข้อ {number}"}
        add_point(agency=world.there.agency, by=None, **values)
    for file_format, place in (
        ("json", "agency.code"),
        ("csv", "แถว 2 คอลัมน์ K (หน่วยงาน)"),
        ("xlsx", "แผ่นงาน “ข้อเสนอแนะ” แถว 2 คอลัมน์ K (หน่วยงาน)"),
    ):
        content = export_feedback(world.there.agency, file_format).content
        assert [fault[0] for fault in faults_of(world, content)] == [place]


@pytest.mark.parametrize("named", ["SENATE", "", " senate "])
def test_an_agency_is_known_by_code_and_name(world: World, named: str) -> None:
    assert faults_of(world, as_csv(row(agency=named))) == []
    assert faults_of(world, as_csv(row(agency=world.here.agency.name))) == []


# --- markup -------------------------------------------------------------------------------------------

MARKUP = [
    ("<p>มีแผน<script>alert('x')</script></p><p>แต่ยังขาดตัววัด</p>", "มีแผน\nแต่ยังขาดตัววัด", "<p> <script>"),
    ("มีแผน <b>แต่</b>\nยัง<style>p{}</style>ขาด", "มีแผน แต่\nยังขาด", "<b> <style>"),
    ('มี<img src=x onerror="alert(1)">แผน', "มีแผน", "<img>"),
    ('มี<a href="javascript:alert(1)">แผน</a>', "มีแผน", "<a>"),
    ("มีแผน<iframe src=//x></iframe>", "มีแผน", "<iframe>"),
    ("<SCRIPT\n>x</SCRIPT\n>มีแผน", "มีแผน", "<script>"),
]


@pytest.mark.parametrize(("typed", "text", "tags"), MARKUP)
@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_markup_is_taken_off_and_said_with_its_place(
    world: World, write: Callable[..., bytes], typed: str, text: str, tags: str
) -> None:
    plan = plan_of(world, write(row(text=typed)))
    assert [point.text for point in plan.points] == [text]
    sheet = "แผ่นงาน “ข้อเสนอแนะ” " if write is as_xlsx else ""
    assert [(note.place, note.message) for note in plan.notes] == [
        (
            f"{sheet}แถว 2 คอลัมน์ D (ข้อความของสำนักงาน ก.พ.ร.)",
            f"ตัดคำสั่ง HTML ออก ({tags}) เหลือเฉพาะข้อความ กรุณาตรวจ",
        )
    ]


def test_the_page_tells_what_was_taken_off(world: World, client: Client) -> None:
    client.force_login(world.here.people[Role.SECRETARIAT])
    shown = send(
        client, reverse("feedback_import", args=["senate"]), as_csv(row(text="<b>ก</b><script>x()</script>"))
    )
    page = shown.content.decode()
    assert "ระบบอ่านบางช่องต่างจากในไฟล์" in page
    assert "ตัดคำสั่ง HTML ออก (&lt;b&gt; &lt;script&gt;)" in page
    assert "x()" not in page


@pytest.mark.parametrize("text", ["ก < ข และ ค > ง", "<someone@example.go.th>", "a<b, c>d", "<ก>", "x <5> y"])
def test_signs_that_are_no_markup_stay(world: World, text: str) -> None:
    plan = plan_of(world, as_csv(row(text=text)))
    assert ([point.text for point in plan.points], plan.notes) == ([text], [])


def test_a_mark_that_lost_its_blanks_is_found_in_the_text(world: World) -> None:
    plan = plan_of(world, as_csv(row(text="มี  แผน\nที่ดี แต่ยังขาดตัววัด", strength="แผน ที่ดี")))
    assert [point.marks["strength"] for point in plan.points] == ["แผน\nที่ดี"]


# --- encodings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874"])
def test_every_encoding_of_an_office_is_read_rightly(world: World, encoding: str) -> None:
    words = "มีแผน “ก” – ๑๒๓ แต่ยังขาดตัววัดน้ำ"
    for content in (
        as_csv(row(text=words), encoding=encoding),
        as_json(dict(GOOD, text=words)).decode().encode(encoding),
    ):
        plan = plan_of(world, content)
        assert ([point.text for point in plan.points], plan.faults) == ([words], [])


# --- shapes -------------------------------------------------------------------------------------------


def test_merged_headings_and_a_title_above_are_read(world: World) -> None:
    book = Workbook()
    page = book.active
    page.append(["ข้อเสนอแนะของสำนักงาน ก.พ.ร."])
    page.merge_cells("A1:L1")
    page.append([*HEAD[:4], "การวิเคราะห์", None])
    page.merge_cells("E2:F2")
    page.append([None, None, None, None, "ส่วนที่ดี", "ส่วนที่ยังขาด"])
    page.append([2564, 2, "1.1", GOOD["text"], "แผน", "ตัววัด"])
    (point,) = plan_of(world, saved(book)).points
    assert (point.number, point.marks) == (4, {"strength": "แผน", "gap": "ตัววัด"})


def test_a_merged_heading_that_covers_a_needed_one_is_refused() -> None:
    book = Workbook()
    page = book.active
    page.append(HEAD)
    page.merge_cells("B1:C1")
    page.append(row())
    message = refusal(saved(book))
    assert "แถว 1 ไม่มีหัวคอลัมน์ เกณฑ์" in message


def test_formulas_are_refused_where_a_field_is_read(world: World) -> None:
    content = as_xlsx(row(text='="มี"&"แผน"'), row(sub_item="=A1", text="ข"), row(uid="#REF!", text="ค"))
    place = "แผ่นงาน “ข้อเสนอแนะ” แถว {} คอลัมน์ {}".format
    assert faults_of(world, content) == [
        (place(2, "D (ข้อความของสำนักงาน ก.พ.ร.)"), "เซลล์นี้เป็นสูตร กรุณาคัดลอกแล้ววางแบบค่า (Paste Values)"),
        (place(3, "H (ข้อย่อย)"), "เซลล์นี้เป็นสูตร กรุณาคัดลอกแล้ววางแบบค่า (Paste Values)"),
        (place(4, "L (รหัสอ้างอิง)"), "เซลล์นี้มีค่าผิดพลาดของ Excel (#REF!) กรุณาพิมพ์ข้อความแทน"),
    ]


def test_hidden_sheets_are_named_and_not_read(world: World) -> None:
    book = Workbook()
    book.active.title = "ซ่อน"
    book.active.append(HEAD)
    book.active.append(row(text="ข้อความที่ซ่อน"))
    book.active.sheet_state = "hidden"
    page = book.create_sheet("เปิด")
    page.append(HEAD)
    page.append(row())
    content = saved(book)
    table = read_feedback(io.BytesIO(content), size=len(content))
    assert (table.hidden, [fields["text"] for _, fields in table.rows]) == (["ซ่อน"], [GOOD["text"]])
    page.sheet_state, book["ซ่อน"].sheet_state = "veryHidden", "visible"
    page.title = "ข้อเสนอแนะ"
    assert "แผ่นงาน “ข้อเสนอแนะ” ถูกซ่อนไว้" in refusal(saved(book))


def hundred_thousand_rows() -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("ข้อเสนอแนะ")
    page.append(HEAD)
    for _ in range(100_000):
        page.append([2564, 2, "1.1", "ก"])
    return saved(book)


LONG = [
    (hundred_thousand_rows, f"เกิน {MAX_POINTS} แถว"),
    (lambda: as_csv(*[[2564, 2, "1.1", "ก"]] * 100_000), f"เกิน {MAX_POINTS} แถว"),
    (lambda: as_json(*[{}] * 100_000), f"เกิน {MAX_POINTS} แถว"),
    (lambda: b"[" * 5_000_000, "ซ้อนกันลึกเกินไป"),
    (lambda: b'{"a":' * 900_000, "ซ้อนกันลึกเกินไป"),
    (
        lambda: as_json(*[dict(GOOD, text="ก" * 19_000 + str(n)) for n in range(60)]),
        "ข้อความรวมเกิน 1,000,000 อักขระ",
    ),
    (lambda: b"{" + b" " * 5_300_000, "ไฟล์ใหญ่เกิน 5 เมกะไบต์"),
]


@pytest.mark.parametrize(("make", "sentence"), LONG)
def test_what_is_too_long_is_refused_quickly_with_the_limit(make: Callable[[], bytes], sentence: str) -> None:
    content = make()
    start = time.process_time()
    assert sentence in refusal(content)
    assert time.process_time() - start < 3


BROKEN = [
    (b"", "ไฟล์ว่างเปล่า (0 ไบต์)"),
    (b" \r\n\r\n", "ไม่มีข้อมูล"),
    (b"\xef\xbb\xbf", "ไม่มีข้อมูล"),
    (as_xlsx(row())[:-200], "ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ"),
    (as_xlsx(row())[:300], "ไฟล์เสียหายหรือดาวน์โหลดมาไม่ครบ"),
    (as_json()[:-20], "บรรทัด 1 คอลัมน์"),
    (b'{"format": "pmqa-feedback",\n "version" 1}', "บรรทัด 2 คอลัมน์ 12: รูปแบบ JSON ไม่ถูกต้อง"),
    (b"{}", "format: ไม่ใช่ไฟล์ข้อเสนอแนะของระบบนี้"),
    (b'["pmqa-feedback"]', "format: ไม่ใช่ไฟล์ข้อเสนอแนะของระบบนี้"),
    (b'{"format": "pmqa-round"}', "format: ไม่ใช่ไฟล์ข้อเสนอแนะของระบบนี้"),
    (as_json(version=2), "version: ไฟล์เป็นรุ่น 2 แต่ระบบนี้อ่านรุ่น 1"),
    (as_json(version=True), "version: ไฟล์เป็นรุ่น True"),
    (as_json(points={}), "points: ต้องเป็นรายการ"),
    (as_json(points=[]), "points: ยังไม่มีข้อเสนอแนะในไฟล์"),
    (as_json(agency={"code": 5}), "agency.code: ต้องเป็นข้อความ"),
    (b'{"format": "pmqa-feedback", "format": "x"}', "ช่อง “format” มีสองครั้ง"),
    (b'{"format": 12345678901234567890}', "ซึ่งใหญ่เกินไป"),
    (b'{"format": NaN}', "ซึ่งไม่ใช่ตัวเลข"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "ไม่ใช่ Excel (.xlsx) หรือ CSV"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel รุ่นเก่า (.xls) หรือมีรหัสผ่าน"),
    (csv_text(["ก", "ข"], ["ค", "ง"]).encode("cp874"), "แถว 1 ไม่มีหัวคอลัมน์"),
    ((csv_text(HEAD) + '2564,2,1.1,"ไม่ปิด').encode(), "อ่านไฟล์ CSV ไม่ได้ที่บรรทัด 2"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), BROKEN)
def test_what_is_no_file_of_feedback_gets_its_sentence_on_the_page(
    world: World, client: Client, content: bytes, sentence: str
) -> None:
    client.force_login(world.here.people[Role.SECRETARIAT])
    shown = send(client, reverse("feedback_import", args=["senate"]), content)
    assert shown.status_code == 422
    assert sentence in shown.content.decode()
    assert not FeedbackPoint.objects.exists()


POINTS = [
    ("ก", "points[0] (ข้อเสนอแนะที่ 1)", "ต้องเป็นกลุ่มข้อมูล { }"),
    ({**GOOD, "extra": 1}, "points[0].extra (ข้อเสนอแนะที่ 1)", "ไม่รู้จักช่องนี้"),
    ({"year": 2564, "step": 2, "criterion": "1.1"}, "points[0].text (ข้อเสนอแนะที่ 1)", "ขาดช่องนี้"),
    ({**GOOD, "step": 2.5}, "points[0].step (ข้อเสนอแนะที่ 1)", "ต้องเป็นข้อความหรือจำนวนเต็ม"),
    ({**GOOD, "step": True}, "points[0].step (ข้อเสนอแนะที่ 1)", "ต้องเป็นข้อความหรือจำนวนเต็ม"),
    ({**GOOD, "gap": ["ก"]}, "points[0].gap (ข้อเสนอแนะที่ 1)", "ต้องเป็นข้อความหรือจำนวนเต็ม"),
]


@pytest.mark.parametrize(("point", "place", "message"), POINTS)
def test_a_point_of_the_wrong_shape_is_named(world: World, point: Any, place: str, message: str) -> None:
    assert faults_of(world, as_json(point)) == [(place, message)]


def test_the_page_shows_what_a_new_point_brings_besides_its_text(world: World, client: Client) -> None:
    client.force_login(world.here.people[Role.SECRETARIAT])
    marks = {"gap": "ตัววัด", "level": "basic", "sub_item": "1.1.3", "declined": "นอกอำนาจ"}
    shown = send(client, reverse("feedback_import", args=["senate"]), as_csv(row(**marks)))
    page = shown.content.decode()
    for words in ("ส่วนที่ยังขาด: ตัววัด", "ระดับ: Basic", "ข้อย่อย: 1.1.3", "เหตุผลที่ไม่ดำเนินการ: นอกอำนาจ"):
        assert words in page


def test_null_and_missing_say_nothing(world: World) -> None:
    (planned,) = plan_of(world, as_json({**GOOD, "gap": None, "uid": None})).points
    assert (planned.marks, planned.uid, planned.position, planned.declined) == ({}, None, None, None)
