"""Taking activities out, bringing them back, putting them in order, with and without htmx."""

from __future__ import annotations

import json

import pytest

from assessment.models import Activity, CriterionAnalysis
from assessment.services.rounds import close_round
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.world import criterion, write_activity
from texts.models import Text

from .browser import form_of, save, url

HTMX = {"HX-Request": "true"}


@pytest.fixture
def committee(world):
    return world.here.people["committee_1"]


@pytest.fixture
def three(here):
    """1.1 with three activities: that of the round, ข, ค."""
    for letter in "ขค":
        write_activity(here, "1.1", f"<p>{letter}</p>")
    return [
        place.activity for place in criterion(here, "1.1").activity_places.select_related("activity__text")
    ]


def order(round) -> list[str]:
    places = criterion(round, "1.1").activity_places.filter(activity__withdrawn_at=None)
    return [place.activity.text.plain for place in places.select_related("activity__text")]


def press(client, user, round, activity, action, fields=None, *, code="1.1", htmx=True):
    client.force_login(user)
    address = url(round, code, "activities", str(activity.uid), action)
    return client.post(address, fields or {}, headers=HTMX if htmx else {})


def test_a_withdrawn_activity_leaves_the_form_and_comes_back_where_it_was(client, here, three, committee):
    page = press(client, committee, here, three[1], "withdraw")
    text = page.content.decode()
    assert "นำกิจกรรมนี้ออกแล้ว: ข" in text
    assert order(here) == ["กิจกรรม senate ข้อ 1.1", "ค"]
    three[1].refresh_from_db()
    assert three[1].withdrawn_by == committee
    assert Text.objects.get(pk=three[1].text_id).html == "<p>ข</p>"
    page = press(client, committee, here, three[1], "restore")
    assert page.context["card"].activity == three[1]
    assert order(here) == ["กิจกรรม senate ข้อ 1.1", "ข", "ค"]
    three[1].refresh_from_db()
    assert (three[1].withdrawn_at, three[1].withdrawn_by) == (None, None)


def test_the_state_of_the_criterion_is_told_with_the_answer(client, here, committee):
    """The only activity is taken out: the page must not go on saying «เสร็จ»."""
    activity = Activity.objects.get(places__analysis=criterion(here, "1.1"))
    page = press(client, committee, here, activity, "withdraw")
    assert (str(page.context["here"].state), page.context["here"].missing) == ("todo", ("ยังไม่มีกิจกรรม",))
    assert 'hx-swap-oob="true"' in page.content.decode()
    page = press(client, committee, here, activity, "restore")
    assert (str(page.context["here"].state), page.context["here"].missing) == ("done", ())


def test_a_withdrawn_activity_does_not_count_in_the_state_told_after_a_save(client, here, three, committee):
    """Two without owners were withdrawn; what is left is complete."""
    for activity in three[1:]:
        press(client, committee, here, activity, "withdraw")
    page = press(client, committee, here, three[2], "restore")
    assert page.context["here"].missing == ("มี 1 กิจกรรมที่ยังไม่มีผู้รับผิดชอบ",)


def test_without_htmx_the_page_is_opened_again(client, here, three, committee):
    for action in ("withdraw", "restore"):
        answer = press(client, committee, here, three[1], action, htmx=False)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/a/senate/2565/1.1/")
    press(client, committee, here, three[1], "withdraw", htmx=False)
    page = client.get(url(here, "1.1"))
    assert [line.activity.text.plain for line in page.context["withdrawn"]] == ["ข"]
    assert "กิจกรรมที่นำออกแล้ว (1)" in page.content.decode()


def test_pressing_twice_is_one_event_and_keeps_the_first_time(client, here, three, committee):
    press(client, committee, here, three[1], "withdraw")
    first = Activity.objects.get(pk=three[1].pk).withdrawn_at
    press(client, committee, here, three[1], "withdraw")
    assert Activity.objects.get(pk=three[1].pk).withdrawn_at == first
    press(client, committee, here, three[1], "restore")
    press(client, committee, here, three[1], "restore")
    verbs = AuditEvent.objects.filter(object_type="assessment.activity", object_id=three[1].pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "activity.withdrawn",
        "activity.restored",
    ]


def test_an_activity_of_another_criterion_category_or_agency_is_not_found(client, here, there, committee):
    strangers = [
        Activity.objects.get(places__analysis=criterion(r, c))
        for r, c in ((here, "1.3"), (here, "3.1"), (there, "1.1"))
    ]
    for activity in strangers:
        for action in ("withdraw", "restore", "move"):
            assert press(client, committee, here, activity, action, {"base_version": 1}).status_code == 404
        client.force_login(committee)
        assert client.get(url(here, "1.1", "activities", str(activity.uid))).status_code == 404
    assert not Activity.objects.exclude(withdrawn_at=None).exists()


# --- shared with other criteria -------------------------------------------------------------------------


@pytest.fixture
def shared(here, world):
    """1.1 and 3.2 have one activity between two of their own."""
    by = world.here.people[Role.SECRETARIAT]
    made = write_activity(here, "1.1", "<p>ร่วม</p>", serves=["3.2"], owners=[world.here.unit], by=by)
    for code in ("1.1", "3.2"):
        write_activity(here, code, f"<p>ท้าย {code}</p>", by=by)
    return made


def plains(round, code) -> list[str]:
    places = criterion(round, code).activity_places.filter(activity__withdrawn_at=None)
    return [place.activity.text.plain for place in places.select_related("activity__text")]


def test_a_shared_activity_leaves_only_the_criterion_that_takes_it_out(
    client, here, shared, committee, world
):
    client.force_login(committee)
    card = client.get(url(here, "1.1")).context["cards"][1]
    assert (card.activity, card.also_in) == (shared, ["3.2"])
    page = press(client, committee, here, shared, "withdraw")
    assert "นำกิจกรรมนี้ออกแล้ว: ร่วม (ยังใช้ในข้อ 3.2)" in page.content.decode()
    assert plains(here, "1.1") == ["กิจกรรม senate ข้อ 1.1", "ท้าย 1.1"]
    assert plains(here, "3.2") == ["ร่วม", "ท้าย 3.2"]
    event = AuditEvent.objects.get(verb="activity.left")
    assert (event.actor, event.object_id, event.facts) == (committee, str(shared.pk), {"criterion": "1.1"})
    # the list of the page after a reload has it too
    [line] = client.get(url(here, "1.1")).context["withdrawn"]
    assert (line.activity, line.also_in) == (shared, ["3.2"])
    client.force_login(world.here.people["committee_3"])
    assert client.get(url(here, "3.2")).context["withdrawn"] == []


def test_a_shared_activity_comes_back_where_it_was(client, here, shared, committee):
    for _ in range(2):
        press(client, committee, here, shared, "withdraw")
    assert AuditEvent.objects.filter(verb="activity.left").count() == 1
    for _ in range(2):
        page = press(client, committee, here, shared, "restore")
    assert (page.context["card"].activity, page.context["card"].also_in) == (shared, ["3.2"])
    assert plains(here, "1.1") == ["กิจกรรม senate ข้อ 1.1", "ร่วม", "ท้าย 1.1"]
    assert plains(here, "3.2") == ["ร่วม", "ท้าย 3.2"]
    assert AuditEvent.objects.filter(verb="activity.restored").count() == 1


def test_the_last_criterion_takes_the_activity_out_of_the_form(client, here, shared, committee, world):
    other = world.here.people["committee_3"]
    press(client, committee, here, shared, "withdraw")
    page = press(client, other, here, shared, "withdraw", code="3.2")
    assert "ยังใช้ในข้อ" not in page.content.decode()
    shared.refresh_from_db()
    assert shared.withdrawn_by == other
    client.force_login(committee)
    assert "ยังใช้ในข้อ" not in client.get(url(here, "1.1")).content.decode()
    # brought back here, it stays out where the other committee took it out
    press(client, committee, here, shared, "restore")
    assert (plains(here, "1.1")[1], plains(here, "3.2")) == ("ร่วม", ["ท้าย 3.2"])
    press(client, other, here, shared, "restore", code="3.2")
    assert plains(here, "3.2") == ["ร่วม", "ท้าย 3.2"]


def test_an_activity_ticked_again_elsewhere_is_no_longer_among_those_taken_out(
    client, here, shared, committee, world
):
    press(client, committee, here, shared, "withdraw")
    secretary, here_again = world.here.people[Role.SECRETARIAT], criterion(here, "1.1").pk
    fields = form_of(shared, owners=[("", "สนผ.", "")], serves=[here_again])
    assert save(client, secretary, here, "3.2", fields).status_code == 200
    assert plains(here, "1.1") == ["กิจกรรม senate ข้อ 1.1", "ท้าย 1.1", "ร่วม"]
    assert client.get(url(here, "1.1")).context["withdrawn"] == []


def test_an_activity_taken_out_of_a_criterion_takes_no_save_there(client, here, shared, committee):
    press(client, committee, here, shared, "withdraw")
    page = save(client, committee, here, "1.1", form_of(shared, html="<p>ของฉัน</p>"))
    assert page.status_code == 409
    assert "กิจกรรมนี้ถูกนำออกไปแล้ว" in page.content.decode()
    shared.text.refresh_from_db()
    assert shared.text.plain == "ร่วม"


# --- order --------------------------------------------------------------------------------------------


def test_the_answer_to_a_move_lets_the_page_move_the_card(client, here, three, committee):
    answer = press(client, committee, here, three[2], "move", {"direction": "up", "base_version": 1})
    assert (answer.status_code, answer.content) == (204, b"")
    assert json.loads(answer.headers["HX-Trigger"]) == {
        "pmqa:moved": {"uid": str(three[2].uid), "up": True, "version": 2}
    }
    assert order(here) == ["กิจกรรม senate ข้อ 1.1", "ค", "ข"]


@pytest.mark.parametrize(
    ("index", "direction", "expected"),
    [(0, "up", "กขค"), (2, "down", "กขค"), (0, "down", "ขกค"), (1, "down", "กคข")],
)
def test_moves_without_htmx(client, here, three, committee, index, direction, expected):
    answer = press(
        client, committee, here, three[index], "move", {"direction": direction, "base_version": 1}, htmx=False
    )
    assert answer.headers["Location"] == "/a/senate/2565/1.1/"
    assert "".join(text.replace("กิจกรรม senate ข้อ 1.1", "ก") for text in order(here)) == expected


def test_a_move_passes_over_withdrawn_activities(client, here, three, committee):
    press(client, committee, here, three[1], "withdraw")
    press(client, committee, here, three[2], "move", {"direction": "up", "base_version": 1})
    assert order(here) == ["ค", "กิจกรรม senate ข้อ 1.1"]


@pytest.mark.parametrize("base_version", [1, "", "x", 99])
def test_a_stale_move_changes_nothing_and_says_so_above_the_card(
    client, here, three, committee, base_version
):
    press(client, committee, here, three[2], "move", {"direction": "up", "base_version": 1})
    before = order(here)
    fields = {"direction": "down", "base_version": base_version}
    answer = press(client, committee, here, three[0], "move", fields)
    assert answer.status_code == 409
    assert "มีผู้จัดลำดับหรือนำกิจกรรมออกก่อนท่าน จึงยังไม่ได้เลื่อน" in answer.content.decode()
    # above the card and not in its place: what is typed in it and not saved yet must stay
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (
        f"#card-{three[0].uid}",
        "beforebegin",
    )
    assert "<form" not in answer.content.decode()
    plain = press(client, committee, here, three[0], "move", fields, htmx=False)
    assert plain.headers["Location"] == "/a/senate/2565/1.1/"
    assert order(here) == before
    assert CriterionAnalysis.objects.get(pk=criterion(here, "1.1").pk).activities_version == 2


def test_a_withdrawn_activity_cannot_be_moved(client, here, three, committee):
    press(client, committee, here, three[1], "withdraw")
    answer = press(client, committee, here, three[1], "move", {"direction": "up", "base_version": 1})
    assert answer.status_code == 409
    assert criterion(here, "1.1").activities_version == 1


# --- a closed round -----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["withdraw", "restore", "move"])
def test_a_closed_round_changes_nothing(client, here, three, committee, world, action):
    if action == "restore":
        press(client, committee, here, three[1], "withdraw")
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    before, events = order(here), AuditEvent.objects.count()
    fields = {"direction": "up", "base_version": 1}
    answer = press(client, committee, here, three[1], action, fields)
    assert answer.status_code == 409
    assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้เปลี่ยนแปลงกิจกรรม" in answer.content.decode()
    plain = press(client, committee, here, three[1], action, fields, htmx=False)
    assert plain.status_code == 302
    assert "แบบฟอร์มปีนี้ปิดแล้ว" in client.get(plain.headers["Location"]).content.decode()
    assert (order(here), AuditEvent.objects.count()) == (before, events)
