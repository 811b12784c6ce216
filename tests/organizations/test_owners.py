"""The list of those who can be responsible."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organizations.enums import OwnerKind, Role
from organizations.models import AuditEvent, Membership, Owner
from tests.world import World


@pytest.fixture
def page(client, world: World):
    client.force_login(world.here.people[Role.SECRETARIAT])
    return lambda: client.get(reverse("owner_list", args=["senate"])).content.decode()


def new(client, **fields: str):
    sent = {"kind": "unit", "name": "กองกลาง", "abbreviation": ""} | fields
    return client.post(reverse("owner_new", args=["senate"]), sent)


def test_owners_stand_by_kind_and_in_thai_order_and_those_withdrawn_apart(page, world: World):
    Membership.objects.filter(role=Role.UNIT_OFFICER).delete()
    Owner.objects.all().delete()
    for name, kind in (
        ("ไอที", "unit"),
        ("กองคลัง", "unit"),
        ("เลขานุการกรม", "unit"),
        ("คณะทำงาน", "committee"),
    ):
        Owner.objects.create(agency=world.here.agency, name=name, kind=kind)
    Owner.objects.create(agency=world.here.agency, name="กองเก่า", withdrawn_at=timezone.now())
    Owner.objects.create(agency=world.there.agency, name="ของหน่วยงานอื่น")
    text = page()
    names = ["กองคลัง", "เลขานุการกรม", "ไอที", OwnerKind.COMMITTEE.label, "เลิกใช้แล้ว 1 รายการ", "กองเก่า"]
    places = [text.index(name) for name in names]
    assert places == sorted(places)
    assert "ของหน่วยงานอื่น" not in text
    assert OwnerKind.CLASS.label not in text


def test_an_empty_list_says_what_to_do(page):
    Membership.objects.filter(role=Role.UNIT_OFFICER).delete()
    Owner.objects.all().delete()
    assert "ยังไม่มีผู้รับผิดชอบ กรุณากด “เพิ่มผู้รับผิดชอบ”" in page()


def test_an_owner_is_added_in_its_normal_form(client, page, world: World):
    assert new(client, name="สำนัก  กํากับ\u200b", abbreviation="สก.", kind="committee").status_code == 302
    owner = Owner.objects.get(abbreviation="สก.")
    assert (owner.agency, owner.name, owner.kind) == (world.here.agency, "สำนัก กำกับ", "committee")
    event = AuditEvent.objects.get(verb="owner.created")
    assert (event.agency, event.actor, event.object_id) == (
        world.here.agency,
        world.here.people[Role.SECRETARIAT],
        str(owner.pk),
    )


def test_a_name_stands_once_per_agency(client, page, world: World):
    Owner.objects.create(agency=world.there.agency, name="กองกลาง")
    assert new(client).status_code == 302
    again = new(client, abbreviation="กก.")
    assert again.status_code == 422
    assert "มีผู้รับผิดชอบชื่อนี้แล้ว" in again.content.decode()
    assert 'value="กก."' in again.content.decode()
    Owner.objects.filter(name="กองกลาง").update(withdrawn_at=timezone.now())
    assert "นำกลับมาใช้" in new(client).content.decode().split("error-summary")[1]
    assert Owner.objects.filter(name="กองกลาง").count() == 2


@pytest.mark.parametrize("fields", [{"name": "  "}, {"kind": "person"}, {"name": "ก" * 201}])
def test_a_wrong_form_is_refused(client, page, fields):
    before = Owner.objects.count()
    assert new(client, **fields).status_code == 422
    assert Owner.objects.count() == before


def test_an_owner_is_renamed_but_not_to_the_name_of_another(client, page, world: World):
    other = Owner.objects.create(agency=world.here.agency, name="กองกลาง")
    address = reverse("owner_edit", args=["senate", other.pk])
    sent = {"kind": "unit", "name": world.here.unit.name, "abbreviation": ""}
    assert client.post(address, sent).status_code == 422
    assert client.post(address, sent | {"name": "กองกลาง", "abbreviation": "กก."}).status_code == 302
    other.refresh_from_db()
    assert (other.name, other.abbreviation) == ("กองกลาง", "กก.")


def test_withdrawing_and_restoring_are_kept_on_the_trail(client, page, world: World):
    unit = world.here.unit
    for name in ("owner_withdraw", "owner_withdraw", "owner_restore", "owner_restore"):
        assert client.post(reverse(name, args=["senate", unit.pk])).status_code == 302
    verbs = AuditEvent.objects.filter(object_id=unit.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["owner.withdrawn", "owner.restored"]
    unit.refresh_from_db()
    assert unit.withdrawn_at is None


@pytest.mark.parametrize("name", ["owner_edit", "owner_withdraw", "owner_restore"])
def test_owners_of_another_agency_are_not_found(client, page, world: World, name):
    sent = {"kind": "unit", "name": "ใหม่", "abbreviation": ""}
    assert client.post(reverse(name, args=["senate", world.there.unit.pk]), sent).status_code == 404
    world.there.unit.refresh_from_db()
    assert (world.there.unit.name, world.there.unit.withdrawn_at) == ("สำนักนโยบายและแผน nso", None)


def test_a_name_is_text_and_never_markup(client, page):
    new(client, name="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in page()
    assert "&lt;img src=x" in page()


def test_many_owners_cost_as_many_queries_as_one(client, page, world: World):
    with CaptureQueriesContext(connection) as few:
        page()
    for number in range(30):
        Owner.objects.create(agency=world.here.agency, name=f"กอง {number}")
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(few) == len(many) <= 25
