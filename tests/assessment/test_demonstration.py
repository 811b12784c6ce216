"""The demonstration data, loaded from its files by the services that the pages use."""

from __future__ import annotations

import re
import stat
import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessment.demonstration import ACCOUNTS, load_demonstration
from assessment.models import (
    Activity,
    ActivityOwner,
    ActivityPlace,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    Round,
    SheetFigure,
)
from assessment.progress import round_progress
from documents.reading import read_form
from feedback.models import FeedbackPoint
from framework.models import Edition
from organizations.enums import Role
from organizations.models import Agency, AuditEvent, Membership, Owner, User
from practices.models import Practice, PracticeStatus
from practices.services import Facts, create_practice
from tests.world import join, make_user
from texts.cleaning import clean_html
from texts.models import Figure, Revision, Text
from texts.services import save_text

EVERYTHING = (
    Agency, User, Membership, Owner, Practice, Figure, Text, Revision, Round, CategorySheet, CriterionAnalysis,
    ChosenPractice, SheetFigure, Activity, ActivityPlace, ActivityOwner, FeedbackPoint,
)  # fmt: skip


@pytest.fixture
def loaded(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    editions = sorted((settings.BASE_DIR / "fixtures" / "framework").glob("*.yaml"))
    call_command("load_framework", *map(str, editions), verbosity=0)
    call_command("load_demonstration", verbosity=0)
    return Round.objects.get(agency__code="senate", year=2565)


def rows() -> list[list[dict]]:
    return [list(model.objects.order_by("pk").values()) for model in EVERYTHING]


def test_the_form_of_2565_is_complete(loaded):
    """One test for all counts: loading takes some seconds."""
    analyses = CriterionAnalysis.objects.filter(sheet__round=loaded)
    chosen = ChosenPractice.objects.filter(analysis__sheet__round=loaded)
    activities = loaded.activities.all()
    progress = round_progress(loaded)
    assert (progress.done, progress.total, progress.sheets_done) == (24, 24, 6)
    assert FeedbackPoint.objects.filter(agency=loaded.agency, year=2564, step=2).count() == 27
    assert (chosen.count(), chosen.values("practice__agency").distinct().count()) == (36, 23)
    assert (activities.count(), Owner.objects.filter(agency=loaded.agency).count()) == (49, 18)
    used = ActivityOwner.objects.filter(activity__round=loaded).values("owner").distinct().count()
    assert used == 18
    assert (loaded.state, loaded.edition.code, loaded.feedback_year) == ("open", "2564", 2564)

    def of(code):
        return analyses.get(wording__code=code)

    assert of("2.2").chosen_practices.count() == 0
    lines = [a.owner_lines.count() for a in Activity.objects.filter(places__analysis=of("1.2"))]
    assert len(lines) == 5
    points = FeedbackPoint.objects.filter(agency=loaded.agency, criterion=of("5.3").wording.criterion_id)
    assert points.count() == 3
    # 1.3 and 1.4 share their activities, which print as one merged cell
    shared = [
        list(a.activity_places.order_by("position").values_list("activity", flat=True))
        for a in (of("1.3"), of("1.4"))
    ]
    assert shared[0] == shared[1] != []
    assert SheetFigure.objects.filter(sheet__round=loaded).exists()

    # every text is in its stored form and its figures belong to the agency or are shared
    for text in Text.objects.exclude(html=""):
        assert clean_html(text.html) == text.html
    addresses = set(re.findall(r'src="([^"]+)"', "".join(Text.objects.values_list("html", flat=True))))
    assert addresses
    assert addresses <= {
        figure.get_absolute_url() for figure in Figure.objects.filter(agency__in=[None, loaded.agency])
    } | {figure.get_absolute_url() for figure in Figure.objects.filter(agency=None)}
    length = sum(len(text.plain) for text in Text.objects.filter(agency=loaded.agency))
    points = FeedbackPoint.objects.filter(agency=loaded.agency).values_list("text", flat=True)
    # the original: 28,300 characters of cases, 18,500 of activities, 5,200 of feedback
    assert length + sum(map(len, points)) == pytest.approx(50_000, rel=0.1)

    # 6.4 has one point of two lines
    point = FeedbackPoint.objects.get(agency=loaded.agency, criterion=of("6.4").wording.criterion_id)
    assert [line[:2] for line in point.text.split("\n")] == ["- ", "- "]
    assert point.gap == point.text

    # 1.2 prints one owner line below its five activities
    sheet = next(s for s in read_form(loaded, at=timezone.localtime()).categories if s.number == 1)
    row = next(row for row in sheet.rows if row.criteria[0].code == "1.2")
    assert [bool(block.owner_line) for block in row.activities] == [False, False, False, False, True]


def test_a_second_load_changes_nothing_and_keeps_what_people_did_meanwhile(loaded, settings):
    activity = loaded.activities.select_related("text").first()
    secretary = User.objects.get(username="senate-secretariat")
    save_text(
        text=activity.text,
        base_version=activity.text.version,
        html="<p>ของเรา</p>",
        key=uuid.uuid4(),
        by=secretary,
    )
    Agency.objects.filter(code="nso").update(name="สำนักงานสถิติฯ", kind="department")
    Owner.objects.filter(agency=loaded.agency).update(abbreviation="ย่อ")
    User.objects.filter(username="senate-executive").update(display_name="เลขาธิการ")
    # that the library was read again is an event of its own
    happened = AuditEvent.objects.exclude(verb="practices.loaded")
    before, events = rows(), happened.count()
    accounts = settings.VAR_DIR / "demo-accounts.txt"
    written = accounts.read_bytes()
    assert load_demonstration() == []
    call_command("load_demonstration", verbosity=0)
    assert rows() == before
    assert happened.count() == events
    assert accounts.read_bytes() == written


def test_it_comes_into_an_installation_that_is_at_work_without_touching_its_cases(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    editions = sorted((settings.BASE_DIR / "fixtures" / "framework").glob("*.yaml"))
    call_command("load_framework", *map(str, editions), verbosity=0)
    senate = Agency.objects.create(code="senate", name="สำนักงานเลขาธิการวุฒิสภา", kind="office", hosted=True)
    other = Agency.objects.create(code="other", name="กรมอื่น", hosted=True)
    join(make_user("first.secretary"), senate, Role.SECRETARIAT)
    wording = Edition.objects.get(code="2564").criteria.get(code="1.1")
    facts = Facts(
        agency=other,
        title="เรื่องที่มีอยู่แล้ว",
        award="",
        award_year=None,
        summary="",
        source="",
        criteria=frozenset([wording.criterion_id]),
    )
    for kept_to in (None, senate, other):
        create_practice(
            uid=uuid.uuid4(),
            key=f"own-{kept_to.code if kept_to else 'shared'}",
            facts=facts,
            html="<p>ของผู้อื่น</p>",
            kept_to=kept_to,
            status=PracticeStatus.PUBLISHED,
            by=None,
        )
    load_demonstration()
    chosen = ChosenPractice.objects.filter(analysis__sheet__round__agency=senate)
    assert Practice.objects.published().count() == 36 + 3
    assert chosen.count() == 36
    assert not chosen.filter(practice__key__startswith="own-").exists()
    assert Round.objects.filter(agency=senate, year=2565, state="open").count() == 1


def test_there_is_one_account_a_role_whose_password_only_the_file_knows(loaded, settings, client):
    accounts = settings.VAR_DIR / "demo-accounts.txt"
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in accounts.read_text(encoding="utf-8").splitlines()]
    assert [line[:2] for line in lines] == [[a.display_name, a.username] for a in ACCOUNTS]
    assert len({password for _, _, password in lines}) == len(ACCOUNTS) == User.objects.count()
    roles = {(m.agency.code, m.role, m.category) for m in Membership.objects.select_related("agency")}
    senate = {("senate", role, None) for role in Role if role != Role.COMMITTEE}
    assert roles == senate | {("senate", Role.COMMITTEE, n) for n in range(1, 7)} | {
        ("nso", Role.SECRETARIAT, None),
        ("nso", Role.COMMITTEE, 1),
    }
    for _, username, password in lines[:2]:
        assert User.objects.get(username=username).check_password(password)
    assert [u.username for u in User.objects.filter(is_installation_admin=True)] == ["pmqa-admin"]


def test_the_other_agency_starts_with_an_empty_open_form_on_the_newest_wording(loaded):
    other = Round.objects.get(agency__code="nso")
    progress = round_progress(other)
    assert (other.year, other.state, other.edition.code, progress.done, progress.total) == (
        2567,
        "open",
        "2567",
        0,
        24,
    )
    units = Owner.objects.filter(agency=other.agency).values_list("abbreviation", flat=True)
    assert set(units) == {"ศย.", "พท.", "บส.", "สม.", "สค.", "ศท.", "พส."}
