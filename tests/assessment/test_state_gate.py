"""What the state of the round lets whom write: asked at every address, before the services ask again."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.models import Activity, ChosenPractice, Round, SheetFigure
from assessment.services.figures import add_sheet_figure
from assessment.services.practices import choose_practice
from assessment.services.rounds import close_round, create_round, open_round
from assessment.services.withdrawing import withdraw_activity
from organizations.enums import Role
from practices.models import Practice
from tests.standing import Standing, standing
from tests.world import World, criterion, make_world, write_activity

from .browser import form_of, url
from .library import make_case
from .review import approved, complete, submitted
from .test_permissions import rows
from .test_sheet_figures import png


@dataclass
class Scene:
    """A round that is being prepared, with two of everything that can be changed in 1.1."""

    round: Round
    activities: list[Activity]
    withdrawn: Activity
    chosen: list[ChosenPractice]
    case: Practice
    figure: SheetFigure


def make_scene(world: World) -> Scene:
    by = world.here.people[Role.SECRETARIAT]
    round = create_round(agency=world.here.agency, year=2566, edition=world.edition, by=by)
    analysis, sheet = criterion(round, "1.1"), round.sheets.get(category__number=1)
    *activities, gone = (write_activity(round, "1.1", f"<p>{n}</p>", by=by) for n in range(3))
    withdraw_activity(activity=gone, analysis=analysis, by=by)
    chosen = [choose_practice(analysis=analysis, practice=make_case(key), by=by) for key in "ab"]
    words = {"caption": "ภาพ", "alternative": "คำอธิบาย", "by": by}
    figure = add_sheet_figure(sheet=sheet, file=io.BytesIO(png()), size=len(png()), **words)
    return Scene(round, activities, gone, chosen, make_case("c"), figure)


def make_both() -> tuple[World, Scene]:
    world = make_world()
    return world, make_scene(world)


@pytest.fixture(scope="module")
def stood(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[Standing[tuple[World, Scene]]]:
    yield from standing(django_db_blocker, tmp_path_factory, make_both)


@pytest.fixture
def both(stood: Standing[tuple[World, Scene]], db: None) -> tuple[World, Scene]:
    return stood.for_one_test()


@pytest.fixture
def world(both: tuple[World, Scene]) -> World:
    return both[0]


@pytest.fixture
def scene(both: tuple[World, Scene]) -> Scene:
    return both[1]


def text(version: int) -> dict[str, Any]:
    return {"html": "<p>เขียนใหม่</p>", "key": str(uuid.uuid4()), "base_version": version}


MOVE = {"direction": "down", "base_version": 1}
Request = tuple[list[str], dict[str, Any]]
REQUESTS: dict[str, Callable[[Scene], Request]] = {
    "save": lambda s: (["1.1", "activities"], form_of(s.activities[0], html="<p>เขียนใหม่</p>")),
    "new": lambda s: (["1.2", "activities"], form_of(html="<p>เขียนใหม่</p>")),
    "withdraw": lambda s: (["1.1", "activities", str(s.activities[0].uid), "withdraw"], {}),
    "restore": lambda s: (["1.1", "activities", str(s.withdrawn.uid), "restore"], {}),
    "move": lambda s: (["1.1", "activities", str(s.activities[0].uid), "move"], MOVE),
    "analysis": lambda s: (["1.1", "text", "analysis"], text(0)),
    "obstacles": lambda s: (["category-1", "text", "obstacles"], text(0)),
    "choose": lambda s: (["1.1", "practices", "choose"], {"practice": s.case.pk}),
    "case text": lambda s: (["1.1", "practices", str(s.chosen[0].uid), "text"], text(1)),
    "case move": lambda s: (["1.1", "practices", str(s.chosen[0].uid), "move"], MOVE),
    "case remove": lambda s: (["1.1", "practices", str(s.chosen[0].uid), "remove"], {}),
    "figure": lambda s: (
        ["category-1", "figures", "new"],
        {"file": SimpleUploadedFile("a.png", png(colour="red")), "caption": "ก", "alternative": "ข"},
    ),
    "caption": lambda s: (
        ["category-1", "figures", str(s.figure.uid)],
        {"caption": "ก", "alternative": "ข", "base_version": 1},
    ),
    "figure remove": lambda s: (["category-1", "figures", str(s.figure.uid), "remove"], {}),
}


@pytest.fixture(params=REQUESTS)
def send(request, client, scene):
    """Sends the request as this person; tells whether it changed anything."""

    def press(person) -> bool:
        path, fields = REQUESTS[request.param](scene)
        client.force_login(person)
        before = rows()
        assert client.post(url(scene.round, *path), fields).status_code in (302, 409)
        return rows() != before

    return press


def test_a_round_in_preparation_is_written_by_the_secretariat_alone(send, world):
    assert not send(world.here.people["committee_1"])
    assert send(world.here.people[Role.SECRETARIAT])


def test_an_open_round_is_written_by_its_committee_too(send, scene, world):
    open_round(round=scene.round, by=world.here.people[Role.SECRETARIAT])
    assert send(world.here.people["committee_1"])


def test_a_closed_round_is_written_by_nobody(send, scene, world):
    by = world.here.people[Role.SECRETARIAT]
    open_round(round=scene.round, by=by)
    close_round(round=scene.round, by=by)
    assert not send(by)


def test_a_submitted_category_is_written_by_the_secretariat_alone(send, scene, world):
    by = world.here.people[Role.SECRETARIAT]
    open_round(round=scene.round, by=by)
    complete(scene.round, 1, world.here)
    submitted(scene.round, 1, by)
    assert not send(world.here.people["committee_1"])
    assert send(by)


def test_an_approved_category_is_written_by_nobody(send, scene, world):
    by = world.here.people[Role.SECRETARIAT]
    open_round(round=scene.round, by=by)
    complete(scene.round, 1, world.here)
    submitted(scene.round, 1, by)
    approved(scene.round, 1, by)
    assert not send(by)


@pytest.mark.parametrize(
    "path",
    [
        ["1.1", "text", "analysis"],
        ["category-1", "text", "remedies"],
        ["category-1", "figures", "new"],
        ["figure"],
    ],
)
@pytest.mark.parametrize("state", ["preparing", "closed"])
def test_no_form_opens_that_would_be_refused(client, scene, world, path, state):
    by, committee = world.here.people[Role.SECRETARIAT], world.here.people["committee_1"]
    if path == ["figure"]:
        path = ["category-1", "figures", str(scene.figure.uid)]
    address = url(scene.round, *path)
    client.force_login(by)
    assert client.get(address).status_code == 200
    if state == "closed":
        open_round(round=scene.round, by=by)
        client.force_login(committee)
        assert client.get(address).status_code == 200
        close_round(round=scene.round, by=by)
    client.force_login(committee)
    page = client.get(address, follow=True)
    assert len(page.redirect_chain) == 1
    words = {"preparing": "ฝ่ายเลขานุการยังไม่เปิดให้เขียน", "closed": "แบบฟอร์มปีนี้ปิดแล้ว"}
    assert f"{words[state]} จึง" in page.content.decode()
