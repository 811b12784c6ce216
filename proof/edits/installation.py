"""The installation of one trial: tables, framework, forty people of one agency and two forms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import QuerySet
from django.urls import reverse

from assessment.models import CriterionAnalysis, Round
from assessment.services.activities import ActivityData, OwnerLine, save_activity
from assessment.services.rounds import create_round, open_round
from framework.models import Edition
from organizations.enums import Role
from organizations.models import Agency, Membership, Owner, User
from pmqa_site.preparing import Stamps, collect_static, load, make_cache_table, migrate

from .client import Account, OpenText
from .ledger import SAVED, Edit
from .writing import first_text

CATEGORIES = 6
# Every tenth person is of the secretariat, who writes in all categories.
SECRETARIAT_EVERY = 10
STEADY_YEAR, CLOSING_YEAR = 2569, 2570
# Shares of attention: the own activity, the one that the whole committee writes in, the one of the form that closes.
OWN, SHARED, CLOSING = 4.0, 5.0, 1.5


@dataclass
class Place:
    """One person with the texts to write in and their shares of attention."""

    account: Account
    texts: list[tuple[OpenText, float]]


@dataclass
class Installation:
    """Who writes where, who closes the form and its categories, and by category the edits that were there before."""

    places: list[Place]
    closer: Account
    closing_address: str
    begun: dict[int, Edit]

    @property
    def closable(self) -> frozenset[str]:
        """The texts of the form that closes."""
        return frozenset(edit.text for edit in self.begun.values())


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
    secretary, closing = _person(agency, "proof-secretariat", Role.SECRETARIAT)
    steady = _open_form(agency, STEADY_YEAR, secretary)
    passing = _open_form(agency, CLOSING_YEAR, secretary)
    begun = {n: _complete(passing, n, secretary) for n in range(1, CATEGORIES + 1)}
    shared = {n: _blank(steady, _criteria(steady, n)[0]) for n in range(1, CATEGORIES + 1)}
    places = [_place(agency, number, steady, shared, begun) for number in range(clients)]
    return Installation(places, closing, f"/a/{agency.code}/{CLOSING_YEAR}/", begun)


def _place(
    agency: Agency, number: int, steady: Round, shared: dict[int, str], begun: dict[int, Edit]
) -> Place:
    """A member of a committee, or every tenth time of the secretariat, which leaves the closed form alone."""
    category = number % CATEGORIES + 1
    codes = _criteria(steady, category)
    own = OpenText(_blank(steady, codes[number % len(codes)])), OWN
    if number % SECRETARIAT_EVERY == SECRETARIAT_EVERY - 1:
        _, account = _person(agency, f"proof-secretariat-{number}", Role.SECRETARIAT)
        return Place(account, [own, *((OpenText(text), SHARED / CATEGORIES) for text in shared.values())])
    _, account = _person(agency, f"proof-committee{category}-{number}", Role.COMMITTEE, category)
    late = begun[category]
    return Place(
        account,
        [own, (OpenText(shared[category]), SHARED), (OpenText(late.text, late.version, late.html), CLOSING)],
    )


def _complete(round: Round, category: int, by: User) -> Edit:
    """Fill in all that a category needs for being submitted; gives the edit that began its first text."""
    owner, _ = Owner.objects.get_or_create(agency=round.agency, name="สำนักสำหรับการพิสูจน์")
    edits = []
    for number, analysis in enumerate(_analyses(round, category)):
        html = first_text(by.pk, 10 * category + number)
        data = ActivityData(uid=uuid.uuid4(), key=uuid.uuid4(), html=html, owners=[OwnerLine(owner)])
        save_activity(analysis=analysis, data=data, by=by)
        address = _address(round, analysis.wording.code, data.uid)
        edits.append(Edit(by.pk, address, str(data.key), 0, html, outcome=SAVED, version=1, current=1))
    return edits[0]


def _person(agency: Agency, name: str, role: str, category: int | None = None) -> tuple[User, Account]:
    """An account that is signed in; the password is not asked, because signing in is not what is proved here."""
    user = User.objects.create_user(name, display_name=name)
    Membership.objects.create(user=user, agency=agency, role=role, category=category)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key is not None, "it was saved a line above"
    return user, Account(user.pk, session.session_key)


def _open_form(agency: Agency, year: int, by: User) -> Round:
    edition = Edition.objects.order_by("-year").first()
    assert edition is not None, "the framework was loaded a moment ago"
    round = create_round(agency=agency, year=year, edition=edition, by=by)
    open_round(round=round, by=by)
    return round


def _analyses(round: Round, category: int) -> QuerySet[CriterionAnalysis]:
    analyses = CriterionAnalysis.objects.with_names()
    return analyses.filter(sheet__round=round, sheet__category__number=category).order_by("wording__position")


def _criteria(round: Round, category: int) -> list[str]:
    """The codes of the category's criteria."""
    return [analysis.wording.code for analysis in _analyses(round, category)]


def _blank(round: Round, code: str) -> str:
    """Where an activity that does not exist yet is saved: the first save makes it."""
    return _address(round, code, uuid.uuid4())


def _address(round: Round, code: str, uid: uuid.UUID) -> str:
    return reverse("activity_text_save", args=[round.agency.code, round.year, code, uid])
