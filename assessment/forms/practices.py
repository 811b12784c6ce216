"""Input about cases of the library in a form: what is looked for, which parts are taken, what becomes of a copy."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from assessment.enums import TakeSource
from thai.forms import ThaiCharField

from .history import VersionField

NOTHING_TICKED = "กรุณาเลือกอย่างน้อยหนึ่งส่วนของตัวอย่าง แล้วกดอีกครั้ง"


class CasesForm(forms.Form):
    """Which cases are shown; a question that cannot be asked is an error to show, and then nothing is narrowed."""

    q = ThaiCharField(label="ค้นหาตัวอย่างในทุกข้อ", required=False, max_length=200)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="cases-%s")
        self.is_valid()

    @property
    def wanted(self) -> dict[str, Any]:
        """What narrows the cases, for `assessment.case_panel.offers_of`."""
        return {
            "typed": self.cleaned_data.get("q", ""),
            "everything": self.data.get("all") == "1",
            "page": self.data.get("page", ""),
        }

    @property
    def here(self) -> str:
        """The end of the address of this very list."""
        return self._query("q", "all", "page")

    @property
    def other_pages(self) -> str:
        """What the ends of the addresses of the other pages begin with."""
        narrowed = self._query("q", "all")
        return f"{narrowed}&" if narrowed else "?"

    def _query(self, *names: str) -> str:
        values = {name: self.data[name] for name in names if self.data.get(name)}
        return f"?{urlencode(values)}" if values else ""


class PassageForm(forms.Form):
    """Parts of one version of a case; whether it has them is for the service to say."""

    version = VersionField(first=0)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.ticked = frozenset(data.getlist("parts"))

    def clean(self) -> dict[str, Any]:
        """The ticked parts."""
        cleaned = super().clean() or {}
        if not self.ticked:
            raise forms.ValidationError(NOTHING_TICKED)
        return cleaned | {"parts": self.ticked}


class SourceForm(forms.Form):
    """What becomes of a copy whose source has changed: on top of which of its versions, about which state of it."""

    decision = forms.ChoiceField(choices=[*TakeSource.choices, ("keep", "")])
    mark = forms.RegexField(r"^[0-9a-f]{64}\Z")
    base_version = VersionField(first=0)
    key = forms.UUIDField()
