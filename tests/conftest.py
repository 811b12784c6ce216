"""What every test stands on: own folders, an empty cache, and templates that refuse undefined variables."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.template import engines
from django.template.base import FilterExpression, Node
from django.test import TransactionTestCase

from organizations.guards import lower_guards

BROWSER = Path(__file__).resolve().parent / "browser"
OUR_TEMPLATES = str(Path(__file__).resolve().parent.parent / "templates")

# The machine is shared: a slow moment is no fault of the code. The same examples everywhere, so that a
# failure seen by one is seen by all.
hypothesis.settings.register_profile("pmqa", deadline=None, derandomize=True)
hypothesis.settings.load_profile("pmqa")


def pytest_configure(config: pytest.Config) -> None:
    """Whitenoise warns when the folder of collected files is missing; tests collect none."""
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what asks a database; everything else has run on SQLite's turn and would be the same again."""
    stray = [
        item.nodeid
        for item in items
        if item.get_closest_marker("browser") and BROWSER not in item.path.parents
    ]
    if stray:
        raise pytest.UsageError(f"browser tests belong to tests/browser, where their stage looks: {stray}")
    if django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return
    left_out = [item for item in items if not asks_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if asks_database(item)]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """What stands after the tests are found stays to the end: the collector need not walk it again and again.

    With its usual threshold it took a tenth of the run.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def asks_database(item: pytest.Item) -> bool:
    """Whether the test may touch a database; pytest-django forbids it to all others."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db"})


@pytest.fixture(autouse=True, scope="session")
def guarded_tables_are_emptied() -> Iterator[None]:
    """Between transactional tests Django empties every table, which the triggers of append-only tables refuse.

    The flush sends post_migrate, so that they stand again before the next test.
    """
    tear_down = TransactionTestCase._fixture_teardown

    def lowered(case: TransactionTestCase) -> None:
        lower_guards()
        tear_down(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lowered)
        yield


class UndefinedVariable(AssertionError):
    """One of our templates printed a variable that its view did not give it."""


class Undefined(str):
    """The engine's `string_if_invalid`: raises for our templates, is the usual empty text for all others.

    Django asks `if string_if_invalid` for exactly the variables that it could not resolve. Templates of
    installed packages (crispy's fields, Django's widgets, allauth's letters) print optional variables on
    purpose and must render here as they do for the user, so they get the false answer of an empty text.
    """

    def __bool__(self) -> bool:
        caller = sys._getframe(1)
        if caller.f_code is FilterExpression.resolve.__code__:
            template = template_of(caller)
            if template.startswith(OUR_TEMPLATES):
                expression = caller.f_locals["self"]
                raise UndefinedVariable(f"{{{{ {expression} }}}} is undefined in {template}")
        return False


def template_of(frame: FrameType | None) -> str:
    """The file of the innermost template node being rendered; the engine itself knows only the outermost file."""
    while frame is not None:
        if frame.f_code is Node.render_annotated.__code__:
            origin = getattr(frame.f_locals["self"], "origin", None)
            if origin is not None:
                return str(origin.name)
        frame = frame.f_back
    return ""


@pytest.fixture(autouse=True, scope="session")
def strict_templates() -> None:
    """Undefined variables in our templates fail the test that renders them."""
    engines["django"].engine.string_if_invalid = Undefined()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Browser tests need a database file: in memory there is one connection, and the server's threads, the test
    and the worker would write into one another's transactions."""
    database = django_settings.DATABASES["default"]
    browses = any(item.get_closest_marker("browser") for item in request.session.items)
    if not browses or database["ENGINE"] != "django.db.backends.sqlite3":
        return
    # the name that an installation's file has, so that a worker started on this folder finds it
    database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("installation") / "pmqa.sqlite3")
    pragmas = database["OPTIONS"]["init_command"]
    # a test's rows need not outlive a power cut
    pragmas = pragmas.replace("synchronous=FULL", "synchronous=OFF")
    database["OPTIONS"]["init_command"] = f"{pragmas};PRAGMA journal_mode=MEMORY"


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path: Path) -> None:
    """Uploaded and exported files of one test are seen by no other."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EXPORT_DIR = tmp_path / "exports"
    settings.LOADS_DIR = tmp_path / "loads"


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits counted by one test must not refuse the sign-in of the next."""
    cache.clear()
    yield
    cache.clear()
