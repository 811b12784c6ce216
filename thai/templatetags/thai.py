"""Template filters for Thai dates, digits, counts and enumerations; every one gives "" for None and ""."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django import template
from django.utils import timezone

from thai import dates, text

register = template.Library()


@register.filter
def thai_date(day: date | None) -> str:
    """20 พฤศจิกายน 2569."""
    return dates.format_date(day) if day else ""


@register.filter
def thai_short_date(day: date | None) -> str:
    """20 พ.ย. 2569."""
    return dates.format_date(day, "short") if day else ""


@register.filter
def thai_time(moment: datetime | time | None) -> str:
    """14:03 น.; midnight is a time too."""
    return dates.format_time(moment) if isinstance(moment, (datetime, time)) else ""


@register.filter
def thai_clock(moment: datetime | None) -> str:
    """14:03:22 น.: the acknowledgement of a save, to the second."""
    return f"{timezone.localtime(moment):%H:%M:%S} น." if moment else ""


@register.filter
def thai_datetime(moment: datetime | None) -> str:
    """20 พฤศจิกายน 2569 เวลา 14:03 น."""
    return dates.format_datetime(moment) if moment else ""


@register.filter
def thai_relative(moment: date | None) -> str:
    """วันนี้ 14:03 น., เมื่อวาน 14:03 น., or the short date."""
    return dates.relative_day(moment) if moment else ""


@register.filter
def thai_days_left(deadline: date | None) -> str:
    """เหลือ 12 วัน, ครบกำหนดวันนี้, or เลยกำหนดแล้ว 3 วัน."""
    if deadline is None:
        return ""
    left = dates.days_left(deadline)
    if left == 0:
        return "ครบกำหนดวันนี้"
    return f"เหลือ {left:,} วัน" if left > 0 else f"เลยกำหนดแล้ว {-left:,} วัน"


@register.filter
def thai_digits(value: object) -> str:
    """๒๕๖๙ for 2569, in numbers and in texts."""
    return "" if value is None else text.to_thai_digits(str(value))


@register.filter
def characters(value: object) -> str:
    """1,234: how many characters a text has, counted as the limits count them."""
    return "" if value is None else f"{text.count_characters(str(value)):,}"


@register.filter
def thai_list(items: Iterable[object] | None, last: str = "และ") -> str:
    """ก ข และ ค; ``last`` is the word before the last item."""
    return "" if items is None else text.join_thai((str(item) for item in items), last)
