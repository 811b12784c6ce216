"""The form field and the widget of rich text."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.widgets import Script
from django.urls import reverse
from js_asset import ImportMap, Media

from organizations.forms.versions import present_versions
from organizations.models import Agency
from thai.text import count_characters

from .cleaning import UncleanText, blocks_of, clean_html, figure_uids, plain_text, typed_to_html
from .models import Figure

__all__ = ["RichTextField", "RichTextWidget", "editor_media", "present_versions"]


# Through the import map each module is loaded under its hashed name, so that all of them can be cached for ever.
MODULES = (
    "answers",
    "autosave",
    "conflict",
    "counter",
    "csrf",
    "delivery",
    "extensions",
    "figure-panel",
    "leaving",
    "lost-pictures",
    "normalise",
    "replacing",
    "save-state",
    "toolbar",
    "unsent",
    "unsent-file",
    "windows",
    "word-paste",
)


def editor_media() -> Media:
    """Everything a page with an editor loads, with the import map; give it the nonce of the request."""
    modules = {f"pmqa-texts/{name}": f"texts/{name}.js" for name in MODULES}
    return Media(
        importmap=ImportMap({"django-prose-editor/editor": "django_prose_editor/editor.js", **modules}),
        css={"all": ["texts/editor.css", "texts/conflict.css"]},
        js=[Script("texts/editor.js", type="module")],
    )


class RichTextWidget(forms.Textarea):
    """A text area that becomes the editor where scripts run, and stays usable where they do not."""

    upload_url: str = ""
    save_url: str = ""
    character_limit: int | None = None

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 6, "lang": "th", **(attrs or {})})

    @property
    def media(self) -> Media:
        """The editor's scripts and styles."""
        return editor_media()

    def format_value(self, value: Any) -> str | None:
        """One block per line, so that the text can be read where it is not shown as an editor."""
        text = super().format_value(value)
        try:
            return "\n".join(blocks_of(text)) if text and text.lstrip().startswith("<") else text
        except UncleanText:
            # refused input goes back as it came: nobody loses what was typed
            return text

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Tell the editor where pictures go and how long the text may be."""
        context = super().get_context(name, value, attrs)
        hooks = {"data-pmqa-editor": True}
        if self.upload_url:
            hooks["data-pmqa-upload"] = self.upload_url  # type: ignore[assignment]
        if self.save_url:
            hooks["data-pmqa-save"] = self.save_url  # type: ignore[assignment]
        if self.character_limit:
            hooks["data-pmqa-limit"] = str(self.character_limit)  # type: ignore[assignment]
        context["widget"]["attrs"] |= hooks
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        """The browser would ask to fill a field that it cannot show; the form says it itself."""
        return False


class RichTextField(forms.CharField):
    """Rich text, cleaned; `cleaned_data` holds the stored form, "" when nothing was written.

    `agency` is the one whose pictures may stand in the text, besides the shared ones; a form that learns it
    later calls `use_agency`. With `shares_figures` and no agency new pictures are shared by the
    installation. `character_limit` counts code points of the text content, as answers are counted.
    """

    widget = RichTextWidget
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": "กรุณาเขียนข้อความ",
        "foreign_figure": "ภาพนี้ไม่อยู่ในหน่วยงานของท่าน กรุณาลบภาพนั้นแล้วแทรกภาพใหม่",
        "too_long": "ข้อความยาว %(count)s อักขระ เกินที่กำหนดไว้ %(limit)s อักขระ กรุณาตัดให้สั้นลง",
    }

    def __init__(
        self,
        *,
        agency: Agency | None = None,
        shares_figures: bool = False,
        character_limit: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(strip=True, **kwargs)
        self.shares_figures = shares_figures
        self.agency = agency
        self.character_limit = character_limit
        self.use_agency(agency)

    def use_agency(self, agency: Agency | None) -> None:
        """Name the agency whose pictures may be used, and where new ones are sent."""
        self.agency = agency
        shared = reverse("shared_figure_upload") if self.shares_figures else ""
        self.widget.upload_url = reverse("figure_upload", args=[agency.code]) if agency else shared
        self.widget.character_limit = self.character_limit

    def to_python(self, value: Any) -> str:
        """The text in its stored form; an empty paragraph is no text."""
        typed = super().to_python(value)
        try:
            return clean_html(typed_to_html(typed)) if typed else ""
        except UncleanText as error:
            raise ValidationError(str(error), code="unclean") from error

    def validate(self, value: str) -> None:
        """Something is written, its pictures are ours, and it is not too long."""
        super().validate(value)
        self._check_figures(value)
        count = count_characters(plain_text(value))
        if self.character_limit is not None and count > self.character_limit:
            facts = {"count": f"{count:,}", "limit": f"{self.character_limit:,}"}
            raise ValidationError(self.error_messages["too_long"], code="too_long", params=facts)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the stored text would differ; the editor may write the same text in another way."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def _check_figures(self, html: str) -> None:
        """A uid that somebody copied from elsewhere must not print another agency's picture."""
        if not (wanted := set(figure_uids(html))):
            return
        usable = Figure.objects.filter(Q(agency=None) | Q(agency=self.agency), uid__in=wanted)
        if len(wanted) > usable.count():
            raise ValidationError(self.error_messages["foreign_figure"], code="foreign_figure")
