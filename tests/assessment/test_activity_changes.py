"""What stands around an activity's text is kept at every change of it."""

from __future__ import annotations

import datetime
import importlib

import pytest
from django.apps import apps
from django.db import connection

from assessment.enums import ActivityStep
from assessment.models import Activity, ActivityChange
from assessment.services.withdrawing import restore_activity, withdraw_activity
from organizations.models import Owner
from tests.world import criterion, write_activity

from .browser import activity_at, form_of, save


@pytest.fixture
def by(world):
    return world.here.people["committee_1"]


def steps(activity) -> list[tuple[str, str, str]]:
    """(step, owner line, criteria) from the first to the last."""
    rows = ActivityChange.objects.filter(activity=activity).order_by("pk")
    return [(row.step, row.owner_line, row.criteria_line) for row in rows]


def test_a_new_activity_begins_with_what_was_saved_with_it(here, world, by):
    unit = world.here.unit
    activity = write_activity(here, "1.2", "<p>ใหม่</p>", owners=[unit], serves=["1.1"], by=by)
    row = ActivityChange.objects.get(activity=activity)
    assert (row.step, row.owner_line, row.criteria_line, row.author) == ("added", unit.name, "1.1, 1.2", by)
    places = sorted(activity.places.values_list("analysis", flat=True))
    assert (row.facts["owners"], sorted(row.facts["criteria"])) == ([[unit.pk, "", ""]], places)
    assert row.criteria == frozenset(places)


def test_owners_dates_and_criteria_are_kept_with_who_changed_them(client, here, world, by):
    activity = activity_at(here, "1.1")
    other = Owner.objects.create(agency=here.agency, name="กองแผน")
    line = [("", world.here.unit.name, ""), ("หรือ", other.name, "ร่วม")]
    fields = form_of(activity, owners=line, starts_on="1/10/2568", ends_on="30/9/2569")
    fields["serves"] = [criterion(here, "1.2").pk]
    assert save(client, by, here, "1.1", fields).status_code == 200
    row = ActivityChange.objects.filter(activity=activity).first()
    assert row.owner_line == f"{world.here.unit.name} หรือกองแผน (ร่วม)"
    assert (row.starts_on, row.ends_on) == (datetime.date(2025, 10, 1), datetime.date(2026, 9, 30))
    assert (row.step, row.criteria_line, row.author) == (ActivityStep.DETAILS, "1.1, 1.2", by)
    # a renamed owner does not rewrite the past
    Owner.objects.filter(pk=other.pk).update(name="กองใหม่")
    row.refresh_from_db()
    assert "กองแผน" in row.owner_line


def test_a_save_of_the_text_alone_keeps_no_details(client, here, world, by):
    activity = activity_at(here, "1.1")
    owners = [("", world.here.unit.name, "")]
    before = steps(activity)
    save(client, by, here, "1.1", form_of(activity, owners=owners, html="<p>ข้อความใหม่</p>"))
    assert (steps(activity), activity_at(here, "1.1").text.html) == (before, "<p>ข้อความใหม่</p>")


def test_a_refused_change_is_not_kept(here, world, by, client):
    activity = activity_at(here, "1.1")
    stale = form_of(activity, owners=[("", "กองแผน", "")])
    Owner.objects.create(agency=here.agency, name="กองแผน")
    Activity.objects.filter(pk=activity.pk).update(owners_version=9)
    before = steps(activity)
    assert save(client, by, here, "1.1", stale).status_code == 409
    assert steps(activity) == before


def test_leaving_withdrawing_and_returning_tell_where_it_stands(here, by):
    shared = activity_at(here, "1.3")
    for code in ("1.4", "1.3"):
        withdraw_activity(activity=shared, analysis=criterion(here, code), by=by)
    withdraw_activity(activity=shared, analysis=criterion(here, "1.3"), by=by)
    restore_activity(activity=shared, analysis=criterion(here, "1.4"), by=by)
    assert [(step, codes) for step, _, codes in steps(shared)] == [
        ("added", "1.3, 1.4"),
        ("left", "1.3"),
        ("withdrawn", ""),
        ("restored", "1.4"),
    ]


def test_activities_older_than_the_history_begin_with_what_stands(here, world, by):
    withdrawn = activity_at(here, "1.1")
    withdraw_activity(activity=withdrawn, analysis=criterion(here, "1.1"), by=by)
    kept = steps(activity_at(here, "1.3"))[0]
    ActivityChange.objects.all().delete()
    migration = importlib.import_module("assessment.migrations.0011_found_activities")
    for _ in range(2):
        migration.keep_what_stands(apps, connection.schema_editor)
    assert steps(activity_at(here, "1.3")) == [("found", *kept[1:])]
    assert steps(withdrawn) == [("found", world.here.unit.name, "")]
