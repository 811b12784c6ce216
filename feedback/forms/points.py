"""Entering and correcting a feedback point."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from feedback.grammar import mark_faults
from feedback.models import FeedbackPoint
from feedback.sub_items import Known, known_sub_items, stored_sub_item, sub_item_fault
from framework.enums import CategoryKind, LevelCode
from framework.models import Criterion, EditionCriterion
from framework.services import wordings_of_year
from organizations.models import Agency
from thai.forms import ThaiCharField, YearField

LONGEST_TEXT = 20_000
# The list of sub-items on the page that the input takes its offers from.
SUB_ITEMS = "sub-items"


class FeedbackPointForm(forms.Form):
    """One point: OPDC's words as they are, and the marks on them.

    `wordings` are the criteria to choose from. With `agency` the form refuses a point that stands there
    already, so that a button pressed twice does not enter it twice.
    """

    year = YearField(label="ปีที่ได้รับการประเมิน (พ.ศ.)")
    step = forms.TypedChoiceField(
        label="ขั้นตอนที่", choices=[(step, str(step)) for step in (1, 2, 3)], coerce=int
    )
    criterion = forms.TypedChoiceField(label="เกณฑ์", coerce=int, error_messages={"required": "กรุณาเลือกเกณฑ์"})
    text = ThaiCharField(
        label="ข้อความของสำนักงาน ก.พ.ร.",
        help_text="วางข้อความตามหนังสือทุกตัวอักษร ระบบพิมพ์ข้อความนี้ในแบบฟอร์มตามเดิม",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    strength = ThaiCharField(
        label="ส่วนที่ดี",
        help_text="คัดจากข้อความด้านบน ไม่มีให้เว้นว่าง",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    gap = ThaiCharField(
        label="ส่วนที่ยังขาด",
        help_text="คัดจากข้อความด้านบน ไม่มีให้เว้นว่าง",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    level = forms.ChoiceField(label="ระดับ", choices=[("", "ไม่ระบุ"), *LevelCode.choices], required=False)
    sub_item = ThaiCharField(
        label="ข้อย่อย",
        help_text="ข้อย่อยของเกณฑ์ในฉบับของปีนั้น เช่น 3.1.1 ไม่มีให้เว้นว่าง",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"list": SUB_ITEMS, "autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, wordings: list[EditionCriterion], agency: Agency | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency
        self.wordings = {wording.criterion_id: wording for wording in wordings}
        # a point that stands about a result may stay there
        stays = str(self.initial.get("criterion", ""))
        self.fields["criterion"].choices = criterion_choices(wordings, also=stays)  # type: ignore[attr-defined]

    def clean_criterion(self) -> Criterion:
        """The criterion itself; the field has checked that it is one of the choices."""
        return Criterion.objects.get(pk=self.cleaned_data["criterion"])

    @cached_property
    def known_sub_items(self) -> Known:
        """The sub-items that the editions name, by criterion."""
        return known_sub_items(self.wordings.values())

    @property
    def offered_sub_items(self) -> list[tuple[str, str]]:
        """Code and text of the sub-items to choose from: those of the criterion, or of all while none is chosen."""
        chosen = str(self["criterion"].value() or "")
        of_one = self.known_sub_items.get(int(chosen), {}) if chosen.isdecimal() else {}
        found = [of_one] if of_one else self.known_sub_items.values()
        return sorted(pair for items in found for pair in items.items())

    def clean_sub_item(self) -> str:
        """The code as it is stored."""
        return stored_sub_item(self.cleaned_data["sub_item"])

    def clean(self) -> dict[str, Any]:
        """Strength and gap must be passages of the text that can be marked side by side."""
        data = super().clean() or self.cleaned_data
        marks = data.get("strength", ""), data.get("gap", "")
        for name, message in mark_faults(data.get("text", ""), *marks):
            self.add_error(name, message)
        if fault := self._sub_item_fault(data):
            self.add_error("sub_item", fault)
        if self.agency is not None and not self.errors and self._stands_already(self.agency, data):
            raise ValidationError("มีข้อเสนอแนะข้อความเดียวกันนี้ในเกณฑ์และปีนี้แล้ว จึงไม่ได้บันทึกซ้ำ")
        return data

    @staticmethod
    def _sub_item_fault(data: dict[str, Any]) -> str:
        """Checked in the edition of the year that was typed, which need not be that of the page."""
        if not (data.get("sub_item") and data.get("criterion") and data.get("year")):
            return ""
        wordings = [w for w in wordings_of_year(data["year"]) if w.criterion_id == data["criterion"].pk]
        return sub_item_fault(data["sub_item"], wordings[0], known_sub_items(wordings)) if wordings else ""

    @staticmethod
    def _stands_already(agency: Agency, data: dict[str, Any]) -> bool:
        points = FeedbackPoint.objects.of_year(agency, data["year"]).current()
        return points.filter(criterion=data["criterion"], step=data["step"], text=data["text"]).exists()


def criterion_choices(wordings: list[EditionCriterion], also: str = "") -> list[tuple[str, Any]]:
    """Criteria of processes under their categories, with an empty choice first so that nobody enters into 1.1 unseen.

    Results never enter the form; `also` is the primary key of one that is offered nevertheless.
    """
    offered = [
        wording
        for wording in wordings
        if wording.category.kind == CategoryKind.PROCESS or str(wording.criterion_id) == also
    ]
    in_order = sorted(offered, key=lambda wording: wording.category.number)
    groups = [
        (
            f"หมวด {number} {rows[0].category.name}",
            [(row.criterion_id, f"{row.code} {row.short_name}") for row in rows],
        )
        for number, rows in ((n, list(g)) for n, g in groupby(in_order, key=lambda row: row.category.number))
    ]
    return [("", "กรุณาเลือกเกณฑ์"), *groups]


class FeedbackSheetForm(forms.Form):
    """The file with the feedback; what is in it is the importer's matter."""

    file = forms.FileField(
        label="ไฟล์ Excel (.xlsx) CSV หรือ JSON",
        allow_empty_file=True,  # the importer has a clearer word for it
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.json"}),
        error_messages={"required": "กรุณาเลือกไฟล์ Excel CSV หรือ JSON ที่กรอกข้อเสนอแนะแล้ว"},
    )
