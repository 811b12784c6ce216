"""Our Thai messages for Django and allauth: complete, in step with the compiled file, and in force."""

import ast
import gettext
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth import password_validation
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.utils import timezone, translation

ROOT = Path(__file__).resolve().parent.parent.parent
PO = ROOT / "locale" / "th" / "LC_MESSAGES" / "django.po"
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[0\])? (".*")$|(".*")$')
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdr]|\{\w*\}|<a [^>]*>")
# what nobody meets who uses this site: names of languages we do not offer, apps we do not use, the page of
# a fresh Django project
UNMET = re.compile(
    r"Algerian|Arabic|Kurdish|Sorbian|Gaelic|Igbo|Ido|Kabyle|Kyrgyz|Marathi|Malay|Norwegian|Ossetic|Tajik"
    r"|Turkmen|Uyghur|Uzbek|Site Maps|Static Files|Syndication|The install worked|View <a href|DEBUG=True</a>"
    r"|Django Doc|Topics, ref|Tutorial: A|Connect, get help"
)

Key = tuple[str | None, str]


def entries(path: Path) -> dict[Key, dict[str, str]]:
    """Read a .po file: {(context, msgid): its parts}; the header is left out."""
    found: dict[Key, dict[str, str]] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if match := LINE.match(line):
                field = match[1] or field
                parts[field] = parts.get(field, "") + ast.literal_eval(match[2] or match[3])
        if parts.get("msgid"):
            found[parts.get("msgctxt"), parts["msgid"]] = parts
    return found


def compiled(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else key: text for key, text in catalogue.items() if key}


def mo_key(key: Key) -> str:
    context, message = key
    return f"{context}\x04{message}" if context else message


def test_the_compiled_file_is_in_step() -> None:
    expected = {mo_key(key): parts["msgstr"] for key, parts in entries(PO).items()}
    assert compiled(PO.with_suffix(".mo")) == expected


def test_no_message_is_empty_or_lacks_a_placeholder() -> None:
    for (_, message), parts in entries(PO).items():
        assert parts["msgstr"].strip(), message
        assert set(PLACEHOLDER.findall(parts["msgstr"])) == set(PLACEHOLDER.findall(message)), message
        assert "โปรด" not in parts["msgstr"], message


@pytest.mark.parametrize(
    "package", ["django.conf", "django.contrib.auth", "django.contrib.humanize", "allauth"]
)
def test_every_message_that_a_user_can_meet_is_thai(package: str) -> None:
    locale = Path(import_module(package).__path__[0]) / "locale"
    messages = entries(locale / "en" / "LC_MESSAGES" / "django.po")
    assert len(messages) > 50
    theirs = compiled(locale / "th" / "LC_MESSAGES" / "django.mo")
    ours = entries(PO)
    missing = [key for key in messages if key not in ours and not theirs.get(mo_key(key))]
    assert [message for _, message in missing if not UNMET.search(message)] == []


def test_nothing_is_translated_that_nobody_says() -> None:
    known: set[Key] = set()
    for package in ("django.conf", "django.contrib.auth", "django.contrib.humanize", "allauth"):
        known |= entries(Path(import_module(package).__path__[0]) / "locale/en/LC_MESSAGES/django.po").keys()
    assert entries(PO).keys() - known == set()


def messages_of(field: forms.Field, value: object) -> list[str]:
    with translation.override("th"), pytest.raises(ValidationError) as refusal:
        field.clean(value)
    return refusal.value.messages


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (forms.CharField(), "", "กรุณากรอกข้อมูลในช่องนี้"),
        (forms.CharField(min_length=3), "ก", "กรุณากรอกอย่างน้อย 3 ตัวอักษร (ขณะนี้มี 1 ตัวอักษร)"),
        (forms.CharField(max_length=2), "กขค", "กรุณากรอกไม่เกิน 2 ตัวอักษร (ขณะนี้มี 3 ตัวอักษร)"),
        (forms.IntegerField(max_value=5), "6", "กรุณากรอกค่าไม่เกิน 5"),
        (forms.DecimalField(decimal_places=2), "1.234", "กรุณากรอกทศนิยมไม่เกิน 2 ตำแหน่ง"),
        (forms.EmailField(), "ก", "กรุณากรอกอีเมลให้ถูกต้อง เช่น name@example.go.th"),
        (forms.ChoiceField(choices=[("1", "ก")]), "9", "9 ไม่อยู่ในตัวเลือก กรุณาเลือกใหม่"),
        (forms.UUIDField(), "x", "กรุณากรอกรหัส UUID ให้ถูกต้อง"),
    ],
)
def test_form_messages_in_force(field: forms.Field, value: object, message: str) -> None:
    assert messages_of(field, value) == [message]


def test_file_extension_message_in_force() -> None:
    with translation.override("th"), pytest.raises(ValidationError) as refusal:
        FileExtensionValidator(["xlsx", "csv"])(type("Upload", (), {"name": "a.exe"})())
    assert refusal.value.messages == ["ไม่รับไฟล์ชนิด “exe” กรุณาใช้ไฟล์ชนิด xlsx, csv"]


@pytest.mark.parametrize(
    ("validator", "password", "message"),
    [
        (password_validation.MinimumLengthValidator(12), "short", "รหัสผ่านสั้นเกินไป กรุณาตั้งอย่างน้อย 12 ตัวอักษร"),
        (
            password_validation.CommonPasswordValidator(),
            "password",
            "รหัสผ่านนี้มีคนใช้มากและเดาง่าย กรุณาตั้งรหัสผ่านอื่น",
        ),
        (password_validation.NumericPasswordValidator(), "1234567890", "รหัสผ่านเป็นตัวเลขทั้งหมด กรุณาใช้ตัวอักษรด้วย"),
    ],
)
def test_password_messages_in_force(validator, password: str, message: str) -> None:  # type: ignore[no-untyped-def]
    with translation.override("th"):
        with pytest.raises(ValidationError) as refusal:
            validator.validate(password)
        assert refusal.value.messages == [message]
        assert re.match(r"รหัสผ่านต้อง", validator.get_help_text())


def test_humanize_in_force() -> None:
    with translation.override("th"):
        assert naturaltime(timezone.now() - timedelta(days=3)) == "3\u00a0วันที่แล้ว"
