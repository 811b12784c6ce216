"""Form fields: Thai digits, years, dates, normalised texts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from thai.forms import ThaiCharField, ThaiDateField, ThaiDecimalField, ThaiIntegerField, YearField


class Sample(forms.Form):
    year = YearField(label="ปี")
    count = ThaiIntegerField(label="จำนวน", required=False, min_value=0)
    score = ThaiDecimalField(label="คะแนน", required=False, max_digits=5, decimal_places=2)
    due = ThaiDateField(label="กำหนดส่ง", required=False)
    name = ThaiCharField(label="ชื่อ", required=False, max_length=5)


def reasons(field: forms.Field, value: Any) -> list[str]:
    with translation.override("th"), pytest.raises(ValidationError) as refusal:
        field.clean(value)
    return refusal.value.messages


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), ("๑๒", 12), (" ๑๒ ", 12), ("1,234", 1234), ("๑,๒๓๔", 1234), ("-5", -5), (7, 7), ("0", 0)],
)
def test_whole_numbers(typed: object, number: int) -> None:
    assert ThaiIntegerField().clean(typed) == number


@pytest.mark.parametrize("typed", ["3,5", "1.5", "1,23", "สิบ", "12 34"])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    assert reasons(ThaiIntegerField(), typed) == ["กรุณาพิมพ์เป็นจำนวนเต็ม เช่น 12 หรือ ๑๒"]


@pytest.mark.parametrize(
    ("typed", "number"), [("๙๒.๙๐", "92.90"), ("1,234.5", "1234.5"), ("453.24", "453.24"), ("-๑", "-1")]
)
def test_decimal_numbers(typed: str, number: str) -> None:
    assert ThaiDecimalField().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["3,5", "เก้าสิบ", "1.2.3"])
def test_what_is_no_decimal_number_is_refused(typed: str) -> None:
    assert reasons(ThaiDecimalField(), typed) == ["กรุณาพิมพ์เป็นตัวเลข เช่น 92.90 หรือ ๙๒.๙๐"]


@pytest.mark.parametrize(
    "typed", ["2569", "๒๕๖๙", " 2569 ", "พ.ศ. 2569", "พ.ศ.2569", "ปี 2569", "ปี พ.ศ. ๒๕๖๙", 2569]
)
def test_years(typed: object) -> None:
    assert YearField().clean(typed) == 2569


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2024", "ปี 2024 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2567"),
        ("69", "ปี 69 ไม่ครบสี่หลัก กรุณาพิมพ์ปีพุทธศักราชให้ครบสี่หลัก เช่น 2569"),
        ("2701", "ปี 2701 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
        ("ปีหน้า", "กรุณาพิมพ์ปีพุทธศักราชเป็นตัวเลขสี่หลัก เช่น 2569"),
        ("", "กรุณากรอกข้อมูลในช่องนี้"),
    ],
)
def test_other_years_are_refused_with_the_reason(typed: str, reason: str) -> None:
    assert reasons(YearField(), typed) == [reason]


@pytest.mark.parametrize("typed", ["20/11/2569", "๒๐ พ.ย. ๒๕๖๙", date(2026, 11, 20)])
def test_dates(typed: object) -> None:
    assert ThaiDateField().clean(typed) == date(2026, 11, 20)


@pytest.mark.parametrize("typed", ["", None, "  ", "\u200b"])
def test_an_empty_date_is_none_or_demanded(typed: str | None) -> None:
    assert ThaiDateField(required=False).clean(typed) is None
    assert reasons(ThaiDateField(), typed) == ["กรุณากรอกข้อมูลในช่องนี้"]


def test_a_christian_era_date_is_refused_with_the_reason() -> None:
    assert reasons(ThaiDateField(), "20/11/2026") == ["ปี 2026 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2569"]


def test_a_stored_date_is_shown_in_thai_and_a_typed_one_as_typed() -> None:
    assert Sample(initial={"due": date(2026, 11, 20)})["due"].value() == "20 พฤศจิกายน 2569"
    assert Sample(data={"due": "20/13/2569"})["due"].value() == "20/13/2569"
    assert ThaiDateField(display="numeric").prepare_value(date(2026, 1, 5)) == "05/01/2569"


def test_typing_the_same_date_or_number_otherwise_is_no_change() -> None:
    initial = {"year": 2569, "count": 12, "score": Decimal("9.5"), "due": date(2026, 11, 20), "name": "น้ำ"}
    data = {
        "year": "๒๕๖๙",
        "count": "๑๒",
        "score": "๙.๕",
        "due": "20 พ.ย. 2569",
        "name": "น\u0e4d\u0e49\u0e32",
    }
    assert Sample(data=data, initial=initial).changed_data == []
    assert Sample(data={**data, "due": "21/11/2569"}, initial=initial).changed_data == ["due"]
    assert Sample(data={**data, "due": "ไม่รู้"}, initial=initial).changed_data == ["due"]


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("year", 'inputmode="numeric"'),
        ("count", 'inputmode="numeric"'),
        ("score", 'inputmode="decimal"'),
        ("due", 'placeholder="เช่น 20 พฤศจิกายน 2569" autocomplete="off"'),
    ],
)
def test_inputs_are_text_inputs(name: str, attributes: str) -> None:
    html = str(Sample()[name])
    assert 'type="text"' in html
    assert attributes in html


def test_texts_are_normalised_before_they_are_stripped_and_counted() -> None:
    field = ThaiCharField(max_length=3)
    assert field.clean("\u200b น\u0e4d\u0e49\u0e32 \r\n") == "น้\u0e33"
    assert ThaiCharField(required=False).clean("\u200b ") == ""
    assert reasons(field, "น้ำใจ") == ["กรุณากรอกไม่เกิน 3 ตัวอักษร (ขณะนี้มี 5 ตัวอักษร)"]
