"""Input about agencies."""

from __future__ import annotations

from django import forms

from organizations.models import Agency
from thai.forms import ThaiCharField
from thai.text import one_line

from .versions import VersionedForm

IN_LIBRARY = (
    "มีหน่วยงานชื่อนี้อยู่แล้วในรายชื่อหน่วยงานตัวอย่าง กรุณาเปิดหน่วยงานนั้นจากหน้ารายชื่อ "
    "แล้วทำเครื่องหมาย “ใช้งานระบบนี้” แทนการสร้างใหม่"
)


class NewAgencyForm(forms.ModelForm):
    """A new tenant."""

    class Meta:
        model = Agency
        fields = ["name", "short_name", "code", "kind"]
        field_classes = {"name": ThaiCharField, "short_name": ThaiCharField}
        labels = {"short_name": "ชื่อย่อ (ไม่บังคับ)"}
        help_texts = {"code": "ตัวอักษรอังกฤษ ตัวเลข และขีด เช่น nso ใช้ในที่อยู่ของทุกหน้า เปลี่ยนภายหลังไม่ได้"}
        error_messages = {
            "name": {"required": "กรุณากรอกชื่อหน่วยงาน", "unique": "มีหน่วยงานชื่อนี้แล้ว"},
            "code": {
                "required": "กรุณากรอกรหัส",
                "unique": "มีหน่วยงานที่ใช้รหัสนี้แล้ว กรุณาตั้งรหัสอื่น",
                "invalid": "รหัสใช้ได้เฉพาะตัวอักษรอังกฤษ ตัวเลข และขีด",
            },
        }

    def clean_code(self) -> str:
        """Addresses are typed by hand, so codes are in lower case."""
        code = self.cleaned_data["code"].lower()
        if code == "new":  # the address of the page for new agencies
            raise forms.ValidationError("ใช้รหัสนี้ไม่ได้ กรุณาตั้งรหัสอื่น")
        if Agency.objects.filter(code=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("มีหน่วยงานที่ใช้รหัสนี้แล้ว กรุณาตั้งรหัสอื่น")
        return code

    def clean_name(self) -> str:
        """Refuse a name that exists; the library knows agencies that do not work here yet."""
        name = one_line(self.cleaned_data["name"])
        namesake = Agency.objects.filter(name=name).exclude(pk=self.instance.pk).first()
        if namesake:
            raise forms.ValidationError("มีหน่วยงานชื่อนี้แล้ว" if namesake.hosted else IN_LIBRARY)
        return name


class AgencyForm(VersionedForm, NewAgencyForm):
    """The particulars of an agency that exists."""

    class Meta(NewAgencyForm.Meta):
        fields = ["name", "short_name", "code", "kind", "hosted"]
        help_texts = {
            "hosted": "หากไม่ทำเครื่องหมาย สมาชิกจะเปิดหน้าของหน่วยงานนี้ไม่ได้ แต่ข้อมูลยังอยู่ครบ",
            "code": "ใช้ในที่อยู่ของทุกหน้า เปลี่ยนได้เฉพาะหน่วยงานที่ยังไม่ใช้งานระบบนี้",
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # People keep addresses as bookmarks, and commands name agencies by their code.
        self.fields["code"].disabled = self.instance.hosted


class AgencySettingsForm(VersionedForm):
    """What the agency itself decides about its work."""

    class Meta:
        model = Agency
        fields = ["four_eyes"]
        help_texts = {
            "four_eyes": (
                "หากไม่ทำเครื่องหมาย ผู้ส่งหมวดในฝ่ายเลขานุการเห็นชอบหมวดที่ตนส่งได้ ขั้นตอนการตรวจจะระบุว่าผู้ส่งเป็นผู้เห็นชอบเอง"
            )
        }
