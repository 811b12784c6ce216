"""Which gap a case fits: words in common, where they stand, and when nobody would call it a match."""

from __future__ import annotations

import pytest

from assessment.case_matching import CaseWords, best_match, gap_of, ranked
from feedback.models import FeedbackPoint

COMPLAINTS = "มีช่องทางรับเรื่องร้องเรียน แต่ยังขาดการวิเคราะห์ข้อร้องเรียนและระบบติดตามสถานะ"
TRAINING = "ขาดการพัฒนาสมรรถนะและทักษะดิจิทัลของบุคลากร"


def gap(text, marked=""):
    return gap_of(FeedbackPoint(text=text, gap=marked))


def case(pk, title="เรื่องหนึ่ง", summary="", plain=""):
    return CaseWords(pk, title, summary, plain)


def test_a_gap_is_what_is_marked_or_what_the_grammar_suggests():
    assert gap(COMPLAINTS, "การวิเคราะห์ข้อร้องเรียน").text == "การวิเคราะห์ข้อร้องเรียน"
    assert gap(COMPLAINTS).text == "การวิเคราะห์ข้อร้องเรียนและระบบติดตามสถานะ"
    assert "ช่องทาง" not in gap(COMPLAINTS).words


def test_words_lose_what_only_makes_nouns_of_verbs_and_short_ones_are_left_out():
    words = gap("ขาดการประเมินความผูกพัน (Big Data) และการใช้ผล").words
    assert {"ประเมิน", "ผูกพัน", "data"} <= set(words)
    assert {"การประเมิน", "ความผูกพัน", "ใช้", "ผล", "big"} & set(words) == set()


def test_the_best_gap_is_named_with_the_words_in_common():
    found = best_match(
        case(1, plain="กรมวิเคราะห์ข้อร้องเรียนทุกเดือน ผู้ร้องติดตามสถานะได้เอง"), [gap(TRAINING), gap(COMPLAINTS)]
    )
    assert found is not None
    assert found.gap.text == gap(COMPLAINTS).text
    assert found.words == ("ข้อร้องเรียน", "วิเคราะห์", "ติดตาม", "สถานะ")


@pytest.mark.parametrize("plain", ["", "วิเคราะห์งบประมาณ", "พัฒนาเส้นทางคมนาคม"])
def test_one_word_in_common_is_no_match(plain):
    assert best_match(case(1, plain=plain), [gap(TRAINING), gap(COMPLAINTS)]) is None


def test_without_gaps_the_order_stays():
    assert ranked([case(3), case(1), case(2)], []) == [3, 1, 2]
    assert best_match(case(1), []) is None


def test_a_headline_counts_more_than_the_text_and_ties_keep_their_order():
    cases = [
        case(1, plain="งานพัสดุ"),
        case(2, plain="วิเคราะห์ข้อร้องเรียน"),
        case(3, title="วิเคราะห์ข้อร้องเรียน"),
        case(4, plain="งานธุรการ"),
    ]
    assert ranked(cases, [gap(COMPLAINTS)]) == [3, 2, 1, 4]


def test_a_word_of_all_cases_says_less_than_a_rare_one():
    cases = [
        case(1, plain="ข้อร้องเรียน"),
        case(2, plain="ข้อร้องเรียน"),
        case(3, plain="ข้อร้องเรียน สถานะ"),
    ]
    assert ranked(cases, [gap(COMPLAINTS)]) == [3, 1, 2]


def test_capitals_are_no_other_word():
    words = gap("ขาดการใช้ Dashboard และ Chatbot").words
    assert {"dashboard", "chatbot"} <= set(words)
    found = best_match(case(1, title="DASHBOARD", plain="ChatBot"), [gap("ขาดการใช้ Dashboard และ Chatbot")])
    assert found is not None
