"""The form of one activity with its owner line."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from assessment.enums import Joiner
from assessment.models import Activity, CriterionAnalysis
from assessment.services.activities import ActivityData, OwnerLine
from organizations.models import Agency, Owner
from texts.forms import RichTextField
from thai.forms import ThaiCharField, ThaiDateField
from thai.text import normalise


class OwnerNames:
    """The owners of an agency by what people type, read once for all rows of all cards that share it.

    `present` are primary keys of owners that the line holds already: who was withdrawn later stays where the name
    stands, or the text could not be saved any more.
    """

    def __init__(self, agency: Agency, present: Collection[int] = ()) -> None:
        self.agency = agency
        self.present = present

    def find(self, typed: str) -> Owner | None:
        """The owner of this name, otherwise of this abbreviation."""
        names, abbreviations = self._tables
        return names.get(typed) or abbreviations.get(typed)

    @cached_property
    def _tables(self) -> tuple[dict[str, Owner], dict[str, Owner]]:
        usable = Q(withdrawn_at=None) | Q(pk__in=self.present)
        # backwards, so that of two with the same word the first one stays
        owners = list(Owner.objects.filter(usable, agency=self.agency).order_by("-pk"))
        names = {normalise(owner.name): owner for owner in owners}
        return names, {normalise(owner.abbreviation): owner for owner in owners if owner.abbreviation}


class OwnerNameField(ThaiCharField):
    """A name or abbreviation from the agency's owners; gives the owner."""

    def __init__(self, *, names: OwnerNames, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = names

    def clean(self, value: Any) -> Any:
        """The owner of that name. Raises ValidationError naming what was typed."""
        name = super().clean(value)
        if not name:
            return None
        found = self.names.find(name)
        if found is None:
            raise ValidationError(f"ไม่พบ “{name}” ในรายชื่อผู้รับผิดชอบ กรุณาเลือกจากรายการ หรือแจ้งฝ่ายเลขานุการให้เพิ่มชื่อ")
        return found


class OwnerLineForm(forms.Form):
    """One name of the owner line."""

    joiner = forms.ChoiceField(label="คำเชื่อม", choices=Joiner.choices, required=False)
    note = ThaiCharField(label="หมายเหตุ", required=False, max_length=200)

    field_order = ["joiner", "owner", "note"]

    def __init__(self, *args: Any, names: OwnerNames, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = OwnerNameField(label="ผู้รับผิดชอบ", names=names, required=False, max_length=200)
        self.fields["owner"].widget.attrs |= {
            "list": "owner-names",
            "autocomplete": "off",
            "placeholder": "ชื่อหน่วยงาน",
        }
        self.fields["note"].widget.attrs["placeholder"] = "หมายเหตุ (ถ้ามี)"
        for name in ("owner", "note"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["joiner"].widget.attrs["class"] = "form-select"
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """A note belongs to a name; without one it would be dropped unseen."""
        cleaned = super().clean() or {}
        if cleaned.get("note") and "owner" in cleaned and cleaned["owner"] is None:
            self.add_error("owner", "กรุณาระบุผู้รับผิดชอบของหมายเหตุนี้ หรือลบหมายเหตุออก")
        return cleaned


class BaseOwnerLineFormSet(forms.BaseFormSet):
    """The owner line: empty rows do not count, the order is what the person made of it."""

    def lines(self) -> list[OwnerLine]:
        """The names in their order, without those taken out."""
        return [
            OwnerLine(form.cleaned_data["owner"], form.cleaned_data["joiner"], form.cleaned_data["note"])
            for form in self.ordered_forms
            if form.cleaned_data.get("owner")
        ]

    def clean(self) -> None:
        """The same owner twice with the same note says nothing."""
        # a damaged management form has no rows to look at
        if any(self.errors) or self.non_form_errors():
            return
        seen = [(line.owner.pk, line.note) for line in self.lines()]
        if len(seen) != len(set(seen)):
            raise ValidationError("มีผู้รับผิดชอบซ้ำกัน กรุณาเอาชื่อที่ซ้ำออก")


OwnerLineFormSet = forms.formset_factory(
    OwnerLineForm,
    formset=BaseOwnerLineFormSet,
    extra=1,
    can_delete=True,
    can_order=True,
    max_num=20,
    absolute_max=30,
)


class ActivityForm(forms.Form):
    """One activity: the text first, everything else optional."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    owners_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    # without it (a page of before an update) every part counts as changed, and its version decides
    shown = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    starts_on = ThaiDateField(label="วันเริ่ม", required=False)
    ends_on = ThaiDateField(label="วันสิ้นสุด", required=False)
    serves = forms.TypedMultipleChoiceField(
        coerce=int,
        label="กิจกรรมนี้ตอบข้ออื่นด้วย",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "ท่านไม่มีสิทธิ์เขียนในข้อที่เลือก หรือไม่มีข้อนั้นในแบบฟอร์มนี้ กรุณาเลือกจากรายการ"},
    )

    field_order = [
        "uid",
        "key",
        "base_version",
        "owners_version",
        "shown",
        "html",
        "starts_on",
        "ends_on",
        "serves",
    ]

    def __init__(
        self, *args: Any, agency: Agency, others: Sequence[CriterionAnalysis], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.others = others
        self.fields["html"] = RichTextField(
            label="ปีนี้จะทำอะไร",
            agency=agency,
            help_text="เขียนเหมือนในเวิร์ด วางข้อความจากเวิร์ดได้",
            error_messages={"required": "กรุณาเขียนว่าปีนี้จะทำอะไร"},
        )
        # choices, not a queryset: many cards on one page share one reading of the criteria
        self.fields["serves"].choices = [(other.pk, str(other.wording)) for other in others]  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """The dates in their order."""
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "วันสิ้นสุดต้องไม่มาก่อนวันเริ่ม")
        return cleaned

    def data_with(self, owners: list[OwnerLine]) -> ActivityData:
        """What the service takes."""
        served = set(self.cleaned_data["serves"])
        fields = self.cleaned_data | {"serves": [other for other in self.others if other.pk in served]}
        return ActivityData(owners=owners, offered=self.others, **fields)


def initial_of(activity: Activity | None, shown: str) -> dict[str, Any]:
    """What the form starts from; a new activity gets its uid here, so that a repeated save makes one row.

    `shown` is the mark of the owners, dates and criteria on the page.
    """
    if activity is None:
        versions = {"base_version": 0, "owners_version": 1}
        return {"uid": uuid.uuid4(), "key": uuid.uuid4(), "shown": shown, **versions}
    return {
        "shown": shown,
        "uid": activity.uid,
        "key": uuid.uuid4(),
        "base_version": activity.text.version,
        "owners_version": activity.owners_version,
        "html": activity.text.html,
        "starts_on": activity.starts_on,
        "ends_on": activity.ends_on,
        "serves": [place.analysis_id for place in activity.places.all()],
    }


def owner_initial(activity: Activity | None) -> list[dict[str, str]]:
    """The owner line as the formset shows it."""
    if activity is None:
        return []
    return [
        {"joiner": line.joiner, "owner": normalise(line.owner.name), "note": line.note}
        for line in activity.owner_lines.all()
    ]
