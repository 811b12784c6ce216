"""Forms that know what the person was shown, so that nobody overwrites unseen what somebody else saved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from organizations.models import AuditEvent, Versioned

EMPTY = "(ว่าง)"


def present_versions(form: forms.BaseForm, **values: object) -> None:
    """Put the versions that the person is shown now into a refused form, so that its next post is a decision."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    for name, value in values.items():
        data[form.add_prefix(name)] = str(value)
    form.data = data


class VersionedForm(forms.ModelForm):
    """A form for a row that stands already; `base_version` is the version that the person saw."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["base_version"] = self.instance.version

    def show_current(self, current: Versioned) -> None:
        """Name what stands now and who saved it; everything typed stays, and the next press is a decision."""
        events = AuditEvent.objects.filter(object_type=current._meta.label_lower, object_id=str(current.pk))
        last = events.select_related("actor").order_by("-at", "-pk").first()
        who = last.actor if last and last.actor else "มีผู้อื่น"
        self.add_error(
            None,
            f"{who} บันทึกรายการนี้หลังจากที่ท่านเปิดหน้านี้ ปัจจุบันเป็นดังนี้ {self._in_words(current)} "
            "หากต้องการใช้ตามที่ท่านกรอกไว้ กรุณากดบันทึกอีกครั้ง",
        )
        present_versions(self, base_version=current.version)

    def _in_words(self, current: Versioned) -> str:
        stands = type(self)(instance=current, **self.made_with())
        parts = []
        for field in stands.visible_fields():
            value, choices = field.value(), dict(getattr(field.field, "choices", ()))
            words = (
                {True: "ใช่", False: "ไม่ใช่"}.get(value)
                if isinstance(value, bool)
                else choices.get(value, value)
            )
            parts.append(f"{str(field.label).removesuffix(' (ไม่บังคับ)')} “{words or EMPTY}”")
        return " · ".join(parts)

    def made_with(self) -> dict[str, Any]:
        """What the form needs to be made beside its row."""
        return {}
