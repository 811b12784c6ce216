"""Feedback that a closed form prints: refused in words, everywhere else as before."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from feedback.models import FeedbackLock, FeedbackPoint
from feedback.services import (
    FeedbackLocked,
    add_point,
    change_point,
    lock_feedback,
    reorder,
    unlock_feedback,
    withdraw_point,
)
from framework.models import Criterion
from organizations.models import AuditEvent
from tests.feedback.test_services import criterion, point, values_of
from tests.world import World

REFUSED = "แบบฟอร์มที่ตอบข้อเสนอแนะปี 2564 ขั้นตอนที่ 2 ปิดแล้ว จึงแก้ข้อเสนอแนะนี้ไม่ได้"


@pytest.fixture
def runner(world: World):
    return world.here.people["secretariat"]


@pytest.fixture
def locked(world: World, runner) -> list[FeedbackPoint]:
    """Two points of 2564, step 2, which is locked, and one of step 1 behind them."""
    points = [point(world), point(world, text="แผน ตัววัด ข้อสอง"), point(world, text="แผน ตัววัด", step=1)]
    lock_feedback(agency=world.here.agency, year=2564, step=2, by=runner)
    return points


def rows() -> list:
    return list(FeedbackPoint.objects.order_by("pk").values())


def test_a_locked_step_takes_no_change_of_any_kind(world: World, runner, locked) -> None:
    first, second, other = locked
    keys = [second.pk, first.pk, other.pk]
    where = {"agency": world.here.agency, "year": 2564, "criterion": criterion()}
    before = rows()
    for change in (
        lambda: point(world, text="แผน ตัววัด ใหม่"),
        lambda: change_point(point=first, base_version=1, by=runner, **values_of(first, text="แผน ตัววัด x")),
        lambda: change_point(point=first, base_version=1, by=runner, **values_of(first, year=2563)),
        lambda: change_point(point=other, base_version=1, by=runner, **values_of(other, step=2)),
        lambda: withdraw_point(point=first, base_version=1, by=runner),
        lambda: reorder(order=keys, by=runner, **where),
    ):
        with pytest.raises(FeedbackLocked, match=REFUSED):
            change()
    assert rows() == before


def test_what_a_closed_form_does_not_print_changes_as_before(world: World, runner, locked) -> None:
    first, second, other = locked
    change_point(point=other, base_version=1, by=runner, **values_of(other, text="แผน ตัววัด แก้"))
    where = {"agency": world.here.agency, "year": 2564, "criterion": criterion(), "by": runner}
    # the two locked ones keep their order between themselves
    reorder(order=[other.pk, first.pk, second.pk], **where)
    point(world, year=2563)
    point(world, agency=world.there.agency)
    other.refresh_from_db()
    assert (other.position, other.text) == (1, "แผน ตัววัด แก้")
    withdraw_point(point=other, base_version=2, by=runner)
    assert FeedbackPoint.objects.current().count() == 4


def test_a_lock_is_made_and_taken_away_once(world: World, runner, locked) -> None:
    where = {"agency": world.here.agency, "year": 2564, "step": 2, "by": runner}
    lock_feedback(**where)
    assert FeedbackLock.objects.count() == 1
    for _ in range(2):
        unlock_feedback(**where)
    assert not FeedbackLock.objects.exists()
    verbs = AuditEvent.objects.filter(verb__startswith="feedback.").values_list("verb", flat=True)
    assert [verb for verb in verbs.order_by("pk") if "lock" in verb] == [
        "feedback.locked",
        "feedback.unlocked",
    ]
    withdraw_point(point=locked[0], base_version=1, by=runner)


# --- pages --------------------------------------------------------------------------------------------


@pytest.fixture
def page(client: Client, runner) -> Client:
    client.force_login(runner)
    return client


def typed(**changes: object) -> dict[str, object]:
    fields = {
        "year": 2564,
        "step": 2,
        "criterion": Criterion.objects.get(identity="pmqa4-1.1").pk,
        "level": "",
    }
    return fields | {"text": "พิมพ์ไว้ แผน ตัววัด", "strength": "แผน", "gap": "ตัววัด", "version": 1} | changes


def test_pages_refuse_in_words_and_keep_what_was_typed(world: World, page: Client, locked) -> None:
    before = rows()
    for address in (
        reverse("feedback_new", args=["senate"]),
        reverse("feedback_edit", args=["senate", locked[0].uid]),
    ):
        refused = page.post(address, typed())
        assert refused.status_code == 409
        assert REFUSED in refused.content.decode()
        assert refused.context["form"]["text"].value() == "พิมพ์ไว้ แผน ตัววัด"
    for action, fields in (("withdraw", {"version": 1}), ("move", {"direction": "down"})):
        address = reverse(f"feedback_{action}", args=["senate", locked[0].uid])
        assert REFUSED in page.post(address, fields, follow=True).content.decode()
    assert rows() == before


def test_the_list_says_what_is_locked_and_offers_no_change_of_it(world: World, page: Client, locked) -> None:
    text = page.get(f"{reverse('feedback_list', args=['senate'])}?year=2564").content.decode()
    assert "ข้อเสนอแนะปี 2564 ขั้นตอนที่ 2 ปิดแล้ว ข้อเสนอแนะของขั้นตอนนี้จึงอ่านได้อย่างเดียว" in text
    edits = [reverse("feedback_edit", args=["senate", point.uid]) in text for point in locked]
    assert edits == [False, False, True]
    other = page.get(f"{reverse('feedback_list', args=['senate'])}?year=2563").content.decode()
    assert "อ่านได้อย่างเดียว" not in other


def test_a_point_of_a_criterion_without_an_edition_is_locked_too(world: World, page: Client, runner) -> None:
    lost = Criterion.objects.create(identity="lost")
    rest = add_point(agency=world.here.agency, year=2564, step=2, criterion=lost, text="หาย", by=None)
    address, edit = (
        reverse("feedback_list", args=["senate"]),
        reverse("feedback_edit", args=["senate", rest.uid]),
    )
    assert edit in page.get(address).content.decode()
    lock_feedback(agency=world.here.agency, year=2564, step=2, by=runner)
    assert edit not in page.get(address).content.decode()
