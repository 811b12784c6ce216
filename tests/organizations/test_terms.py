"""The agency's list of words that print keeps whole."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations import services
from organizations.enums import Role
from organizations.models import Agency, AgencyTerm, AuditEvent, Owner, names_to_keep
from tests.world import World


@pytest.fixture
def secretary(client, world: World):
    client.force_login(world.here.people[Role.SECRETARIAT])
    return world.here.people[Role.SECRETARIAT]


def address() -> str:
    return reverse("term_list", args=["senate"])


def add(client, text: str):
    return client.post(address(), {"text": text})


def test_a_term_is_added_in_its_stored_form_and_listed_in_thai_order(client, secretary, world: World):
    for text in ("เ\u200bดมมิง", " ข้อมูล   เปิด ", "กน\u0e4d\u0e49\u0e32"):
        assert add(client, text).status_code == 302
    AgencyTerm.objects.create(agency=world.there.agency, text="ของหน่วยงานอื่น")
    page = client.get(address()).content.decode()
    places = [page.index(f"<span>{text}</span>") for text in ("กน้ำ", "ข้อมูล เปิด", "เดมมิง")]
    assert places == sorted(places)
    assert "3 คำ" in page
    assert "ของหน่วยงานอื่น" not in page
    event = AuditEvent.objects.get(verb="term.added", facts__text="เดมมิง")
    assert (event.actor, event.agency) == (secretary, world.here.agency)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "กรุณากรอกคำ"),
        (" \u200b ", "กรุณากรอกคำ"),
        ("ก", "กรุณากรอกคำที่มีอย่างน้อย 2 ตัวอักษร"),
        ("ก" * 81, "คำยาว 81 ตัวอักษร กรุณากรอกไม่เกิน 80 ตัวอักษร"),
        ("เดม  มิง", "มีคำว่า “เดม มิง” ในรายการแล้ว"),
    ],
)
def test_a_term_that_cannot_be_taken_comes_back_with_the_reason(
    client, secretary, world: World, text, message
):
    AgencyTerm.objects.create(agency=world.here.agency, text="เดม มิง")
    answer = add(client, text)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert message in page
    assert f'value="{text}"' in page or not text.strip(" \u200b")
    assert AgencyTerm.objects.count() == 1


def test_80_characters_are_taken_and_another_agency_may_have_the_same_term(client, secretary, world: World):
    AgencyTerm.objects.create(agency=world.there.agency, text="ก" * 80)
    assert add(client, "ก" * 80).status_code == 302
    assert AgencyTerm.objects.filter(text="ก" * 80).count() == 2


def test_the_database_holds_a_term_once(world: World):
    AgencyTerm.objects.create(agency=world.here.agency, text="เดมมิง")
    with pytest.raises(ValidationError):
        services.add_term(term=AgencyTerm(text="เดมมิง"), agency=world.here.agency, by=world.admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgencyTerm.objects.create(agency=world.here.agency, text="เดมมิง")


def test_a_term_is_removed(client, secretary, world: World):
    term = AgencyTerm.objects.create(agency=world.here.agency, text="เดมมิง")
    answer = client.post(reverse("term_remove", args=["senate", term.pk]), follow=True)
    assert "นำ “เดมมิง” ออกแล้ว" in answer.content.decode()
    assert "ยังไม่มีคำ" in answer.content.decode()
    assert not AgencyTerm.objects.exists()
    assert AuditEvent.objects.get(verb="term.removed").facts == {"text": "เดมมิง"}


def test_what_was_typed_is_shown_as_text(client, secretary):
    page = client.post(address(), {"text": "<b>ก</b>"}, follow=True).content.decode()
    assert "<span>&lt;b&gt;ก&lt;/b&gt;</span>" in page
    assert "<b>ก</b>" not in page


def test_the_owners_page_leads_to_the_terms(client, secretary):
    page = client.get(reverse("owner_list", args=["senate"])).content.decode()
    assert f'href="{address()}"' in page


def test_names_to_keep_are_those_of_the_agency_and_of_all_agencies(world: World):
    AgencyTerm.objects.create(agency=world.here.agency, text="เดมมิง")
    AgencyTerm.objects.create(agency=world.there.agency, text="แคปแลน")
    Owner.objects.create(agency=world.here.agency, name="กองใหม่", abbreviation="กม.")
    Owner.objects.create(agency=world.there.agency, name="กองอื่น")
    Agency.objects.create(code="example", name="กรมตัวอย่าง", short_name="กตย.")
    terms, names = names_to_keep("senate")
    assert terms == {"เดมมิง"}
    assert {"กองใหม่", "กม.", "กรมตัวอย่าง", "กตย.", world.there.agency.name} <= names
    assert "กองอื่น" not in names


def test_many_terms_cost_as_many_queries_as_one(client, secretary, world: World):
    AgencyTerm.objects.create(agency=world.here.agency, text="คำแรก")
    with CaptureQueriesContext(connection) as few:
        client.get(address())
    for number in range(30):
        AgencyTerm.objects.create(agency=world.here.agency, text=f"คำที่ {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(address())
    assert len(few) == len(many) <= 25
