"""The small world with something to find in it."""

from __future__ import annotations

import pytest

from assessment.models import Round
from assessment.search.refreshing import refresh_everything
from feedback.models import FeedbackPoint
from practices.models import Practice, PracticeStatus
from tests.assessment.search.asking import make_point
from tests.url_world import make_case
from tests.world import World, make_agency, make_round, world  # noqa: F401


@pytest.fixture
def round(world: World) -> Round:  # noqa: F811
    """An open round of «senate»; its activities name it and their criteria."""
    return make_round(world.here, world)


@pytest.fixture
def point(world: World) -> FeedbackPoint:  # noqa: F811
    """A point that «senate» received about 3.1."""
    return make_point(world, world.here.agency, "3.1", "มีช่องทางรับฟังเสียง แต่ยังขาดการวิเคราะห์ข้อร้องเรียน")


@pytest.fixture
def case(world: World) -> Practice:  # noqa: F811
    """A shared case of another agency, about 1.1 and 3.1."""
    return make_case(world, make_agency("tax", "กรมสรรพากร"), "จัดการข้อร้องเรียนเชิงรุก", None)


@pytest.fixture
def draft(world: World) -> Practice:  # noqa: F811
    """A case that «senate» keeps to itself and has not published."""
    return make_case(world, world.there.agency, "ร่างของเรา", world.here.agency, PracticeStatus.DRAFT)


@pytest.fixture
def indexed(round: Round, point: FeedbackPoint, case: Practice) -> None:
    """All of these, findable."""
    refresh_everything()
