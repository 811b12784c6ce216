"""What somebody searches for, and how the results are narrowed."""

from __future__ import annotations

from django import forms

from assessment.enums import SearchKind
from assessment.search.finding import Wanted
from organizations.models import Agency
from thai.forms import ThaiCharField

_NO_AGENCY = -1


class SearchForm(forms.Form):
    """The box and its filters; everything optional, and a value that cannot be is an error to show."""

    q = ThaiCharField(label="คำค้น", required=False, max_length=200)
    kind = forms.ChoiceField(label="ประเภท", required=False, choices=[("", "ทุกประเภท"), *SearchKind.choices])
    category = forms.IntegerField(label="หมวด", required=False, min_value=1, max_value=7)
    criterion = forms.IntegerField(label="เกณฑ์", required=False, min_value=1)
    agency = forms.SlugField(label="หน่วยงาน", required=False, max_length=40)
    award = ThaiCharField(label="รางวัล", required=False, max_length=200)
    year = forms.IntegerField(label="ปี พ.ศ.", required=False, min_value=2400, max_value=2700)

    @property
    def typed(self) -> str:
        """What stands in the box, for asking; empty when it cannot be asked for."""
        return str(self.cleaned_data.get("q") or "")

    @property
    def wanted(self) -> Wanted:
        """The filters; a faulty one is left out, its error is shown."""
        given = {name: value for name, value in self.cleaned_data.items() if value and name != "q"}
        if code := given.pop("agency", None):
            found = Agency.objects.filter(code=code).values_list("pk", flat=True).first()
            given["agency"] = found or _NO_AGENCY
        return Wanted(**given)
