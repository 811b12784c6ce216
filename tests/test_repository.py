"""Rules about the tree itself: what may point where, what may be committed, what must be used."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
# Packages of one set do not know each other; a later set may know all earlier ones.
LAYERS = [
    {"thai"},
    {"organizations"},
    {"framework", "texts"},
    {"feedback", "practices"},
    {"assessment"},
    {"documents"},
    {"pmqa_site"},
]
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}
LONGEST_FILE = 400
# A line of code that nobody wrote by hand.
LONGEST_LINE = 1000
FOREIGN_SUFFIXES = {".woff", ".woff2", ".ttf", ".otf", ".eot", ".map", ".whl", ".gz", ".zip", ".so", ".wasm"}
INDEX_ADDRESS = re.compile(
    r"https?://[^\s\"']*(pypi|pythonhosted|npmjs|npmmirror|yarnpkg)|\"resolved\"\s*:|^\s*(extra[-_])?index[-_]url\s*=|"
    r"^\s*--(extra-)?index-url|^\s*--find-links|^\s*registry\s*=",
    re.MULTILINE,
)
MACHINE_PATH = re.compile(r"(?<![\w.\-/])/(work|root|tmp|home)/\w|/opt/(pypi|wheels)")


def committed_files() -> list[Path]:
    """What is or will be in git: tracked files and new ones that are not ignored."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


FILES = committed_files()


def text_of(path: Path) -> str | None:
    """The text of a file, nothing for a binary one."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def our_sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in FILES:
        if path.suffix == ".py" and package_of(path) in RANK and "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def may_know(package: str, other: str) -> bool:
    return package == other or RANK[package] > RANK[other]


def our_relations() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in RANK:
            for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
                if field.is_relation:
                    yield model, field


def test_no_foreign_key_points_against_the_packages_direction():
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model, field in our_relations()
        if field.related_model._meta.app_label in RANK
        and not may_know(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert not wrong


def test_every_package_of_the_tree_has_its_rank():
    ours = {path.relative_to(ROOT).parts[0] for path in FILES if path.name == "apps.py"}
    assert ours == set(RANK)


def test_there_are_no_generic_foreign_keys():
    generic = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in RANK and model._meta.private_fields
    ]
    assert not generic


def test_no_package_uses_a_reverse_accessor_that_a_higher_one_made():
    made: dict[str, str] = {}
    for model, field in our_relations():
        accessor = field.remote_field.get_accessor_name()
        if accessor and not field.remote_field.hidden:
            made[accessor] = model._meta.app_label
    own_names = {
        field.name
        for model in apps.get_models()
        if model._meta.app_label in RANK
        for field in model._meta.fields
    }
    wrong = []
    for path, tree in our_sources():
        for name, line in names_used(tree):
            maker = made.get(name)
            if maker and name not in own_names and not may_know(package_of(path), maker):
                wrong.append(f"{name_of(path)}:{line} uses {name}, made by {maker}")
    assert not wrong


def names_used(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Attributes read and lookups given as keywords, such as `memberships__role=`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr, node.lineno
        elif isinstance(node, ast.keyword) and node.arg and "__" in node.arg:
            for part in node.arg.split("__"):
                yield part, node.value.lineno


def test_static_files_are_ours_and_readable():
    static = [path for path in FILES if package_of(path) == "static"]
    assert static
    binary = [name_of(path) for path in static if text_of(path) is None]
    assert not binary


def test_no_third_party_file_is_committed():
    foreign = [name_of(path) for path in FILES if path.suffix in FOREIGN_SUFFIXES or ".min." in path.name]
    packed = [
        name_of(path)
        for path in FILES
        if path.suffix in {".js", ".css"}
        and any(len(line) > LONGEST_LINE for line in path.read_text(encoding="utf-8").splitlines())
    ]
    assert not foreign + packed


@pytest.mark.parametrize("pattern", [INDEX_ADDRESS, MACHINE_PATH], ids=["index address", "path of a machine"])
def test_no_committed_file_names_an(pattern: re.Pattern[str]):
    found = []
    for path in FILES:
        text = text_of(path)
        if text is None or path == Path(__file__).resolve():
            continue
        found += [f"{name_of(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert not found


def test_every_template_is_used():
    templates = {
        path.relative_to(ROOT / "templates").as_posix() for path in FILES if package_of(path) == "templates"
    }
    # A template of the same name in an installed package is used by that package.
    overriding = {
        name
        for name in templates
        for config in apps.get_app_configs()
        if config.label not in RANK and (Path(config.path) / "templates" / name).exists()
    }
    # allauth puts this name together from the status and its template extension.
    overriding.add("429.html")
    # Django's own forms look their templates up among those of `django.forms`.
    users = [
        path for path in FILES if path.suffix in {".py", ".html", ".txt"} and package_of(path) != "tests"
    ]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in users)
    unused = [
        name for name in templates - overriding if f'"{name}"' not in texts and f"'{name}'" not in texts
    ]
    assert not sorted(unused)


def test_forms_in_closed_includes_get_their_token():
    """`only` keeps the token of the page out as well, and the form would be refused."""
    templates = {
        path.relative_to(ROOT / "templates").as_posix(): path.read_text(encoding="utf-8")
        for path in FILES
        if package_of(path) == "templates"
    }
    include = re.compile(r'{% include "([^"]+)"([^%]*) only %}')
    without = [
        f"{name}: {included}"
        for name, text in templates.items()
        for included, given in include.findall(text)
        if "{% csrf_token %}" in templates.get(included, "") and "csrf_token=csrf_token" not in given
    ]
    assert not without


def dependency_lines() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = [name for group in dependency_groups() for name in group]
    return [line for line in text.splitlines() if any(line.strip().startswith(f'"{name}"') for name in names)]


def dependency_groups() -> list[list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]


def test_every_dependency_has_its_reason():
    lines = dependency_lines()
    assert len(lines) == sum(len(group) for group in dependency_groups())
    assert not [line for line in lines if not re.search(r'", +# \w', line)]


@pytest.mark.parametrize(
    ("file", "groups"), [("requirements.txt", slice(0, 1)), ("requirements-test.txt", slice(0, 3))]
)
def test_every_dependency_is_pinned_with_hashes(file: str, groups: slice):
    pins = (ROOT / file).read_text(encoding="utf-8")
    for dependency in [name for group in dependency_groups()[groups] for name in group]:
        name = re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", dependency).group().lower())
        assert re.search(
            rf"^{re.escape(name)}(\[\w+\])?==\S+[^\n]*\\\n +--hash=sha256:", pins, re.MULTILINE
        ), name


def test_files_stay_short():
    long = []
    for path in FILES:
        if path.suffix not in {".py", ".html", ".js", ".css"} or package_of(path) in {"tests", "fixtures"}:
            continue
        if "migrations" not in path.parts:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            long += [f"{name_of(path)}: {lines}"] if lines > LONGEST_FILE else []
    assert not long
