"""allauth's forms in our words: Thai labels, no placeholders, a switch that shows the password."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms

NEW_PASSWORD_HELP = (
    "อย่างน้อย 12 ตัวอักษร ใช้ประโยคภาษาไทยหรือภาษาอังกฤษที่จำง่ายได้ เว้นวรรคได้ ไม่ต้องมีอักขระพิเศษ "
    "และไม่ใช้ชื่อของท่านหรือคำที่เดาง่าย"
)
DIFFERENT = "รหัสผ่านสองช่องไม่ตรงกัน กรุณากรอกใหม่"
UNCHANGED = "รหัสผ่านใหม่ต้องต่างจากรหัสผ่านปัจจุบัน"


def _describe(field: forms.Field, label: str, *, required: str, help_text: str = "") -> None:
    """Put our words on one of allauth's fields."""
    field.label, field.help_text = label, help_text
    field.error_messages["required"] = required
    field.widget.attrs.pop("placeholder", None)
    if isinstance(field.widget, forms.PasswordInput):
        field.widget.attrs["data-pmqa-password"] = ""


def _describe_new_password(fields: dict[str, forms.Field]) -> None:
    _describe(fields["password1"], "รหัสผ่านใหม่", required="กรุณากรอกรหัสผ่านใหม่", help_text=NEW_PASSWORD_HELP)
    _describe(fields["password2"], "รหัสผ่านใหม่อีกครั้ง", required="กรุณากรอกรหัสผ่านใหม่อีกครั้ง")


class SignInForm(allauth_forms.LoginForm):
    """User name or e-mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self.fields["login"], "ชื่อผู้ใช้หรืออีเมล", required="กรุณากรอกชื่อผู้ใช้หรืออีเมล")
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        _describe(self.fields["password"], "รหัสผ่าน", required="กรุณากรอกรหัสผ่าน")


class TwicePasswordMixin:
    """The check that both fields say the same, with our message."""

    def clean(self) -> dict[str, Any]:
        """Compare what was typed twice."""
        # allauth compares too, in its own words; its clean is left out on purpose.
        cleaned: dict[str, Any] = self.cleaned_data  # type: ignore[attr-defined]
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", DIFFERENT)  # type: ignore[attr-defined]
        return cleaned


class NewPasswordForm(TwicePasswordMixin, allauth_forms.ChangePasswordForm):
    """The present password, once more the new one and the new one again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_time = self.user.must_change_password
        _describe(
            self.fields["oldpassword"],
            "รหัสผ่านใช้ครั้งแรก" if one_time else "รหัสผ่านปัจจุบัน",
            required="กรุณากรอกรหัสผ่านที่ใช้เข้าสู่ระบบครั้งนี้",
            help_text="รหัสผ่านบนใบแจ้งที่ท่านใช้เข้าสู่ระบบเมื่อครู่นี้" if one_time else "",
        )
        _describe_new_password(self.fields)

    def clean(self) -> dict[str, Any]:
        """Refuse the old password as the new one: a one-time password is known to whoever printed it."""
        cleaned = super().clean()
        if cleaned.get("oldpassword") and cleaned.get("oldpassword") == cleaned.get("password1"):
            self.add_error("password1", UNCHANGED)
        return cleaned


class PasswordByLinkForm(TwicePasswordMixin, allauth_forms.ResetPasswordKeyForm):
    """A new password, twice, behind a reset link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_new_password(self.fields)


class ForgottenPasswordForm(allauth_forms.ResetPasswordForm):
    """The e-mail address that a reset link goes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe(self.fields["email"], "อีเมล", required="กรุณากรอกอีเมล")
