"""Copies Bootstrap and the font Sarabun out of the npm packages into the folder of static files.

It also puts Sarabun together for print, beside that folder. Called by the launcher:
``python -m pmqa_site.setup.assets node_modules build/web``. Only what pages use is copied, with the licences. The
folder is replaced as a whole, so an interrupted copy is never half used.
"""

import json
import re
import shutil
import sys
from pathlib import Path

from .print_fonts import merge_sarabun

BOOTSTRAP_FILES = ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js")
# The bundle contains Popper, whose licence travels with it.
POPPER_LICENCE = Path("@popperjs/core/LICENSE.md")
FONT_SUBSETS = ("thai", "latin")
FONT_FACES = ((400, "normal"), (400, "italic"), (700, "normal"), (700, "italic"))
# The hashing storage follows these comments and stops at a map that was not copied.
SOURCE_MAP_COMMENT = re.compile(r"^(/\*#|//#) sourceMappingURL=.*$\n?", re.MULTILINE)

FACE = """@font-face {{
  font-family: "Sarabun";
  font-style: {style};
  font-weight: {weight};
  font-display: swap;
  src: url("{file}") format("woff2");
  unicode-range: {unicode_range};
}}
"""


def copy_bootstrap(packages: Path, target: Path) -> None:
    """Copy Bootstrap's style sheet and script without their source map comments."""
    target.mkdir(parents=True)
    for name in BOOTSTRAP_FILES:
        source = packages / "bootstrap" / name
        text = SOURCE_MAP_COMMENT.sub("", source.read_text(encoding="utf-8"))
        (target / source.name).write_text(text, encoding="utf-8")
    shutil.copyfile(packages / "bootstrap" / "LICENSE", target / "LICENSE")
    shutil.copyfile(packages / POPPER_LICENCE, target / "LICENSE-popper.md")


def copy_sarabun(packages: Path, target: Path) -> None:
    """Copy the subsets that Thai pages need and write the style sheet that names them."""
    package = packages / "@fontsource" / "sarabun"
    ranges = json.loads((package / "unicode.json").read_text(encoding="utf-8"))
    target.mkdir(parents=True)
    faces = []
    for weight, style in FONT_FACES:
        for subset in FONT_SUBSETS:
            file = f"sarabun-{subset}-{weight}-{style}.woff2"
            shutil.copyfile(package / "files" / file, target / file)
            faces.append(FACE.format(style=style, weight=weight, file=file, unicode_range=ranges[subset]))
    (target / "sarabun.css").write_text("\n".join(faces), encoding="utf-8")
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


def copy_assets(packages: Path, target: Path) -> None:
    """Replace `target` by a fresh copy; raises OSError or KeyError when a package is not as locked."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    copy_bootstrap(packages, fresh / "bootstrap")
    copy_sarabun(packages, fresh / "sarabun")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


if __name__ == "__main__":
    web = Path(sys.argv[2])
    copy_assets(Path(sys.argv[1]), web)
    merge_sarabun(web / "sarabun", web.with_name("print"))
