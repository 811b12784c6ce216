"""The installation of one trial: tables, framework, forty people of one agency and two forms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from assessment.models import CriterionAnalysis, Round
from assessment.services.rounds import create_round, open_round
from framework.models import Edition
from organizations.enums import Role
from organizations.models import Agency, Membership, User
from pmqa_site.preparing import Stamps, collect_static, load, make_cache_table, migrate

from .client import Account

CATEGORIES = 6
# Every tenth person is of the secretariat, who writes in all categories.
SECRETARIAT_EVERY = 10
STEADY_YEAR, CLOSING_YEAR = 2569, 2570
# Shares of attention: the own activity, the one that the whole committee writes in, the one of the form that closes.
OWN, SHARED, CLOSING = 4.0, 5.0, 1.5


@dataclass
class Place:
    """One person with the addresses of the texts to write in and their shares of attention."""

    account: Account
    texts: list[tuple[str, float]]


@dataclass
class Installation:
    """Who writes where, who closes the form, and which texts it closes."""

    places: list[Place]
    closer: Account
    closing_address: str
    closable: frozenset[str]


def prepare_tables() -> None:
    """What `./pmqa setup` does, without the demonstration; static files may be there from the trial before."""
    stamps = Stamps(settings.VAR_DIR / "prepared.json")
    migrate(stamps)
    make_cache_table()
    folder = settings.BASE_DIR / "fixtures" / "framework"
    load(stamps, "framework", "load_framework", folder, *sorted(str(path) for path in folder.glob("*.yaml")))
    collect_static(Stamps(settings.STATIC_ROOT.parent / "static.json"))


def furnish(clients: int) -> Installation:
    """Make agency, people and forms by the services that the pages use."""
    agency = Agency.objects.create(code="proof", name="หน่วยงานสำหรับการพิสูจน์", hosted=True)
    closer, closing = _person(agency, "proof-secretariat", Role.SECRETARIAT)
    steady = _open_form(agency, STEADY_YEAR, closer)
    passing = _open_form(agency, CLOSING_YEAR, closer)
    shared = {n: _address(steady, _criteria(steady, n)[0]) for n in range(1, CATEGORIES + 1)}
    late = {n: _address(passing, _criteria(passing, n)[0]) for n in range(1, CATEGORIES + 1)}
    places = []
    for number in range(clients):
        category = number % CATEGORIES + 1
        if number % SECRETARIAT_EVERY == SECRETARIAT_EVERY - 1:
            _, account = _person(agency, f"proof-secretariat-{number}", Role.SECRETARIAT)
            texts = [(address, SHARED / CATEGORIES) for address in shared.values()]
        else:
            _, account = _person(agency, f"proof-committee{category}-{number}", Role.COMMITTEE, category)
            texts = [(shared[category], SHARED), (late[category], CLOSING)]
        codes = _criteria(steady, category)
        texts.append((_address(steady, codes[number % len(codes)]), OWN))
        places.append(Place(account, texts))
    address = f"/a/{agency.code}/{CLOSING_YEAR}/"
    return Installation(places, closing, address, frozenset(late.values()))


def _person(agency: Agency, name: str, role: str, category: int | None = None) -> tuple[User, Account]:
    """An account that is signed in; the password is not asked, because signing in is not what is proved here."""
    user = User.objects.create_user(name, display_name=name)
    Membership.objects.create(user=user, agency=agency, role=role, category=category)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return user, Account(user.pk, session.session_key)


def _open_form(agency: Agency, year: int, by: User) -> Round:
    edition = Edition.objects.order_by("-year").first()
    assert edition is not None, "the framework was loaded a moment ago"
    round = create_round(agency=agency, year=year, edition=edition, by=by)
    open_round(round=round, by=by)
    return round


def _criteria(round: Round, category: int) -> list[str]:
    """The codes of the category's criteria."""
    analyses = CriterionAnalysis.objects.filter(sheet__round=round, sheet__category__number=category)
    return list(analyses.order_by("wording__position").values_list("wording__code", flat=True))


def _address(round: Round, code: str) -> str:
    """Where an activity that does not exist yet is saved: the first save makes it."""
    return reverse("activity_text_save", args=[round.agency.code, round.year, code, uuid.uuid4()])
