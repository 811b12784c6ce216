"""Who may do what at which address: one row per address, read by tests/test_url_matrix.py.

A row says who may read (GET, HEAD) and who may write (POST); None means that the method does not exist
there (405). Everybody else in the agency is refused (403); `hidden` are those for whom the object does not
exist (404). A body is one that would change something if it got through: otherwise a refusal proves nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from framework.exporters import dump_edition
from framework.forms import fingerprint
from framework.importers import read_edition
from framework.services import compare_edition
from organizations.importers.members import members_template
from tests.url_world import NEW_YEAR, NEXT_YEAR, YEAR, Holdings, picture

Who = frozenset[str]
Values = dict[str, Any]

# How a person stands to the object: the role in its agency, or one of the last four.
RUNNERS = frozenset({"agency_admin", "secretariat"})
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
    "code": lambda h: h.code,
    "person": lambda h: h.guest.pk,
    "membership": lambda h: h.membership.pk,
    "owner": lambda h: h.spare_owner.pk,
    "withdrawn owner": lambda h: h.withdrawn_owner.pk,
    "preparing year": lambda h: NEXT_YEAR,
    "kind": lambda h: "obstacles",
    "point": lambda h: h.point.uid,
    "activity": lambda h: h.activity.uid,
    "withdrawn activity": lambda h: h.withdrawn_activity.uid,
    "chosen": lambda h: h.chosen.uid,
    "sheet figure": lambda h: h.sheet_figure.uid,
}
# Where the name in the address differs from the name of the object above.
IN_ADDRESS = {"withdrawn owner": "owner", "preparing year": "year"} | dict.fromkeys(
    ["point", "activity", "withdrawn activity", "chosen", "sheet figure"], "uid"
)


def arguments(*keys: str) -> Callable[[Holdings], Values]:
    """The parts of an address."""
    return lambda h: {IN_ADDRESS.get(key, key): ARGUMENTS[key](h) for key in keys}


# --- bodies ---------------------------------------------------------------------------------------


def text_body(version: int, html: str = "<p>เขียนใหม่</p>") -> Values:
    """A rich text on top of a version."""
    return {"key": str(uuid.uuid4()), "base_version": version, "html": html}


def activity_body(h: Holdings, **changes: Any) -> Values:
    """The activity with another text; its owner line stays."""
    activity = h.activity
    line = activity.owner_lines.get()
    owners = {"owners-TOTAL_FORMS": 1, "owners-INITIAL_FORMS": 1, "owners-0-ORDER": 1}
    owners |= {"owners-0-owner": line.owner.name, "owners-0-note": line.note, "owners-0-joiner": ""}
    versions = {"uid": activity.uid, "owners_version": activity.owners_version}
    return text_body(activity.text.version) | versions | owners | changes


def case_body(h: Holdings, base: Any = None) -> Values:
    """A case about 1.1, new or on top of what stands."""
    criterion = h.round.edition.criteria.get(code="1.1").criterion_id
    versions = {"base_practice": base.version, "base_text": base.text.version} if base else {}
    facts = {"agency_name": h.shared.example.name, "title": "เรื่องใหม่", "criteria": [criterion]}
    return (
        facts | {"base_practice": 0, "base_text": 0, "uid": uuid.uuid4(), "html": "<p>เนื้อหา</p>"} | versions
    )


def point_body(h: Holdings, **changes: Any) -> Values:
    """A point of feedback about the criterion."""
    criterion = h.point.criterion_id
    return {"year": YEAR - 1, "step": 2, "criterion": criterion, "text": "ข้อความใหม่", "level": ""} | changes


def edition_body(h: Holdings) -> Values:
    """A changed file of an edition that no round uses, confirmed as it was shown."""
    content = dump_edition(h.shared.free_edition).replace("ชื่อสั้น 1.1", "ชื่อสั้นใหม่")
    seen = fingerprint(compare_edition(read_edition(content.encode(), "new.yaml")))
    return {"name": "new.yaml", "content": content, "seen": seen}


def sheet_setup_body(h: Holdings) -> Values:
    """New headings of the category."""
    names = ("heading_feedback", "heading_practice", "heading_activity", "heading_owner")
    return {"base_version": h.sheet.version, "layout": h.sheet.layout} | dict.fromkeys(names, "หัวใหม่")


ROUND_BODY = {"title": "ชื่อใหม่", "feedback_year": YEAR - 1, "feedback_step": 2}
ROUND_BODY |= {"font_points": 14, "binding_margin_mm": 5, "deadline": ""}
OWNER_BODY = {"kind": "unit", "name": "สำนักใหม่", "abbreviation": "สม."}
PERSON_BODY = {"display_name": "ผู้มาใหม่", "username": "newcomer", "email": ""}
CAPTION_BODY = {"caption": "คำบรรยายใหม่", "alternative": "คำอธิบายใหม่"}
AGENCY_BODY = {"name": "สำนักงานใหม่", "short_name": "สม.", "code": "brand-new", "kind": "department"}
ADMINISTRATOR_BODY = {f"administrator-{name}": value for name, value in PERSON_BODY.items()}


def workbook() -> SimpleUploadedFile:
    """The sheet of members as it is handed out, with nobody in it."""
    return SimpleUploadedFile("members.xlsx", members_template())


TABLE = [
    # probes, texts of scripts, signing in
    everywhere("live", get=SIGNED_IN, public=(200, 405)),
    everywhere("ready", get=SIGNED_IN, public=(200, 405)),
    # a sign-in that fails is written to the audit trail
    of_account(
        "account_login",
        302,
        302,
        public=(200, 200),
        changes=True,
        body=lambda own, other: {"login": "x", "password": "y"},
    ),
    of_account("account_logout", 200, 302, public=(302, 302)),
    of_account("account_inactive", 200, None, public=(200, 405)),
    of_account("account_signup", 302, 302, public=(200, 200)),
    of_account("account_change_password", 200, 200, public=None),
    of_account(
        "account_reset_password",
        200,
        302,
        public=(200, 302),
        body=lambda own, other: {"email": "nobody@example.invalid"},
    ),
    of_account("account_reset_password_done", 200, None, public=(200, 405)),
    of_account(
        "account_reset_password_from_key",
        200,
        200,
        public=(200, 200),
        kwargs=lambda h: {"uidb36": "1", "key": "no-such-key"},
    ),
    of_account("account_reset_password_from_key_done", 200, None, public=(200, 405)),
    # everybody who is signed in
    everywhere("home", get=SIGNED_IN),
    everywhere("edition_list", get=SIGNED_IN),
    everywhere("edition", get=SIGNED_IN, kwargs=lambda h: {"code": "2564"}),
    everywhere("edition_download", get=SIGNED_IN, kwargs=lambda h: {"code": "2564"}),
    everywhere("edition_load", get=ADMIN, post=ADMIN, body=lambda own, other: edition_body(own)),
    # agencies, for the installation administrator
    everywhere("agency_list", get=ADMIN),
    everywhere(
        "agency_new",
        get=ADMIN,
        post=ADMIN,
        post_status=200,
        body=lambda own, other: AGENCY_BODY | ADMINISTRATOR_BODY,
    ),
    everywhere(
        "agency_edit",
        get=ADMIN,
        post=ADMIN,
        kwargs=lambda h: {"code": h.agency.code},
        body=lambda own, other: AGENCY_BODY | {"code": own.agency.code, "hosted": "on"},
    ),
    # members: run by the agency, started by the installation administrator
    of_agency("member_list", get=RUNNERS | ADMIN),
    of_agency(
        "member_new",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        post_status=200,
        body=lambda own, other: PERSON_BODY | {"role": "executive"},
    ),
    of_agency(
        "member_import",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        post_status=422,
        changes=False,
        body=lambda own, other: {"file": workbook()},
    ),
    of_agency("member_template", get=RUNNERS | ADMIN),
    # nothing waits for confirmation: the way back to the file
    of_agency("member_import_confirm", post=RUNNERS | ADMIN, changes=False),
    of_agency(
        "member_edit",
        "person",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        body=lambda own, other: {"display_name": "ชื่อใหม่"},
    ),
    of_agency(
        "member_role_add", "person", post=RUNNERS | ADMIN, body=lambda own, other: {"role": "executive"}
    ),
    of_agency(
        "member_role_add",
        "person",
        case="unit of the other agency",
        post=RUNNERS | ADMIN,
        post_status=422,
        changes=False,
        body=lambda own, other: {"role": "unit_officer", "unit": other.place.unit.pk},
    ),
    of_agency("member_end", "person", post=RUNNERS | ADMIN),
    of_agency(
        "member_reset",
        "person",
        post=RUNNERS | ADMIN,
        post_status=200,
        body=lambda own, other: {"way": "slip"},
    ),
    of_agency("member_role_end", "membership", post=RUNNERS | ADMIN),
    # owners
    of_agency("owner_list", get=RUNNERS),
    of_agency("owner_new", get=RUNNERS, post=RUNNERS, body=lambda own, other: OWNER_BODY),
    of_agency("owner_edit", "owner", get=RUNNERS, post=RUNNERS, body=lambda own, other: OWNER_BODY),
    of_agency("owner_withdraw", "owner", post=RUNNERS),
    of_agency("owner_restore", "withdrawn owner", post=RUNNERS),
    # pictures
    Row("figure", get=MEMBERS, kwargs=lambda h: {"uid": h.sheet_figure.figure.uid}, hidden=OUTSIDE | ADMIN),
    everywhere("figure", case="shared", get=SIGNED_IN, kwargs=lambda h: {"uid": h.shared.figure.uid}),
    of_agency(
        "figure_upload",
        post=MEMBERS - {"executive"},
        post_status=201,
        body=lambda own, other: {"file": picture()},
    ),
    # the library
    everywhere("practice_list", get=SIGNED_IN),
    Row(
        "practice_new",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        owned=False,
        names_agencies=True,
        body=lambda own, other: case_body(own),
    ),
    Row("practice", case="kept", get=MEMBERS, kwargs=lambda h: {"pk": h.case.pk}, hidden=OUTSIDE | ADMIN),
    Row(
        "practice",
        case="kept draft",
        get=RUNNERS,
        kwargs=lambda h: {"pk": h.draft.pk},
        hidden=SIGNED_IN - RUNNERS,
    ),
    everywhere("practice", case="shared", get=SIGNED_IN, kwargs=lambda h: {"pk": h.shared.case.pk}),
    everywhere(
        "practice",
        case="shared draft",
        get=ADMIN,
        kwargs=lambda h: {"pk": h.shared.draft.pk},
        hidden=SIGNED_IN - ADMIN,
    ),
    Row(
        "practice_edit",
        case="kept",
        get=RUNNERS,
        post=RUNNERS,
        kwargs=lambda h: {"pk": h.case.pk},
        hidden=OUTSIDE | ADMIN,
        names_agencies=True,
        body=lambda own, other: case_body(own, own.case),
    ),
    everywhere(
        "practice_edit",
        case="shared",
        get=ADMIN,
        post=ADMIN,
        kwargs=lambda h: {"pk": h.shared.case.pk},
        names_agencies=True,
        body=lambda own, other: case_body(own, own.shared.case),
    ),
    Row(
        "practice_publish",
        post=RUNNERS,
        kwargs=lambda h: {"pk": h.draft.pk},
        hidden=SIGNED_IN - RUNNERS,
    ),
    Row("practice_unpublish", post=RUNNERS, kwargs=lambda h: {"pk": h.case.pk}, hidden=OUTSIDE | ADMIN),
    everywhere("practice_unpublish", case="shared", post=ADMIN, kwargs=lambda h: {"pk": h.shared.case.pk}),
    Row("practice_withdraw", post=RUNNERS, kwargs=lambda h: {"pk": h.case.pk}, hidden=OUTSIDE | ADMIN),
    everywhere("practice_withdraw", case="shared", post=ADMIN, kwargs=lambda h: {"pk": h.shared.case.pk}),
    # feedback
    of_agency("feedback_list", get=MEMBERS),
    of_agency("feedback_new", get=RUNNERS, post=RUNNERS, body=lambda own, other: point_body(own)),
    of_agency(
        "feedback_edit",
        "point",
        get=RUNNERS,
        post=RUNNERS,
        body=lambda own, other: point_body(own, version=own.point.version),
    ),
    of_agency(
        "feedback_withdraw", "point", post=RUNNERS, body=lambda own, other: {"version": own.point.version}
    ),
    of_agency("feedback_move", "point", post=RUNNERS, body=lambda own, other: {"direction": "down"}),
    # rounds
    of_agency("round_list", get=MEMBERS),
    of_agency(
        "round_new",
        get=RUNNERS,
        post=RUNNERS,
        body=lambda own, other: {"year": NEW_YEAR, "edition": own.round.edition.pk},
    ),
    of_round("round", get=MEMBERS),
    of_round(
        "round_setup",
        get=RUNNERS,
        post=RUNNERS,
        body=lambda own, other: ROUND_BODY | {"base_version": own.round.version},
    ),
    of_round(
        "sheet_setup", "number", get=RUNNERS, post=RUNNERS, body=lambda own, other: sheet_setup_body(own)
    ),
    of_agency("round_open", "preparing year", post=RUNNERS, hidden=OUTSIDE | ADMIN),
    of_round("round_close", post=RUNNERS),
    # sheets
    of_sheet("sheet", get=MEMBERS),
    of_sheet(
        "sheet_text",
        "kind",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: text_body(own.sheet.obstacles.version),
    ),
    of_sheet(
        "sheet_text",
        "kind",
        case="picture of the other agency",
        get=WRITERS,
        post=WRITERS,
        post_status=422,
        changes=False,
        body=lambda own, other: text_body(own.sheet.obstacles.version, picture_html(other)),
    ),
    of_sheet(
        "sheet_figure_add",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: CAPTION_BODY | {"file": picture()},
    ),
    of_sheet(
        "sheet_figure_edit",
        "sheet figure",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: CAPTION_BODY,
    ),
    of_sheet("sheet_figure_remove", "sheet figure", post=WRITERS),
    # criteria
    of_criterion("criterion", get=MEMBERS),
    of_criterion("activity_save", post=WRITERS, body=lambda own, other: activity_body(own)),
    of_criterion(
        "activity_save",
        case="activity of the other agency",
        post=WRITERS,
        post_status=409,
        changes=False,
        body=lambda own, other: activity_body(own, uid=other.activity.uid),
    ),
    of_criterion(
        "activity_save",
        case="owner of the other agency",
        post=WRITERS,
        post_status=422,
        changes=False,
        body=lambda own, other: activity_body(own, **{"owners-0-owner": other.place.unit.name}),
    ),
    of_criterion(
        "activity_save",
        case="criterion of the other agency",
        post=WRITERS,
        post_status=422,
        changes=False,
        body=lambda own, other: activity_body(own, serves=[other.analysis.pk]),
    ),
    of_criterion("activity_new", get=WRITERS),
    of_criterion("activity_card", "activity", get=WRITERS),
    of_criterion("activity_withdraw", "activity", post=WRITERS),
    of_criterion("activity_restore", "withdrawn activity", post=WRITERS),
    of_criterion(
        "activity_move",
        "activity",
        post=WRITERS,
        body=lambda own, other: {"direction": "up", "base_version": own.analysis.activities_version},
    ),
    of_criterion(
        "criterion_text",
        "kind",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: text_body(own.analysis.obstacles.version),
    ),
    of_criterion("practice_choice", get=WRITERS),
    of_criterion("practice_choose", post=WRITERS, body=lambda own, other: {"practice": own.unchosen.pk}),
    of_criterion(
        "practice_choose",
        case="kept to the other agency",
        post=WRITERS,
        post_status=404,
        changes=False,
        body=lambda own, other: {"practice": other.unchosen.pk},
    ),
    of_criterion(
        "chosen_text",
        "chosen",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: text_body(own.chosen.text.version),
    ),
    of_criterion("practice_remove", "chosen", post=WRITERS),
    of_criterion(
        "practice_move",
        "chosen",
        post=WRITERS,
        body=lambda own, other: {"direction": "down", "base_version": own.analysis.practices_version},
    ),
    # printing
    of_round("export_start", post=MEMBERS, body=lambda own, other: {"category": "2"}),
    Row("export", get=MEMBERS, kwargs=lambda h: {"uid": h.waiting_job.uid}, hidden=OUTSIDE | ADMIN),
    Row("export_cancel", post=MEMBERS, kwargs=lambda h: {"uid": h.waiting_job.uid}, hidden=OUTSIDE | ADMIN),
    Row("export_file", get=MEMBERS, kwargs=lambda h: {"uid": h.finished_job.uid}, hidden=OUTSIDE | ADMIN),
]


def picture_html(h: Holdings) -> str:
    """A text that shows the agency's picture."""
    address = h.sheet_figure.figure.get_absolute_url()
    return f'<figure><img src="{address}" alt="ภาพ"><figcaption>ภาพ</figcaption></figure>'
