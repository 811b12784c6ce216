"""Sign-ins, sign-outs and password changes on the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, password_reset, user_logged_in
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .models import Agency, AuditEvent, User


def _address(request: HttpRequest | None) -> str:
    """The person's address, also behind the one proxy that the settings trust."""
    # a program that signs somebody out has a request without a sender
    return get_adapter(request).get_client_ip(request) if request and request.META else ""


@transaction.atomic
def _record(verb: str, person: User, *, by: User | None, **facts: Any) -> None:
    """Write what happened to an account into the chain of every agency where the person works.

    Each agency answers for its own members. Who works nowhere stands in the chain of the installation.
    """
    works_in = {membership.agency_id: membership.agency for membership in person.current_memberships}
    # in one order everywhere, because each chain stays locked until all of them are written
    chains: list[Agency | None] = [works_in[pk] for pk in sorted(works_in)]
    for agency in chains or [None]:
        AuditEvent.record(verb, person, by=by, agency=agency, **facts)


# allauth's signal, not Django's: it is sent once a person has passed every step of the sign-in.
@receiver(user_logged_in)
def record_sign_in(*, request: HttpRequest, user: User, **signal: Any) -> None:
    """Write who signed in and from where."""
    _record("account.signed_in", user, by=user, address=_address(request))


@receiver(user_logged_out)
def record_sign_out(*, request: HttpRequest | None, user: User | None, **signal: Any) -> None:
    """Write who signed out; a session that ran out ends without anybody's doing and is not written."""
    if user is not None:
        _record("account.signed_out", user, by=user, address=_address(request))


@receiver(user_login_failed)
def record_refused_sign_in(
    *, credentials: dict[str, Any], request: HttpRequest | None = None, **signal: Any
) -> None:
    """Write a refused sign-in: the account where there is one, else only a fingerprint of what was typed.

    People type passwords into the wrong field, so an unknown name is never stored as it stands.
    """
    typed = str(credentials.get("username") or credentials.get("email") or "").strip().lower()
    user = User.objects.filter(username__iexact=typed).first()
    if user is None and typed:
        user = User.objects.filter(email__iexact=typed).first()
    facts: dict[str, Any] = {"address": _address(request)}
    if user is None:
        facts["fingerprint"] = salted_hmac("organizations.sign_in", typed, algorithm="sha256").hexdigest()[
            :16
        ]
        AuditEvent.record("account.refused", by=None, **facts)
    else:
        _record("account.refused", user, by=None, **facts)


@receiver([password_changed, password_reset])
def record_password_change(*, request: HttpRequest, user: User, **signal: Any) -> None:
    """Write that the person chose a new password, with the old one or by a link."""
    _record("password.changed", user, by=user, address=_address(request))
