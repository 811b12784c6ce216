"""Which events of the audit trail somebody wants to see."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from organizations.audit_words import GROUPS, TEXT_SAVED
from organizations.models import Agency, AuditEvent, Membership, User
from thai.collation import sort_key, thai_order
from thai.forms import ThaiDateField
from thai.text import to_arabic_digits

GROUP = "group:"
# What events are about; the words are those of the models themselves.
OBJECT_APPS = ("organizations", "assessment", "documents", "feedback", "practices", "texts", "framework")


def object_types() -> list[tuple[str, str]]:
    """Every kind of row that an event can be about, in Thai order of the words."""
    found = [
        (model._meta.label_lower, str(model._meta.verbose_name))
        for name in OBJECT_APPS
        if apps.is_installed(name)
        for model in apps.get_app_config(name).get_models()
    ]
    return sorted(found, key=lambda pair: sort_key(pair[1]))


class AuditFilterForm(forms.Form):
    """Everything may be left empty; saves of texts are shown only when asked for."""

    since = ThaiDateField(label="ตั้งแต่วันที่", required=False, display="numeric")
    until = ThaiDateField(label="ถึงวันที่", required=False, display="numeric")
    verb = forms.ChoiceField(label="เหตุการณ์", required=False)
    object_type = forms.ChoiceField(label="รายการ", required=False)
    object_id = forms.CharField(label="เลขที่รายการ", required=False, max_length=60)
    texts = forms.BooleanField(label="แสดงการบันทึกข้อความด้วย", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            (group, [(f"{GROUP}{group}", f"ทั้งหมดของ{group}"), *verbs.items()])
            for group, verbs in GROUPS.items()
        ]
        self.fields["verb"].choices = [("", "ทุกเหตุการณ์"), *kinds]  # type: ignore[attr-defined]
        self.fields["object_type"].choices = [("", "ทุกประเภท"), *object_types()]  # type: ignore[attr-defined]

    def clean_object_id(self) -> str:
        """Numbers may be typed in Thai digits."""
        return to_arabic_digits(self.cleaned_data["object_id"]).strip()

    def clean(self) -> dict[str, Any]:
        """The days stand in their order."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", "วันสุดท้ายต้องไม่อยู่ก่อนวันแรก")
        return self.cleaned_data

    def apply(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """The events that were asked for; only after is_valid()."""
        asked = self.cleaned_data
        events = events.filter(self._verbs(), self._days(), self._person())
        for name in ("object_type", "object_id"):
            if asked[name]:
                events = events.filter(**{name: asked[name]})
        return events

    def _verbs(self) -> Q:
        verb = self.cleaned_data["verb"]
        wanted = Q(verb__in=GROUPS[verb.removeprefix(GROUP)]) if verb.startswith(GROUP) else Q(verb=verb)
        if verb == TEXT_SAVED or self.cleaned_data["texts"]:
            return wanted if verb else Q()
        return wanted & ~Q(verb=TEXT_SAVED) if verb else ~Q(verb=TEXT_SAVED)

    def _days(self) -> Q:
        """Whole days in the time of Thailand."""
        days = Q()
        if since := self.cleaned_data["since"]:
            days &= Q(at__gte=_midnight(since))
        if until := self.cleaned_data["until"]:
            days &= Q(at__lt=_midnight(until + datetime.timedelta(days=1)))
        return days

    def _person(self) -> Q:
        person = self.cleaned_data.get("person")
        if person is None:
            return Q()
        return Q(actor=person) | Q(object_type=User._meta.label_lower, object_id=str(person.pk))

    def facts(self) -> dict[str, Any]:
        """What was asked for, as the trail notes it: ids and plain values."""
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: value.pk if isinstance(value, User) else value for name, value in asked.items()}


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


class AgencyAuditForm(AuditFilterForm):
    """Of one agency: the person is chosen from everybody who ever had a role there."""

    person = forms.ModelChoiceField(
        label="บุคคล", required=False, queryset=User.objects.none(), empty_label="ทุกคน"
    )
    field_order = ("since", "until", "person", "verb", "object_type", "object_id", "texts")

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=Membership.objects.filter(agency=agency).values("user"))
        self.fields["person"].queryset = people.order_by(*thai_order("display_name"))  # type: ignore[attr-defined]


class InstallationAuditForm(AuditFilterForm):
    """Of the installation: there are too many people to choose from, so the user name is typed."""

    person = forms.CharField(label="ชื่อผู้ใช้", required=False, max_length=150)
    field_order = ("since", "until", "person", "verb", "object_type", "object_id", "texts")

    def clean_person(self) -> User | None:
        """The account of this name."""
        name = self.cleaned_data["person"].strip()
        person = User.objects.filter(username__iexact=name).first() if name else None
        if name and person is None:
            raise forms.ValidationError("ไม่พบผู้ใช้ชื่อนี้")
        return person
