"""The members sheet: read, checked whole, shown before anything is written.

`read_members` turns the file into plain rows that fit into a session; `plan_members` turns rows into
invitations or faults, and runs once for the dry run and once more when the person confirms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from organizations.enums import Role
from organizations.models import Agency, Membership, Owner, User
from organizations.permissions import can_appoint
from organizations.services import Accounts, Invitation, role_faults
from organizations.services.existing import check_claimed, check_username, free_username
from thai.text import to_arabic_digits

from .tables import EXAMPLE_MARK, Columns, Fault, Table, read_table
from .templates import template

SHEET = "สมาชิก"
# Field → heading, in the order of the template.
COLUMNS = {
    "display_name": "ชื่อที่แสดง",
    "username": "ชื่อผู้ใช้",
    "email": "อีเมล",
    "role": "บทบาท",
    "category": "หมวด",
    "unit": "หน่วยงานย่อย",
}
EXAMPLE = (f"{EXAMPLE_MARK} ชื่อและนามสกุล", "example.name", "example@agency.example", "คณะทำงานหมวด", 3, "")
MAX_ROWS = 200
SHEET_COLUMNS = Columns(
    sheet=SHEET,
    headings=COLUMNS,
    required=frozenset(COLUMNS),
    marked="display_name",
    what="รายชื่อ",
    max_rows=MAX_ROWS,
)
_CATEGORY = re.compile(r"(?:หมวด\s*)?([1-7])")
_COMMITTEE = re.compile(rf"{Role.COMMITTEE.label}\s*([1-7])")


class MembersSheet(Table):
    """The table of the members sheet; its fields are those of COLUMNS."""


@dataclass(frozen=True)
class PlannedMember:
    """What one row will do."""

    number: int
    invitation: Invitation
    has_account: bool
    renews_slip: bool = False

    @property
    def role_label(self) -> str:
        """The role as the lists show it."""
        invitation = self.invitation
        return Membership(role=invitation.role, category=invitation.category, unit=invitation.unit).role_label


@dataclass
class Plan:
    """What the whole sheet will do; with a single fault it does nothing."""

    members: list[PlannedMember] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def accounts(self) -> list[list[Any]]:
        """Whose account each row touches, and how: what the person at the screen agrees to."""
        return [[m.invitation.username, m.has_account, m.renews_slip] for m in self.members]


def read_members(file: BinaryIO, *, size: int) -> MembersSheet:
    """Read the file as it is. Raises RefusedWorkbook when it is no members sheet at all."""
    table = read_table(file, size=size, columns=SHEET_COLUMNS)
    return MembersSheet(table.name, table.columns, table.rows, table.faults, table.hidden)


def plan_members(sheet: MembersSheet, *, agency: Agency, by: User) -> Plan:
    """Check every cell against the agency as it is now; nothing is written."""
    return _Planner(sheet, agency, by).plan()


# (field, message) of one row, before the place is known
RowFaults = list[tuple[str, str]]


class _Planner:
    """One pass over the rows, with everything that they are checked against read once."""

    def __init__(self, sheet: MembersSheet, agency: Agency, by: User) -> None:
        self.sheet, self.agency, self.by = sheet, agency, by
        rows = [fields for _, fields in sheet.rows]
        self.accounts = Accounts([r["username"].lower() for r in rows], [r["email"].lower() for r in rows])
        self.units = list(Owner.objects.filter(agency=agency).units().current())
        current = Membership.objects.current().filter(agency=agency)
        self.given = {
            (username.lower(), *role)
            for username, *role in current.values_list("user__username", "role", "category", "unit_id")
        }
        self.reserved = {r["username"].lower() for r in rows if r["username"]}
        self.new: dict[str, Invitation] = {}

    def plan(self) -> Plan:
        """Go through the rows; every fault of every row is collected."""
        plan = Plan(faults=list(self.sheet.faults))
        for number, fields in self.sheet.rows:
            faults: RowFaults = []
            member = self._member(number, fields, faults)
            places = ((self.sheet.place(number, name, COLUMNS[name]), message) for name, message in faults)
            plan.faults += [Fault(*fault) for fault in places]
            if member and not faults:
                plan.members.append(member)
        return plan

    def _member(self, number: int, fields: dict[str, str], faults: RowFaults) -> PlannedMember | None:
        if not fields["display_name"]:
            faults.append(("display_name", "ยังไม่ได้กรอกชื่อที่แสดง"))
        elif len(fields["display_name"]) > 200:
            faults.append(("display_name", "ชื่อยาวเกิน 200 ตัวอักษร"))
        role, category = self._role(fields, faults)
        unit = self._unit(fields["unit"], faults)
        if role:
            faults += [fault for fault in role_faults(role, category, unit) if fault[0] not in dict(faults)]
        account, username = self._account(fields, faults)
        if faults or not role:
            return None
        invitation = Invitation(
            display_name=fields["display_name"],
            username=username,
            email=fields["email"].lower(),
            role=role,
            category=category,
            unit=unit,
        )
        if account is None:
            invitation = self._same_as_before(invitation, faults)
        self._refuse_twice(invitation, faults)
        renews = account is not None and account.must_change_password
        return PlannedMember(number, invitation, has_account=account is not None, renews_slip=renews)

    def _role(self, fields: dict[str, str], faults: RowFaults) -> tuple[str, int | None]:
        """The role and category, also from «คณะทำงานหมวด 3» in one cell."""
        typed, category_cell = to_arabic_digits(fields["role"]), to_arabic_digits(fields["category"])
        if together := _COMMITTEE.fullmatch(typed):
            typed, category_cell = Role.COMMITTEE.label, category_cell or together[1]
        category = _CATEGORY.fullmatch(category_cell)
        if category_cell and not category:
            faults.append(("category", f"“{fields['category']}” ไม่ใช่หมวด 1–7"))
        role = next((role for role in Role if role.label == typed), None)
        if role is None:
            names = " · ".join(role.label for role in Role)
            faults.append(
                ("role", f"ไม่รู้จักบทบาท “{typed}” บทบาทที่ใช้ได้คือ {names}" if typed else "ยังไม่ได้กรอกบทบาท")
            )
        elif not can_appoint(self.by, self.agency, role):
            faults.append(("role", f"ท่านไม่มีสิทธิ์ให้บทบาท “{role.label}” กรุณาติดต่อผู้ดูแลหน่วยงาน"))
        return role.value if role else "", int(category[1]) if category else None

    def _unit(self, typed: str, faults: RowFaults) -> Owner | None:
        if not typed:
            return None
        found = [unit for unit in self.units if typed in (unit.name, unit.abbreviation)]
        if len(found) != 1:
            reason = "ไม่มีใน" if not found else "ตรงกับหลายรายการใน"
            faults.append(("unit", f"“{typed}” {reason}รายชื่อสำนัก กอง หรือศูนย์ของหน่วยงาน"))
            return None
        return found[0]

    def _account(self, fields: dict[str, str], faults: RowFaults) -> tuple[User | None, str]:
        """The account that exists, or the user name of the new one."""
        name, address = fields["username"].lower(), fields["email"].lower()
        if not name and not address:
            faults.append(("username", "กรุณากรอกชื่อผู้ใช้หรืออีเมล อย่างน้อยหนึ่งอย่าง"))
            return None, ""
        try:
            if address:
                validate_email(address)
        except ValidationError:
            faults.append(("email", f"“{fields['email']}” ไม่ใช่รูปแบบของอีเมล"))
            return None, ""
        try:
            account = self.accounts.find(name, address)
            if account:
                check_claimed(account, self.agency, self.by)
            elif name:
                check_username(name)
        except ValidationError as fault:
            faults.append(("username", " ".join(fault.messages)))
            return None, ""
        return account, account.username.lower() if account else name or self._new_name(address)

    def _new_name(self, address: str) -> str:
        for name, invitation in self.new.items():
            if invitation.email == address:
                return name
        name = free_username(address, self.reserved)
        self.reserved.add(name)
        return name

    def _same_as_before(self, invitation: Invitation, faults: RowFaults) -> Invitation:
        """A new person may stand in several rows, one per role, but only as one and the same person."""
        first = self.new.setdefault(invitation.username, invitation)
        if first.display_name != invitation.display_name or invitation.email not in ("", first.email):
            faults.append(("username", "ชื่อผู้ใช้นี้อยู่ในแถวก่อนหน้าแล้ว แต่ชื่อที่แสดงหรืออีเมลไม่ตรงกัน"))
        elif any(
            other.email == first.email != "" for name, other in self.new.items() if name != first.username
        ):
            faults.append(("email", "อีเมลนี้อยู่ในแถวก่อนหน้าแล้ว แต่ชื่อผู้ใช้ไม่ตรงกัน"))
        return replace(invitation, email=first.email)

    def _refuse_twice(self, invitation: Invitation, faults: RowFaults) -> None:
        unit = invitation.unit.pk if invitation.unit else None
        role = (invitation.username, invitation.role, invitation.category, unit)
        if role in self.given:
            faults.append(("role", "ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว หรือมีในแถวก่อนหน้า"))
        self.given.add(role)


def members_template() -> bytes:
    """The workbook to fill in: headings, one example row, and a second sheet that explains each column."""
    return template(
        SHEET_COLUMNS,
        example=EXAMPLE,
        widths=(36, 22, 34, 28, 10, 40),
        choices={"role": [role.label for role in Role]},
        explanations=_explanations(),
    )


def _explanations() -> list[tuple[str, str]]:
    return [
        ("แถวตัวอย่าง", f"แถวที่ชื่อขึ้นต้นด้วย {EXAMPLE_MARK} ระบบข้ามให้ ลบทิ้งก็ได้"),
        (COLUMNS["display_name"], "ต้องกรอก ชื่อและนามสกุล หรือชื่อที่หน่วยงานใช้เรียก"),
        (COLUMNS["username"], "ตัวอักษรอังกฤษ ตัวเลข จุด หรือขีด 3–60 ตัว หากเว้นว่าง ระบบตั้งให้จากอีเมล"),
        (COLUMNS["email"], "ไม่บังคับ แต่ต้องกรอกอย่างน้อยหนึ่งอย่าง: ชื่อผู้ใช้หรืออีเมล"),
        (COLUMNS["role"], "ต้องกรอก อย่างใดอย่างหนึ่ง: " + " · ".join(role.label for role in Role)),
        (COLUMNS["category"], "เลข 1–7 เฉพาะคณะทำงานหมวด"),
        (COLUMNS["unit"], "ชื่อเต็มหรืออักษรย่อตามรายชื่อผู้รับผิดชอบ เฉพาะเจ้าหน้าที่หน่วยงานย่อย"),
        ("หลายบทบาท", "ผู้ที่มีหลายบทบาท ให้กรอกหนึ่งแถวต่อหนึ่งบทบาท โดยใช้ชื่อผู้ใช้เดียวกัน"),
        ("จำนวน", f"ไม่เกิน {MAX_ROWS} แถวต่อไฟล์"),
    ]
