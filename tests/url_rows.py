"""A row of the table of addresses, and short ways to write one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.url_world import NEXT_YEAR, YEAR, Holdings

Who = frozenset[str]
Values = dict[str, Any]

# How a person stands to the object: the role in its agency, or one of the last four.
RUNNERS = frozenset({"agency_admin", "secretariat"})
# whose comments stand in the world, see tests/url_comments.py
SECRETARY = frozenset({"secretariat"})
WRITERS = RUNNERS | {"own committee"}
READERS = frozenset({"other committee", "unit_officer", "executive"})
MEMBERS = WRITERS | READERS
ADMIN = frozenset({"installation admin"})
# «foreign» belongs to the other agency only; a stranger to none.
OUTSIDE = frozenset({"foreign", "stranger"})
SIGNED_IN = MEMBERS | ADMIN | OUTSIDE


@dataclass(frozen=True)
class Row:
    """What one address answers. `case` tells two objects of the same address apart."""

    name: str
    get: Who | None = None
    post: Who | None = None
    kwargs: Callable[[Holdings], Values] = lambda h: {}
    body: Callable[[Holdings, Holdings], Values] = lambda own, other: {}
    hidden: Who = frozenset()
    case: str = ""
    get_status: int = 200
    post_status: int = 302
    # the body changes rows when it gets through
    changes: bool = True
    # the object belongs to an agency: asked for in both, and with the objects of the one under the other
    owned: bool = True
    # what a visitor gets instead of the way to the sign-in page: (GET, POST)
    public: tuple[int, int] | None = None
    # names of agencies are public and stand in choices here
    names_agencies: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.case})" if self.case else self.name


def everywhere(name: str, **about: Any) -> Row:
    """An address that belongs to no agency."""
    return Row(name, owned=False, **about)


def of_issue(name: str, **about: Any) -> Row:
    """An address of an issue: only members of its agency find it."""
    return Row(name, kwargs=lambda h: {"uid": h.issue.uid}, **({"hidden": OUTSIDE | ADMIN} | about))


def of_load(name: str, **about: Any) -> Row:
    """An address of files of cases: only who curates the library that they are for finds it."""
    return Row(name, **({"kwargs": lambda h: {"uid": h.load.uid}, "hidden": SIGNED_IN - RUNNERS} | about))


def of_agency(name: str, *keys: str, **about: Any) -> Row:
    """An address under a/<agency>/: members of other agencies do not find it."""
    return Row(name, kwargs=arguments("agency", *keys), **({"hidden": OUTSIDE} | about))


def of_round(name: str, *keys: str, **about: Any) -> Row:
    """An address under a/<agency>/<year>/: installation administrators do not find it either."""
    return of_agency(name, "year", *keys, **({"hidden": OUTSIDE | ADMIN} | about))


def of_sheet(name: str, *keys: str, **about: Any) -> Row:
    """An address under a/<agency>/<year>/category-<number>/."""
    return of_round(name, "number", *keys, **about)


def of_criterion(name: str, *keys: str, **about: Any) -> Row:
    """An address under a/<agency>/<year>/<code>/."""
    return of_round(name, "code", *keys, **about)


def of_account(name: str, get: int, post: int | None, *, public: tuple[int, int] | None, **about: Any) -> Row:
    """A page of signing in: everybody who is signed in gets these two statuses."""
    allowed: Values = {"get": SIGNED_IN, "get_status": get, "changes": False}
    if post:
        allowed |= {"post": SIGNED_IN, "post_status": post}
    return everywhere(name, public=public, **(allowed | about))


ARGUMENTS: dict[str, Callable[[Holdings], Any]] = {
    "agency": lambda h: h.agency.code,
    "year": lambda h: YEAR,
    "number": lambda h: h.category,
    "submitted number": lambda h: h.submitted.number,
    "returned number": lambda h: h.returned.number,
    "approved number": lambda h: h.approved.number,
    "approval": lambda h: h.approval.uid,
    "code": lambda h: h.code,
    "person": lambda h: h.guest.pk,
    "membership": lambda h: h.membership.pk,
    "owner": lambda h: h.spare_owner.pk,
    "withdrawn owner": lambda h: h.withdrawn_owner.pk,
    "term": lambda h: h.term.pk,
    "preparing year": lambda h: NEXT_YEAR,
    "kind": lambda h: "obstacles",
    "kind with a late text": lambda h: "analysis",
    "point": lambda h: h.point.uid,
    "paper": lambda h: h.paper.uid,
    "answered": lambda h: h.point.uid,
    "earlier": lambda h: h.earlier_point.uid,
    "later": lambda h: h.point.uid,
    "activity": lambda h: h.activity.uid,
    "withdrawn activity": lambda h: h.withdrawn_activity.uid,
    "finished activity": lambda h: h.finished_activity.uid,
    "chosen": lambda h: h.chosen.uid,
    "offered case": lambda h: h.unchosen.pk,
    "sheet figure": lambda h: h.sheet_figure.uid,
    "about": lambda h: h.code,
    "gap": lambda h: h.gap.uid,
    "gap below": lambda h: h.gap_below.uid,
    "withdrawn gap": lambda h: h.withdrawn_gap.uid,
    "gap unit": lambda h: h.gap_unit.uid,
    "quarter": lambda h: 4,
    "comment": lambda h: h.comment.uid,
    "draft comment": lambda h: h.draft_comment.uid,
    "thread": lambda h: h.comment.thread.uid,
    "settled thread": lambda h: h.settled_comment.thread.uid,
}
# Where the name in the address differs from the name of the object above.
GAPS = ["gap", "withdrawn gap"]
REMARKS = ["comment", "draft comment", "thread", "settled thread"]
IN_ADDRESS = (
    {
        "withdrawn owner": "owner",
        "preparing year": "year",
        "kind with a late text": "kind",
        "answered": "point",
        "earlier": "uid",
        "later": "other",
        "offered case": "pk",
        "gap below": "past",
        "gap unit": "unit",
    }
    | dict.fromkeys(
        [
            "point",
            "paper",
            "activity",
            "withdrawn activity",
            "finished activity",
            "chosen",
            "sheet figure",
            "approval",
            *REMARKS,
            *GAPS,
        ],
        "uid",
    )
    | dict.fromkeys(["submitted number", "returned number", "approved number"], "number")
)


def arguments(*keys: str) -> Callable[[Holdings], Values]:
    """The parts of an address."""
    return lambda h: {IN_ADDRESS.get(key, key): ARGUMENTS[key](h) for key in keys}
