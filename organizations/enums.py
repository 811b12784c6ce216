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
