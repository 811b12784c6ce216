"""Two agencies that hold one of everything, each word of theirs marked, so that a leak shows in any answer.

A mark is `kanari-<agency>-people-…` (accounts, units) or `kanari-<agency>-work-…` (rounds, texts, feedback,
cases, pictures): an installation administrator meets the first on the pages of members, the second nowhere.
"""

from __future__ import annotations

import datetime
import io
import itertools
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Concat
from PIL import Image

from assessment.enums import StepKind
from assessment.models import (
    Activity,
    ActivityChange,
    ActivityOwner,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    DevelopmentGap,
    GapUnit,
    Round,
    SheetFigure,
    SheetStep,
)
from assessment.search.refreshing import refresh_everything
from assessment.services.figures import add_sheet_figure
from assessment.services.links import finish_activity, link_point
from assessment.services.practices import choose_practice
from assessment.services.review import approve_sheet, extend_deadline, return_sheet, submit_sheet
from assessment.services.rounds import create_round
from assessment.services.withdrawing import withdraw_activity
from documents.enums import IncomingKind, JobState
from documents.exchange import Document
from documents.exchange.canonical import dump
from documents.exchange.reading import read_round
from documents.models import Incoming, Issue, Job
from documents.services.incoming import keep_incoming
from documents.services.issues import IssueDetails, keep_issue_pdf, keep_scan, make_issue
from documents.services.jobs import finish, request_export
from feedback.enums import RelationKind
from feedback.models import FeedbackLetter, FeedbackPoint
from feedback.services import decline_point, keep_letter, relate_points
from framework.models import Edition
from organizations.enums import NoticeKind, Role
from organizations.models import Agency, AgencyTerm, AuditEvent, Membership, Notification, Owner, User
from organizations.services import notify
from practices.models import Load, Practice, PracticeStatus
from practices.services import Facts, create_practice, tags_called
from tests.guards import without_guards
from tests.url_comments import make_comments, mark_comments
from tests.url_gaps import make_gaps, mark_gaps
from tests.url_loads import make_loads, mark_loads
from tests.world import (
    Place,
    World,
    criterion,
    join,
    make_edition,
    make_round,
    make_user,
    make_world,
    write_activity,
)
from texts.figures import add_figure
from texts.models import Comment, Figure, Proposal, Revision, Text
from texts.scans import Scan
from texts.services import keep_proposal, save_text

YEAR, NEXT_YEAR, NEW_YEAR = 2565, 2566, 2567
PDF = b"%PDF-1.7 "


def mark(code: str, kind: str = "") -> str:
    """What stands in every word of the agency with this code; of one kind, or of both when none is given."""
    return f"kanari-{code}-{kind}"


@dataclass
class Shared:
    """What belongs to the installation: cases and a picture for everybody, an agency that is an example."""

    example: Agency
    case: Practice
    draft: Practice
    figure: Figure
    free_edition: Edition


@dataclass
class Holdings:
    """One of everything in one agency; its pages stand under category 1 in the one, 3 in the other agency."""

    place: Place
    shared: Shared
    category: int
    round: Round
    preparing: Round
    sheet: CategorySheet
    submitted: CategorySheet
    returned: CategorySheet
    approved: CategorySheet
    approval: SheetStep
    analysis: CriterionAnalysis
    activity: Activity
    withdrawn_activity: Activity
    finished_activity: Activity
    point: FeedbackPoint
    earlier_point: FeedbackPoint
    paper: FeedbackLetter
    case: Practice
    draft: Practice
    unchosen: Practice
    chosen: ChosenPractice
    sheet_figure: SheetFigure
    spare_owner: Owner
    withdrawn_owner: Owner
    term: AgencyTerm
    guest: User
    waiting_job: Job
    committee_job: Job
    finished_job: Job
    issue: Issue
    incoming: Incoming
    comment: Comment
    settled_comment: Comment
    draft_comment: Comment
    notice: Notification
    gap: DevelopmentGap
    gap_below: DevelopmentGap
    withdrawn_gap: DevelopmentGap
    gap_unit: GapUnit
    load: Load
    refused_load: Load

    @property
    def agency(self) -> Agency:
        return self.place.agency

    @property
    def code(self) -> str:
        """The criterion whose pages are asked for."""
        return f"{self.category}.1"

    @property
    def membership(self) -> Membership:
        """The role of the guest."""
        return self.guest.memberships.get()


@dataclass
class Everything:
    """The world and what its two agencies hold."""

    world: World
    here: Holdings
    there: Holdings

    def people(self) -> dict[str, User | None]:
        """Everybody who asks, by a name for messages; None is nobody signed in."""
        people: dict[str, User | None] = {"anonymous": None, "stranger": self.world.stranger}
        people["installation admin"] = self.world.admin
        for side, holdings in (("own", self.here), ("other", self.there)):
            people |= {f"{side} {role}": person for role, person in holdings.place.people.items()}
        return people


COLOURS = itertools.count(1)


def picture_bytes() -> bytes:
    """A picture that no agency has yet."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), next(COLOURS)).save(out, format="PNG")
    return out.getvalue()


def picture() -> SimpleUploadedFile:
    """Such a picture as a browser sends it."""
    return SimpleUploadedFile("picture.png", picture_bytes(), "image/png")


def make_everything() -> Everything:
    """Build both agencies, then mark every word of theirs."""
    world = make_world()
    example = Agency.objects.create(code="example", name="กรมตัวอย่าง")
    case = make_case(world, example, "ร่วม", None)
    draft = make_case(world, example, "ร่วมฉบับร่าง", None, PracticeStatus.DRAFT)
    drawn = stored_picture(None)
    shared = Shared(example, case, draft, drawn, make_edition("2568", 2568))
    here, there = make_holdings(world, world.here, shared, 1), make_holdings(world, world.there, shared, 3)
    for holdings in (here, there):
        mark_people(holdings)
        mark_work(holdings)
        refresh(holdings)
    refresh_everything()
    return Everything(world, here, there)


def stored_picture(agency: Agency | None) -> Figure:
    """A stored picture of the agency, or a shared one."""
    content = picture_bytes()
    return add_figure(file=io.BytesIO(content), size=len(content), agency=agency, by=None)


def make_case(
    world: World,
    example: Agency,
    title: str,
    kept_to: Agency | None,
    status: PracticeStatus = PracticeStatus.PUBLISHED,
) -> Practice:
    """A case about 1.1 and 3.1."""
    rows = world.edition.criteria.filter(code__in=["1.1", "3.1"])
    criteria = frozenset(rows.values_list("criterion_id", flat=True))
    facts = Facts(example, title, "รางวัล", 2564, "สรุป", "ที่มา", criteria)
    number = uuid.uuid4()
    return create_practice(
        uid=number,
        key=f"case-{number.hex[:8]}",
        facts=facts,
        html="<p>เนื้อหา</p>",
        kept_to=kept_to,
        status=status,
        by=None,
    )


def make_holdings(world: World, place: Place, shared: Shared, category: int) -> Holdings:
    """Everything that this agency holds."""
    agency, secretary = place.agency, place.people[Role.SECRETARIAT]
    round = make_round(place, world, YEAR)
    code = f"{category}.1"
    analysis = criterion(round, code)
    sheet = CategorySheet.objects.get(round=round, category__number=category)
    for text in (analysis.analysis, analysis.obstacles, analysis.remedies, sheet.obstacles, sheet.remedies):
        save_text(text=text, base_version=0, html="<p>เขียนแล้ว</p>", key=uuid.uuid4(), by=secretary)
    keep_proposal(text=analysis.analysis, base_version=0, html="<p>มาช้า</p>", key=uuid.uuid4(), by=secretary)
    activities = write_activities(round, code, place)
    complete(round, category, place)
    cases = make_own_cases(world, agency, shared)
    chosen = choose_practice(analysis=analysis, practice=cases[0], by=secretary)
    choose_practice(analysis=analysis, practice=shared.case, by=secretary)
    # its source is not any more what the form has copied
    Practice.objects.filter(pk=cases[0].pk).update(award_year=YEAR)
    finished = round.activities.get(text__plain=f"กิจกรรม {agency.code} ข้อ {code}")
    finish_activity(activity=finished, finished=True, by=secretary)
    owners = [
        Owner.objects.create(agency=agency, name=name, abbreviation="อยู่") for name in ("กองอื่น", "กองที่เลิกใช้")
    ]
    Owner.objects.filter(pk=owners[1].pk).update(withdrawn_at=round.opened_at)
    member = place.people[f"committee_{category}"]
    asked: dict[str, Any] = {"category": None, "thai_digits": False}
    submitted, returned, approved = make_reviews(round, place)
    points = make_points(agency, analysis)
    decline_point(point=points[1], reason="นอกอำนาจหน้าที่", by=secretary)
    relate_points(earlier=points[2], later=points[1], kind=RelationKind.REPEATS, by=secretary)
    link_point(activity=activities[0], point=points[1], by=secretary)
    return Holdings(
        submitted=submitted,
        returned=returned,
        approved=approved,
        approval=approved.steps.get(kind=StepKind.APPROVED),
        place=place,
        shared=shared,
        category=category,
        round=round,
        preparing=create_round(agency=agency, year=NEXT_YEAR, edition=world.edition, by=secretary),
        sheet=sheet,
        analysis=analysis,
        activity=activities[0],
        withdrawn_activity=activities[1],
        finished_activity=finished,
        point=points[0],
        earlier_point=points[2],
        paper=keep_letter(
            agency=agency, year=YEAR - 1, step=2, scan=Scan("letter.pdf", PDF, "pdf"), note="นร", by=secretary
        ),
        case=cases[0],
        draft=cases[1],
        unchosen=cases[2],
        chosen=chosen,
        sheet_figure=make_sheet_figure(sheet, secretary),
        spare_owner=owners[0],
        withdrawn_owner=owners[1],
        term=AgencyTerm.objects.create(agency=agency, text="คำที่ไม่ตัด"),
        guest=join(make_user(f"{agency.code}-guest"), agency, Role.UNIT_OFFICER, unit=owners[0]),
        waiting_job=request_export(round=round, by=secretary, **asked),
        committee_job=request_export(round=round, by=member, **asked),
        finished_job=make_finished_job(round, category, secretary),
        issue=make_printed_issue(round, secretary),
        incoming=make_incoming(round, secretary),
        notice=make_notice(sheet, secretary),
        **make_comments(analysis, activities[0], place),
        **make_gaps(analysis, points[0], place),
        **make_loads(cases[0], secretary),
    )


def write_activities(round: Round, code: str, place: Place) -> tuple[Activity, Activity]:
    """One more activity of the criterion, with a note behind its owner, and one that was taken out again."""
    secretary = place.people[Role.SECRETARIAT]
    second = write_activity(round, code, "<p>กิจกรรมที่สอง</p>", owners=[place.unit], by=secretary)
    ActivityOwner.objects.filter(activity=second).update(note="หมายเหตุ")
    gone = write_activity(round, code, "<p>กิจกรรมที่นำออก</p>", by=secretary)
    withdraw_activity(activity=gone, analysis=criterion(round, code), by=secretary)
    return second, gone


def complete(round: Round, category: int, place: Place) -> None:
    """Give every criterion of the category what its submission needs."""
    secretary = place.people[Role.SECRETARIAT]
    codes = [f"{category}.{index}" for index in range(1, 5)]
    text = f"<p>กิจกรรมร่วมของหมวด {category}</p>"
    write_activity(round, codes[0], text, owners=[place.unit], serves=codes[1:], by=secretary)
    without = Activity.objects.filter(
        round=round, owner_lines=None, places__analysis__sheet__category__number=category
    )
    for activity in without.current():
        ActivityOwner.objects.create(activity=activity, owner=place.unit, position=1)


def make_reviews(round: Round, place: Place) -> list[CategorySheet]:
    """Three more categories: one submitted, one returned, one approved with its paper and given more time."""
    sheets = []
    for number in (4, 5, 6):
        complete(round, number, place)
        sheet = CategorySheet.objects.get(round=round, category__number=number)
        submit_sheet(sheet=sheet, base_version=1, by=place.people[Role.AGENCY_ADMIN])
        sheets.append(sheet)
    by = place.people[Role.SECRETARIAT]
    _, returned, approved = sheets
    flagged = returned.analyses.filter(wording__code="5.2")
    return_sheet(sheet=returned, base_version=2, reason="กรุณาแก้ข้อ 5.2", criteria=flagged, by=by)
    until = datetime.date(2026, 12, 20)
    extend_deadline(sheet=returned, base_version=3, until=until, reason="รอผลสำรวจ", by=by)
    approve_sheet(
        sheet=approved, base_version=2, reference="มติ 1/2569", scan=Scan("minutes.pdf", PDF, "pdf"), by=by
    )
    return sheets


def make_own_cases(world: World, agency: Agency, shared: Shared) -> list[Practice]:
    """Cases kept to the agency: one in use, one unfinished, one that no form uses."""
    states = [PracticeStatus.PUBLISHED, PracticeStatus.DRAFT, PracticeStatus.PUBLISHED]
    return [make_case(world, shared.example, f"เฉพาะ {n}", agency, state) for n, state in enumerate(states)]


def make_points(agency: Agency, analysis: CriterionAnalysis) -> list[FeedbackPoint]:
    """Two points about the criterion and one of the year before; strength and gap are marked passages of the text."""
    word = mark(agency.code, "work")
    strength, gap = f"มีระบบ {word}-strength", f"ขาดแผน {word}-gap"
    return [
        FeedbackPoint.objects.create(
            agency=agency,
            year=YEAR - 2 if position == 3 else YEAR - 1,
            criterion=analysis.wording.criterion,
            position=position,
            text=f"{strength} แต่ยัง{gap} {word}-feedback ข้อ {position}",
            strength=strength,
            gap=gap,
        )
        for position in (1, 2, 3)
    ]


def make_sheet_figure(sheet: CategorySheet, by: User) -> SheetFigure:
    """A full-width picture of the category."""
    content = picture_bytes()
    file = io.BytesIO(content)
    return add_sheet_figure(
        sheet=sheet, file=file, size=len(content), caption="ภาพ", alternative="คำอธิบาย", by=by
    )


def make_notice(sheet: CategorySheet, user: User) -> Notification:
    """Something that this person was told."""
    notify(
        kind=NoticeKind.DEADLINE,
        users=[user],
        agency=sheet.round.agency,
        subject="ใกล้ครบกำหนด",
        body=["ยังขาด"],
        path=sheet.round.get_absolute_url(),
        dedupe="one",
    )
    return user.notifications.get()


def make_finished_job(round: Round, category: int, by: User) -> Job:
    """A print that is done."""
    job = request_export(round=round, category=category, thai_digits=False, by=by)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    finish(job, pages=1, filename="form.pdf", data_sha256="0" * 64)
    return job


def make_printed_issue(round: Round, by: User) -> Issue:
    """An issue with its PDF and its signed paper."""
    issue = make_issue(round=round, details=IssueDetails(), by=by)
    keep_issue_pdf(issue=issue, content=PDF, pages=1)
    keep_scan(issue=issue, scan=Scan("scan.pdf", PDF, "pdf"), by=by)
    return issue


def exchange_document(round: Round) -> Document:
    """What an exchange file says that only gives the round another title."""
    rest = ("sheets", "activities", "practices", "agencies", "figures", "owners", "feedback")
    document = read_round(round) | {name: [] for name in rest}
    document["round"]["title"] = f"ชื่อจากไฟล์ {mark(round.agency.code, 'work')}-title"
    return document


def make_incoming(round: Round, by: User) -> Incoming:
    """Such a file, waiting for the decision."""
    document = exchange_document(round)
    return keep_incoming(
        round=round,
        kind=IncomingKind.EXCHANGE,
        filename="round.json",
        content=dump(document),
        understood={"document": document},
        by=by,
    )


# --- marks ----------------------------------------------------------------------------------------


def append(rows: object, **words: str) -> None:
    """Put a word behind each of these columns, in the database and past every service."""
    for name, word in words.items():
        value = Concat(Cast(F(name), TextField()), Value(f" {word}"), output_field=TextField())
        rows.update(**{name: value})  # type: ignore[attr-defined]


def mark_people(holdings: Holdings) -> None:
    """Agency, units and accounts."""
    word = mark(holdings.agency.code, "people")
    append(Agency.objects.filter(pk=holdings.agency.pk), name=f"{word}-agency", short_name=f"{word}-short")
    owners = Owner.objects.filter(agency=holdings.agency)
    append(owners, name=f"{word}-owner", abbreviation=f"{word}-abbr")
    append(AgencyTerm.objects.filter(agency=holdings.agency), text=f"{word}-term")
    for person in User.objects.filter(memberships__agency=holdings.agency):
        person.display_name += f" {word}-display"
        person.email = f"{person.pk}@{word}-mail.example"
        person.username = f"{person.pk}-{word}-account"
        person.save()


def mark_work(holdings: Holdings) -> None:
    """Everything under the rounds, the feedback, the agency's own cases and pictures, its audit trail."""
    agency, word = holdings.agency, mark(holdings.agency.code, "work")
    Round.objects.filter(agency=agency).update(title=f"แบบฟอร์ม {word}-title")
    names = ("heading_feedback", "heading_practice", "heading_activity", "heading_owner")
    labels = {name: f"{word}-{name}" for name in (*names, "criterion_label", "feedback_label")}
    # the last of them is the narrowest column: a mark fits, a long heading beside it does not
    CategorySheet.objects.filter(round__agency=agency).update(**labels)
    for name in ("return_reason", "approval_reference", "extension_reason"):
        append(
            CategorySheet.objects.filter(round__agency=agency, **{f"{name}__gt": ""}),
            **{name: f"{word}-{name}"},
        )
    for name in ("reason", "reference", "scan_name"):
        append(
            SheetStep.objects.filter(sheet__round__agency=agency, **{f"{name}__gt": ""}),
            **{name: f"{word}-{name}"},
        )
    mark_texts(agency, word)
    append(
        SheetFigure.objects.filter(figure__agency=agency), caption=f"{word}-cap", alternative=f"{word}-alt"
    )
    append(ActivityOwner.objects.filter(activity__round__agency=agency, note__gt=""), note=f"{word}-note")
    changes = ActivityChange.objects.filter(activity__round__agency=agency)
    append(changes, owner_line=f"{word}-owners-kept")
    copies = ChosenPractice.objects.filter(analysis__sheet__round__agency=agency)
    append(copies, agency_name=f"{word}-copied", award_line=f"{word}-line")
    cases = Practice.objects.filter(kept_to=agency)
    append(cases, title=f"{word}-case", award=f"{word}-award", summary=f"{word}-sum", source=f"{word}-src")
    for case in cases:
        case.tags.set(tags_called([f"{word}-tag"]).values())
    Figure.objects.filter(agency=agency).update(name=f"{word}-figure")
    Job.objects.filter(round__agency=agency).update(step=f"{word}-step", error=f"{word}-error")
    Job.objects.filter(pk=holdings.finished_job.pk).update(filename=f"{word}-file.pdf")
    issues = Issue.objects.filter(round__agency=agency)
    named = ("note", "scan_name", "memo_number", "memo_to", "memo_subject", "memo_body")
    append(issues, **{name: f"{word}-{name}" for name in named})
    for issue in issues:
        issue.data["title"] = f"{word}-frozen"
        issue.save(update_fields=["data"])
    mark_comments(agency, word)
    mark_gaps(agency, word)
    mark_loads(agency, word)
    append(
        FeedbackPoint.objects.filter(agency=agency, declined_reason__gt=""),
        declined_reason=f"{word}-declined",
    )
    append(FeedbackLetter.objects.filter(agency=agency), note=f"{word}-paper", name=f"{word}-letter")
    Incoming.objects.filter(round__agency=agency).update(filename=f"{word}-incoming.json")
    AuditEvent.record("round.reopened", holdings.round, by=None, agency=agency, reason=f"{word}-audit")
    append(Notification.objects.filter(agency=agency), subject=f"{word}-notice", body=f"{word}-told")


def mark_texts(agency: Agency, word: str) -> None:
    """Rich texts and their history, each as one more paragraph."""
    paragraph = Value(f"<p>{word}-text</p>")
    Text.objects.filter(agency=agency, html__gt="").update(
        html=Concat(F("html"), paragraph, output_field=TextField()),
        plain=Concat(F("plain"), Value(f"\n{word}-plain"), output_field=TextField()),
    )
    with without_guards():
        Revision.objects.filter(text__agency=agency).update(
            html=Concat(F("html"), Value(f"<p>{word}-history</p>"), output_field=TextField())
        )
    Proposal.objects.filter(text__agency=agency).update(html=f"<p>{word}-proposal</p>")


def refresh(holdings: Holdings) -> None:
    """Read the rows again as they were marked."""
    holdings.place.agency.refresh_from_db()
    for name, value in vars(holdings).items():
        if name not in ("place", "shared", "category"):
            setattr(holdings, name, type(value)._default_manager.get(pk=value.pk))


def store_files(everything: Everything, media: Path, exports: Path) -> None:
    """Put the files of all pictures and finished prints into the folders of this test."""
    content = picture_bytes()
    for figure in Figure.objects.all():
        path = media / str(figure.file.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    exports.mkdir(parents=True, exist_ok=True)
    for holdings in (everything.here, everything.there):
        word = mark(holdings.agency.code, "work")
        papers = (
            holdings.paper.file,
            holdings.issue.pdf,
            holdings.issue.scan,
            holdings.comment.scan,
            holdings.approval.scan,
        )
        for paper in papers:
            (media / paper.name).parent.mkdir(parents=True, exist_ok=True)
            (media / paper.name).write_bytes(PDF + word.encode())
        (exports / f"{holdings.finished_job.uid.hex}.pdf").write_bytes(PDF + word.encode())
