"""Which year the home page and the menu open while several years stand beside one another."""

from __future__ import annotations

import pytest

from assessment.models import Round
from assessment.services.rounds import close_round, create_round, open_round
from organizations.enums import Role
from tests.world import World, make_round, world  # noqa: F401


@pytest.fixture
def years(world: World) -> World:  # noqa: F811
    """«senate» writes 2565 while 2566 is being prepared, after 2564 was closed; «nso» is further."""
    by = world.here.people[Role.SECRETARIAT]
    close_round(round=make_round(world.here, world, 2564), by=by)
    make_round(world.here, world, 2565)
    create_round(agency=world.here.agency, year=2566, edition=world.edition, by=by)
    make_round(world.there, world, 2567)
    return world


def open_home(client, person):
    client.force_login(person)
    return client.get("/")


@pytest.mark.parametrize("who", ["committee_1", Role.SECRETARIAT, Role.EXECUTIVE])
def test_home_and_menu_open_the_form_that_people_write(client, years, who):
    page = open_home(client, years.here.people[who])
    assert (page.context["place"].round.year, page.context["page_round"].year) == (2565, 2565)
    [form] = [item.url for item in page.context["navigation"].items if item.label == "แบบฟอร์ม"]
    assert form == "/a/senate/2565/"


def test_a_committee_finds_its_buttons_while_the_next_year_is_prepared(client, years):
    text = open_home(client, years.here.people["committee_1"]).content.decode()
    assert 'href="/a/senate/2565/1.2/"' in text
    assert "2566" not in text


@pytest.mark.parametrize(("who", "linked"), [(Role.SECRETARIAT, True), (Role.EXECUTIVE, False)])
def test_those_who_run_the_year_get_a_link_to_the_form_in_preparation(client, years, who, linked):
    page = open_home(client, years.here.people[who])
    assert [round.year for round in page.context["place"].preparing] == ([2566] if linked else [])
    assert ('href="/a/senate/2566/setup/"' in page.content.decode()) == linked


def test_without_an_open_form_the_newest_is_shown(client, years):
    by = years.here.people[Role.SECRETARIAT]
    close_round(round=Round.objects.get(agency=years.here.agency, year=2565), by=by)
    page = open_home(client, by)
    assert (page.context["place"].round.year, page.context["place"].preparing) == (2566, [])


def test_of_two_open_forms_the_newer_is_shown(client, years):
    by = years.here.people[Role.SECRETARIAT]
    open_round(round=Round.objects.get(agency=years.here.agency, year=2566), by=by)
    assert open_home(client, by).context["place"].round.year == 2566
