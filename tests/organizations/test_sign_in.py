"""Signing in, choosing a password, and what the audit trail keeps of it."""

import re

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.test import Client
from django.urls import reverse

from organizations.enums import Role
from organizations.models import AuditEvent, User
from tests.world import PASSWORD, World, make_user

OWN = "ประโยคที่จำได้ง่ายและยาวพอ"


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str):
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


def facts_of(verb: str) -> list[dict]:
    return list(AuditEvent.objects.filter(verb=verb).values("actor", "object_id", "facts"))


@pytest.mark.parametrize(
    "login", ["somebody", "SomeBody", "somebody@agency.example", "Somebody@Agency.Example"]
)
def test_people_sign_in_with_name_or_address_in_any_case(client, world: World, login):
    user = make_user("somebody", email="somebody@agency.example")
    response = sign_in(client, login)
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(user.pk)
    assert facts_of("account.signed_in") == [
        {"actor": user.pk, "object_id": str(user.pk), "facts": {"address": "127.0.0.1"}}
    ]


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, world: World):
    sentences = []
    for login in ("senate-secretariat", "nobody-of-this-name"):
        page = sign_in(client, login, "wrong-password-123").content.decode()
        sentences.append(re.search(r"<ul>\s*<li>([^<]*)</li>", page)[1])
    assert sentences == ["ชื่อผู้ใช้ อีเมล หรือรหัสผ่านไม่ถูกต้อง กรุณาลองอีกครั้ง"] * 2
    assert "_auth_user_id" not in client.session


def test_the_trail_of_a_refused_sign_in_names_the_account_but_never_what_was_typed(client, world: World):
    secretary = world.here.people[Role.SECRETARIAT]
    sign_in(client, "Senate-Secretariat", "wrong-password-123")
    sign_in(client, "my-password-by-mistake", "wrong-password-123")
    known, unknown = AuditEvent.objects.filter(verb="account.refused").order_by("pk")
    assert (known.object_id, known.actor, known.facts) == (str(secretary.pk), None, {"address": "127.0.0.1"})
    assert unknown.object_id == ""
    assert re.fullmatch("[0-9a-f]{16}", unknown.facts["fingerprint"])
    everything = str(list(AuditEvent.objects.values()))
    assert "mistake" not in everything
    assert "wrong-password" not in everything


def test_failures_lock_the_address_they_come_from_and_nobody_else(client, world: World):
    for _ in range(5):
        sign_in(client, "senate-secretariat", "wrong-password-123", REMOTE_ADDR="10.0.0.66")
    locked = sign_in(client, "senate-secretariat", REMOTE_ADDR="10.0.0.66")
    assert "ลองผิดหลายครั้งเกินไป กรุณารอ 5 นาทีแล้วลองอีกครั้ง" in locked.content.decode()
    assert sign_in(client, "senate-secretariat", REMOTE_ADDR="10.0.0.7").status_code == 302


def test_the_sign_in_page_says_what_this_is_and_where_the_demonstration_accounts_stand(client, db, settings):
    address = reverse("account_login")
    settings.DEMONSTRATION = False
    page = client.get(address).content.decode()
    assert "แบบวิเคราะห์ตามเกณฑ์คุณภาพการบริหารจัดการภาครัฐ" in page
    assert "ข้อมูลสาธิต" not in page
    assert "data-pmqa-password" in page
    settings.DEMONSTRATION = True
    assert "ข้อมูลสาธิต" in client.get(address).content.decode()


def test_after_the_sign_in_one_stands_where_one_wanted_to_go_but_only_here(client, world: World):
    make_user("somebody")
    inside = {"login": "somebody", "password": PASSWORD, "next": "/a/senate/members/"}
    assert client.post(reverse("account_login"), inside)["Location"] == "/a/senate/members/"
    client.logout()
    outside = inside | {"next": "https://elsewhere.example/"}
    assert client.post(reverse("account_login"), outside)["Location"] == reverse("home")


def test_empty_fields_are_named_in_thai(client, db):
    page = sign_in(client, "", "").content.decode()
    assert "กรุณากรอกชื่อผู้ใช้หรืออีเมล" in page
    assert "กรุณากรอกรหัสผ่าน" in page
    assert "ข้อผิดพลาด:" in page


def test_leaving_takes_a_button_and_not_a_link(client, world: World):
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout"))["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_nobody_registers_alone(client, db):
    sent = {"username": "intruder", "password1": OWN, "password2": OWN}
    response = client.post(reverse("account_signup"), sent)
    assert "ไม่เปิดให้สมัครเอง" in response.content.decode()
    assert not User.objects.exists()


def test_a_suspended_account_does_not_come_in_and_one_that_is_in_falls_out(client, world: World):
    secretary = world.here.people[Role.SECRETARIAT]
    members = reverse("member_list", args=["senate"])
    client.force_login(secretary)
    assert client.get(members).status_code == 200
    User.objects.filter(pk=secretary.pk).update(is_active=False)
    assert client.get(members).status_code == 302
    assert sign_in(client, secretary.username)["Location"] == reverse("account_inactive")
    assert "ถูกระงับ" in client.get(reverse("account_inactive")).content.decode()


class TestFirstPassword:
    """What somebody with a one-time password meets."""

    @pytest.fixture
    def newcomer(self, client, world: World) -> User:
        user = make_user("newcomer", must_change_password=True)
        client.force_login(user)
        return user

    def change(self, client, old: str, new: str, again: str | None = None):
        sent = {"oldpassword": old, "password1": new, "password2": again or new}
        return client.post(reverse("account_change_password"), sent)

    def test_every_page_leads_to_the_choice_of_a_password(self, client, newcomer):
        assert client.get(reverse("home"))["Location"] == reverse("account_change_password")
        page = client.get(reverse("account_change_password")).content.decode()
        assert "ตั้งรหัสผ่านของท่านเอง" in page
        assert "รหัสผ่านใช้ครั้งแรก" in page

    def test_the_new_password_opens_the_work(self, client, newcomer):
        assert self.change(client, PASSWORD, OWN)["Location"] == reverse("home")
        newcomer.refresh_from_db()
        assert (newcomer.must_change_password, newcomer.check_password(OWN)) == (False, True)
        assert client.get(reverse("home")).status_code == 200
        assert len(facts_of("password.changed")) == 1

    @pytest.mark.parametrize(
        ("old", "new", "again", "sentence"),
        [
            ("not-the-slip", OWN, OWN, "รหัสผ่านปัจจุบันไม่ถูกต้อง"),
            (PASSWORD, PASSWORD, PASSWORD, "รหัสผ่านใหม่ต้องต่างจากรหัสผ่านปัจจุบัน"),
            (PASSWORD, OWN, OWN + "ก", "รหัสผ่านสองช่องไม่ตรงกัน"),
            (PASSWORD, "สั้นไป", "สั้นไป", "12"),
            (PASSWORD, "newcomer-2569", "newcomer-2569", "ชื่อผู้ใช้"),
        ],
    )
    def test_a_bad_choice_is_refused_with_its_reason(self, client, newcomer, old, new, again, sentence):
        response = self.change(client, old, new, again)
        newcomer.refresh_from_db()
        assert newcomer.must_change_password
        assert newcomer.check_password(PASSWORD)
        summary = response.content.decode().split('class="error-summary"')[1].split("</div>")[0]
        assert sentence in summary

    def test_guessing_the_old_password_is_slowed_down(self, client, newcomer):
        answers = [self.change(client, f"guess-{number}", OWN) for number in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert "กรุณารอสักครู่" in answers[-1].content.decode()
        assert client.get(reverse("account_change_password")).status_code == 200


class TestForgottenPassword:
    """With and without a mail server."""

    def test_without_a_mail_server_the_page_says_whom_to_ask_and_nothing_is_sent(self, client, db, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
        make_user("somebody", email="somebody@agency.example")
        for response in (
            client.get(reverse("account_reset_password")),
            client.post(reverse("account_reset_password"), {"email": "somebody@agency.example"}),
        ):
            assert "กรุณาติดต่อฝ่ายเลขานุการของหน่วยงานท่าน" in response.content.decode()
        assert mail.outbox == []

    def test_with_a_mail_server_the_link_in_the_letter_sets_a_password(self, client, db):
        user = make_user("somebody", email="somebody@agency.example", must_change_password=True)
        sent = client.post(reverse("account_reset_password"), {"email": "Somebody@agency.example"})
        assert sent["Location"] == reverse("account_reset_password_done")
        assert [(letter.to, letter.subject) for letter in mail.outbox] == [
            (["somebody@agency.example"], "PMQA 4.0: ตั้งรหัสผ่านใหม่")
        ]
        link = re.search(r"https?://\S+", mail.outbox[0].body)[0]
        set_by_link(client, link)
        user.refresh_from_db()
        assert (user.check_password(OWN), user.must_change_password) == (True, False)

    def test_an_unknown_address_gets_the_same_answer_and_no_letter(self, client, db):
        sent = client.post(reverse("account_reset_password"), {"email": "nobody@agency.example"})
        assert sent["Location"] == reverse("account_reset_password_done")
        assert mail.outbox == []

    def test_a_link_works_once(self, client, db):
        user = make_user("somebody")
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        link = reverse("account_reset_password_from_key", kwargs=key)
        assert set_by_link(client, link)["Location"] == reverse("account_reset_password_from_key_done")
        assert client.get(reverse("account_reset_password_from_key_done")).status_code == 200
        assert "ลิงก์นี้ใช้ไม่ได้แล้ว" in Client().get(link).content.decode()


def set_by_link(client: Client, link: str):
    """Open a reset link as a browser does and choose OWN."""
    form = client.get(link)["Location"]
    assert client.get(form).status_code == 200
    return client.post(form, {"password1": OWN, "password2": OWN})
