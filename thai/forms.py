"""Form fields for what Thai offices type: Thai digits, พ.ศ. years and dates, text in its stored form.

All of them use text inputs. ``type=number`` refuses Thai digits, and ``type=date`` shows month/day/Christian
year in Chromium even on a Thai page.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django import forms
from django.core.exceptions import ValidationError

from thai.dates import (
    BE_OFFSET,
    ThaiDateError,
    format_date,
    parse_date,
    year_fault,
)
from thai.text import normalise, to_arabic_digits

if TYPE_CHECKING:
    _NumberField = forms.IntegerField
else:
    _NumberField = object

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
_YEAR_PREFIX = re.compile(r"^(?:ปี\s*)?(?:พ\.?\s?ศ\.?)?\s*(?=\d)")


class ThaiDigitsMixin(_NumberField):
    """Lets a number field take ๐–๙ and thousands separators (๑,๒๓๔ is 1234; 3,5 stays refused)."""

    input_mode = "decimal"

    def to_python(self, value: Any) -> Any:
        """Read Thai digits as Arabic ones, then convert as the number field does."""
        return super().to_python(self.to_plain_number(value) if isinstance(value, str) else value)

    def to_plain_number(self, typed: str) -> str:
        """Return what was typed with Arabic digits and without correct thousands separators."""
        plain = to_arabic_digits(normalise(typed)).strip()
        return plain.replace(",", "") if _GROUPED.match(plain) else plain

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for the digit keyboard, which a text input does not get by itself."""
        return {**super().widget_attrs(widget), "inputmode": self.input_mode}


class ThaiIntegerField(ThaiDigitsMixin, forms.IntegerField):
    """A whole number in Thai or Arabic digits."""

    widget = forms.TextInput
    input_mode = "numeric"
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "กรุณาพิมพ์เป็นจำนวนเต็ม เช่น 12 หรือ ๑๒"}


class ThaiDecimalField(ThaiDigitsMixin, forms.DecimalField):
    """A decimal number in Thai or Arabic digits, with a full stop before the decimals."""

    widget = forms.TextInput
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "กรุณาพิมพ์เป็นตัวเลข เช่น 92.90 หรือ ๙๒.๙๐"}


class YearField(ThaiIntegerField):
    """A Buddhist-era year of 2400–2700; a Christian-era year is refused with the year that was meant."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "กรุณาพิมพ์ปีพุทธศักราชเป็นตัวเลขสี่หลัก เช่น 2569"}

    def to_plain_number(self, typed: str) -> str:
        """Also take the year as it is spoken of: พ.ศ. 2569, ปี 2569."""
        return _YEAR_PREFIX.sub("", super().to_plain_number(typed))

    def validate(self, value: int | None) -> None:
        """Refuse a year outside 2400–2700 with the reason."""
        super().validate(value)
        if value is not None and (fault := year_fault(value)):
            raise ValidationError(fault, code="year")


class ThaiDateField(forms.Field):
    """A date typed as 20/11/2569 or 20 พฤศจิกายน 2569; cleans to a ``date``.

    ``display`` says in which form a stored date stands in the input: "long" or "numeric".
    """

    widget = forms.TextInput

    def __init__(self, *, display: Literal["long", "numeric"] = "long", **kwargs: Any) -> None:
        self.display = display  # before the base class, which asks for the widget's attributes
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the date, or None for an empty input. Raises ValidationError with the reason in Thai."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        if not normalise(str(value)).strip():
            return None
        try:
            return parse_date(str(value))
        except ThaiDateError as fault:
            raise ValidationError(str(fault), code="invalid") from fault

    def prepare_value(self, value: Any) -> Any:
        """Show a stored date in Thai; what a person typed is shown again as it was typed."""
        if not isinstance(value, date):
            return value
        if self.display == "numeric":
            return f"{value.day:02d}/{value.month:02d}/{value.year + BE_OFFSET}"
        return format_date(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare dates, not the ways in which they were typed."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Give an example and keep the browser from offering old dates."""
        example = "20/11/2569" if self.display == "numeric" else "20 พฤศจิกายน 2569"
        return {**super().widget_attrs(widget), "placeholder": f"เช่น {example}", "autocomplete": "off"}


class ThaiCharField(forms.CharField):
    """A text in its stored form: normalised first, then stripped, so that limits count what is stored."""

    def to_python(self, value: Any) -> Any:
        """Return the normalised text."""
        if value not in self.empty_values:
            value = normalise(str(value))
        return super().to_python(value)
