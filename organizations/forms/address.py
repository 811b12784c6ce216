"""The e-mail address of one's own account."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest

from organizations.models import User

ADDRESS_TAKEN = "ใช้อีเมลนี้ไม่ได้ กรุณาใช้อีเมลอื่น หรือแจ้งฝ่ายเลขานุการ"
TOO_OFTEN = "กรอกรหัสผ่านผิดหลายครั้ง กรุณารอสักครู่แล้วลองอีกครั้ง"


class OwnAddressForm(forms.Form):
    """The address and the present password: a reset link goes there, so a screen left open must not be enough."""

    email = forms.EmailField(
        label="อีเมล",
        required=False,
        help_text="เว้นว่างได้ หากไม่ต้องการใช้อีเมลกับบัญชีนี้",
        error_messages={"invalid": "กรุณากรอกอีเมลให้ถูกต้อง เช่น name@agency.go.th"},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="รหัสผ่านปัจจุบัน",
        strip=False,
        error_messages={"required": "กรุณากรอกรหัสผ่านปัจจุบัน"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].initial = user.email
        self.request = request
        self.user = user

    def clean_email(self) -> str:
        """Addresses know no case here, as in sign-in."""
        address: str = self.cleaned_data["email"].lower()
        if address and User.objects.filter(email__iexact=address).exclude(pk=self.user.pk).exists():
            raise forms.ValidationError(ADDRESS_TAKEN)
        return address

    def clean_password(self) -> str:
        """As few tries as at changing the password."""
        password: str = self.cleaned_data["password"]
        if not ratelimit.consume(self.request, action="change_password", user=self.user):
            raise forms.ValidationError(TOO_OFTEN)
        if not self.user.check_password(password):
            raise forms.ValidationError("รหัสผ่านไม่ถูกต้อง")
        return password
