"""What a file of feedback holds, whatever its format: the fields of a point and their headings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from organizations.importers.tables import Columns

# What people fill in comes first; the last three know a point again that was exported.
HEADINGS: Final = {
    "year": "ปี (พ.ศ.)",
    "step": "ขั้นตอนที่",
    "criterion": "เกณฑ์",
    "text": "ข้อความของสำนักงาน ก.พ.ร.",
    "strength": "ส่วนที่ดี",
    "gap": "ส่วนที่ยังขาด",
    "level": "ระดับ",
    "sub_item": "ข้อย่อย",
    "declined": "เหตุผลที่ไม่ดำเนินการ",
    "position": "ลำดับ",
    "agency": "หน่วยงาน",
    "uid": "รหัสอ้างอิง",
}
EXPORTED_ONLY: Final = ("declined", "position", "agency", "uid")
MARKS: Final = ("strength", "gap", "level", "sub_item")
MAX_POINTS: Final = 500
COLUMNS: Final = Columns(
    sheet="ข้อเสนอแนะ",
    headings=HEADINGS,
    required=frozenset({"year", "step", "criterion", "text"}),
    marked="text",
    what="ข้อเสนอแนะ",
    max_rows=MAX_POINTS,
    lines=frozenset({"text", "strength", "gap", "declined"}),
    exact=True,
    takes_csv=True,
)
TEMPLATE: Final = replace(
    COLUMNS, headings={name: text for name, text in HEADINGS.items() if name not in EXPORTED_ONLY}
)
# How the JSON file says what it is.
FORMAT: Final = "pmqa-feedback"
VERSION: Final = 1
# What spreadsheets take for the beginning of a formula; an apostrophe before it is taken off again on the way in.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "'", "＝", "＋", "－", "＠")
