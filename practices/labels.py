"""What people call the fields of a case, in reports and where two versions are compared."""

from typing import Final

LABELS: Final = {
    "agency": "หน่วยงาน",
    "title": "ชื่อเรื่อง",
    "award": "รางวัล",
    "award_year": "ปีที่ได้รับรางวัล",
    "criteria": "เกณฑ์ที่เกี่ยวข้อง",
    "tags": "แท็ก",
    "summary": "สรุป",
    "source": "ที่มา",
    "text": "เนื้อหา",
    "position": "ลำดับ",
    "name": "ชื่อหน่วยงาน",
    "short_name": "ชื่อย่อ",
    "kind": "ประเภท",
}
