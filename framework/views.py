"""Pages of the framework: read by everybody who is signed in, loaded by the installation administrator."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from organizations.access import SignedInRequest, for_installation_admin

from .data import ADDED, CHANGED, REMOVED, Difference, EditionData, whole_categories
from .exporters import edition_file
from .files import FileRefused
from .forms import EditionConfirmForm, EditionFileForm, fingerprint
from .importers import read_edition
from .models import Category, Edition, Level
from .services import CriterionInUse, EditionLocked, compare_edition, load_edition


@require_safe
def edition_list(request: HttpRequest) -> HttpResponse:
    """Every edition, the newest first."""
    editions = Edition.objects.newest_first().annotate(
        category_count=Count("categories", distinct=True), criterion_count=Count("criteria", distinct=True)
    )
    return render(request, "framework/edition_list.html", {"editions": editions})


@require_safe
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """One edition as a text to read and print."""
    levels = Prefetch("levels", queryset=Level.objects.order_by("position"))
    found = get_object_or_404(Edition.objects.prefetch_related(levels, "result_bands"), code=code)
    context = {"edition": found, "categories": _categories_of(found)}
    return render(request, "framework/edition.html", context)


def _categories_of(edition: Edition) -> list[Category]:
    """The categories with everything on them; all point at the one edition object and its levels."""
    categories = whole_categories(edition)
    for category in categories:
        for wording in category.criteria.all():
            wording.edition, wording.category = edition, category
    return categories


@require_safe
def edition_download(request: HttpRequest, code: str) -> HttpResponse:
    """The file from which the edition can be loaded again."""
    name, media_type, content = edition_file(get_object_or_404(Edition, code=code))
    headers = {"Content-Disposition": f'attachment; filename="pmqa-{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@for_installation_admin
def edition_load(request: SignedInRequest) -> HttpResponse:
    """Choose a file, see what it would change, confirm."""
    if request.method == "POST" and "seen" in request.POST:
        return _confirmed(request)
    if request.method != "POST":
        return render(request, "framework/edition_load.html", {"form": EditionFileForm(), "faults": []})
    form = EditionFileForm(request.POST, request.FILES)
    if form.is_valid() and form.data_of_file is not None:
        return _preview(request, form.data_of_file, form.content, form.cleaned_data["file"].name)
    return render(request, "framework/edition_load.html", {"form": form, "faults": form.faults}, status=422)


def _preview(
    request: HttpRequest, data: EditionData, content: str, name: str, status: int = 200, warning: str = ""
) -> HttpResponse:
    """The dry run, with the file in the page for the confirmation."""
    found = compare_edition(data)
    current = Edition.objects.filter(code=data.code).first()
    locked = bool(found and current and current.locked_at)
    confirm = EditionConfirmForm(initial={"name": name, "content": content, "seen": fingerprint(found)})
    context = {
        "data": data,
        "name": name,
        "current": current,
        "locked": locked,
        "difference": found,
        "warning": warning,
        "form": confirm,
        **_by_kind(found),
    }
    return render(request, "framework/edition_preview.html", context, status=409 if locked else status)


def _by_kind(found: Difference) -> dict[str, object]:
    kinds = (("added", ADDED), ("changed", CHANGED), ("removed", REMOVED))
    return {name: [change for change in found.changes if change.kind == kind] for name, kind in kinds}


def _confirmed(request: SignedInRequest) -> HttpResponse:
    """Load what the person has seen; anything else is shown again first."""
    form = EditionConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, "ข้อมูลที่ส่งมาไม่ครบ กรุณาเลือกไฟล์อีกครั้ง")
        return redirect("edition_load")
    name, content = form.cleaned_data["name"], form.cleaned_data["content"]
    try:
        data = read_edition(content.encode(), name)
        if fingerprint(compare_edition(data)) != form.cleaned_data["seen"]:
            warning = "ข้อมูลของฉบับนี้เปลี่ยนไปหลังจากตรวจไฟล์ กรุณาดูรายการอีกครั้งแล้วจึงยืนยัน"
            return _preview(request, data, content, name, status=409, warning=warning)
        load_edition(data=data, by=request.user)
    except FileRefused as refusal:
        context = {"form": EditionFileForm(), "faults": refusal.faults}
        return render(request, "framework/edition_load.html", context, status=422)
    except EditionLocked:
        return _preview(request, data, content, name)
    except CriterionInUse:
        warning = "ไฟล์ตัดเกณฑ์ที่มีผู้เริ่มเขียนแล้วออก จึงยังไม่ได้บันทึก กรุณาแก้ไฟล์ให้มีเกณฑ์เดิมครบ"
        return _preview(request, data, content, name, status=409, warning=warning)
    messages.success(request, f"นำเข้า {data.name} แล้ว")
    return redirect("edition", code=data.code)
