"""The engine behind all files of cases: what it writes, what it refuses, and that it leaves nothing half done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.models import Agency, AuditEvent
from practices.enums import LoadState
from practices.loading import pace as pacing
from practices.loading import preparing, publishing, step, take_over_abandoned, tidy_loads, write_load
from practices.models import Load, Practice, PracticeStatus, StagedAgency, StagedCase, StagedPicture
from practices.rows import AgencyValues
from practices.services import Base, Facts, update_practice, withdraw_practice
from texts.models import Figure, Revision, Text
from texts.services import save_text

from .loads import LANDS, counts, load_rows, read, row

pytestmark = pytest.mark.usefixtures("world")


def left_behind() -> dict[str, int]:
    """Everything that a load may leave; the demonstration world itself has texts but no cases."""
    rows = {
        "cases": Practice.with_prepared.count(),
        "staged": StagedCase.objects.count(),
        "agencies": StagedAgency.objects.count(),
        "pictures": StagedPicture.objects.count(),
        "figures": Figure.objects.count(),
        "lands": Agency.objects.filter(code="dol").count(),
    }
    return {name: number for name, number in rows.items() if number}


# --- what is written ------------------------------------------------------------------------------


def test_new_cases_stand_with_agency_criteria_text_and_revision() -> None:
    texts = Text.objects.count()
    load = load_rows(row(1, codes=("1.2", "4.3")), row(2, html=""))

    first, second = Practice.objects.order_by("position")
    assert counts(load) == (2, 0, 0)
    assert (load.state, load.settled_at is not None, load.lease_until) == (LoadState.PUBLISHED, True, None)
    assert (first.key, first.title, first.award, first.award_year) == (
        "case-1",
        "เรื่องที่ 1",
        "รางวัล PMQA หมวด 1",
        2564,
    )
    assert (first.summary, first.source, first.position, first.version) == ("สรุปสั้น", "แบบฟอร์ม", 1, 1)
    assert (first.agency.code, first.agency.name, first.agency.short_name) == ("dol", "กรมที่ดิน", "ทด.")
    assert sorted(criterion.identity for criterion in first.criteria.all()) == ["pmqa4-1.2", "pmqa4-4.3"]
    assert (first.text.html, first.text.plain, first.text.version) == (
        "<p>เนื้อหาของเรื่องที่ 1</p>",
        "เนื้อหาของเรื่องที่ 1",
        1,
    )
    assert [(r.version, r.html) for r in Revision.objects.filter(text=first.text)] == [(1, first.text.html)]
    assert (first.status, second.status) == (PracticeStatus.PUBLISHED, PracticeStatus.DRAFT)
    assert (second.text.version, Revision.objects.filter(text=second.text).count()) == (0, 0)
    assert Text.objects.count() == texts + 2
    assert list(load.cases.values_list("practice__key", "html")) == [("case-1", ""), ("case-2", "")]


def test_one_event_says_what_came_from_which_file(world) -> None:
    events = AuditEvent.objects.count()
    load = load_rows(row(1), row(2), by=world.admin)

    event = AuditEvent.objects.latest("pk")
    assert AuditEvent.objects.count() == events + 1
    assert (event.verb, event.actor_id, event.agency, event.object_id) == (
        "practices.loaded",
        world.admin.pk,
        None,
        str(load.pk),
    )
    assert event.facts == {
        "files": [{"name": "cases.xlsx", "sha256": "0" * 64}],
        "new": 2,
        "changed": 0,
        "same": 0,
        "agencies_new": ["dol"],
        "agencies_changed": [],
    }


def test_the_same_rows_again_change_nothing() -> None:
    load_rows(*(row(n) for n in range(1, 6)))
    before = snapshot()
    assert counts(load_rows(*(row(n) for n in range(1, 6)))) == (0, 0, 5)
    assert snapshot() == before


def snapshot() -> list[tuple[object, ...]]:
    """Everything of the cases that a person can see, with their versions."""
    rows = Practice.objects.order_by("key").values_list(
        "key",
        "version",
        "title",
        "award_year",
        "summary",
        "text__html",
        "text__version",
        "status",
        "position",
    )
    return [*rows, ("revisions", Revision.objects.count())]


def test_one_corrected_cell_changes_exactly_one_case() -> None:
    load_rows(*(row(n) for n in range(1, 6)))
    before = snapshot()
    load = load_rows(*(row(n, **({"award_year": 2565} if n == 3 else {})) for n in range(1, 6)))

    after = snapshot()
    assert counts(load) == (0, 1, 4)
    assert [index for index in range(6) if before[index] != after[index]] == [2]
    assert after[2] == ("case-3", 2, "เรื่องที่ 3", 2565, *before[2][4:])
    assert [(case.key, case.differences) for case in load.cases.all()] == [
        ("case-3", [["award_year", "2564", "2565"]])
    ]


def test_a_corrected_text_is_the_next_version_with_its_revision(world) -> None:
    load_rows(row(1), row(2))
    load = load_rows(row(1, html="<p>เนื้อหาใหม่</p>"), row(2), by=world.admin)

    text = Practice.objects.get(key="case-1").text
    assert counts(load) == (0, 1, 1)
    assert (text.html, text.plain, text.version, text.updated_by) == (
        "<p>เนื้อหาใหม่</p>",
        "เนื้อหาใหม่",
        2,
        world.admin,
    )
    history = Revision.objects.filter(text=text).order_by("version")
    assert [(r.version, r.html, r.author) for r in history] == [
        (1, "<p>เนื้อหาของเรื่องที่ 1</p>", None),
        (2, "<p>เนื้อหาใหม่</p>", world.admin),
    ]
    save_text(text=text, base_version=2, html="<p>ต่อ</p>", key=load.uid, by=world.admin)


def test_criteria_agency_and_position_follow_the_file() -> None:
    load_rows(row(1, codes=("1.2", "4.3")))
    other = AgencyValues("rid", "กรมชลประทาน", "ชป.", "department")
    load = load_rows(row(1, codes=("1.2", "6.1"), agency=other, position=7))

    practice = Practice.objects.get()
    assert (practice.agency.code, practice.position) == ("rid", 7)
    assert sorted(criterion.identity for criterion in practice.criteria.all()) == ["pmqa4-1.2", "pmqa4-6.1"]
    assert load.cases.get().differences == [
        ["agency", "กรมที่ดิน", "กรมชลประทาน"],
        ["position", "1", "7"],
        ["criteria", "1.2, 4.3", "1.2, 6.1"],
    ]


def test_a_field_that_the_file_does_not_have_says_nothing() -> None:
    load_rows(row(1))
    bare = row(1, award="", award_year=None, summary="", source="", html="", codes=())
    load = load_rows(replace(bare, given=frozenset({"key", "title"}), position=0))
    assert counts(load) == (0, 0, 1)


def test_a_row_without_key_is_known_by_agency_and_title() -> None:
    load_rows(row(1))
    assert counts(load_rows(row(1, key="", summary="อีกสรุปหนึ่ง"))) == (0, 1, 0)
    assert counts(load_rows(row(2, key=""))) == (1, 0, 0)
    assert Practice.objects.get(title="เรื่องที่ 2").key.startswith("case-")
    assert counts(load_rows(row(2, key=""))) == (0, 0, 1)


def test_a_row_without_key_finds_a_title_with_two_blanks() -> None:
    load_rows(row(1, title="เรื่อง  ที่หนึ่ง"))
    assert counts(load_rows(row(1, key="", title="เรื่อง ที่หนึ่ง", position=0))) == (0, 1, 0)


def test_an_agency_that_is_no_tenant_is_renamed_and_a_tenant_is_not(world) -> None:
    load_rows(row(1))
    renamed = replace(LANDS, short_name="ที่ดิน")
    load = load_rows(row(1, agency=renamed))
    agency = Agency.objects.get(code="dol")
    assert (load.count("agencies_changed"), agency.short_name, agency.version) == (1, "ที่ดิน", 2)

    tenant = AgencyValues(world.here.agency.code, "ชื่ออื่นของหน่วยงาน", "", world.here.agency.kind)
    refused = load_rows(row(1, agency=tenant))
    assert refused.state == LoadState.REFUSED
    assert refused.faults[0][0] == "cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 1 คอลัมน์ B (หน่วยงาน)"
    assert refused.faults[0][1].startswith("หน่วยงานนี้ใช้งานระบบอยู่ แก้ชื่อด้วยไฟล์ไม่ได้")


def test_a_withdrawn_case_stays_withdrawn_and_is_said(world) -> None:
    load_rows(row(1))
    withdraw_practice(practice=Practice.objects.get(), by=world.admin)
    load = load_rows(row(1, title="ชื่อใหม่"))

    assert counts(load) == (0, 0, 0)
    assert Practice.objects.get().title == "เรื่องที่ 1"
    assert load.warnings == [["cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 1", "ตัวอย่าง “case-1” ถูกถอนแล้ว จึงข้ามไป"]]


def test_a_case_kept_to_an_agency_is_its_own(world) -> None:
    agency = world.here.agency
    load_rows(row(1), kept_to=agency, publish=False)
    practice = Practice.objects.get()
    assert (practice.kept_to, practice.text.agency, practice.status) == (agency, agency, PracticeStatus.DRAFT)

    shared = load_rows(row(1, title="ของทุกคน"))
    assert (shared.state, shared.faults[0][1]) == (
        LoadState.REFUSED,
        f"รหัส “case-1” เป็นของตัวอย่างที่ {agency} เก็บไว้ใช้เอง กรุณาใช้รหัสอื่น",
    )
    assert Practice.objects.get().title == "เรื่องที่ 1"
    # the same title without a key is another case for everybody
    assert counts(load_rows(row(1, key=""))) == (1, 0, 0)


def test_who_keeps_a_key_is_not_told_to_another_agency(world) -> None:
    load_rows(row(1), kept_to=world.there.agency)
    refused = load_rows(row(1), kept_to=world.here.agency)
    assert refused.faults == [
        ["cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 1 คอลัมน์ A (รหัส)", "รหัส “case-1” ใช้กับตัวอย่างอื่นแล้ว กรุณาใช้รหัสอื่น"]
    ]


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"html": ""}, "H (เนื้อหา)", "ตัวอย่างนี้เผยแพร่อยู่ จึงต้องมีเนื้อหา กรุณาเขียนเนื้อหา หรือเปลี่ยนเป็นฉบับร่างก่อน"),
        (
            {"key": "slip", "title": "เรื่องที่ 1"},
            "",
            "มีเรื่องนี้ของหน่วยงานนี้แล้ว รหัส “case-1” กรุณาใช้รหัสนั้นหรือเว้นว่าง",
        ),
        (
            {"agency": AgencyValues("", "กรมที่ ดิน", "", "")},
            "B (หน่วยงาน)",
            "มี “กรมที่ดิน” ในระบบแล้ว ต่างกันเพียงการเว้นวรรค กรุณาใช้ชื่อนั้น",
        ),
        (
            {"agency": AgencyValues("", "กรมใหม่", "", "")},
            "C (ประเภท)",
            "ยังไม่มี “กรมใหม่” ในระบบ ถ้าสะกดถูกต้องแล้ว กรุณาเลือกประเภทเพื่อเพิ่มหน่วยงานนี้",
        ),
        (
            {"agency": AgencyValues("lands", "กรม ที่ดิน", "", "department")},
            "B (หน่วยงาน)",
            "สะกดคล้ายกับ “กรมที่ดิน” รหัส dol ที่มีในระบบแล้ว กรุณาใช้รหัสนั้น",
        ),
    ],
)
def test_a_fault_in_the_last_row_leaves_nothing_of_all_rows(changes, column, message) -> None:
    load_rows(row(1))
    before = snapshot()
    number = 1 if "html" in changes else 300
    load = load_rows(*(row(n) for n in range(2, 300)), row(number, **changes))

    column = f" คอลัมน์ {column}" if column else ""
    assert (load.state, load.faults, load.fault_count) == (
        LoadState.REFUSED,
        [[f"cases.xlsx แผ่นงาน “ตัวอย่าง” แถว {number}{column}", message]],
        1,
    )
    assert snapshot() == before
    assert (StagedAgency.objects.filter(load=load).count(), load.cases.count()) == (0, 0)


@pytest.mark.parametrize(
    ("first", "second", "column"),
    [
        ({}, {"key": "case-1"}, "A (รหัส)"),
        ({"key": ""}, {"key": "", "title": "เรื่องที่ 1"}, "D (ชื่อเรื่อง)"),
        ({"key": ""}, {"title": "เรื่องที่ 1"}, "A (รหัส)"),
        ({}, {"key": "", "title": "เรื่องที่ 1"}, "D (ชื่อเรื่อง)"),
    ],
)
@pytest.mark.parametrize("between", [0, 250])
def test_two_rows_that_mean_one_case_are_refused(first, second, column, between) -> None:
    rows = [row(1, **first), *(row(n) for n in range(1000, 1000 + between)), row(2, **second)]
    load = load_rows(*rows)
    assert load.faults == [
        [
            f"cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 2 คอลัมน์ {column}",
            "เรื่องนี้ซ้ำกับ cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 1",
        ]
    ]
    assert left_behind() == {}


def test_two_keyed_cases_of_one_title_are_two_cases() -> None:
    assert counts(load_rows(row(1), row(2, title="เรื่องที่ 1"))) == (2, 0, 0)
    assert counts(load_rows(row(1), row(2, title="เรื่องที่ 1"))) == (0, 0, 2)
    assert counts(load_rows(row(1), row(2, title="เรื่องที่ 1"), row(3, title="เรื่องที่ 1"))) == (1, 0, 2)


# --- two people at once ---------------------------------------------------------------------------


def edit(practice: Practice, **changes) -> None:
    practice = Practice.objects.select_related("agency", "text").get(pk=practice.pk)
    facts = replace(Facts.of(practice), **changes)
    update_practice(practice=practice, base=Base.of(practice), facts=facts, html=practice.text.html, by=None)


def test_a_case_that_was_edited_meanwhile_has_the_whole_load_refused() -> None:
    load_rows(*(row(n) for n in range(1, 4)))
    pace = read(row(1), row(2, summary="จากไฟล์"), row(3, html="<p>จากไฟล์</p>"), row(4))
    edit(Practice.objects.get(key="case-2"), summary="จากคน")
    before = snapshot()

    step(pace.load, LoadState.CONFIRMED)
    write_load(pace)

    assert pace.load.state == LoadState.REFUSED
    assert pace.load.faults[1:] == [["cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 2 เรื่องที่ 2", "มีผู้แก้ไขเรื่องนี้ระหว่างนั้น"]]
    assert snapshot() == before
    assert Practice.with_prepared.count() == 3


def test_an_edit_between_the_check_and_the_update_is_seen_by_the_update(monkeypatch) -> None:
    load_rows(row(1), row(2))
    pace = read(row(1, summary="จากไฟล์"), row(2, summary="จากไฟล์"), row(3))
    real = publishing._reveal

    def reveal(load: Load) -> int:
        edit(Practice.objects.get(key="case-2"), summary="จากคน")
        return real(load)

    monkeypatch.setattr(publishing, "_reveal", reveal)
    step(pace.load, LoadState.CONFIRMED)
    write_load(pace)
    assert pace.load.state == LoadState.REFUSED
    assert Practice.with_prepared.count() == 2
    assert not Practice.objects.filter(summary="จากไฟล์").exists()


def test_a_case_that_was_added_meanwhile_has_the_load_refused() -> None:
    pace = read(row(1), row(2, key=""))
    load_rows(row(2, key=""))
    step(pace.load, LoadState.CONFIRMED)
    write_load(pace)
    assert (pace.load.state, Practice.with_prepared.count()) == (LoadState.REFUSED, 1)


def test_only_one_load_is_written_at_a_time() -> None:
    from practices.loading import LoadBusy

    first, second = read(row(1)), read(row(2))
    step(first.load, LoadState.CONFIRMED)
    step(first.load, LoadState.WRITING)
    step(second.load, LoadState.CONFIRMED)
    with pytest.raises(LoadBusy):
        write_load(second)
    assert Load.objects.get(pk=second.load.pk).state == LoadState.CONFIRMED


# --- nothing half done ----------------------------------------------------------------------------


class Failed(Exception):
    """What a test has fail."""


def fail(*args: object, **named: object) -> None:
    raise Failed


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (preparing, "_make_portion"),
        (publishing, "_reveal"),
        (publishing, "_change_texts"),
        (publishing, "_set_links"),
        (publishing, "_record"),
    ],
)
def test_a_failure_at_any_step_leaves_nothing(module, name, monkeypatch) -> None:
    load_rows(row(1))
    before, agencies = snapshot(), Agency.objects.count()
    other = AgencyValues("rid", "กรมชลประทาน", "ชป.", "department")
    rows = [row(1, html="<p>ใหม่</p>", codes=("6.1",)), row(2), row(3, agency=other)]
    monkeypatch.setattr(module, name, fail)
    with pytest.raises(Failed):
        load_rows(*rows)

    assert snapshot() == before
    assert (Practice.with_prepared.count(), Agency.objects.count()) == (1, agencies)
    assert Load.objects.first().state == LoadState.DROPPED
    assert StagedCase.objects.filter(load=Load.objects.first()).count() == 0
    monkeypatch.undo()
    assert counts(load_rows(*rows)) == (2, 1, 0)


def test_what_is_prepared_is_seen_by_nobody_and_removed_when_its_process_died(world, monkeypatch) -> None:
    """As after kill -9: no handler runs, the lease ends, the next load clears up."""
    monkeypatch.setattr(pacing, "ROWS", 10)
    pace = read(*(row(n) for n in range(1, 31)))
    step(pace.load, LoadState.CONFIRMED)
    step(pace.load, LoadState.WRITING)
    preparing.prepare(pace)

    assert Practice.with_prepared.count() == 30
    assert (Practice.objects.count(), Practice.objects.visible_to(world.admin).count()) == (0, 0)
    assert Agency.objects.get(code="dol").practices.count() == 0
    take_over_abandoned()
    assert Practice.with_prepared.count() == 30, "the lease still runs"

    Load.objects.update(lease_until="2020-01-01T00:00Z")
    take_over_abandoned()
    assert left_behind() == {}
    assert Load.objects.get().state == LoadState.DROPPED
    assert counts(load_rows(*(row(n) for n in range(1, 31)))) == (30, 0, 0)


def test_a_process_that_was_taken_over_stops_and_touches_nothing() -> None:
    from practices.loading import LoadStopped

    pace = read(row(1))
    step(pace.load, LoadState.CONFIRMED)
    step(pace.load, LoadState.WRITING)
    Load.objects.update(attempts=1)
    with pytest.raises(LoadStopped):
        preparing.prepare(pace)
    assert Practice.with_prepared.count() == 0


def test_history_that_was_not_written_is_written_by_who_comes_next(monkeypatch) -> None:
    load_rows(row(1))
    monkeypatch.setattr(publishing, "_revisions", fail)
    with pytest.raises(Failed):
        load_rows(row(1, html="<p>ใหม่</p>"), row(2))
    monkeypatch.undo()
    assert Practice.objects.count() == 2
    # somebody writes on before it is
    text = Practice.objects.get(key="case-2").text
    save_text(text=text, base_version=1, html="<p>ต่อ</p>", key=Load.objects.first().uid, by=None)
    Load.objects.filter(settled_at=None).update(lease_until="2020-01-01T00:00Z")

    tidy_loads(lambda held: None)
    history = Revision.objects.order_by("text_id", "version")
    assert [(r.version, r.html) for r in history] == [
        (1, "<p>เนื้อหาของเรื่องที่ 1</p>"),
        (2, "<p>ใหม่</p>"),
        (1, "<p>เนื้อหาของเรื่องที่ 2</p>"),
        (2, "<p>ต่อ</p>"),
    ]
    assert Load.objects.filter(settled_at=None, state=LoadState.PUBLISHED).count() == 0


# --- what it costs --------------------------------------------------------------------------------


def queries(number: int) -> int:
    rows = [row(n) for n in range(number)]
    with CaptureQueriesContext(connection) as captured:
        load_rows(*rows)
    return len([q for q in captured if "SAVEPOINT" not in q["sql"]])


def test_queries_do_not_grow_with_the_rows_of_a_batch() -> None:
    first = queries(1)
    # the second time the first case and its agency stand
    assert queries(30) == queries(40) <= first
