"""Since when changes are asked for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessment.models import CategorySheet, Round
from thai.dates import format_date, format_datetime
from thai.forms import ThaiDateField

DAYS = {0: "วันนี้", 7: "7 วัน", 30: "30 วัน"}
USUAL = 7


@dataclass(frozen=True)
class Since:
    """A moment with the words for it; changes after it are shown."""

    at: datetime.datetime
    label: str


@dataclass(frozen=True)
class Landmark:
    """A moment of the year's work that people ask about, with the word on its button."""

    at: datetime.datetime
    label: str

    @property
    def since(self) -> Since:
        """With its time, for the line above the changes."""
        return Since(self.at, f"{self.label} ({format_datetime(self.at)})")


def landmarks_of(round: Round, sheet: CategorySheet | None = None) -> dict[str, Landmark]:
    """The landmarks of the round, or of a category, by the names that addresses have for them.

    One that has not come is left out.
    """
    moments = {"opened": (round.opened_at, "ตั้งแต่เปิดให้เขียน")}
    if sheet:
        moments["submitted"] = (sheet.submitted_at, "ตั้งแต่ส่งครั้งล่าสุด")
        moments["returned"] = (sheet.returned_at, "ตั้งแต่ส่งกลับครั้งล่าสุด")
    return {name: Landmark(at, label) for name, (at, label) in moments.items() if at}


class SinceForm(forms.Form):
    """A date, one of the landmarks, or one of the usual numbers of days; what was typed goes first."""

    since = ThaiDateField(label="ตั้งแต่วันที่", required=False)
    mark = forms.ChoiceField(required=False)
    days = forms.TypedChoiceField(choices=list(DAYS.items()), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, landmarks: Mapping[str, Landmark], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.landmarks = landmarks
        choices = [(name, landmark.label) for name, landmark in landmarks.items()]
        self.fields["mark"].choices = choices  # type: ignore[attr-defined]

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
    def chosen(self) -> str | int | None:
        """The landmark or the number of days that is shown; None for a date of one's own."""
        if not self.is_valid() or self.cleaned_data["since"]:
            return None
        return self.cleaned_data["mark"] or self.cleaned_data["days"]

    @property
    def moment(self) -> Since:
        """Where the comparison begins, a day with its midnight; for a form that is valid."""
        if isinstance(self.chosen, str):
            return self.landmarks[self.chosen].since
        day = self.cleaned_data["since"]
        day = day or timezone.localdate() - datetime.timedelta(days=self.cleaned_data["days"])
        start = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
        return Since(start, f"ตั้งแต่วันที่ {format_date(day)}")
