"""Choices of people and agencies."""

from django.db import models


class AgencyKind(models.TextChoices):
    """What kind of public body an agency is."""

    DEPARTMENT = "department", "กรม"
    OFFICE = "office", "สำนักงาน"
    PERMANENT_SECRETARY = "permanent_secretary", "สำนักงานปลัดกระทรวง"
    PROVINCE = "province", "จังหวัด"
    ARMED_FORCES = "armed_forces", "กองทัพ"
    OTHER = "other", "อื่น ๆ"


class Role(models.TextChoices):
    """What a member does in an agency; committee members belong to one category 1–7."""

    AGENCY_ADMIN = "agency_admin", "ผู้ดูแลหน่วยงาน"
    SECRETARIAT = "secretariat", "ฝ่ายเลขานุการ"
    COMMITTEE = "committee", "คณะทำงานหมวด"
    UNIT_OFFICER = "unit_officer", "เจ้าหน้าที่หน่วยงานย่อย"
    EXECUTIVE = "executive", "ผู้บริหาร"


class OwnerKind(models.TextChoices):
    """Who can be responsible for an activity; an owner is never a user."""

    UNIT = "unit", "สำนัก กอง หรือศูนย์"
    COMMITTEE = "committee", "คณะกรรมการหรือคณะทำงาน"
    SECRETARIAT = "secretariat", "ฝ่ายเลขานุการ"
    CLASS = "class", "กลุ่มหน่วยงาน เช่น ทุกสำนักที่เกี่ยวข้อง"


class NoticeKind(models.TextChoices):
    """What people are told about; the labels are those of the page where everybody chooses."""

    RETURNED = "returned", "หมวดของท่านถูกส่งกลับให้แก้"
    DEADLINE = "deadline", "ใกล้ครบกำหนดส่ง (ก่อนครบกำหนด 7 วัน และ 1 วัน)"
    MENTIONED = "mentioned", "มีผู้กล่าวถึงท่าน"
    SUBMITTED = "submitted", "มีหมวดส่งมาให้ตรวจ"
    APPROVED = "approved", "หมวดของท่านได้รับความเห็นชอบ"
    COMMENTED = "commented", "มีข้อสังเกตใหม่ในหมวดที่ท่านดูแล"
    EXTENDED = "extended", "ขยายเวลาส่งให้หมวดของท่าน"


# Who has chosen nothing hears of what waits for that very person, and of nothing else.
SHOWN_BY_DEFAULT = frozenset({NoticeKind.RETURNED, NoticeKind.DEADLINE, NoticeKind.MENTIONED})
MAILED_BY_DEFAULT = frozenset({NoticeKind.RETURNED, NoticeKind.DEADLINE})
# A letter of these never waits for the next morning.
URGENT = frozenset({NoticeKind.RETURNED, NoticeKind.DEADLINE})


class LetterPace(models.TextChoices):
    """When the letters of a person go out."""

    DAILY = "daily", "รวมส่งวันละหนึ่งฉบับเวลา 07:30 น. ยกเว้นเรื่องส่งกลับให้แก้และใกล้ครบกำหนด ซึ่งส่งทันที"
    AT_ONCE = "at_once", "ส่งทันทีทุกเรื่อง"
