"""The fonts of the printed form.

Laksaman (outlines of TH Sarabun New, Debian package fonts-tlwg-laksaman-ttf) carries Thai and Latin.
It has no circled digits, no ● and no arrows; those come from DejaVu Sans. Both are named by file, under
family names of our own, so that another font of the same name on the machine cannot slip in.

Sizes: Laksaman draws 1.5 times as large as TH Sarabun New at the same nominal size, hence
``css_points(16)`` is 10.67: what people know as "16 pt TH Sarabun".
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from weasyprint.text.fonts import FontConfiguration

TEXT_FAMILY = "PMQA Text"
SYMBOL_FAMILY = "PMQA Symbols"
FONT_STACK = f'"{TEXT_FAMILY}", "{SYMBOL_FAMILY}"'

# Width of ก: 0.386 em in TH Sarabun New, 0.580 em in Laksaman.
SARABUN_TO_LAKSAMAN = 2 / 3

DEFAULT_FONT_DIRECTORIES = (
    Path("/usr/share/fonts/truetype"),
    Path("/usr/local/share/fonts"),
    Path("/usr/share/fonts"),
    # what set-up puts together (pmqa_site/setup/print_fonts.py)
    Path(__file__).resolve().parents[2] / "build" / "print",
)


class FontMissing(RuntimeError):
    """A font file that the PDF needs is not installed; the message names the Debian package."""


@dataclass(frozen=True)
class Family:
    """One typeface: its file names by (weight, style) and the Debian package that carries them, if one does."""

    css_name: str
    package: str
    files: tuple[tuple[str, str, str], ...]

    @property
    def remedy(self) -> str:
        """What to do where it is missing."""
        if not self.package:
            return "Set-up puts it together: ./pmqa setup"
        return f"On Debian or Ubuntu install it with: apt-get install {self.package}"


LAKSAMAN = Family(
    TEXT_FAMILY,
    "fonts-tlwg-laksaman-ttf",
    (
        ("normal", "normal", "Laksaman.ttf"),
        ("bold", "normal", "Laksaman-Bold.ttf"),
        ("normal", "italic", "Laksaman-Italic.ttf"),
        ("bold", "italic", "Laksaman-BoldItalic.ttf"),
    ),
)
GARUDA = Family(
    TEXT_FAMILY,
    "fonts-tlwg-garuda-ttf",
    (
        ("normal", "normal", "Garuda.ttf"),
        ("bold", "normal", "Garuda-Bold.ttf"),
        ("normal", "italic", "Garuda-Oblique.ttf"),
        ("bold", "italic", "Garuda-BoldOblique.ttf"),
    ),
)
NORASI = Family(
    TEXT_FAMILY,
    "fonts-tlwg-norasi-ttf",
    (
        ("normal", "normal", "Norasi.ttf"),
        ("bold", "normal", "Norasi-Bold.ttf"),
        ("normal", "italic", "Norasi-Italic.ttf"),
        ("bold", "italic", "Norasi-BoldItalic.ttf"),
    ),
)
SARABUN = Family(
    TEXT_FAMILY,
    "",
    (
        ("normal", "normal", "Sarabun.ttf"),
        ("bold", "normal", "Sarabun-Bold.ttf"),
        ("normal", "italic", "Sarabun-Italic.ttf"),
        ("bold", "italic", "Sarabun-BoldItalic.ttf"),
    ),
)
DEJAVU = Family(
    SYMBOL_FAMILY,
    "fonts-dejavu-core",
    (
        ("normal", "normal", "DejaVuSans.ttf"),
        ("bold", "normal", "DejaVuSans-Bold.ttf"),
    ),
)


@dataclass(frozen=True)
class Face:
    """One font file with the CSS weight and style it stands for."""

    family: str
    weight: str
    style: str
    path: Path

    @property
    def url(self) -> str:
        """The file's address, as style sheet and fetcher write it."""
        return self.path.as_uri()

    def css(self) -> str:
        """Its @font-face rule."""
        return (
            f'@font-face {{ font-family: "{self.family}"; font-weight: {self.weight}; '
            f'font-style: {self.style}; src: url("{self.url}"); }}'
        )


@dataclass(frozen=True)
class FontSet:
    """The faces one PDF is set in. The faces' URLs are the only files that the fetcher will open."""

    faces: tuple[Face, ...]

    @cached_property
    def paths_by_url(self) -> dict[str, Path]:
        """What the fetcher may open."""
        return {face.url: face.path for face in self.faces}

    def css(self) -> str:
        """The @font-face rules, and the whole document set in these fonts."""
        rules = [face.css() for face in self.faces]
        return "\n".join([*rules, f"html {{ font-family: {FONT_STACK}; }}"])

    def configuration(self) -> FontConfiguration:
        """A fresh Fontconfig set-up.

        Never shared between processes: Pango answers its font lookups from a thread that a fork loses.
        """
        return FontConfiguration()


@lru_cache
def find_fonts(
    directories: tuple[Path, ...] = DEFAULT_FONT_DIRECTORIES,
    families: tuple[Family, ...] = (LAKSAMAN, DEJAVU),
) -> FontSet:
    """Locate every face of ``families`` in ``directories`` and their subfolders.

    Raises FontMissing, naming the file and the Debian package to install.
    """
    faces = [
        Face(family.css_name, weight, style, _find_file(name, family, directories))
        for family in families
        for weight, style, name in family.files
    ]
    return FontSet(tuple(faces))


def _find_file(name: str, family: Family, directories: tuple[Path, ...]) -> Path:
    for directory in directories:
        # The folder of the Debian package first: a walk over all installed fonts may take a second.
        for pattern in (f"*/{name}", f"**/{name}"):
            if found := next(iter(sorted(directory.glob(pattern))), None):
                return found
    searched = ", ".join(str(directory) for directory in directories)
    raise FontMissing(f"Font file {name} was not found under {searched}. {family.remedy}")


def css_points(sarabun_points: float) -> float:
    """The CSS size in points at which Laksaman looks like TH Sarabun New at ``sarabun_points``."""
    return round(sarabun_points * SARABUN_TO_LAKSAMAN, 2)
