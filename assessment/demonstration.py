"""The demonstration: the Senate Secretariat's 2565 form, and an empty round of the National Statistical Office.

Facts are those of the real form; sentences are our own. The files under fixtures/ are read with the same
services that the pages use, so what stands here could all have been typed.
"""

from __future__ import annotations

import io
import re
import secrets
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from feedback.models import FeedbackPoint
from feedback.services import add_point
from framework.models import Edition
from organizations.enums import AgencyKind, OwnerKind, Role
from organizations.models import Agency, Membership, Owner, User
from practices.models import Practice
from texts.figures import add_figure
from texts.models import Text
from texts.services import save_text

from .enums import SheetLayout
from .models import Activity, CategorySheet, CriterionAnalysis, Round
from .services.activities import ActivityData, OwnerLine, save_activity
from .services.figures import add_sheet_figure
from .services.links import link_point
from .services.practices import choose_practice
from .services.rounds import create_round, open_round

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "demo_senate_2565"
# The newsletter names the units of the National Statistical Office by abbreviation only.
NSO_UNITS = ("ศย.", "พท.", "บส.", "สม.", "สค.", "ศท.", "พส.")
FIGURE_IN_FILE = re.compile(r'<img src="([^"]+)"')


@dataclass(frozen=True)
class Account:
    """A demonstration account; the password is made at first start."""

    username: str
    display_name: str
    agency: str
    role: str
    category: int | None = None


ACCOUNTS = (
    Account("pmqa-admin", "ผู้ดูแลระบบ", "", ""),
    Account("senate-admin", "ผู้ดูแลหน่วยงาน (วุฒิสภา)", "senate", Role.AGENCY_ADMIN),
    Account("senate-secretariat", "ฝ่ายเลขานุการ (วุฒิสภา)", "senate", Role.SECRETARIAT),
    *(
        Account(f"senate-committee{n}", f"คณะทำงานหมวด {n} (วุฒิสภา)", "senate", Role.COMMITTEE, n)
        for n in range(1, 7)
    ),
    Account("senate-unit", "เจ้าหน้าที่สำนักนโยบายและแผน (วุฒิสภา)", "senate", Role.UNIT_OFFICER),
    Account("senate-executive", "ผู้บริหาร (วุฒิสภา)", "senate", Role.EXECUTIVE),
    Account("nso-secretariat", "ฝ่ายเลขานุการ (สถิติแห่งชาติ)", "nso", Role.SECRETARIAT),
    Account("nso-committee1", "คณะทำงานหมวด 1 (สถิติแห่งชาติ)", "nso", Role.COMMITTEE, 1),
)


def load_demonstration() -> list[tuple[Account, str]]:
    """Load everything once; gives the accounts that were made now with their passwords.

    A second call changes nothing: what people wrote into the demonstration meanwhile stays. Only the shared
    practices follow their files.
    """
    # what it reports row by row is for people who load their own files
    call_command("load_practices", *map(str, _case_files()), stdout=io.StringIO())
    with transaction.atomic():
        senate = _agency("senate", "สำนักงานเลขาธิการวุฒิสภา", AgencyKind.OFFICE)
        nso = _agency("nso", "สำนักงานสถิติแห่งชาติ", AgencyKind.OFFICE)
        owners = _senate_owners(senate)
        for abbreviation in NSO_UNITS:
            Owner.objects.get_or_create(
                agency=nso, name=abbreviation, defaults={"abbreviation": abbreviation}
            )
        made = [_account(account, owners) for account in ACCOUNTS]
        if not Round.objects.filter(agency=senate, year=2565).exists():
            _senate_round(senate, owners)
        if not Round.objects.filter(agency=nso, year=2567).exists():
            _nso_round(nso)
    return [entry for entry in made if entry]


def _agency(code: str, name: str, kind: str) -> Agency:
    """The library may know the agency already as an example; then it only becomes a tenant."""
    agency, _ = Agency.objects.get_or_create(code=code, defaults={"name": name, "kind": kind})
    if not agency.hosted:
        agency.hosted = True
        agency.save(update_fields=["hosted"])
    return agency


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def _case_files() -> list[Path]:
    return sorted((FOLDER / "practices").glob("*.yaml"))


def _case_keys() -> set[str]:
    """The keys of our own cases; a library may hold others for the same criteria."""
    return {case["key"] for path in _case_files() for case in _read(path)["practices"]}


def _senate_owners(agency: Agency) -> dict[str, Owner]:
    """By the keys of form.yaml."""
    owners = {}
    for row in _read(FOLDER / "form.yaml")["owners"]:
        defaults = {"kind": OwnerKind(row["kind"]), "abbreviation": row["abbreviation"]}
        owners[row["key"]], _ = Owner.objects.get_or_create(
            agency=agency, name=row["name"], defaults=defaults
        )
    return owners


def _account(account: Account, owners: dict[str, Owner]) -> tuple[Account, str] | None:
    """Make the account if it is not there yet."""
    if User.objects.filter(username=account.username).exists():
        return None
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(
        account.username,
        password,
        display_name=account.display_name,
        is_installation_admin=not account.agency,
    )
    if account.agency:
        Membership.objects.create(
            user=user,
            agency=Agency.objects.get(code=account.agency),
            role=account.role,
            category=account.category,
            unit=owners["policy"] if account.role == Role.UNIT_OFFICER else None,
        )
    return account, password


def _secretary(agency: Agency) -> User:
    """The demonstration's own account: people may have appointed further secretaries."""
    return User.objects.get(username=f"{agency.code}-secretariat")


def _nso_round(agency: Agency) -> None:
    """An empty form on the newest wording: what a new agency sees."""
    by = _secretary(agency)
    edition = Edition.objects.get(code="2567")
    open_round(round=create_round(agency=agency, year=2567, edition=edition, by=by), by=by)


@dataclass
class _SenateForm:
    """The form while its files are read; what refers to other criteria waits until all of them are there."""

    round: Round
    owners: dict[str, Owner]
    by: User
    also_serving: list[tuple[CriterionAnalysis, ActivityData, list[str]]] = field(default_factory=list)
    answering: dict[uuid.UUID, list[str]] = field(default_factory=dict)

    @property
    def agency(self) -> Agency:
        """The Senate Secretariat."""
        return self.round.agency


def _senate_round(agency: Agency, owners: dict[str, Owner]) -> None:
    by = _secretary(agency)
    edition = Edition.objects.get(code="2564")
    form = _SenateForm(create_round(agency=agency, year=2565, edition=edition, by=by), owners, by)
    for path in sorted((FOLDER / "sheets").glob("*.yaml")):
        for row in _read(path)["sheets"]:
            _sheet(form, row)
    _serve_others(form)
    open_round(round=form.round, by=by)
    _answer(form)


def _serve_others(form: _SenateForm) -> None:
    for analysis, data, codes in form.also_serving:
        others = CriterionAnalysis.objects.filter(sheet__round=form.round, wording__code__in=codes)
        again = replace(data, key=uuid.uuid4(), base_version=1, owners_version=2, serves=list(others))
        save_activity(analysis=analysis, data=again, by=form.by)


def _answer(form: _SenateForm) -> None:
    """Points are named by the criterion and their number below it: 5.4/2."""
    points = FeedbackPoint.objects.of_year(form.agency, form.round.feedback_year)
    codes = dict(form.round.edition.criteria.values_list("criterion", "code"))
    named = {f"{codes[point.criterion_id]}/{point.position}": point for point in points}
    activities = {activity.uid: activity for activity in Activity.objects.filter(round=form.round)}
    for uid, names in form.answering.items():
        for name in names:
            link_point(activity=activities[uid], point=named[name], by=form.by)


def _sheet(form: _SenateForm, row: dict[str, Any]) -> None:
    sheet = CategorySheet.objects.select_related("round__agency", "obstacles", "remedies").get(
        round=form.round, category__number=row["category"]
    )
    sheet.layout = SheetLayout(row["layout"])
    names = ("heading_feedback", "heading_practice", "heading_activity", "heading_owner")
    for name, heading in zip(names, row["headings"], strict=False):
        setattr(sheet, name, heading)
    sheet.criterion_label = row["criterion_label"].strip()
    sheet.feedback_label = row["feedback_label"].strip()
    sheet.print_title = row["print_title"]
    sheet.save()
    for name in ("obstacles", "remedies"):
        _write(getattr(sheet, name), row.get(name, ""), form)
    for figure in row.get("figures", []):
        _wide_figure(form, sheet, figure)
    for criterion in row["criteria"]:
        _criterion(form, sheet, criterion)


def _wide_figure(form: _SenateForm, sheet: CategorySheet, row: dict[str, str]) -> None:
    path = _figure_path(row["file"])
    with path.open("rb") as file:
        add_sheet_figure(
            sheet=sheet,
            file=file,
            size=path.stat().st_size,
            caption=row["caption"],
            alternative=row["alt"],
            by=form.by,
        )


def _criterion(form: _SenateForm, sheet: CategorySheet, row: dict[str, Any]) -> None:
    analysis = CriterionAnalysis.objects.select_related(
        "sheet__round__agency", "wording", "analysis", "obstacles", "remedies"
    ).get(sheet=sheet, wording__code=row["code"])
    _points(form, analysis, row["feedback"])
    for kind in ("analysis", "obstacles", "remedies"):
        _write(getattr(analysis, kind), row.get(kind, ""), form)
    cases = Practice.objects.published().filter(kept_to=None, key__in=_case_keys())
    cases = cases.filter(criteria=analysis.wording.criterion_id).select_related("agency", "text")
    for practice in cases.order_by("position", "pk"):
        choose_practice(analysis=analysis, practice=practice, by=form.by)
    for activity in row["activities"]:
        data = _activity_data(form, activity)
        save_activity(analysis=analysis, data=data, by=form.by)
        form.answering[data.uid] = activity.get("answers", [])
        if activity.get("also_serves"):
            form.also_serving.append((analysis, data, activity["also_serves"]))


def _points(form: _SenateForm, analysis: CriterionAnalysis, rows: list[dict[str, str]]) -> None:
    for position, point in enumerate(rows, start=1):
        add_point(
            agency=form.agency,
            year=form.round.feedback_year,
            step=form.round.feedback_step,
            criterion=analysis.wording.criterion,
            text=point["text"],
            strength=point["strength"],
            gap=point["gap"],
            position=position,
            by=form.by,
        )


def _activity_data(form: _SenateForm, row: dict[str, Any]) -> ActivityData:
    lines = [
        OwnerLine(form.owners[line["owner"]], line.get("joiner", ""), line.get("note", ""))
        for line in row["owners"]
    ]
    html = _with_figures(row["text"], form)
    return ActivityData(uid=uuid.uuid4(), key=uuid.uuid4(), html=html, owners=lines)


def _write(text: Text, html: str, form: _SenateForm) -> None:
    if html:
        save_text(text=text, base_version=0, html=_with_figures(html, form), key=uuid.uuid4(), by=form.by)


def _with_figures(html: str, form: _SenateForm) -> str:
    """The text as it would be typed: pictures uploaded, one block per line joined."""

    def upload(match: re.Match[str]) -> str:
        path = _figure_path(match[1])
        with path.open("rb") as file:
            figure = add_figure(file=file, size=path.stat().st_size, agency=form.agency, by=form.by)
        return f'<img src="{figure.get_absolute_url()}"'

    return FIGURE_IN_FILE.sub(upload, "".join(line.strip() for line in html.splitlines()))


def _figure_path(name: str) -> Path:
    """Files name pictures relative to the folder that they lie in."""
    return FOLDER / "figures" / Path(name).name
