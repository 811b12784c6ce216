"""Bringing a file in, issuing the form, keeping the signed paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from texts.scans import Scan, read_scan
from thai.forms import ThaiCharField

from .services.issues import IssueDetails

MAX_BYTES = 30 * 1024 * 1024


class IncomingForm(forms.Form):
    """One file; what is in it is the importers' matter."""

    file = forms.FileField(
        label="ไฟล์ Word (.docx) หรือไฟล์ข้อมูลแลกเปลี่ยน (.json)",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".docx,.doc,.json"}),
        error_messages={"required": "กรุณาเลือกไฟล์", "empty": "ไฟล์นี้ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"},
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before it is read into memory."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError("ไฟล์ใหญ่เกิน 30 เมกะไบต์ กรุณาย่อภาพในไฟล์ก่อน")
        return file


class FeedbackFormForm(IncomingForm):
    """A past year's form, of which only the feedback is wanted."""

    file = forms.FileField(
        label="ไฟล์ Word ของแบบฟอร์มปีก่อน (.docx)",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".docx,.doc"}),
        error_messages={"required": "กรุณาเลือกไฟล์ Word", "empty": "ไฟล์นี้ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"},
    )


class IssueForm(forms.Form):
    """What a person says when the form is handed in; the memorandum is behind «เพิ่ม»."""

    note = ThaiCharField(
        label="หมายเหตุ (ไม่บังคับ)",
        required=False,
        max_length=300,
        help_text="เช่น ฉบับส่งสำนักงาน ก.พ.ร. แสดงในรายการฉบับ ไม่พิมพ์ในแบบฟอร์ม",
    )
    print_footer = forms.BooleanField(label="พิมพ์เลขฉบับ วันที่ และรหัสข้อมูลที่ท้ายหน้า", required=False, initial=True)
    memo_number = ThaiCharField(label="ที่", required=False, max_length=100)
    memo_subject = ThaiCharField(label="เรื่อง", required=False, max_length=300)
    memo_to = ThaiCharField(label="เรียน", required=False, max_length=200)
    memo_body = ThaiCharField(
        label="ข้อความ", required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def clean(self) -> dict[str, Any]:
        """A memorandum needs its subject and whom it is for, or nothing of it is filled in."""
        cleaned = super().clean() or {}
        filled = [
            name for name in ("memo_number", "memo_to", "memo_subject", "memo_body") if cleaned.get(name)
        ]
        for name, message in (
            ("memo_subject", "กรุณากรอกเรื่องของบันทึกข้อความ"),
            ("memo_to", "กรุณากรอกว่าเรียนถึงผู้ใด"),
        ):
            if filled and name not in filled and name not in self.errors:
                self.add_error(name, message)
        return cleaned

    def details(self) -> IssueDetails:
        """The clean data for the service."""
        return IssueDetails(**self.cleaned_data)


class ScanForm(forms.Form):
    """The signed paper."""

    file = forms.FileField(
        label="ไฟล์ฉบับลงนาม (PDF หรือภาพ ไม่เกิน 20 เมกะไบต์)",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"required": "กรุณาเลือกไฟล์", "empty": "ไฟล์นี้ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"},
    )

    def clean_file(self) -> Scan:
        """Open it as what it says it is."""
        return read_scan(self.cleaned_data["file"])
