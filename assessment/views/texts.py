"""Optional texts: analysis, obstacles, remedies, and the copied text of a chosen case."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assessment.access import for_criterion, for_sheet
from assessment.forms.text import TextForm, text_initial
from assessment.late_texts import CRITERION_TEXTS, SHEET_TEXTS
from assessment.models import CategorySheet, ChosenPractice, CriterionAnalysis, Round
from assessment.permissions import writes_on_behalf
from assessment.refusals import shut_words
from assessment.services.texts import save_sheet_text
from organizations.access import SignedInRequest
from texts.forms import present_versions
from texts.models import Text
from texts.services import KeyReused, TextConflict, TextLocked

from .activities import shut_message

NOT_WRITABLE = "{} จึงแก้ไขไม่ได้"
CASE_GONE = "ตัวอย่างนี้ถูกนำออกจากแบบฟอร์มแล้ว จึงยังไม่ได้บันทึก ข้อความของท่านยังอยู่ครบด้านล่าง กรุณาเลือกตัวอย่างนี้จากคลังอีกครั้งก่อน"


@dataclass(frozen=True)
class TextPlace:
    """Where an optional text stands: its words for the page, the way back, where it is saved while one writes.

    `refusal` says why it takes no save any more; what was typed is shown with it.
    """

    text: Text
    label: str
    heading: str
    sheet: CategorySheet
    back_url: str
    back_label: str
    save_url: str
    refusal: str = ""

    @property
    def round(self) -> Round:
        """The round of the category."""
        return self.sheet.round


def edit_text(request: SignedInRequest, place: TextPlace) -> HttpResponse:
    """One page for one text; a refused save comes back with what was typed and with what stands now."""
    form = TextForm(
        request.POST or None,
        initial=text_initial(place.text),
        agency=place.round.agency,
        label=place.label,
        save_url=place.save_url,
    )
    context: dict[str, object] = {
        "page_round": place.round,
        "place": place,
        "form": form,
        "conflict": None,
        "refusal": "",
        "on_behalf": writes_on_behalf(request.user, place.sheet),
    }
    if request.method != "POST":
        if words := shut_words(request.user, place.sheet):
            messages.error(request, NOT_WRITABLE.format(words))
            return redirect(place.back_url)
        return render(request, "assessment/text.html", context)
    if shut_words(request.user, place.sheet):
        context["refusal"] = shut_message(request.user, place.sheet)
        return render(request, "assessment/text.html", context, status=409)
    if place.refusal:
        context["refusal"] = place.refusal
        return render(request, "assessment/text.html", context, status=409)
    if not form.is_valid():
        return render(request, "assessment/text.html", context, status=422)
    try:
        save_sheet_text(sheet=place.sheet, text=place.text, by=request.user, **form.cleaned_data)
    except (TextConflict, KeyReused):
        context["conflict"] = current = Text.objects.select_related("updated_by").get(pk=place.text.pk)
        present_versions(form, base_version=current.version, key=uuid.uuid4())
    except TextLocked:
        context["refusal"] = shut_message(request.user, place.sheet)
    else:
        messages.success(request, f"บันทึก{place.label}แล้ว")
        return redirect(place.back_url)
    return render(request, "assessment/text.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=True)
def criterion_text(request: SignedInRequest, analysis: CriterionAnalysis, kind: str) -> HttpResponse:
    """Analysis, obstacles or remedies of a criterion."""
    if kind not in CRITERION_TEXTS:
        raise Http404
    label = CRITERION_TEXTS[kind]
    place = _criterion_place(analysis, getattr(analysis, kind), label, "criterion_text_save", kind)
    return edit_text(request, place)


def _criterion_place(
    analysis: CriterionAnalysis, text: Text, label: str, save_name: str, which: object
) -> TextPlace:
    sheet, code = analysis.sheet, analysis.wording.code
    address = (sheet.round.agency.code, sheet.round.year, code)
    return TextPlace(
        text,
        label,
        heading=f"{label} ข้อ {code}",
        sheet=sheet,
        back_url=reverse("criterion", args=address),
        back_label=f"ข้อ {code}",
        save_url=reverse(save_name, args=[*address, which]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_sheet(writing=True)
def sheet_text(request: SignedInRequest, sheet: CategorySheet, kind: str) -> HttpResponse:
    """Obstacles or remedies of a whole category."""
    if kind not in SHEET_TEXTS:
        raise Http404
    label = CRITERION_TEXTS[kind]
    address = (sheet.round.agency.code, sheet.round.year, sheet.number)
    place = TextPlace(
        getattr(sheet, kind),
        label,
        heading=f"{label} หมวด {sheet.number}",
        sheet=sheet,
        back_url=reverse("sheet", args=address),
        back_label=f"หมวด {sheet.number}",
        save_url=reverse("sheet_text_save", args=[*address, kind]),
    )
    return edit_text(request, place)


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=True)
def chosen_text(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """The copied text of a case, which this form may shorten or adapt."""
    rows = ChosenPractice.objects.filter(analysis=analysis).select_related("text")
    # a late save of a case that was taken out meanwhile gets its text back instead of «not found»
    chosen = get_object_or_404(rows if request.method == "POST" else rows.current(), uid=uid)
    label = f"ตัวอย่างของ{chosen.agency_name}"
    place = _criterion_place(analysis, chosen.text, label, "chosen_text_save", chosen.uid)
    return edit_text(request, replace(place, refusal=CASE_GONE if chosen.withdrawn_at else ""))
