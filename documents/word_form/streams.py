"""Lines of one column, or of one section outside of tables, put into pieces; what a row cut apart is joined again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from . import patterns
from .awards import award_line, opening
from .columns import Column
from .owners import BEGINNINGS
from .patterns import alike, marker_style, squash
from .pieces import Piece, PieceKind
from .source import Line

Codes = tuple[str, ...]
# From here on a name in the file is the criterion's name, whatever the wording of the year.
NEAR = 0.6
LONGEST_OWNER_LINE = 120
_LABELS = (
    (PieceKind.ANALYSIS, patterns.ANALYSIS),
    (PieceKind.OBSTACLES, patterns.OBSTACLES),
    (PieceKind.REMEDIES, patterns.REMEDIES),
)
_AGAIN = {"(ต่อ)", "ต่อ"}


@dataclass(frozen=True)
class Known:
    """What the installation knows: names of criteria by code, agencies in squashed form."""

    names: Mapping[str, Collection[str]]
    agencies: Collection[str] = frozenset()


class Streams:
    """The pieces so far, and which of them a next line of each column would go on with."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.pieces: list[Piece] = []
        self.open: dict[tuple[PieceKind, str], Piece] = {}
        self.mode: dict[str, PieceKind] = {}
        self.style: dict[tuple[PieceKind, str], str] = {}
        self.owner_open: dict[str, bool] = {}
        self.in_feedback: set[str] = set()
        self.awarded: set[str] = set()
        self.names: list[Piece] = []

    def take(self, column: Column, lines: Sequence[Line], codes: Codes) -> None:
        """Put lines of a column other than that of the criteria into pieces of these criteria."""
        for line in lines:
            match column:
                case Column.FEEDBACK:
                    self.feedback(line, codes[:1])
                case Column.PRACTICE:
                    self.practice(line, codes)
                case Column.ACTIVITY:
                    self.activity(line, codes)
                case Column.OWNER:
                    self._own_column(line, codes)
                case Column.ANALYSIS | Column.OBSTACLES | Column.REMEDIES:
                    self.passage(PieceKind(column.value), line, codes)

    def heading(self, line: Line, code: str = "") -> None:
        """What the form prints by itself."""
        if line.text.strip() or line.pictures:
            self.pieces.append(Piece(PieceKind.HEADING, code, [line], place=line.place))

    def note(self, line: Line, codes: Codes, why: str) -> None:
        """What could not be placed; neighbours are one note."""
        last = self.pieces[-1] if self.pieces else None
        code = codes[0] if codes else ""
        if last and last.kind == PieceKind.NOTE and (last.code, last.why) == (code, why):
            last.lines.append(line)
        else:
            self._begin(PieceKind.NOTE, codes[:1], line, why=why)

    def passage(self, kind: PieceKind, line: Line, codes: Codes) -> None:
        """Analysis, obstacles or remedies, with or without their label."""
        pattern = dict(_LABELS)[kind]
        if found := pattern.match(line.text):
            line = self._label(line, found.end(), codes)
        self._go_on(kind, codes, line)

    # --- criterion and feedback ---

    def criterion_begins(self, code: str, line: Line, end: int) -> None:
        """«เกณฑ์ 1.1 ชื่อเกณฑ์ …»: the code up to `end`, behind it the name and maybe the feedback."""
        rest = self._label(line, end, (code,))
        self.in_feedback.discard(code)
        if squash(rest.text) in _AGAIN:
            self.heading(rest, code)
            return
        piece = Piece(PieceKind.HEADING, code, place=line.place)
        self.names.append(piece)
        self.pieces.append(piece)
        self.open[PieceKind.HEADING, code] = piece
        self.name_or_feedback(rest, code)

    def name_or_feedback(self, line: Line, code: str) -> None:
        """A line of the first column behind the code."""
        inside = patterns.FEEDBACK_INSIDE.search(line.text)
        if patterns.FEEDBACK.match(line.text) or code in self.in_feedback:
            self.feedback(line, (code,))
        elif inside:
            self._name(line.cut(0, inside.start()), code)
            self.feedback(line.cut(inside.start()), (code,))
        else:
            self._name(line, code)

    def _name(self, line: Line, code: str) -> None:
        piece = self.open.get((PieceKind.HEADING, code))
        if piece is None:
            self.note(line, (code,), "อยู่ก่อนคำว่า Feedback")
        elif line.text.strip() or line.pictures:
            piece.lines.append(line)

    def feedback(self, line: Line, codes: Codes) -> None:
        """A line of feedback: a label or a list marker begins a point, everything else goes on with the last."""
        code = codes[0] if codes else ""
        found = patterns.FEEDBACK.match(line.text)
        if found:
            line = self._label(line, found.end(), codes)
            self._close(PieceKind.FEEDBACK, code)
        self.in_feedback.add(code)
        inside = patterns.FEEDBACK_INSIDE.search(line.text)
        if inside and inside.start() > 0:
            self._list_line(PieceKind.FEEDBACK, codes, line.cut(0, inside.start()))
            self.feedback(line.cut(inside.start()), codes)
        else:
            self._list_line(PieceKind.FEEDBACK, codes, line)

    def settle_names(self) -> None:
        """Which lines behind a code are its name; the others are notes. Call it once, at the end."""
        for piece in self.names:
            count = self._name_lines(piece)
            rest = piece.lines[count:]
            del piece.lines[count:]
            if rest:
                why = "อยู่ก่อนคำว่า Feedback" if count else "ชื่อเกณฑ์ในไฟล์ไม่ตรงกับชื่อในรอบนี้"
                note = Piece(PieceKind.NOTE, piece.code, rest, why=why, place=rest[0].place)
                self.pieces.insert(next(i for i, each in enumerate(self.pieces) if each is piece) + 1, note)
        self.pieces = [each for each in self.pieces if each.lines or each.head]

    def _name_lines(self, piece: Piece) -> int:
        names = self.known.names.get(piece.code, ())
        best, nearest = 0, NEAR
        for count in range(1, min(len(piece.lines), 6) + 1):
            text = "".join(line.text for line in piece.lines[:count])
            near = max((alike(text, name) for name in names), default=0.0)
            if near >= nearest:
                best, nearest = count, near
        # in the words of another edition it is a name all the same, when feedback follows
        return best or (1 if piece.code in self.in_feedback else 0)

    # --- practices ---

    def practice(self, line: Line, codes: Codes) -> None:
        """A line of the column of best practices."""
        code = codes[0] if codes else ""
        if (found := patterns.PRACTICES.match(line.text)) and not line.text[found.end() :].strip():
            self.heading(line, code)
            return
        current = self.open.get((PieceKind.PRACTICE, code))
        agency = current.agency if current else ""
        if (
            current
            and current.agency
            and (award := award_line(line.text))
            and not (current.award or current.award_year)
        ):
            current.head += line.text
            current.award, current.award_year = award.name, award.year
            self.awarded.add(code)
            return
        # behind an award that stands below its text, the next agency needs no other sign
        first = current is None or code in self.awarded
        self.awarded.discard(code)
        begins = opening(line, first=first, current=agency, known=self.known.agencies)
        if begins:
            piece = self._begin(PieceKind.PRACTICE, codes, line.cut(begins.end))
            piece.head, piece.agency = line.text[: begins.end], begins.agency
            piece.award, piece.award_year = begins.award, begins.year
        elif current is None:
            why = "ไม่พบชื่อหน่วยงานของตัวอย่างนี้"
            self.open[PieceKind.PRACTICE, code] = self._begin(PieceKind.NOTE, codes, line, why=why)
        else:
            current.lines.append(line)

    # --- activities and owners ---

    def activity(self, line: Line, codes: Codes) -> None:
        """A line of the column of activities, which may also hold analysis, obstacles, remedies and owners."""
        code = codes[0] if codes else ""
        if patterns.ACTIVITIES.match(line.text):
            self.heading(line, code)
            self._turn(PieceKind.ACTIVITY, code)
            return
        for kind, pattern in _LABELS:
            if found := pattern.match(line.text):
                self._turn(kind, code)
                line = self._label(line, found.end(), codes)
                break
        self._activity_text(line, codes)

    def _activity_text(self, line: Line, codes: Codes) -> None:
        code = codes[0] if codes else ""
        if found := patterns.OWNER.match(line.text):
            self._owners(line, found.end(), codes)
        elif found := self._owner_inside(line):
            self._activity_text(line.cut(0, found.start()), codes)
            self._owners(line.cut(found.start()), found.end() - found.start(), codes)
        elif self.owner_open.get(code) and self._goes_on_with_owners(line, code):
            self.open[PieceKind.OWNERS, code].lines.append(line)
        else:
            if self.owner_open.pop(code, False):
                self._turn(PieceKind.ACTIVITY, code)
            mode = self.mode.get(code, PieceKind.ACTIVITY)
            if mode == PieceKind.ACTIVITY:
                self._list_line(mode, codes, line)
            else:
                self._go_on(mode, codes, line)

    @staticmethod
    def _owner_inside(line: Line) -> patterns.re.Match[str] | None:
        """«… e-mail <u>ผู้รับผิดชอบ</u> ฝ่ายเลขานุการฯ»: in the middle only with a colon or with emphasis of its own."""
        for found in patterns.OWNER_INSIDE.finditer(line.text):
            word = found.start() + len("ผู้รับผิดชอบ")
            around = line.marked(0, found.start())
            emphasised = (line.marked(found.start(), word) - around) & {"u", "strong"}
            if found.start() and (emphasised or found[0].rstrip()[-1] in ":："):
                return found
        return None

    def _owners(self, line: Line, end: int, codes: Codes) -> None:
        code = codes[0] if codes else ""
        rest = self._label(line, end, codes)
        # the piece is made also when the names stand in the next line
        self._begin(PieceKind.OWNERS, codes, rest)
        self.owner_open[code] = True

    def _goes_on_with_owners(self, line: Line, code: str) -> bool:
        text = line.text.strip()
        if line.label or len(text) > LONGEST_OWNER_LINE:
            return False
        present = self.open[PieceKind.OWNERS, code]
        if not present.lines:
            return True
        before = present.lines[-1].text.rstrip()
        joined = before.endswith(("/", "และ", "หรือ", ",")) or text.startswith(("/", "และ", "หรือ", "("))
        return joined or bool(
            BEGINNINGS.match(text) and not patterns.re.search("ได้|มีการ|ดำเนินการ|จัดทำ", text)
        )

    def _own_column(self, line: Line, codes: Codes) -> None:
        """Owners in a column of their own: a row goes on with the row before when its text was cut there."""
        code = codes[0] if codes else ""
        if found := patterns.OWNER.match(line.text):
            line = self._label(line, found.end(), codes)
        present = self.open.get((PieceKind.OWNERS, code))
        text = line.text.strip()
        if present and present.lines and text:
            cut_off = present.lines[-1].text.rstrip().endswith(("/", "และ", "หรือ", ","))
            same_cell = present.lines[-1].place == line.place
            if cut_off or same_cell or not BEGINNINGS.match(text):
                present.lines.append(line)
                return
        self._begin(PieceKind.OWNERS, codes, line).own_column = True

    # --- the pieces ---

    def _begin(self, kind: PieceKind, codes: Codes, line: Line, why: str = "") -> Piece:
        code = codes[0] if codes else ""
        lines = [line] if line.text.strip() or line.pictures else []
        piece = Piece(kind, code, lines, also=codes[1:], why=why, place=line.place)
        self.pieces.append(piece)
        if kind != PieceKind.NOTE:
            self.open[kind, code] = piece
        return piece

    def _go_on(self, kind: PieceKind, codes: Codes, line: Line) -> None:
        if not (line.text.strip() or line.pictures):
            return
        present = self.open.get((kind, codes[0] if codes else ""))
        if present is None:
            self._begin(kind, codes, line)
        else:
            present.lines.append(line)

    def _list_line(self, kind: PieceKind, codes: Codes, line: Line) -> None:
        """A line that begins like the first one of its list begins a piece; every other goes on with the last."""
        if not (line.text.strip() or line.pictures):
            return
        key = (kind, codes[0] if codes else "")
        style = marker_style(line.text, line.label, line.level)
        if key not in self.open:
            self.style[key] = style
            self._begin(kind, codes, line)
        elif style and style == self.style.get(key):
            self._begin(kind, codes, line)
        else:
            self.open[key].lines.append(line)

    def _label(self, line: Line, end: int, codes: Codes) -> Line:
        """Set the label apart; gives what stands behind it, with the line's pictures and list label."""
        rest = line.cut(end)
        rest = Line(rest.runs, line.place, pictures=line.pictures)
        self.heading(Line(line.cut(0, end).runs, line.place), codes[0] if codes else "")
        return rest

    def _turn(self, kind: PieceKind, code: str) -> None:
        """What follows is of this kind and a new piece."""
        self.mode[code] = kind
        self.owner_open.pop(code, None)
        self._close(kind, code)

    def _close(self, kind: PieceKind, code: str) -> None:
        self.open.pop((kind, code), None)
