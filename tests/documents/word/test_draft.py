"""The Word round trip: a document goes out, is edited, and comes back into its round."""

from __future__ import annotations

import io
import uuid

import docx
import pytest

from assessment.models import Activity, ChosenPractice, Round
from assessment.owner_line import owner_line_text
from assessment.services.activities import ActivityData, OwnerLine, save_activity
from assessment.services.rounds import close_round
from documents.enums import IncomingState
from documents.importers import RefusedFile, importer, kind_of
from documents.models import Incoming
from organizations.enums import Role
from organizations.models import AuditEvent, Owner
from tests.documents.word.conftest import answers_for, bring, confirm, exported, fill, review, write_text
from tests.documents.word.edits import EDITS, Draft
from tests.standing import standing
from tests.world import World, criterion, make_round, make_world
from texts.models import Text
from texts.services import TextLocked


def make_both() -> tuple[World, Round]:
    """The world, and the round of «senate» with every kind of text."""
    world = make_world()
    return world, fill(make_round(world.here, world), world, world.here.people[Role.SECRETARIAT])


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


def texts_of(round: Round) -> dict[int, str]:
    return dict(Text.objects.filter(agency=round.agency).order_by("pk").values_list("pk", "html"))


def activities_of(round: Round, code: str) -> list[tuple[str, str]]:
    rows = (
        Activity.objects.current()
        .filter(places__analysis=criterion(round, code))
        .order_by("places__position")
    )
    return [(row.text.html, owner_line_text(row.owner_lines.all())) for row in rows]


def edited(round: Round, *edits, **options) -> bytes:
    draft = Draft(exported(round, **options))
    for edit in edits:
        edit(draft)
    return draft.save()


# --- nothing changed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("thai_digits", [False, True])
@pytest.mark.parametrize("lost", [False, True])
def test_a_file_that_nobody_edited_shows_nothing(full, by, thai_digits, lost):
    content = edited(full, *([Draft.without_identities] if lost else []), thai_digits=thai_digits)
    incoming = bring(full, content, by)
    shown = review(incoming)
    assert (shown["entries"], shown["refused"], shown["notes"]) == ([], [], [])
    before = texts_of(full)
    assert confirm(incoming, by) == "ตรวจไฟล์เรียบร้อยแล้ว ไม่มีข้อความใดเปลี่ยน"
    assert texts_of(full) == before


# --- kinds of edits -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_shown_and_written_without_loss(full, by, name):
    edit, (old, new) = EDITS[name]
    before = texts_of(full)
    (changed,) = [pk for pk, html in before.items() if old in html]
    incoming = bring(full, edited(full, edit), by)
    shown = review(incoming)
    assert [(e.sort, e.is_conflict, e.choice) for e in shown["entries"]] == [("text", False, "file")]
    assert (shown["refused"], shown["notes"]) == ([], [])
    assert confirm(incoming, by) == "นำเข้าร่างจาก Word แล้ว: เปลี่ยนข้อความ 1 แห่ง"
    assert texts_of(full) == before | {changed: before[changed].replace(old, new)}
    stored = Text.objects.get(pk=changed)
    assert stored.updated_by == by
    incoming.refresh_from_db()
    assert (incoming.state, incoming.decided_by) == (IncomingState.APPLIED, by)


@pytest.mark.parametrize("name", [name for name in EDITS if "identity" not in name])
def test_without_identities_cells_match_by_code(full, by, name):
    edit, (old, new) = EDITS[name]
    content = edited(full, edit, Draft.without_identities)
    before = texts_of(full)
    (changed,) = [pk for pk, html in before.items() if old in html]
    confirm(bring(full, content, by), by)
    assert texts_of(full) == before | {changed: before[changed].replace(old, new)}


def test_the_same_file_twice_changes_nothing_the_second_time(full, by):
    content = edited(
        full,
        EDITS["words"][0],
        lambda d: d.replace("สำนักพัฒนาทรัพยากรบุคคล", "สนผ."),
        lambda d: d.insert_after("กิจกรรม senate ข้อ 3.1", "ผู้รับผิดชอบ สนผ."),
        lambda d: d.insert_after("ผู้รับผิดชอบ สนผ.", "กิจกรรมใหม่ทั้งหมด"),
    )
    first = bring(full, content, by)
    assert confirm(first, by).startswith("นำเข้าร่างจาก Word แล้ว")
    before = texts_of(full)
    again = bring(full, content, by)
    assert review(again)["entries"] == []
    assert confirm(again, by) == "ตรวจไฟล์เรียบร้อยแล้ว ไม่มีข้อความใดเปลี่ยน"
    assert texts_of(full) == before


# --- owners -------------------------------------------------------------------------------------------


def test_a_line_of_owners_is_read_name_by_name(full, by):
    Owner.objects.create(agency=full.agency, name="ทุกสำนัก")
    line = "สำนักพัฒนาทรัพยากรบุคคล (เจ้าภาพ) และทุกสำนัก/สนผ."
    incoming = bring(full, edited(full, lambda d: d.replace("สำนักพัฒนาทรัพยากรบุคคล", line), category=1), by)
    assert confirm(incoming, by) == "นำเข้าร่างจาก Word แล้ว: เปลี่ยนผู้รับผิดชอบ 1 แห่ง"
    assert activities_of(full, "1.2")[1][1] == (
        "สำนักพัฒนาทรัพยากรบุคคล (เจ้าภาพ) และทุกสำนัก/สำนักนโยบายและแผน senate"
    )


def test_an_unknown_owner_has_to_be_put_right_first(full, by):
    incoming = bring(
        full, edited(full, lambda d: d.replace("สำนักพัฒนาทรัพยากรบุคคล", "กองลึกลับ และ สนผ."), category=1), by
    )
    (entry,) = review(incoming)["entries"]
    assert (entry.sort, entry.unknown, entry.line) == ("line", ("กองลึกลับ",), "กองลึกลับ และ สนผ.")
    answers = answers_for(incoming) | {f"owners-{entry.name}": "กองลึกลับ 2 และ สนผ."}
    with pytest.raises(RefusedFile, match="ไม่พบ “กองลึกลับ 2” ในรายชื่อผู้รับผิดชอบ"):
        importer("draft").apply(Incoming.objects.get(pk=incoming.pk), answers, by=by)
    # what was typed stands there at the next look
    (entry,) = review(incoming)["entries"]
    assert entry.line == "กองลึกลับ 2 และ สนผ."
    answers |= {f"owners-{entry.name}": "สำนักพัฒนาทรัพยากรบุคคล และ สนผ."}
    importer("draft").apply(Incoming.objects.get(pk=incoming.pk), answers, by=by)
    assert activities_of(full, "1.2")[1][1] == "สำนักพัฒนาทรัพยากรบุคคล และสำนักนโยบายและแผน senate"


def test_owners_written_below_an_activity_without_any_are_taken(full, by):
    content = edited(full, lambda d: d.insert_after("กิจกรรม senate ข้อ 3.1", "ผู้รับผิดชอบ : สนผ."))
    confirm(bring(full, content, by), by)
    assert activities_of(full, "3.1") == [("<p>กิจกรรม senate ข้อ 3.1</p>", "สำนักนโยบายและแผน senate")]


def test_owners_of_a_column_of_their_own_are_taken(full, by):
    def edit(draft):
        table = draft.table_of("กิจกรรมแรกของหมวด 6")
        run = next(
            r for row in table.rows for p in row.cells[3].paragraphs for r in p.runs if "ทรัพยากร" in r.text
        )
        run.text = "สนผ. หรือ สำนักพัฒนาทรัพยากรบุคคล"

    confirm(bring(full, edited(full, edit), by), by)
    assert [line for _, line in activities_of(full, "6.1")] == [
        "สำนักนโยบายและแผน senate",
        "สำนักนโยบายและแผน senate หรือสำนักพัฒนาทรัพยากรบุคคล",
    ]


# --- new and missing ----------------------------------------------------------------------------------


def test_a_new_activity_below_an_owner_line_is_offered(full, by):
    def edit(draft):
        owners = next(p for p in draft.paragraphs() if p.text.startswith("ผู้รับผิดชอบ สำนักพัฒนา"))
        draft.insert_after(owners.text, "กิจกรรมที่เพิ่มในเวิร์ด")
        draft.insert_after("กิจกรรมที่เพิ่มในเวิร์ด", "ผู้รับผิดชอบ สนผ.")

    incoming = bring(full, edited(full, edit, category=1), by)
    assert [(e.sort, e.place, e.html, e.line) for e in review(incoming)["entries"]] == [
        ("new", "ข้อ 1.2 กิจกรรมใหม่", "<p>กิจกรรมที่เพิ่มในเวิร์ด</p>", "สนผ.")
    ]
    assert confirm(incoming, by) == "นำเข้าร่างจาก Word แล้ว: เพิ่มกิจกรรม 1 รายการ"
    assert activities_of(full, "1.2")[2] == ("<p>กิจกรรมที่เพิ่มในเวิร์ด</p>", "สำนักนโยบายและแผน senate")


def test_a_new_row_below_a_criterion_is_a_new_activity_of_it(full, by):
    def edit(draft):
        cells = draft.table_of("กิจกรรม senate ข้อ 3.1").add_row().cells
        cells[2].paragraphs[0].add_run("กิจกรรมในแถวใหม่")

    incoming = bring(full, edited(full, edit), by)
    # the last row of category 3 belongs to 3.4
    assert [(e.sort, e.place, e.html) for e in review(incoming)["entries"]] == [
        ("new", "ข้อ 3.4 กิจกรรมใหม่", "<p>กิจกรรมในแถวใหม่</p>")
    ]
    confirm(incoming, by)
    assert activities_of(full, "3.4") == [("<p>กิจกรรมในแถวใหม่</p>", "")]


def test_words_in_an_empty_activity_cell_are_a_new_activity(full, by):
    def edit(draft):
        row = next(r for t in draft.document.tables for r in t.rows if "2.2" in r.cells[0].text)
        row.cells[2].paragraphs[0].add_run("เริ่มเขียนในเวิร์ด")

    incoming = bring(full, edited(full, edit), by)
    assert confirm(incoming, by, new="keep") == "ตรวจไฟล์เรียบร้อยแล้ว ไม่มีข้อความใดเปลี่ยน"
    assert activities_of(full, "2.2") == []
    confirm(bring(full, edited(full, edit), by), by)
    assert activities_of(full, "2.2") == [("<p>เริ่มเขียนในเวิร์ด</p>", "")]


def test_an_activity_that_is_gone_stays_until_somebody_says_otherwise(full, by):
    def edit(draft):
        draft.insert_after("กิจกรรม senate ข้อ 3.1", "")
        draft.delete("กิจกรรม senate ข้อ 3.1")

    incoming = bring(full, edited(full, edit), by)
    assert [(e.sort, e.place, e.choice) for e in review(incoming)["entries"]] == [
        ("missing", "ข้อ 3.1 กิจกรรม", "keep")
    ]
    confirm(incoming, by)
    assert len(activities_of(full, "3.1")) == 1
    # another file of the same kind: exported anew
    incoming = bring(full, edited(full, edit), by)
    assert confirm(incoming, by, missing="remove") == "นำเข้าร่างจาก Word แล้ว: นำออก 1 รายการ"
    assert activities_of(full, "3.1") == []
    assert Activity.objects.get(text__html="<p>กิจกรรม senate ข้อ 3.1</p>").withdrawn_by == by


# --- conflicts ----------------------------------------------------------------------------------------


@pytest.fixture
def conflict(full, by, world):
    """3.1 changed in Word and, after the export, in the form."""
    content = edited(full, lambda d: d.replace("กิจกรรม senate ข้อ 3.1", "ฉบับในเวิร์ด"))
    activity = Activity.objects.get(round=full, text__html="<p>กิจกรรม senate ข้อ 3.1</p>")
    write_text(activity.text, "<p>ฉบับในระบบ</p>", world.here.people["committee_3"])
    return bring(full, content, by)


def test_a_conflict_is_shown_from_both_sides_and_has_no_answer_yet(conflict):
    (entry,) = review(conflict)["entries"]
    assert (entry.is_conflict, entry.choice, len(entry.choices)) == (True, "", 3)
    old = "<del>กิจกรรม senate ข้อ 3.1</del>"
    assert entry.shown == f"<p>{old}<ins>ฉบับในเวิร์ด</ins></p>"
    assert entry.online == f"<p>{old}<ins>ฉบับในระบบ</ins></p>"
    assert "โดย senate-committee-3" in entry.online_by


def test_without_an_answer_nothing_is_written(conflict, full, by):
    before = texts_of(full)
    with pytest.raises(RefusedFile, match=r"กรุณาเลือกว่าจะใช้ข้อความใด: ข้อ 3\.1 กิจกรรม"):
        confirm(conflict, by)
    conflict.refresh_from_db()
    assert (texts_of(full), conflict.state) == (before, IncomingState.WAITING)


@pytest.mark.parametrize(
    ("choice", "stored"),
    [
        ("file", "<p>ฉบับในเวิร์ด</p>"),
        ("keep", "<p>ฉบับในระบบ</p>"),
        ("both", "<p>ฉบับในระบบ</p><p><strong>[ข้อความจากไฟล์ Word]</strong></p><p>ฉบับในเวิร์ด</p>"),
    ],
)
def test_a_conflict_is_settled_as_chosen(conflict, full, by, choice, stored):
    confirm(conflict, by, text=choice)
    assert activities_of(full, "3.1") == [(stored, "")]


@pytest.mark.parametrize("choice", ["file", "keep", "both"])
def test_a_settled_conflict_is_not_asked_again_of_the_same_file(full, by, choice):
    content = edited(full, lambda d: d.replace("กิจกรรม senate ข้อ 3.1", "ฉบับในเวิร์ด"))
    activity = Activity.objects.get(round=full, text__html="<p>กิจกรรม senate ข้อ 3.1</p>")
    write_text(activity.text, "<p>ฉบับในระบบ</p>", by)
    confirm(bring(full, content, by), by, text=choice)
    assert review(bring(full, content, by))["entries"] == []
    # a later save makes it a question again
    write_text(activity.text, "<p>ฉบับหลังสุด</p>", by)
    assert [entry.is_conflict for entry in review(bring(full, content, by))["entries"]] == [True]


def test_a_save_after_the_look_is_not_overwritten(full, by):
    incoming = bring(full, edited(full, EDITS["words"][0], EDITS["analysis"][0]), by)
    answers = answers_for(incoming)
    analysis = criterion(full, "1.1").analysis
    write_text(analysis, "<p>บันทึกหลังเปิดหน้า</p>", by)
    before = texts_of(full)
    with pytest.raises(RefusedFile, match=r"มีผู้บันทึก “ข้อ 1\.1 บทวิเคราะห์” หลังจากที่ท่านเปิดหน้านี้"):
        importer("draft").apply(Incoming.objects.get(pk=incoming.pk), answers, by=by)
    assert texts_of(full) == before
    # now it is a conflict
    assert [(e.place, e.is_conflict) for e in review(incoming)["entries"]] == [
        ("ข้อ 1.1 บทวิเคราะห์", True),
        ("ข้อ 1.2 กิจกรรม", False),
    ]


def test_owners_changed_online_are_a_conflict(full, by):
    content = edited(full, lambda d: d.replace("สำนักพัฒนาทรัพยากรบุคคล", "สนผ."), category=1)
    activity = Activity.objects.get(round=full, text__html__contains="เป้าหมาย")
    third = Owner.objects.create(agency=full.agency, name="สำนักการคลัง")
    data = ActivityData(
        uid=activity.uid,
        key=uuid.uuid4(),
        html=activity.text.html,
        base_version=1,
        owners_version=2,
        owners=[OwnerLine(third)],
    )
    save_activity(analysis=criterion(full, "1.2"), data=data, by=by)
    incoming = bring(full, content, by)
    assert [(e.sort, e.is_conflict, e.old_line) for e in review(incoming)["entries"]] == [
        ("line", True, "สำนักการคลัง")
    ]
    with pytest.raises(RefusedFile):
        confirm(incoming, by)
    confirm(incoming, by, line="file")
    assert activities_of(full, "1.2")[1][1] == "สำนักนโยบายและแผน senate"


# --- what is not taken --------------------------------------------------------------------------------


def test_feedback_and_the_names_of_cases_are_told_and_not_taken(full, by):
    content = edited(
        full,
        lambda d: d.replace("มีแผนแล้ว แต่ยังขาดตัวชี้วัด", "มีแผนครบถ้วน"),
        lambda d: d.replace("กรม ที่ดิน", "กรมป่าไม้"),
    )
    incoming = bring(full, content, by)
    shown = review(incoming)
    assert [row["place"] for row in shown["refused"]] == [
        "ข้อ 1.1 ช่องเกณฑ์และข้อเสนอแนะของ ก.พ.ร.",
        "ข้อ 1.1 ชื่อหน่วยงานและรางวัลของตัวอย่าง",
    ]
    assert "<ins>ครบถ้วน</ins>" in shown["refused"][0]["shown"]
    assert shown["entries"] == []
    confirm(incoming, by)
    assert ChosenPractice.objects.get().agency_name == "กรม ที่ดิน"


def test_text_that_nothing_is_known_of_is_told(full, by):
    content = edited(
        full,
        lambda d: d.insert_after("แก้ไขข้อแรก", "ลงชื่อ ประธานคณะทำงาน"),
        lambda d: d.document.add_paragraph("ท้ายเล่ม"),
    )
    incoming = bring(full, content, by)
    assert review(incoming)["notes"] == ["นอกตาราง: ไม่ได้นำเข้าข้อความ “ท้ายเล่ม”"]


# --- refusals -----------------------------------------------------------------------------------------


def test_a_file_of_another_agency_or_year_is_refused_without_telling_anything(full, there, world, by):
    other_year = make_round(world.here, world, year=2566)
    for round in (there, other_year):
        with pytest.raises(RefusedFile) as refused:
            bring(full, exported(round), by)
        assert str(refused.value) == (
            "ไฟล์นี้ไม่ใช่ร่างของแบบฟอร์มนี้ กรุณาเลือกไฟล์ Word ที่ส่งออกจากแบบฟอร์มปีนี้ของหน่วยงานท่าน"
        )
    assert not Incoming.objects.exists()


def test_an_identity_of_another_agency_reaches_nothing(full, there, by):
    """The properties say «here», the bookmarks name rows of «there»."""
    mine, theirs = Draft(exported(full)), exported(there)
    names = {p.text: p._p.xpath(".//w:bookmarkStart/@w:name") for p in Draft(theirs).paragraphs()}
    (name,) = names["กิจกรรม nso ข้อ 3.1"]
    element = mine.find("กิจกรรม senate ข้อ 3.1")._p.xpath(".//w:bookmarkStart")[0]
    element.set(next(key for key in element.attrib if key.endswith("}name")), name)
    mine.replace("กิจกรรม senate ข้อ 3.1", "กิจกรรมที่แก้")
    before = texts_of(there)
    incoming = bring(full, mine.save(), by)
    assert "nso" not in str(review(incoming)["entries"]) + str(review(incoming)["notes"])
    confirm(incoming, by)
    assert texts_of(there) == before


def test_a_word_file_that_is_no_draft_is_not_ours(full):
    out = io.BytesIO()
    docx.Document().save(out)
    assert importer("draft").recognises(out.getvalue(), "x.docx") is False
    assert importer("draft").recognises(b"PK\x03\x04 broken", "x.docx") is False
    assert kind_of(exported(full), "ชื่ออื่น.docx") == "draft"


def test_a_closed_round_takes_no_draft(full, by):
    incoming = bring(full, edited(full, EDITS["words"][0]), by)
    close_round(round=full, by=by)
    before = texts_of(full)
    with pytest.raises(TextLocked):
        confirm(incoming, by)
    incoming.refresh_from_db()
    assert (texts_of(full), incoming.state) == (before, IncomingState.WAITING)


def test_it_is_told_who_did_it(full, by):
    confirm(bring(full, edited(full, EDITS["words"][0]), by), by)
    verbs = list(AuditEvent.objects.filter(actor=by).order_by("-pk").values_list("verb", flat=True)[:3])
    assert verbs == ["text.saved", "incoming.applied", "incoming.read"]
