"""Reminders of the deadline: 7 days and 1 day before, each once, whatever the worker slept through."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.deadlines import reminder_due
from assessment.models import Round
from assessment.services import reminders
from assessment.services.notices import secretariat_of
from assessment.services.reminders import remind
from assessment.services.review import extend_deadline
from assessment.services.rounds import close_round, create_round
from organizations.enums import Role
from organizations.models import Agency, Membership, Notification, User
from tests.world import World, make_round, moment, world, write_activity  # noqa: F401

from .review import sheet_of, submitted

DUE = datetime.date(2026, 11, 20)
DAY = datetime.timedelta(days=1)
COMMITTEE = ("senate-committee-1", "senate-committee-3")


@pytest.fixture
def here(world: World) -> Round:  # noqa: F811
    """An open round of «senate» that is due on 20 พฤศจิกายน 2569."""
    return due_on(make_round(world.here, world), DUE)


def due_on(round: Round, day: datetime.date | None) -> Round:
    Round.objects.filter(pk=round.pk).update(deadline=day)
    round.refresh_from_db()
    return round


def morning(day: int, hour: int = 8, minute: int = 0) -> datetime.datetime:
    return moment(day=day, hour=hour, minute=minute)


def told() -> list[tuple[str, str]]:
    """Whom, and the subject."""
    rows = Notification.objects.select_related("user").order_by("user__username", "pk")
    return [(row.user.username, row.subject) for row in rows]


ONCE = [
    ("senate-committee-1", "หมวด 1 ครบกำหนดส่งวันที่ 20 พฤศจิกายน 2569"),
    ("senate-committee-3", "หมวด 3 ครบกำหนดส่งวันที่ 20 พฤศจิกายน 2569"),
    ("senate-secretariat", "ยังไม่ส่ง 6 หมวด ครบกำหนดวันที่ 20 พฤศจิกายน 2569"),
]


def test_committee_and_secretariat_are_reminded_seven_days_before(here):
    remind(morning(13))
    assert told() == ONCE
    bodies = {row.user.username: (row.body, row.path) for row in Notification.objects.select_related("user")}
    assert bodies == {
        "senate-committee-1": (
            "ข้อมูล ณ วันที่ 13 พฤศจิกายน 2569\nยังขาด 1 ข้อ: 1.2",
            "/a/senate/2565/category-1/",
        ),
        "senate-committee-3": (
            "ข้อมูล ณ วันที่ 13 พฤศจิกายน 2569\nยังขาด 4 ข้อ: 3.1 3.2 3.3 3.4",
            "/a/senate/2565/category-3/",
        ),
        "senate-secretariat": (
            "ข้อมูล ณ วันที่ 13 พฤศจิกายน 2569\n"
            "หมวด 1: ยังขาด 1 ข้อ: 1.2\n"
            "หมวด 2: ยังขาด 4 ข้อ: 2.1 2.2 2.3 2.4\n"
            "หมวด 3: ยังขาด 4 ข้อ: 3.1 3.2 3.3 3.4\n"
            "หมวด 4: ยังขาด 4 ข้อ: 4.1 4.2 4.3 4.4\n"
            "หมวด 5: ยังขาด 4 ข้อ: 5.1 5.2 5.3 5.4\n"
            "หมวด 6: ยังขาด 4 ข้อ: 6.1 6.2 6.3 6.4",
            "/a/senate/2565/",
        ),
    }


@pytest.mark.parametrize(
    ("now", "times"),
    [
        (morning(12, 23, 59), 0),
        (morning(13, 0, 0), 0),
        (morning(13, 7, 29), 0),
        (morning(13, 7, 30), 1),
        (morning(20, 23, 59), 1),
        (morning(21, 7, 30), 0),
    ],
)
def test_a_reminder_comes_from_half_past_seven_in_bangkok_until_the_last_day(here, now, times):
    for same in (now, now.astimezone(datetime.UTC)):
        remind(same)
    assert told() == ONCE * times


def test_ticks_of_one_day_and_of_the_next_remind_once(here):
    for day in (13, 14, 15, 16, 17, 18):
        for hour in (8, 12, 20):
            remind(morning(day, hour))
    assert told() == ONCE


def test_the_day_before_reminds_again(here):
    for day in (13, 19, 20):
        remind(morning(day))
    assert told() == sorted(ONCE * 2)


def test_after_a_stop_one_reminder_is_made_up_for_and_not_two(here):
    remind(morning(20))
    assert told() == ONCE


def test_a_new_deadline_reminds_anew(here):
    remind(morning(13))
    due_on(here, DUE + DAY)
    remind(morning(14))
    assert len(told()) == 6


def test_a_category_that_is_complete_is_still_to_be_submitted(world, here):  # noqa: F811
    write_activity(here, "1.2", "<p>กิจกรรม</p>", owners=[world.here.unit])
    remind(morning(13))
    assert told() == ONCE
    body = Notification.objects.get(user__username="senate-committee-1").body
    assert "ครบทุกข้อแล้ว เหลือกดส่ง" in body


def test_a_category_that_is_submitted_is_left_out(world, here):  # noqa: F811
    write_activity(here, "1.2", "<p>กิจกรรม</p>", owners=[world.here.unit])
    submitted(here, 1, world.here.people["committee_1"])
    remind(morning(13))
    assert told() == [ONCE[1], ("senate-secretariat", "ยังไม่ส่ง 5 หมวด ครบกำหนดวันที่ 20 พฤศจิกายน 2569")]


def test_a_category_with_more_time_is_reminded_of_its_own_day(world, here):  # noqa: F811
    sheet, by = sheet_of(here, 1), world.here.people[Role.SECRETARIAT]
    extend_deadline(sheet=sheet, base_version=1, until=DUE + 10 * DAY, reason="รอ", by=by)
    Notification.objects.all().delete()
    remind(morning(13))
    assert told() == [ONCE[1], ("senate-secretariat", "ยังไม่ส่ง 5 หมวด ครบกำหนดวันที่ 20 พฤศจิกายน 2569")]
    remind(morning(23))
    assert ("senate-committee-1", "หมวด 1 ครบกำหนดส่งวันที่ 30 พฤศจิกายน 2569") in told()


def test_a_member_who_comes_later_is_reminded_too(world, here):  # noqa: F811
    late = Membership.objects.get(user__username="senate-committee-1")
    Membership.objects.filter(pk=late.pk).update(ended_at=timezone.now(), ended_by=late.user)
    remind(morning(13))
    assert told() == ONCE[1:]
    Membership.objects.filter(pk=late.pk).update(ended_at=None, ended_by=None)
    remind(morning(15))
    assert told() == ONCE


# --- nobody is reminded -------------------------------------------------------------------------------


def without_deadline(round: Round, by: User) -> None:
    due_on(round, None)


def closed(round: Round, by: User) -> None:
    close_round(round=round, by=by)


def of_an_agency_that_left(round: Round, by: User) -> None:
    Agency.objects.filter(pk=round.agency_id).update(hosted=False)


@pytest.mark.parametrize("state", [without_deadline, closed, of_an_agency_that_left])
def test_nobody_is_reminded_of_a_round(world, here, state):  # noqa: F811
    state(here, world.here.people[Role.SECRETARIAT])
    remind(morning(13))
    assert told() == []


def test_nobody_is_reminded_of_a_round_in_preparation(world):  # noqa: F811
    round = create_round(agency=world.here.agency, year=2566, edition=world.edition, by=None)
    due_on(round, DUE)
    remind(morning(13))
    assert told() == []


def test_each_agency_hears_of_its_own_round(world, here):  # noqa: F811
    due_on(make_round(world.there, world), DUE + DAY)
    remind(morning(13))
    assert told() == ONCE
    remind(morning(14))
    other = [row for row in told() if row not in ONCE]
    assert [who for who, _ in other] == ["nso-committee-1", "nso-committee-3", "nso-secretariat"]
    assert (
        Notification.objects.exclude(user__memberships__agency=None)
        .filter(agency=world.here.agency, user__username__startswith="nso")
        .count()
        == 0
    )


def test_a_fault_of_one_agency_keeps_no_other_waiting(world, here, monkeypatch, caplog):  # noqa: F811
    due_on(make_round(world.there, world), DUE)

    def broken(agency: Agency) -> list[User]:
        if agency == world.here.agency:
            raise ZeroDivisionError
        return secretariat_of(agency)

    monkeypatch.setattr(reminders, "secretariat_of", broken)
    remind(morning(13))
    assert [who for who, _ in told()] == [
        *("nso-committee-1", "nso-committee-3", "nso-secretariat"),
        *COMMITTEE,
    ]
    assert [record.getMessage() for record in caplog.records] == [f"reminders of round {here.pk} failed"]
    monkeypatch.undo()
    remind(morning(14))
    assert [row for row in told() if row[0].startswith("senate")] == ONCE


def test_a_round_that_is_far_from_its_deadline_costs_two_queries(world, here):  # noqa: F811
    due_on(here, DUE + 30 * DAY)
    with CaptureQueriesContext(connection) as captured:
        remind(morning(13))
    assert len(captured) == 2


# --- over all dates -----------------------------------------------------------------------------------

days = st.dates(min_value=datetime.date(1960, 1, 1), max_value=datetime.date(2150, 1, 1))


@given(due=days)
def test_over_a_year_each_reminder_belongs_to_its_days(due):
    found = [reminder_due(due, due + offset * DAY) for offset in range(-300, 65)]
    assert found == [None] * 293 + [7] * 6 + [1] * 2 + [None] * 64


@pytest.fixture
def reminded_sheets(world):  # noqa: F811
    """Ticks of a simulated worker, each try undone; gives the reminders of everybody by person."""
    round = make_round(world.here, world)

    def run(due: datetime.date, ticks: list[datetime.datetime]) -> list[tuple[str, str]]:
        with transaction.atomic():
            due_on(round, due)
            for tick in ticks:
                remind(tick)
            rows = Notification.objects.select_related("user")
            told = [(row.user.username, row.dedupe.rpartition("-")[2]) for row in rows]
            transaction.set_rollback(True)
        return sorted(told)

    return run


# the fixture undoes every try
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    due=days,
    # how many days before the due date the worker ran, and at which hours of these days
    awake=st.sets(st.integers(-2, 10), max_size=8),
    hours=st.lists(st.sampled_from([0, 6, 8, 13, 23]), min_size=1, max_size=3),
)
def test_each_sheet_is_reminded_exactly_once_per_seven_and_one_days(reminded_sheets, due, awake, hours):
    zone = timezone.get_default_timezone()
    ticks = [
        datetime.datetime.combine(due - before * DAY, datetime.time(hour), zone)
        for before in sorted(awake, reverse=True)
        for hour in sorted(hours)
    ]
    worked = {before for before in awake if max(hours) >= 8}
    expected = []
    for days_before, window in (("7", range(2, 8)), ("1", range(2))):
        if worked & set(window):
            expected += [(who, days_before) for who in (*COMMITTEE, "senate-secretariat")]
    assert reminded_sheets(due, ticks) == sorted(expected)
