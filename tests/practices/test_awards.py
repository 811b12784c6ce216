"""Awards and agencies in every notation of the two source documents and of the tables that offices send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.awards import Award, NamedAgency, read_agency, read_award
from thai.text import to_thai_digits

LERTRAT = "รางวัลเลิศรัฐสาขาคุณภาพการบริหารจัดการ"


@pytest.mark.parametrize(
    ("typed", "name", "years"),
    [
        ("(รางวัล PMQA หมวด 2 ปี 2564)", "รางวัล PMQA หมวด 2", (2564,)),
        (f"({LERTRAT} พ.ศ.2564)", LERTRAT, (2564,)),
        (f"{LERTRAT} พ.ศ.2561", LERTRAT, (2561,)),
        (f"{LERTRAT} ปี พ.ศ. 2565", LERTRAT, (2565,)),
        ("รางวัลเลิศรัฐ ประจำปี พ.ศ. ๒๕๖๕", "รางวัลเลิศรัฐ", (2565,)),
        (
            "รางวัลคุณภาพการบริหารจัดการภาครัฐ ประจำปี พ.ศ. 2564 (รายหมวด) หมวด 3",
            "รางวัลคุณภาพการบริหารจัดการภาครัฐ (รายหมวด) หมวด 3",
            (2564,),
        ),
        ("ปี 64", "", (2564,)),
        ("ปี ๖๓", "", (2563,)),
        ("(64)", "", (2564,)),
        ("2565", "", (2565,)),
        ("รางวัลเลิศรัฐ 2565", "รางวัลเลิศรัฐ", (2565,)),
        ("รางวัลเลิศรัฐ (2565)", "รางวัลเลิศรัฐ", (2565,)),
        ("รางวัลเลิศรัฐ (65)", "รางวัลเลิศรัฐ", (2565,)),
        ("รางวัลเลิศรัฐ (ปี 2565) ระดับดีเด่น", "รางวัลเลิศรัฐ ระดับดีเด่น", (2565,)),
        ("รางวัล (สาขา ก ปี 2565)", "รางวัล (สาขา ก)", (2565,)),
        ("2562-2563", "", (2562, 2563)),
        ("รางวัลเลิศรัฐ ปี 2562 - 2563", "รางวัลเลิศรัฐ", (2562, 2563)),
        ("รางวัลเลิศรัฐ พ.ศ. ๒๕๖๒–๒๕๖๓", "รางวัลเลิศรัฐ", (2562, 2563)),
        ("รางวัล พ.ศ. 2563 และ พ.ศ. 2564", "รางวัล", (2563, 2564)),
        ("รางวัลเลิศรัฐ ปีงบประมาณ พ.ศ. 2566", "รางวัลเลิศรัฐ", (2566,)),
        # numbers that are no year
        ("รางวัล PMQA หมวด 1", "รางวัล PMQA หมวด 1", ()),
        ("PMQA 4.0 – Advanced Level", "PMQA 4.0 – Advanced Level", ()),
        ("ISO 9001:2015", "ISO 9001:2015", ()),
        ("รางวัล 3 ปีซ้อน", "รางวัล 3 ปีซ้อน", ()),
        ("รางวัลชมเชย 100 ปี", "รางวัลชมเชย 100 ปี", ()),
        ("", "", ()),
    ],
)
def test_an_award_and_its_year_are_told_apart(typed, name, years) -> None:
    award = read_award(typed)
    assert award == Award(name, years)
    assert award.year == (years[-1] if years else None)


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("รางวัล ปี 2024", "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"),
        ("รางวัล ค.ศ. 2022", "ปี 2022 เป็นคริสต์ศักราช หมายถึง 2565 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"),
        ("รางวัล ปี ๒๐๒๔ - ๒๐๒๕", "ปี 2024 เป็นคริสต์ศักราช หมายถึง 2567 หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"),
        ("รางวัล ปี 3000", "ไม่เข้าใจปี 3000 กรุณาพิมพ์ปีพุทธศักราชสี่หลัก เช่น 2564"),
    ],
)
def test_a_year_of_another_era_is_asked_about(typed, question) -> None:
    assert read_award(typed) == Award("รางวัล", (), question)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "สำนักงานนโยบายและแผนทรัพยากรธรรมชาติและสิ่งแวดล้อม (สผ.) (รางวัล PMQA หมวด 2 ปี 2564)",
            NamedAgency(
                "สำนักงานนโยบายและแผนทรัพยากรธรรมชาติและสิ่งแวดล้อม", "สผ.", Award("รางวัล PMQA หมวด 2", (2564,))
            ),
        ),
        ("กองบัญชาการกองทัพไทย ปี 63", NamedAgency("กองบัญชาการกองทัพไทย", "", Award("", (2563,)))),
        ("กรมอนามัย (64)", NamedAgency("กรมอนามัย", "", Award("", (2564,)))),
        (f"กรมอนามัย ({LERTRAT} พ.ศ.2561)", NamedAgency("กรมอนามัย", "", Award(LERTRAT, (2561,)))),
        ("กรมสรรพากร (รางวัล ก (รายหมวด) ปี 2560)", NamedAgency("กรมสรรพากร", "", Award("รางวัล ก (รายหมวด)", (2560,)))),
        ("กรมสอบสวนคดีพิเศษ (DSI)", NamedAgency("กรมสอบสวนคดีพิเศษ", "DSI")),
        ("ศูนย์อำนวยการบริหารจังหวัดชายแดนภาคใต้ (ศอ.บต.)", NamedAgency("ศูนย์อำนวยการบริหารจังหวัดชายแดนภาคใต้", "ศอ.บต.")),
        # brackets that belong to the name
        ("สำนักงานพัฒนารัฐบาลดิจิทัล (องค์การมหาชน)", NamedAgency("สำนักงานพัฒนารัฐบาลดิจิทัล (องค์การมหาชน)")),
        ("กรมที่ดิน", NamedAgency("กรมที่ดิน")),
        ("(64)", NamedAgency("(64)")),
    ],
)  # fmt: skip
def test_an_agency_is_told_apart_from_what_stands_behind_it(typed, expected) -> None:
    assert read_agency(typed) == expected


NAMES = st.text(alphabet="กขคงรางวัลเลิศรัฐสาขา ABC", max_size=40).map(lambda name: " ".join(name.split()))
YEARS = st.integers(2400, 2699)


PATTERNS = st.sampled_from(["{} ปี {}", "{} พ.ศ. {}", "({} พ.ศ.{})", "{} ({})", "{} ประจำปี พ.ศ. {}"])


@given(NAMES, YEARS, st.booleans(), PATTERNS)
def test_any_name_and_year_are_read_back(name, year, thai, pattern) -> None:
    typed = pattern.format(name, to_thai_digits(str(year)) if thai else year)
    award = read_award(typed)
    assert (award.name, award.years) == (name, (year,))


@given(st.text(alphabet="กปีพ.ศค0123456789๐๒๕๖()–- :/ถึงและ", max_size=60))
def test_nothing_typed_makes_the_readers_stumble(typed) -> None:
    award = read_award(typed)
    assert all(2400 <= year <= 2700 for year in award.years)
    assert not (award.years and award.question)
    assert read_agency(typed).name or not typed.strip()


def test_a_long_text_is_read_in_no_time() -> None:
    for hostile in ("(" * 300, "ปี " * 100, "พ.ศ." * 75, "2564-" * 60, "() " * 100, "(ก" * 150):
        read_award(hostile)
        read_agency(hostile)
