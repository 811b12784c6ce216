"""Everything of a round as one JSON file, to be taken in by another installation or read by other programs."""

from __future__ import annotations

import hashlib

from documents.exchange.canonical import dump
from documents.exchange.reading import read_round
from documents.reading import one_moment

from .order import Export, Order, Step


def export(order: Order) -> Export:
    """Read the rows in one moment and give their canonical form: equal data give equal bytes."""
    order.on_progress(Step("กำลังอ่านข้อมูล", 0, 1))
    with one_moment():
        document = read_round(order.round, None if order.category is None else {order.category})
    content = dump(document)
    digest = hashlib.sha256(content).hexdigest()
    return Export(order.filename, order.format.media_type, content, digest)
