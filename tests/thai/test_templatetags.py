"""Template filters."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

CONTEXT = {
    "day": date(2026, 11, 20),
    "moment": datetime(2026, 11, 20, 7, 3, tzinfo=UTC),
    "midnight": datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
    "year": 2569,
    "text": "น\u0e4d\u0e49\u0e32" * 500,
    "names": ["ก", "ข <b>", "ค"],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("day|thai_date", "20 พฤศจิกายน 2569"),
        ("moment|thai_date", "20 พฤศจิกายน 2569"),
        ("day|thai_short_date", "20 พ.ย. 2569"),
        ("moment|thai_time", "14:03 น."),
        ("midnight|thai_time", "00:00 น."),
        ("moment|thai_datetime", "20 พฤศจิกายน 2569 เวลา 14:03 น."),
        ("moment|thai_relative", "เมื่อวาน 14:03 น."),
        ("year|thai_digits", "๒๕๖๙"),
        ("day|thai_date|thai_digits", "๒๐ พฤศจิกายน ๒๕๖๙"),
        ("text|characters", "1,500"),
        ('""|characters', "0"),
        ("names|thai_list", "ก ข &lt;b&gt; และ ค"),
        ('names|thai_list:"หรือ"', "ก ข &lt;b&gt; หรือ ค"),
    ],
)
def test_filters(expression: str, shown: str, time_machine) -> None:  # type: ignore[no-untyped-def]
    time_machine.move_to(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
    template = Template(f"{{% load thai %}}{{{{ {expression} }}}}")
    assert template.render(Context(CONTEXT)) == shown


@pytest.mark.parametrize(
    "name",
    [
        "thai_date",
        "thai_short_date",
        "thai_time",
        "thai_datetime",
        "thai_relative",
        "thai_digits",
        "characters",
        "thai_list",
    ],
)
def test_nothing_is_shown_for_nothing(name: str) -> None:
    template = Template(f"{{% load thai %}}[{{{{ nothing|{name} }}}}]")
    assert template.render(Context(CONTEXT)) == "[]"
