"""Cutting a cell of the form into its pieces: by their hidden identities, and where those are lost by labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from documents.word.form import ANALYSIS_LABEL, OBSTACLES_LABEL, OWNERS_LABEL, REMEDIES_LABEL, SEE_LABEL
from documents.word.identity import Kind, Mark
from documents.word.reader import ReadBlock, ReadParagraph
from thai.text import normalise, to_arabic_digits

LABELS = {ANALYSIS_LABEL: Kind.ANALYSIS, OBSTACLES_LABEL: Kind.OBSTACLES, REMEDIES_LABEL: Kind.REMEDIES}
SHEET_KINDS = {Kind.OBSTACLES: Kind.SHEET_OBSTACLES, Kind.REMEDIES: Kind.SHEET_REMEDIES}


@dataclass
class Segment:
    """One piece; without a mark it is one that the document has no identity for. `line` are the words of owners."""

    kind: Kind
    mark: Mark | None = None
    blocks: list[ReadBlock] = field(default_factory=list)
    line: str = ""


def activity_segments(blocks: Iterable[ReadBlock], firsts: Mapping[str, Mark]) -> list[Segment]:
    """The activity cell: texts with their owner lines, and the optional texts of the criterion.

    Text without identity goes on with the piece before it; after a line of owners it is a new activity. `firsts` names
    the activities by their first lines, which tell where one begins when the identities are lost.
    """
    cutter = _Cutter(firsts)
    for block in blocks:
        cutter.add(block)
    return _joined_at_the_beginning(cutter.segments)


def owner_segments(blocks: Iterable[ReadBlock]) -> list[Segment]:
    """The fourth column: one line of owners per paragraph."""
    lines = [block for block in blocks if isinstance(block, ReadParagraph) and block.text]
    return [Segment(Kind.OWNERS, _mark(block, {Kind.OWNERS}), [], _line(block)) for block in lines]


def practice_segments(blocks: Iterable[ReadBlock], heads: Mapping[str, Mark]) -> list[Segment]:
    """The practice cell: heads with the agency, texts. `heads` names the cases by the agency that they begin with."""
    segments: list[Segment] = []
    for block in blocks:
        mark = _mark(block, {Kind.PRACTICE, Kind.PRACTICE_HEAD})
        name = next((name for name in heads if _text(block).startswith(name)), None)
        if mark is None and name and not any(s.mark and s.mark.key == heads[name].key for s in segments):
            mark = heads[name]
        if mark:
            segments.append(Segment(mark.kind, mark, [block]))
        elif segments and segments[-1].kind == Kind.PRACTICE:
            segments[-1].blocks.append(block)
        elif segments and segments[-1].mark:
            # the text behind a head that was found by its agency
            text = Mark(Kind.PRACTICE, segments[-1].mark.key, "x")
            segments.append(Segment(Kind.PRACTICE, text, [block]))
        else:
            segments.append(Segment(Kind.PRACTICE, None, [block]))
    return segments


def body_segments(blocks: Iterable[ReadBlock]) -> list[Segment]:
    """What stands after the table of a category: its two texts."""
    cutter = _Cutter(sheet=True)
    for block in blocks:
        cutter.add(block)
    return cutter.segments


class _Cutter:
    """Goes through blocks and decides where a piece begins."""

    def __init__(self, firsts: Mapping[str, Mark] | None = None, *, sheet: bool = False) -> None:
        self.firsts = dict(firsts or {})
        self.sheet = sheet
        self.segments: list[Segment] = []
        self.current: Segment | None = None

    def add(self, block: ReadBlock) -> None:
        """Take in the next block."""
        mark = _mark(block, set(Kind) - {Kind.PRACTICE, Kind.PRACTICE_HEAD}) or self._known(block)
        label = self._label(block)
        if (mark and mark.kind == Kind.OWNERS) or (mark is None and label and label[0] == Kind.OWNERS):
            self._begin(Segment(Kind.OWNERS, mark, [], _line(block)))
        elif mark:
            self._begin(Segment(mark.kind, mark, [block]))
        elif label:
            kind = SHEET_KINDS.get(label[0], label[0]) if self.sheet else label[0]
            self._begin(Segment(kind, None, [_paragraph(label[1])] if label[1] else []))
        elif _text(block).startswith(f"{SEE_LABEL} ") and (
            self.current is None or self.current.kind == Kind.OWNERS
        ):
            self.current = None
        elif self.current and self.current.kind != Kind.OWNERS:
            self.current.blocks.append(block)
        elif not block.is_empty:
            self._begin(Segment(Kind.ACTIVITY, None, [block]))

    def _known(self, block: ReadBlock) -> Mark | None:
        """The activity that begins with this line, outside of pieces that have their identity."""
        if self.current and self.current.mark and self.current.mark.version is not None:
            return None
        return self.firsts.pop(letters(_first_line(block)), None) if not block.is_empty else None

    def _begin(self, segment: Segment) -> None:
        """A piece with identity right behind its label takes the label's place."""
        before = self.segments[-1] if self.segments else None
        if (
            before
            and segment.mark
            and before.mark is None
            and before.kind == segment.kind
            and not before.blocks
        ):
            self.segments.pop()
        self.segments.append(segment)
        self.current = segment

    def _label(self, block: ReadBlock) -> tuple[Kind, str] | None:
        """The label that a paragraph is, with what stands behind it on the same line.

        Inside a piece that has its identity a paragraph with such words is the person's own, unless it has our style.
        """
        if not isinstance(block, ReadParagraph):
            return None
        text, ours = _text(block), block.style in ("PMQA Label", "PMQA Owners")
        if self.current and self.current.mark and self.current.kind != Kind.OWNERS and not ours:
            return None
        if text.startswith(OWNERS_LABEL) and not self.sheet:
            return Kind.OWNERS, ""
        for label, kind in LABELS.items():
            rest = text.removeprefix(label).lstrip()
            if text.startswith(label) and (not rest or rest.startswith(":")):
                return kind, rest.removeprefix(":").strip()
        return None


def split_owner_line(segment: Segment) -> Segment | None:
    """Take «ผู้รับผิดชอบ …» off the end of an activity that somebody wrote it into."""
    written = [block for block in segment.blocks if not block.is_empty]
    last = written[-1] if len(written) > 1 else None
    if not isinstance(last, ReadParagraph) or not _text(last).startswith(OWNERS_LABEL):
        return None
    segment.blocks = segment.blocks[: segment.blocks.index(last)]
    return Segment(Kind.OWNERS, None, [], _line(last))


def _joined_at_the_beginning(segments: list[Segment]) -> list[Segment]:
    """Lines typed above the first activity of a cell belong to it."""
    if len(segments) > 1:
        first, second = segments[0], segments[1]
        known = second.mark is not None and second.mark.version is not None
        if first.mark is None and first.kind == Kind.ACTIVITY == second.kind and known:
            return [Segment(second.kind, second.mark, first.blocks + second.blocks), *segments[2:]]
    return segments


def letters(text: str) -> str:
    """What counts when two lines are compared: no blanks, one kind of digits."""
    return to_arabic_digits("".join(normalise(text).split()))


def _first_line(block: ReadBlock) -> str:
    """The first words of a block, of a table those of its first cell."""
    if isinstance(block, ReadParagraph):
        return block.text.split("\n")[0]
    inside = (inner for row in block.rows for cell in row for inner in cell.blocks)
    return next((line for inner in inside if (line := _first_line(inner))), "")


def _mark(block: ReadBlock, kinds: set[Kind]) -> Mark | None:
    return next((mark for mark in block.marks if mark.kind in kinds), None)


def _text(block: ReadBlock) -> str:
    return normalise(block.text).strip() if isinstance(block, ReadParagraph) else ""


def _line(block: ReadBlock) -> str:
    """The words of a line of owners without its label."""
    text = _text(block)
    rest = text.removeprefix(OWNERS_LABEL).lstrip()
    return " ".join((rest.removeprefix(":") if text.startswith(OWNERS_LABEL) else text).split())


def _paragraph(text: str) -> ReadParagraph:
    paragraph = ReadParagraph()
    paragraph.inline.add(text, frozenset())
    return paragraph
