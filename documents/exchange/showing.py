"""How the pieces of a plan look to a person: small HTML of the allow-list, from stored rows and from documents."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Model

from texts.cleaning import text_to_html
from thai.dates import format_date

Day = datetime.date | str | None


def fields_html(model: type[Model], values: dict[str, Any]) -> str:
    """Settings as lines: «ชื่อแบบฟอร์ม: …»."""
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in values}
    lines = (
        f"{field.verbose_name}: {_words(dict(field.flatchoices).get(value, value), name)}"
        for (name, field), value in zip(fields.items(), values.values(), strict=True)
    )
    return text_to_html("\n".join(lines))


def _words(value: Any, name: str) -> str:
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if value in (None, ""):
        return "–"
    return thai_day(value) if name == "deadline" else str(value)


def thai_day(day: datetime.date | str) -> str:
    """A stored date or one of a document: 20 พฤศจิกายน 2569."""
    return format_date(datetime.date.fromisoformat(day) if isinstance(day, str) else day)


def figure_html(uid: str, caption: str, alternative: str) -> str:
    """A full-width figure with its two texts."""
    return f'<figure><img src="/figures/{uid}/" alt=""></figure>' + text_to_html(f"{caption}\n{alternative}")


def names_html(agency_name: str, award_line: str) -> str:
    """The line over a chosen case."""
    return text_to_html(f"{agency_name} {award_line}")


def details_html(owners: str, starts: Day, ends: Day) -> str:
    """Owner line and dates of an activity, as far as there are any."""
    lines = [f"ผู้รับผิดชอบ: {owners}"] if owners else []
    lines += [f"วันเริ่ม: {thai_day(starts)}"] if starts else []
    lines += [f"วันสิ้นสุด: {thai_day(ends)}"] if ends else []
    return text_to_html("\n".join(lines))


def point_html(
    code: str, *, step: int, text: str, strength: str, gap: str, level: str, sub_item: str = ""
) -> str:
    """A feedback point with its marks; `code` is the criterion's."""
    marks = [("จุดแข็ง", strength), ("ส่วนที่ยังขาด", gap), ("ระดับ", level), ("ข้อย่อย", sub_item)]
    lines = [f"ข้อ {code} ขั้นตอนที่ {step}", text, *(f"{label}: {value}" for label, value in marks if value)]
    return text_to_html("\n".join(lines))
