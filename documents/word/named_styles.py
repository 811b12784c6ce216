"""What the styles of a document say about the runs and paragraphs that bear them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from .xml import MAIN

W = f"{{{MAIN}}}"
OFF = frozenset({"0", "false", "off", "none"})
# Thai is bold by bCs; whoever sets b alone (a program) means it for Thai, too.
SWITCHES = {"strong": ("b", "bCs"), "em": ("i", "iCs"), "u": ("u",)}
MAX_PARENTS = 20


class NamedStyles:
    """The part word/styles.xml; a document may come without it."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else root.findall(f"{W}style")
        self.by_id = {style.get(f"{W}styleId", ""): style for style in styles}

    def name(self, identity: str) -> str:
        """The name of a style, which programs keep while they rename its id."""
        style = self.by_id.get(identity)
        named = None if style is None else style.find(f"{W}name")
        return "" if named is None else named.get(f"{W}val", "")

    def numbering(self, identity: str) -> Element | None:
        """The list that a paragraph style brings along."""
        for style in self._chain(identity):
            found = style.find(f"{W}pPr/{W}numPr")
            if found is not None:
                return found
        return None

    def marks_of_run(self, properties: Element | None) -> frozenset[str]:
        """The marks of a run: its own, or those of its character style."""
        if properties is None:
            return frozenset()
        named = properties.find(f"{W}rStyle")
        layers = [properties]
        if named is not None:
            layers += [s for style in self._chain(named.get(f"{W}val", "")) for s in style.findall(f"{W}rPr")]
        return frozenset(mark for mark, names in SWITCHES.items() if _switched(layers, names))

    def _chain(self, identity: str) -> list[Element]:
        """The style and those that it is based on."""
        chain: list[Element] = []
        while identity in self.by_id and len(chain) < MAX_PARENTS:
            chain.append(self.by_id[identity])
            parent = chain[-1].find(f"{W}basedOn")
            identity = "" if parent is None else parent.get(f"{W}val", "")
        return chain


def _switched(layers: list[Element], names: tuple[str, ...]) -> bool:
    """The nearest layer that says anything decides."""
    for layer in layers:
        said = [switch for name in names if (switch := layer.find(f"{W}{name}")) is not None]
        if said:
            return any(switch.get(f"{W}val", "1") not in OFF for switch in said)
    return False
