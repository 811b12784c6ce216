"""Django's formats under our corrections, and what loading the package costs."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, translation

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def thai_formats(settings) -> Iterator[None]:  # type: ignore[no-untyped-def]
    settings.FORMAT_MODULE_PATH = "thai.formats"
    formats.reset_format_cache()
    with translation.override("th"):
        yield
    formats.reset_format_cache()


@pytest.mark.usefixtures("thai_formats")
def test_djangos_date_field_no_longer_takes_thai_dates_for_christian_ones() -> None:
    with pytest.raises(ValidationError):
        forms.DateField().clean("20/11/2569")
    assert forms.DateField().clean("2026-11-20") == date(2026, 11, 20)


@pytest.mark.usefixtures("thai_formats")
def test_a_date_without_our_filter_is_seen_to_be_gregorian() -> None:
    assert formats.date_format(date(2026, 11, 20)) == "2026-11-20"


@pytest.mark.usefixtures("thai_formats")
def test_numbers_keep_comma_and_full_stop() -> None:
    assert formats.number_format("1234.5", decimal_pos=2, use_l10n=True, force_grouping=True) == "1,234.50"


def test_importing_the_package_does_not_load_the_dictionary() -> None:
    program = (
        "import sys, thai.text, thai.dates, thai.words, thai.forms, thai.collation, thai.differences, thai.apps;"
        "sys.exit('pythainlp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
