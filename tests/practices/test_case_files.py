"""Loading and dumping: idempotent, whole or not at all, every fault with its place."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from framework.files import FileRefused, Quoted
from organizations.models import Agency, AuditEvent
from practices.loading import load_practices
from practices.loading.report import lines
from practices.models import Practice, PracticeStatus
from practices.services import withdraw_practice
from texts.models import Figure, Revision

from .conftest import AGENCY, CASE, png

pytestmark = pytest.mark.usefixtures("world")

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo_senate_2565"
FIGURE = '<figure><img src="{}" alt="แผนที่"><figcaption>แผนที่</figcaption></figure>'


def refused(*paths: Path) -> list[str]:
    """The faults of files that must not be loaded, without anything written."""
    with pytest.raises(FileRefused) as refusal:
        load_practices(list(paths))
    assert Practice.objects.count() == 0
    assert Agency.objects.filter(code="dol").count() == 0
    return [str(fault) for fault in refusal.value.faults]


# --- the real files -------------------------------------------------------------------------------


def test_the_demonstration_cases_are_dumped_as_the_same_bytes(tmp_path) -> None:
    sources = sorted((DEMO / "practices").glob("*.yaml"))
    call_command("load_practices", *sources, stdout=StringIO())
    call_command("dump_practices", tmp_path, edition="2564", stdout=StringIO())

    assert Practice.objects.published().count() == 36
    assert Agency.objects.filter(practices__isnull=False).distinct().count() == 23
    assert {path.name for path in (tmp_path / "practices").iterdir()} == {path.name for path in sources}
    for path in sources:
        assert (tmp_path / "practices" / path.name).read_bytes() == path.read_bytes()
    pictures = list((tmp_path / "figures").iterdir())
    assert len(pictures) == 9
    for path in pictures:
        assert path.read_bytes() == (DEMO / "figures" / path.name).read_bytes()


def test_loading_the_demonstration_cases_twice_changes_nothing() -> None:
    sources = sorted((DEMO / "practices").glob("*.yaml"))
    load_practices(sources)
    before = (
        Revision.objects.count(),
        Figure.objects.count(),
        list(Practice.objects.values_list("pk", "version")),
    )

    out = StringIO()
    call_command("load_practices", *sources, stdout=out)

    assert out.getvalue().splitlines() == [
        "หน่วยงาน: ใหม่ 0 เปลี่ยน 0 คงเดิม 23",
        "ตัวอย่างที่เป็นเลิศ: ใหม่ 0 เปลี่ยน 0 คงเดิม 36",
    ]
    after = (
        Revision.objects.count(),
        Figure.objects.count(),
        list(Practice.objects.values_list("pk", "version")),
    )
    assert after == before


# --- what loading writes --------------------------------------------------------------------------


def test_a_case_is_stored_with_its_agency_criteria_text_and_figure(files) -> None:
    path = files.write(
        {"criteria": ["2.1", "1.2"], "text": f"<p>ก</p>\n{FIGURE.format('../figures/map.png')}\n"}
    )

    load = load_practices([path])

    practice = Practice.objects.get(key="dol-culture")
    figure = Figure.objects.get()
    assert list(lines(load)) == [
        "ใหม่ dol กรมที่ดิน",
        "ใหม่ dol-culture กรมที่ดิน: ปลูกฝังวัฒนธรรมดิจิทัล",
    ]
    assert (practice.agency.name, practice.agency.hosted, practice.award_year) == ("กรมที่ดิน", False, 2564)
    assert sorted(c.identity for c in practice.criteria.all()) == ["pmqa4-1.2", "pmqa4-2.1"]
    assert practice.status == PracticeStatus.PUBLISHED
    assert (figure.name, figure.agency, Path(figure.file.path).read_bytes()) == ("map", None, png())
    assert practice.text.html == "<p>ก</p>" + FIGURE.format(figure.get_absolute_url())


def test_a_dry_run_says_the_same_and_writes_nothing(files) -> None:
    path = files.write({"text": FIGURE.format("../figures/map.png")})
    out, dry = StringIO(), StringIO()

    call_command("load_practices", path, dry_run=True, stdout=dry)
    assert (Practice.objects.count(), Figure.objects.count()) == (0, 0)
    assert not Agency.objects.filter(code="dol").exists()
    call_command("load_practices", path, stdout=out)

    assert dry.getvalue() == out.getvalue() + "เป็นการตรวจเท่านั้น ยังไม่ได้บันทึกสิ่งใด\n"
    assert Practice.objects.count() == 1


def test_a_corrected_file_changes_what_differs_and_says_what(files, world) -> None:
    load_practices([files.write({}, {"key": "dol-second", "title": "เรื่องที่สอง"})])
    corrected = {"title": "ชื่อใหม่", "award_year": 2565, "text": "<p>ย่อหน้าใหม่</p>"}
    path = files.write(
        corrected, {"key": "dol-second", "title": "เรื่องที่สอง"}, agencies=[AGENCY | {"short_name": "ทด."}]
    )

    dry = StringIO()
    call_command("load_practices", path, dry_run=True, verbosity=2, stdout=dry)
    load = load_practices([path], by=world.admin)

    assert dry.getvalue().splitlines() == [
        "เปลี่ยน dol กรมที่ดิน (ชื่อย่อ)",
        "เปลี่ยน dol-culture กรมที่ดิน: ชื่อใหม่ (ชื่อเรื่อง, ปีที่ได้รับรางวัล, เนื้อหา)",
        "    ชื่อเรื่อง: ปลูกฝังวัฒนธรรมดิจิทัล → ชื่อใหม่",
        "    ปีที่ได้รับรางวัล: 2564 → 2565",
        "    เนื้อหา: [-ย่อหน้าแรก-] {+ย่อหน้าใหม่+}",
        "คงเดิม dol-second กรมที่ดิน: เรื่องที่สอง",
        "หน่วยงาน: ใหม่ 0 เปลี่ยน 1 คงเดิม 0",
        "ตัวอย่างที่เป็นเลิศ: ใหม่ 0 เปลี่ยน 1 คงเดิม 1",
        "เป็นการตรวจเท่านั้น ยังไม่ได้บันทึกสิ่งใด",
    ]
    assert [case.changed for case in load.cases.all()] == [["title", "award_year", "text"]]
    practice = Practice.objects.get(key="dol-culture")
    assert (practice.title, practice.award_year, practice.version) == ("ชื่อใหม่", 2565, 2)
    assert list(practice.text.revisions.values_list("html", flat=True)) == [
        "<p>ย่อหน้าใหม่</p>",
        "<p>ย่อหน้าแรก</p>",
    ]
    assert practice.agency.short_name == "ทด."
    event = AuditEvent.objects.get(verb="practices.loaded", actor=world.admin)
    assert (event.facts["changed"], event.facts["agencies_changed"]) == (1, ["dol"])


def test_a_withdrawn_case_stays_withdrawn(files, world) -> None:
    path = files.write()
    load_practices([path])
    withdraw_practice(practice=Practice.objects.get(), by=world.admin)

    load = load_practices([files.write({"title": "ชื่อใหม่"})])

    assert [": ".join(warning) for warning in load.warnings] == [
        "one.yaml บรรทัด 5 ช่อง practices[0]: ตัวอย่าง “dol-culture” ถูกถอนแล้ว จึงข้ามไป"
    ]
    assert Practice.objects.get().title == CASE["title"]


def test_a_file_does_not_empty_a_published_case(files) -> None:
    load_practices([files.write()])
    with pytest.raises(FileRefused) as refusal:
        load_practices([files.write({"text": ""})])
    [fault] = refusal.value.faults
    assert str(fault).startswith("one.yaml บรรทัด 13 ช่อง practices[0].text: ตัวอย่างนี้เผยแพร่อยู่ จึงต้องมีเนื้อหา")
    assert Practice.objects.get().text.html == "<p>ย่อหน้าแรก</p>"


def test_markup_outside_the_allow_list_is_taken_away_and_reported(files) -> None:
    dirty = '<p style="color:red">ก<script>alert(1)</script> <b>ข</b></p><p><a href="http://example.org/">ค</a></p>'

    load = load_practices([files.write({"text": dirty})])

    assert Practice.objects.get().text.html == "<p>ก <strong>ข</strong></p><p>ค</p>"
    assert [message for _, message in load.warnings] == [
        "ตัดส่วนที่ไม่รับออกจากข้อความ: <a href> <a> <p style> <script>"
    ]


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "place", "message"),
    [
        ({"criteria": ["8.1"]}, "criteria[0]", "ไม่มีหมวด 8 ในเกณฑ์ฉบับนี้ (มีหมวด 1–7)"),
        ({"criteria": ["3.9"]}, "criteria[0]", "ไม่มีเกณฑ์ 3.9 ในเกณฑ์ฉบับนี้"),
        ({"criteria": []}, "criteria", "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ"),
        ({"criteria": ["1.1", "1.1"]}, "criteria[1]", "มีเกณฑ์ 1.1 ซ้ำ"),
        ({"award_year": 2024}, "award_year", "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"),
        ({"award_year": "2567"}, "award_year", "ต้องเป็นปีพุทธศักราชสี่หลัก เช่น 2564 หรือ null เมื่อไม่ทราบ"),
        ({"agency": "dopa"}, "agency", "ไม่มีหน่วยงานรหัส “dopa” ในรายการ agencies ของไฟล์นี้"),
        ({"key": "Dol Culture"}, "key", "รหัส “Dol Culture” ต้องเป็นอักษร a–z ตัวเลข 0–9 และขีด (-) เท่านั้น"),
        ({"title": ""}, "title", "ต้องไม่ว่าง"),
        ({"title": "ก" * 301}, "title", "ยาว 301 อักขระ ต้องไม่เกิน 300"),
        ({"title": "สอง\nบรรทัด"}, "title", "ต้องเป็นบรรทัดเดียว"),
        (
            {"text": "<p>" + "ก" * 200_000},
            "text",
            "ข้อความยาวเกินไป (เกิน 200,000 อักขระรวมรูปแบบ) กรุณาแบ่งเป็นหลายกิจกรรม",
        ),
    ],
)
def test_a_faulty_field_is_named(files, case, place, message) -> None:
    faults = refused(files.write(case))

    assert len(faults) == 1
    assert faults[0].startswith("one.yaml บรรทัด ")
    assert faults[0].endswith(f" ช่อง practices[0].{place}: {message}")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("../figures/absent.png", "ไม่พบไฟล์ภาพ “../figures/absent.png”"),
        (
            "../../outside.png",
            "ภาพ “../../outside.png” อยู่นอกโฟลเดอร์ที่อนุญาต ภาพต้องอยู่ภายใต้โฟลเดอร์เดียวกับชุดไฟล์นี้",
        ),
        (
            "../figures/leads-out.png",
            "ภาพ “../figures/leads-out.png” อยู่นอกโฟลเดอร์ที่อนุญาต ภาพต้องอยู่ภายใต้โฟลเดอร์เดียวกับชุดไฟล์นี้",
        ),
        (
            "../figures/drawing.png",
            "ภาพ “../figures/drawing.png”: ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP ที่เปิดได้ กรุณาเลือกไฟล์ภาพอื่น",
        ),
        ("/etc/hostname", "อ้างถึงภาพ “/etc/hostname” ไม่ได้ กรุณาใช้ชื่อไฟล์ภาพ เช่น ../figures/map.png"),
        (
            "http://example.org/map.png",
            "อ้างถึงภาพ “http://example.org/map.png” ไม่ได้ กรุณาใช้ชื่อไฟล์ภาพ เช่น ../figures/map.png",
        ),
        ("", "อ้างถึงภาพ “” ไม่ได้ กรุณาใช้ชื่อไฟล์ภาพ เช่น ../figures/map.png"),
    ],
)
def test_a_picture_that_cannot_be_taken_is_named_with_its_line(files, source, message) -> None:
    files.figure("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (files.root / "figures" / "leads-out.png").symlink_to(files.outside)

    faults = refused(files.write({"text": f"<p>ก</p>\n{FIGURE.format(source)}\n"}))

    assert faults == [f"one.yaml บรรทัด 15 ช่อง practices[0].text: {message}"]


def test_an_agency_spelt_two_ways_is_named(files) -> None:
    first = files.write()
    spaced = files.write({"key": "second"}, name="two.yaml", agencies=[AGENCY | {"name": "กรม ที่ดิน"}])
    other = AGENCY | {"code": "dol-office", "name": "สำนักงานกรมที่ดิน"}
    renamed = files.write({"key": "third", "agency": "dol-office"}, name="three.yaml", agencies=[other])

    assert refused(first, spaced) == [
        "two.yaml บรรทัด 3 ช่อง agencies[0].name: “กรม ที่ดิน” ไม่ตรงกับ “กรมที่ดิน” ที่ one.yaml บรรทัด 3 ช่อง agencies[0]"
    ]
    assert refused(first, renamed) == [
        "three.yaml บรรทัด 3 ช่อง agencies[0].name: สะกดคล้ายกับ “กรมที่ดิน” รหัส dol ที่ one.yaml บรรทัด 3 "
        "ช่อง agencies[0] กรุณาใช้หน่วยงานเดียวกันด้วยรหัสเดียว"
    ]


def test_an_agency_that_the_installation_spells_otherwise_is_named(files) -> None:
    Agency.objects.create(code="land", name="สำนักงาน กรมที่ดิน")

    assert refused(files.write()) == [
        "one.yaml บรรทัด 3 ช่อง agencies[0].name: สะกดคล้ายกับ “สำนักงาน กรมที่ดิน” รหัส land ที่มีในระบบแล้ว กรุณาใช้รหัสนั้น"
    ]


def test_a_file_cannot_rename_a_tenant(files, world) -> None:
    agency = {"code": "nso", "name": "สำนักงานสถิติ", "short_name": "", "kind": "office"}

    faults = refused(files.write({"agency": "nso"}, agencies=[agency]))

    assert len(faults) == 1
    assert "หน่วยงานนี้ใช้งานระบบอยู่ แก้ชื่อด้วยไฟล์ไม่ได้" in faults[0]
    world.there.agency.refresh_from_db()
    assert world.there.agency.name == "สำนักงานสถิติแห่งชาติ"


def test_a_file_cannot_overwrite_what_an_agency_keeps_to_itself(files, make_practice, world) -> None:
    own = make_practice(kept_to=world.here.agency, agency=world.there.agency)
    Practice.objects.filter(pk=own.pk).update(key="dol-culture")

    with pytest.raises(FileRefused, match="เป็นของตัวอย่างที่ สำนักงานเลขาธิการวุฒิสภา เก็บไว้ใช้เอง"):
        load_practices([files.write()])
    assert Practice.objects.get().title == own.title


def test_unknown_fields_editions_and_duplicate_keys_are_named_together(files) -> None:
    first = files.write({"colour": "red"})
    second = files.write(name="two.yaml", edition=Quoted("2599"))
    broken = files.root / "practices" / "three.yaml"
    broken.write_text("practices: [", encoding="utf-8")

    faults = refused(first, second, broken)

    assert len(faults) == 4
    assert faults[0].startswith("one.yaml บรรทัด ")
    assert "ช่อง practices[0].colour: ไม่รู้จักช่อง “colour”" in faults[0]
    assert faults[1].startswith("three.yaml บรรทัด 2: อ่านไม่ได้")
    assert faults[2] == "two.yaml บรรทัด 1 ช่อง edition: ไม่รู้จักเกณฑ์ฉบับ “2599” ฉบับที่มีในระบบ: 2564"
    assert faults[3].endswith(
        "ช่อง practices[0].key: มีรหัส “dol-culture” แล้วที่ one.yaml บรรทัด 5 ช่อง practices[0]"
    )


def test_the_command_names_the_faults_and_writes_nothing(files) -> None:
    path = files.write({}, {"key": "dol-second", "award_year": 2024})

    with pytest.raises(CommandError) as refusal:
        call_command("load_practices", path)

    lines = str(refusal.value).splitlines()
    assert lines[0] == "พบข้อผิดพลาด 1 แห่ง ยังไม่ได้บันทึกสิ่งใด"
    assert lines[1].startswith("  one.yaml บรรทัด ")
    assert "คริสต์ศักราช" in lines[1]
    assert Practice.objects.count() == 0


# --- dumping --------------------------------------------------------------------------------------


def test_only_shared_published_cases_are_dumped(files, make_practice, world, tmp_path) -> None:
    load_practices([files.write()])
    make_practice("ของหน่วยงาน", kept_to=world.here.agency)
    make_practice("ร่าง", status=PracticeStatus.DRAFT)
    withdraw_practice(practice=make_practice("ถอนแล้ว"), by=world.admin)

    call_command("dump_practices", tmp_path / "out", stdout=StringIO())

    written = sorted(
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")
    )
    assert written == ["practices/category_1.yaml"]
    text = (tmp_path / "out" / "practices" / "category_1.yaml").read_text(encoding="utf-8")
    assert text.count("- key:") == 1
    assert "dol-culture" in text


def test_two_pictures_of_one_name_are_dumped_under_two_names(files, tmp_path) -> None:
    first = files.write({"text": FIGURE.format("../figures/map.png")})
    (files.root / "more").mkdir()
    (files.root / "more" / "map.png").write_bytes(png("green"))
    second = files.write({"key": "dol-second", "text": FIGURE.format("../more/map.png")}, name="two.yaml")
    load_practices([first, second])

    call_command("dump_practices", tmp_path / "out", stdout=StringIO())

    pictures = {path.name: path.read_bytes() for path in (tmp_path / "out" / "figures").iterdir()}
    assert pictures == {"map.png": png(), "map-2.png": png("green")}
    text = (tmp_path / "out" / "practices" / "category_1.yaml").read_text(encoding="utf-8")
    assert text.index("../figures/map.png") < text.index("../figures/map-2.png")


def test_an_unknown_edition_is_refused_when_dumping(tmp_path) -> None:
    with pytest.raises(CommandError, match="ไม่รู้จักเกณฑ์ฉบับ “2599” ฉบับที่มีในระบบ: 2564"):
        call_command("dump_practices", tmp_path, edition="2599")
