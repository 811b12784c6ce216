"""Parts of the framework as templates want them."""

from __future__ import annotations

from dataclasses import dataclass

from django import template

from framework.enums import CategoryKind
from framework.models import Category, EditionCriterion, Level

register = template.Library()


@dataclass(frozen=True)
class DescriptorRow:
    """One level and what the criterion asks there; the text is empty where the edition does not say."""

    level: Level
    text: str


@register.filter
def descriptor_rows(wording: EditionCriterion) -> list[DescriptorRow]:
    """Every level of the ladder, also those whose descriptor is unknown; [] when all are, and for results."""
    known = {descriptor.level_id: descriptor for descriptor in wording.descriptors.all()}
    if not known:
        return []
    return [
        DescriptorRow(level, known[level.pk].text if level.pk in known else "")
        for level in wording.edition.levels.all()
    ]


@register.filter
def unknown_parts(subject: Category | EditionCriterion) -> list[str]:
    """The Thai names of the parts on which the edition is silent, for one sentence instead of many gaps."""
    if isinstance(subject, Category):
        parts = [
            ("เจตนารมณ์", subject.intent),
            ("เป้าหมาย", subject.goal),
            ("จุดเน้นที่สำคัญ", subject.focus_points.all()),
        ]
        return [name for name, value in parts if not value]
    parts = [("คำแนะนำ", subject.guidance)]
    if subject.category.kind == CategoryKind.PROCESS:
        parts += [("คำอธิบายระดับ", subject.descriptors.all()), ("ข้อย่อย", subject.sub_items.all())]
    return [name for name, value in parts if not value]


@register.filter
def with_commas(number: int) -> str:
    """1,000 for 1000; years must not go through this."""
    return f"{number:,}"
