"""Set-up of data: every step runs when its inputs changed and only then."""

from pathlib import Path

import pytest

from pmqa_site import preparing


@pytest.fixture
def installation(settings, tmp_path: Path, monkeypatch) -> list[str]:
    """A small tree of its own; the list holds the loading commands that were called."""
    settings.BASE_DIR = settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    for name in (
        "fixtures/framework/2567.yaml",
        "fixtures/demo_a/form.yaml",
        "static/a.css",
        "requirements.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    called: list[str] = []

    def call(command: str, *arguments: str, **options: object) -> None:
        called.append(command)
        if command == "collectstatic":
            settings.STATIC_ROOT.mkdir(exist_ok=True)
            (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")

    monkeypatch.setattr(preparing, "call_command", call)
    return called


@pytest.mark.django_db
def test_a_second_start_does_nothing(installation: list[str], settings):
    settings.DEMONSTRATION = True
    said: list[str] = []
    preparing.prepare(said.append)
    assert installation == ["load_framework", "load_demonstration", "collectstatic"]
    assert len(said) == 3
    preparing.prepare(said.append)
    assert len(installation) == len(said) == 3


@pytest.mark.django_db
def test_only_what_changed_is_loaded_again(installation: list[str], settings, tmp_path: Path):
    settings.DEMONSTRATION = True
    preparing.prepare(print)
    installation.clear()
    (tmp_path / "static/a.css").write_text("b")
    preparing.prepare(print)
    assert installation == ["collectstatic"]
    (tmp_path / "fixtures/framework/2567.yaml").write_text("b")
    preparing.prepare(print)
    assert installation[1:] == ["load_framework", "load_demonstration"]


@pytest.mark.django_db
def test_an_empty_installation_gets_no_demonstration(installation: list[str], settings):
    settings.DEMONSTRATION = False
    preparing.prepare(print)
    assert "load_demonstration" not in installation


@pytest.mark.django_db
def test_a_new_database_is_loaded_although_the_files_did_not_change(
    installation: list[str], settings, monkeypatch
):
    settings.DEMONSTRATION = False
    preparing.prepare(print)
    installation.clear()
    monkeypatch.setattr(preparing.MigrationExecutor, "migration_plan", lambda *_: ["0001"])
    monkeypatch.setattr(preparing, "is_new", lambda executor: True)
    preparing.prepare(print)
    assert installation == ["migrate", "load_framework", "collectstatic"]
