"""A library of generated cases for measuring: our own words in no order that means anything.

Half of the words run as they do in the demonstration's cases, half come from the whole dictionary, the frequent ones
more often (Zipf), so that there are words of every text, of some and of one. The same number always gives the same.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

CASES, AGENCIES = 10_000, 100
WORDS_PER_CASE = 300
# What two agencies have of their own: the one that asks, and one of which nothing may be found.
OWN, OTHER = "bench-own", "bench-other"
YEARS = range(2564, 2569)
POINTS_PER_YEAR, ACTIVITIES_PER_YEAR = 400, 200
AWARDS = ("รางวัลเลิศรัฐ สาขาบริการภาครัฐ", "รางวัล PMQA หมวด 1", "รางวัล PMQA หมวด 3", "รางวัล PMQA หมวด 6", "")


class Generator:
    """Makes texts from a seed."""

    def __init__(self, fixtures: Path) -> None:
        from pythainlp.corpus.common import thai_words

        from thai.words import terms, tokens

        self.random = random.Random(2569)  # noqa: S311
        files = sorted(fixtures.glob("demo_senate_2565/practices/*.yaml"))
        plain = re.sub(
            r"<[^>]+>|^ *[a-z_-]+:", "", "\n".join(path.read_text("utf-8") for path in files), flags=re.M
        )
        self.running = [
            word for line in plain.splitlines() for word in tokens(line) if re.match("[ก-๙A-Za-z]", word)
        ]
        self.terms = sorted(terms())
        self.rare = sorted(thai_words() | terms())
        self.random.shuffle(self.rare)
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.rare) + 1)))

    def words(self, number: int) -> list[str]:
        """So many words."""
        running = self.random.choices(self.running, k=number // 2)
        rare = self.random.choices(self.rare, cum_weights=self.weights, k=number - number // 2)
        words = running + rare
        self.random.shuffle(words)
        return words

    def text(self, number: int) -> str:
        """So many words with a blank now and then."""
        return "".join(word + " " * (self.random.random() < 0.1) for word in self.words(number)).strip()


def fill(generator: Generator) -> None:
    """Put the cases into an empty installation that has its editions."""
    from django.db import transaction

    from framework.models import Criterion
    from organizations.models import Agency
    from practices.models import Practice

    makes = Agency.objects.bulk_create(
        Agency(code=f"bench-{number}", name=f"กรม{generator.text(3)} {number}", short_name=f"กข{number}.")
        for number in range(AGENCIES)
    )
    criteria = list(Criterion.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, CASES, 500):
        with transaction.atomic():
            cases = list(_cases(generator, makes, start, start + 500))
            Practice.objects.bulk_create(cases)
            link = Practice.criteria.through
            link.objects.bulk_create(
                link(practice=case, criterion_id=pk)
                for case in cases
                for pk in generator.random.sample(criteria, 2)
            )


def _cases(generator: Generator, agencies: list, start: int, end: int) -> Iterator[object]:  # type: ignore[type-arg]
    from practices.models import Practice
    from texts.models import Text

    plain = [generator.text(WORDS_PER_CASE) for _ in range(start, end)]
    texts = Text.objects.bulk_create(Text(html=f"<p>{text}</p>", plain=text, version=1) for text in plain)
    for number, text in enumerate(texts, start=start):
        yield Practice(
            uid=uuid.UUID(int=number),
            key=f"bench-{number}",
            agency=generator.random.choice(agencies),
            title=generator.text(8)[:300],
            award=generator.random.choice(AWARDS),
            award_year=generator.random.randint(2558, 2568),
            summary=generator.text(20),
            text=text,
        )


def fill_years(generator: Generator) -> None:
    """Feedback, rounds and activities of some years of two agencies that work here."""
    from assessment.services.rounds import create_round
    from framework.models import Edition
    from organizations.models import Agency

    edition = Edition.objects.order_by("year").first()
    for code, name in ((OWN, "หน่วยงานผู้ค้น"), (OTHER, "หน่วยงานข้างเคียง")):
        agency = Agency.objects.create(code=code, name=name, hosted=True)
        for year in YEARS:
            round = create_round(agency=agency, year=year, edition=edition, by=None)
            _fill_feedback(generator, agency, year)
            _fill_activities(generator, round)


def _fill_feedback(generator: Generator, agency: object, year: int) -> None:
    from feedback.models import FeedbackPoint
    from framework.models import Criterion

    criteria = list(Criterion.objects.order_by("pk").values_list("pk", flat=True))
    FeedbackPoint.objects.bulk_create(
        FeedbackPoint(
            agency=agency, year=year, criterion_id=generator.random.choice(criteria), text=generator.text(40)
        )
        for _ in range(POINTS_PER_YEAR)
    )


def _fill_activities(generator: Generator, round: object) -> None:
    from assessment.models import Activity, ActivityPlace, CriterionAnalysis
    from texts.models import Text

    plain = [generator.text(60) for _ in range(ACTIVITIES_PER_YEAR)]
    texts = Text.objects.bulk_create(Text(html=f"<p>{text}</p>", plain=text, version=1) for text in plain)
    activities = Activity.objects.bulk_create(Activity(round=round, text=text) for text in texts)
    analyses = list(CriterionAnalysis.objects.filter(sheet__round=round).order_by("pk"))
    ActivityPlace.objects.bulk_create(
        ActivityPlace(
            activity=activity,
            analysis=analyses[number % len(analyses)],
            position=1 + number // len(analyses),
        )
        for number, activity in enumerate(activities)
    )


def questions(generator: Generator) -> dict[str, list[str]]:
    """What is asked, by kind: as people would, with words of every frequency."""
    from practices.models import Practice

    pick = generator.random
    cases = [
        Practice.objects.select_related("text", "agency").get(key=f"bench-{n}") for n in range(0, CASES, 250)
    ]
    runs = [run for case in cases for run in case.text.plain.split() if 6 <= len(run) <= 20]
    common = ["การ", "ประชาชน", "บริการ", "หน่วยงาน", "ข้อมูล"]
    return {
        "terms of the field": pick.sample(generator.terms, 40),
        "passages": pick.sample(runs, 40),
        "without tone marks": [re.sub("[่-๋]", "", run) for run in pick.sample(runs, 20)],
        "two words": [" ".join(pick.sample(generator.terms, 2)) for _ in range(20)],
        "titles": [case.title.split()[0][:30] for case in cases[:20]],
        "agencies and criteria": [*(case.agency.name[:12] for case in cases[:10]), "3.1", "ข้อ 1.2", "หมวด 6"],
        "in every text": common,
    }


SHORT_QUESTIONS = ["กข", "ปี", "สผ", "ก", "AI", "งบ", "ศน", "ฮ", "๑", "ณ"]
