"""A file beside the round that it came from: what is asked, what is left alone, what is added."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import uuid

import pytest
from django.utils import timezone

from assessment.models import Activity, ActivityPlace, ChosenPractice, Round, SheetFigure
from assessment.services.rounds import create_round
from assessment.services.withdrawing import withdraw_activity
from documents.exchange.canonical import comparable
from documents.exchange.faults import ExchangeRefused
from documents.exchange.plan import merged
from documents.exchange.reading import read_round
from documents.exchange.renaming import renamed_for
from documents.exchange.taking import bring_in, pictures_of, plan_for, read_source, take_in
from documents.exchange.writing import RoundChanged
from feedback.models import FeedbackPoint
from organizations.models import Agency, AuditEvent, Owner
from practices.models import Practice
from tests.documents.exchange.conftest import file_of, picture_bytes, write
from tests.url_stage import snapshot
from tests.world import criterion, write_activity
from texts.models import Figure, Text


def planned(content: bytes, round: Round, *, trusted: bool = True):
    return plan_for(read_source(content).document, Round.objects.get(pk=round.pk), trusted=trusted)


def units(plan) -> list[tuple[str, str, bool]]:
    return [(unit.place, "adds" if unit.adds else "changes", unit.conflict) for unit in plan.units]


def take(plan, *accepted: str) -> list[str]:
    return take_in(plan, accepted=set(accepted), pictures=pictures_of(plan.document), by=None)


def first_criterion(document):
    return document["sheets"][0]["criteria"][0]


def test_the_file_of_the_round_as_it_stands_changes_nothing(full):
    assert units(planned(file_of(full), full)) == []


def test_a_text_changed_in_the_file_is_a_change_without_conflict(full):
    content = file_of(full, lambda d: first_criterion(d)["obstacles"].update(html="<p>ใหม่</p>"))
    plan = planned(content, full)
    assert units(plan) == [("ข้อ 1.1 ปัญหาและอุปสรรค", "changes", False)]
    assert (plan.units[0].old, plan.units[0].new) == ("<p>อุปสรรค</p>", "<p>ใหม่</p>")
    assert take(plan) == []
    assert criterion(full, "1.1").obstacles.html == "<p>อุปสรรค</p>"
    take(planned(content, full), "text.1.1.obstacles")
    text = criterion(full, "1.1").obstacles
    assert (text.html, text.version) == ("<p>ใหม่</p>", 2)


def test_a_text_saved_here_since_and_changed_in_the_file_is_a_conflict(full):
    content = file_of(full, lambda d: first_criterion(d)["obstacles"].update(html="<p>จากไฟล์</p>"))
    write(criterion(full, "1.1").obstacles, "<p>ในระบบ</p>")
    plan = planned(content, full)
    assert units(plan) == [("ข้อ 1.1 ปัญหาและอุปสรรค", "changes", True)]
    with pytest.raises(ExchangeRefused, match=r"ข้อ 1\.1 ปัญหาและอุปสรรค: มีผู้แก้ไขในระบบ"):
        bring_in(content)
    assert criterion(full, "1.1").obstacles.html == "<p>ในระบบ</p>"


def test_a_text_saved_here_since_and_untouched_in_the_file_is_not_asked_about(full):
    content = file_of(full)
    write(criterion(full, "1.1").obstacles, "<p>ใหม่ในระบบ</p>")
    write(criterion(full, "1.2").remedies, "<p>เขียนครั้งแรก</p>")
    assert units(planned(content, full)) == []


def test_an_activity_of_the_file_is_added_and_one_that_only_stands_here_stays(full, world):
    new = str(uuid.uuid4())

    def change(document):
        row = document["activities"][0] | {"uid": new, "text": {"html": "<p>จากไฟล์</p>", "version": 1}}
        document["activities"].append(row)
        for place in (0, 2):
            document["sheets"][place]["criteria"][0]["activities"].insert(0, new)

    content = file_of(full, change)
    write_activity(full, "1.1", "<p>เขียนทีหลังในระบบ</p>")
    plan = planned(content, full)
    assert units(plan) == [
        ("ข้อ 1.1 กิจกรรมที่ 1", "adds", False),
        ("ข้อ 1.1 รายการกิจกรรม", "changes", False),
        ("ข้อ 3.1 รายการกิจกรรม", "changes", False),
    ]
    take(plan, "places.1.1", "places.3.1")
    places = ActivityPlace.objects.filter(analysis=criterion(full, "1.1")).order_by("position")
    assert [place.activity.text.plain for place in places] == [
        "จากไฟล์",
        "กิจกรรม senate ข้อ 1.1",
        "กิจกรรม 2.1",
        "เขียนทีหลังในระบบ",
    ]
    assert Activity.objects.get(uid=new).places.count() == 2
    assert units(planned(content, full)) == []


def test_an_activity_that_was_taken_out_here_stays_out_and_is_told(full):
    content = file_of(full)
    shared = Activity.objects.get(text__plain="กิจกรรม 2.1")
    for place in shared.places.select_related("analysis__wording"):
        withdraw_activity(activity=shared, analysis=place.analysis, by=full.opened_by)
    plan = planned(content, full)
    assert units(plan) == []
    assert plan.notes == ("ข้อ 1.1 กิจกรรมที่ 2: กิจกรรมนี้ถูกนำออกจากแบบฟอร์มแล้ว จึงข้ามไป",)


def test_owners_and_dates_are_a_piece_of_their_own(full):
    def change(document):
        document["activities"][0] |= {"owners": [], "starts_on": "2022-01-05", "ends_on": "2022-02-05"}

    content = file_of(full, change)
    plan = planned(content, full)
    assert units(plan) == [("ข้อ 1.1 กิจกรรมที่ 1 ผู้รับผิดชอบและวันที่", "changes", False)]
    assert plan.units[0].new == "<p>วันเริ่ม: 5 มกราคม 2565</p><p>วันสิ้นสุด: 5 กุมภาพันธ์ 2565</p>"
    take(plan, plan.units[0].name)
    activity = Activity.objects.get(text__plain="กิจกรรม senate ข้อ 1.1")
    assert (activity.starts_on, activity.ends_on) == (datetime.date(2022, 1, 5), datetime.date(2022, 2, 5))
    assert list(activity.owner_lines.all()) == []
    conflict = planned(file_of(full, lambda d: d["activities"][0].update(version=1, starts_on=None)), full)
    assert units(conflict) == [("ข้อ 1.1 กิจกรรมที่ 1 ผู้รับผิดชอบและวันที่", "changes", True)]


def test_settings_headings_captions_cases_and_feedback_are_pieces(full):
    def change(document):
        document["round"]["deadline"] = "2022-09-30"
        document["sheets"][1]["heading_owner"] = "ผู้รับผิดชอบหลัก"
        document["sheets"][0]["figures"][0]["caption"] = "คำบรรยายใหม่"
        first_criterion(document)["practices"][0]["award_line"] = "(รางวัลใหม่)"
        document["feedback"][0]["level"] = "advance"

    content = file_of(full, change)
    plan = planned(content, full)
    assert units(plan) == [
        ("การตั้งค่าแบบฟอร์ม", "changes", False),
        ("หมวด 1 ภาพเต็มหน้าที่ 1", "changes", False),
        ("ข้อ 1.1 ตัวอย่าง กรมตัวอย่าง", "changes", False),
        ("หมวด 2 หัวคอลัมน์", "changes", False),
        ("ข้อ 1.1 ข้อเสนอแนะปี 2564 ขั้นตอนที่ 2", "changes", False),
    ]
    assert "<p>ส่งภายในวันที่: –</p>" in plan.units[0].old
    assert "<p>ส่งภายในวันที่: 30 กันยายน 2565</p>" in plan.units[0].new
    assert "<p>เผื่อขอบเย็บเล่ม (มิลลิเมตร): 0</p><p>พิมพ์ด้วยเลขไทย: ไม่ใช่</p>" in plan.units[0].new
    take(plan, *(unit.name for unit in plan.units))
    assert Round.objects.get(pk=full.pk).deadline == datetime.date(2022, 9, 30)
    assert SheetFigure.objects.get().caption == "คำบรรยายใหม่"
    assert ChosenPractice.objects.get().award_line == "(รางวัลใหม่)"
    assert FeedbackPoint.objects.get(step=2).level == "advance"
    assert units(planned(content, full)) == []


def test_what_is_saved_between_plan_and_writing_stops_everything(full):
    def change(document):
        first_criterion(document)["obstacles"]["html"] = "<p>จากไฟล์</p>"
        first_criterion(document)["remedies"]["html"] = "<p>จากไฟล์</p>"

    plan = planned(file_of(full, change), full)
    write(criterion(full, "1.1").remedies, "<p>เร็วกว่า</p>")
    with pytest.raises(RoundChanged):
        take(plan, "text.1.1.obstacles", "text.1.1.remedies")
    assert criterion(full, "1.1").obstacles.html == "<p>อุปสรรค</p>"


def test_pictures_of_a_refused_writing_leave_no_file(full, settings):
    """A file of a round whose picture is not stored here, and a colleague who is faster."""
    uid, content = str(uuid.uuid4()), picture_bytes(200)

    def change(document):
        figure = document["figures"][0] | {"uid": uid, "size": len(content)}
        figure |= {"sha256": hashlib.sha256(content).hexdigest(), "media_type": "image/png"}
        document["figures"].append(figure | {"content": base64.b64encode(content).decode()})
        first_criterion(document)["remedies"]["html"] = f'<figure><img src="/figures/{uid}/" alt=""></figure>'

    plan = planned(file_of(full, change), full)
    before = sorted(settings.MEDIA_ROOT.rglob("*.*"))
    write(criterion(full, "1.1").remedies, "<p>เร็วกว่า</p>")
    with pytest.raises(RoundChanged):
        take(plan, "text.1.1.remedies")
    assert sorted(settings.MEDIA_ROOT.rglob("*.*")) == before
    assert Figure.objects.filter(uid=uid).count() == 0
    take(planned(file_of(full, change), full), "text.1.1.remedies")
    assert Figure.objects.get(uid=uid).sha256 == hashlib.sha256(content).hexdigest()


def test_an_empty_round_takes_a_file_and_is_known_again(full):
    empty = create_round(agency=full.agency, year=2570, edition=full.edition, by=None)
    content = file_of(full)
    assert bring_in(content, year=2570).new_round is False
    texts = Text.objects.filter(agency=full.agency, html="<p>อุปสรรค</p>")
    assert texts.count() == 2
    assert Round.objects.get(pk=empty.pk).uid != empty.uid
    # its own file comes back into it, and so does the one that it was made of
    assert bring_in(file_of(Round.objects.get(pk=empty.pk))).plan.units == ()
    assert bring_in(content, year=2570).plan.units == ()


def test_a_file_for_another_agency_does_not_touch_the_first(full, world):
    before = comparable(read_round(full))
    outcome = bring_in(file_of(full), code="nso")
    assert (outcome.new_agency, outcome.new_round) == (False, True)
    assert comparable(read_round(full)) == before
    copied = read_round(Round.objects.select_related("agency", "edition").get(agency__code="nso"))
    assert [a["text"]["html"] for a in copied["activities"]] == [
        a["text"]["html"] for a in json.loads(file_of(full))["activities"]
    ]
    assert set(Owner.objects.filter(agency=world.there.agency).values_list("name", flat=True)) == {
        "สำนักนโยบายและแผน nso",
        "สำนักนโยบายและแผน senate",
        "ทุกสำนัก",
    }
    with pytest.raises(ExchangeRefused, match="ไม่พบหน่วยงานรหัส nobody"):
        bring_in(file_of(full), code="nobody")


def test_a_case_that_another_agency_keeps_is_neither_used_nor_touched(full, there, world):
    """Its key is taken: the case of the file comes in under a key of its own."""
    theirs = Practice.objects.get(key="shared-case")
    Practice.objects.filter(pk=theirs.pk).update(kept_to=world.there.agency, title="ความลับ")
    content = file_of(full, lambda d: d["practices"][0].update(title="จากไฟล์"))
    bring_in(content, year=2570)
    chosen = ChosenPractice.objects.get(analysis__sheet__round__year=2570)
    assert (chosen.practice.key, chosen.practice.kept_to, chosen.practice.title) == (
        "shared-case-senate",
        full.agency,
        "จากไฟล์",
    )
    theirs.refresh_from_db()
    assert (theirs.title, theirs.kept_to) == ("ความลับ", world.there.agency)


def test_on_screen_nothing_becomes_shared(full, world):
    content = file_of(full, lambda d: [d["practices"][0].update(key="new"), chosen_key(d, "new")])
    empty = create_round(agency=full.agency, year=2570, edition=full.edition, by=None)
    document = renamed_for(read_source(content).document, "senate", 2570)
    plan = plan_for(document, empty, trusted=False)
    take(plan)
    assert Practice.objects.get(key="new").kept_to == full.agency


def chosen_key(document, key: str) -> None:
    first_criterion(document)["practices"][0]["practice"] = key


def test_withdrawn_feedback_is_left_out_and_told(full):
    content = file_of(full)
    FeedbackPoint.objects.filter(step=2).update(withdrawn_at=timezone.now(), withdrawn_by=full.opened_by)
    plan = planned(content, full)
    assert units(plan) == []
    assert plan.notes == ("ข้อ 1.1 ข้อเสนอแนะปี 2564 ขั้นตอนที่ 2: ข้อเสนอแนะนี้ถูกถอนแล้ว จึงข้ามไป",)


def test_feedback_that_was_typed_in_already_is_not_added_twice(full):
    content = file_of(full)
    FeedbackPoint.objects.filter(step=2).update(uid=uuid.uuid4())
    assert units(planned(content, full)) == []


def test_a_dry_run_writes_nothing_and_tells_the_same(full, settings):
    content = file_of(full)
    before = snapshot()
    outcome = bring_in(content, year=2570, dry_run=True)
    assert snapshot() == before
    assert units(outcome.plan) == units(bring_in(content, year=2570).plan)


def test_taking_in_is_written_to_the_audit_trail(full):
    bring_in(file_of(full), year=2570)
    event = AuditEvent.objects.get(verb="round.imported")
    assert (event.agency, event.actor, event.facts["pieces"] > 5) == (full.agency, None, True)


@pytest.mark.parametrize(
    ("stored", "wanted", "result"),
    [
        ("abc", "abc", "abc"),
        ("abc", "ca", "cab"),
        ("xab", "ba", "xba"),
        ("", "ab", "ab"),
        ("ab", "", "ab"),
        ("axb", "ba", "bax"),
    ],
)
def test_merged_lists_lose_nothing(stored, wanted, result):
    assert "".join(merged(list(stored), list(wanted))) == result


def test_an_agency_that_was_only_an_example_becomes_a_tenant(full):
    assert Agency.objects.get(code="example").hosted is False
    bring_in(file_of(full), code="example")
    assert Agency.objects.get(code="example").hosted is True


def test_an_agency_whose_name_stands_under_another_code_is_refused(full):
    content = file_of(full, lambda d: d["agency"].update(code="senate2"))
    with pytest.raises(ExchangeRefused, match="เป็นของหน่วยงานรหัสอื่น"):
        bring_in(content)
    assert Agency.objects.filter(code="senate2").count() == 0
