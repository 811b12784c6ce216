"""Input about owners of activities."""

from __future__ import annotations

from typing import Any

from django import forms

from organizations.models import Agency, Owner
from thai.forms import ThaiCharField
from thai.text import one_line

from .versions import VersionedForm

TAKEN = "มีผู้รับผิดชอบชื่อนี้แล้ว"
WITHDRAWN = "มีผู้รับผิดชอบชื่อนี้แล้ว แต่เลิกใช้ไป กรุณากด “นำกลับมาใช้” ในหน้ารายชื่อแทนการเพิ่มใหม่"


class OwnerForm(forms.ModelForm):
    """A unit, committee, secretariat role or class of units of one agency."""

    class Meta:
        model = Owner
        fields = ["kind", "name", "abbreviation"]
        field_classes = {"name": ThaiCharField, "abbreviation": ThaiCharField}
        help_texts = {
            "name": "ชื่อเต็มตามที่จะพิมพ์ในแบบฟอร์ม",
            "abbreviation": "เช่น สนผ.",
        }
        error_messages = {"name": {"required": "กรุณากรอกชื่อ"}}

    def __init__(self, *args: object, agency: Agency, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.agency = agency
        self.fields["abbreviation"].label = "อักษรย่อ (ไม่บังคับ)"

    def clean_name(self) -> str:
        """Refuse a name that the agency's list has, and say where it stands."""
        name = one_line(self.cleaned_data["name"])
        namesake = Owner.objects.filter(agency=self.agency, name=name).exclude(pk=self.instance.pk).first()
        if namesake:
            raise forms.ValidationError(WITHDRAWN if namesake.withdrawn_at else TAKEN)
        return name


class OwnerChangeForm(VersionedForm, OwnerForm):
    """An owner that stands in the list."""

    class Meta(OwnerForm.Meta):
        pass

    def made_with(self) -> dict[str, Any]:
        """The agency whose list it is."""
        return {"agency": self.agency}
