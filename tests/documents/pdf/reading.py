"""Reading a tagged PDF the way a screen reader does: elements, the content they own, and what nobody owns."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf

PAINTING = {
    "Tj",
    "TJ",
    "'",
    '"',
    "S",
    "s",
    "f",
    "F",
    "f*",
    "B",
    "B*",
    "b",
    "b*",
    "sh",
    "Do",
    "BI",
    "INLINE IMAGE",
}


@dataclass
class Element:
    """One element of the structure tree; ``content`` are (page, number) of the marked content it owns itself."""

    role: str
    attributes: dict[str, object]
    alternative: str | None
    kids: list[Element] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)
    # content and kids in their order
    order: list[Element | tuple[int, int]] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def all_content(self) -> list[tuple[int, int]]:
        """Everything below, in reading order."""
        found: list[tuple[int, int]] = []
        for item in self.order:
            found += item.all_content() if isinstance(item, Element) else [item]
        return found

    def outline(self, depth: int = 0) -> str:
        """Roles, one per line, indented."""
        return "\n".join([" " * depth + self.role, *(kid.outline(depth + 1) for kid in self.kids)])


class Tagged:
    """A file opened for reading."""

    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(content))
        self._pages = {page.objgen: number for number, page in enumerate(self.pdf.pages)}
        self.tree = self.pdf.Root.StructTreeRoot
        self.root = self._element(self.tree.K[0], self.tree)

    def _element(self, item: pikepdf.Object, parent: pikepdf.Object) -> Element:
        assert item.P.objgen == parent.objgen
        attributes = {str(key): value for key, value in item.get("/A", {}).items()}
        alternative = str(item.Alt) if "/Alt" in item else None
        element = Element(str(item.S).lstrip("/"), attributes, alternative)
        for kid in item.get("/K", []):
            if not isinstance(kid, pikepdf.Dictionary):
                self._own(element, (self._pages[item.Pg.objgen], int(kid)))
            elif kid.get("/Type") == pikepdf.Name.MCR:
                self._own(element, (self._pages[kid.Pg.objgen], int(kid.MCID)))
            else:
                below = self._element(kid, item)
                element.kids.append(below)
                element.order.append(below)
        return element

    def _own(self, element: Element, mark: tuple[int, int]) -> None:
        element.content.append(mark)
        element.order.append(mark)

    def roles_by_parent_tree(self) -> dict[tuple[int, int], str]:
        """The role of each mark's owner, found the way from the content to the structure."""
        owners: dict[int, pikepdf.Object] = {}
        numbers = list(self.tree.ParentTree.Nums)
        owners = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
        return {
            (number, mark): str(owner.S).lstrip("/")
            for number, page in enumerate(self.pdf.pages)
            for mark, owner in enumerate(owners[int(page.StructParents)])
        }

    def marks(self, page: int) -> tuple[list[int], list[str]]:
        """Numbers of the marked content of a page, and operators that paint outside of all marks and artifacts."""
        found: list[int] = []
        stray: list[str] = []
        inside: list[bool] = []
        for operands, operator in pikepdf.parse_content_stream(self.pdf.pages[page]):
            name = str(operator)
            if name in ("BDC", "BMC"):
                number = operands[1].get("/MCID") if name == "BDC" else None
                if number is not None:
                    assert not any(inside), "marked content inside of other marked content"
                    found.append(int(number))
                inside.append(number is not None or operands[0] == pikepdf.Name.Artifact)
            elif name == "EMC":
                inside.pop()
            elif name in PAINTING and not any(inside):
                stray.append(name)
        assert inside == []
        return found, stray

    def texts(self, page: int) -> dict[int, str]:
        """The text of each mark of a page, from the fonts' own tables and /ActualText."""
        fonts = {
            str(name): unicode_map(font.ToUnicode.read_bytes())
            for name, font in self.pdf.pages[page].Resources.Font.items()
        }
        texts: dict[int, str] = {}
        stack: list[tuple[int | None, str | None]] = []
        font: dict[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(self.pdf.pages[page]):
            name = str(operator)
            number = next((mark for mark, _ in reversed(stack) if mark is not None), None)
            if name in ("BDC", "BMC"):
                properties = operands[1] if name == "BDC" else {}
                said = properties.get("/ActualText")
                mark = properties.get("/MCID")
                stack.append((None if mark is None else int(mark), None if said is None else str(said)))
                if said is not None and number is not None:
                    texts[number] = texts.get(number, "") + str(said)
            elif name == "EMC":
                stack.pop()
            elif name == "Tf":
                font = fonts[str(operands[0])]
            elif name == "TJ" and number is not None and all(said is None for _, said in stack):
                shown = b"".join(bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))
                glyphs = [int.from_bytes(shown[at : at + 2]) for at in range(0, len(shown), 2)]
                texts[number] = texts.get(number, "") + "".join(font[glyph] for glyph in glyphs)
        return texts

    def text_of(self, element: Element) -> str:
        """What is read aloud for an element."""
        pages = {page for page, _ in element.all_content()}
        texts = {page: self.texts(page) for page in pages}
        return "".join(texts[page].get(number, "") for page, number in element.all_content())


def unicode_map(cmap: bytes) -> dict[int, str]:
    """Glyph to text, from a /ToUnicode stream."""
    lines = (line.split() for line in cmap.decode().splitlines())
    pairs = [line for line in lines if len(line) == 2 and line[0].startswith("<") and line[1].startswith("<")]
    return {
        int(glyph[1:-1], 16): bytes.fromhex(text[1:-1]).decode("utf-16-be")
        for glyph, text in pairs
        if len(glyph) == 6 and (glyph, text) != ("<0000>", "<ffff>")
    }
