"""Writing: a new case, and changing one without overwriting what somebody else saved meanwhile."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from framework.models import Edition
from organizations.access import SignedInRequest
from organizations.models import Agency, User
from practices.comparing import Difference, LastChange, differences, last_change
from practices.forms import PracticeForm, initial_of, initial_of_new
from practices.models import Practice, PracticeStatus
from practices.services import ChangeRefused, create_practice, save_made_again, update_practice
from texts.models import StaleVersion
from texts.services import TextConflict, TextLocked

from .access import curated_practice, places_of, visible_practice


@require_http_methods(["GET", "HEAD", "POST"])
def practice_new(request: SignedInRequest) -> HttpResponse:
    """A new case, kept to one of the person's agencies or, by an installation administrator, shared."""
    places = places_of(request.user)
    if not places:
        raise PermissionDenied
    chosen = places.get(request.GET.get("for", "")) if len(places) > 1 else next(iter(places.values()))
    if chosen is None:
        context = {"places": places, "title": "เพิ่มตัวอย่าง", "address": reverse("practice_new")}
        return render(request, "practices/practice_new_for.html", context)
    kept_to = chosen.agency
    form = _form(request, kept_to, initial_of_new())
    if request.method == "POST" and form.is_valid():
        if made := Practice.objects.filter(uid=form.cleaned_data["uid"]).first():
            return _made_again(request, form, curated_practice(request.user, made.pk))
        try:
            practice = _create(form, kept_to, request)
        except ChangeRefused as refusal:
            form.add_error("html", str(refusal))
        else:
            return _saved(request, practice)
    return _page(request, form, practice=None, kept_to=kept_to)


def _saved(request: SignedInRequest, practice: Practice) -> HttpResponse:
    messages.success(request, f"บันทึกแล้ว สถานะ: {practice.get_status_display()}")
    return redirect(practice)


def _made_again(request: SignedInRequest, form: PracticeForm, practice: Practice) -> HttpResponse:
    """The page of a new case sent once more: a repeated request, or a change after going back in the browser."""
    try:
        _save_made_again(form, practice, request)
    except (StaleVersion, TextConflict):
        return _conflict(request, form, practice.pk)
    except (ChangeRefused, TextLocked) as refusal:
        form.add_error("html", str(refusal) or LOCKED)
        return _page(request, form, practice=None, kept_to=practice.kept_to)
    return _saved(request, practice.fresh())


@require_http_methods(["GET", "HEAD", "POST"])
def practice_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Facts and text of one case on one page."""
    practice = curated_practice(request.user, pk)
    # what was typed comes back with the refusal of the service
    if practice.withdrawn_at and request.method != "POST":
        messages.error(request, "ตัวอย่างนี้ถูกถอนแล้ว จึงแก้ไขไม่ได้")
        return redirect(practice)
    form = _form(request, practice.kept_to, initial_of(practice))
    if request.method == "POST" and form.is_valid():
        try:
            changed = _update(form, practice, request.user)
        except (StaleVersion, TextConflict):
            return _conflict(request, form, pk)
        except (ChangeRefused, TextLocked) as refusal:
            form.add_error(None, str(refusal) or LOCKED)
        else:
            messages.success(request, "บันทึกแล้ว" if changed else "ไม่มีสิ่งใดเปลี่ยน")
            return redirect(practice)
    return _page(request, form, practice=practice, kept_to=practice.kept_to)


LOCKED = "ข้อความของตัวอย่างนี้ถูกล็อก จึงบันทึกไม่ได้"


def _form(request: SignedInRequest, kept_to: Agency | None, initial: dict[str, Any]) -> PracticeForm:
    data = request.POST if request.method == "POST" else None
    edition = Edition.objects.newest_first().first()
    return PracticeForm(data, edition=edition, kept_to=kept_to, initial=initial)


@transaction.atomic
def _create(form: PracticeForm, kept_to: Agency | None, request: SignedInRequest) -> Practice:
    uid: uuid.UUID = form.cleaned_data["uid"]
    return create_practice(
        uid=uid,
        key=f"case-{uid.hex[:16]}",
        facts=form.facts(request.user),
        html=form.cleaned_data["html"],
        kept_to=kept_to,
        status=_pressed(request),
        by=request.user,
    )


@transaction.atomic
def _save_made_again(form: PracticeForm, practice: Practice, request: SignedInRequest) -> None:
    save_made_again(
        practice=practice,
        facts=form.facts(request.user),
        html=form.cleaned_data["html"],
        status=_pressed(request),
        by=request.user,
    )


def _pressed(request: SignedInRequest) -> PracticeStatus:
    """Which of the two buttons of a new case was pressed."""
    return PracticeStatus.PUBLISHED if "publish" in request.POST else PracticeStatus.DRAFT


@transaction.atomic
def _update(form: PracticeForm, practice: Practice, user: User) -> list[str]:
    return update_practice(
        practice=practice,
        base=form.base(),
        facts=form.facts(user),
        html=form.cleaned_data["html"],
        by=user,
    )


def _conflict(request: SignedInRequest, form: PracticeForm, pk: int) -> HttpResponse:
    """Show what stands now beside what was typed; the next press saves on top of it."""
    current = visible_practice(request.user, pk)
    form.rebase(current)
    found = differences(current, form.cleaned_data, form.criterion_labels)
    kept_to = current.kept_to
    changed = last_change(current)
    return _page(
        request, form, practice=current, kept_to=kept_to, status=409, conflict=found, changed=changed
    )


def _page(
    request: SignedInRequest,
    form: PracticeForm,
    *,
    practice: Practice | None,
    kept_to: Agency | None,
    status: int = 200,
    conflict: list[Difference] | None = None,
    changed: LastChange | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "practice": practice,
        "kept_to": kept_to,
        "conflict": conflict,
        "last_change": changed,
    }
    return render(request, "practices/practice_form.html", context, status=422 if form.errors else status)
