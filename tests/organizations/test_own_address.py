"""Everybody may say which e-mail address is theirs; it takes the password, and no one else's address."""

from __future__ import annotations

import pytest
from django.urls import reverse

from organizations.models import AuditEvent, User
from tests.world import PASSWORD, World

ADDRESS = "committee@example.invalid"


@pytest.fixture
def member(client, world: World) -> User:
    user = world.here.people["committee_1"]
    client.force_login(user)
    return user


def send(client, email: str, password: str = PASSWORD):
    return client.post(reverse("own_address"), {"email": email, "password": password})


def test_an_address_is_saved_in_small_letters_with_its_event(client, member):
    answer = send(client, "Committee@Example.Invalid")
    assert (answer.status_code, answer.url) == (302, reverse("notice_choices"))
    member.refresh_from_db()
    assert member.email == ADDRESS
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.actor, event.facts) == ("account.address_changed", member, {})
    assert f"ส่งไปที่ {ADDRESS}" in client.get(reverse("notice_choices")).content.decode()


def test_the_same_address_again_is_no_event(client, member):
    send(client, ADDRESS)
    events = AuditEvent.objects.count()
    assert send(client, ADDRESS).status_code == 302
    assert AuditEvent.objects.count() == events


def test_an_address_can_be_taken_away(client, member):
    send(client, ADDRESS)
    assert send(client, "").status_code == 302
    member.refresh_from_db()
    assert member.email == ""


@pytest.mark.parametrize(
    ("email", "password", "field", "words"),
    [
        (ADDRESS, "ผิด", "password", "รหัสผ่านไม่ถูกต้อง"),
        (ADDRESS, "", "password", "กรุณากรอกรหัสผ่านปัจจุบัน"),
        ("ไม่ใช่อีเมล", PASSWORD, "email", "กรุณากรอกอีเมลให้ถูกต้อง เช่น name@agency.go.th"),
        ("TAKEN@example.invalid", PASSWORD, "email", "ใช้อีเมลนี้ไม่ได้ กรุณาใช้อีเมลอื่น หรือแจ้งฝ่ายเลขานุการ"),
    ],
)
def test_what_cannot_be_saved_is_said_and_kept(client, world, member, email, password, field, words):
    User.objects.filter(pk=world.there.people["secretariat"].pk).update(email="taken@example.invalid")
    answer = send(client, email, password)
    assert (answer.status_code, answer.context["form"].errors[field]) == (422, [words])
    assert answer.context["form"]["email"].value() == email
    member.refresh_from_db()
    assert member.email == ""


def test_guessing_the_password_ends_after_a_few_tries(client, member):
    for _ in range(5):
        assert send(client, ADDRESS, "ผิด").context["form"].errors["password"] == ["รหัสผ่านไม่ถูกต้อง"]
    answer = send(client, ADDRESS)
    assert answer.context["form"].errors["password"] == ["กรอกรหัสผ่านผิดหลายครั้ง กรุณารอสักครู่แล้วลองอีกครั้ง"]
    member.refresh_from_db()
    assert member.email == ""
