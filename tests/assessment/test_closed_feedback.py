"""A closed form and an approved category print the feedback that they had then, until they are opened again."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from assessment.models import Round
from assessment.services.review import reopen_sheet
from assessment.services.rounds import close_round, create_round, open_round
from feedback.models import FeedbackLock
from feedback.services import (
    FeedbackLocked,
    add_point,
    change_point,
    decline_point,
    reorder,
    withdraw_point,
)
from organizations.enums import Role
from tests.world import criterion

from .review import approved, complete, sheet_of, submitted


@pytest.fixture
def by(world):
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def point(here, by):
    return add_point(
        agency=here.agency,
        year=here.feedback_year,
        step=here.feedback_step,
        criterion=criterion(here, "1.1").wording.criterion,
        text="ควรมีแผน",
        by=by,
    )


def locks() -> list[tuple[str, int, int]]:
    return list(FeedbackLock.objects.order_by("pk").values_list("agency__code", "year", "step"))


def test_the_feedback_of_a_closed_form_stays_and_is_free_again_with_the_form(here, there, by, point):
    close_round(round=here, by=by)
    with pytest.raises(FeedbackLocked):
        withdraw_point(point=point, base_version=1, by=by)
    assert locks() == [("senate", 2564, 2)]
    open_round(round=here, by=by, reason="แก้ข้อเสนอแนะ")
    withdraw_point(point=point, base_version=1, by=by)
    assert locks() == []


def test_feedback_that_two_closed_forms_answer_is_free_when_both_are_open(world, here, by):
    second = create_round(agency=here.agency, year=2566, edition=world.edition, by=by, feedback_year=2564)
    open_round(round=second, by=by)
    for round in (here, second):
        close_round(round=round, by=by)
    open_round(round=here, by=by, reason="แก้")
    assert locks() == [("senate", 2564, 2)]
    open_round(round=second, by=by, reason="แก้")
    assert locks() == []


def test_an_earlier_closed_round_is_locked_by_the_migration(here, there, by):
    close_round(round=here, by=by)
    FeedbackLock.objects.all().delete()
    lock = import_module("assessment.migrations.0005_lock_feedback_of_closed_rounds").lock
    for _ in range(2):
        lock(apps, None)
    assert Round.objects.count() == 2
    assert locks() == [("senate", 2564, 2)]


# --- approved categories ------------------------------------------------------------------------------


@pytest.fixture
def ready(world, here) -> Round:
    complete(here, 1, world.here)
    return here


def correct(point, by, text="แก้แล้ว") -> None:
    fields = {name: getattr(point, name) for name in ("year", "step", "strength", "gap", "level")}
    point.refresh_from_db()
    change_point(
        point=point, base_version=point.version, by=by, criterion=point.criterion, text=text, **fields
    )


def held() -> list[tuple[int, int, str]]:
    rows = FeedbackLock.objects.exclude(criterion=None).order_by("criterion__identity")
    return list(rows.values_list("year", "step", "criterion__identity"))


FOUR = [(2564, 2, f"pmqa4-1.{number}") for number in range(1, 5)]


def test_the_feedback_of_an_approved_category_stays_until_it_is_opened_again(world, ready, by, point):
    submitted(ready, 1, world.here.people["committee_1"])
    correct(point, by, "ฝ่ายเลขานุการแก้ระหว่างตรวจ")
    approved(ready, 1, by)
    assert held() == FOUR
    change_nothing = (
        lambda: correct(point, by),
        lambda: withdraw_point(point=point, base_version=point.version, by=by),
        lambda: add_point(
            agency=ready.agency, year=2564, step=2, criterion=point.criterion, text="ใหม่", by=by
        ),
    )
    for change in change_nothing:
        with pytest.raises(FeedbackLocked, match=r"ได้รับความเห็นชอบแล้ว .* กรุณาเปิดหมวดนั้นให้แก้อีกครั้งก่อน"):
            change()
    decline_point(point=point, reason="ไม่กระทบสิ่งที่พิมพ์", by=by)
    sheet = sheet_of(ready, 1)
    reopen_sheet(sheet=sheet, base_version=sheet.review_version, reason="แก้ข้อเสนอแนะ", by=by)
    assert held() == []
    correct(point, by)


def test_other_categories_steps_years_and_agencies_change_as_before(world, ready, there, by, point):
    submitted(ready, 1, by)
    approved(ready, 1, by)
    other = criterion(ready, "2.1").wording.criterion
    for agency, year, step, about in (
        (ready.agency, 2564, 2, other),
        (ready.agency, 2564, 3, point.criterion),
        (ready.agency, 2563, 2, point.criterion),
        (there.agency, 2564, 2, point.criterion),
    ):
        correct(add_point(agency=agency, year=year, step=step, criterion=about, text="ก", by=by), by)


def test_points_of_two_steps_keep_the_order_of_the_approved_one(world, ready, by, point):
    where = {"agency": ready.agency, "year": 2564, "criterion": point.criterion}
    second = add_point(**where, step=2, text="ข", by=by)
    free = add_point(**where, step=3, text="ค", by=by)
    submitted(ready, 1, by)
    approved(ready, 1, by)
    reorder(**where, order=[free.pk, point.pk, second.pk], by=by)
    with pytest.raises(FeedbackLocked):
        reorder(**where, order=[free.pk, second.pk, point.pk], by=by)


def test_feedback_that_two_approved_categories_answer_is_free_with_the_last(world, ready, by, point):
    second = create_round(agency=ready.agency, year=2566, edition=world.edition, by=by, feedback_year=2564)
    open_round(round=second, by=by)
    complete(second, 1, world.here)
    for round in (ready, second):
        submitted(round, 1, by)
        approved(round, 1, by)
    for round, left in ((ready, FOUR), (second, [])):
        sheet = sheet_of(round, 1)
        reopen_sheet(sheet=sheet, base_version=sheet.review_version, reason="แก้", by=by)
        assert held() == left


def test_closing_and_opening_a_form_leaves_the_locks_of_its_approved_categories(world, ready, by, point):
    submitted(ready, 1, by)
    approved(ready, 1, by)
    close_round(round=ready, by=by)
    open_round(round=ready, by=by, reason="แก้หมวดอื่น")
    assert held() == FOUR
    with pytest.raises(FeedbackLocked, match="ได้รับความเห็นชอบแล้ว"):
        correct(point, by)


def test_the_list_says_so_and_offers_no_correction(client, world, ready, by, point):
    free = add_point(
        agency=ready.agency,
        year=2564,
        step=2,
        criterion=criterion(ready, "2.1").wording.criterion,
        text="ข้อของหมวด 2",
        by=by,
    )
    submitted(ready, 1, by)
    approved(ready, 1, by)
    client.force_login(by)
    page = client.get(reverse("feedback_list", args=["senate"])).content.decode()
    assert "ข้อเสนอแนะในหมวดที่ได้รับความเห็นชอบแล้วอ่านได้อย่างเดียว" in page
    edits = [reverse("feedback_edit", args=["senate", each.uid]) in page for each in (point, free)]
    assert edits == [False, True]
    body = {
        "year": 2564,
        "step": 2,
        "criterion": point.criterion_id,
        "text": "พิมพ์ไว้",
        "version": point.version,
    }
    refused = client.post(reverse("feedback_edit", args=["senate", point.uid]), body)
    assert refused.status_code == 409
    assert "ได้รับความเห็นชอบแล้ว" in refused.content.decode()
    assert refused.context["form"]["text"].value() == "พิมพ์ไว้"


def test_an_earlier_approval_is_locked_by_the_migration(world, ready, there, by, point):
    submitted(ready, 1, by)
    approved(ready, 1, by)
    FeedbackLock.objects.all().delete()
    name = "assessment.migrations.0017_lock_feedback_of_approved_categories"
    for _ in range(2):
        import_module(name).lock(apps, None)
    assert held() == FOUR
