"""Dates, times and years as Thai offices write them: Buddhist era, 24 hours, fiscal year from 1 October."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal

from django.utils import timezone

from thai.text import normalise, to_arabic_digits

DateStyle = Literal["long", "short", "full"]

BE_OFFSET: Final = 543
FIRST_BE_YEAR: Final = 2400
LAST_BE_YEAR: Final = 2700

_NUMERIC_DATE = re.compile(r"(\d{1,2})\s*[/\-.]\s*(\d{1,2})\s*[/\-.]\s*(\d+)$")
_WORDED_DATE = re.compile(r"(\d{1,2})\s*([ก-ฮะ-์. ]+?)\s*(\d+)$")
_WEEKDAY = re.compile(r"^(?:วัน)?(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์)?\s*(?:ที่)?\s*(?=\d)")
_ERA = re.compile(r"\s*(?:พ\.?\s?ศ\.?|พุทธศักราช)\s*(?=\d)")


class ThaiDateError(ValueError):
    """A date or year that cannot be taken; the text is Thai and meant for the person who typed it."""


def be_year(day: date) -> int:
    """Return the Buddhist-era year of ``day`` (of its local date when it is an aware datetime)."""
    return _local_date(day).year + BE_OFFSET


def fiscal_year(day: date) -> int:
    """Return the Buddhist-era fiscal year of ``day``: 1 October to 30 September, named by its end."""
    local = _local_date(day)
    return local.year + BE_OFFSET + (1 if local.month >= 10 else 0)


def year_fault(year: int) -> str | None:
    """Return a Thai sentence that says why ``year`` cannot be a Buddhist-era year, or None when it can."""
    if FIRST_BE_YEAR <= year <= LAST_BE_YEAR:
        return None
    if 0 <= year < 100:
        return f"ปี {year:02d} ไม่ครบสี่หลัก กรุณาพิมพ์ปีพุทธศักราชให้ครบสี่หลัก เช่น {2500 + year}"
    if FIRST_BE_YEAR <= year + BE_OFFSET <= LAST_BE_YEAR:
        return f"ปี {year} เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น {year + BE_OFFSET}"
    return f"ปี {year} อยู่นอกช่วง {FIRST_BE_YEAR}–{LAST_BE_YEAR} กรุณาตรวจสอบปีพุทธศักราช"


def format_date(day: date, style: DateStyle = "long") -> str:
    """Return 20 พฤศจิกายน 2569 (long), 20 พ.ย. 2569 (short) or วันศุกร์ที่ 20 พฤศจิกายน พ.ศ. 2569 (full).

    Raises ValueError for another style.
    """
    local = _local_date(day)
    full_months, short_months, weekdays = _names()
    year = local.year + BE_OFFSET
    if style == "long":
        return f"{local.day} {full_months[local.month - 1]} {year}"
    if style == "short":
        return f"{local.day} {short_months[local.month - 1]} {year}"
    if style == "full":
        return f"{weekdays[local.weekday()]}ที่ {local.day} {full_months[local.month - 1]} พ.ศ. {year}"
    raise ValueError(f"unknown date style {style!r}")


def format_time(moment: datetime | time) -> str:
    """Return 14:03 น.; an aware datetime is shown in the current time zone."""
    local = _local(moment) if isinstance(moment, datetime) else moment
    return f"{local:%H:%M} น."


def format_datetime(moment: datetime, style: DateStyle = "long") -> str:
    """Return 20 พฤศจิกายน 2569 เวลา 14:03 น.; the short style leaves out เวลา."""
    between = " " if style == "short" else " เวลา "
    return f"{format_date(moment, style)}{between}{format_time(moment)}"


def parse_date(text: str) -> date:
    """Read a date as people type it: 20/11/2569, 20-11-2569, 20 พ.ย. 2569, ๒๐ พฤศจิกายน พ.ศ. ๒๕๖๙.

    Everything that ``format_date`` writes is read back. Raises ThaiDateError with a Thai sentence when
    the form is unknown, the year is not a Buddhist-era year of 2400–2700, or there is no such day.
    """
    typed = to_arabic_digits(normalise(text)).strip()
    plain = _ERA.sub(" ", _WEEKDAY.sub("", typed))
    if match := _NUMERIC_DATE.match(plain):
        day, month, year = (int(part) for part in match.groups())
    elif match := _WORDED_DATE.match(plain):
        day, month, year = int(match[1]), _month_number(match[2]), int(match[3])
    else:
        raise ThaiDateError("ไม่เข้าใจวันที่ที่พิมพ์ กรุณาพิมพ์ เช่น 20/11/2569 หรือ 20 พฤศจิกายน 2569")
    return _checked_date(day, month, year)


def relative_day(moment: date, now: datetime | None = None) -> str:
    """Return วันนี้ 14:03 น., เมื่อวาน 14:03 น., พรุ่งนี้ 14:03 น., or the short date of any other day.

    A plain date gets no time. ``now`` is the clock, for tests.
    """
    today = _local_date(now or timezone.now())
    day = _local_date(moment)
    names = {today: "วันนี้", today - timedelta(days=1): "เมื่อวาน", today + timedelta(days=1): "พรุ่งนี้"}
    if day not in names:
        return format_date(day, "short")
    return f"{names[day]} {format_time(moment)}" if isinstance(moment, datetime) else names[day]


def days_left(deadline: date, today: date | None = None) -> int:
    """Return the days from ``today`` to ``deadline``: 0 on the day itself, negative when it has passed."""
    return (_local_date(deadline) - _local_date(today or timezone.now())).days


def _checked_date(day: int, month: int, year: int) -> date:
    if fault := year_fault(year):
        raise ThaiDateError(fault)
    if not 1 <= month <= 12:
        raise ThaiDateError(f"ไม่มีเดือนที่ {month} กรุณาพิมพ์วัน เดือน ปี ตามลำดับ เช่น 20/11/2569")
    try:
        return date(year - BE_OFFSET, month, day)
    except ValueError:
        name = _names()[0][month - 1]
        raise ThaiDateError(f"ไม่มีวันที่ {day} {name} {year} ในปฏิทิน กรุณาตรวจสอบ") from None


def _month_number(name: str) -> int:
    plain = _bare(name)
    full_months, short_months, _ = _names()
    for names in (full_months, short_months):
        for number, known in enumerate(names, start=1):
            if _bare(known) == plain:
                return number
    raise ThaiDateError(f"ไม่รู้จักเดือน “{name.strip()}” กรุณาพิมพ์ เช่น 20 พ.ย. 2569")


def _bare(name: str) -> str:
    """Drop dots and spaces: people write พ.ย., พ. ย. and พย alike."""
    return name.replace(".", "").replace(" ", "")


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _local_date(day: date) -> date:
    return _local(day).date() if isinstance(day, datetime) else day


@lru_cache(maxsize=1)
def _names() -> tuple[list[str], list[str], list[str]]:
    """Full months, short months, weekdays; imported late because PyThaiNLP costs start-up time."""
    from pythainlp.util.date import thai_abbr_months, thai_full_months, thai_full_weekdays

    return thai_full_months, thai_abbr_months, thai_full_weekdays
