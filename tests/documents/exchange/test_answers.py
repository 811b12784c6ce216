"""What an activity answers travels with the form, and never takes a link away."""

from __future__ import annotations

import uuid

import pytest

from assessment.models import Activity, PointLink, Round
from assessment.services.links import link_point
from documents.exchange.faults import ExchangeRefused
from documents.exchange.reading import read_round
from documents.exchange.taking import bring_in
from feedback.models import FeedbackPoint
from feedback.services import withdraw_point
from tests.documents.exchange.conftest import document_of, file_of


@pytest.fixture
def linked(full, world) -> tuple[Round, Activity, FeedbackPoint]:
    """The activity of 2.1, which serves 1.1 too, answers the point of step 2 of 1.1."""
    activity = Activity.objects.get(round=full, text__plain="กิจกรรม 2.1")
    point = FeedbackPoint.objects.get(agency=full.agency, year=full.feedback_year, step=2)
    link_point(activity=activity, point=point, by=world.here.people["secretariat"])
    return full, activity, point


def answers(document) -> dict[str, list[str]]:
    return {row["uid"]: row["answers"] for row in document["activities"] if row["answers"]}


def test_links_come_back_after_they_were_taken_away_here(linked):
    round, activity, point = linked
    content = file_of(round)
    assert answers(document_of(content)) == {str(activity.uid): [str(point.uid)]}
    PointLink.objects.all().delete()
    outcome = bring_in(content)
    assert [(unit.place, unit.new) for unit in outcome.plan.units] == [
        ("ข้อ 1.1 ข้อเสนอแนะที่กิจกรรมตอบ", "<p>มีระบบ แต่ยังขาดแผน</p>")
    ]
    assert list(PointLink.objects.values_list("activity", "point", "linked_by")) == [
        (activity.pk, point.pk, None)
    ]
    assert bring_in(content, dry_run=True).plan.units == ()


def test_a_link_that_only_stands_here_stays(linked):
    round, *_ = linked

    def without_answers(document):
        for row in document["activities"]:
            row["answers"] = []

    outcome = bring_in(file_of(round, without_answers))
    assert outcome.plan.units == ()
    assert PointLink.objects.count() == 1


def test_a_file_from_before_there_were_links_is_taken(linked):
    round, *_ = linked

    def older(document):
        for row in document["activities"]:
            del row["answers"]

    assert bring_in(file_of(round, older)).plan.units == ()


def test_another_year_gets_links_of_its_own(linked):
    round, activity, point = linked
    bring_in(file_of(round), year=2571)
    copy = PointLink.objects.select_related("activity__round", "point").exclude(activity=activity).get()
    # both forms answer the feedback of the same year, so the point is one
    assert (copy.activity.round.year, copy.point) == (2571, point)


def test_a_link_to_what_is_not_in_the_file_is_refused(linked):
    round, activity, _ = linked
    stranger = str(uuid.uuid4())

    def elsewhere(document):
        next(row for row in document["activities"] if row["uid"] == str(activity.uid))["answers"] = [stranger]

    with pytest.raises(ExchangeRefused) as refused:
        bring_in(file_of(round, elsewhere))
    number = [row["uid"] for row in read_round(round)["activities"]].index(str(activity.uid))
    assert [(fault.place, fault.message) for fault in refused.value.faults] == [
        (f"activities[{number}].answers[0]", f"อ้างถึง “{stranger}” ซึ่งไม่มีในไฟล์")
    ]


def test_one_category_leaves_out_links_to_the_feedback_of_others(linked):
    round, activity, point = linked
    assert answers(read_round(round, {1})) == {str(activity.uid): [str(point.uid)]}
    third = read_round(round, {3})
    assert [row["answers"] for row in third["activities"] if row["uid"] == str(activity.uid)] == [[]]


def test_a_point_that_was_withdrawn_here_is_not_linked_again(linked, world):
    round, *_ = linked
    content = file_of(round)
    point = FeedbackPoint.objects.get(agency=round.agency, year=round.feedback_year, step=2)
    withdraw_point(point=point, base_version=point.version, by=world.here.people["secretariat"])
    PointLink.objects.all().delete()
    assert bring_in(content).plan.units == ()
    assert PointLink.objects.count() == 0
