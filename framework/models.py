"""PMQA as rows: what an edition asks, in its own words. No rows of users."""

from __future__ import annotations

from django.db import models

from .enums import CategoryKind, LevelCode


class EditionQuerySet(models.QuerySet["Edition"]):
    """Reading editions."""

    def newest_first(self) -> EditionQuerySet:
        """The order of choice lists."""
        return self.order_by("-year", "-code")


class Edition(models.Model):
    """One wording of the framework.

    `year` is a Buddhist-era year, `character_limit` counts code points of one answer. From `locked_at` on,
    a round uses the edition and its wording does not change any more.
    """

    code = models.CharField("รหัส", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("ปี พ.ศ.")
    name = models.CharField("ชื่อ", max_length=200)
    character_limit = models.PositiveIntegerField("จำนวนอักขระต่อคำตอบ")
    source = models.TextField("ที่มา", blank=True)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "ฉบับของเกณฑ์"

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """One step of the ladder; `points` of 500 are reached when the level is complete."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="levels")
    code = models.CharField(max_length=20, choices=LevelCode)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    thai_name = models.CharField(max_length=100, blank=True)
    points = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "ระดับ"
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="framework_level_code_unique")
        ]

    def __str__(self) -> str:
        return self.name


class ResultBand(models.Model):
    """How an indicator of category 7 is scored, in points of 500, as far as the edition says."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="result_bands")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=300)
    points = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "ช่วงคะแนนผลลัพธ์"
        ordering = ["edition_id", "position"]

    def __str__(self) -> str:
        return f"{self.label}: {self.points}"


class Category(models.Model):
    """One of the seven categories of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="categories")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=CategoryKind)
    name = models.CharField(max_length=300)
    revised = models.BooleanField(default=False, help_text="ฉบับนี้ระบุว่าเป็นหมวดที่ปรับใหม่")
    intent = models.TextField(blank=True)
    goal = models.TextField(blank=True)

    class Meta:
        verbose_name = "หมวด"
        ordering = ["edition_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="framework_category_number_unique")
        ]

    def __str__(self) -> str:
        return f"หมวด {self.number} {self.name}"


class FocusPoint(models.Model):
    """One sentence of «จุดเน้นที่สำคัญ» of a category."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="focus_points")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        verbose_name = "จุดเน้น"
        ordering = ["category_id", "position"]

    def __str__(self) -> str:
        return self.text[:60]


class Criterion(models.Model):
    """A criterion as such: the same row through all editions, whatever its code or wording becomes."""

    identity = models.CharField(max_length=60, unique=True)

    class Meta:
        verbose_name = "เกณฑ์"

    def __str__(self) -> str:
        return self.identity


class EditionCriterion(models.Model):
    """A criterion in the words of one edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="criteria")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="wordings")
    code = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    short_name = models.CharField(max_length=300)
    full_name = models.CharField(max_length=500)
    guidance = models.TextField(blank=True)

    class Meta:
        verbose_name = "เกณฑ์ในฉบับ"
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "code"], name="framework_editioncriterion_code_unique"
            ),
            models.UniqueConstraint(
                fields=["edition", "criterion"], name="framework_editioncriterion_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.short_name}"


class LevelDescriptor(models.Model):
    """What a criterion asks at one level."""

    criterion = models.ForeignKey(EditionCriterion, on_delete=models.CASCADE, related_name="descriptors")
    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="descriptors")
    text = models.TextField()

    class Meta:
        verbose_name = "คำอธิบายระดับ"
        ordering = ["criterion_id", "level__position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "level"], name="framework_descriptor_unique")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class SubItem(models.Model):
    """One sub-item (ข้อย่อย) of a criterion; its level may be unknown."""

    criterion = models.ForeignKey(EditionCriterion, on_delete=models.CASCADE, related_name="sub_items")
    code = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    level = models.ForeignKey(Level, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = models.TextField()

    class Meta:
        verbose_name = "ข้อย่อย"
        ordering = ["criterion_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "code"], name="framework_subitem_code_unique")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text[:60]}"


class ResultLink(models.Model):
    """A process category feeds a result criterion of category 7."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="result_links")
    result = models.ForeignKey(EditionCriterion, on_delete=models.CASCADE, related_name="fed_by")

    class Meta:
        verbose_name = "ความเชื่อมโยงสู่ผลลัพธ์"
        ordering = ["category_id", "result__position"]
        constraints = [
            models.UniqueConstraint(fields=["category", "result"], name="framework_resultlink_unique")
        ]

    def __str__(self) -> str:
        return f"{self.category_id} → {self.result_id}"


class Succession(models.Model):
    """In `edition` the criterion `new` took the place of `old` (renumbered, split or merged)."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="successions")
    old = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="successors")
    new = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="predecessors")

    class Meta:
        verbose_name = "การสืบต่อของเกณฑ์"
        constraints = [
            models.UniqueConstraint(fields=["edition", "old", "new"], name="framework_succession_unique")
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
