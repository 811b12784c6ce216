"""Every change of a row that can be found is noted by the database itself, and the entries follow."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import call_command
from django.db import connection

from assessment.models import Activity, ActivityOwner, ActivityPlace, SearchEntry, SearchPending
from assessment.search import triggers, trigrams
from assessment.search.installing import install_search, search_is_installed
from assessment.search.refreshing import NOTES, refresh_everything, refresh_search
from assessment.services.withdrawing import withdraw_activity
from feedback.services import withdraw_point
from framework.models import EditionCriterion
from organizations.models import Agency, Owner
from practices.models import Practice
from tests.assessment.search.asking import hits, make_entry, make_point
from tests.world import criterion, write_activity
from texts.models import Text
from texts.services import save_text


@pytest.fixture
def secretary(world):
    return world.here.people["secretariat"]


def after_refresh(user, typed, **wanted):
    refresh_everything()
    return hits(user, typed, **wanted)


def test_a_new_database_has_everything(db):
    assert search_is_installed(connection)
    assert not install_search(connection)


def test_nothing_is_found_before_the_refresh_and_everything_after_it(secretary, point, case):
    assert hits(secretary, "ข้อร้องเรียน") == []
    assert SearchPending.objects.exists()
    assert after_refresh(secretary, "ข้อร้องเรียน") == [("case", case.pk), ("feedback", point.pk)]
    assert not SearchPending.objects.exists()
    assert refresh_search() == 0


def test_a_saved_text_is_followed(secretary, case):
    save_text(text=case.text, base_version=1, html="<p>ระบบนัดหมายออนไลน์</p>", key=uuid.uuid4(), by=None)
    assert after_refresh(secretary, "นัดหมาย") == [("case", case.pk)]
    assert hits(secretary, "เนื้อหา") == []


def test_an_update_past_every_service_is_followed(secretary, case):
    Text.objects.filter(pk=case.text_id).update(plain="คลังข้อมูล")
    Practice.objects.filter(pk=case.pk).update(title="เรื่องใหม่", award_year=2560)
    assert after_refresh(secretary, "คลังข้อมูล", year=2560) == [("case", case.pk)]
    assert hits(secretary, "เรื่องใหม่") == [("case", case.pk)]


def test_a_text_saved_as_it_stands_is_not_noted(case):
    refresh_everything()
    Text.objects.filter(pk=case.text_id).update(plain="เนื้อหา", version=7)
    assert not SearchPending.objects.exists()


def test_linked_criteria_are_followed(secretary, world, case):
    other = world.edition.criteria.get(code="6.4").criterion
    case.criteria.add(other)
    assert after_refresh(secretary, "ข้อร้องเรียน", criterion=other.pk) == [("case", case.pk)]
    case.criteria.remove(other)
    assert after_refresh(secretary, "ข้อร้องเรียน", criterion=other.pk) == []


def test_names_that_stand_beside_texts_are_followed(secretary, round, case):
    activity = Activity.objects.get(places__analysis__wording__code="1.1")
    Agency.objects.filter(pk=case.agency_id).update(short_name="สพก.")
    Owner.objects.filter(pk=ActivityOwner.objects.filter(activity=activity).get().owner_id).update(
        name="กลุ่มตรวจสอบ"
    )
    EditionCriterion.objects.filter(code="3.1").update(short_name="ระบบสารสนเทศ")
    assert after_refresh(secretary, "สพก") == [("case", case.pk)]
    assert ("activity", activity.pk) in hits(secretary, "กลุ่มตรวจสอบ")
    assert ("case", case.pk) in hits(secretary, "ระบบสารสนเทศ")


def test_what_was_withdrawn_leaves_the_index(secretary, round, point):
    activity = write_activity(round, "2.1", "<p>จัดอบรมพนักงาน</p>", by=secretary)
    assert after_refresh(secretary, "อบรม") == [("activity", activity.pk)]
    withdraw_activity(activity=activity, analysis=criterion(round, "2.1"), by=secretary)
    withdraw_point(point=point, base_version=point.version, by=secretary)
    refresh_everything()
    assert not SearchEntry.objects.filter(kind="activity", object_id=activity.pk).exists()
    assert not SearchEntry.objects.filter(kind="feedback").exists()


def test_an_activity_that_serves_another_criterion_is_found_there(secretary, world, round):
    activity = Activity.objects.get(places__analysis__wording__code="3.1")
    ActivityPlace.objects.create(activity=activity, analysis=criterion(round, "6.2"), position=1)
    assert after_refresh(secretary, "กิจกรรม", category=6) == [("activity", activity.pk)]


def test_texts_of_criteria_and_of_whole_categories_are_followed(secretary, world, round):
    analysis = criterion(round, "4.2")
    texts = {
        "analysis": analysis.analysis,
        "obstacles": analysis.obstacles,
        "remedies": analysis.remedies,
        "sheet_obstacles": analysis.sheet.obstacles,
        "sheet_remedies": analysis.sheet.remedies,
    }
    for part, text in texts.items():
        save_text(text=text, base_version=0, html=f"<p>งบประมาณ {part}</p>", key=uuid.uuid4(), by=secretary)
    refresh_everything()
    entries = SearchEntry.objects.filter(kind="answer")
    assert set(entries.values_list("part", "object_id")) == {
        (part, analysis.sheet.pk if part.startswith("sheet") else analysis.pk) for part in texts
    }
    assert {(entry.year, entry.categories, entry.agency_id) for entry in entries} == {
        (2565, " 4 ", world.here.agency.pk)
    }
    save_text(text=analysis.analysis, base_version=1, html="", key=uuid.uuid4(), by=secretary)
    refresh_everything()
    assert set(entries.values_list("part", flat=True)) == set(texts) - {"analysis"}


def test_deleted_rows_leave_the_index(secretary, point):
    refresh_everything()
    point.delete()
    refresh_everything()
    assert not SearchEntry.objects.exists()


def test_many_changes_are_taken_in_portions_and_none_is_lost(secretary, world):
    points = [make_point(world, world.here.agency, "1.1", f"เรื่องที่ {n}") for n in range(30)]
    SearchPending.objects.bulk_create(
        SearchPending(source="point", object_id=points[0].pk) for _ in range(NOTES)
    )
    refresh_everything()
    assert SearchEntry.objects.filter(kind="feedback").count() == 30
    assert not SearchPending.objects.exists()


def test_one_text_that_cannot_be_cut_does_not_hold_up_the_others(monkeypatch, caplog, world, case):
    from assessment.search import entries

    broken = make_point(world, world.here.agency, "1.1", "ตัดคำไม่ได้")
    sound = make_point(world, world.here.agency, "1.1", "ตัดคำได้")
    tokens = entries.tokens

    def fails(text):
        if text.startswith("ตัดคำไม่"):
            raise ValueError
        return tokens(text)

    monkeypatch.setattr(entries, "tokens", fails)
    refresh_everything()
    assert not SearchEntry.objects.filter(object_id=broken.pk, kind="feedback").exists()
    assert make_entry(world, sound).text.body
    assert f"no search entry for feedback {broken.pk}" in caplog.text


def test_a_trigger_that_a_migration_dropped_comes_back_and_its_rows_are_read_again(secretary, world, point):
    refresh_everything()
    name = triggers.WATCHED[2].names()["update"]
    where = ' ON "feedback_feedbackpoint"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"{where}')
    type(point).objects.filter(pk=point.pk).update(text="ถ้อยคำที่ไม่มีใครเห็น")
    assert not SearchPending.objects.exists()
    assert not search_is_installed(connection)
    assert install_search(connection)
    assert after_refresh(secretary, "ไม่มีใครเห็น") == [("feedback", point.pk)]


def test_another_version_has_everything_read_again(monkeypatch, indexed):
    monkeypatch.setattr(triggers, "VERSION", triggers.VERSION + 1)
    assert install_search(connection)
    assert search_is_installed(connection)
    with connection.cursor() as cursor:
        names = triggers.trigger_names(connection, cursor)
    wanted = {name for watch in triggers.WATCHED for name in watch.names().values()}
    assert {name for name in names if "_index_" not in name} == wanted
    entries = SearchEntry.objects.count()
    SearchEntry.objects.all().delete()
    refresh_everything()
    assert SearchEntry.objects.count() == entries > 0


def test_a_lost_index_is_made_again(secretary, case, indexed):
    # a transaction that has written rows cannot change their table while their foreign keys wait to be checked
    lost = ["SET CONSTRAINTS ALL IMMEDIATE", "DROP INDEX assessment_searchpieces_pieces"]
    if connection.vendor == "sqlite":
        lost = ["DROP TRIGGER search_index_update", f"DROP TABLE {trigrams.FTS}"]
    with connection.cursor() as cursor:
        for statement in lost:
            cursor.execute(statement)
    assert install_search(connection)
    assert ("case", case.pk) in hits(secretary, "ข้อร้องเรียน")


def test_the_command_makes_everything_findable(secretary, case, capsys):
    SearchPending.objects.all().delete()
    call_command("refresh_search")
    assert capsys.readouterr().out == "ค้นหาได้ 0 รายการ\n"
    call_command("refresh_search", "--all")
    assert capsys.readouterr().out == "ค้นหาได้ 1 รายการ\n"
    assert hits(secretary, "ข้อร้องเรียน") == [("case", case.pk)]
