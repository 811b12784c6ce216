"""Points of feedback and what answers them."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.coverage import coverage_of
from assessment.enums import PointState, RoundState
from assessment.models import Activity, PointLink, Round
from assessment.services.links import PointElsewhere, finish_activity, link_point, unlink_point
from assessment.services.rounds import close_round
from assessment.services.withdrawing import withdraw_activity
from feedback.enums import RelationKind
from feedback.models import FeedbackPoint
from feedback.services import add_point, decline_point, relate_points, take_up_point
from organizations.enums import Role
from organizations.models import User
from tests.world import World, criterion, write_activity
from texts.services import TextLocked

from .browser import activity_at, url

pytestmark = pytest.mark.django_db

TEXT = "มีแนวทางเสริมสร้างความโปร่งใส แต่ยังขาดตัววัดและการประเมินประสิทธิผลของการป้องกันการทุจริต"
ALIKE = "ยังขาดตัววัดและการประเมินประสิทธิผลของการป้องกันการทุจริตในองค์การ"


@pytest.fixture
def by(world: World) -> User:
    """The secretariat."""
    return world.here.people[Role.SECRETARIAT]


def point_of(round: Round, code: str, text: str = TEXT, year: int | None = None) -> FeedbackPoint:
    """A point about a criterion of the round."""
    return add_point(
        agency=round.agency,
        year=year or round.feedback_year,
        step=round.feedback_step,
        criterion=criterion(round, code).wording.criterion,
        text=text,
        by=None,
    )


def states(round: Round) -> list[str]:
    """The states of all points, in the order of the form."""
    return [item.state for item in coverage_of(round).points]


class TestState:
    def test_point_goes_from_open_to_planned_to_finished(self, here: Round, by: User) -> None:
        point, activity = point_of(here, "1.1"), activity_at(here, "1.1")
        assert states(here) == [PointState.OPEN]
        link_point(activity=activity, point=point, by=by)
        assert states(here) == [PointState.PLANNED]
        finish_activity(activity=activity, finished=True, by=by)
        assert states(here) == [PointState.FINISHED]
        finish_activity(activity=activity, finished=False, by=by)
        unlink_point(activity=activity, point=point, by=by)
        assert states(here) == [PointState.OPEN]

    def test_point_with_one_unfinished_activity_is_planned(self, here: Round, by: User) -> None:
        point, first = point_of(here, "1.1"), activity_at(here, "1.1")
        second = write_activity(here, "1.1", "<p>อีกกิจกรรม</p>", by=by)
        for activity in (first, second):
            link_point(activity=activity, point=point, by=by)
        finish_activity(activity=first, finished=True, by=by)
        assert states(here) == [PointState.PLANNED]

    def test_withdrawn_activity_answers_nothing(self, here: Round, by: User) -> None:
        point, activity = point_of(here, "1.1"), activity_at(here, "1.1")
        link_point(activity=activity, point=point, by=by)
        withdraw_activity(activity=activity, analysis=criterion(here, "1.1"), by=by)
        assert states(here) == [PointState.OPEN]

    def test_later_feedback_confirms(self, here: Round, by: User) -> None:
        point = point_of(here, "1.1")
        later = point_of(here, "1.1", "มีตัววัดครบถ้วน", here.feedback_year + 1)
        relate_points(earlier=point, later=later, kind=RelationKind.CONFIRMS, by=by)
        assert states(here) == [PointState.CONFIRMED]

    def test_declined_point_needs_a_reason_and_can_be_taken_up(self, here: Round, by: User) -> None:
        point = point_of(here, "1.1")
        with pytest.raises(ValidationError):
            decline_point(point=point, reason="  ", by=by)
        decline_point(point=point, reason="อยู่นอกอำนาจหน้าที่", by=by)
        assert states(here) == [PointState.DECLINED]
        take_up_point(point=point, by=by)
        assert states(here) == [PointState.OPEN]

    def test_feedback_of_other_years_steps_and_agencies_is_not_counted(
        self, here: Round, there: Round, by: User
    ) -> None:
        point_of(here, "1.1", year=here.feedback_year - 1)
        point_of(there, "1.1")
        FeedbackPoint.objects.filter(agency=here.agency).update(step=1)
        assert states(here) == []


class TestLinks:
    def test_link_twice_is_one(self, here: Round, by: User) -> None:
        point, activity = point_of(here, "1.1"), activity_at(here, "1.1")
        for _ in range(2):
            link_point(activity=activity, point=point, by=by)
        assert PointLink.objects.count() == 1

    def test_point_of_another_agency_or_year_is_refused(self, here: Round, there: Round, by: User) -> None:
        activity = activity_at(here, "1.1")
        for point in (point_of(there, "1.1"), point_of(here, "1.1", year=here.feedback_year - 1)):
            with pytest.raises(PointElsewhere):
                link_point(activity=activity, point=point, by=by)
        assert not PointLink.objects.exists()

    def test_closed_round_keeps_its_links(self, here: Round, by: User) -> None:
        point, activity = point_of(here, "1.1"), activity_at(here, "1.1")
        close_round(round=here, by=by)
        with pytest.raises(TextLocked):
            link_point(activity=Activity.objects.get(pk=activity.pk), point=point, by=by)

    def test_pressing_the_button_links_and_unlinks(self, here: Round, world: World) -> None:
        point, activity = point_of(here, "1.1"), activity_at(here, "1.1")
        client = Client()
        client.force_login(world.here.people["committee_1"])
        address = url(here, "1.1", "activities", str(activity.uid), "answers", str(point.uid))
        part = client.post(address, headers={"HX-Request": "true"})
        assert 'aria-pressed="true"' in part.content.decode()
        assert 'aria-pressed="true"' in client.get(url(here, "1.1")).content.decode()
        assert client.post(address, {"off": "1"}).status_code == 302
        assert not PointLink.objects.exists()
        foreign = url(here, "1.1", "activities", str(activity.uid), "answers", str(uuid.uuid4()))
        assert client.post(foreign).status_code == 404

    def test_committee_links_nothing_before_the_form_is_open(self, here: Round, world: World) -> None:
        point, activity = point_of(here, "1.1"), activity_at(here, "1.1")
        Round.objects.filter(pk=here.pk).update(state=RoundState.PREPARING, opened_at=None, opened_by=None)
        client = Client()
        client.force_login(world.here.people["committee_1"])
        address = url(here, "1.1", "activities", str(activity.uid), "answers", str(point.uid))
        assert client.post(address, headers={"HX-Request": "true"}).status_code == 409
        assert not PointLink.objects.exists()


class TestRepetition:
    def test_years_add_up_over_confirmed_repetitions_only(self, here: Round, by: User) -> None:
        year = here.feedback_year
        points = [point_of(here, "1.1", ALIKE, year - back) for back in (2, 1, 0)]
        assert [item.years for item in coverage_of(here).points] == [(year,)]
        relate_points(earlier=points[1], later=points[2], kind=RelationKind.REPEATS, by=by)
        relate_points(earlier=points[0], later=points[1], kind=RelationKind.REPEATS, by=by)
        coverage = coverage_of(here)
        assert [item.years for item in coverage.repeated] == [(year - 2, year - 1, year)]

    def test_alike_wording_is_suggested_until_somebody_decides(self, here: Round, by: User) -> None:
        earlier = point_of(here, "1.1", ALIKE, here.feedback_year - 1)
        point_of(here, "1.1", "เรื่องอื่นที่ไม่เกี่ยวข้องเลย", here.feedback_year - 1)
        later = point_of(here, "1.1")
        (pair,) = coverage_of(here).suggestions
        assert (pair.earlier, pair.later) == (earlier, later)
        relate_points(earlier=earlier, later=later, kind=RelationKind.UNRELATED, by=by)
        assert coverage_of(here).suggestions == []

    def test_points_in_the_wrong_order_or_of_two_agencies_are_refused(
        self, here: Round, there: Round, by: User
    ) -> None:
        earlier, later = point_of(here, "1.1", year=here.feedback_year - 1), point_of(here, "1.1")
        for pair in ((later, earlier), (earlier, point_of(there, "1.1"))):
            with pytest.raises(ValidationError):
                relate_points(earlier=pair[0], later=pair[1], kind=RelationKind.REPEATS, by=by)


class TestPage:
    def test_page_shows_gaps_both_ways(self, here: Round, world: World, by: User) -> None:
        point_of(here, "1.1")
        client = Client()
        client.force_login(world.here.people["committee_3"])
        page = client.get(url(here, "coverage")).content.decode()
        assert "ยังไม่มีกิจกรรม 1" in page
        assert "กิจกรรมที่ไม่ตอบข้อเสนอแนะใด" in page
        assert "ข้อความคล้ายกัน" not in page

    def test_queries_do_not_grow_with_points(self, here: Round, world: World, by: User) -> None:
        client = Client()
        client.force_login(by)
        counts = []
        for more in (1, 29):
            for number in range(more):
                point = point_of(here, "1.1", f"{TEXT} ครั้งที่ {number} {more}")
                link_point(activity=activity_at(here, "1.1"), point=point, by=by)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(url(here, "coverage"))
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 25
