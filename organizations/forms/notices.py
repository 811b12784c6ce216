"""What a person wants to be told, and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from organizations.enums import LetterPace, NoticeKind
from organizations.models import User
from organizations.services.notices import Channels, choices_of


class KindRow(NamedTuple):
    """One line of the table: a kind and its two switches."""

    label: str
    in_app: BoundField
    email: BoundField


class NoticeChoicesForm(forms.Form):
    """Two switches for each kind, and when letters go out."""

    pace = forms.ChoiceField(
        label="อีเมลส่งเมื่อใด",
        choices=LetterPace,
        widget=forms.RadioSelect,
        error_messages={
            "required": "กรุณาเลือกว่าให้ส่งอีเมลเมื่อใด",
            "invalid_choice": "กรุณาเลือกว่าให้ส่งอีเมลเมื่อใด จากรายการ",
        },
    )

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, initial={"pace": user.letter_pace})
        for kind, channels in choices_of(user).items():
            self.fields[f"{kind}-in_app"] = self._switch(f"ในระบบ: {kind.label}", channels.in_app)
            self.fields[f"{kind}-email"] = self._switch(f"อีเมล: {kind.label}", channels.email)

    @staticmethod
    def _switch(label: str, on: bool) -> forms.BooleanField:
        widget = forms.CheckboxInput(attrs={"class": "form-check-input", "aria-label": label})
        return forms.BooleanField(label=label, required=False, initial=on, widget=widget)

    def rows(self) -> Iterator[KindRow]:
        """The table."""
        for kind in NoticeKind:
            yield KindRow(kind.label, self[f"{kind}-in_app"], self[f"{kind}-email"])

    def choices(self) -> dict[NoticeKind, Channels]:
        """What was switched, by kind."""
        data = self.cleaned_data
        return {kind: Channels(data[f"{kind}-in_app"], data[f"{kind}-email"]) for kind in NoticeKind}
