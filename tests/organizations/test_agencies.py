"""The installation administrator's pages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations.enums import Role
from organizations.models import Agency, AuditEvent, Membership, User
from tests.world import World, join, make_agency, make_user

NEW = {
    "name": "กรมทดสอบ",
    "short_name": "กทส.",
    "code": "Test-Dept",
    "kind": "department",
    "administrator-display_name": "ผู้ดูแลคนแรก",
    "administrator-username": "first.admin",
    "administrator-email": "",
}


@pytest.fixture
def admin(client, world: World) -> User:
    client.force_login(world.admin)
    return world.admin


def create(client, **fields: str):
    return client.post(reverse("agency_new"), NEW | fields)


def test_an_agency_starts_with_its_administrator(client, admin):
    response = create(client)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    agency = Agency.objects.get(code="test-dept")
    assert (agency.name, agency.short_name, agency.kind, agency.hosted) == (
        "กรมทดสอบ",
        "กทส.",
        "department",
        True,
    )
    membership = Membership.objects.get(agency=agency)
    assert (membership.user.username, membership.role) == ("first.admin", Role.AGENCY_ADMIN)
    secret = re.search(r'"slip-secret">([a-z2-9]{4}(-[a-z2-9]{4}){2})<', response.content.decode())[1]
    assert membership.user.check_password(secret)
    verbs = AuditEvent.objects.filter(agency=agency).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["agency.created", "account.created", "member.invited"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "สำนักงานสถิติแห่งชาติ"}, "มีหน่วยงานชื่อนี้แล้ว"),
        ({"name": "กรมในคลัง"}, "มีหน่วยงานชื่อนี้อยู่แล้วในรายชื่อหน่วยงานตัวอย่าง"),
        ({"code": "NSO"}, "มีหน่วยงานที่ใช้รหัสนี้แล้ว"),
        ({"code": "new"}, "ใช้รหัสนี้ไม่ได้"),
        ({"code": "กรม"}, "รหัสใช้ได้เฉพาะตัวอักษรอังกฤษ"),
        ({"name": ""}, "กรุณากรอกชื่อหน่วยงาน"),
        ({"administrator-username": ""}, "กรุณากรอกชื่อผู้ใช้หรืออีเมล อย่างน้อยหนึ่งอย่าง"),
        ({"administrator-username": "stranger"}, "มีบัญชีที่ใช้ชื่อผู้ใช้หรืออีเมลนี้อยู่แล้ว"),
    ],
)
def test_a_fault_in_either_half_stores_neither(client, admin, fields, sentence):
    Agency.objects.create(code="library", name="กรมในคลัง")
    before = (Agency.objects.count(), User.objects.count())
    response = create(client, **fields)
    assert response.status_code == 422
    assert sentence in response.content.decode().split('class="error-summary"')[1].split("</form>")[0]
    assert (Agency.objects.count(), User.objects.count()) == before


def test_an_existing_account_becomes_administrator_after_a_confirmation(client, admin, world: World):
    response = create(client, **{"administrator-username": "stranger", "administrator-same_person": "on"})
    assert response["Location"] == reverse("agency_list")
    assert Membership.objects.get(user=world.stranger).agency.code == "test-dept"


def test_an_agency_of_the_library_starts_to_work_here_and_keeps_its_code_from_then_on(client, admin):
    agency = Agency.objects.create(code="agency-17", name="กรมในคลัง")
    address = reverse("agency_edit", args=["agency-17"])
    sent = {"name": "กรมในคลัง", "short_name": "", "kind": "department", "base_version": 1}
    client.post(address, sent | {"code": "dept", "hosted": "on"})
    agency.refresh_from_db()
    assert (agency.code, agency.hosted) == ("dept", True)
    client.post(reverse("agency_edit", args=["dept"]), sent | {"code": "other", "hosted": "on"})
    agency.refresh_from_db()
    assert agency.code == "dept"


def test_an_agency_that_no_longer_works_here_is_closed_to_its_members(client, admin, world: World):
    secretary = world.here.people[Role.SECRETARIAT]
    theirs = client.__class__()
    theirs.force_login(secretary)
    members = reverse("member_list", args=["senate"])
    assert theirs.get(members).status_code == 200
    sent = {"name": world.here.agency.name, "short_name": "", "kind": "office", "base_version": 1}
    client.post(reverse("agency_edit", args=["senate"]), sent)
    assert theirs.get(members).status_code == 404


def test_a_stale_save_says_what_stands_now_and_keeps_what_was_typed(client, admin, world: World):
    address = reverse("agency_edit", args=["senate"])
    sent = {"name": "ชื่อของฉัน", "short_name": "สว.", "kind": "office", "hosted": "on", "base_version": 1}
    assert client.post(address, sent | {"name": "ชื่อของเขา"}).status_code == 302
    stale = client.post(address, sent)
    text = stale.content.decode()
    assert stale.status_code == 409
    said = text.split('class="error-summary"')[1].split("</div>")[0]
    assert "ชื่อหน่วยงาน “ชื่อของเขา” · ชื่อย่อ “สว.”" in said
    assert "ใช้งานระบบนี้ “ใช่”" in said
    assert 'value="ชื่อของฉัน"' in text
    assert Agency.objects.get(code="senate").name == "ชื่อของเขา"
    assert client.post(address, sent | {"base_version": 2}).status_code == 302
    assert Agency.objects.get(code="senate").name == "ชื่อของฉัน"


def test_a_name_taken_while_the_form_was_checked_gets_a_sentence(client, admin, world: World, monkeypatch):
    claim = Agency.claim_version

    def meanwhile(agency, *args):
        Agency.objects.create(code="other", name="กรมใหม่")
        claim(agency, *args)

    monkeypatch.setattr(Agency, "claim_version", meanwhile)
    sent = {"name": "กรมใหม่", "short_name": "", "kind": "office", "hosted": "on", "base_version": 1}
    answer = client.post(reverse("agency_edit", args=["senate"]), sent)
    assert answer.status_code == 422
    assert "มีหน่วยงานชื่อนี้แล้ว" in answer.content.decode().split('class="error-summary"')[1]
    assert Agency.objects.get(code="senate").name == "สำนักงานเลขาธิการวุฒิสภา"


def test_the_list_counts_people_once_and_keeps_the_library_apart(client, admin, world: World):
    join(world.here.people["committee_3"], world.here.agency, Role.EXECUTIVE)
    Agency.objects.create(code="library", name="กรมในคลัง")
    tenants = client.get(reverse("agency_list")).content.decode()
    assert re.findall(r">(\d+) คน<", tenants) == ["6", "6"]
    assert "กรมในคลัง" not in tenants
    others = client.get(reverse("agency_list"), {"show": "others"}).content.decode()
    assert "กรมในคลัง" in others
    assert world.here.agency.name not in others


def test_many_agencies_cost_as_many_queries_as_two(client, admin):
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("agency_list"))
    for number in range(30):
        join(make_user(f"admin-{number}"), make_agency(f"dept-{number}", f"กรม {number}"), Role.AGENCY_ADMIN)
    with CaptureQueriesContext(connection) as many:
        assert "แสดง 1–30 จาก 32" in client.get(reverse("agency_list")).content.decode()
    assert len(few) == len(many) <= 25


@pytest.mark.parametrize("role", [Role.AGENCY_ADMIN, Role.SECRETARIAT, Role.EXECUTIVE])
def test_nobody_else_comes_here(client, world: World, role):
    client.force_login(world.here.people[role])
    for address in (reverse("agency_list"), reverse("agency_new"), reverse("agency_edit", args=["senate"])):
        assert client.get(address).status_code == 403
    assert create(client).status_code == 403
    assert not Agency.objects.filter(code="test-dept").exists()
