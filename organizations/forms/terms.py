"""Input about words that print keeps whole."""

from __future__ import annotations

from django import forms

from organizations.models import Agency, AgencyTerm
from organizations.models.term import MAX_TERM
from thai.forms import ThaiCharField

from .members import one_line


class AgencyTermForm(forms.ModelForm):
    """One more term of the agency's list."""

    class Meta:
        model = AgencyTerm
        fields = ["text"]
        field_classes = {"text": ThaiCharField}
        help_texts = {"text": f"ศัพท์ ชื่อเฉพาะ หรืออักษรย่อ ไม่เกิน {MAX_TERM} ตัวอักษร เช่น เดมมิง หรือ ก.พ.ร."}
        error_messages = {
            "text": {
                "required": "กรุณากรอกคำ",
                "max_length": "คำยาว %(show_value)d ตัวอักษร กรุณากรอกไม่เกิน %(limit_value)d ตัวอักษร",
            }
        }

    def __init__(self, *args: object, agency: Agency, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.agency = agency

    def clean_text(self) -> str:
        """One line, long enough to have an inside, and not in the list yet."""
        text = one_line(self.cleaned_data["text"])
        if len(text) < 2:
            raise forms.ValidationError("กรุณากรอกคำที่มีอย่างน้อย 2 ตัวอักษร")
        if AgencyTerm.objects.filter(agency=self.agency, text=text).exists():
            raise forms.ValidationError(f"มีคำว่า “{text}” ในรายการแล้ว")
        return text
