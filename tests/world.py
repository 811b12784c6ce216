"""A small world for tests: two agencies that must never see one another, one person per role in each.

Plain functions and one fixture, so that a reader sees every row that a test starts from.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from assessment.models import Activity, CriterionAnalysis, Round
from assessment.services.activities import ActivityData, OwnerLine, save_activity
from assessment.services.rounds import create_round, open_round
from framework.models import Category, Criterion, Edition, EditionCriterion, Level
from organizations.enums import Role
from organizations.models import Agency, Membership, Owner, User

PASSWORD = "รหัสผ่านสำหรับทดสอบ-2569"


def make_user(username: str, **fields: object) -> User:
    """An account that can sign in with PASSWORD."""
    return User.objects.create(username=username, password=hashed_password(), display_name=username, **fields)


@cache
def hashed_password() -> str:
    """PASSWORD hashed once: the hash is made to be slow, and a world has a dozen people."""
    return make_password(PASSWORD)


def make_agency(code: str, name: str) -> Agency:
    """A tenant."""
    return Agency.objects.create(code=code, name=name, hosted=True)


def join(
    user: User, agency: Agency, role: str, category: int | None = None, unit: Owner | None = None
) -> User:
    """Give a person a role."""
    Membership.objects.create(user=user, agency=agency, role=role, category=category, unit=unit)
    user.__dict__.pop("current_memberships", None)
    return user


def make_edition(code: str = "2564", year: int = 2564) -> Edition:
    """An edition of seven categories with four criteria each (six in category 7), names by code."""
    edition = Edition.objects.create(code=code, year=year, name=f"เกณฑ์ {code}", character_limit=1000)
    for position, level in enumerate(("basic", "advance", "significance"), start=1):
        Level.objects.create(
            edition=edition, code=level, position=position, name=level, points=200 + 100 * position
        )
    position = 0
    for number in range(1, 8):
        kind = "process" if number < 7 else "result"
        category = Category.objects.create(edition=edition, number=number, kind=kind, name=f"ชื่อหมวด {number}")
        for index in range(1, 5 if number < 7 else 7):
            position += 1
            criterion, _ = Criterion.objects.get_or_create(identity=f"pmqa4-{number}.{index}")
            EditionCriterion.objects.create(
                edition=edition,
                category=category,
                criterion=criterion,
                code=f"{number}.{index}",
                position=position,
                short_name=f"ชื่อสั้น {number}.{index}",
                full_name=f"ชื่อเต็มของเกณฑ์ {number}.{index}",
            )
    return edition


@dataclass
class Place:
    """One agency with its people: by role, committees as committee_1, committee_3."""

    agency: Agency
    unit: Owner
    people: dict[str, User] = field(default_factory=dict)


@dataclass
class World:
    """Two agencies and the people outside them."""

    edition: Edition
    here: Place
    there: Place
    admin: User
    stranger: User


def make_place(code: str, name: str) -> Place:
    """An agency with one person per role."""
    agency = make_agency(code, name)
    unit = Owner.objects.create(agency=agency, name=f"สำนักนโยบายและแผน {code}", abbreviation="สนผ.")
    place = Place(agency, unit)
    for role in (Role.AGENCY_ADMIN, Role.SECRETARIAT, Role.EXECUTIVE):
        place.people[role] = join(make_user(f"{code}-{role.replace('_', '-')}"), agency, role)
    for number in (1, 3):
        person = make_user(f"{code}-committee-{number}")
        place.people[f"committee_{number}"] = join(person, agency, Role.COMMITTEE, category=number)
    place.people[Role.UNIT_OFFICER] = join(make_user(f"{code}-unit"), agency, Role.UNIT_OFFICER, unit=unit)
    return place


def make_world() -> World:
    """Two agencies «senate» and «nso», an edition, an installation administrator and a person without roles."""
    return World(
        edition=make_edition(),
        here=make_place("senate", "สำนักงานเลขาธิการวุฒิสภา"),
        there=make_place("nso", "สำนักงานสถิติแห่งชาติ"),
        admin=make_user("installation-admin", is_installation_admin=True),
        stranger=make_user("stranger"),
    )


@pytest.fixture
def world(db: None) -> World:
    """The small world, made for one test."""
    return make_world()


def criterion(round: Round, code: str) -> CriterionAnalysis:
    """The criterion of the round with this code, as the views read it."""
    return CriterionAnalysis.objects.with_names().get(sheet__round=round, wording__code=code)


def write_activity(
    round: Round,
    code: str,
    html: str,
    *,
    owners: Iterable[Owner] = (),
    serves: Iterable[str] = (),
    by: User | None = None,
) -> Activity:
    """Write an activity of a criterion by the service that the page uses; `serves` are codes."""
    data = ActivityData(
        uid=uuid.uuid4(),
        key=uuid.uuid4(),
        html=html,
        owners=[OwnerLine(owner) for owner in owners],
        serves=[criterion(round, other) for other in serves],
    )
    return save_activity(analysis=criterion(round, code), data=data, by=by)


def make_round(place: Place, world: World, year: int = 2565) -> Round:
    """An open round with some activities, whose texts name their agency and criterion.

    1.1 has one with an owner, 1.3 and 1.4 share one, 3.1 has one without an owner; everything else is blank.
    """
    secretary = place.people[Role.SECRETARIAT]
    round = create_round(agency=place.agency, year=year, edition=world.edition, by=secretary)
    code = place.agency.code
    write_activity(round, "1.1", f"<p>กิจกรรม {code} ข้อ 1.1</p>", owners=[place.unit], by=secretary)
    shared = f"<p>กิจกรรม {code} ข้อ 1.3 และ 1.4</p>"
    write_activity(round, "1.3", shared, owners=[place.unit], serves=["1.4"], by=secretary)
    write_activity(round, "3.1", f"<p>กิจกรรม {code} ข้อ 3.1</p>", by=secretary)
    open_round(round=round, by=secretary)
    return round


def moment(
    year: int = 2026, month: int = 11, day: int = 20, hour: int = 14, minute: int = 3
) -> datetime.datetime:
    """A fixed aware time: 20 พฤศจิกายน 2569 14:03 น. unless told otherwise."""
    return datetime.datetime(year, month, day, hour, minute, tzinfo=timezone.get_default_timezone())
