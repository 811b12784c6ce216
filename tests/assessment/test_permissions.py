"""Who may read and who may write; another agency finds nothing at all."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from assessment.models import (
    Activity,
    ActivityPlace,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    Round,
    SheetFigure,
)
from assessment.permissions import can_write, runs_round, sees_round, writes_sheet
from documents.models import Job
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.standing import standing
from tests.world import World, criterion, join, make_round, make_user, make_world
from texts.models import Text

from .browser import form_of, url

ROLES = (Role.AGENCY_ADMIN, Role.SECRETARIAT, Role.EXECUTIVE, "committee_1", "committee_3", Role.UNIT_OFFICER)
WRITERS = {
    1: {Role.AGENCY_ADMIN, Role.SECRETARIAT, "committee_1"},
    3: {Role.AGENCY_ADMIN, Role.SECRETARIAT, "committee_3"},
}
SOME = uuid.UUID(int=7)


def make_rounds() -> tuple[World, Round, Round]:
    world = make_world()
    return world, make_round(world.here, world), make_round(world.there, world)


@pytest.fixture(scope="module")
def stood(django_db_setup, django_db_blocker, tmp_path_factory):
    yield from standing(django_db_blocker, tmp_path_factory, make_rounds)


@pytest.fixture
def rounds(stood, db) -> tuple[World, Round, Round]:
    return stood.for_one_test()


@pytest.fixture
def world(rounds) -> World:
    return rounds[0]


@pytest.fixture
def here(rounds) -> Round:
    return rounds[1]


@pytest.fixture
def there(rounds) -> Round:
    return rounds[2]


def reading(round: Round) -> list[str]:
    """What every member of the agency may open."""
    here = (round.agency.code, round.year)
    return [
        reverse("round", args=here),
        reverse("sheet", args=[*here, 1]),
        reverse("sheet", args=[*here, 3]),
        reverse("criterion", args=[*here, "1.1"]),
        reverse("criterion", args=[*here, "3.1"]),
    ]


def running(round: Round) -> list[tuple[str, str]]:
    """(method, address) of what only those who run the year may do."""
    here = (round.agency.code, round.year)
    return [
        ("get", reverse("round_setup", args=here)),
        ("post", reverse("round_setup", args=here)),
        ("get", reverse("sheet_setup", args=[*here, 1])),
        ("post", reverse("sheet_setup", args=[*here, 1])),
        ("post", reverse("round_open", args=here)),
        ("post", reverse("round_close", args=here)),
    ]


def writing(round: Round, number: int) -> list[tuple[str, str]]:
    """(method, address) of everything that changes category `number`."""
    here, code = (round.agency.code, round.year), f"{number}.1"
    activity = Activity.objects.get(places__analysis=criterion(round, code)).uid
    return [
        ("post", reverse("activity_save", args=[*here, code])),
        ("get", reverse("activity_new", args=[*here, code])),
        ("get", reverse("activity_card", args=[*here, code, activity])),
        ("post", reverse("activity_move", args=[*here, code, activity])),
        ("post", reverse("activity_withdraw", args=[*here, code, activity])),
        ("post", reverse("activity_restore", args=[*here, code, activity])),
        ("get", reverse("criterion_text", args=[*here, code, "analysis"])),
        ("post", reverse("criterion_text", args=[*here, code, "remedies"])),
        ("get", reverse("practice_choice", args=[*here, code])),
        ("post", reverse("practice_choose", args=[*here, code])),
        ("get", reverse("chosen_text", args=[*here, code, SOME])),
        ("post", reverse("practice_remove", args=[*here, code, SOME])),
        ("post", reverse("practice_move", args=[*here, code, SOME])),
        ("get", reverse("sheet_text", args=[*here, number, "obstacles"])),
        ("post", reverse("sheet_text", args=[*here, number, "remedies"])),
        ("get", reverse("sheet_figure_add", args=[*here, number])),
        ("post", reverse("sheet_figure_add", args=[*here, number])),
        ("get", reverse("sheet_figure_edit", args=[*here, number, SOME])),
        ("post", reverse("sheet_figure_remove", args=[*here, number, SOME])),
    ]


def everything(round: Round) -> list[tuple[str, str]]:
    """Every address of a round."""
    export = ("post", reverse("export_start", args=[round.agency.code, round.year]))
    reads = [("get", address) for address in reading(round)]
    return [*reads, *running(round), *writing(round, 1), *writing(round, 3), export]


def status(client: Client, request: tuple[str, str]) -> int:
    method, address = request
    return getattr(client, method)(address).status_code


def rows() -> tuple[object, ...]:
    """Whatever a request could change."""
    models = (
        Round,
        CategorySheet,
        CriterionAnalysis,
        Activity,
        ActivityPlace,
        ChosenPractice,
        SheetFigure,
        Job,
    )
    texts = list(Text.objects.order_by("pk").values_list("pk", "html", "version", "locked_at"))
    stored = [list(model.objects.order_by("pk").values()) for model in models]
    # a refusal itself is written
    return (stored, texts, AuditEvent.objects.exclude(verb="request.refused").count())


@pytest.mark.parametrize("role", ROLES)
def test_every_member_reads_the_whole_form(client, world, here, role):
    client.force_login(world.here.people[role])
    assert [client.get(address).status_code for address in reading(here)] == [200] * 5


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("role", ROLES)
def test_only_the_committee_of_the_category_and_the_secretariat_write(client, world, here, role, number):
    client.force_login(world.here.people[role])
    if role in WRITERS[number]:
        assert {status(client, request) for request in writing(here, number)} <= {200, 302, 404, 409, 422}
        return
    before = rows()
    assert {status(client, request) for request in writing(here, number)} == {403}
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_only_those_who_run_the_year_set_it_up(client, world, here, role):
    client.force_login(world.here.people[role])
    if role in (Role.AGENCY_ADMIN, Role.SECRETARIAT):
        # an empty settings form is refused; opening and closing answer with the settings page
        assert [status(client, request) for request in running(here)] == [200, 200, 200, 200, 302, 302]
        return
    before = rows()
    assert {status(client, request) for request in running(here)} == {403}
    assert rows() == before


@pytest.mark.parametrize("role", [*ROLES, "installation administrator", "stranger"])
def test_another_agency_the_installation_and_strangers_find_nothing(client, world, here, there, role):
    outsiders = {"installation administrator": world.admin, "stranger": world.stranger}
    client.force_login(outsiders.get(role) or world.here.people[role])
    before = rows()
    assert {status(client, request) for request in everything(there)} == {404}
    assert rows() == before


def test_the_list_of_years_is_not_for_the_installation_administrator(client, world, here):
    """The agency itself is visible to the administrator, its years are not."""
    client.force_login(world.admin)
    assert [client.get(f"/a/senate/rounds/{rest}").status_code for rest in ("", "new/")] == [403, 403]
    client.force_login(world.there.people[Role.SECRETARIAT])
    assert [client.get(f"/a/senate/rounds/{rest}").status_code for rest in ("", "new/")] == [404, 404]


def test_nobody_is_sent_to_a_page_without_signing_in(client, here):
    before = rows()
    assert {status(client, request) for request in everything(here)} == {302}
    assert client.get(url(here)).headers["Location"].startswith("/accounts/login/")
    assert rows() == before


def test_somebody_else_s_year_is_not_reached_over_the_own_agency(client, world, here, there):
    Round.objects.filter(pk=there.pk).update(year=2570)
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert client.get("/a/senate/2570/").status_code == 404
    assert client.get("/a/nso/2565/").status_code == 404


@pytest.mark.parametrize("address", ["category-7/", "category-0/", "category-12/", "7.1/", "1.9/", "9.1/"])
def test_categories_and_criteria_that_the_form_has_not(client, world, here, address):
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert client.get(f"/a/senate/2565/{address}").status_code == 404


def test_addresses_that_change_something_take_no_get(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    before = rows()
    posts = [address for method, address in [*running(here), *writing(here, 1)] if method == "post"]
    only_post = [
        address
        for address in posts
        if not address.endswith(("setup/", "category-1/", "new/")) and "/text/" not in address
    ]
    assert {client.get(address).status_code for address in only_post} == {405}
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_lists_show_what_the_predicate_allows(world, here, there, role):
    user = world.here.people[role]
    assert [round for round in Round.objects.all() if sees_round(user, round)] == list(
        Round.objects.visible_to(user)
    )
    visible = CriterionAnalysis.objects.visible_to(user)
    assert {analysis.sheet.round_id for analysis in visible.select_related("sheet")} == {here.pk}
    assert set(Activity.objects.visible_to(user)) == set(here.activities.all())


@pytest.mark.parametrize("role", ROLES)
def test_the_right_and_the_state_are_asked_together(world, here, there, role):
    user = world.here.people[role]
    sheets = CategorySheet.objects.select_related("round__agency", "category")
    may = {(sheet.round_id, sheet.number) for sheet in sheets if can_write(user, sheet)}
    numbers = (
        range(1, 7)
        if runs_round(user, here)
        else sorted({"committee_1": {1}, "committee_3": {3}}.get(role, ()))
    )
    assert may == {(here.pk, number) for number in numbers}
    Round.objects.update(state="preparing", opened_at=None, opened_by=None)
    prepared = {sheet.number for sheet in sheets.filter(round=here) if can_write(user, sheet)}
    assert prepared == (set(range(1, 7)) if runs_round(user, here) else set())
    assert all(writes_sheet(user, sheet) for sheet in sheets.filter(round=here, category__number__in=numbers))


def test_a_person_of_two_committees_may_share_between_them(client, world, here):
    """And an ended membership gives nothing any more."""
    both = join(
        join(make_user("both"), world.here.agency, Role.COMMITTEE, category=1),
        world.here.agency,
        Role.COMMITTEE,
        category=3,
    )
    client.force_login(both)
    other = criterion(here, "3.2")
    assert (
        client.post(
            url(here, "1.2", "activities"), form_of(html="<p>ร่วมกัน</p>", serves=[other.pk])
        ).status_code
        == 302
    )
    assert Activity.objects.get(places__analysis=other).text.plain == "ร่วมกัน"
    both.memberships.filter(category=1).update(ended_at="2026-01-01T00:00Z", ended_by=world.admin)
    assert client.post(url(here, "1.2", "activities"), form_of(html="<p>อีก</p>")).status_code == 403
