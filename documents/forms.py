"""Bringing a file in."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

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
