"""Input about people and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from organizations.enums import Role
from organizations.models import Agency, Membership, Owner, User
from organizations.permissions import can_appoint
from organizations.services import Accounts, Invitation, role_faults
from organizations.services.existing import check_username, free_username
from thai.forms import ThaiCharField
from thai.text import one_line

CATEGORIES = range(1, 8)
ALREADY = "ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว"


class AccountForm(forms.Form):
    """Who somebody is: finds the account that exists, or has what a new one needs."""

    display_name = ThaiCharField(
        label="ชื่อที่แสดง",
        max_length=200,
        help_text="ชื่อและนามสกุล หรือชื่อที่หน่วยงานใช้เรียก",
        error_messages={"required": "กรุณากรอกชื่อที่แสดง"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="อีเมล (ไม่บังคับ)",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "กรุณากรอกอีเมลให้ถูกรูปแบบ เช่น name@agency.go.th"},
    )
    username = ThaiCharField(
        label="ชื่อผู้ใช้ (ไม่บังคับ เมื่อกรอกอีเมลแล้ว)",
        required=False,
        max_length=150,
        help_text="ตัวอักษรอังกฤษ ตัวเลข จุด หรือขีด หากเว้นว่าง ระบบตั้งให้จากอีเมล",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    same_person = forms.BooleanField(
        label="เป็นบุคคลเดียวกับเจ้าของบัญชีเดิม ให้เพิ่มบทบาทในบัญชีนั้น", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, agency: Agency | None = None, **kwargs: Any) -> None:
        """`agency` is None while the agency itself is being made."""
        super().__init__(*args, **kwargs)
        self.agency = agency
        self.account: User | None = None

    def clean_display_name(self) -> str:
        """Keep the name on one line."""
        return one_line(self.cleaned_data["display_name"])

    def clean_email(self) -> str:
        """Compare and store addresses in lower case."""
        return self.cleaned_data["email"].lower()

    def clean_username(self) -> str:
        """Compare and store user names in lower case."""
        return self.cleaned_data["username"].lower()

    def clean(self) -> dict[str, Any]:
        """Find the account; a new one needs a user name of the right form."""
        cleaned = super().clean() or self.cleaned_data
        if {"username", "email"} & set(self.errors):
            return cleaned
        name, address = cleaned["username"], cleaned["email"]
        if not name and not address:
            self.add_error("username", "กรุณากรอกชื่อผู้ใช้หรืออีเมล อย่างน้อยหนึ่งอย่าง")
            return cleaned
        try:
            self.account = Accounts([name], [address]).find(name, address)
            if self.account:
                self._ask_whether_it_is_the_same_person(self.account)
            elif name:
                check_username(name)
            else:
                cleaned["username"] = free_username(address)
        except ValidationError as fault:
            self.add_error("username", fault)
        return cleaned

    def _ask_whether_it_is_the_same_person(self, account: User) -> None:
        """A like user name in another agency may be a stranger's, who must not get a role here unasked."""
        if self.agency and Membership.objects.current().filter(user=account, agency=self.agency).exists():
            return
        self.fields["same_person"].widget = forms.CheckboxInput()
        if not self.cleaned_data.get("same_person"):
            self.add_error(
                "same_person",
                "มีบัญชีที่ใช้ชื่อผู้ใช้หรืออีเมลนี้อยู่แล้ว หากเป็นบุคคลเดียวกันกรุณาทำเครื่องหมายยืนยัน หากไม่ใช่ กรุณาใช้ชื่อผู้ใช้หรืออีเมลอื่น",
            )

    def invitation(self, **role: Any) -> Invitation:
        """What the services need, with the given role."""
        cleaned = self.cleaned_data
        name = self.account.username.lower() if self.account else cleaned["username"]
        return Invitation(display_name=cleaned["display_name"], username=name, email=cleaned["email"], **role)


class RoleForm(forms.Form):
    """One role in an agency, of those that the person at the screen may give."""

    role = forms.ChoiceField(label="บทบาท", error_messages={"required": "กรุณาเลือกบทบาท"})
    category = forms.TypedChoiceField(
        label="หมวด",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "ไม่ระบุ"), *((number, f"หมวด {number}") for number in CATEGORIES)],
        help_text="เฉพาะบทบาทคณะทำงานหมวด",
    )
    unit = forms.ModelChoiceField(
        Owner.objects.none(),
        label="หน่วยงานย่อย",
        required=False,
        empty_label="ไม่ระบุ",
        help_text="เฉพาะบทบาทเจ้าหน้าที่หน่วยงานย่อย",
    )

    def __init__(self, *args: Any, agency: Agency, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [(value, label) for value, label in Role.choices if can_appoint(by, agency, value)]
        self.fields["role"].choices = [("", "กรุณาเลือก"), *allowed]  # type: ignore[attr-defined]
        units = Owner.objects.filter(agency=agency).units().current().in_thai_order()
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        # Scripts show only the fields that belong to the chosen role; without scripts all three stand there.
        self.fields["role"].widget.attrs["data-pmqa-role"] = ""
        self.fields["category"].widget.attrs["data-pmqa-role-only"] = Role.COMMITTEE.value
        self.fields["unit"].widget.attrs["data-pmqa-role-only"] = Role.UNIT_OFFICER.value

    def clean(self) -> dict[str, Any]:
        """A committee has a category, a unit officer a unit, nobody else has either."""
        cleaned = super().clean() or self.cleaned_data
        if role := cleaned.get("role"):
            for field, fault in role_faults(role, cleaned.get("category"), cleaned.get("unit")):
                if field not in self.errors:
                    self.add_error(field, fault)
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """The role with its category or unit, as the services take it."""
        return {name: self.cleaned_data[name] for name in ("role", "category", "unit")}


class MemberForm(RoleForm, AccountForm):
    """A person and the first role."""

    field_order = ["display_name", "email", "username", "role", "category", "unit", "same_person"]

    def __init__(self, *args: Any, agency: Agency, by: User, **kwargs: Any) -> None:
        # Both parents want the agency; the chain of super() hands it to the first of them only.
        RoleForm.__init__(self, *args, agency=agency, by=by, **kwargs)
        self.agency = agency

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the person has."""
        cleaned = super().clean()
        if self.account and not self.errors and has_role(self.account, self.agency, **self.chosen()):
            self.add_error("role", ALREADY)
        return cleaned


class AnotherRoleForm(RoleForm):
    """One more role for somebody who has one."""

    def __init__(self, *args: Any, person: User, agency: Agency, by: User, **kwargs: Any) -> None:
        super().__init__(*args, agency=agency, by=by, **kwargs)
        self.person, self.agency = person, agency

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the person has."""
        cleaned = super().clean()
        if not self.errors and has_role(self.person, self.agency, **self.chosen()):
            self.add_error("role", ALREADY)
        return cleaned


def has_role(person: User, agency: Agency | None, **role: Any) -> bool:
    """Whether the person holds exactly this role in the agency."""
    return Membership.objects.current().filter(user=person, agency=agency, **role).exists()


class NameForm(forms.Form):
    """The name that pages show."""

    display_name = ThaiCharField(
        label="ชื่อที่แสดง", max_length=200, error_messages={"required": "กรุณากรอกชื่อที่แสดง"}
    )

    def clean_display_name(self) -> str:
        """Keep the name on one line."""
        return one_line(self.cleaned_data["display_name"])


class MemberSheetForm(forms.Form):
    """The Excel file with the members; what is in it is the importer's matter."""

    file = forms.FileField(
        label="ไฟล์ Excel (.xlsx)",
        allow_empty_file=True,  # the importer has a clearer word for it
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={"required": "กรุณาเลือกไฟล์ Excel ที่กรอกรายชื่อแล้ว"},
    )
