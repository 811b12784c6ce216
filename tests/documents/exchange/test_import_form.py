"""`manage.py import_form`."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from assessment.models import Round
from assessment.services.rounds import close_round
from organizations.models import Agency
from tests.documents.exchange.conftest import file_of, write
from tests.url_stage import snapshot
from tests.world import criterion


@pytest.fixture
def file(full, tmp_path):
    path = tmp_path / "round.json"
    path.write_bytes(file_of(full))
    return path


def run(*arguments: object, **options: object) -> list[str]:
    out = io.StringIO()
    call_command("import_form", *map(str, arguments), stdout=out, **options)
    return out.getvalue().splitlines()


def test_a_new_year_is_made_and_told(full, file):
    said = run(file, year=2570)
    assert said[0] == "แบบฟอร์มใหม่: ปี 2570"
    assert "เพิ่ม ข้อ 1.1 บทวิเคราะห์" in said
    assert said[-1].startswith("นำเข้าแล้ว: เพิ่ม ")
    assert Round.objects.filter(agency__code="senate", year=2570).count() == 1


def test_an_agency_that_is_not_there_is_made(full, file):
    path = file.with_name("other.json")
    facts = {"code": "new", "name": "กรมใหม่", "short_name": "กม.", "kind": "office"}
    path.write_bytes(file_of(full, lambda d: [d["agency"].update(facts), d["round"].update(year=2570)]))
    # the rows of the file are those of a round that is here, so they may not become another agency's
    with pytest.raises(CommandError, match=r"figures\[0\]\.uid: ใช้รหัส"):
        run(path)
    assert Agency.objects.filter(code="new").count() == 0
    Agency.objects.create(**facts)
    assert run(file, agency="new")[0] == "แบบฟอร์มใหม่: ปี 2565"


def test_a_dry_run_lists_everything_and_writes_nothing(full, file):
    before = snapshot()
    said = run(file, year=2570, dry_run=True)
    assert said[-1].startswith("จะนำเข้า (ยังไม่ได้บันทึก): เพิ่ม ")
    assert snapshot() == before


def test_changes_and_conflicts_are_told_apart(full, file):
    write(criterion(full, "1.1").obstacles, "<p>ในระบบ</p>")
    content = file.read_bytes().replace("ทางแก้ของหมวด".encode(), "ทางแก้ใหม่".encode())
    file.write_bytes(content.replace("<p>อุปสรรค</p>".encode(), "<p>อุปสรรคอื่น</p>".encode()))
    assert run(file, dry_run=True) == [
        "เปลี่ยน หมวด 1 แนวทางแก้ไข",
        "มีผู้แก้ไขแล้ว ข้อ 1.1 ปัญหาและอุปสรรค",
        "จะนำเข้า (ยังไม่ได้บันทึก): เพิ่ม 0 เปลี่ยน 2 ภาพใหม่ 0",
    ]
    with pytest.raises(CommandError, match=r"ข้อ 1\.1 ปัญหาและอุปสรรค: มีผู้แก้ไขในระบบ"):
        run(file)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"year": 2022}, "เป็นคริสต์ศักราช"), ({"agency": "nobody"}, "ไม่พบหน่วยงานรหัส nobody")],
)
def test_options_that_cannot_be_are_refused(full, file, options, message):
    with pytest.raises(CommandError) as error:
        run(file, **options)
    assert message in str(error.value)


def test_a_file_that_is_not_there_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="เปิดไฟล์ไม่ได้"):
        run(tmp_path / "none.json")


def test_a_closed_round_takes_nothing(full, file):
    close_round(round=full, by=full.opened_by)
    with pytest.raises(CommandError, match="แบบฟอร์มปีนี้ปิดแล้ว"):
        run(file)
