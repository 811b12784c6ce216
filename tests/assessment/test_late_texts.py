"""Texts that came too late are named where somebody passes by."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.late_texts import late_places
from assessment.models import CategorySheet
from assessment.services.practices import choose_practice
from organizations.enums import Role
from tests.world import criterion, make_round
from texts.services import dismiss_proposal, keep_proposal

from .browser import activity_at, url
from .library import make_case


@pytest.fixture
def by(world):
    return world.here.people["committee_1"]


def late(text, by):
    return keep_proposal(text=text, base_version=0, html="<p>ช้า</p>", key=uuid.uuid4(), by=by)


def test_every_kind_of_text_is_named_in_the_order_of_the_form(here, by):
    sheet = CategorySheet.objects.get(round=here, category__number=1)
    chosen = choose_practice(analysis=criterion(here, "1.2"), practice=make_case("a"), by=by)
    shared = activity_at(here, "1.3")
    for text in (sheet.remedies, activity_at(here, "3.1").text, chosen.text, shared.text):
        late(text, by)
    for _ in range(2):
        late(criterion(here, "1.1").analysis, by)
    assert [(place.label, place.url) for place in late_places(here)] == [
        ("บทวิเคราะห์ ข้อ 1.1", url(here, "1.1", "text", "analysis", "history")),
        (
            f"ตัวอย่างของ{chosen.agency_name} ข้อ 1.2",
            url(here, "1.2", "practices", str(chosen.uid), "text", "history"),
        ),
        ("กิจกรรม ข้อ 1.3", url(here, "1.3", "activities", str(shared.uid), "history")),
        ("แนวทางแก้ไข หมวด 1", url(here, "category-1", "text", "remedies", "history")),
        (
            "กิจกรรม ข้อ 3.1",
            url(here, "3.1", "activities", str(activity_at(here, "3.1").uid), "history"),
        ),
    ]


def test_what_was_decided_or_belongs_elsewhere_is_not_named(here, there, world, by):
    with CaptureQueriesContext(connection) as captured:
        assert late_places(here) == []
    assert len(captured) == 1
    dismiss_proposal(proposal=late(criterion(here, "1.1").analysis, by), by=by)
    late(criterion(there, "1.1").analysis, world.there.people["committee_1"])
    other_year = make_round(world.here, world, 2566)
    late(criterion(other_year, "1.1").analysis, by)
    assert late_places(here) == []


def test_the_criterion_page_names_its_own_for_one_query(client, here, by):
    chosen = choose_practice(analysis=criterion(here, "1.3"), practice=make_case("a"), by=by)
    client.force_login(by)

    def look() -> tuple[int, list[str]]:
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url(here, "1.3"))
        return len(captured), [place.label for place in page.context["late"]]

    few, nothing = look()
    activity = activity_at(here, "1.3")
    for text in (criterion(here, "1.3").remedies, activity.text, activity.text, chosen.text):
        late(text, by)
    late(criterion(here, "1.1").analysis, by)
    labels = ["แนวทางแก้ไข ข้อ 1.3", "กิจกรรม ข้อ 1.3", f"ตัวอย่างของ{chosen.agency_name} ข้อ 1.3"]
    assert nothing == []
    assert look() == (few, labels)
    assert "กิจกรรม ข้อ 1.4" in str(client.get(url(here, "1.4")).context["late"])


def test_pages_lead_to_it(client, here, world, by):
    late(criterion(here, "1.1").analysis, by)
    where = f'href="{url(here, "1.1", "text", "analysis", "history")}"'
    client.force_login(world.here.people[Role.SECRETARIAT])
    shown = {
        rest: "มีข้อความที่มาช้ารอพิจารณา" in (page := client.get(url(here, *rest)).content.decode())
        and where in page
        for rest in (("1.1",), ("1.2",), ("changes",), ("category-1", "changes"), ("category-2", "changes"))
    }
    assert shown == {
        ("1.1",): True,
        ("1.2",): False,
        ("changes",): True,
        ("category-1", "changes"): True,
        ("category-2", "changes"): False,
    }
