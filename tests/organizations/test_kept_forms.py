"""Who gets in and what stays: forms sent after the session has ended, closed agencies, reset links of yesterday."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from organizations.permissions import manages_account
from organizations.services.accounts import make_reset_link
from tests.world import join, make_agency

PLAIN = "application/x-www-form-urlencoded"
WRITTEN = {"html": '<p>"ยาว" & <b>มาก</b></textarea><script>x</script></p>', "key": "1"}
ADDRESS = "/a/senate/2565/1.1/text/analysis/"


def post(client, address, fields=WRITTEN, **headers):
    return client.post(address, urlencode(fields), content_type=PLAIN, headers=headers)


def test_what_was_typed_stands_in_the_answer_and_can_be_sent_again(client, db):
    answer = post(client, ADDRESS + "?a=1")
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "no-store" in answer.headers["Cache-Control"]
    assert f'action="{ADDRESS}?a=1"' in page
    assert "&quot;ยาว&quot; &amp; &lt;b&gt;มาก" in page
    assert "<script>x" not in page


@pytest.mark.parametrize("address", ["/accounts/password/change/", "/accounts/address/", "/accounts/logout/"])
def test_passwords_are_never_written_into_a_page(client, db, address):
    answer = post(client, address, {"oldpassword": "ความลับของฉัน"})
    assert "ความลับของฉัน" not in answer.content.decode()


def test_only_forms_of_our_own_pages_are_kept(db):
    stranger = Client(enforce_csrf_checks=True)
    answer = post(stranger, ADDRESS)
    assert answer.status_code == 403
    assert "มาก" not in answer.content.decode()


def test_htmx_and_reading_go_to_the_sign_in(client, db):
    assert post(client, ADDRESS, **{"HX-Request": "true"}).status_code == 302
    assert client.get(ADDRESS).status_code == 302


def test_an_agency_that_is_closed_closes_its_rounds_too(client, world):
    person, agency = world.here.people["committee_1"], world.here.agency
    client.force_login(person)
    assert client.get(f"/a/{agency.code}/feedback/").status_code == 200
    agency.hosted = False
    agency.save()
    fresh = type(person).objects.get(pk=person.pk)
    assert fresh.current_memberships == []
    assert client.get(f"/a/{agency.code}/2565/").status_code == 404
    assert client.get("/").status_code == 200


def test_a_role_in_a_closed_agency_still_protects_the_account(world):
    admin, person = world.here.people["agency_admin"], world.here.people["committee_1"]
    assert manages_account(admin, world.here.agency, person)
    closed = make_agency("closed", "กรมที่ปิด")
    join(person, closed, "agency_admin")
    closed.hosted = False
    closed.save()
    fresh = type(person).objects.get(pk=person.pk)
    assert not manages_account(admin, world.here.agency, fresh)


@pytest.mark.parametrize(
    ("who", "address", "typed"),
    [
        ("secretariat", "/a/senate/owners/new/", {"kind": "unit", "name": "สำนักที่พิมพ์ไว้"}),
        ("secretariat", "/a/senate/rounds/new/", {"year": "2566", "title": "ชื่อที่พิมพ์ไว้"}),
        ("admin", "/agencies/senate/", {"name": "ชื่อที่พิมพ์ไว้", "kind": "office"}),
    ],
)
def test_a_plain_form_is_sent_in_the_way_that_is_kept(client, world, who, address, typed):
    client.force_login(world.admin if who == "admin" else world.here.people[who])
    form = re.search(r'<form method="post" class="panel"[^>]*>', client.get(address).content.decode())[0]
    way = re.search(r'enctype="([^"]+)"', form)
    client.logout()
    answer = client.post(address, urlencode(typed), content_type=way[1] if way else PLAIN)
    assert answer.status_code == 401
    assert "ที่พิมพ์ไว้" in answer.content.decode()


def opens(link):
    """Whether the reset link still leads to the form for a new password."""
    page = Client().get(link.replace("http://127.0.0.1:8000", ""), follow=True)
    return 'name="password1"' in page.content.decode()


def test_a_reset_link_is_void_once_the_person_got_another_role(world, settings):
    settings.PUBLIC_ADDRESS = "http://127.0.0.1:8000"
    secretariat, person = world.here.people["secretariat"], world.here.people["committee_1"]
    link = make_reset_link(person=person, agency=world.here.agency, by=secretariat)
    assert opens(link)
    join(person, world.here.agency, "agency_admin")
    assert not opens(link)
