"""The column headings that the form prints, per category, as the Senate Secretariat's 2565 form has them.

They are only where a new round starts: each agency changes its own in the round's set-up.
"""

from __future__ import annotations

from dataclasses import dataclass

from .enums import SheetLayout


@dataclass(frozen=True)
class Headings:
    """What stands over the columns of one category."""

    layout: SheetLayout
    feedback: str
    practice: str
    activity: str
    owner: str
    criterion_label: str
    feedback_label: str


def default_headings(number: int, *, year: int, feedback_year: int, step: int) -> Headings:
    """The headings of category `number`; `year` and `feedback_year` are Buddhist-era years."""
    if number == 1:
        return Headings(
            SheetLayout.THREE_COLUMNS,
            f"เกณฑ์ PMQA / Feedback ก.พ.ร. ปี {feedback_year}",
            "ตัวอย่างหน่วยงานที่เป็นเลิศ (Best Practice)",
            f"กิจกรรมการดำเนินงาน ปี {year} / ผู้รับผิดชอบ",
            "ผู้รับผิดชอบ",
            "เกณฑ์",
            "Feedback :",
        )
    feedback = f"Feedback ก.พ.ร. ขั้นตอนที่ {step} ปี {feedback_year}"
    four = number == 6
    return Headings(
        SheetLayout.FOUR_COLUMNS if four else SheetLayout.THREE_COLUMNS,
        "เกณฑ์ PMQA 4.0" if four else feedback,
        "ตัวอย่างหน่วยงานที่เป็นเลิศ",
        f"กิจกรรม/การดำเนินงาน ปี {year}",
        "ผู้รับผิดชอบ",
        "" if four else "เกณฑ์",
        feedback if four else "Feedback :",
    )


def default_title(agency_name: str, year: int) -> str:
    """The title over each category of the printed form."""
    return f"แบบฟอร์มการวิเคราะห์แนวทางการดำเนินงาน PMQA 4.0 ของ{agency_name} ประจำปี พ.ศ. {year}"
