"""How the pieces of a plan look to a person: small HTML of the allow-list, from stored rows and from documents."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from texts.cleaning import text_to_html


def fields_html(model: type[Model], values: dict[str, Any]) -> str:
    """Settings as lines: «ชื่อแบบฟอร์ม: …»."""
    lines = []
    for name, value in values.items():
        field: Any = model._meta.get_field(name)
        shown = dict(field.flatchoices).get(value, value)
        words = {True: "ใช่", False: "ไม่ใช่", None: "–", "": "–"}.get(shown, shown)
        lines.append(f"{field.verbose_name}: {words}")
    return text_to_html("\n".join(lines))


def figure_html(uid: str, caption: str, alternative: str) -> str:
    """A full-width figure with its two texts."""
    return f'<figure><img src="/figures/{uid}/" alt=""></figure>' + text_to_html(f"{caption}\n{alternative}")


def names_html(agency_name: str, award_line: str) -> str:
    """The line over a chosen case."""
    return text_to_html(f"{agency_name} {award_line}")


def details_html(owners: str, starts: object, ends: object) -> str:
    """Owner line and dates of an activity, as far as there are any."""
    lines = [f"ผู้รับผิดชอบ: {owners}"] if owners else []
    lines += [f"วันเริ่ม: {starts}"] if starts else []
    lines += [f"วันสิ้นสุด: {ends}"] if ends else []
    return text_to_html("\n".join(lines))


def point_html(code: str, *, step: int, text: str, strength: str, gap: str, level: str) -> str:
    """A feedback point with its marks; `code` is the criterion's."""
    marks = [("จุดแข็ง", strength), ("ส่วนที่ยังขาด", gap), ("ระดับ", level)]
    lines = [f"ข้อ {code} ขั้นตอนที่ {step}", text, *(f"{label}: {value}" for label, value in marks if value)]
    return text_to_html("\n".join(lines))
