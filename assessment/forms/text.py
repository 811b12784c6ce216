"""The form of one optional text: analysis, obstacles, remedies, a chosen case."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from organizations.models import Agency
from texts.forms import RichTextField
from texts.models import Text


class TextForm(forms.Form):
    """One rich text with the version it was read at; emptying it is allowed."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agency: Agency, label: str, save_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = RichTextField(label=label, agency=agency, required=False)
        field.widget.save_url = save_url
        self.fields["html"] = field


def text_initial(text: Text) -> dict[str, Any]:
    """What the form starts from."""
    return {"key": uuid.uuid4(), "base_version": text.version, "html": text.html}
