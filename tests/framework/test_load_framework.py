"""Loading editions: idempotent, all or nothing, every fault with its line, the same file out as in."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import timezone

from framework.data import Change
from framework.exporters import dump_edition, edition_file
from framework.files import FileRefused
from framework.importers import read_edition
from framework.models import (
    Criterion,
    Edition,
    EditionCriterion,
    LevelDescriptor,
    ResultLink,
    SubItem,
    Succession,
)
from framework.services import CriterionInUse, EditionLocked, load_edition, wordings_of_year
from organizations.models import AuditEvent
from tests.world import World, make_edition

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "framework"
FILES = [FOLDER / "2564.yaml", FOLDER / "2567.yaml"]
TEXT = FILES[0].read_text(encoding="utf-8")


def line_of(text: str, part: str, occurrence: int = 1) -> int:
    """The line on which `part` stands for the n-th time."""
    return [number for number, line in enumerate(text.splitlines(), 1) if part in line][occurrence - 1]


def load(text: str) -> tuple[Change, ...]:
    """Load a changed file; what it changed."""
    return load_edition(data=read_edition(text.encode(), "x.yaml"), by=None).changes


def run(*paths: Path) -> tuple[str, str]:
    """What the command writes; a refusal is not raised here."""
    out, err = StringIO(), StringIO()
    try:
        call_command("load_framework", *map(str, paths), stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue(), err.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_loaded_edition_is_dumped_as_the_same_file(path: Path) -> None:
    call_command("load_framework", *map(str, FILES), stdout=StringIO())
    edition = Edition.objects.get(code=path.stem)
    written = dump_edition(edition)
    assert yaml.safe_load(written) == yaml.safe_load(path.read_text(encoding="utf-8"))
    assert load(written) == ()
    assert edition_file(edition) == (f"{path.stem}.yaml", "application/yaml; charset=utf-8", written.encode())


@pytest.mark.django_db
def test_both_files_hold_the_whole_framework() -> None:
    call_command("load_framework", *map(str, FILES), stdout=StringIO())
    new = Edition.objects.get(code="2567")
    assert list(new.categories.values_list("number", "kind", "revised")) == [
        *((number, "process", number in (4, 5)) for number in range(1, 7)),
        (7, "result", False),
    ]
    assert new.criteria.count() == 30
    assert Criterion.objects.count() == 30
    assert LevelDescriptor.objects.filter(criterion__edition__code="2564").count() == 0
    descriptor = LevelDescriptor.objects.get(
        criterion__edition=new, criterion__code="3.3", level__code="significance"
    )
    assert descriptor.text == "สร้างนวัตกรรมที่สามารถออกแบบการให้บริการเฉพาะบุคคล"
    assert list(SubItem.objects.values_list("code", flat=True)) == ["3.1.1", "5.3.3", "5.4.4", "6.3.2"]
    links = ResultLink.objects.filter(category__edition=new).values_list("category__number", "result__code")
    assert sorted(links) == [
        *((1, code) for code in ("7.4", "7.5")),
        *((2, code) for code in ("7.1", "7.2")),
        *((3, code) for code in ("7.1", "7.2")),
        *((4, f"7.{index}") for index in range(1, 7)),
        *((5, code) for code in ("7.3", "7.6")),
        *((6, code) for code in ("7.3", "7.6")),
    ]
    assert [band.points for band in new.result_bands.order_by("position")] == [100, 300, 400, 500]


@pytest.mark.django_db
def test_loading_again_writes_nothing_and_says_so() -> None:
    out, err = run(*FILES)
    assert (out, err) == ("2564.yaml: นำเข้าฉบับใหม่ (41 รายการ)\n2567.yaml: นำเข้าฉบับใหม่ (49 รายการ)\n", "")
    before = list(EditionCriterion.objects.values())
    out, err = run(*FILES)
    assert (out, err) == (
        "2564.yaml: ไม่มีการเปลี่ยนแปลง (41 รายการ)\n2567.yaml: ไม่มีการเปลี่ยนแปลง (49 รายการ)\n",
        "",
    )
    assert list(EditionCriterion.objects.values()) == before
    assert AuditEvent.objects.filter(verb="edition.loaded").count() == 2


@pytest.mark.django_db
def test_changes_are_reported_field_by_field_and_rows_keep_their_keys(tmp_path: Path) -> None:
    load(TEXT)
    before = dict(EditionCriterion.objects.values_list("code", "pk"))
    changed = tmp_path / "2564.yaml"
    changed.write_text(
        TEXT.replace("name: การนำองค์การ\n", "name: การนำ\n")
        .replace('    intent: ""\n', "    intent: เจตนา\n", 1)
        .replace("    focus_points: []\n", "    focus_points: [หนึ่ง, สอง]\n", 1)
        .replace('levels: {basic: "", advance', "levels: {basic: พื้นฐาน, advance", 1)
        .replace(
            "        sub_items: []\n", '        sub_items: [{code: "1.1.2", text: ข้อ, level: basic}]\n', 1
        )
        .replace("result_bands: []", "result_bands: [{label: น้อยลง, points: 100}]")
        .replace('["7.4", "7.5"]', '["7.5"]'),
        encoding="utf-8",
    )
    out, err = run(changed)
    assert err == ""
    assert out.splitlines() == [
        "2564.yaml: เพิ่ม 2 เปลี่ยนหรือตัดออก 6 คงเดิม 39 รายการ",
        "  เพิ่ม ช่วงคะแนนหมวด 7 ที่ 1",
        "  หมวด 1 ชื่อ: “การนำองค์การ” → “การนำ”",
        "  หมวด 1 เจตนารมณ์: “ว่าง” → “เจตนา”",
        "  หมวด 1 ส่งผลต่อ: “7.4, 7.5” → “7.5”",
        "  หมวด 1 จุดเน้นที่ 1: “ว่าง” → “หนึ่ง”",
        "  หมวด 1 จุดเน้นที่ 2: “ว่าง” → “สอง”",
        "  ข้อ 1.1 ระดับ basic: “ว่าง” → “พื้นฐาน”",
        "  เพิ่ม ข้อย่อย 1.1.2",
    ]
    assert dict(EditionCriterion.objects.values_list("code", "pk")) == before
    assert yaml.safe_load(dump_edition(Edition.objects.get())) == yaml.safe_load(
        changed.read_text(encoding="utf-8")
    )
    assert [str(change) for change in load(TEXT)][-1] == "ตัดออก ข้อย่อย 1.1.2"
    assert yaml.safe_load(dump_edition(Edition.objects.get())) == yaml.safe_load(TEXT)


@pytest.mark.django_db
def test_two_criteria_may_change_places() -> None:
    load(TEXT)
    swapped = (
        TEXT.replace("pmqa4-1.1\n", "pmqa4-x\n")
        .replace("pmqa4-1.2\n", "pmqa4-1.1\n")
        .replace("-x\n", "-1.2\n")
    )
    assert [change.new for change in load(swapped)] == ["pmqa4-1.2", "pmqa4-1.1"]
    assert dict(
        EditionCriterion.objects.filter(position__lte=2).values_list("code", "criterion__identity")
    ) == {
        "1.1": "pmqa4-1.2",
        "1.2": "pmqa4-1.1",
    }


@pytest.mark.django_db
def test_successors_name_criteria_of_this_or_an_earlier_edition() -> None:
    load(TEXT)
    newer = (
        TEXT.replace('code: "2564"', 'code: "2570"')
        .replace("pmqa4-1.1\n", "pmqa4-1.1a\n")
        .replace(
            "successors: []",
            "successors: [{from: pmqa4-1.1, to: pmqa4-1.1a}, {from: pmqa4-1.2, to: pmqa4-1.1a}]",
        )
    )
    load(newer)
    assert list(Succession.objects.values_list("old__identity", "new__identity").order_by("pk")) == [
        ("pmqa4-1.1", "pmqa4-1.1a"),
        ("pmqa4-1.2", "pmqa4-1.1a"),
    ]
    assert yaml.safe_load(dump_edition(Edition.objects.get(code="2570"))) == yaml.safe_load(newer)
    assert load(newer) == ()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("  year: 2564", "  year: 2024", [("edition.year", "ต้องอยู่ระหว่าง 2400 ถึง 2700 แต่พบ 2024")]),
        ("  year: 2564", "  year: 2701", [("edition.year", "ต้องอยู่ระหว่าง 2400 ถึง 2700 แต่พบ 2701")]),
        ("  year: 2564", "  year: ๒๕๖๔", [("edition.year", "ต้องเป็นจำนวนเต็ม 2400–2700")]),
        ('code: "2564"', 'code: "load"', [("edition.code", "ใช้ได้เฉพาะตัวอักษรอังกฤษ ตัวเลข จุด และขีด และต้องไม่ใช่คำว่า load")]),
        ('code: "2564"', 'code: "a/b"', [("edition.code", "ใช้ได้เฉพาะตัวอักษรอังกฤษ ตัวเลข จุด และขีด และต้องไม่ใช่คำว่า load")]),
        ('code: "2564"', "code: 2564", [("edition.code", "ต้องเป็นข้อความ กรุณาใส่เครื่องหมายคำพูดครอบตัวเลข")]),
        ('      - code: "1.2"', '      - code: "1.3"', [
            ("categories[0].criteria[1].code", "เกณฑ์ลำดับที่ 2 ของหมวด 1 ต้องมีรหัส 1.2 แต่พบ 1.3"),
            ("categories[0].criteria[2].code", "มีเกณฑ์ 1.3 ซ้ำ (ครั้งแรกที่บรรทัด 33)"),
        ]),
        ("identity: pmqa4-2.1", "identity: pmqa4-1.1", [
            ("categories[1].criteria[0].identity", "มีรหัสประจำเกณฑ์ pmqa4-1.1 ซ้ำ (ครั้งแรกที่บรรทัด 27)")
        ]),
        ("  - number: 2", "  - number: 1", [
            ("categories", "ไม่มีหมวด 2 ต้องมีหมวด 1–7 ครบ"),
            ("categories[1].number", "มีหมวด 1 ซ้ำ (ครั้งแรกที่บรรทัด 17)"),
            *((f"categories[1].criteria[{i}].code", f"เกณฑ์ลำดับที่ {i + 1} ของหมวด 1 ต้องมีรหัส 1.{i + 1} แต่พบ 2.{i + 1}")
              for i in range(4)),
        ]),
        ("  - number: 7\n    kind: result", "  - number: 7\n    kind: process", [
            ("categories[6].kind", "หมวด 7 ต้องเป็น result"),
        ]),
        ('["7.4", "7.5"]', '["7.4", "7.9"]', [("categories[0].supports[1]", "ไม่มีเกณฑ์ผลลัพธ์ 7.9 ในหมวด 7 ของไฟล์นี้")]),
        ('["7.4", "7.5"]', '["7.4", "7.4"]', [("categories[0].supports[1]", "มี 7.4 ซ้ำ (ครั้งแรกที่บรรทัด 24)")]),
        ('["7.4", "7.5"]', '["1.1", "7.5"]', [("categories[0].supports[0]", "ไม่มีเกณฑ์ผลลัพธ์ 1.1 ในหมวด 7 ของไฟล์นี้")]),
        ("    supports: []", '    supports: ["7.1"]', [
            ("categories[6].supports[0]", "หมวด 7 เป็นผลลัพธ์ ไม่ส่งผลต่อเกณฑ์อื่น"),
        ]),
        ("        levels: {}", "        levels: {basic: ก}", [
            ("categories[6].criteria[0].levels", "เกณฑ์หมวด 7 ไม่มีคำอธิบายระดับ กรุณาเขียน {}"),
        ]),
        ("{code: basic, name", "{code: expert, name", [
            ("levels[0].code", "ไม่รู้จัก “expert” ค่าที่ใช้ได้คือ basic, advance, significance"),
        ]),
        ("points: 400}", "points: 300}", [("levels[1]", "คะแนนต้องมากกว่าระดับก่อนหน้า (300) แต่พบ 300")]),
        ("points: 400}", "points: 900}", [("levels[1].points", "ต้องอยู่ระหว่าง 1 ถึง 500 แต่พบ 900")]),
        ("    revised: false", "    revised: ไม่", [("categories[0].revised", "ต้องเป็น true หรือ false")]),
        ("    goal:", "    gaol:", [
            ("categories[0].goal", "ไม่มีช่องนี้ กรุณาเพิ่ม"),
            ("categories[0].gaol", "ไม่รู้จักช่อง “gaol” ช่องที่ใช้ได้คือ "
             "criteria, focus_points, goal, intent, kind, name, number, revised, supports"),
        ]),
        ("        sub_items: []", '        sub_items: [{code: "1.2.1", text: ก, level: top}]', [
            ("categories[0].criteria[0].sub_items[0].code", "ข้อย่อยของเกณฑ์ 1.1 ต้องมีรหัส 1.1.1, 1.1.2, … แต่พบ 1.2.1"),
            ("categories[0].criteria[0].sub_items[0].level", "ไม่รู้จัก “top” ค่าที่ใช้ได้คือ basic, advance, significance"),
        ]),
        ('{basic: "", advance: "", significance: ""}', "{basic: ก, expert: ข}", [
            ("categories[0].criteria[0].levels.expert", "ไม่รู้จักช่อง “expert” ช่องที่ใช้ได้คือ advance, basic, significance"),
        ]),
        ("successors: []", "successors: [{from: pmqa4-9.9, to: pmqa4-8.8}, {from: pmqa4-1.1, to: pmqa4-1.1}]", [
            ("successors[0].to", "ไม่มีเกณฑ์ที่มีรหัสประจำ pmqa4-8.8 ในไฟล์นี้"),
            ("successors[0].from", "ไม่รู้จักรหัสประจำเกณฑ์ pmqa4-9.9 ทั้งในไฟล์นี้และในฉบับที่นำเข้าไว้แล้ว"),
            ("successors[1].to", "เกณฑ์สืบต่อจากตัวเองไม่ได้"),
        ]),
        ("short_name: ป้องกันทุจริตและสร้างความโปร่งใส", "short_name: " + "ก" * 301, [
            ("categories[0].criteria[1].short_name", "ยาว 301 อักขระ ต้องไม่เกิน 300"),
        ]),
    ],
)  # fmt: skip
def test_a_file_that_does_not_add_up_is_refused_with_line_and_field(
    old: str, new: str, faults: list[tuple[str, str]]
) -> None:
    assert old in TEXT
    wrong = TEXT.replace(old, new, 1)
    with pytest.raises(FileRefused) as refused:
        read_edition(wrong.encode(), "2564.yaml")
    assert [(fault.field, fault.message) for fault in refused.value.faults] == faults
    if len(faults) == 1:
        place = line_of(TEXT, old.splitlines()[-1], 1)
        assert refused.value.faults[0].line == place


@pytest.mark.django_db
def test_all_faults_come_together_and_nothing_is_written(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(TEXT, encoding="utf-8")
    wrong = TEXT.replace("  year: 2564", "  year: 24").replace('code: "2564"', 'code: "2599"')
    bad.write_text(wrong.replace("name: การวางแผนเชิงยุทธศาสตร์", "name: ''"), encoding="utf-8")
    out, err = run(bad, good)
    assert out == "good.yaml: นำเข้าฉบับใหม่ (41 รายการ)\n"
    assert err.splitlines() == [
        "bad.yaml บรรทัด 7 ช่อง edition.year: ต้องอยู่ระหว่าง 2400 ถึง 2700 แต่พบ 24",
        f"bad.yaml บรรทัด {line_of(TEXT, 'name: การวางแผนเชิงยุทธศาสตร์')} ช่อง categories[1].name: ต้องไม่ว่าง",
        "ไม่ได้บันทึก 1 ไฟล์: bad.yaml",
    ]
    assert list(Edition.objects.values_list("code", flat=True)) == ["2564"]


@pytest.mark.django_db
def test_a_file_of_another_kind_is_refused_without_a_flood(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read_edition(b"practices: []\n", "practices.yaml")
    assert [fault.field for fault in refused.value.faults] == [
        "practices", "edition", "edition.code", "levels", "categories", "edition.year", "edition.name",
        "edition.character_limit", "edition.source", "result_bands", "successors",
    ]  # fmt: skip


@pytest.mark.django_db
def test_json_loads_like_yaml() -> None:
    load(TEXT)
    assert load(json.dumps(yaml.safe_load(TEXT), indent=2)) == ()


@pytest.mark.django_db
def test_an_edition_in_use_takes_the_same_file_but_no_change(tmp_path: Path) -> None:
    load(TEXT)
    Edition.objects.update(locked_at=timezone.now())
    changed = tmp_path / "2564.yaml"
    changed.write_text(TEXT.replace("name: การนำองค์การ\n", "name: การนำ\n"), encoding="utf-8")
    assert load(TEXT) == ()
    with pytest.raises(EditionLocked) as locked:
        load(changed.read_text(encoding="utf-8"))
    assert [str(change) for change in locked.value.difference.changes] == [
        "หมวด 1 ชื่อ: “การนำองค์การ” → “การนำ”"
    ]
    out, err = run(changed)
    assert out == ""
    assert err.splitlines() == [
        "2564.yaml: เกณฑ์ PMQA 4.0 พ.ศ. 2564 มีแบบฟอร์มใช้อยู่แล้ว แก้ไขไม่ได้ ไฟล์ต่างจากฉบับที่นำเข้าไว้ดังนี้",
        "  หมวด 1 ชื่อ: “การนำองค์การ” → “การนำ”",
        "ไม่ได้บันทึก 1 ไฟล์: 2564.yaml",
    ]
    assert dump_edition(Edition.objects.get()) == dump_edition(Edition.objects.get(code="2564"))
    assert Edition.objects.get().categories.get(number=1).name == "การนำองค์การ"


@pytest.mark.django_db
def test_a_criterion_on_which_work_has_begun_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    load(TEXT)
    from django.db.models import ProtectedError

    def protected(self: EditionCriterion) -> None:
        raise ProtectedError("in use", {self})

    monkeypatch.setattr(EditionCriterion, "delete", protected)
    shorter = TEXT[: TEXT.index('      - code: "7.6"')] + "successors: []\n"
    shorter = shorter.replace('"7.3", "7.6"', '"7.3"').replace('"7.5", "7.6"', '"7.5"')
    with pytest.raises(CriterionInUse):
        load(shorter.replace("name: การนำองค์การ\n", "name: การนำ\n"))
    assert Edition.objects.get().criteria.count() == 30
    assert Edition.objects.get().categories.get(number=1).name == "การนำองค์การ"


def test_the_words_of_a_year_are_those_of_its_edition(world: World) -> None:
    newer = make_edition("2567", 2567)
    only_here = Criterion.objects.create(identity="old")
    EditionCriterion.objects.filter(edition=newer, code="6.4").delete()
    EditionCriterion.objects.filter(edition=world.edition, code="1.1").update(criterion=only_here)

    def editions_of(year: int) -> set[tuple[str, str]]:
        return {(wording.edition.code, wording.code) for wording in wordings_of_year(year)}

    of_2564 = {("2564", wording.code) for wording in world.edition.criteria.all()} | {("2567", "1.1")}
    of_2567 = {("2567", wording.code) for wording in newer.criteria.all()} | {
        ("2564", "1.1"),
        ("2564", "6.4"),
    }
    assert editions_of(2564) == editions_of(2566) == editions_of(2500) == of_2564
    assert editions_of(2567) == editions_of(2600) == of_2567


def test_without_editions_there_are_no_words(db: None) -> None:
    assert wordings_of_year(2564) == []
