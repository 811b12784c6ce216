"""Who works in an agency, what they may do there, and how they get in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import services
from organizations.access import SignedInRequest, for_agency
from organizations.forms.members import AnotherRoleForm, MemberForm, NameForm
from organizations.models import Agency, Membership, User
from organizations.permissions import (
    ends_membership,
    manages_account,
    manages_members,
    reads_trail,
    resets_password,
)
from organizations.services import Slip
from thai.collation import thai_order

PAGE_SIZE = 30
HAS_ACCOUNT = "มีบัญชีนี้อยู่แล้ว ระบบเพิ่มบทบาทให้ ผู้ใช้เข้าระบบด้วยรหัสผ่านเดิม"


@require_safe
@for_agency(manages_members)
def member_list(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Everybody with a role today, in Thai order."""
    people = User.objects.with_roles_in(agency).order_by(*thai_order("display_name"))
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"agency": agency, "page": page, "reads_trail": reads_trail(request.user, agency)}
    return render(request, "organizations/member_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_agency(manages_members)
def member_new(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """One person and one role; answers with the slip of an account that nobody has signed in to."""
    form = MemberForm(request.POST or None, agency=agency, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = form.invitation(**form.chosen())
            slip = services.invite_member(agency=agency, invitation=invitation, by=request.user)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            if slip:
                return slips_page(request, agency, [slip], back=reverse("member_list", args=[agency.code]))
            messages.success(request, HAS_ACCOUNT)
            return redirect("member_list", agency.code)
    status = 422 if form.errors else 200
    return render(request, "organizations/member_new.html", {"agency": agency, "form": form}, status=status)


def slips_page(
    request: SignedInRequest, agency: Agency, slips: list[Slip], *, back: str, added: int = 0
) -> HttpResponse:
    """The slips to cut out, as the answer itself: the passwords are kept nowhere, so there is no second look.

    `added` counts the roles of people who had an account already and need no slip.
    """
    context = {
        "agency": agency,
        "slips": slips,
        "added": added,
        "renewed": any(slip.renewed for slip in slips),
        "address": settings.PUBLIC_ADDRESS,
        "back_url": back,
    }
    return render(request, "organizations/slips.html", context)


def _person(agency: Agency, pk: int) -> User:
    """A person with a role here today; everybody else is not found."""
    return get_object_or_404(User.objects.with_roles_in(agency), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(manages_members)
def member_edit(request: SignedInRequest, agency: Agency, person: int) -> HttpResponse:
    """One person: the roles here, the account, and the name where this agency may change it."""
    found = _person(agency, person)
    form = _name_form(request, found)
    if request.method == "POST" and form.is_valid():
        services.rename_account(person=found, agency=agency, by=request.user, **form.cleaned_data)
        messages.success(request, "บันทึกชื่อที่แสดงแล้ว")
        return redirect("member_edit", agency.code, found.pk)
    return _member_page(request, agency, found, name_form=form)


def _name_form(request: SignedInRequest, person: User) -> NameForm:
    data = request.POST if request.method == "POST" else None
    return NameForm(data, initial={"display_name": person.display_name}, auto_id="name_%s")


@require_POST
@never_cache
@for_agency(manages_members)
def member_role_add(request: SignedInRequest, agency: Agency, person: int) -> HttpResponse:
    """One more role for somebody who is here; answers with a new slip while nobody has used the first one."""
    found = _person(agency, person)
    back = reverse("member_edit", args=[agency.code, found.pk])
    form = AnotherRoleForm(request.POST, person=found, agency=agency, by=request.user, auto_id="role_%s")
    if form.is_valid():
        invitation = services.Invitation(
            display_name=found.display_name, username=found.username.lower(), email="", **form.chosen()
        )
        try:
            slip = services.invite_member(agency=agency, invitation=invitation, by=request.user)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            if slip:
                return slips_page(request, agency, [slip], back=back)
            messages.success(request, f"เพิ่มบทบาทให้ {found} แล้ว")
            return redirect(back)
    return _member_page(request, agency, found, role_form=form)


def _member_page(
    request: SignedInRequest,
    agency: Agency,
    person: User,
    *,
    name_form: NameForm | None = None,
    role_form: AnotherRoleForm | None = None,
) -> HttpResponse:
    roles = [(role, ends_membership(request.user, role)) for role in person.roles_here]  # type: ignore[attr-defined]
    refused = [form for form in (name_form, role_form) if form and form.is_bound and form.errors]
    context = {
        "agency": agency,
        "person": person,
        "roles": roles,
        "may_end_all": all(may_end for _, may_end in roles),
        "may_manage": manages_account(request.user, agency, person),
        "may_reset": resets_password(request.user, agency, person),
        "is_self": person == request.user,
        "name_form": name_form or NameForm(initial={"display_name": person.display_name}, auto_id="name_%s"),
        "role_form": role_form
        or AnotherRoleForm(person=person, agency=agency, by=request.user, auto_id="role_%s"),
        "refused": refused,
    }
    return render(request, "organizations/member_edit.html", context, status=422 if refused else 200)


@require_POST
@for_agency(manages_members)
def member_role_end(request: SignedInRequest, agency: Agency, membership: int) -> HttpResponse:
    """End one role."""
    current = Membership.objects.current().filter(agency=agency).select_related("agency", "user")
    found = get_object_or_404(current, pk=membership)
    services.end_membership(membership=found, by=request.user)
    messages.success(request, f"สิ้นสุดบทบาทของ {found.user} แล้ว")
    if current.filter(user=found.user).exists():
        return redirect("member_edit", agency.code, found.user_id)
    return redirect("member_list", agency.code)


@require_POST
@for_agency(manages_members)
def member_end(request: SignedInRequest, agency: Agency, person: int) -> HttpResponse:
    """End all roles of a person here."""
    found = _person(agency, person)
    services.end_memberships(person=found, agency=agency, by=request.user)
    messages.success(request, f"นำ {found} ออกจากหน่วยงานแล้ว ผู้ใช้เปิดหน้าของหน่วยงานไม่ได้อีก")
    return redirect("member_list", agency.code)


@require_POST
@never_cache
@for_agency(manages_members)
def member_reset(request: SignedInRequest, agency: Agency, person: int) -> HttpResponse:
    """A new one-time password on a slip, or a link to copy; `way` says which."""
    found = _person(agency, person)
    back = reverse("member_edit", args=[agency.code, found.pk])
    way = request.POST.get("way")
    if way == "slip":
        slip = services.make_one_time_password(person=found, agency=agency, by=request.user)
        return slips_page(request, agency, [slip], back=back)
    if way == "link":
        link = services.make_reset_link(person=found, agency=agency, by=request.user)
        context = {"agency": agency, "person": found, "link": link, "back_url": back}
        context["days"] = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
        return render(request, "organizations/reset_link.html", context)
    return HttpResponseBadRequest("กรุณาเลือกใบแจ้งรหัสผ่านหรือลิงก์ตั้งรหัสผ่าน")
