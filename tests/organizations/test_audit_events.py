"""What is written into the audit trail, and that it holds ids and plain facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from assessment.enums import StepKind
from documents.enums import IncomingState, JobState
from documents.models import Job
from organizations.audit_words import ACCOUNT_VERBS, FACTS, VERBS
from organizations.enums import Role
from organizations.middleware import RefusalMiddleware
from organizations.models import AuditEvent, Owner
from organizations.services import change_owner, create_owner
from practices.services import ALLOWED_FROM
from tests.organizations.test_sign_in import sign_in
from tests.url_world import make_incoming
from tests.world import World, join, make_round, make_world, moment

PACKAGES = (
    "organizations",
    "texts",
    "framework",
    "feedback",
    "practices",
    "assessment",
    "documents",
    "pmqa_site",
)
# Verbs that the code puts together, by the expression that does it; `verb` is handed on from such a call.
PUT_TOGETHER = {
    "f'practice.{change}ed'": {f"practice.{change}ed" for change in ALLOWED_FROM if change != "withdraw"},
    "f'incoming.{state.value}'": {f"incoming.{s.value}" for s in IncomingState if s != IncomingState.WAITING},
    "f'sheet.{kind.value}'": {f"sheet.{kind.value}" for kind in StepKind},
    # settling and reopening a thread hand their verbs on
    "verb": {"thread.resolved", "thread.reopened"},
}


def recordings() -> Iterator[ast.Call]:
    """Every call in the code that writes an event."""
    for package in PACKAGES:
        for path in sorted((Path(settings.BASE_DIR) / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if (
                        name in ("record", "_record")
                        and not isinstance(node.args[0], ast.Name | ast.Attribute)
                    ) or (name in ("record", "_record") and ast.unparse(node.args[0]) == "verb"):
                        yield node


def verbs() -> set[str]:
    found: set[str] = set()
    for call in recordings():
        first = call.args[0]
        if isinstance(first, ast.Constant):
            found.add(first.value)
        elif isinstance(first, ast.IfExp):
            found |= {first.body.value, first.orelse.value}  # type: ignore[attr-defined]
        else:
            found |= PUT_TOGETHER[ast.unparse(first)]
    return found


def test_every_verb_of_the_code_has_a_thai_label_and_every_label_a_verb():
    assert verbs() == set(VERBS)
    assert len(verbs()) > 60


def test_every_kind_of_fact_has_a_thai_word():
    named = {word.arg for call in recordings() for word in call.keywords if word.arg} - {"by", "agency"}
    assert named - FACTS.keys() == set()
    assert "name" not in named
    assert named.isdisjoint({"email", "title", "html", "display_name", "username", "password", "filename"})


def test_labels_fit_the_column():
    assert [verb for verb in VERBS if len(verb) > 60] == []
    assert [label for label in VERBS.values() if not label.strip()] == []


# --- signing in and out ---------------------------------------------------------------------------


def places_of(verb: str) -> list[tuple[str | None, int | None, dict]]:
    events = AuditEvent.objects.filter(verb=verb).order_by("pk")
    return [
        (e.agency.code if e.agency else None, e.actor_id, e.facts) for e in events.select_related("agency")
    ]


def test_signing_in_and_out_stand_in_the_chain_of_every_agency_where_the_person_works(
    world: World, client: Client
):
    person = world.here.people[Role.SECRETARIAT]
    join(person, world.there.agency, Role.EXECUTIVE)
    sign_in(client, person.username)
    client.post(reverse("account_logout"))
    facts = {"address": "127.0.0.1"}
    both = [("senate", person.pk, facts), ("nso", person.pk, facts)]
    assert (places_of("account.signed_in"), places_of("account.signed_out")) == (both, both)


def test_who_works_nowhere_stands_in_the_chain_of_the_installation(world: World, client: Client):
    sign_in(client, world.admin.username)
    client.post(reverse("account_logout"))
    sign_in(client, "nobody-of-this-name", "wrong-password-123")
    facts = {"address": "127.0.0.1"}
    assert places_of("account.signed_in") == [(None, world.admin.pk, facts)]
    assert places_of("account.signed_out") == [(None, world.admin.pk, facts)]
    assert [(agency, actor) for agency, actor, _ in places_of("account.refused")] == [(None, None)]


def test_a_refused_sign_in_is_told_to_the_agency_of_the_account(world: World, client: Client):
    sign_in(client, world.there.people[Role.SECRETARIAT].username, "wrong-password-123")
    assert places_of("account.refused") == [("nso", None, {"address": "127.0.0.1"})]


# --- refusals -------------------------------------------------------------------------------------


def test_a_write_without_the_right_is_written_with_its_address_and_nothing_that_was_sent(
    world: World, client: Client
):
    executive = world.here.people[Role.EXECUTIVE]
    client.force_login(executive)
    response = client.post(reverse("owner_new", args=["senate"]), {"name": "สำนักลับ", "kind": "unit"})
    assert response.status_code == 403
    where = {"page": "owner_new", "method": "POST", "where": {"agency": "senate"}}
    assert places_of("request.refused") == [("senate", executive.pk, where)]


def test_trying_again_and_again_is_one_event_a_minute_for_each_address(world: World, client: Client):
    client.force_login(world.here.people[Role.EXECUTIVE])
    for address in ("owner_new", "term_list", "owner_new", "owner_new"):
        assert client.post(reverse(address, args=["senate"]), {"name": "x"}).status_code == 403
    client.force_login(world.here.people["committee_1"])
    assert client.post(reverse("owner_new", args=["senate"]), {"name": "x"}).status_code == 403
    cache.clear()
    assert client.post(reverse("owner_new", args=["senate"]), {"name": "x"}).status_code == 403
    pages = [facts["page"] for _, _, facts in places_of("request.refused")]
    assert pages == ["owner_new", "term_list", "owner_new", "owner_new"]


def test_looking_without_the_right_is_not_written(world: World, client: Client):
    client.force_login(world.here.people[Role.EXECUTIVE])
    assert client.get(reverse("owner_new", args=["senate"])).status_code == 403
    assert places_of("request.refused") == []


def test_a_refusal_at_an_address_without_agency_goes_to_the_only_agency_of_the_person(
    world: World, client: Client
):
    person = world.there.people[Role.EXECUTIVE]
    for who in (person, world.stranger):
        client.force_login(who)
        assert client.post(reverse("agency_new"), {"code": "x"}).status_code == 403
    where = {"page": "agency_new", "method": "POST", "where": {}}
    assert places_of("request.refused") == [("nso", person.pk, where), (None, world.stranger.pk, where)]


def test_a_refusal_with_two_agencies_and_none_in_the_address_goes_to_the_installation(
    world: World, client: Client
):
    person = join(world.there.people[Role.EXECUTIVE], world.here.agency, Role.EXECUTIVE)
    client.force_login(person)
    assert client.post(reverse("agency_new"), {"code": "x"}).status_code == 403
    assert [agency for agency, _, _ in places_of("request.refused")] == [None]


def test_a_busy_database_leaves_the_refusal_a_refusal(world: World, client: Client, monkeypatch, caplog):
    def busy(*args: object, **kwargs: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(AuditEvent, "record", busy)
    client.force_login(world.here.people[Role.EXECUTIVE])
    assert client.post(reverse("owner_new", args=["senate"]), {"name": "x"}).status_code == 403
    assert "a refusal could not be written: POST /a/senate/owners/new/" in caplog.text


def test_other_faults_and_visitors_are_left_alone(rf: RequestFactory, db: None):
    middleware = RefusalMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
    request: HttpRequest = rf.post("/nowhere/")
    middleware.process_exception(request, PermissionDenied())
    middleware.process_exception(request, ValueError())
    assert places_of("request.refused") == []


# --- downloads ------------------------------------------------------------------------------------


def test_a_download_is_written_and_a_question_for_its_headers_is_not(world: World, client: Client, settings):
    secretary = world.here.people[Role.SECRETARIAT]
    job = Job.objects.create(
        round=make_round(world.here, world),
        requested_by=secretary,
        state=JobState.DONE,
        filename="a.pdf",
        finished_at=moment(),
    )
    settings.EXPORT_DIR.mkdir(parents=True)
    (settings.EXPORT_DIR / f"{job.uid.hex}.pdf").write_bytes(b"%PDF-1.7 ")
    client.force_login(secretary)
    url = reverse("export_file", args=[job.uid])
    question = client.head(url)
    for close in question._resource_closers:
        close()
    assert question.status_code == 200
    assert places_of("export.downloaded") == []
    assert b"".join(client.get(url).streaming_content) == b"%PDF-1.7 "  # type: ignore[attr-defined]
    assert places_of("export.downloaded") == [("senate", secretary.pk, {"format": "pdf"})]


# --- ids instead of names -------------------------------------------------------------------------


def test_owners_are_named_by_their_id(world: World):
    secretary = world.here.people[Role.SECRETARIAT]
    owner = create_owner(owner=Owner(name="กองกฎหมาย"), agency=world.here.agency, by=secretary)
    owner.name = "กองกฎหมายและคดี"
    change_owner(owner=owner, base_version=1, by=secretary)
    events = AuditEvent.objects.filter(object_type="organizations.owner").order_by("pk")
    assert [(e.object_id, e.facts) for e in events] == [
        (str(owner.pk), {}),
        (str(owner.pk), {"fields": ["name"]}),
    ]


def test_the_name_of_a_file_that_came_in_is_not_written(db: None):
    world = make_world()
    round = make_round(world.here, world)
    incoming = make_incoming(round, world.here.people[Role.SECRETARIAT])
    assert incoming.filename
    assert incoming.filename not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("verb", ["account.signed_in", "member.invited", "request.refused"])
def test_the_installation_sees_who_gets_in(verb):
    assert verb in ACCOUNT_VERBS


@pytest.mark.parametrize(
    "verb", ["round.reopened", "text.saved", "feedback.added", "issue.made", "settings.saved"]
)
def test_the_installation_sees_nothing_of_the_work(verb):
    assert verb not in ACCOUNT_VERBS
