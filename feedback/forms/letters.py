"""A whole letter: its paper, its pasted text, and the rows in which its points are corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from feedback.grammar import suggest_marks
from feedback.letters import LetterPoint
from feedback.services import PointFields
from feedback.sub_items import Known, known_sub_items, stored_sub_item, sub_item_fault
from framework.enums import LevelCode
from framework.models import Criterion, EditionCriterion
from texts.scans import Scan, read_scan
from thai.forms import ThaiCharField, YearField
from thai.repairs import KINDS

from .points import LONGEST_TEXT, criterion_choices

# A letter about all 24 criteria has some 5,000 characters.
LONGEST_LETTER = 200_000
MAX_ROWS = 200
LOOKS = {
    "criterion": "form-select",
    "text": "form-control",
    "mark": "",
    "level": "form-select",
    "sub_item": "form-control",
}
STEPS = [(step, str(step)) for step in (1, 2, 3)]


class LetterScanForm(forms.Form):
    """The received paper, beside which its points are entered."""

    year = YearField(label="ปีที่ได้รับการประเมิน (พ.ศ.)")
    step = forms.TypedChoiceField(label="ขั้นตอนที่", choices=STEPS, coerce=int)
    note = ThaiCharField(label="เลขที่หนังสือหรือหมายเหตุ (ถ้ามี)", required=False, max_length=200)
    file = forms.FileField(
        label="ไฟล์หนังสือ (PDF หรือภาพสแกน ไม่เกิน 20 เมกะไบต์)",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"required": "กรุณาเลือกไฟล์", "empty": "ไฟล์นี้ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"},
    )

    def clean_file(self) -> Scan:
        """Open it as what it says it is."""
        return read_scan(self.cleaned_data["file"])


class LetterForm(forms.Form):
    """The pasted text with the year and the step that it is about, and the repairs that the person takes."""

    year = YearField(label="ปีที่ได้รับการประเมิน (พ.ศ.)")
    step = forms.TypedChoiceField(label="ขั้นตอนที่", choices=STEPS, coerce=int)
    # not a Thai field: that would put right what the person shall see and may refuse
    text = forms.CharField(
        label="ข้อความทั้งหนังสือ",
        help_text="คัดลอกจากไฟล์ PDF ได้ทั้งฉบับ ระบบแบ่งตามรหัสเกณฑ์และแสดงให้แก้ไขก่อนบันทึก",
        max_length=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": "กรุณาวางข้อความของหนังสือ"},
    )
    repairs = forms.MultipleChoiceField(
        choices=[(kind.name, kind.label) for kind in KINDS], required=False, label="การซ่อมข้อความ"
    )
    # told apart from a first paste, where every repair is on
    chosen = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def wanted_repairs(self) -> set[str]:
        """The names of the repairs to make: all of them until the person has chosen."""
        if not self.cleaned_data["chosen"]:
            return {kind.name for kind in KINDS}
        return set(self.cleaned_data["repairs"])


class LetterRowForm(forms.Form):
    """One point of the letter as it will be entered."""

    leave_out = forms.BooleanField(label="ไม่นำเข้า", required=False)
    join = forms.BooleanField(label="รวมกับข้อก่อนหน้า", required=False)
    criterion = forms.TypedChoiceField(label="เกณฑ์", coerce=int, error_messages={"required": "กรุณาเลือกเกณฑ์"})
    text = ThaiCharField(
        label="ข้อความ", max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    mark = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    level = forms.ChoiceField(label="ระดับ", choices=[("", "ไม่ระบุ"), *LevelCode.choices], required=False)
    sub_item = ThaiCharField(
        label="ข้อย่อย",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "เช่น 3.1.1"}),
    )
    marked = forms.BooleanField(label="เน้นส่วนที่ดีและส่วนที่ยังขาดตามที่ระบบเสนอ", required=False)

    def __init__(
        self, *args: Any, wordings: Mapping[int, EditionCriterion], known: Known, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.wordings, self.known = wordings, known
        choices = criterion_choices(list(wordings.values()))
        self.fields["criterion"].choices = choices  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = LOOKS.get(name, "form-check-input")

    def clean_sub_item(self) -> str:
        """The code as it is stored."""
        return stored_sub_item(self.cleaned_data["sub_item"])

    def clean(self) -> dict[str, Any]:
        """A row that is left out may hold anything; any other needs its words."""
        cleaned = super().clean() or {}
        if cleaned.get("leave_out"):
            self._errors = ErrorDict()
        elif "text" in cleaned and not cleaned["text"]:
            self.add_error("text", "กรุณาใส่ข้อความ หรือเลือก “ไม่นำเข้า”")
        elif "criterion" in cleaned and cleaned.get("sub_item"):
            wording = self.wordings[cleaned["criterion"]]
            if fault := sub_item_fault(cleaned["sub_item"], wording, self.known):
                self.add_error("sub_item", fault)
        return cleaned


class BaseLetterRows(forms.BaseFormSet):
    """All rows of a letter."""

    def clean(self) -> None:
        """The first row has nothing before it to be put together with."""
        first = next((row for row in self.forms if not row.cleaned_data.get("leave_out")), None)
        if not any(self.errors) and first is not None and first.cleaned_data.get("join"):
            raise forms.ValidationError("ข้อแรกไม่มีข้อก่อนหน้าให้รวม กรุณายกเลิกการรวมของข้อแรก")

    def points(self, *, year: int, step: int) -> list[PointFields]:
        """The points as they will be entered; a joined row continues the one before, with its bullets again."""
        criteria = Criterion.objects.in_bulk()
        merged: list[tuple[dict[str, Any], list[tuple[str, str]]]] = []
        for row in self.forms:
            data = row.cleaned_data
            if data.get("leave_out"):
                continue
            part = (data["mark"], data["text"])
            if data["join"] and merged:
                merged[-1][1].append(part)
            else:
                merged.append((data, [part]))
        return [
            _point(data, criteria[data["criterion"]], _together(parts), year, step) for data, parts in merged
        ]


def _together(parts: list[tuple[str, str]]) -> str:
    """One row stands without its bullet; several are a list again."""
    if len(parts) == 1:
        return parts[0][1]
    return "\n".join(f"{mark} {text}".strip() for mark, text in parts)


def _point(data: dict[str, Any], criterion: Criterion, text: str, year: int, step: int) -> PointFields:
    """Rows that were put together are about what the first of them is about."""
    strength, gap = suggest_marks(text) if data["marked"] else ("", "")
    return PointFields(
        year=year,
        step=step,
        criterion=criterion,
        text=text,
        strength=strength,
        gap=gap,
        level=data["level"],
        sub_item=data["sub_item"],
    )


_RowSet = forms.formset_factory(
    LetterRowForm, formset=BaseLetterRows, extra=0, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


def LetterRows(  # noqa: N802 - it makes the formset as its class would
    data: Any = None, *, wordings: Sequence[EditionCriterion], points: Sequence[LetterPoint] = ()
) -> BaseLetterRows:
    """The rows: of the points that were found, or as they were posted."""
    rows = {wording.criterion_id: wording for wording in wordings}
    initial = [
        {
            "criterion": point.wording.criterion_id,
            "text": point.text,
            "mark": point.mark,
            "level": point.level,
            "sub_item": point.sub_item,
            "marked": bool(suggest_marks(point.text).strength),
        }
        for point in points[:MAX_ROWS]
    ]
    return _RowSet(data, initial=initial, form_kwargs={"wordings": rows, "known": known_sub_items(wordings)})  # type: ignore[return-value]
