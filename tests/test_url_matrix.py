"""Every address × every person × own and other agency × method, against tests/url_table.py."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models, transaction
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessment.models import CategorySheet
from assessment.services.review import approve_sheet, submit_sheet
from organizations.models import User
from tests.url_rows import OUTSIDE, Row, Values
from tests.url_stage import Asker, Stage, snapshot
from tests.url_table import TABLE
from tests.url_world import Holdings, make_everything, mark, store_files

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READING = ("GET", "HEAD")
# What names one object of an agency in an address under that agency.
OBJECT_KEYS = {"uid", "person", "membership", "owner"}


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Stage]:
    """Built once for the whole file: every test leaves the rows as they were, and proves it."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=media):
            everything = make_everything()
        yield Stage(everything, [Asker(name, person) for name, person in everything.people().items()])
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def files(stage: Stage, settings: Any) -> None:
    store_files(stage.everything, Path(settings.MEDIA_ROOT), Path(settings.EXPORT_DIR))


def expected(row: Row, standing: str, method: str) -> int:
    """The status that the table promises."""
    if standing == "anonymous":
        if row.public is None:
            return 302
        return row.public[method == "POST"] if method in (*READING, "POST") else 405
    who = row.get if method in READING else row.post if method == "POST" else None
    if who is None:
        return 405
    if standing in who:
        return row.get_status if method in READING else row.post_status
    return 404 if standing in row.hidden else 403


def content_of(response: HttpResponseBase) -> str:
    """Headers and body as text."""
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return f"{dict(response.items())} {body.decode(errors='replace')}"


def leaks(stage: Stage, asker: Asker, row: Row, response: HttpResponseBase) -> list[str]:
    """The marks in the answer that this person must not see."""
    text = content_of(response)
    if row.names_agencies:
        for holdings in (stage.everything.here, stage.everything.there):
            for name in ("people-agency", "people-short"):
                text = text.replace(mark(holdings.agency.code, name), "")
    kind = "work" if asker.user == stage.everything.world.admin else ""
    foreign = [h for h in (stage.everything.here, stage.everything.there) if not stage.is_of(asker, h)]
    return [word for h in foreign if (word := mark(h.agency.code, kind)) in text]


@dataclass
class Inspection:
    """All requests for one row; faults are collected, so that one run shows all of them."""

    stage: Stage
    row: Row
    faults: list[str] = field(default_factory=list)
    proven: bool = False

    def run(self) -> list[str]:
        """Everybody asks for the objects of both agencies, and for those of the one under the other."""
        for owner, other in self.stage.sides(self.row):
            for asker in self.stage.askers:
                cache.clear()  # all of them ask from one machine, whose sign-ins are counted
                standing = self.stage.standing(asker, self.row, owner)
                # Which methods there are depends neither on the agency nor on who is foreign to it. Another database
                # has no say in it either: the others are refused before it is asked, and HEAD asks it what GET asks.
                twice = standing == "foreign" or owner is not self.stage.everything.here
                for method in ("GET", "POST") if twice or connection.vendor != "sqlite" else METHODS:
                    self.ask(method, asker, standing, owner, other)
                self.ask_across(asker, standing, owner, other)
        return self.faults

    def ask(self, method: str, asker: Asker, standing: str, owner: Holdings, other: Holdings) -> None:
        """One method at the proper address."""
        url = reverse(self.row.name, kwargs=self.row.kwargs(owner))
        status = expected(self.row, standing, method)
        if method != "POST":
            self.check(asker, method, url, status, asker.ask(method, url))
        elif self.row.post and (self.row.public or standing in self.row.post):
            self.ask_allowed(asker, url, self.row.body(owner, other), status)
        else:
            self.check(asker, method, url, status, asker.ask(method, url, self.row.body(owner, other)))

    def ask_allowed(self, asker: Asker, url: str, body: Values | None, status: int) -> None:
        """A change that gets through; undone, so that the next person starts from the same rows."""
        with transaction.atomic():
            self.check(asker, "POST", url, status, asker.ask("POST", url, body))
            if not self.proven:
                self.proven = True
                if (snapshot() != self.stage.rows) != self.row.changes:
                    self.faults.append(f"{asker.name}: POST {url} changes rows: {not self.row.changes}")
            transaction.set_rollback(True)

    def ask_across(self, asker: Asker, standing: str, owner: Holdings, other: Holdings) -> None:
        """An object of the other agency under the address of this one is not found by anybody."""
        kwargs, foreign = self.row.kwargs(owner), self.row.kwargs(other)
        keys = OBJECT_KEYS & kwargs.keys() if "agency" in kwargs else set()
        if not keys or standing == "anonymous":
            return
        url = reverse(self.row.name, kwargs=kwargs | {key: foreign[key] for key in keys})
        for method in ("GET", "POST"):
            status = expected(self.row, standing, method)
            status = status if status in (403, 405) else 404
            body = self.row.body(owner, other) if method == "POST" else None
            self.check(asker, method, url, status, asker.ask(method, url, body))

    def check(self, asker: Asker, method: str, url: str, status: int, response: HttpResponseBase) -> None:
        """Status, the way to the sign-in page, and no word of an agency that is not the asker's."""
        asked = f"{asker.name}: {method} {url}"
        if response.status_code != status:
            self.faults.append(f"{asked} → {response.status_code}, expected {status}")
        if asker.user is None and self.row.public is None:
            way = f"{reverse('account_login')}?next={url}"
            if response.headers.get("Location") != way:
                self.faults.append(f"{asked} does not lead to the sign-in page")
        self.faults += [f"{asked} shows {word}" for word in leaks(self.stage, asker, self.row, response)]


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_address_answers_as_its_row_says(row: Row, stage: Stage) -> None:
    faults = Inspection(stage, row).run()
    assert not faults, "\n".join(faults[:30])
    assert snapshot() == stage.rows


# --- the table itself -----------------------------------------------------------------------------


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = Counter(str(pattern.name) for pattern in patterns(get_resolver()))
    assert sorted(names) == sorted({row.name for row in TABLE})
    assert {name for name, count in names.items() if count > 1} == set()


def test_rows_have_names_of_their_own() -> None:
    assert [name for name, count in Counter(map(str, TABLE)).items() if count > 1] == []


def test_only_the_public_rows_work_without_signing_in() -> None:
    open_views = {p.name for p in patterns(get_resolver()) if not getattr(p.callback, "login_required", True)}
    assert open_views == {row.name for row in TABLE if row.public}


# --- rules that hold at every address -------------------------------------------------------------


def allowed(stage: Stage, row: Row, method: str) -> Asker:
    """Somebody who may do this in the first agency."""
    who = (row.get if method == "GET" else row.post) or frozenset()
    return next(a for a in stage.askers if stage.standing(a, row, stage.everything.here) in who - OUTSIDE)


def test_no_change_goes_through_without_the_token_of_our_forms(stage: Stage) -> None:
    owner, other = stage.everything.here, stage.everything.there
    answers = {}
    for row in TABLE:
        if row.post:
            client = Client(enforce_csrf_checks=True)
            client.cookies = SimpleCookie(allowed(stage, row, "POST").cookies)
            url = reverse(row.name, kwargs=row.kwargs(owner))
            answers[str(row)] = client.post(url, row.body(owner, other)).status_code
    assert answers == dict.fromkeys(answers, 403)
    assert len(answers) > 40
    assert snapshot() == stage.rows


def test_a_one_time_password_opens_only_the_page_where_it_is_changed(stage: Stage) -> None:
    holdings = stage.everything.here
    newcomer = holdings.place.people["secretariat"]
    User.objects.filter(pk=newcomer.pk).update(must_change_password=True)
    asker = Asker("newcomer", newcomer)
    before = snapshot()
    away = reverse("account_change_password")
    opened = set()
    for row in TABLE:
        url = reverse(row.name, kwargs=row.kwargs(holdings))
        for method in ("GET", "POST"):
            body = row.body(holdings, stage.everything.there) if method == "POST" else None
            with transaction.atomic():
                response = asker.ask(method, url, body)
                transaction.set_rollback(True)
            if response.headers.get("Location") != away:
                opened.add(row.name)
    assert opened == {"account_change_password", "account_logout"}
    assert snapshot() == before


def test_no_page_takes_more_than_25_queries(stage: Stage) -> None:
    """Scripts ask for single cards; without scripts a whole page comes in their place, which costs one more."""
    cards = {"activity_card", "activity_new"}
    costs = {}
    for row in TABLE:
        if row.get and not row.public:
            url = reverse(row.name, kwargs=row.kwargs(stage.everything.here))
            asker = allowed(stage, row, "GET")
            with CaptureQueriesContext(connection) as captured:
                content_of(asker.ask("GET", url, by_script=row.name in cards))
            costs[str(row)] = len(captured)
    assert {name: cost for name, cost in costs.items() if cost > 25} == {}
    assert max(costs.values()) > 10


# Kept for whoever may decide, and what the trail says about it.
BESIDE_THE_FORM = {"texts.Proposal", "organizations.AuditEvent"}
# What stays open while a category is locked; the rest of its addresses change what is submitted or approved.
OPEN_WHILE_LOCKED = {"sheet_extend", "activity_finish"} | {
    # what was done can be an example to others; the form does not change by it
    "activity_propose",
    # a category that was handed in is talked over
    "comment_new",
    "comment_reply",
    "comment_edit",
    "comment_send",
    "comment_withdraw",
    "comments_send",
    "thread_resolve",
    "thread_reopen",
}


@pytest.mark.parametrize("who", ["own committee", "secretariat"])
def test_a_locked_category_takes_no_change_at_any_of_its_addresses(stage: Stage, who: str) -> None:
    """A submitted one nothing from its committee, an approved one nothing from anybody."""
    owner, other = stage.everything.here, stage.everything.there
    people = owner.place.people
    asked, faults = set(), []
    with transaction.atomic():
        sheet = CategorySheet.objects.get(pk=owner.sheet.pk)
        submit_sheet(sheet=sheet, base_version=1, by=people[f"committee_{owner.category}"])
        if who == "secretariat":
            approve_sheet(sheet=sheet, base_version=2, by=people["agency_admin"])
        before = snapshot()
        for row in TABLE:
            asker = next(a for a in stage.askers if stage.standing(a, row, owner) == who)
            if not (row.post and row.changes and who in row.post and is_of_sheet(row, owner)):
                continue
            with transaction.atomic():
                answer = asker.ask(
                    "POST", reverse(row.name, kwargs=row.kwargs(owner)), row.body(owner, other)
                )
                after = snapshot()
                transaction.set_rollback(True)
            changed = {label for label in after if after[label] != before[label]} - BESIDE_THE_FORM
            asked.add(row.name)
            if changed or answer.status_code not in (302, 409):
                faults.append(f"{row}: {answer.status_code}, changes {changed}")
        transaction.set_rollback(True)
    assert not faults, "\n".join(faults)
    assert len(asked) > 15
    assert snapshot() == stage.rows


def is_of_sheet(row: Row, owner: Holdings) -> bool:
    """Whether the address is one of the category that everything stands in, or of its criterion."""
    kwargs = row.kwargs(owner)
    here = kwargs.get("number") == owner.category or kwargs.get("code") == owner.code
    return "agency" in kwargs and here and row.name not in OPEN_WHILE_LOCKED


# --- the marks ------------------------------------------------------------------------------------

# From each model to the agency whose words it holds.
TO_AGENCY = {
    "organizations.Agency": "pk",
    "organizations.User": "memberships__agency",
    "organizations.Membership": "agency",
    "organizations.Owner": "agency",
    "organizations.AgencyTerm": "agency",
    "organizations.AuditEvent": "agency",
    "organizations.AuditHead": "agency",
    "organizations.Notification": "agency",
    "organizations.NotificationChoice": "user__memberships__agency",
    "texts.Text": "agency",
    "texts.Revision": "text__agency",
    "texts.SaveKey": "text__agency",
    "texts.Proposal": "text__agency",
    "texts.Figure": "agency",
    "texts.Thread": "agency",
    "texts.Comment": "thread__agency",
    "texts.Comment_mentions": "comment__thread__agency",
    "feedback.FeedbackPoint": "agency",
    "feedback.FeedbackLock": "agency",
    "feedback.FeedbackLetter": "agency",
    "feedback.PointRelation": "later__agency",
    "practices.Practice": "kept_to",
    "practices.Practice_criteria": "practice__kept_to",
    "practices.Load": "kept_to",
    "practices.StagedAgency": "load__kept_to",
    "practices.StagedCase": "load__kept_to",
    "practices.StagedPicture": "load__kept_to",
    "practices.Practice_tags": "practice__kept_to",
    # a word belongs to nobody; it shows where a case with it does
    "practices.Tag": "practices__kept_to",
    "assessment.Round": "agency",
    "assessment.CategorySheet": "round__agency",
    "assessment.SheetFigure": "sheet__round__agency",
    "assessment.CriterionAnalysis": "sheet__round__agency",
    "assessment.ChosenPractice": "analysis__sheet__round__agency",
    "assessment.CriterionThread": "analysis__sheet__round__agency",
    "assessment.Activity": "round__agency",
    "assessment.ActivityChange": "activity__round__agency",
    "assessment.ActivityPlace": "activity__round__agency",
    "assessment.FormerPlace": "activity__round__agency",
    "assessment.ActivityOwner": "activity__round__agency",
    "assessment.SheetStep": "sheet__round__agency",
    "assessment.SearchEntry": "agency",
    "assessment.SearchText": "entry__agency",
    # notes say which row changed, no word of it
    "assessment.SearchPending": "pk",
    "assessment.PointLink": "activity__round__agency",
    "assessment.DevelopmentGap": "round__agency",
    "assessment.DevelopmentGap_points": "developmentgap__round__agency",
    "assessment.GapUnit": "gap__round__agency",
    "assessment.GapSummary": "gap_unit__gap__round__agency",
    "assessment.GapReport": "gap__round__agency",
    "documents.Job": "round__agency",
    "documents.Issue": "round__agency",
    "documents.Incoming": "round__agency",
}
# Words that a computer made: keys, hashes, names of types and of files on the disk.
NOT_WRITTEN_BY_PEOPLE = {
    "organizations.Agency.code",
    "organizations.User.password",
    "organizations.AuditEvent.verb",
    "organizations.Notification.path",
    "organizations.Notification.dedupe",
    "organizations.AuditEvent.object_type",
    "organizations.AuditEvent.object_id",
    "organizations.AuditEvent.hash",
    "organizations.AuditHead.hash",
    "texts.SaveKey.payload_sha256",
    "texts.Figure.file",
    "texts.Figure.extension",
    "texts.Figure.media_type",
    "texts.Figure.sha256",
    "texts.Comment.scan",
    "practices.Practice.key",
    "assessment.ChosenPractice.kept_source",
    "practices.Load.counts",
    "practices.StagedAgency.code",
    "practices.StagedAgency.changed",
    "practices.StagedCase.key",
    "practices.StagedCase.criteria",
    "practices.StagedCase.changed",
    "assessment.SheetStep.criteria",
    "assessment.SheetStep.scan",
    "assessment.DevelopmentGap.code",
    "assessment.ActivityChange.criteria_line",
    "assessment.ActivityChange.facts",
    "assessment.SearchEntry.criteria",
    "assessment.SearchEntry.categories",
    "assessment.SearchEntry.in_title",
    "assessment.SearchEntry.in_heading",
    "assessment.SearchText.short_words",
    "assessment.SearchText.folded",
    "documents.Job.data_sha256",
    "documents.Issue.data_sha256",
    "documents.Issue.pdf",
    "documents.Issue.pdf_sha256",
    "documents.Issue.scan",
    # a code such as 3.1.1
    "feedback.FeedbackPoint.sub_item",
    "feedback.FeedbackLetter.file",
    "feedback.FeedbackLetter.sha256",
    "documents.Incoming.sha256",
}
OUR_APPS = {"organizations", "texts", "feedback", "practices", "assessment", "documents"}


def text_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column of ours in which somebody's words can stand."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OUR_APPS and model._meta.label in TO_AGENCY:
            for column in model._meta.concrete_fields:
                worded = isinstance(
                    column, models.CharField | models.TextField | models.JSONField | models.FileField
                )
                if worded and not column.choices:
                    yield model, column.name


def test_every_model_is_known_to_the_marks() -> None:
    ours = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OUR_APPS
    }
    # how accounts are linked to Django's own groups, which nobody uses
    unused = {"organizations.User_groups", "organizations.User_user_permissions"}
    assert ours - unused == set(TO_AGENCY)


def test_every_text_column_of_both_agencies_is_marked(stage: Stage) -> None:
    unmarked = set()
    for holdings in (stage.everything.here, stage.everything.there):
        for model, column in text_columns():
            if not marks_in(words_of(model, column, holdings), holdings):
                unmarked.add(f"{model._meta.label}.{column}")
    assert unmarked == NOT_WRITTEN_BY_PEOPLE


def words_of(model: type[models.Model], column: str, holdings: Holdings) -> str:
    """Everything that stands in this column in the rows of the agency."""
    rows = model._base_manager.filter(**{TO_AGENCY[model._meta.label]: holdings.agency.pk})
    return "\n".join(map(str, rows.values_list(column, flat=True)))


def marks_in(text: str, holdings: Holdings) -> set[str]:
    """The marks of the agency in a text, without what is common to all of them."""
    return set(re.findall(rf"{mark(holdings.agency.code)}([a-z_-]+)", text))


# What no page shows to the agency's own secretariat: what a fixture file calls a picture, and why a print failed
# that did not fail.
SHOWN_NOWHERE = {"work-figure", "work-error"}


def test_the_marks_do_stand_on_the_pages_of_the_own_agency(stage: Stage) -> None:
    """Otherwise their absence from the answers to others would prove nothing."""
    owner = stage.everything.here
    secretary = next(asker for asker in stage.askers if asker.name == "own secretariat")
    answers = ""
    for row in TABLE:
        if row.get and stage.standing(secretary, row, owner) in row.get:
            url = reverse(row.name, kwargs=row.kwargs(owner))
            answers += content_of(secretary.ask("GET", url))
    # the refusals of the tests above stand before it on the first page
    trail = reverse("audit_list", kwargs={"agency": owner.agency.code})
    answers += content_of(secretary.ask("GET", f"{trail}?verb=round.reopened"))
    planted = set()
    for model, column in text_columns():
        planted |= marks_in(words_of(model, column, owner), owner)
    assert planted - marks_in(answers, owner) == SHOWN_NOWHERE
    assert len(planted) > 30
