"""Rows with a name that only one of them may have, saved by several people at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from organizations.models import Versioned

TAKEN_MEANWHILE = "มีผู้บันทึกชื่อหรือรหัสเดียวกันนี้เมื่อครู่ จึงยังไม่ได้บันทึก กรุณาตรวจสอบแล้วลองอีกครั้ง"


def save_checked(row: models.Model, fields: Iterable[str] | None = None) -> None:
    """Check the row and save it (only these fields). Raises ValidationError, also when somebody was faster."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as collision:
        raise ValidationError(TAKEN_MEANWHILE) from collision


def save_on_top(row: Versioned, base_version: int, fields: list[str]) -> list[str]:
    """Save these fields of the row on top of the version that the person saw; give the names of the changed ones.

    Saving what stands there already is no change and never a conflict, so a repeated request is harmless.
    Raises StaleVersion with the row as it stands, ValidationError as `save_checked`; nothing is written then.
    """
    current = row.fresh()
    changed = [name for name in fields if getattr(current, name) != getattr(row, name)]
    if changed:
        row.claim_version(base_version)
        save_checked(row, fields)
    return changed
