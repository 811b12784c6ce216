"""Forms of the review of a category; each carries the version of the review that the person saw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from assessment.models import CategorySheet, CriterionAnalysis
from texts.scans import Scan, read_scan
from thai.forms import ThaiCharField, ThaiDateField


class StepForm(forms.Form):
    """A button and nothing else."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sheet: CategorySheet, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"base_version": sheet.review_version})
        # several of these forms stand on one page
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # the browser would cut a longer pasted text without a word
            field.widget.attrs.pop("maxlength", None)


def _reason(label: str, required: str, length: int = 1000) -> ThaiCharField:
    return ThaiCharField(
        label=label,
        max_length=length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"คณะทำงานอ่านได้ ไม่เกิน {length:,} ตัวอักษร",
        error_messages={"required": required},
    )


class CriterionChoice(forms.ModelMultipleChoiceField):
    """Criteria by code and short name."""

    def label_from_instance(self, obj: Any) -> str:
        """2.2 การถ่ายทอดแผน…"""
        return f"{obj.wording.code} {obj.wording.short_name}"


class ReturnForm(StepForm):
    """Why the category goes back, and which criteria need work."""

    reason = _reason("ต้องแก้อะไร", "กรุณาระบุเหตุผลที่ส่งกลับ")
    criteria = CriterionChoice(
        queryset=CriterionAnalysis.objects.none(),
        label="ข้อที่ต้องแก้ (ไม่บังคับ)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, sheet: CategorySheet, **kwargs: Any) -> None:
        super().__init__(*args, sheet=sheet, **kwargs)
        analyses = CriterionAnalysis.objects.filter(sheet=sheet).select_related("wording")
        self.fields["criteria"].queryset = analyses.order_by("wording__position")  # type: ignore[attr-defined]


class ApproveForm(StepForm):
    """What the approval rests on; both are optional."""

    reference = ThaiCharField(
        label="มติหรือหนังสือ (ไม่บังคับ)",
        required=False,
        max_length=200,
        help_text="เช่น มติที่ประชุมครั้งที่ 2/2569 หรือ บันทึกข้อความ ที่ สว 0009/123",
    )
    scan = forms.FileField(
        label="ไฟล์มติหรือหนังสือ (ไม่บังคับ)",
        required=False,
        help_text="PDF หรือภาพ ไม่เกิน 20 เมกะไบต์",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"empty": "ไฟล์นี้ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"},
    )

    def clean_scan(self) -> Scan | None:
        """Open it as what it says it is."""
        file: UploadedFile | None = self.cleaned_data["scan"]
        return read_scan(file) if file else None


class ReopenSheetForm(StepForm):
    """Why an approved category is opened again."""

    reason = _reason("เหตุผลที่เปิดให้แก้อีกครั้ง", "กรุณาระบุเหตุผลที่เปิดให้แก้อีกครั้ง")


class ExtensionForm(StepForm):
    """More time for one category."""

    until = ThaiDateField(label="ขยายเวลาถึงวันที่", error_messages={"required": "กรุณากรอกวันที่"})
    reason = _reason("เหตุผลที่ขยายเวลา", "กรุณาระบุเหตุผลที่ขยายเวลา", 300)
