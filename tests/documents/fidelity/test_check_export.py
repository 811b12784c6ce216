"""`manage.py check_export` on the demonstration, and where something is missing."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from documents.enums import Format
from documents.exporters import EXPORTERS, page
from documents.fidelity.fields import stored_fields
from documents.fidelity.readers import READERS
from tests.documents.conftest import here, there, world  # noqa: F401
from tests.documents.exchange.conftest import full, load_demonstration  # noqa: F401


def check(code: str, year: int = 2565) -> str:
    out = io.StringIO()
    call_command("check_export", agency=code, year=year, stdout=out)
    return out.getvalue()


def test_the_demonstration_stands_whole_in_every_format(db, settings, tmp_path):
    round = load_demonstration(settings, tmp_path)
    fields = stored_fields(round)
    kinds = {field.kind: sum(other.kind == field.kind for other in fields) for field in fields}
    assert (kinds["ข้อเสนอแนะ"], kinds["ตัวอย่างที่เป็นเลิศ"], kinds["กิจกรรม"], kinds["ผู้รับผิดชอบ"]) == (
        27,
        36,
        49,
        49,
    )
    said = check("senate")
    assert f"ครบ: {len(fields)} ช่อง ใน {len(EXPORTERS)} รูปแบบ ขาด 0" in said
    assert "กิจกรรม\t" + "\t".join(["49/49"] * len(EXPORTERS)) in said


@pytest.fixture
def light(monkeypatch):
    """Only the formats that are made at once."""
    for format in list(EXPORTERS):
        if format not in (Format.JSON, Format.HTML):
            monkeypatch.delitem(EXPORTERS, format)


def test_what_a_format_loses_is_named_and_ends_with_an_error(full, light, monkeypatch):  # noqa: F811
    whole = page.export

    def losing(order):
        made = whole(order)
        content = made.content.replace("อุปสรรคของหมวด".encode(), b"").replace("ทุกสำนัก".encode(), b"")
        return type(made)(made.filename, made.media_type, content, made.sha256)

    monkeypatch.setattr(page, "export", losing)
    with pytest.raises(CommandError) as error:
        check("senate")
    assert error.value.returncode == 1
    assert [line.split(" ไม่พบ ")[0].rsplit(" ", 1)[0] for line in str(error.value).splitlines()] == [
        "html: ปัญหาและอุปสรรค หมวด",
        "html: ผู้รับผิดชอบ กิจกรรม",
    ]


def test_a_format_without_a_reader_fails(full, light, monkeypatch):  # noqa: F811
    monkeypatch.delitem(READERS, Format.HTML)
    with pytest.raises(CommandError, match="html: ไม่มีตัวอ่านสำหรับรูปแบบนี้"):
        check("senate")


def test_a_round_that_is_not_there_is_named(here):  # noqa: F811
    with pytest.raises(CommandError, match="ไม่พบแบบฟอร์มปี 2599 ของหน่วยงาน senate"):
        check("senate", 2599)
