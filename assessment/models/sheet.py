"""One category of a round: the table that is printed, and what stands around it."""

from __future__ import annotations

import uuid

from django.db import models

from assessment.enums import SheetLayout
from framework.models import Category
from texts.models import Figure, Text, Versioned

from .round import Round


class CategorySheet(Versioned):
    """One category 1–6 of a round, with the headings that this agency prints for it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="sheets")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(
        "รูปแบบตาราง", max_length=20, choices=SheetLayout, default=SheetLayout.THREE_COLUMNS
    )
    heading_feedback = models.CharField("หัวคอลัมน์ที่ 1", max_length=200)
    heading_practice = models.CharField("หัวคอลัมน์ที่ 2", max_length=200)
    heading_activity = models.CharField("หัวคอลัมน์ที่ 3", max_length=200)
    heading_owner = models.CharField("หัวคอลัมน์ที่ 4", max_length=200, default="ผู้รับผิดชอบ")
    criterion_label = models.CharField("คำนำหน้ารหัสเกณฑ์", max_length=40, blank=True, default="เกณฑ์")
    feedback_label = models.CharField("คำนำหน้าข้อเสนอแนะ", max_length=100, blank=True, default="Feedback :")
    print_title = models.BooleanField("พิมพ์ชื่อแบบฟอร์มก่อนหมวดนี้", default=True)
    obstacles = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    remedies = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "แบบฟอร์มหมวด"
        ordering = ["round_id", "category__number"]
        constraints = [models.UniqueConstraint(fields=["round", "category"], name="assessment_sheet_unique")]

    def __str__(self) -> str:
        return f"{self.round} {self.category}"

    @property
    def number(self) -> int:
        """The category number 1–6."""
        return self.category.number


class SheetFigure(Versioned):
    """A full-width figure after the table of a category; its version guards caption and description."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(CategorySheet, on_delete=models.CASCADE, related_name="figures")
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    caption = models.CharField("คำบรรยายภาพ", max_length=300)
    alternative = models.CharField("คำอธิบายสำหรับผู้ที่มองไม่เห็นภาพ", max_length=500)

    class Meta:
        verbose_name = "ภาพเต็มหน้า"
        ordering = ["sheet_id", "position", "pk"]

    def __str__(self) -> str:
        return self.caption
