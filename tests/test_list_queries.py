"""Pages that grow with their rows take as many queries for 1 row as for 30, and at most 25.

The same is tested beside their packages for member_list, owner_list and agency_list (tests/organizations),
feedback_list (tests/feedback), edition_list and edition (tests/framework), practice_list (tests/practices),
round_list, round, round_setup, criterion and practice_choice (tests/assessment/test_pages.py), and the pages of
development gaps (tests/assessment/gaps). Here are the
pages of several packages at once, and what grows there by feedback and figures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.enums import StepKind
from assessment.models import Round, SheetStep
from assessment.services.comments import Quoted, reply, resolve_thread, start_thread
from assessment.services.practices import choose_practice
from assessment.services.rounds import create_round
from assessment.threads import texts_of_criterion
from documents.models import Job
from feedback.services import add_point
from organizations.enums import NoticeKind, Role
from organizations.models import AuditEvent, Owner
from organizations.services import notify
from tests.url_comments import words
from tests.url_world import make_case, make_incoming, make_sheet_figure
from tests.world import World, criterion, join, make_agency, make_round, make_user, make_world, write_activity

MOST = 25
SECRETARY, EXECUTIVE, COMMITTEE = Role.SECRETARIAT, Role.EXECUTIVE, "committee_1"


@dataclass
class Scene:
    """An agency with one round, and ways to put one more row into it."""

    world: World
    round: Round

    def add_to_criterion(self, number: int) -> None:
        """An activity with two owners that serves another criterion, a case, feedback, a figure."""
        place, round = self.world.here, self.round
        analysis = criterion(round, "1.1")
        unit = Owner.objects.create(agency=place.agency, name=f"กอง {number}")
        write_activity(round, "1.1", f"<p>กิจกรรม {number}</p>", owners=[place.unit, unit], serves=["1.2"])
        case = make_case(self.world, make_agency(f"case-{number}", f"กรม {number}"), f"เรื่อง {number}", None)
        choose_practice(analysis=analysis, practice=case, by=None)
        point = {"year": round.feedback_year, "step": 2, "criterion": analysis.wording.criterion}
        add_point(agency=place.agency, text=f"ข้อเสนอแนะ {number}", by=None, **point)
        make_sheet_figure(analysis.sheet, place.people[SECRETARY])

    def add_comment(self, number: int) -> None:
        """A thread about a passage with an answer, two people asked and a draft; every third one settled."""
        people = self.world.here.people
        analysis, by = criterion(self.round, "1.1"), people[SECRETARY]
        asked = [people[EXECUTIVE], people[COMMITTEE]]
        quoted = Quoted(texts_of_criterion(analysis)[0], "กิจกรรม")
        first = start_thread(
            analysis=analysis, words=words(f"ข้อ {number}", mentions=asked), by=by, quoted=quoted
        )
        placed = first.thread.criterion_thread
        reply(placed=placed, words=words("ตอบ", mentions=[by]), by=people[COMMITTEE])
        reply(placed=placed, words=words("ร่าง", draft=True), by=by)
        if number % 3 == 1:
            resolve_thread(placed=placed, by=by)

    def add_agency(self, number: int) -> None:
        """One more agency in which the same people work."""
        agency = make_agency(f"agency-{number}", f"สำนักงาน {number}")
        for role in (SECRETARY, EXECUTIVE):
            join(self.world.here.people[role], agency, role)
        create_round(agency=agency, year=2565, edition=self.world.edition, by=None)

    def add_year(self, number: int) -> None:
        """One more round."""
        create_round(agency=self.round.agency, year=2500 + number, edition=self.world.edition, by=None)

    def add_event(self, number: int) -> None:
        """Events about new rows by another person, with facts that name rows."""
        place, person = self.world.here, make_user(f"person-{number}")
        unit = Owner.objects.create(agency=place.agency, name=f"สำนัก {number}")
        AuditEvent.record("owner.created", unit, by=person, agency=place.agency, owners=[unit.pk])
        join(person, place.agency, Role.UNIT_OFFICER, unit=unit)
        role = person.memberships.get()
        AuditEvent.record("member.invited", role, by=person, agency=place.agency, user=person.pk)
        AuditEvent.record("settings.saved", self.round, by=person, agency=place.agency)

    def add_step(self, number: int) -> None:
        """One more step of the review of category 1."""
        by = self.world.here.people[SECRETARY]
        sheet = self.round.sheets.get(category__number=1)
        about = {"kind": StepKind.EXTENDED, "reason": f"เหตุผล {number}", "until": timezone.localdate()}
        SheetStep.objects.create(sheet=sheet, at=timezone.now(), by=by, **about)

    def add_job(self, number: int) -> None:
        """One more print that waits."""
        Job.objects.create(round=self.round, requested_by=self.world.here.people[EXECUTIVE])

    def add_incoming(self, number: int) -> None:
        """One more file that was brought in."""
        make_incoming(self.round, self.world.here.people[SECRETARY])

    def add_notice(self, number: int) -> None:
        """One more thing that the secretariat was told."""
        notify(
            kind=NoticeKind.RETURNED,
            users=[self.world.here.people[SECRETARY]],
            agency=self.world.here.agency,
            subject=f"เรื่อง {number}",
            body=[],
            path=ROUND,
            dedupe=str(number),
        )


@pytest.fixture
def scene(db: None) -> Scene:
    world = make_world()
    return Scene(world, make_round(world.here, world))


def cost(client: Client, address: str) -> int:
    """How many queries the page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


ROUND = "/a/senate/2565/"
GROWING: dict[Callable[[Scene, int], None], list[tuple[str, str]]] = {
    Scene.add_to_criterion: [
        *((who, address) for who in (SECRETARY, COMMITTEE, EXECUTIVE) for address in ("/", ROUND)),
        *((who, f"{ROUND}category-1/") for who in (SECRETARY, COMMITTEE, EXECUTIVE)),
        *((who, f"{ROUND}1.1/") for who in (SECRETARY, COMMITTEE, EXECUTIVE)),
        *((COMMITTEE, f"{ROUND}1.1/practices/{which}") for which in ("", "?all=1", "?q=เนื้อหา")),
        *((who, f"{ROUND}practices/") for who in (SECRETARY, EXECUTIVE)),
        (SECRETARY, "/a/senate/feedback/"),
        (SECRETARY, "/practices/"),
    ],
    Scene.add_comment: [
        *((who, f"{ROUND}1.1/") for who in (SECRETARY, COMMITTEE, EXECUTIVE)),
        *((who, f"{ROUND}category-1/comments/?show=all") for who in (SECRETARY, COMMITTEE, EXECUTIVE)),
    ],
    Scene.add_agency: [
        *((who, address) for who in (SECRETARY, EXECUTIVE) for address in ("/", ROUND, "/practices/")),
        (SECRETARY, "/a/senate/members/"),
        (SECRETARY, "/practices/new/"),
    ],
    Scene.add_year: [(SECRETARY, "/"), (EXECUTIVE, "/a/senate/rounds/")],
    Scene.add_incoming: [(SECRETARY, f"{ROUND}incoming/")],
    Scene.add_event: [
        (SECRETARY, "/a/senate/audit/"),
        (SECRETARY, "/a/senate/audit/?texts=on&verb=owner.created"),
    ],
    Scene.add_notice: [(SECRETARY, "/notices/"), (SECRETARY, "/")],
    Scene.add_step: [(who, f"{ROUND}category-1/review/") for who in (SECRETARY, COMMITTEE)],
    Scene.add_job: [(EXECUTIVE, ROUND), (EXECUTIVE, f"{ROUND}category-1/")],
}


@pytest.mark.parametrize("add", GROWING, ids=lambda add: add.__name__)
def test_thirty_rows_cost_as_much_as_one(scene: Scene, add: Callable[[Scene, int], None]) -> None:
    clients = {who: Client() for who, _ in GROWING[add]}
    for who, client in clients.items():
        client.force_login(scene.world.here.people[who])

    def costs() -> dict[tuple[str, str], int]:
        return {(who, address): cost(clients[who], address) for who, address in GROWING[add]}

    add(scene, 1)
    few = costs()
    for number in range(2, 31):
        add(scene, number)
    assert costs() == few
    assert {page: queries for page, queries in few.items() if queries > MOST} == {}
