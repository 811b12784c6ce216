"""Word-level differences of two rich texts.

Tags count as one token each and words come from ``thai.words``; Thai has no spaces between words, so a
difference by spaces would mark whole sentences. The rendering has the structure of the new text; what was
deleted is put back into it as ``<del>``, with its own paragraph, list item or row where it was a whole one.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from thai.matching import Opcode, Operation, opcodes
from thai.words import tokens

# the product's allow-list; a tag that is not here loses its brackets and keeps its text
_ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("p", "br", "strong", "em", "u", "li", "figure", "figcaption"), frozenset[str]()),
    **dict.fromkeys(("table", "tbody", "tr"), frozenset[str]()),
    **dict.fromkeys(("th", "td"), frozenset({"colspan", "rowspan"})),
    **dict.fromkeys(("ul", "ol"), frozenset({"class", "start"})),
    "img": frozenset({"src", "alt"}),
}
_VOID: Final = frozenset({"br", "img"})
_INLINE: Final = frozenset({"strong", "em", "u", "img"})
_CELLS: Final = frozenset({"", "td", "th", "li"})
# where a whole deleted element may be put back; inline elements may stand wherever text may
_PARENTS: Final[dict[str, frozenset[str]]] = {
    "li": frozenset({"ul", "ol"}),
    "tbody": frozenset({"table"}),
    "tr": frozenset({"tbody", "table"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "figcaption": frozenset({"figure"}),
    **dict.fromkeys(("p", "ul", "ol", "table", "figure"), _CELLS),
}
_OTHER_SCHEME: Final = re.compile(r"(?!https?:)[^/?#]*:", re.IGNORECASE)
_TOKEN: Final = re.compile(r"<[^>]*>|[^<]+")
_TAG: Final = re.compile(r"<(/?)([a-z]+)")
_INLINE_ENDS: Final = re.compile(r"(?:</(?:strong|em|u)>)+")
# elements that take no text of their own, and what a deleted text is wrapped in there
_WRAPPERS: Final[dict[str, tuple[str, str]]] = {
    "ul": ("<li>", "</li>"),
    "ol": ("<li>", "</li>"),
    "table": ("<tbody><tr><td>", "</td></tr></tbody>"),
    "tbody": ("<tr><td>", "</td></tr>"),
    "tr": ("<td>", "</td>"),
    "figure": ("<figcaption>", "</figcaption>"),
}


class Segment(NamedTuple):
    """A stretch of both texts: what was done, and its HTML before and after ("" where there is none)."""

    operation: Operation
    old: str
    new: str


def differences(old: str, new: str) -> list[Segment]:
    """Return the stretches in which HTML ``old`` became HTML ``new``, in order and without gaps."""
    before, after = _html_tokens(old), _html_tokens(new)
    segments = []
    for operation, old_start, old_end, new_start, new_end in _whole_elements(
        before, after, opcodes(before, after)
    ):
        old_part, new_part = "".join(before[old_start:old_end]), "".join(after[new_start:new_end])
        if old_part or new_part:
            segments.append(Segment(operation, old_part, new_part))
    return segments


def render(segments: list[Segment]) -> SafeString:
    """Return the differences as one HTML text with <ins> and <del>; safe to print whatever went in."""
    writer = _Writer()
    for segment in segments:
        # an underline that ends here ends before the deleted words, which were never underlined
        ends = _INLINE_ENDS.match(segment.new) if segment.operation == "replace" else None
        head = ends[0] if ends else ""
        writer.write_new(head, marked=False)
        if segment.operation in ("delete", "replace"):
            writer.write_deleted(segment.old)
        writer.write_new(segment.new.removeprefix(head), marked=segment.operation != "equal")
    # every token comes from _Tokens, which escapes texts and rebuilds tags from the allow-list
    return mark_safe(writer.html())  # noqa: S308


def render_differences(old: str, new: str) -> SafeString:
    """Return ``render(differences(old, new))``."""
    return render(differences(old, new))


def render_marked(other: str, shown: str) -> SafeString:
    """Return HTML ``shown`` with <ins> around what ``other`` has not; for two texts that stand side by side."""
    segments = differences(other, shown)
    return render([Segment("equal" if s.operation == "equal" else "insert", "", s.new) for s in segments])


class _Tokens(HTMLParser):
    """Cuts HTML into tags of the allow-list, rebuilt, and words, escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ATTRIBUTES:
            kept = "".join(
                f' {name}="{escape(value or "")}"' for name, value in attrs if _is_safe(tag, name, value)
            )
            self.found.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _ATTRIBUTES and tag not in _VOID:
            self.found.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.found.extend(escape(word) for word in tokens(data))


class _Writer:
    """Writes the new structure and knows which element is open, so that deleted text lands where text may be.

    A closing tag without its opening one is left out and what is open at the end is closed: the result
    cannot break the page around it even when the text was never cleaned.
    """

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[str] = []

    def html(self) -> str:
        return "".join(self._out) + "".join(f"</{name}>" for name in reversed(self._open))

    def write_new(self, part: str, *, marked: bool) -> None:
        for token in _TOKEN.findall(part):
            if not _is_content(token):
                self._write_tag(token)
            elif marked and not self._is_between_elements(token):
                self._out.append(f"<ins>{token}</ins>")
            else:
                self._out.append(token)

    def write_deleted(self, part: str) -> None:
        """Write a deleted stretch; its tags go with it only where that leaves the structure whole."""
        found = _TOKEN.findall(part)
        if _is_balanced(found) and all(self._may_hold(token) for token in _outermost(found)):
            self._out.extend(_deleted(token) if _is_content(token) else token for token in found)
            return
        text = _without_tags(found)
        if text.strip():
            before, after = _WRAPPERS.get(self._parent(), ("", ""))
            self._out.append(before + _deleted(text) + after)

    def _write_tag(self, token: str) -> None:
        closing, name = _tag(token)
        if name in _VOID or (closing and name not in self._open):
            self._out.extend([token] if name in _VOID else [])
            return
        if not closing:
            self._open.append(name)
            self._out.append(token)
            return
        while (innermost := self._open.pop()) != name:
            self._out.append(f"</{innermost}>")
        self._out.append(token)

    def _parent(self) -> str:
        return self._open[-1] if self._open else ""

    def _is_between_elements(self, token: str) -> bool:
        return token.isspace() and (not self._open or self._parent() in _WRAPPERS)

    def _may_hold(self, token: str) -> bool:
        if _is_content(token):
            return self._parent() not in _WRAPPERS
        allowed = _PARENTS.get(_tag(token)[1])
        return self._parent() not in _WRAPPERS if allowed is None else self._parent() in allowed


def _deleted(token: str) -> str:
    return f"<del>{token}</del>"


def _without_tags(found: list[str]) -> str:
    """Return the texts of a stretch without its tags, a space where one block ended and another began."""
    text = ""
    for token in found:
        if _is_content(token):
            text += token
        elif text and not text.endswith(" ") and _tag(token)[1] not in _INLINE:
            text += " "
    return text.rstrip()


def _html_tokens(html: str) -> list[str]:
    parser = _Tokens()
    parser.feed(html)
    parser.close()
    return parser.found


def _is_safe(tag: str, name: str, value: str | None) -> bool:
    if name not in _ATTRIBUTES[tag]:
        return False
    return name != "src" or not _OTHER_SCHEME.match(re.sub(r"[\x00-\x20]", "", value or ""))


def _is_content(token: str) -> bool:
    """Whether a token is seen as such: a text or a picture."""
    return not token.startswith("<") or token.startswith("<img")


def _tag(token: str) -> tuple[bool, str]:
    """Return whether a tag is a closing one, and its name; a text has the name ""."""
    match = _TAG.match(token)
    return (bool(match[1]), match[2]) if match else (False, "")


def _is_balanced(found: list[str]) -> bool:
    """Whether a stretch closes what it opens and opens what it closes."""
    stack: list[str] = []
    for token in found:
        closing, name = _tag(token)
        if not name or name in _VOID:
            continue
        if not closing:
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    return not stack


def _outermost(found: list[str]) -> list[str]:
    """Return the texts and opening tags of a balanced stretch that stand in no element of the stretch."""
    outermost, depth = [], 0
    for token in found:
        closing, name = _tag(token)
        if depth == 0 and not closing:
            outermost.append(token)
        if name and name not in _VOID:
            depth += -1 if closing else 1
    return outermost


def _whole_elements(before: list[str], after: list[str], opcodes: list[Opcode]) -> list[Opcode]:
    """Move deleted and inserted stretches to the left until they are whole elements.

    In <p>A</p><p>B</p><p>C</p> the stretches «B</p><p>» and «<p>B</p>» are the same to difflib; only the
    second can be shown as a paragraph. Between two changes there is always an equal stretch to move over.
    """
    moved: list[Opcode] = []
    for operation, old_start, old_end, new_start, new_end in opcodes:
        if operation == "equal" and moved and moved[-1][0] != "equal":
            # begins where the change before it ends now
            old_start, new_start = moved[-1][2], moved[-1][4]
        shift = 0
        if moved and operation in ("delete", "insert"):
            side, start, end = (
                (before, old_start, old_end) if operation == "delete" else (after, new_start, new_end)
            )
            shift = _shift_to_whole(side, start, end, room=moved[-1][2] - moved[-1][1])
        if shift:
            equal = moved[-1]
            moved[-1] = ("equal", equal[1], equal[2] - shift, equal[3], equal[4] - shift)
        moved.append((operation, old_start - shift, old_end - shift, new_start - shift, new_end - shift))
    if moved and (moved[-1][2], moved[-1][4]) != (len(before), len(after)):
        moved.append(("equal", moved[-1][2], len(before), moved[-1][4], len(after)))
    return moved


def _shift_to_whole(side: list[str], start: int, end: int, room: int) -> int:
    """How far to the left the stretch start–end may be moved to become whole elements; 0 when it cannot."""
    for shift in range(room + 1):
        if side[start - shift].startswith("<") and _is_balanced(side[start - shift : end - shift]):
            return shift
        if shift == room or side[start - shift - 1] != side[end - shift - 1]:
            break
    return 0
