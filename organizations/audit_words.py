"""Thai words for what stands in the audit trail: every verb, every kind of fact.

A verb without a label is shown as it stands; a test asks for the label of every verb that the code records.
"""

from __future__ import annotations

from .enums import Role

# Saves of texts are most of a trail; pages leave them out unless somebody asks.
TEXT_SAVED = "text.saved"

ACCOUNTS = "การเข้าใช้และบัญชี"
GROUPS: dict[str, dict[str, str]] = {
    ACCOUNTS: {
        "account.signed_in": "เข้าใช้ระบบ",
        "account.signed_out": "ออกจากระบบ",
        "account.refused": "เข้าใช้ไม่สำเร็จ",
        "account.created": "สร้างบัญชี",
        "account.renamed": "เปลี่ยนชื่อที่แสดง",
        "password.changed": "ตั้งรหัสผ่านใหม่",
        "password.one_time": "ออกรหัสผ่านใช้ครั้งเดียว",
        "password.link": "ออกลิงก์ตั้งรหัสผ่าน",
        "user.administrator_created": "สร้างผู้ดูแลระบบคนแรก",
        "member.invited": "ให้บทบาท",
        "member.ended": "สิ้นสุดบทบาท",
        "request.refused": "ถูกปฏิเสธเพราะไม่มีสิทธิ์",
        "notices.chosen": "เลือกการแจ้งเตือน",
    },
    "หน่วยงานและผู้รับผิดชอบ": {
        "agency.created": "สร้างหน่วยงาน",
        "agency.changed": "แก้ไขหน่วยงาน",
        "agency.updated": "แก้ไขหน่วยงานจากไฟล์",
        "owner.created": "เพิ่มผู้รับผิดชอบ",
        "owner.changed": "แก้ไขผู้รับผิดชอบ",
        "owner.withdrawn": "เลิกใช้ผู้รับผิดชอบ",
        "owner.restored": "นำผู้รับผิดชอบกลับมาใช้",
        "term.added": "เพิ่มคำที่ไม่ตัดบรรทัด",
        "term.removed": "นำคำที่ไม่ตัดบรรทัดออก",
    },
    "รอบการประเมิน": {
        "round.created": "สร้างรอบ",
        "round.opened": "เปิดรอบ",
        "round.closed": "ปิดรอบ",
        "round.reopened": "เปิดรอบอีกครั้ง",
        "settings.saved": "แก้ไขการตั้งค่า",
    },
    "การเขียนและแก้ไข": {
        TEXT_SAVED: "บันทึกข้อความ",
        "text.proposed": "ข้อความที่มาช้า เก็บไว้รอพิจารณา",
        "text.proposal_dismissed": "ไม่ใช้ข้อความที่มาช้า",
        "figure.added": "เพิ่มภาพ",
        "sheet_figure.added": "วางภาพเต็มหน้า",
        "sheet_figure.changed": "แก้คำบรรยายภาพ",
        "sheet_figure.moved": "ย้ายภาพเต็มหน้า",
        "sheet_figure.removed": "นำภาพเต็มหน้าออก",
        "activity.dates": "กำหนดวันของกิจกรรม",
        "activity.owners": "กำหนดผู้รับผิดชอบกิจกรรม",
        "activity.serves": "กำหนดข้อที่กิจกรรมตอบ",
        "activity.answers": "เลือกข้อเสนอแนะที่กิจกรรมตอบ",
        "activity.answers_no_more": "เลิกให้กิจกรรมตอบข้อเสนอแนะ",
        "activity.moved": "ย้ายลำดับกิจกรรม",
        "activity.left": "นำกิจกรรมออกจากข้อ",
        "activity.withdrawn": "ถอนกิจกรรม",
        "activity.restored": "นำกิจกรรมกลับมา",
    },
    "ข้อเสนอแนะ ก.พ.ร.": {
        "feedback.added": "เพิ่มข้อเสนอแนะ",
        "feedback.changed": "แก้ไขข้อเสนอแนะ",
        "feedback.withdrawn": "ถอนข้อเสนอแนะ",
        "feedback.reordered": "จัดลำดับข้อเสนอแนะ",
        "feedback.declined": "ไม่ดำเนินการตามข้อเสนอแนะ",
        "feedback.taken_up": "ดำเนินการตามข้อเสนอแนะอีกครั้ง",
        "feedback.related": "เชื่อมข้อเสนอแนะต่างปี",
        "feedback.letter_entered": "กรอกข้อเสนอแนะจากหนังสือ",
        "letter.kept": "เก็บหนังสือ ก.พ.ร.",
        "letter.withdrawn": "ถอนหนังสือ ก.พ.ร.",
        "feedback.locked": "ปิดการแก้ไขข้อเสนอแนะ",
        "feedback.unlocked": "เปิดการแก้ไขข้อเสนอแนะ",
    },
    "ตัวอย่างที่เป็นเลิศและเกณฑ์": {
        "practice.chosen": "เลือกตัวอย่าง",
        "practice.removed": "นำตัวอย่างออกจากข้อ",
        "practice.restored": "นำตัวอย่างกลับมา",
        "practice.moved": "ย้ายลำดับตัวอย่าง",
        "practice.renamed": "แก้ชื่อตัวอย่างที่เลือก",
        "practice.created": "เพิ่มตัวอย่าง",
        "practice.updated": "แก้ไขตัวอย่าง",
        "practice.published": "เผยแพร่ตัวอย่าง",
        "practice.unpublished": "เปลี่ยนตัวอย่างเป็นฉบับร่าง",
        "practice.withdrawn": "ถอนตัวอย่าง",
        "edition.loaded": "นำเข้าเกณฑ์",
    },
    "ออกฉบับ ส่งออก และดาวน์โหลด": {
        "issue.made": "ออกฉบับ",
        "issue.printed": "เก็บ PDF ของฉบับ",
        "issue.scanned": "เก็บฉบับลงนาม",
        "issue.downloaded": "ดาวน์โหลดฉบับ",
        "export.requested": "สั่งพิมพ์หรือส่งออก",
        "export.cancelled": "ยกเลิกการส่งออก",
        "export.downloaded": "ดาวน์โหลดไฟล์ที่ส่งออก",
    },
    "นำเข้า": {
        "incoming.read": "อ่านไฟล์ที่นำเข้า",
        "incoming.applied": "นำเข้าไฟล์",
        "incoming.dropped": "ไม่นำเข้าไฟล์",
        "round.imported": "นำเข้ารอบจากไฟล์",
        "feedback.imported": "นำเข้าข้อเสนอแนะจากไฟล์",
        "practices.imported": "นำเข้าตัวอย่างจากตาราง",
        "practices.loaded": "นำเข้าตัวอย่างจากไฟล์",
    },
    "บันทึกเหตุการณ์": {
        "audit.checked": "ตรวจความสมบูรณ์",
        "audit.exported": "ส่งออกบันทึกเหตุการณ์",
        "audit.guards_missing": "พบตารางที่ไม่มีตัวป้องกันการแก้ไข",
    },
}
VERBS = {verb: label for verbs in GROUPS.values() for verb, label in verbs.items()}
# What the installation's administrator sees of the agencies: who gets in and who may what, nothing of their work.
ACCOUNT_VERBS = frozenset(GROUPS[ACCOUNTS])

FACTS = {
    "address": "จาก",
    "broken": "ตำแหน่งที่ผิด",
    "category": "หมวด",
    "changed": "แก้ไข",
    "changes": "รายการที่เปลี่ยน",
    "code": "รหัส",
    "criteria": "ข้อ",
    "criterion": "ข้อ",
    "earlier": "ข้อเสนอแนะปีก่อน",
    "edition": "เกณฑ์",
    "events": "จำนวนเหตุการณ์",
    "fields": "ช่อง",
    "figure": "ภาพ",
    "filter": "ตัวกรอง",
    "fingerprint": "รอยพิมพ์ของชื่อที่พิมพ์",
    "format": "รูปแบบ",
    "head": "ค่าแฮชสุดท้าย",
    "hosted": "ใช้งานระบบนี้",
    "key": "รหัส",
    "kind": "ประเภท",
    "method": "วิธี",
    "name": "ชื่อ",
    "new": "ใหม่",
    "number": "ฉบับที่",
    "owners": "ผู้รับผิดชอบ",
    "page": "หน้า",
    "part": "ส่วน",
    "pieces": "จำนวนส่วน",
    "point": "ข้อเสนอแนะ",
    "practice": "ตัวอย่าง",
    "practices": "ตัวอย่าง",
    "proposal": "ข้อความที่มาช้า",
    "purpose": "วัตถุประสงค์",
    "reason": "เหตุผล",
    "removed": "นำออก",
    "role": "บทบาท",
    "sha256": "ค่าแฮช",
    "starts_on": "เริ่ม",
    "ends_on": "สิ้นสุด",
    "status": "สถานะ",
    "step": "ขั้นตอน",
    "tables": "ตาราง",
    "text": "คำ",
    "up": "ขึ้น",
    "user": "ผู้ใช้",
    "version": "รุ่น",
    "where": "ที่",
    "year": "ปี",
}
# Values that are words of the code; the labels are those of the enumerations of higher packages.
VALUES: dict[str, dict[str, str]] = {
    "role": {value: str(label) for value, label in Role.choices},
    "purpose": {"form": "แบบฟอร์ม", "meeting": "เอกสารประกอบการประชุม", "issue": "ฉบับที่ออก"},
    "kind": {
        "exchange": "ข้อมูลแลกเปลี่ยน (JSON)",
        "draft": "ร่างที่แก้ไขใน Word",
        "word_form": "แบบฟอร์ม Word ของปีก่อน",
    },
    "format": {"pdf": "PDF", "docx": "Word", "xlsx": "Excel", "json": "JSON", "html": "หน้าเว็บ", "csv": "CSV"},
    "status": {"draft": "ฉบับร่าง", "published": "เผยแพร่แล้ว"},
    "part": {"pdf": "PDF", "scan": "ฉบับลงนาม"},
}
FACT_ORDER = {fact: place for place, fact in enumerate(FACTS)}


def verb_label(verb: str) -> str:
    """The event as people say it."""
    return VERBS.get(verb, verb)
