"""Buddhist-era dates: writing, reading, fiscal years, relative days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.dates import (
    DateStyle,
    ThaiDateError,
    be_year,
    days_left,
    fiscal_year,
    format_date,
    format_datetime,
    format_time,
    parse_date,
    relative_day,
    year_fault,
)
from thai.text import to_thai_digits

BANGKOK = ZoneInfo("Asia/Bangkok")
DAY = date(2026, 11, 20)
any_day = st.dates(date(2400 - 543, 1, 1), date(2700 - 543, 12, 31))
NOW = datetime(2026, 11, 20, 14, 3, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("long", "20 พฤศจิกายน 2569"),
        ("short", "20 พ.ย. 2569"),
        ("full", "วันศุกร์ที่ 20 พฤศจิกายน พ.ศ. 2569"),
    ],
)
def test_format_date(style: DateStyle, text: str) -> None:
    assert format_date(DAY, style) == text


def test_an_unknown_style_is_an_error_of_the_program() -> None:
    with pytest.raises(ValueError, match="medium"):
        format_date(DAY, "medium")  # type: ignore[arg-type]


def test_moments_are_shown_in_bangkok_time() -> None:
    moment = datetime(2026, 9, 30, 17, 30, tzinfo=UTC)
    assert format_date(moment) == "1 ตุลาคม 2569"
    assert format_time(moment) == "00:30 น."
    assert format_datetime(moment) == "1 ตุลาคม 2569 เวลา 00:30 น."
    assert format_datetime(moment, "short") == "1 ต.ค. 2569 00:30 น."
    assert fiscal_year(moment) == 2570


def test_format_time_of_day() -> None:
    assert format_time(time(9, 5)) == "09:05 น."


@pytest.mark.parametrize(
    "text",
    [
        "20/11/2569",
        "20-11-2569",
        "20.11.2569",
        "20 / 11 / 2569",
        "20 พ.ย. 2569",
        "20 พ.ย.2569",
        "20พ.ย.2569",
        "20 พย 2569",
        "20 พ. ย. 2569",
        "20 พฤศจิกายน 2569",
        " 20  พฤศจิกายน  2569 ",
        "๒๐ พฤศจิกายน ๒๕๖๙",
        "๒๐/๑๑/๒๕๖๙",
        "20 พฤศจิกายน พ.ศ. 2569",
        "20 พ.ย. พ.ศ. 2569",
        "วันศุกร์ที่ 20 พฤศจิกายน พ.ศ. 2569",
        "วันที่ 20 พฤศจิกายน 2569",
        "20\u200bพฤศจิกายน 2569",
    ],
)
def test_dates_are_read_as_people_type_them(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("20/11/2026", "ปี 2026 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2569"),
        ("20 พ.ย. 2026", "ปี 2026 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2569"),
        ("20/11/69", "ปี 69 ไม่ครบสี่หลัก กรุณาพิมพ์ปีพุทธศักราชให้ครบสี่หลัก เช่น 2569"),
        ("20/11/9999", "ปี 9999 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
        ("29/2/2569", "ไม่มีวันที่ 29 กุมภาพันธ์ 2569 ในปฏิทิน กรุณาตรวจสอบ"),
        ("31 เม.ย. 2569", "ไม่มีวันที่ 31 เมษายน 2569 ในปฏิทิน กรุณาตรวจสอบ"),
        ("11/20/2569", "ไม่มีเดือนที่ 20 กรุณาพิมพ์วัน เดือน ปี ตามลำดับ เช่น 20/11/2569"),
        ("20 พฤศจิกา 2569", "ไม่รู้จักเดือน “พฤศจิกา” กรุณาพิมพ์ เช่น 20 พ.ย. 2569"),
        ("2569-11-20", "ไม่เข้าใจวันที่ที่พิมพ์ กรุณาพิมพ์ เช่น 20/11/2569 หรือ 20 พฤศจิกายน 2569"),
        ("20/11/2569 14:03", "ไม่เข้าใจวันที่ที่พิมพ์ กรุณาพิมพ์ เช่น 20/11/2569 หรือ 20 พฤศจิกายน 2569"),
        ("พรุ่งนี้", "ไม่เข้าใจวันที่ที่พิมพ์ กรุณาพิมพ์ เช่น 20/11/2569 หรือ 20 พฤศจิกายน 2569"),
        ("", "ไม่เข้าใจวันที่ที่พิมพ์ กรุณาพิมพ์ เช่น 20/11/2569 หรือ 20 พฤศจิกายน 2569"),
    ],
)
def test_other_dates_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ThaiDateError) as refusal:
        parse_date(text)
    assert str(refusal.value) == reason


def test_leap_day_of_a_christian_leap_year_exists() -> None:
    assert parse_date("29/2/2567") == date(2024, 2, 29)


@given(any_day, st.sampled_from(["long", "short", "full"]), st.booleans())
def test_every_written_date_is_read_back(day: date, style: DateStyle, thai_digits: bool) -> None:
    written = format_date(day, style)
    assert parse_date(to_thai_digits(written) if thai_digits else written) == day


@given(st.text())
def test_reading_gives_a_date_or_a_reason(text: str) -> None:
    try:
        assert parse_date(text) is not None
    except ThaiDateError as refusal:
        assert str(refusal)  # noqa: PT017


@pytest.mark.parametrize(
    ("year", "fault"),
    [
        (2400, None),
        (2700, None),
        (2024, "ปี 2024 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2567"),
        (1857, "ปี 1857 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2400"),
        (2399, "ปี 2399 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
        (2701, "ปี 2701 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
        (7, "ปี 07 ไม่ครบสี่หลัก กรุณาพิมพ์ปีพุทธศักราชให้ครบสี่หลัก เช่น 2507"),
    ],
)
def test_year_fault(year: int, fault: str | None) -> None:
    assert year_fault(year) == fault


@pytest.mark.parametrize(
    ("day", "year", "fiscal"),
    [
        (date(2026, 9, 30), 2569, 2569),
        (date(2026, 10, 1), 2569, 2570),
        (date(2026, 12, 31), 2569, 2570),
        (date(2027, 1, 1), 2570, 2570),
    ],
)
def test_years_of_a_day(day: date, year: int, fiscal: int) -> None:
    assert (be_year(day), fiscal_year(day)) == (year, fiscal)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "วันนี้ 14:03 น."),
        (NOW - timedelta(hours=14), "วันนี้ 00:03 น."),
        (NOW - timedelta(hours=15), "เมื่อวาน 23:03 น."),
        (NOW + timedelta(days=1), "พรุ่งนี้ 14:03 น."),
        (NOW - timedelta(days=2), "18 พ.ย. 2569"),
        (DAY, "วันนี้"),
        (DAY - timedelta(days=1), "เมื่อวาน"),
        (DAY - timedelta(days=400), "16 ต.ค. 2568"),
        (datetime(2026, 11, 19, 17, 30, tzinfo=UTC), "วันนี้ 00:30 น."),
    ],
)
def test_relative_day(moment: date, text: str) -> None:
    assert relative_day(moment, now=NOW) == text


@pytest.mark.parametrize(("deadline", "left"), [(DAY, 0), (date(2026, 11, 30), 10), (date(2026, 11, 19), -1)])
def test_days_left(deadline: date, left: int) -> None:
    assert days_left(deadline, today=DAY) == left


def test_the_clock_is_used_when_no_day_is_given(time_machine) -> None:  # type: ignore[no-untyped-def]
    time_machine.move_to(datetime(2026, 11, 20, 17, 30, tzinfo=UTC))  # 00:30 of the 21st in Bangkok
    assert days_left(date(2026, 11, 22)) == 1
    assert relative_day(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) == "เมื่อวาน 23:00 น."
