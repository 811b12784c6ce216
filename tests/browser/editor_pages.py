"""Pages that hold nothing but editors, for trying the editor in a real browser."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from organizations.models import Agency
from texts.forms import RichTextField

PAGE = """
{% load django_htmx static texts %}
<!DOCTYPE html>
<html lang="th">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>ทดลองเขียน</title>
    <link rel="icon" href="data:,">
    <meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true}'>
    <link rel="stylesheet" href="{% static 'bootstrap/bootstrap.min.css' %}">
    <link rel="stylesheet" href="{% static 'sarabun/sarabun.css' %}">
    <link rel="stylesheet" href="{% static 'site/pmqa.css' %}">
    <link rel="stylesheet" href="{% static 'texts/rich-text.css' %}">
    {% editor_scripts %}
    {% htmx_script %}
    <script type="module" src="{% static 'site/page.js' %}"></script>
  </head>
  <body data-pmqa-csrf="{{ csrf_token }}">
    <main id="content" class="page page-narrow">
      <h1>ข้อ 3.4</h1>
      <div id="place">{{ part }}</div>
      <button type="button" hx-get="/editor/part/" hx-target="#place" id="swap">โหลดใหม่</button>
    </main>
  </body>
</html>
"""
PART = """
{% load crispy_forms_filters texts %}
<form method="post" class="panel" action="{{ action }}">
  <input type="hidden" name="csrfmiddlewaretoken" value="{{ csrf_token }}">
  {{ form|crispy }}
  <p class="muted small-text" data-pmqa-count="id_text">–</p>
  <button class="btn btn-primary" id="save">บันทึก</button>
</form>
<div class="panel" id="saved">{% if saved %}{% include "texts/_rich_text.html" with html=saved only %}{% endif %}</div>
{{ saved|json_script:"stored" }}
"""


class TextForm(forms.Form):
    """One rich text."""

    text = RichTextField(
        label="ปีนี้จะทำอะไร", help_text="เขียนเหมือนในเวิร์ด วางข้อความจากเวิร์ดได้", character_limit=1_000
    )


def _part(request: HttpRequest) -> tuple[str, int]:
    posted = request.method == "POST"
    form = TextForm(request.POST if posted else None, initial={"text": request.GET.get("text", "")})
    form.fields["text"].use_agency(Agency.objects.get(code="senate"))  # type: ignore[attr-defined]
    valid = posted and form.is_valid()
    saved = form.cleaned_data["text"] if valid else ""
    part = engines["django"].from_string(PART)
    context = {"form": form, "saved": saved, "action": "/editor/"}
    return part.render(context, request), 200 if valid or not posted else 422


def page(request: HttpRequest) -> HttpResponse:
    """A whole page with one editor."""
    part, status = _part(request)
    return HttpResponse(engines["django"].from_string(PAGE).render({"part": part}, request), status=status)


def part(request: HttpRequest) -> HttpResponse:
    """The form alone, for a swap."""
    return HttpResponse(_part(request)[0])


urlpatterns = [
    path("editor/", page),
    path("editor/part/", part),
    path("", include("texts.urls")),
]
