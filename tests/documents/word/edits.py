"""Edits as people make them in Word, done by program."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph


class Draft:
    """An exported document that can be edited and saved."""

    def __init__(self, content: bytes) -> None:
        self.document: Document = docx.Document(io.BytesIO(content))

    def save(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def cells(self) -> Iterator[_Cell]:
        for table in self.document.tables:
            for row in table.rows:
                yield from row.cells

    def paragraphs(self) -> Iterator[Paragraph]:
        """Every paragraph: of tables, of tables in cells, of the body."""
        for element in self.document.element.body.iter("{*}p"):
            yield Paragraph(element, self.document._body)

    def find(self, words: str) -> Paragraph:
        return next(p for p in self.paragraphs() if words in p.text)

    def replace(self, old: str, new: str) -> None:
        """Change words inside the run that holds them, or in a paragraph that was cut into runs by script."""
        runs = self.find(old).runs
        inside = next((run for run in runs if old in run.text), None)
        if inside is None:
            inside = runs[0]
            inside.text = "".join(run.text for run in runs)
            for run in runs[1:]:
                run.text = ""
        inside.text = inside.text.replace(old, new)

    def insert_after(self, words: str, text: str, *, like: bool = False) -> Paragraph:
        """A new paragraph after the one with these words; `like` gives it the same properties (a list item)."""
        before = self.find(words)
        element = copy.deepcopy(before._p)
        for child in list(element):
            if not (like and child.tag.endswith("}pPr")):
                element.remove(child)
        before._p.addnext(element)
        made = Paragraph(element, before._parent)
        made.add_run(text)
        return made

    def delete(self, words: str) -> None:
        element = self.find(words)._p
        element.getparent().remove(element)

    def without_identities(self) -> None:
        """As some programs save it: no bookmarks any more."""
        for tag in ("bookmarkStart", "bookmarkEnd"):
            for element in list(self.document.element.body.iter(f"{{*}}{tag}")):
                element.getparent().remove(element)

    def table_of(self, words: str) -> Table:
        return next(t for t in self.document.tables if any(words in c.text for r in t.rows for c in r.cells))


# Each kind: the edit, and what stands in the changed text before and after it.
EDITS = {
    "words": (
        lambda d: d.replace("เมื่อเสร็จแล้วให้รายงาน", "เมื่อเสร็จแล้วให้รายงานผู้บริหาร"),
        ("<p>เมื่อเสร็จแล้วให้รายงาน</p>", "<p>เมื่อเสร็จแล้วให้รายงานผู้บริหาร</p>"),
    ),
    "bold": (
        lambda d: setattr(d.find("เมื่อเสร็จแล้ว").runs[0], "bold", True),
        ("<p>เมื่อเสร็จแล้วให้รายงาน</p>", "<p><strong>เมื่อเสร็จแล้วให้รายงาน</strong></p>"),
    ),
    "italic and underline": (
        lambda d: (
            setattr(d.find("เมื่อเสร็จแล้ว").runs[0], "italic", True),
            setattr(d.find("เมื่อเสร็จแล้ว").runs[0], "underline", True),
        ),
        ("<p>เมื่อเสร็จแล้วให้รายงาน</p>", "<p><em><u>เมื่อเสร็จแล้วให้รายงาน</u></em></p>"),
    ),
    "bold taken off": (
        lambda d: [run._r.remove(run._r.rPr) for run in d.find("สำคัญ").runs if run.text == "สำคัญ"],
        ("<strong>สำคัญ</strong>", "สำคัญ"),
    ),
    "line break": (
        lambda d: d.find("เมื่อเสร็จแล้ว").add_run("\nภายในปี"),
        ("<p>เมื่อเสร็จแล้วให้รายงาน</p>", "<p>เมื่อเสร็จแล้วให้รายงาน<br>ภายในปี</p>"),
    ),
    "paragraph added": (
        lambda d: d.insert_after("เมื่อเสร็จแล้ว", "ย่อหน้าใหม่"),
        ("<p>เมื่อเสร็จแล้วให้รายงาน</p>", "<p>เมื่อเสร็จแล้วให้รายงาน</p><p>ย่อหน้าใหม่</p>"),
    ),
    "paragraph deleted": (
        lambda d: d.delete("เมื่อเสร็จแล้ว"),
        ("<p>เมื่อเสร็จแล้วให้รายงาน</p>", ""),
    ),
    "list item added": (
        lambda d: d.insert_after("สำรวจความเห็น", "วิเคราะห์ผล", like=True),
        ("<li>สำรวจความเห็น</li>", "<li>สำรวจความเห็น</li><li>วิเคราะห์ผล</li>"),
    ),
    "item of the second level added": (
        lambda d: d.insert_after("เสนอแผน", "ประกาศแผน", like=True),
        ("<li>เสนอแผน</li>", "<li>เสนอแผน</li><li>ประกาศแผน</li>"),
    ),
    "list item deleted": (lambda d: d.delete("ร่างแผน"), ("<li>ร่างแผน</li>", "")),
    "first list item deleted": (lambda d: d.delete("สำรวจความเห็น"), ("<li>สำรวจความเห็น</li>", "")),
    "first paragraph deleted, identity with it": (
        lambda d: d.delete("ดำเนินการ"),
        ("<p>ดำเนินการ<strong>สำคัญ</strong> ดังนี้</p>", ""),
    ),
    "cell of a table": (lambda d: d.replace("80", "85"), ("<td>80</td>", "<td>85</td>")),
    "caption": (
        lambda d: d.replace("ผังงานใหม่", "ผังงานล่าสุด"),
        ("<figcaption>ผังงานใหม่</figcaption>", "<figcaption>ผังงานล่าสุด</figcaption>"),
    ),
    "analysis": (
        lambda d: d.replace("บทวิเคราะห์ของข้อแรก", "บทวิเคราะห์ใหม่"),
        ("บทวิเคราะห์ของข้อแรก", "บทวิเคราะห์ใหม่"),
    ),
    "obstacles": (lambda d: d.replace("งบประมาณจำกัด", "งบประมาณไม่พอ"), ("งบประมาณจำกัด", "งบประมาณไม่พอ")),
    "remedies": (lambda d: d.replace("ขอรับการสนับสนุน", "ขอแปรญัตติ"), ("ขอรับการสนับสนุน", "ขอแปรญัตติ")),
    "obstacles of the category": (
        lambda d: d.replace("ปัญหาของหมวดหนึ่ง", "ปัญหาใหม่"),
        ("ปัญหาของหมวดหนึ่ง", "ปัญหาใหม่"),
    ),
    "remedies of the category": (
        lambda d: d.insert_after("แก้ไขข้อแรก", "แก้ไขข้อสอง", like=True),
        ("<li>แก้ไขข้อแรก</li>", "<li>แก้ไขข้อแรก</li><li>แก้ไขข้อสอง</li>"),
    ),
    "chosen case": (lambda d: d.replace("เนื้อหา ที่ดิน", "เนื้อหาโดยย่อ"), ("เนื้อหา ที่ดิน", "เนื้อหาโดยย่อ")),
    "category with four columns": (
        lambda d: d.replace("กิจกรรมแรกของหมวด 6", "กิจกรรมแรกที่แก้แล้ว"),
        ("กิจกรรมแรกของหมวด 6", "กิจกรรมแรกที่แก้แล้ว"),
    ),
    "merged cell": (
        lambda d: d.replace("กิจกรรม senate ข้อ 1.3 และ 1.4", "กิจกรรมร่วม"),
        ("กิจกรรม senate ข้อ 1.3 และ 1.4", "กิจกรรมร่วม"),
    ),
}
