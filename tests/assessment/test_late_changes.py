"""Whatever is under way while the round is closed is refused, and says so; a repeated press loses no owner."""

from __future__ import annotations

import io

import pytest
from django.db import connection

from assessment.models import Activity, CategorySheet, Round
from assessment.permissions import state_allows_writing
from assessment.services import figures as figure_service
from assessment.services.activities import move_activity
from assessment.services.figures import add_sheet_figure, remove_sheet_figure
from assessment.services.practices import choose_practice, move_practice, remove_practice
from assessment.services.rounds import close_round
from assessment.services.withdrawing import restore_activity, withdraw_activity
from organizations.enums import Role
from tests.world import criterion
from texts.services import TextLocked

from .browser import activity_at, counts, form_of, line_of, save, url, value_of
from .library import make_case
from .test_sheet_figures import png


@pytest.fixture
def by(world):
    return world.here.people["committee_1"]


@pytest.fixture
def close(here, world):
    """Closes the round while rows read before still think that it is open."""
    return lambda: close_round(round=Round.objects.get(pk=here.pk), by=world.here.people[Role.SECRETARIAT])


def add_picture(sheet, by):
    words = {"caption": "ภาพ", "alternative": "คำอธิบาย"}
    return add_sheet_figure(sheet=sheet, file=io.BytesIO(png()), size=len(png()), by=by, **words)


def test_no_change_of_a_list_passes_a_round_closed_meanwhile(here, by, close):
    activity, analysis = activity_at(here, "1.1"), criterion(here, "1.1")
    sheet = CategorySheet.objects.select_related("round__agency").get(round=here, category__number=1)
    chosen = choose_practice(analysis=analysis, practice=make_case("a"), by=by)
    row, other = add_picture(sheet, by), make_case("b")
    close()
    before = counts()
    for change in (
        lambda: withdraw_activity(activity=activity, analysis=analysis, by=by),
        lambda: restore_activity(activity=activity, analysis=analysis, by=by),
        lambda: move_activity(analysis=analysis, activity=activity, up=True, base_version=1, by=by),
        lambda: choose_practice(analysis=analysis, practice=other, by=by),
        lambda: move_practice(chosen=chosen, up=True, base_version=1, by=by),
        lambda: remove_practice(chosen=chosen, by=by),
        lambda: add_picture(sheet, by),
        lambda: remove_sheet_figure(row=row, by=by),
    ):
        with pytest.raises(TextLocked):
            change()
    assert counts() == before
    assert Activity.objects.get(pk=activity.pk).withdrawn_at is None


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (("1.1", "activities", "{uid}", "withdraw"), "จึงยังไม่ได้เปลี่ยนแปลงกิจกรรม"),
        (("1.1", "practices", "choose"), "จึงยังไม่ได้เปลี่ยนแปลงตัวอย่าง"),
    ],
)
def test_the_page_says_that_nothing_was_changed(client, here, by, close, monkeypatch, rest, words):
    activity, case = activity_at(here, "1.1"), make_case("a")

    def look_then_close(user, round):
        allowed = state_allows_writing(user, round)
        close()
        return allowed

    monkeypatch.setattr("assessment.access.state_allows_writing", look_then_close)
    client.force_login(by)
    address = url(here, *(part.format(uid=activity.uid) for part in rest))
    answer = client.post(address, {"practice": case.pk}, follow=True)
    assert words in answer.content.decode()
    assert Activity.objects.get(pk=activity.pk).withdrawn_at is None
    assert not criterion(here, "1.1").chosen_practices.exists()


def test_a_picture_is_decoded_before_anything_is_locked(here, by, monkeypatch):
    """On SQLite every transaction takes the one write lock; a large picture takes seconds."""
    import texts.figures

    sheet = CategorySheet.objects.select_related("round__agency").get(round=here, category__number=1)
    depths, encode = [], texts.figures.encode_figure

    def measured(*args):
        depths.append(len(connection.savepoint_ids))
        return encode(*args)

    monkeypatch.setattr(texts.figures, "encode_figure", measured)
    outside = len(connection.savepoint_ids)
    add_picture(sheet, by)
    assert figure_service.add_figure is texts.figures.add_figure
    assert depths == [outside]


def test_the_same_press_twice_without_scripts_keeps_the_owner(client, here, by, world):
    """Without scripts no order is sent; a row equal to the stored one must not count as an empty one."""
    fields = form_of(html="<p>ก</p>", owners=[("", world.here.unit.name, "")]) | {"owners-0-ORDER": ""}
    save(client, by, here, "1.2", fields)
    again = save(client, by, here, "1.2", fields)
    assert again.status_code == 200
    versions = ("key", "base_version", "owners_version")
    save(client, by, here, "1.2", fields | {name: value_of(again, name) for name in versions})
    assert line_of(activity_at(here, "1.2")) == world.here.unit.name
