"""Uploading an edition: the file, and the confirmation of what the dry run has shown."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .data import Difference, EditionData
from .files import MAX_BYTES, Fault, FileRefused
from .importers import read_edition

SUFFIXES = (".yaml", ".yml", ".json")


def fingerprint(found: Difference) -> str:
    """Names a dry run, so that nobody confirms other changes than those that were shown."""
    return hashlib.sha256("\n".join(map(str, found.changes)).encode()).hexdigest()


class EditionFileForm(forms.Form):
    """A file of an edition; after `is_valid` the form holds `data`, or `faults` with their lines."""

    file = forms.FileField(
        label="ไฟล์ของเกณฑ์",
        help_text="ไฟล์ YAML หรือ JSON รหัสอักขระ UTF-8 ขนาดไม่เกิน 2 MB",
        error_messages={"required": "กรุณาเลือกไฟล์", "empty": "ไฟล์ว่าง กรุณาเลือกไฟล์อื่น"},
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: list[Fault] = []
        self.data_of_file: EditionData | None = None
        self.content = ""

    def clean_file(self) -> Any:
        """Read the file as a whole; one message here, the places in `faults`."""
        upload = self.cleaned_data["file"]
        if not upload.name.lower().endswith(SUFFIXES):
            raise ValidationError("กรุณาเลือกไฟล์ที่ลงท้ายด้วย .yaml .yml หรือ .json")
        content = upload.read(MAX_BYTES + 1)
        try:
            self.data_of_file = read_edition(content, upload.name)
        except FileRefused as refusal:
            self.faults = refusal.faults
            message = f"ไฟล์ {upload.name} มีข้อผิดพลาด {len(self.faults)} แห่ง ยังไม่ได้บันทึกข้อมูลใด"
            raise ValidationError(message) from refusal
        self.content = content.decode("utf-8-sig")
        return upload


class EditionConfirmForm(forms.Form):
    """The same file again, with the name of the dry run that the person saw."""

    name = forms.CharField(widget=forms.HiddenInput, max_length=200)
    content = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=MAX_BYTES)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
