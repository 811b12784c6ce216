"""Files that are broken, hostile or at odds with themselves: refused with the place, and nothing is written."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import uuid

import pytest

from assessment.models import Round
from documents.exchange.canonical import dump
from documents.exchange.faults import ExchangeRefused
from documents.exchange.parsing import MAX_BYTES, MAX_SIGNS, parse
from documents.exchange.taking import bring_in
from tests.documents.exchange.conftest import file_of, fill, picture_bytes
from tests.standing import standing
from tests.url_stage import snapshot
from tests.world import World, make_round, make_world
from texts.figures import add_figure


def make_both() -> tuple[World, Round]:
    """The world, and the round of «senate» with one of everything."""
    world = make_world()
    return world, fill(make_round(world.here, world), world)


@pytest.fixture(scope="module")
def stood(django_db_setup, django_db_blocker, tmp_path_factory):
    yield from standing(django_db_blocker, tmp_path_factory, make_both)


@pytest.fixture
def both(stood, db) -> tuple[World, Round]:
    return stood.for_one_test()


@pytest.fixture
def world(both) -> World:
    return both[0]


@pytest.fixture
def full(both) -> Round:
    return both[1]


def faults(content: bytes, **options) -> list[tuple[str, str]]:
    with pytest.raises(ExchangeRefused) as refused:
        bring_in(content, **options)
    return [(fault.place, fault.message) for fault in refused.value.faults]


# --- the bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"", "", "ไฟล์นี้ว่างเปล่า"),
        (b" \n", "", "ไฟล์นี้ว่างเปล่า"),
        ('{"format": "pmqa-round"}'.encode("utf-16"), "อักขระที่ 1", "UTF-16"),
        ('{"format": "pmqa-round"}'.encode("utf-16-le"), "อักขระที่ 1", "UTF-16"),
        (b'\xef\xbb\xbf{"format": "pmqa-round"}', "อักขระที่ 1", "BOM"),
        ('{\n "title": "ก"}'.encode("tis-620"), "บรรทัด 2", "UTF-8"),
        (b'{"format": "pmqa-round",\n "version"', "บรรทัด 2 คอลัมน์ 11", "ขาดตอน"),
        (b'{"format": "pmqa-round",\n version: 1}', "บรรทัด 2 คอลัมน์ 2", "JSON"),
        (b"[" * 100_000, "", "ลึกเกินไป"),
        (b'{"a": ' * 100_000, "", "ลึกเกินไป"),
        (b"[" + b"{}," * MAX_SIGNS + b"{}]", "", "รายการมากเกิน"),
        (b'{"a": 1, "a": 2}', "", "“a” มีสองครั้ง"),
        (b'{"a": 1.5}', "", "1.5"),
        (b'{"a": NaN}', "", "NaN"),
        (b'{"a": ' + b"9" * 5000 + b"}", "", "ใหญ่เกินไป"),
        (b'["pmqa-round"]', "format", "ไม่ใช่ไฟล์ข้อมูลแลกเปลี่ยน"),
        (b'{"format": "something-else"}', "format", "ไม่ใช่ไฟล์ข้อมูลแลกเปลี่ยน"),
        (b'{"format": "pmqa-round", "version": 2}', "version", "รุ่น 2 แต่ระบบนี้อ่านรุ่น 1"),
        (b'{"format": "pmqa-round", "version": true}', "version", "รุ่น True"),
        (b'{"format": "pmqa-round", "version": "1"}', "version", "รุ่น 1"),
    ],
)
def test_bytes_that_are_no_exchange_file_are_refused_with_the_place(content, place, words):
    with pytest.raises(ExchangeRefused) as refused:
        parse(content)
    assert [(fault.place, words in fault.message) for fault in refused.value.faults] == [(place, True)]


def test_a_file_above_the_limit_is_refused_before_it_is_read():
    with pytest.raises(ExchangeRefused, match="ไฟล์ใหญ่เกิน 64 เมกะไบต์"):
        parse(b"{" + b" " * MAX_BYTES)


# --- the schema -----------------------------------------------------------------------------------


def set_at(place: str, value):
    """A change of the document: sheets.0.category."""

    def change(document):
        *path, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        for part in path:
            document = document[part]
        document[last] = value

    return change


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("round.year", "2565", "ต้องเป็นจำนวนเต็ม"),
        ("round.year", 2022, "2022 อยู่นอกช่วงที่กำหนด"),
        ("round.thai_digits", 1, "ต้องเป็นtrue หรือ false"),
        ("round.title", "", "ต้องไม่ว่าง"),
        ("round.title", "ก" * 301, "ยาวเกิน 300 อักขระ"),
        ("round.deadline", "20/11/2565", "“20/11/2565” ไม่ตรงรูปแบบที่กำหนด"),
        ("round.uid", "1", "“1” ไม่ตรงรูปแบบที่กำหนด"),
        ("round.font_points", 20, "“20” ไม่ใช่ค่าที่ใช้ได้ (14, 16)"),
        ("agency.code", "../../etc", "“../../etc” ไม่ตรงรูปแบบที่กำหนด"),
        ("sheets.0.layout", "five", "“five” ไม่ใช่ค่าที่ใช้ได้ (three_columns, four_columns)"),
        ("sheets.1.criteria", {}, "ต้องเป็นรายการ [ ]"),
        ("sheets.0.category", 7, "7 อยู่นอกช่วงที่กำหนด"),
        ("feedback.0.step", 4, "“4” ไม่ใช่ค่าที่ใช้ได้ (1, 2, 3)"),
        ("figures.0.media_type", "image/svg+xml", "“image/svg+xml” ไม่ใช่ค่าที่ใช้ได้ (image/png, image/jpeg)"),
    ],
)
def test_a_value_that_the_schema_forbids_is_named_with_its_place(full, place, value, message):
    found = faults(file_of(full, set_at(place, value)))
    dotted = ".".join(f"[{part}]" if part.isdigit() else part for part in place.split(".")).replace(".[", "[")
    assert found == [(dotted, message)]


def test_missing_and_unknown_fields_are_named_together(full):
    def change(document):
        del document["round"]["title"]
        document["sheets"][0]["criteria"][2]["$ref"] = "#"

    assert faults(file_of(full, change)) == [
        ("round", "ขาดช่อง “title”"),
        ("sheets[0].criteria[2]", "ไม่รู้จักช่อง “$ref”"),
    ]


# --- at odds with itself --------------------------------------------------------------------------


def twice(document):
    document["activities"][1]["uid"] = document["activities"][0]["uid"]


def nowhere(document):
    for sheet in document["sheets"]:
        for criterion in sheet["criteria"]:
            criterion["activities"] = []


def exchanged(document):
    first, second = (sheet["criteria"][1] for sheet in document["sheets"][:2])
    first["criterion"], second["criterion"] = second["criterion"], first["criterion"]


NO_ROW = str(uuid.UUID(int=5))


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (twice, "activities[1].uid", "มีแล้วที่ activities[0].uid"),
        (nowhere, "activities[0]", "กิจกรรมนี้ไม่อยู่ในเกณฑ์ข้อใด"),
        (
            set_at("sheets.0.criteria.0.activities.0", NO_ROW),
            "sheets[0].criteria[0].activities[0]",
            "ไม่มีในไฟล์",
        ),
        (set_at("sheets.0.criteria.1.criterion", "pmqa4-9.9"), "sheets[0].criteria[1].criterion", "ไม่มีเกณฑ์"),
        (exchanged, "sheets[0].criteria[1].criterion", "หมวด 1"),
        (
            set_at("sheets.1.criteria.0.criterion", "pmqa4-1.1"),
            "sheets[1].criteria[0].criterion",
            "มีแล้วที่ sheets[0]",
        ),
        (set_at("feedback.0.criterion", "pmqa4-9.9"), "feedback[0].criterion", "ไม่มีเกณฑ์ “pmqa4-9.9”"),
        (set_at("practices.0.criteria", ["no-such"]), "practices[0].criteria[0]", "ไม่มีเกณฑ์ “no-such”"),
        (set_at("practices.0.agency", "no-such"), "practices[0].agency", "ไม่มีในไฟล์"),
        (set_at("activities.0.owners.0.owner", NO_ROW), "activities[0].owners[0].owner", "ไม่มีในไฟล์"),
        (set_at("round.deadline", "2565-02-30"), "round.deadline", "ไม่มีวันที่"),
        (set_at("feedback.0.gap", "ไม่มีคำนี้"), "feedback[0].gap", "ไม่ใช่ส่วนหนึ่ง"),
        (set_at("figures.0.content", "ไม่ใช่"), "figures[0].content", "base64"),
        (set_at("figures.0.content", "QUJD\nREVG"), "figures[0].content", "base64"),
        (set_at("figures.0.sha256", "0" * 64), "figures[0].sha256", "ไม่ตรง"),
        (set_at("figures.0.size", 5), "figures[0].size", "ระบุ 5 ไบต์"),
        (set_at("figures", []), "sheets[0].criteria[0].analysis.html", "ไม่มีในไฟล์"),
        (set_at("edition.code", "2567"), "edition.code", "2567"),
        (
            set_at("edition.criteria.29.identity", "pmqa4-7.9"),
            "edition.criteria[29]",
            "ในระบบนี้คือ “pmqa4-7.6”",
        ),
        (set_at("sheets.0.obstacles.html", "<p>" + "<table>" * 1200), "sheets[0].obstacles.html", "ซ้อนกัน"),
        (
            set_at("sheets.0.obstacles.html", '<figure><img src="https://x.example/a.png"></figure>'),
            "sheets[0].obstacles.html",
            "ภาพที่วางไม่ได้",
        ),
    ],
)
def test_a_file_at_odds_with_itself_is_refused_and_nothing_is_written(full, change, place, words):
    before = snapshot()
    content = file_of(full, change)
    found = faults(content)
    assert [words in message for where, message in found if where == place][:1] == [True]
    assert snapshot() == before


def test_dates_in_the_wrong_order_are_refused(full):
    def change(document):
        document["activities"][0] |= {"starts_on": "2022-05-02", "ends_on": "2022-05-01"}

    assert faults(file_of(full, change)) == [("activities[0].ends_on", "วันสิ้นสุดมาก่อนวันเริ่ม")]


def figure_with(content: bytes, media_type: str):
    def change(document):
        document["figures"][0] |= {
            "content": base64.b64encode(content).decode(),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "media_type": media_type,
        }

    return change


@pytest.mark.parametrize(
    ("content", "media_type", "place"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "figures[0].content"),
        (picture_bytes(3)[:-30], "image/png", "figures[0].content"),
        (picture_bytes(3), "image/jpeg", "figures[0].media_type"),
    ],
)
def test_a_picture_that_is_none_is_refused(full, content, media_type, place):
    assert [where for where, _ in faults(file_of(full, figure_with(content, media_type)))] == [place]


# --- rows of others -------------------------------------------------------------------------------

NOT_USABLE = "ใช้รหัส (uid) นี้ไม่ได้ กรุณาให้ผู้ส่งส่งออกไฟล์ใหม่"


def test_uids_of_another_agency_are_refused_without_telling_what_they_are(full, there):
    """Taken over by hand into the file of the own round."""
    foreign = json.loads(file_of(there))
    own = json.loads(file_of(full))
    swap = {
        own["activities"][0]["uid"]: foreign["activities"][0]["uid"],
        own["owners"][0]["uid"]: foreign["owners"][0]["uid"],
        own["sheets"][0]["criteria"][3]["uid"]: foreign["sheets"][0]["criteria"][3]["uid"],
    }
    text = json.dumps(own)
    for old, new in swap.items():
        text = text.replace(old, new)
    before = snapshot()
    found = faults(text.encode())
    places = {"activities[0].uid", "owners[0].uid", "sheets[0].criteria[3].uid"}
    assert {(place, message) for place, message in found} == {(place, NOT_USABLE) for place in places}
    assert snapshot() == before


def test_a_picture_of_another_agency_is_refused_also_when_its_bytes_are_known(full, there):
    content = picture_bytes(99)
    theirs = add_figure(file=io.BytesIO(content), size=len(content), agency=there.agency, by=None)
    own = json.loads(file_of(full, figure_with(content, "image/png")))
    text = json.dumps(own).replace(own["figures"][0]["uid"], str(theirs.uid))
    assert faults(text.encode()) == [("figures[0].uid", NOT_USABLE)]


def test_a_file_of_another_round_is_refused_where_something_is_written(full, there):
    found = faults(file_of(there), code="senate")
    assert found == [("round.uid", "ไฟล์มาจากแบบฟอร์มอื่น จึงนำเข้าได้เฉพาะแบบฟอร์มที่ยังไม่มีข้อความ")]


def test_an_edition_that_is_not_loaded_is_named(full):
    content = file_of(full, set_at("edition.code", "2570"))
    found = faults(content, year=2570)
    assert found == [("edition.code", "ยังไม่มีเกณฑ์ฉบับ 2570 ในระบบนี้ กรุณานำเข้าเกณฑ์ฉบับนี้ก่อน")]


def test_only_the_first_faults_are_shown_and_the_rest_counted(full):
    def change(document):
        for point in range(40):
            document["feedback"].append({"uid": point})

    with pytest.raises(ExchangeRefused) as refused:
        bring_in(file_of(full, change))
    lines = str(refused.value).splitlines()
    assert len(lines) == 31
    assert lines[-1] == f"และอีก {len(refused.value.faults) - 30} จุด"


def test_markup_that_is_not_allowed_is_taken_out_and_told(full):
    content = file_of(full, set_at("sheets.0.obstacles.html", '<p onclick="x()">ก<script>y()</script></p>'))
    outcome = bring_in(content, year=2570)
    assert outcome.source.cleaned == ("sheets[0].obstacles.html",)
    assert outcome.plan.document["sheets"][0]["obstacles"]["html"] == "<p>ก</p>"
    assert dump(outcome.source.document).count(b"script") == 0
