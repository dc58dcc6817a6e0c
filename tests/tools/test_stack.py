import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools import stack
from tools.console import ROOT
from tools.engine import Engine

PULUMI_YAML = "name: shop\nruntime: python\n"
BUILT = Engine(directory=Path("/engine"), version="3.259.0", built=True)
OFFICIAL = Engine(directory=Path("/usr/bin"), version="3.259.0", built=False)
ELSEWHERE = stack.Backend(url="s3://ledger", why="your login")
HERE = stack.Backend(url="file:///work%20tree/.pulumi-state", why="nobody", chosen=True)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(PULUMI_YAML, "utf-8")
    return tmp_path


def test_without_login_the_ledger_is_in_the_work_tree(root):
    store = stack.backend({"HOME": str(root)}, root)
    assert store.chosen
    assert str(store) == (
        f"file://{root}/.pulumi-state?metadata=skip "
        "(in this work tree, where nobody else sees it: no login and no PULUMI_BACKEND_URL)"
    )


@pytest.mark.parametrize("variable", ["HOME", "PULUMI_HOME", "PULUMI_CREDENTIALS_PATH"])
def test_a_login_is_respected(root, variable):
    folder = root / ".pulumi" if variable == "HOME" else root
    folder.mkdir(exist_ok=True)
    (folder / "credentials.json").write_text('{"current": "s3://ledger"}', "utf-8")
    assert stack.backend({variable: str(root)}, root) == ELSEWHERE


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"current": ""}', '{"current": null}'])
def test_credentials_without_a_login_are_none(root, text):
    (root / "credentials.json").write_text(text, "utf-8")
    assert stack.login({"PULUMI_HOME": str(root)}) == ""


def test_a_token_counts_as_a_login(root):
    store = stack.backend({"HOME": str(root), "PULUMI_ACCESS_TOKEN": "x"}, root)
    assert (str(store), store.chosen) == ("https://api.pulumi.com (PULUMI_ACCESS_TOKEN)", False)


def test_backends_are_looked_for_in_the_order_of_pulumi(root):
    (root / "credentials.json").write_text('{"current": "s3://login"}', "utf-8")
    (root / "Pulumi.yaml").write_text(f"{PULUMI_YAML}backend:\n  url: s3://project\n", "utf-8")
    environment = {"PULUMI_HOME": str(root)}
    assert str(stack.backend(environment, root)) == "s3://project (Pulumi.yaml)"
    environment["PULUMI_BACKEND_URL"] = "s3://variable"
    assert str(stack.backend(environment, root)) == "s3://variable (PULUMI_BACKEND_URL)"


def test_what_is_added_for_a_built_engine_and_the_backend_in_the_work_tree(root):
    assert stack.additions({}, BUILT, HERE, root) == {
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "PULUMI_BACKEND_URL": HERE.url,
    }


def test_nothing_is_added_for_the_users_own_engine_and_login(root):
    assert stack.additions({}, OFFICIAL, ELSEWHERE, root) == {}


def test_the_empty_passphrase_goes_with_its_own_salt_only(root):
    file = root / "Pulumi.development.yaml"
    file.write_text("encryptionsalt: v1:another\n", "utf-8")
    assert "PULUMI_CONFIG_PASSPHRASE" not in stack.additions({}, OFFICIAL, ELSEWHERE, root)
    file.write_text(f"encryptionsalt: {stack.DEMO_SALT}\n", "utf-8")
    assert stack.additions({}, OFFICIAL, ELSEWHERE, root)["PULUMI_CONFIG_PASSPHRASE"] == ""
    for own in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        added = stack.additions({own: "mine"}, OFFICIAL, ELSEWHERE, root)
        assert "PULUMI_CONFIG_PASSPHRASE" not in added


@pytest.mark.parametrize("name", ["development", "staging", "production"])
def test_the_committed_stack_files_have_the_salt_of_the_empty_passphrase(name):
    text = (ROOT / f"Pulumi.{name}.yaml").read_text("utf-8")
    assert f"\nencryptionsalt: {stack.DEMO_SALT}\n" in text
    assert f"  openchoreo:environment: {name}\n" in text


def test_no_backend_is_committed():
    assert stack.named_in_project(ROOT / "Pulumi.yaml") == ""


@pytest.fixture
def here(monkeypatch, tmp_path):
    """Surroundings with an engine in a folder with an odd name."""
    odd = tmp_path / "it's a $folder"
    odd.mkdir()
    (odd / "pulumi").touch(0o755)
    engine = Engine(directory=odd, version="3.259.0", built=True)
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(stack.virtualenv, "ensure", lambda: None)
    monkeypatch.setattr(stack.engine, "ensure", lambda: engine)
    monkeypatch.setattr(stack, "STATE", str(odd / "state"))
    monkeypatch.setattr(stack, "backend", lambda _: HERE)
    return stack.Surroundings()


def test_the_lines_for_a_shell_work_in_one(here):
    script = f'{here.exports()}\nprintf "%s\\n" "$PATH" "$PULUMI_BACKEND_URL"'
    shown = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, check=True, env={"PATH": "/bin"}, text=True
    )
    path, url = shown.stdout.splitlines()
    assert path == f"{here.engine.directory}:{ROOT}/.venv/bin:/bin"
    assert url == HERE.url


def test_plain_pulumi_is_at_hand_only_with_the_same_engine_and_ledger(here, monkeypatch):
    assert not here.at_hand
    monkeypatch.setenv("PATH", str(here.engine.directory))
    assert not here.at_hand
    for name, value in here.added.items():
        monkeypatch.setenv(name, value)
    assert here.at_hand
    monkeypatch.setenv("PATH", "/nowhere")
    assert not here.at_hand


@pytest.mark.parametrize(
    ("name", "at_hand", "lines"),
    [
        (
            "development",
            False,
            [
                "  make preview           # what a change of definitions would do",
                "  make up STACK=staging  # what could run there, and how to promote it",
                '  eval "$(make -s env)"  # this Pulumi and this ledger for your own shell',
            ],
        ),
        (
            "production",
            True,
            [
                "  make preview STACK=production  # what a change of definitions would do",
            ],
        ),
    ],
)
def test_the_next_commands_fit_the_stack_and_the_shell(name, at_hand, lines):
    assert stack.next_commands(name, at_hand=at_hand) == lines


def test_each_ledger_of_a_destroyed_stack_has_a_folder_of_its_own():
    now = datetime(2026, 11, 25, 14, 5, 9, tzinfo=UTC)
    assert stack.backup_folder(now) == "ledgers/destroyed/2026-11-25T14-05-09Z"
