"""The first administrator of an installation without demonstration data."""

import io

import pytest
from django.core.management import CommandError, call_command

from organizations.models import AuditEvent, User

pytestmark = pytest.mark.django_db
GOOD_PASSWORD = "สายน้ำไหลเย็นเห็นตัวปลา-42"


def create(monkeypatch, username: str | None, password: str | None) -> str:
    for name, value in (("PMQA_ADMIN_USERNAME", username), ("PMQA_ADMIN_PASSWORD", password)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    out = io.StringIO()
    call_command("create_admin", stdout=out)
    return out.getvalue()


def test_the_environment_makes_an_administrator_who_can_sign_in(monkeypatch):
    assert "itadmin" in create(monkeypatch, "itadmin", GOOD_PASSWORD)
    user = User.objects.get(username="itadmin")
    assert user.is_installation_admin
    assert user.check_password(GOOD_PASSWORD)
    assert AuditEvent.objects.filter(verb="user.administrator_created", object_id=str(user.pk)).exists()


def test_a_second_call_changes_nothing_and_says_so(monkeypatch):
    create(monkeypatch, "itadmin", GOOD_PASSWORD)
    assert "มีผู้ดูแลระบบอยู่แล้ว: itadmin" in create(monkeypatch, "other", GOOD_PASSWORD)
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "password1234", "itadmin-2569"])
def test_a_weak_password_is_refused(monkeypatch, password: str):
    with pytest.raises(CommandError):
        create(monkeypatch, "itadmin", password)
    assert not User.objects.exists()


def test_a_name_that_no_form_would_accept_is_refused(monkeypatch):
    with pytest.raises(CommandError):
        create(monkeypatch, "it admin", GOOD_PASSWORD)


def test_one_variable_alone_is_a_mistake(monkeypatch):
    with pytest.raises(CommandError, match="ครบทั้งสองค่า"):
        create(monkeypatch, "itadmin", None)


def test_without_a_screen_the_variables_are_named(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="PMQA_ADMIN_PASSWORD"):
        create(monkeypatch, None, None)


def test_the_prompt_asks_until_both_passwords_agree(monkeypatch):
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", screen)
    monkeypatch.setattr("builtins.input", lambda prompt: " itadmin ")
    answers = iter([GOOD_PASSWORD, "typo", GOOD_PASSWORD, GOOD_PASSWORD])
    monkeypatch.setattr(
        "organizations.management.commands.create_admin.getpass", lambda prompt: next(answers)
    )
    assert "ไม่ตรงกัน" in create(monkeypatch, None, None)
    assert User.objects.get().username == "itadmin"
