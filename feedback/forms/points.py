"""Entering and correcting a feedback point."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from feedback.grammar import mark_faults
from feedback.models import FeedbackPoint
from framework.enums import LevelCode
from framework.models import Criterion, EditionCriterion
from organizations.models import Agency
from thai.forms import ThaiCharField, YearField

LONGEST_TEXT = 20_000


class FeedbackPointForm(forms.Form):
    """One point: OPDC's words as they are, and the marks on them.

    `wordings` are the criteria to choose from. With `agency` the form refuses a point that stands there
    already, so that a button pressed twice does not enter it twice.
    """

    year = YearField(label="ปีที่ได้รับการประเมิน (พ.ศ.)")
    step = forms.TypedChoiceField(
        label="ขั้นตอนที่", choices=[(step, str(step)) for step in (1, 2, 3)], coerce=int
    )
    criterion = forms.TypedChoiceField(label="เกณฑ์", coerce=int, error_messages={"required": "กรุณาเลือกเกณฑ์"})
    text = ThaiCharField(
        label="ข้อความของสำนักงาน ก.พ.ร.",
        help_text="วางข้อความตามหนังสือทุกตัวอักษร ระบบพิมพ์ข้อความนี้ในแบบฟอร์มตามเดิม",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    strength = ThaiCharField(
        label="ส่วนที่ดี",
        help_text="คัดจากข้อความด้านบน ไม่มีให้เว้นว่าง",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    gap = ThaiCharField(
        label="ส่วนที่ยังขาด",
        help_text="คัดจากข้อความด้านบน ไม่มีให้เว้นว่าง",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    level = forms.ChoiceField(label="ระดับ", choices=[("", "ไม่ระบุ"), *LevelCode.choices], required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, wordings: list[EditionCriterion], agency: Agency | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        self.fields["criterion"].choices = criterion_choices(wordings)  # type: ignore[attr-defined]

    def clean_criterion(self) -> Criterion:
        """The criterion itself; the field has checked that it is one of the choices."""
        return Criterion.objects.get(pk=self.cleaned_data["criterion"])

    def clean(self) -> dict[str, Any]:
        """Strength and gap must be passages of the text that can be marked side by side."""
        data = super().clean() or self.cleaned_data
        marks = data.get("strength", ""), data.get("gap", "")
        for name, message in mark_faults(data.get("text", ""), *marks):
            self.add_error(name, message)
        if self.agency is not None and not self.errors and self._stands_already(self.agency, data):
            raise ValidationError("มีข้อเสนอแนะข้อความเดียวกันนี้ในเกณฑ์และปีนี้แล้ว จึงไม่ได้บันทึกซ้ำ")
        return data

    @staticmethod
    def _stands_already(agency: Agency, data: dict[str, Any]) -> bool:
        points = FeedbackPoint.objects.of_year(agency, data["year"]).current()
        return points.filter(criterion=data["criterion"], step=data["step"], text=data["text"]).exists()


def criterion_choices(wordings: list[EditionCriterion]) -> list[tuple[str, Any]]:
    """Criteria under their categories, with an empty choice first so that nobody enters into 1.1 unseen."""
    in_order = sorted(wordings, key=lambda wording: wording.category.number)
    groups = [
        (
            f"หมวด {number} {rows[0].category.name}",
            [(row.criterion_id, f"{row.code} {row.short_name}") for row in rows],
        )
        for number, rows in ((n, list(g)) for n, g in groupby(in_order, key=lambda row: row.category.number))
    ]
    return [("", "กรุณาเลือกเกณฑ์"), *groups]


class FeedbackSheetForm(forms.Form):
    """The file with the feedback; what is in it is the importer's matter."""

    file = forms.FileField(
        label="ไฟล์ Excel (.xlsx) หรือ CSV",
        allow_empty_file=True,  # the importer has a clearer word for it
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "กรุณาเลือกไฟล์ Excel หรือ CSV ที่กรอกข้อเสนอแนะแล้ว"},
    )
