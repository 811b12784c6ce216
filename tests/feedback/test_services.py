"""Changing feedback points."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from feedback.models import FeedbackPoint
from feedback.overview import overview
from feedback.services import OrderChanged, add_point, change_point, reorder, withdraw_point
from framework.models import Criterion, EditionCriterion
from organizations.models import AuditEvent
from tests.world import World, make_edition
from texts.models import StaleVersion


def criterion(code: str = "1.1") -> Criterion:
    return Criterion.objects.get(identity=f"pmqa4-{code}")


def point(world: World, code: str = "1.1", text: str = "มีแผน แต่ยังขาดตัววัด", **fields) -> FeedbackPoint:
    values = {
        "agency": world.here.agency,
        "year": 2564,
        "step": 2,
        "strength": "แผน",
        "gap": "ตัววัด",
        "by": None,
    }
    return add_point(criterion=criterion(code), text=text, **{**values, **fields})


def values_of(saved: FeedbackPoint, **fields) -> dict:
    names = ("year", "step", "criterion", "text", "strength", "gap", "level")
    return {**{name: getattr(saved, name) for name in names}, **fields}


def test_a_point_is_stored_normalised_with_its_lines_and_goes_last(world: World) -> None:
    first = point(world)
    runner = world.here.people["secretariat"]
    second = point(world, text=" นํา\u200bผล\r\n- ข้อย่อย ", strength="นํา", gap="", by=runner, level="basic")
    second.refresh_from_db()
    assert (first.position, second.position) == (1, 2)
    assert (second.text, second.strength, second.level) == ("นำผล\n- ข้อย่อย", "นำ", "basic")
    assert point(world, code="1.2").position == 1
    assert point(world, year=2563).position == 1
    event = AuditEvent.objects.get(object_id=str(second.pk))
    assert (event.verb, event.actor, event.agency) == ("feedback.added", runner, world.here.agency)
    assert event.facts == {"year": 2564, "criterion": "pmqa4-1.1"}


@pytest.mark.parametrize(
    "wrong", [{"year": 2399}, {"year": 2024}, {"year": 2701}, {"step": 4}, {"text": " \u200b\n"}]
)
def test_what_cannot_be_is_refused(world: World, wrong: dict) -> None:
    with pytest.raises(ValidationError):
        point(world, **wrong)
    assert not FeedbackPoint.objects.exists()
    assert not AuditEvent.objects.filter(verb="feedback.added").exists()


def test_a_correction_raises_the_version(world: World) -> None:
    saved = point(world)
    runner = world.here.people["secretariat"]
    change_point(point=saved, base_version=1, by=runner, **values_of(saved, text="ขาดตัววัด", strength=""))
    saved.refresh_from_db()
    assert (saved.version, saved.text, saved.strength, saved.gap) == (2, "ขาดตัววัด", "", "ตัววัด")
    assert AuditEvent.objects.filter(verb="feedback.changed", actor=runner).count() == 1


def test_a_point_that_moves_to_another_criterion_goes_last_there(world: World) -> None:
    saved = point(world)
    point(world, code="1.2")
    runner = world.here.people["secretariat"]
    change_point(point=saved, base_version=1, by=runner, **values_of(saved, criterion=criterion("1.2")))
    saved.refresh_from_db()
    assert (saved.criterion, saved.position) == (criterion("1.2"), 2)
    change_point(point=saved, base_version=2, by=runner, **values_of(saved, text="ขาดแผน ตัววัด"))
    saved.refresh_from_db()
    assert saved.position == 2


def test_of_two_who_saw_the_same_version_one_wins(world: World) -> None:
    saved = point(world)
    other = FeedbackPoint.objects.get(pk=saved.pk)
    runner = world.here.people["secretariat"]
    change_point(point=saved, base_version=1, by=runner, **values_of(saved, text="ของคนแรก แผน ตัววัด"))
    with pytest.raises(StaleVersion) as stale:
        change_point(point=other, base_version=1, by=runner, **values_of(other, text="ของคนที่สอง แผน ตัววัด"))
    assert stale.value.current.text == "ของคนแรก แผน ตัววัด"
    with pytest.raises(StaleVersion):
        withdraw_point(point=other, base_version=1, by=runner)
    saved.refresh_from_db()
    assert (saved.text, saved.version, saved.withdrawn_at) == ("ของคนแรก แผน ตัววัด", 2, None)


def test_a_withdrawn_point_stays_and_takes_no_correction(world: World) -> None:
    saved = point(world)
    runner = world.here.people["secretariat"]
    withdraw_point(point=saved, base_version=1, by=runner)
    saved.refresh_from_db()
    assert (saved.withdrawn_by, saved.text) == (runner, "มีแผน แต่ยังขาดตัววัด")
    assert not FeedbackPoint.objects.current().exists()
    with pytest.raises(StaleVersion):
        change_point(point=saved, base_version=saved.version, by=runner, **values_of(saved))
    assert AuditEvent.objects.filter(verb="feedback.withdrawn", object_id=str(saved.pk)).exists()


def test_order_is_saved_whole_or_not_at_all(world: World) -> None:
    keys = [point(world, text=f"แผน ตัววัด {number}").pk for number in range(3)]
    elsewhere = point(world, agency=world.there.agency)
    runner = world.here.people["secretariat"]
    where = {"agency": world.here.agency, "year": 2564, "criterion": criterion(), "by": runner}
    reorder(order=[keys[2], keys[0], keys[1]], **where)
    ours = FeedbackPoint.objects.filter(agency=world.here.agency).order_by("position")
    assert list(ours.values_list("pk", flat=True)) == [keys[2], keys[0], keys[1]]
    for wrong in (keys[:2], [*keys, elsewhere.pk], [keys[0], keys[0], keys[1]]):
        with pytest.raises(OrderChanged):
            reorder(order=wrong, **where)
    assert FeedbackPoint.objects.get(pk=keys[2]).position == 1


def test_a_correction_keeps_the_order_that_a_colleague_has_just_made(world: World) -> None:
    first, second = point(world), point(world, text="แผน ตัววัด 2")
    runner = world.here.people["secretariat"]
    being_corrected = FeedbackPoint.objects.get(pk=first.pk)
    where = {"agency": world.here.agency, "year": 2564, "criterion": criterion(), "by": runner}
    reorder(order=[second.pk, first.pk], **where)
    change_point(
        point=being_corrected, base_version=1, by=runner, **values_of(being_corrected, level="basic")
    )
    first.refresh_from_db()
    assert (first.position, first.level) == (2, "basic")


def test_overview_groups_by_category_and_names_what_is_silent(world: World) -> None:
    lost = Criterion.objects.create(identity="lost")
    points = [point(world), point(world, text="แผน ตัววัด"), point(world, code="3.2")]
    point(world, agency=world.there.agency)
    point(world, year=2563)
    rest = add_point(agency=world.here.agency, year=2564, step=1, criterion=lost, text="หาย", by=None)
    withdraw_point(point=point(world, code="2.1"), base_version=1, by=world.admin)
    found = overview(world.here.agency, 2564)
    assert [(group.category.number, group.count, len(group.silent)) for group in found.categories] == [
        (1, 2, 3), (2, 0, 4), (3, 1, 3), (4, 0, 4), (5, 0, 4), (6, 0, 4), (7, 0, 0),
    ]  # fmt: skip
    assert found.categories[0].criteria[0].points == points[:2]
    assert (found.rest, found.count) == ([rest], 4)


def test_overview_speaks_in_the_words_of_the_year(world: World) -> None:
    newer = make_edition("2567", 2567)
    EditionCriterion.objects.filter(edition=newer, code="1.1").update(short_name="ชื่อใหม่")
    point(world)
    point(world, year=2567)
    names = [
        overview(world.here.agency, year).categories[0].criteria[0].wording.short_name
        for year in (2564, 2567)
    ]
    assert names == ["ชื่อสั้น 1.1", "ชื่อใหม่"]
