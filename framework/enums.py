"""Choices of the framework."""

from django.db import models


class CategoryKind(models.TextChoices):
    """Categories 1–6 are about processes, category 7 about results."""

    PROCESS = "process", "หมวดกระบวนการ"
    RESULT = "result", "หมวดผลลัพธ์"


class LevelCode(models.TextChoices):
    """The three levels; the official words are «Advance» and «Significance»."""

    BASIC = "basic", "Basic"
    ADVANCE = "advance", "Advance"
    SIGNIFICANCE = "significance", "Significance"
