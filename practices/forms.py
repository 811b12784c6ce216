"""Input about cases: the filters of the list, and the form of one case."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from framework.models import Edition
from organizations.enums import AgencyKind
from organizations.models import Agency, User
from texts.forms import RichTextField, present_versions
from thai.collation import thai_order
from thai.forms import ThaiCharField, YearField
from thai.text import one_line

from . import tags
from .agencies import agency_called, new_agency, new_agency_fault
from .models import Practice, PracticeQuerySet, Tag
from .services import Base, Facts


def criterion_choices(edition: Edition | None) -> list[tuple[str, list[tuple[int, str]]]]:
    """The criteria of an edition by category, as primary key and label."""
    if edition is None:
        return []
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in edition.criteria.select_related("category"):
        groups.setdefault(str(row.category), []).append((row.criterion_id, str(row)))
    return list(groups.items())


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """A field of the form that offers choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


class FilterForm(forms.Form):
    """What of the library is shown; everything optional, and a value that nobody offered is an error to show."""

    q = ThaiCharField(label="ค้นหา", required=False, max_length=200)
    category = forms.TypedChoiceField(label="หมวด", required=False, coerce=int, empty_value=None)
    criterion = forms.TypedChoiceField(label="เกณฑ์", required=False, coerce=int, empty_value=None)
    agency = forms.ChoiceField(label="หน่วยงาน", required=False)
    year = forms.TypedChoiceField(label="ปีที่ได้รับรางวัล", required=False, coerce=int, empty_value=None)
    tag = forms.ChoiceField(label="แท็ก", required=False)

    def __init__(self, data: Any, *, shown: PracticeQuerySet, edition: Edition | None) -> None:
        """`shown` are all cases that the person may see: filters offer only what occurs among them."""
        super().__init__(data)
        self.edition = edition
        categories = edition.categories.values_list("number", "name") if edition else []
        choice_field(self, "category").choices = [
            ("", "ทุกหมวด"),
            *((n, f"หมวด {n} {name}") for n, name in categories),
        ]
        choice_field(self, "criterion").choices = [("", "ทุกข้อ"), *criterion_choices(edition)]
        agencies = Agency.objects.filter(pk__in=shown.values("agency")).order_by(*thai_order("name"))
        choice_field(self, "agency").choices = [("", "ทุกหน่วยงาน"), *agencies.values_list("code", "name")]
        years = (
            shown.exclude(award_year=None)
            .order_by("-award_year")
            .values_list("award_year", flat=True)
            .distinct()
        )
        choice_field(self, "year").choices = [("", "ทุกปี"), *((year, f"พ.ศ. {year}") for year in years)]
        found = Tag.objects.of_cases(shown)
        choice_field(self, "tag").choices = [("", "ทุกแท็ก"), *((tag.name, str(tag)) for tag in found)]

    def apply(self, cases: PracticeQuerySet) -> PracticeQuerySet:
        """The cases that the filters leave; a faulty filter is left out, its error is shown."""
        self.is_valid()
        wanted = self.cleaned_data
        cases = cases.matching(wanted.get("q", ""))
        if (category := wanted.get("category")) and self.edition:
            in_category = self.edition.criteria.filter(category__number=category).values("criterion")
            cases = cases.serving(in_category)
        if criterion := wanted.get("criterion"):
            cases = cases.serving([criterion])
        if agency := wanted.get("agency"):
            cases = cases.of_agency(agency)
        if year := wanted.get("year"):
            cases = cases.filter(award_year=year)
        if tag := wanted.get("tag"):
            cases = cases.tagged(tag)
        return cases

    @property
    def narrowed(self) -> bool:
        """A filter beside the search box is set."""
        return any(self.data.get(name) for name in ("category", "criterion", "agency", "year", "tag"))


class PracticeForm(forms.Form):
    """One case: its facts and its text on one page, with the versions that the person saw."""

    agency_name = ThaiCharField(
        label="หน่วยงานที่เป็นเลิศ",
        max_length=200,
        help_text="พิมพ์ชื่อเต็มหรือชื่อย่อ ระบบจะเสนอชื่อที่มีอยู่",
        widget=forms.TextInput(attrs={"list": "practice-agencies", "autocomplete": "off"}),
    )
    agency_kind = forms.ChoiceField(
        label="ประเภทของหน่วยงาน (เฉพาะหน่วยงานที่ยังไม่มีในระบบ)",
        required=False,
        choices=[("", "หน่วยงานนี้มีอยู่แล้ว"), *AgencyKind.choices],
    )
    title = ThaiCharField(label="ชื่อเรื่อง", max_length=300)
    criteria = forms.TypedMultipleChoiceField(
        label="เกณฑ์ที่เกี่ยวข้อง",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "กรุณาเลือกเกณฑ์อย่างน้อยหนึ่งข้อ"},
    )
    award = ThaiCharField(label="รางวัล", required=False, max_length=200, help_text="เช่น รางวัล PMQA หมวด 2")
    award_year = YearField(label="ปีที่ได้รับรางวัล (พ.ศ.)", required=False)
    summary = ThaiCharField(
        label="สรุป",
        required=False,
        max_length=2_000,
        help_text="หนึ่งหรือสองประโยค แสดงในรายการและข้างช่องเขียน",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = ThaiCharField(label="ที่มา", required=False, max_length=300)
    proposed_tags = forms.MultipleChoiceField(
        label="แท็ก",
        required=False,
        choices=[(name, tags.shown(name)) for name in tags.PROPOSED],
        widget=forms.CheckboxSelectMultiple,
    )
    own_tags = ThaiCharField(
        label="แท็กอื่น",
        required=False,
        max_length=tags.MAX_TAGS * (tags.MAX_TAG + 2),
        help_text="คั่นแต่ละคำด้วยจุลภาค เช่น บริการประชาชน, ลดขั้นตอน",
    )
    base_practice = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    base_text = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, edition: Edition | None, kept_to: Agency | None, initial: dict[str, Any]
    ) -> None:
        """`kept_to` is the agency whose figures the text may show; None for shared cases."""
        super().__init__(data, initial=initial)
        criteria = criterion_choices(edition)
        choice_field(self, "criteria").choices = criteria
        self.criterion_labels = {pk: label for _, group in criteria for pk, label in group}
        self.fields["html"] = RichTextField(
            label="เนื้อหา", required=False, agency=kept_to, shares_figures=kept_to is None
        )
        self.agencies = list(Agency.objects.order_by(*thai_order("name")))

    def criterion_groups(self) -> list[tuple[str, list[dict[str, Any]], bool]]:
        """The tick boxes by category for the template, and whether any of the category is ticked."""
        groups = self["criteria"].field.widget.optgroups(
            "criteria", [str(v) for v in self["criteria"].value() or []]
        )
        return [(str(name), options, any(o["selected"] for o in options)) for name, options, _ in groups]

    def clean_title(self) -> str:
        """One line: a line break pasted with a title becomes a space."""
        return one_line(self.cleaned_data["title"])

    def clean_agency_name(self) -> str:
        """Blanks as they are stored; one space between words."""
        return one_line(self.cleaned_data["agency_name"])

    def clean(self) -> dict[str, Any]:
        """Find the agency; an unknown name needs a kind, one spelt almost alike is pointed out."""
        cleaned = super().clean() or {}
        cleaned["tags"] = tags.distinct(
            [*cleaned.get("proposed_tags", []), *tags.tags_in(cleaned.get("own_tags", ""))]
        )
        if fault := tags.tags_fault(cleaned["tags"]):
            self.add_error("own_tags", fault)
        if name := cleaned.get("agency_name"):
            cleaned["agency"] = agency_called(name, self.agencies)
            if cleaned["agency"] is None:
                self._check_new_agency(name, cleaned.get("agency_kind", ""))
        return cleaned

    def _check_new_agency(self, name: str, kind: str) -> None:
        if fault := new_agency_fault(name, kind, self.agencies):
            field, message = fault
            self.add_error(f"agency_{field}", message)

    def facts(self, by: User) -> Facts:
        """The facts as typed; makes the agency when it was confirmed to be new."""
        data = self.cleaned_data
        agency = data["agency"] or new_agency(name=data["agency_name"], kind=data["agency_kind"], by=by)
        return Facts(
            agency=agency,
            title=data["title"],
            award=data["award"],
            award_year=data["award_year"],
            summary=data["summary"],
            source=data["source"],
            criteria=frozenset(data["criteria"]) | self._not_offered(),
            tags=frozenset(data["tags"]),
        )

    def _not_offered(self) -> set[int]:
        """Links to criteria that the edition shown no longer has: nobody saw them, so nobody removed them."""
        return set(self.initial.get("criteria", [])) - set(self.criterion_labels)

    def base(self) -> Base:
        """The versions that the person saw."""
        return Base(self.cleaned_data["base_practice"], self.cleaned_data["base_text"])

    def rebase(self, practice: Practice) -> None:
        """Let the next press of the button save on top of what stands now; everything typed stays."""
        present_versions(self, base_practice=practice.version, base_text=practice.text.version)


def initial_of(practice: Practice) -> dict[str, Any]:
    """What the form of an existing case starts with."""
    return {
        "agency_name": practice.agency.name,
        "title": practice.title,
        "criteria": [criterion.pk for criterion in practice.criteria.all()],
        "award": practice.award,
        "award_year": practice.award_year,
        "summary": practice.summary,
        "source": practice.source,
        "proposed_tags": [name for name in practice.tag_names if name in tags.PROPOSED],
        "own_tags": ", ".join(name for name in practice.tag_names if name not in tags.PROPOSED),
        "html": practice.text.html,
        "base_practice": practice.version,
        "base_text": practice.text.version,
        "uid": practice.uid,
    }


def initial_of_new() -> dict[str, Any]:
    """What the form of a new case starts with; `uid` lets a repeated request find the case it made."""
    return {"base_practice": 0, "base_text": 0, "uid": uuid.uuid4()}


class CaseFilesField(forms.FileField):
    """Several files at once; each is looked at when it is read."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All files that were chosen."""
        chosen = [file for file in data or [] if file]
        if not chosen:
            raise ValidationError(self.error_messages["required"], code="required")
        return [super(CaseFilesField, self).clean(file, initial) for file in chosen]


class SeveralFiles(forms.FileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class CaseFilesForm(forms.Form):
    """Files of cases, with their pictures; what is in them is the reader's matter."""

    MOST = 50
    MOST_BYTES = 200 * 1024 * 1024

    file = CaseFilesField(
        label="ไฟล์ตัวอย่าง",
        help_text="ไฟล์ .xlsx .csv .json หรือ .zip ที่มีไฟล์เหล่านี้กับโฟลเดอร์ภาพ เลือกได้หลายไฟล์",
        allow_empty_file=True,  # the reader has a clearer word for it
        widget=SeveralFiles(attrs={"accept": ".xlsx,.csv,.json,.yaml,.yml,.zip,.png,.jpg,.jpeg,.webp"}),
        error_messages={"required": "กรุณาเลือกไฟล์ที่มีตัวอย่าง"},
    )

    def clean_file(self) -> list[Any]:
        """As many as can be looked through at once."""
        files: list[Any] = self.cleaned_data["file"]
        if len(files) > self.MOST:
            raise ValidationError(f"เลือกได้ครั้งละไม่เกิน {self.MOST} ไฟล์ กรุณารวมเป็นไฟล์ .zip")
        if sum(file.size for file in files) > self.MOST_BYTES:
            raise ValidationError("ไฟล์รวมกันใหญ่เกิน 200 เมกะไบต์ กรุณาแบ่งเป็นหลายครั้ง")
        return files
