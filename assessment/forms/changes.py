"""Since when changes are asked for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from thai.dates import format_date
from thai.forms import ThaiDateField

DAYS = {0: "วันนี้", 7: "7 วัน", 30: "30 วัน"}
USUAL = 7


@dataclass(frozen=True)
class Since:
    """A moment with the words for it; changes after it are shown."""

    at: datetime.datetime
    label: str


class SinceForm(forms.Form):
    """A date, or one of the usual numbers of days."""

    since = ThaiDateField(label="ตั้งแต่วันที่", required=False)
    days = forms.TypedChoiceField(choices=list(DAYS.items()), coerce=int, required=False, empty_value=None)

    def clean_since(self) -> datetime.date | None:
        """Nothing has changed since a day that has not come."""
        day: datetime.date | None = self.cleaned_data["since"]
        if day and day > timezone.localdate():
            raise ValidationError("วันที่นี้ยังมาไม่ถึง กรุณาระบุวันนี้หรือวันก่อนหน้า")
        return day

    def clean_days(self) -> int:
        """Without anything said, the usual number."""
        days: int | None = self.cleaned_data["days"]
        return USUAL if days is None else days

    @property
    def moment(self) -> Since:
        """The midnight with which the day begins; for a form that is valid."""
        data: dict[str, Any] = self.cleaned_data
        day = data["since"] or timezone.localdate() - datetime.timedelta(days=data["days"])
        start = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
        return Since(start, f"ตั้งแต่วันที่ {format_date(day)}")

    @property
    def chosen_days(self) -> int | None:
        """Which of the usual numbers is shown; None for a date of one's own."""
        if not self.is_valid() or self.cleaned_data["since"]:
            return None
        days: int = self.cleaned_data["days"]
        return days
