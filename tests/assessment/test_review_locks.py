"""What the review locks, and who writes over it."""

from __future__ import annotations

import uuid

import pytest

from assessment.models import CategorySheet, Round
from assessment.services.activities import move_activity
from assessment.services.locks import SheetLocked, text_ids
from assessment.services.review import (
    pull_back,
    reopen_sheet,
)
from assessment.services.round_settings import save_round_settings, save_sheet_settings
from assessment.services.rounds import close_round, open_round
from assessment.services.texts import save_sheet_text
from assessment.services.withdrawing import restore_activity, withdraw_activity
from organizations.enums import Role
from tests.world import criterion, write_activity
from texts.models import Revision, Text
from texts.services import TextLocked, save_text

from .browser import activity_at
from .review import approved, complete, returned, save, sheet_of, submitted


@pytest.fixture
def member(world):
    return world.here.people["committee_1"]


@pytest.fixture
def secretary(world):
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def admin(world):
    return world.here.people[Role.AGENCY_ADMIN]


@pytest.fixture
def ready(world, here) -> Round:
    """Category 1 is complete."""
    complete(here, 1, world.here)
    return here


# --- locks ----------------------------------------------------------------------------------------


def locked(round: Round) -> set[int]:
    """Categories whose texts are all locked, and in which nothing is half-locked."""
    found = set()
    for sheet in CategorySheet.objects.filter(round=round).select_related("category"):
        ids = text_ids(CategorySheet.objects.filter(pk=sheet.pk))
        if not Text.objects.filter(pk__in=ids, locked_at=None).exists():
            found.add(sheet.number)
    return found


def test_submitting_locks_its_texts_and_no_others(ready, there, member):
    assert locked(ready) == set()
    submitted(ready, 1, member)
    assert locked(ready) == {1}
    own = text_ids(CategorySheet.objects.filter(round=ready, category__number=1))
    assert set(Text.objects.exclude(locked_at=None).values_list("pk", flat=True)) == own


def test_a_shared_activity_is_locked_as_long_as_one_of_its_categories_is(world, ready, member, secretary):
    complete(ready, 3, world.here)
    shared = write_activity(ready, "1.1", "<p>ร่วม</p>", owners=[world.here.unit], serves=["3.1"])
    submitted(ready, 1, member)
    submitted(ready, 3, world.here.people["committee_3"])
    sheet = sheet_of(ready, 1)
    pull_back(sheet=sheet, base_version=sheet.review_version, by=member)
    shared.text.refresh_from_db()
    assert shared.text.locked_at
    assert locked(ready) == {3}
    with pytest.raises(SheetLocked) as refused:
        save(shared, "1.1", member, html="<p>ของหมวด 1</p>")
    assert refused.value.sheet.number == 3
    returned(ready, 3, secretary)
    assert not Text.objects.exclude(locked_at=None).exists()
    save(shared, "1.1", member, html="<p>ของหมวด 1</p>")


def test_an_activity_is_not_put_into_a_submitted_category(world, ready, member):
    other = world.here.people["committee_3"]
    submitted(ready, 1, member)
    activity = activity_at(ready, "3.1")
    with pytest.raises(SheetLocked):
        save(activity, "3.1", other, serves=[criterion(ready, "1.2")])
    assert list(activity.places.values_list("analysis__wording__code", flat=True)) == ["3.1"]


def test_opening_a_closed_round_again_keeps_submitted_categories_locked(ready, member, secretary):
    submitted(ready, 1, member)
    close_round(round=ready, by=secretary)
    open_round(round=ready, by=secretary, reason="แก้")
    assert locked(ready) == {1}


def test_the_secretariat_writes_over_a_submission_and_what_it_adds_is_locked_too(
    world, ready, member, secretary
):
    submitted(ready, 1, member)
    made = write_activity(ready, "1.2", "<p>เพิ่ม</p>", owners=[world.here.unit], by=secretary)
    assert Text.objects.get(pk=made.text_id).locked_at
    save(made, "1.2", secretary, html="<p>แก้</p>")
    revision = Revision.objects.filter(text=made.text).first()
    assert (revision.html, revision.on_behalf, revision.author) == ("<p>แก้</p>", True, secretary)
    with pytest.raises(SheetLocked):
        save(made, "1.2", member, html="<p>ของคณะ</p>")
    withdraw_activity(activity=made, analysis=criterion(ready, "1.2"), by=secretary)
    restore_activity(activity=made, analysis=criterion(ready, "1.2"), by=secretary)
    assert locked(ready) == {1}


def test_an_approved_category_is_written_by_nobody(ready, member, secretary):
    submitted(ready, 1, member)
    sheet = approved(ready, 1, secretary)
    analysis = criterion(ready, "1.2")
    text = {"html": "<p>ก</p>", "key": uuid.uuid4(), "base_version": 0}
    for person in (member, secretary):
        with pytest.raises(SheetLocked):
            save_sheet_text(sheet=sheet, text=analysis.analysis, by=person, **text)
        with pytest.raises(SheetLocked):
            save(activity_at(ready, "1.2"), "1.2", person, html="<p>ก</p>")
        with pytest.raises(SheetLocked):
            move_activity(
                analysis=analysis, activity=activity_at(ready, "1.2"), up=True, base_version=1, by=person
            )
    with pytest.raises(SheetLocked):
        save_sheet_settings(sheet=sheet, base_version=1, settings={"heading_owner": "ก"}, by=secretary)
    with pytest.raises(SheetLocked):
        save_round_settings(
            round=ready, base_version=ready.version, settings={"feedback_year": 2563}, by=secretary
        )
    reopen_sheet(sheet=sheet, base_version=sheet.review_version, reason="แก้", by=secretary)
    save_sheet_text(sheet=sheet, text=analysis.analysis, by=member, **text)


def test_a_save_that_did_not_see_the_submission_is_refused_by_the_text_itself(ready, member):
    """Also one that asks no category first."""
    text = sheet_of(ready, 1).obstacles
    submitted(ready, 1, member)
    with pytest.raises(TextLocked):
        save_text(text=text, base_version=0, html="<p>สาย</p>", key=uuid.uuid4(), by=member)
    assert Text.objects.get(pk=text.pk).html == ""
