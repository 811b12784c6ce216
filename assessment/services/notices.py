"""Who hears of what happens to a category: its committee or the secretariat, never the person who did it.

Call these inside the transaction of the change. `event` names what happened (the step, the comment), so that a repeated
call tells it once. What is written goes out of the house by e-mail: category, code and name, never what somebody wrote.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.urls import reverse

from assessment.models import CategorySheet, CriterionAnalysis
from organizations.enums import NoticeKind, Role
from organizations.models import Agency, User
from organizations.services import notify
from thai.dates import format_date


def committee_of(sheet: CategorySheet) -> list[User]:
    """The members of the category's committee today."""
    return list(User.objects.holding(Role.COMMITTEE, sheet.round.agency, sheet.number))


def secretariat_of(agency: Agency) -> list[User]:
    """Who runs the year: the secretariat, and where an agency has none, its administrators."""
    people = list(User.objects.holding(Role.SECRETARIAT, agency))
    return people or list(User.objects.holding(Role.AGENCY_ADMIN, agency))


def sheet_submitted(*, sheet: CategorySheet, by: User, event: str) -> None:
    """The secretariat hears that a category lies ready for it."""
    people = secretariat_of(sheet.round.agency)
    _tell(NoticeKind.SUBMITTED, people, sheet, by, event, f"หมวด {sheet.number} ส่งมาให้ตรวจแล้ว", f"ผู้ส่ง {by}")


def sheet_returned(*, sheet: CategorySheet, by: User, event: str, codes: Iterable[str] = ()) -> None:
    """The committee hears that it has to correct something; `codes` are the criteria. The reason stands on the page."""
    flagged = " ".join(codes)
    body = [f"ผู้ส่งกลับ {by}", f"ข้อที่ต้องแก้: {flagged}" if flagged else "กรุณาดูเหตุผลในหน้าของหมวด"]
    people = committee_of(sheet)
    _tell(NoticeKind.RETURNED, people, sheet, by, event, f"หมวด {sheet.number} ถูกส่งกลับให้แก้", *body)


def sheet_approved(*, sheet: CategorySheet, by: User, event: str) -> None:
    """The committee hears that it is done."""
    people, subject = committee_of(sheet), f"หมวด {sheet.number} ได้รับความเห็นชอบแล้ว"
    _tell(NoticeKind.APPROVED, people, sheet, by, event, subject, f"ผู้เห็นชอบ {by}")


def sheet_extended(*, sheet: CategorySheet, by: User, event: str, until: datetime.date) -> None:
    """The committee hears that it has more time."""
    people, subject = committee_of(sheet), f"หมวด {sheet.number} ขยายเวลาส่งถึง {format_date(until)}"
    _tell(NoticeKind.EXTENDED, people, sheet, by, event, subject, f"ผู้ขยายเวลา {by}")


def mentioned(*, users: Iterable[User], analysis: CriterionAnalysis, by: User, path: str, event: str) -> None:
    """Somebody asks these very people about a criterion; `path` leads to the comment."""
    subject = f"{by} กล่าวถึงท่านในข้อ {analysis.code}"
    people = list(users)
    _tell(NoticeKind.MENTIONED, people, analysis.sheet, by, event, subject, path=path)


def commented(
    *,
    analysis: CriterionAnalysis,
    by: User,
    path: str,
    event: str,
    told_already: Iterable[User] = (),
) -> None:
    """Committee and secretariat hear of a remark, except those who were mentioned in it."""
    sheet = analysis.sheet
    told = {user.pk for user in told_already}
    everybody = [*committee_of(sheet), *secretariat_of(sheet.round.agency)]
    people = [user for user in everybody if user.pk not in told]
    subject = f"มีข้อสังเกตใหม่ในข้อ {analysis.code}"
    _tell(NoticeKind.COMMENTED, people, sheet, by, event, subject, f"ผู้เขียน {by}", path=path)


def _tell(
    kind: NoticeKind,
    people: Iterable[User],
    sheet: CategorySheet,
    by: User,
    event: str,
    subject: str,
    *body: str,
    path: str = "",
) -> None:
    round = sheet.round
    notify(
        kind=kind,
        users=[person for person in people if person.pk != by.pk],
        agency=round.agency,
        subject=subject,
        body=[f"แบบฟอร์มปี {round.year}", *body],
        path=path or sheet_path(sheet),
        dedupe=event,
    )


def sheet_path(sheet: CategorySheet) -> str:
    """The page of the category, within the site."""
    return reverse("sheet", args=[sheet.round.agency.code, sheet.round.year, sheet.number])
