"""Forms of the round's set-up."""

from __future__ import annotations

from typing import Any

from django import forms

from assessment.models import CategorySheet, Round, SheetFigure
from framework.models import Edition
from organizations.models import Agency
from thai.dates import year_fault
from thai.forms import ThaiCharField, ThaiDateField, ThaiIntegerField, YearField

ROUND_EXISTS = "มีแบบฟอร์มของปี {year} แล้ว กรุณาเปิดแบบฟอร์มเดิม"


class NewRoundForm(forms.Form):
    """A new year: the edition decides the criteria, everything else can be changed later."""

    year = YearField(label="ปี พ.ศ. ของแบบฟอร์ม", help_text="เช่น 2570")
    edition = forms.ModelChoiceField(
        queryset=Edition.objects.none(),
        label="ฉบับของเกณฑ์",
        empty_label=None,
        help_text="เลือกฉบับที่ใช้ประเมินในปีนั้น",
    )

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        self.fields["edition"].queryset = Edition.objects.newest_first()  # type: ignore[attr-defined]

    def clean_year(self) -> int:
        """One form per agency and year."""
        year: int = self.cleaned_data["year"]
        # the feedback that the form answers is that of the year before
        if fault := year_fault(year - 1):
            raise forms.ValidationError(fault)
        if Round.objects.filter(agency=self.agency, year=year).exists():
            raise forms.ValidationError(ROUND_EXISTS.format(year=year))
        return year


class RoundForm(forms.ModelForm):
    """Title, feedback, deadline and print settings."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    feedback_year = YearField(label="ปีของข้อเสนอแนะ ก.พ.ร.")
    deadline = ThaiDateField(label="ส่งภายในวันที่", required=False, help_text="ใช้เตือนเท่านั้น เลยวันแล้วยังเขียนได้")
    binding_margin_mm = ThaiIntegerField(
        label="เผื่อขอบเย็บเล่ม (มิลลิเมตร)", min_value=0, max_value=20, help_text="0 ถึง 20"
    )

    class Meta:
        model = Round
        fields = [
            "title",
            "feedback_year",
            "feedback_step",
            "deadline",
            "font_points",
            "binding_margin_mm",
            "duplex",
            "thai_digits",
        ]
        field_classes = {"title": ThaiCharField}


class SheetForm(forms.ModelForm):
    """The headings of one category."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    class Meta:
        model = CategorySheet
        fields = [
            "layout",
            "heading_feedback",
            "heading_practice",
            "heading_activity",
            "heading_owner",
            "criterion_label",
            "feedback_label",
            "print_title",
        ]
        field_classes = dict.fromkeys(
            [
                "heading_feedback",
                "heading_practice",
                "heading_activity",
                "heading_owner",
                "criterion_label",
                "feedback_label",
            ],
            ThaiCharField,
        )


class ReopenForm(forms.Form):
    """Why a closed round is opened again."""

    reason = ThaiCharField(
        label="เหตุผลที่เปิดอีกครั้ง",
        max_length=300,
        help_text="ไม่เกิน 300 ตัวอักษร",
        error_messages={"required": "กรุณาระบุเหตุผลที่เปิดแบบฟอร์มอีกครั้ง"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # the browser would cut a longer pasted reason without a word
        self.fields["reason"].widget.attrs.pop("maxlength", None)


class FigureForm(forms.Form):
    """A full-width figure after the table."""

    file = forms.FileField(label="ไฟล์ภาพ", help_text="PNG, JPEG หรือ WebP ไม่เกิน 10 เมกะไบต์")
    caption = ThaiCharField(label="คำบรรยายภาพ", max_length=300)
    alternative = ThaiCharField(
        label="คำอธิบายภาพ", max_length=500, help_text="บอกเนื้อหาของภาพสำหรับผู้ที่มองไม่เห็นภาพ"
    )


class FigureTextForm(forms.ModelForm):
    """Caption and description of a figure that stands already."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    class Meta:
        model = SheetFigure
        fields = ["caption", "alternative"]
        field_classes = {"caption": ThaiCharField, "alternative": ThaiCharField}
