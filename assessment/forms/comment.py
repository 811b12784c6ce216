"""One remark or answer: what it says, who is asked, and for whom it is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms

from assessment.services.comments import Quoted, Words
from assessment.threads import TextOfCriterion
from organizations.models import Agency, User
from texts.models import MAX_BODY
from texts.passages import MAX_QUOTE, mark_passage
from texts.scans import Scan, read_scan
from thai.collation import thai_order
from thai.forms import ThaiCharField, ThaiDateField
from thai.text import one_line

NOT_FOUND = "ไม่พบถ้อยคำนี้ในข้อความที่บันทึกแล้วของข้อนี้ กรุณาคัดลอกจากข้อความให้ตรงกัน หรือเว้นว่างไว้หากเป็นข้อสังเกตต่อทั้งข้อ"


def people_of(agency: Agency, but: User) -> list[tuple[User, str]]:
    """Everybody else who works in the agency today, with the roles as people say them, in Thai order."""
    people = User.objects.with_roles_in(agency).exclude(pk=but.pk).order_by(*thai_order("display_name"))
    return [(user, f"{user} ({', '.join(role.role_label for role in user.roles_here)})") for user in people]


class CommentForm(forms.Form):
    """A comment; `speaks` offers the fields for what an office or a meeting has said."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2_147_483_647
    )
    body = ThaiCharField(
        label="ข้อสังเกต",
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "กรุณาเขียนข้อสังเกต"},
    )
    mentions = forms.MultipleChoiceField(
        label="เลือกผู้ที่ขอความเห็น (ไม่บังคับ)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="ผู้ที่เลือกจะตอบในข้อสังเกตนี้ได้ แม้ไม่ได้อยู่ในคณะทำงานของหมวดนี้",
        error_messages={"invalid_choice": "มีผู้ที่เลือกไว้ซึ่งไม่ได้อยู่ในหน่วยงานแล้ว กรุณาตรวจรายชื่ออีกครั้ง"},
    )
    source = ThaiCharField(
        label="ข้อสังเกตของ",
        required=False,
        max_length=200,
        help_text="ชื่อหน่วยงานหรือการประชุม เช่น สำนักนโยบายและแผน หรือ ที่ประชุมคณะทำงานหมวด 3 ครั้งที่ 2/2569",
    )
    source_date = ThaiDateField(label="ลงวันที่", required=False)
    scan = forms.FileField(
        label="หนังสือหรือรายงานการประชุม (PDF หรือภาพ ไม่เกิน 20 เมกะไบต์ ไม่บังคับ)",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"empty": "ไฟล์นี้ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง"},
    )

    on_behalf_names: ClassVar[tuple[str, ...]] = ("source", "source_date", "scan")

    def __init__(self, *args: Any, people: Sequence[tuple[User, str]], speaks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user, _ in people}
        self.fields["mentions"].choices = [(str(user.pk), label) for user, label in people]  # type: ignore[attr-defined]
        if not speaks:
            for name in self.on_behalf_names:
                del self.fields[name]
        # a browser cuts off what is pasted over the limit, without a word
        self.fields["body"].widget.attrs.pop("maxlength", None)
        # several forms stand on one page
        self.auto_id = f"c-{str(self['uid'].value()).replace('%', '')}-%s"

    def clean_source(self) -> str:
        """A name stands in one line."""
        return one_line(self.cleaned_data["source"])

    def clean_scan(self) -> Scan | None:
        """Open it as what it says it is."""
        file = self.cleaned_data["scan"]
        return read_scan(file) if file else None

    def clean(self) -> dict[str, Any]:
        """Whoever speaks for others says for whom and of which day."""
        cleaned = super().clean() or {}
        source, day, scan = (cleaned.get(name) for name in self.on_behalf_names)
        if (day or scan) and not source and "source" not in self.errors:
            self.add_error("source", "กรุณาระบุชื่อหน่วยงานหรือการประชุม")
        if source and not day and "source_date" not in self.errors:
            self.add_error("source_date", "กรุณาระบุวันที่ของหนังสือหรือการประชุม")
        return cleaned

    @property
    def on_behalf(self) -> list[forms.BoundField]:
        """The fields that are folded away until they hold something."""
        return [self[name] for name in self.on_behalf_names if name in self.fields]

    @property
    def is_on_behalf(self) -> bool:
        """Whether that part must stand open."""
        return any(field.errors or (field.name != "scan" and field.value()) for field in self.on_behalf)

    @property
    def asks(self) -> bool:
        """Whether the list of people must stand open."""
        return bool(self["mentions"].errors or self["mentions"].value())

    def words(self, *, draft: bool) -> Words:
        """The clean data for the service."""
        data = self.cleaned_data
        return Words(
            uid=data["uid"],
            body=data["body"],
            mentions=[self.people[key] for key in data["mentions"]],
            source=data.get("source", ""),
            source_date=data.get("source_date"),
            scan=data.get("scan"),
            draft=draft,
        )


class ThreadForm(CommentForm):
    """The first comment of a thread, about the criterion or about words that stand in one of its texts.

    The page's script fills `place` and `before` from the selection; without it the words are copied by hand and looked
    for in all texts of the criterion.
    """

    place = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    before = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)
    quote = ThaiCharField(
        label="ข้อความที่อ้างถึง (ไม่บังคับ)",
        required=False,
        max_length=MAX_QUOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="เลือกข้อความในหน้านี้แล้วกด “ให้ข้อสังเกตส่วนนี้” หรือคัดลอกถ้อยคำมาวาง",
    )

    def __init__(self, *args: Any, texts: Iterable[TextOfCriterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = list(texts)
        self.quoted: Quoted | None = None
        self.order_fields(["uid", "place", "before", "quote", "body"])
        self.fields["quote"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        """Find the text in which the words stand."""
        cleaned = super().clean()
        quote = one_line(cleaned.get("quote") or "")
        if quote:
            within = self._within(cleaned.get("place", ""), quote)
            if within is None:
                self.add_error("quote", NOT_FOUND)
            else:
                self.quoted = Quoted(within, quote, cleaned.get("before", ""))
        return cleaned

    def _within(self, key: str, quote: str) -> TextOfCriterion | None:
        """The text that the page named, though what is quoted may not be saved yet; otherwise the one that has it."""
        named = next((row for row in self.texts if row.key == key), None)
        return named or next((row for row in self.texts if mark_passage(row.text.plain, quote)), None)
