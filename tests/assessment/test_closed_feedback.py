"""A closed form prints the feedback that it was closed with, until it is opened again."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from assessment.models import Round
from assessment.services.rounds import close_round, create_round, open_round
from feedback.models import FeedbackLock
from feedback.services import FeedbackLocked, add_point, withdraw_point
from organizations.enums import Role
from tests.world import criterion


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
