"""An agency with open points, its people, and a gap that two units work on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from assessment.models import DevelopmentGap, Round
from feedback.models import FeedbackPoint
from feedback.services import add_point
from organizations.enums import Role
from organizations.models import Owner, User
from tests.url_gaps import choose
from tests.world import World, criterion, join, make_round, make_user, world  # noqa: F401


@pytest.fixture
def here(world: World) -> Round:  # noqa: F811
    """The open round of «senate»."""
    return make_round(world.here, world)


@pytest.fixture
def there(world: World) -> Round:  # noqa: F811
    """The open round of «nso»: what must never leak."""
    return make_round(world.there, world)


@pytest.fixture
def by(world: World) -> User:  # noqa: F811
    """The secretariat."""
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def officer(world: World) -> User:  # noqa: F811
    """The officer of the leading unit."""
    return world.here.people[Role.UNIT_OFFICER]


@pytest.fixture
def other_unit(world: World) -> Owner:  # noqa: F811
    """A second unit."""
    return Owner.objects.create(agency=world.here.agency, name="กองวิชาการ")


@pytest.fixture
def other_officer(world: World, other_unit: Owner) -> User:  # noqa: F811
    """Its officer."""
    return join(make_user("other-unit"), world.here.agency, Role.UNIT_OFFICER, unit=other_unit)


def point_of(
    round: Round, code: str, text: str = "มีแผน แต่ยังขาดตัวชี้วัด", year: int | None = None
) -> FeedbackPoint:
    """A point about a criterion of the round."""
    return add_point(
        agency=round.agency,
        year=year or round.feedback_year,
        step=round.feedback_step,
        criterion=criterion(round, code).wording.criterion,
        text=text,
        by=None,
    )


@pytest.fixture
def gap(here: Round, world: World, by: User, other_unit: Owner) -> DevelopmentGap:  # noqa: F811
    """3.1.1, from one point, led by the officer's unit, with the second unit beside it."""
    return choose(
        criterion(here, "3.1"),
        by,
        code="3.1.1",
        title="ขาดการวิเคราะห์แนวโน้ม",
        reason="กระทบผู้รับบริการมากที่สุด",
        lead=world.here.unit,
        others=[other_unit],
        points=[point_of(here, "3.1")],
    )


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def open_as(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return open_as
