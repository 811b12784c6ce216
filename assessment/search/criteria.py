"""The criteria in the words of their newest edition, as entries and filters name them."""

from __future__ import annotations

from dataclasses import dataclass

from framework.models import EditionCriterion


@dataclass(frozen=True)
class CriterionName:
    """A criterion as people call it."""

    pk: int
    code: str
    name: str
    category: int

    @property
    def label(self) -> str:
        """«ข้อ 3.1 …»."""
        return f"ข้อ {self.code} {self.name}"


def criterion_names() -> dict[int, CriterionName]:
    """Every criterion by its primary key, in the order of its edition."""
    rows = EditionCriterion.objects.order_by("edition__year", "edition__code", "position")
    columns = ("criterion_id", "code", "short_name", "category__number")
    names = {row[0]: CriterionName(*row) for row in rows.values_list(*columns)}
    return dict(sorted(names.items(), key=lambda item: (item[1].category, len(item[1].code), item[1].code)))
