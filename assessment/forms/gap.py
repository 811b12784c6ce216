"""Forms of development gaps."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Q

from assessment.enums import PointState
from assessment.gaps import CriterionCandidates, first_words
from assessment.models import DevelopmentGap, GapUnit, Round
from assessment.models.gap import CODE
from assessment.services.gaps import POINT_ELSEWHERE, GapData
from feedback.models import FeedbackPoint
from framework.enums import LevelCode
from organizations.enums import OwnerKind
from organizations.models import Agency, Owner
from organizations.models.owner import OwnerQuerySet
from texts.forms import RichTextField
from texts.models import Text
from thai.forms import ThaiCharField, ThaiIntegerField
from thai.text import one_line, to_arabic_digits

# A field far above what any form of an office takes; a slip of the finger is refused.
MOST_CHARACTERS = 1_000_000
NOT_LISTED = "กรุณาเลือกหน่วยงานจากรายการ"
# what a choice of several rows calls its faults
WRONG = ("invalid_choice", "invalid_pk_value", "invalid_list")


def writing_units(agency: Agency, gap: DevelopmentGap | None) -> OwnerQuerySet:
    """Who can lead a gap or work on it: no class of units, which nobody could ask; those of the gap may stay."""
    present = Q(pk__in=GapUnit.objects.filter(gap=gap).values("unit")) if gap else Q()
    owners = Owner.objects.filter(Q(withdrawn_at=None) | present, agency=agency)
    return owners.exclude(kind=OwnerKind.CLASS).in_thai_order()


class PointChoice(forms.ModelMultipleChoiceField):
    """Points of feedback by their words and how far they are answered; `states` by primary key."""

    states: dict[int, PointState]

    def label_from_instance(self, obj: Any) -> str:
        """ขาดตัวชี้วัด… (ยังไม่มีกิจกรรม)."""
        state = self.states.get(obj.pk)
        return f"{first_words(obj, 300)} ({state.label})" if state else first_words(obj, 300)


class GapForm(forms.Form):
    """One gap of one criterion: what lacks, why it was chosen, who leads and who works on it."""

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    points = PointChoice(
        queryset=FeedbackPoint.objects.none(),
        label="ข้อเสนอแนะที่ยังเปิดอยู่",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(WRONG, POINT_ELSEWHERE),
    )
    unmet_level = forms.ChoiceField(
        label="ระดับที่ยังไม่ถึง (ไม่บังคับ)",
        choices=[("", "ไม่ระบุ"), *LevelCode.choices],
        required=False,
    )
    unmet_remark = ThaiCharField(
        label="สิ่งที่ยังขาดในระดับนี้",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="กรอกเมื่อระบุระดับที่ยังไม่ถึง",
    )
    code = ThaiCharField(label="รหัสประเด็น", max_length=10, error_messages={"required": "กรุณากรอกรหัสประเด็น"})
    title = ThaiCharField(
        label="ประเด็น",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="ไม่เกิน 500 ตัวอักษร",
        error_messages={"required": "กรุณากรอกประเด็น"},
    )
    reason = ThaiCharField(
        label="เหตุผลที่เลือก",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="เช่น เหตุใดจึงเลือกประเด็นนี้ก่อนประเด็นอื่น ไม่เกิน 2,000 ตัวอักษร",
        error_messages={"required": "กรุณากรอกเหตุผลที่เลือก"},
    )
    lead = forms.ModelChoiceField(
        queryset=Owner.objects.none(),
        label="หน่วยงานหลัก",
        empty_label="กรุณาเลือก",
        error_messages={"required": "กรุณาเลือกหน่วยงานหลัก", "invalid_choice": NOT_LISTED},
    )
    others = forms.ModelMultipleChoiceField(
        queryset=Owner.objects.none(),
        label="หน่วยงานที่เกี่ยวข้องอื่น (ไม่บังคับ)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(WRONG, NOT_LISTED),
    )

    def __init__(
        self,
        *args: Any,
        round: Round,
        about: CriterionCandidates,
        gap: DevelopmentGap | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        units = writing_units(round.agency, gap)
        for name in ("lead", "others"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]
        points: PointChoice = self.fields["points"]  # type: ignore[assignment]
        points.states = {row.point.pk: row.state for row in about.candidates}
        free = [row.point.pk for row in about.candidates if row.gap is None or row.gap == gap]
        present = list(gap.points.values_list("pk", flat=True)) if gap else []
        points.queryset = FeedbackPoint.objects.filter(pk__in=[*free, *present]).order_by("position", "pk")
        self.no_points = not free and not present
        self.sub_items = known = list(about.wording.sub_items.all())
        self.fields["code"].widget.attrs["list"] = "gap-codes"
        self.fields["code"].help_text = (
            "รหัสข้อย่อยของเกณฑ์ฉบับนี้"
            if known
            else f"ข้อ {about.wording.code} ตามด้วยลำดับ เช่น {about.wording.code}.1"
        )
        for field in self.fields.values():
            # the browser would cut a longer pasted text without a word
            field.widget.attrs.pop("maxlength", None)

    def clean_code(self) -> str:
        """In Arabic digits, in the form of a code."""
        code = to_arabic_digits(one_line(self.cleaned_data["code"])).replace(" ", "")
        CODE(code)
        return code

    def clean_title(self) -> str:
        """One line: it stands in tables and files."""
        return one_line(self.cleaned_data["title"])

    def data_given(self) -> GapData:
        """What the service takes."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "base_version"}
        return GapData(**given)


def gap_initial(gap: DevelopmentGap) -> dict[str, Any]:
    """What the form of a gap starts from when it stands already."""
    units = list(gap.gap_units.filter(withdrawn_at=None))
    names = ("code", "title", "reason", "unmet_level", "unmet_remark")
    return {name: getattr(gap, name) for name in names} | {
        "base_version": gap.version,
        "points": list(gap.points.all()),
        "lead": next((row.unit_id for row in units if row.leads), None),
        "others": [row.unit_id for row in units if not row.leads],
    }


class WithdrawGapForm(forms.Form):
    """Why a gap is taken off the list."""

    reason = ThaiCharField(
        label="เหตุผลที่ถอน",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="ข้อความที่หน่วยงานเขียนไว้ยังอยู่ และนำประเด็นกลับมาได้ ไม่เกิน 1,000 ตัวอักษร",
        error_messages={"required": "กรุณาระบุเหตุผลที่ถอน"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # the browser would cut a longer pasted reason without a word
        self.fields["reason"].widget.attrs.pop("maxlength", None)


class GapTextForm(forms.Form):
    """The text of a unit, or of the whole gap; emptying it is allowed. eMENSCR takes no pictures."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agency: Agency, label: str, save_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = RichTextField(label=label, agency=agency, required=False)
        field.widget.upload_url = ""
        field.widget.save_url = save_url
        self.fields["html"] = field


class JoinForm(forms.Form):
    """The button that joins the summaries; `over` is the answer about a text that was edited."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    over = forms.ChoiceField(
        choices=[("", ""), ("append", ""), ("replace", "")], required=False, widget=forms.HiddenInput
    )


class FinalForm(forms.Form):
    """The button that says that the text, as it was shown, is final."""

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def join_initial(text: Text) -> dict[str, Any]:
    """What the button to join starts from."""
    return {"key": uuid.uuid4(), "base_version": text.version}


class LimitForm(forms.Form):
    """How many characters the field in eMENSCR takes; empty when nobody knows."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    limit = ThaiIntegerField(
        label="จำนวนอักขระที่ช่องใน eMENSCR รับ (ไม่บังคับ)",
        required=False,
        min_value=1,
        max_value=MOST_CHARACTERS,
        help_text="ไม่มีเอกสารเผยแพร่ที่ระบุจำนวนนี้ ระบบจึงไม่กำหนดให้ กรุณาดูจากหน้าจอ eMENSCR ที่ท่านใช้ แล้วกรอกที่นี่",
        error_messages={
            "min_value": "กรุณากรอกจำนวนตั้งแต่ 1 ขึ้นไป",
            "max_value": f"กรุณากรอกจำนวนไม่เกิน {MOST_CHARACTERS:,}",
        },
    )
