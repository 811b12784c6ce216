"""What a client sent and what it was told, kept for the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

from .writing import marks

SAVED, MERGED, CONFLICT, LOCKED = "saved", "merged", "conflict", "locked"
MINE, THEIRS = "mine", "theirs"
# kinds of revisions (texts.enums.RevisionKind)
WRITTEN, BEFORE_MERGE, SET_ASIDE = "written", "before_merge", "set_aside"


@dataclass
class Edit:
    """One logical edit, from its first sending to its answer; times are those of the wall clock.

    `known` is the text that the person changed, version `known_version` of it. That is the base too, except when a
    conflict is decided (`choice`): then `base` is the version that the person was shown beside the own text.
    `outcome` is the state of the last answer, empty when none ever came.
    """

    writer: int
    text: str
    key: str
    base: int
    html: str
    known: str = ""
    known_version: int = 0
    choice: str = ""
    first_sent: float = 0.0
    last_sent: float = 0.0
    answered: float = 0.0
    sendings: int = 0
    dropped: int = 0
    broken: int = 0
    busy: int = 0
    outcome: str = ""
    version: int = 0
    current: int = 0
    answer_html: str = ""
    proposal: bool = False
    troubles: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """The client was told that its text is kept."""
        return self.saved or (self.outcome == LOCKED and self.proposal)

    @property
    def saved(self) -> bool:
        """The client was told a version that holds its text."""
        return self.outcome in (SAVED, MERGED)

    @property
    def added(self) -> frozenset[str]:
        """The marks that this edit brings."""
        return marks(self.html) - marks(self.known)

    @property
    def removed(self) -> frozenset[str]:
        """The marks that this edit takes out on purpose."""
        return marks(self.known) - marks(self.html)

    @property
    def seconds(self) -> float:
        """From the first sending to the answer, with all repetitions."""
        return self.answered - self.first_sent


@dataclass(frozen=True)
class StoredRevision:
    """A row of a text's history."""

    version: int
    html: str
    author: int | None
    kind: str = WRITTEN

    @property
    def has_second(self) -> bool:
        """Never stood by itself: the next version says what became of it."""
        return self.kind in (BEFORE_MERGE, SET_ASIDE)


@dataclass
class StoredText:
    """A text as the database holds it after everything has ended; `keys` gives version and time by key."""

    version: int
    html: str
    revisions: list[StoredRevision]
    keys: dict[str, tuple[int, float]] = field(default_factory=dict)
    proposals: set[tuple[int | None, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Span:
    """A time in which texts were surely closed: from the answer to the closing until the opening was asked for."""

    start: float
    end: float
    texts: frozenset[str]


@dataclass(frozen=True)
class Fault:
    """Something that the product promises and did not hold."""

    kind: str
    where: str
    what: str
