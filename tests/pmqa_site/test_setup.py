"""The steps of set-up: secrets, web assets, the stages of the test command."""

import json
import stat
from pathlib import Path

import pytest

from pmqa_site.setup import assets, checks, environment, postgres


def values(path: Path) -> dict[str, str]:
    return environment.read_names(path)


class TestEnvironment:
    def test_first_start_makes_a_secret_that_only_the_owner_reads(self, tmp_path: Path):
        path = tmp_path / "var" / "pmqa.env"
        environment.complete(path, demonstration=True)
        assert len(values(path)["PMQA_SECRET_KEY"]) >= 50
        assert values(path)["PMQA_DEMONSTRATION"] == "1"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_later_start_keeps_what_the_first_chose(self, tmp_path: Path):
        path = tmp_path / "pmqa.env"
        environment.complete(path, demonstration=False)
        before = path.read_text()
        assert environment.complete(path, demonstration=True) == ""
        assert path.read_text() == before

    def test_empty_after_a_demonstration_is_refused_in_words(self, tmp_path: Path):
        path = tmp_path / "pmqa.env"
        environment.complete(path, demonstration=True)
        assert "--empty" in environment.complete(path, demonstration=False)
        assert values(path)["PMQA_DEMONSTRATION"] == "1"

    def test_a_file_made_by_hand_is_completed_and_closed(self, tmp_path: Path):
        path = tmp_path / "pmqa.env"
        path.write_text("# ของเรา\nDATABASE_URL=postgres://db/pmqa")
        path.chmod(0o644)
        environment.complete(path, demonstration=False)
        assert values(path)["DATABASE_URL"] == "postgres://db/pmqa"
        assert values(path)["PMQA_DEMONSTRATION"] == "0"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """npm's folder with packages of the shape that the lock file names."""
    bootstrap = tmp_path / "node_modules" / "bootstrap"
    for name in assets.BOOTSTRAP_FILES:
        (bootstrap / name).parent.mkdir(parents=True, exist_ok=True)
    (bootstrap / assets.BOOTSTRAP_FILES[0]).write_text("a{}\n/*# sourceMappingURL=bootstrap.min.css.map */\n")
    (bootstrap / assets.BOOTSTRAP_FILES[1]).write_text(
        "go()\n//# sourceMappingURL=bootstrap.bundle.min.js.map"
    )
    (bootstrap / "LICENSE").write_text("MIT")
    popper = tmp_path / "node_modules" / assets.POPPER_LICENCE
    popper.parent.mkdir(parents=True)
    popper.write_text("MIT")
    sarabun = tmp_path / "node_modules" / "@fontsource" / "sarabun"
    (sarabun / "files").mkdir(parents=True)
    (sarabun / "unicode.json").write_text(json.dumps({"thai": "U+0E01-0E5B", "latin": "U+0000-00FF"}))
    (sarabun / "LICENSE").write_text("OFL")
    for weight, style in assets.FONT_FACES:
        for subset in assets.FONT_SUBSETS:
            (sarabun / "files" / f"sarabun-{subset}-{weight}-{style}.woff2").write_bytes(b"wOF2")
    return tmp_path / "node_modules"


class TestAssets:
    def test_copies_leave_the_source_maps_behind(self, packages: Path, tmp_path: Path):
        assets.copy_assets(packages, tmp_path / "web")
        assert (tmp_path / "web/bootstrap/bootstrap.min.css").read_text() == "a{}\n"
        assert (tmp_path / "web/bootstrap/bootstrap.bundle.min.js").read_text() == "go()\n"

    def test_each_face_names_a_file_that_is_there(self, packages: Path, tmp_path: Path):
        assets.copy_assets(packages, tmp_path / "web")
        css = (tmp_path / "web/sarabun/sarabun.css").read_text()
        files = [part.split('"')[0] for part in css.split('url("')[1:]]
        assert len(files) == 8
        assert all((tmp_path / "web/sarabun" / file).exists() for file in files)
        assert css.count("unicode-range: U+0E01-0E5B;") == 4

    def test_a_missing_package_leaves_the_last_copy_in_place(self, packages: Path, tmp_path: Path):
        assets.copy_assets(packages, tmp_path / "web")
        (packages / "@fontsource/sarabun/LICENSE").unlink()
        with pytest.raises(FileNotFoundError):
            assets.copy_assets(packages, tmp_path / "web")
        assert (tmp_path / "web/bootstrap/LICENSE").exists()


class TestStages:
    def test_everything_runs_unless_told_otherwise(self):
        names = [stage.name for stage in checks.stages(fast=False, pytest_arguments=[])]
        assert names[-5:] == [
            "tests on SQLite",
            "tests on PostgreSQL",
            "short proof of edits",
            "controls of that proof",
            "tests in the browser",
        ]

    def test_fast_leaves_out_server_and_browser(self):
        chosen = checks.stages(fast=True, pytest_arguments=[])
        assert not [stage for stage in chosen if stage.server or "browser" in stage.command]
        assert not set(chosen) & set(checks.PROOFS)
        assert chosen[-1] is checks.SQLITE

    def test_words_after_the_dashes_go_to_pytest_only(self):
        own, rest = checks.split_at_dashes(["--fast", "--", "tests/thai", "-k", "x"])
        assert (own, rest) == (["--fast"], ["tests/thai", "-k", "x"])
        (stage,) = checks.stages(fast=False, pytest_arguments=rest)
        assert stage.command[-3:] == ("tests/thai", "-k", "x")

    def test_a_stage_sees_nothing_of_the_installation(self, monkeypatch, tmp_path: Path):
        monkeypatch.setenv("PMQA_DEMONSTRATION", "1")
        monkeypatch.setenv("DATABASE_URL", "postgres://production/pmqa")
        seen = checks.environment(tmp_path)
        assert "PMQA_DEMONSTRATION" not in seen
        assert "DATABASE_URL" not in seen
        assert seen["PMQA_VAR_DIR"] == str(tmp_path)
        assert checks.environment(tmp_path, "postgres://own")["DATABASE_URL"] == "postgres://own"

    def test_stages_beside_one_another_all_run_and_one_failure_stops_the_rest(self, tmp_path: Path, capfd):
        def touch(name: str, code: int, **kind: bool) -> checks.Stage:
            script = f"print('said by {name}'); open({str(tmp_path / name)!r}, 'w'); raise SystemExit({code})"
            return checks.Stage(name, (checks.PYTHON, "-c", script), **kind)

        chosen = [touch("good", 0, beside=True), touch("bad", 3, beside=True), touch("last", 0, beside=True)]
        assert checks.run([*chosen, touch("after", 0)], tmp_path) is False
        assert sorted(path.name for path in tmp_path.iterdir()) == ["bad", "good", "last"]
        told = capfd.readouterr().out
        assert [name for name in ("good", "bad", "last", "after") if f"said by {name}" in told] == [
            "good",
            "bad",
            "last",
        ]
        assert told.splitlines()[-3] == "stopped at: bad"
        assert told.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"

    def test_browser_tests_are_looked_for_where_they_stand(self):
        assert checks.BROWSER.command[-1] == "tests/browser"
        assert (checks.ROOT / "tests/browser").is_dir()

    def test_the_first_failure_stops_and_is_never_summed_up_as_clean(self, tmp_path: Path, capfd):
        touch = checks.Stage("after", (checks.PYTHON, "-c", f"open({str(tmp_path / 'ran')!r}, 'w')"))
        bad = checks.Stage("lint", (checks.PYTHON, "-c", "raise SystemExit(3)"))
        assert checks.run([bad, touch], tmp_path) is False
        assert not (tmp_path / "ran").exists()
        assert capfd.readouterr().out.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"

    def test_the_last_line_sums_the_stages(self, tmp_path: Path, capfd):
        report = '<testsuites><testsuite tests="9" failures="0" errors="0" skipped="2"/></testsuites>'
        code = "import sys; open(sys.argv[-1].partition('=')[2], 'w').write(sys.argv[1])"
        stage = checks.Stage("tests", (checks.PYTHON, "-c", code, report), counts=True)
        assert checks.run([stage, stage], tmp_path) is True
        assert capfd.readouterr().out.splitlines()[-1] == "14 passed, 0 failed, 4 skipped"


@pytest.mark.parametrize(("durable", "said"), [(False, 1), (True, 0)])
def test_a_server_whose_saving_is_measured_waits_for_the_disk(
    durable: bool, said: int, tmp_path: Path, monkeypatch
):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(postgres, "run_quietly", lambda command, folder: None)
    postgres.start(tmp_path, durable=durable)
    written = (tmp_path / "data" / "postgresql.conf").read_text()
    assert [written.count(line) for line in ("fsync = off", "synchronous_commit = off")] == [said, said]
    assert "listen_addresses = ''" in written


def test_a_socket_path_that_is_too_long_moves_to_the_temporary_folder(tmp_path: Path, monkeypatch):
    short = tmp_path / "t"
    monkeypatch.setattr(postgres, "LONGEST_SOCKET", len(str(short)) + 30)
    monkeypatch.setattr(postgres.tempfile, "gettempdir", lambda: str(short))
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 1000)
    folder = postgres.make_folder(tmp_path / ("long" * 20))
    assert folder.parent == short
    assert not any((tmp_path / ("long" * 20)).iterdir())
