"""promote, rollback, deploy, undeploy and hold: pins written into stack files."""

import pytest

from tests.cli.stacks import answers
from tests.plan.definitions import binding, component

FILE = "# who runs it\nconfig:\n  openchoreo:bindings:\n"


@pytest.fixture
def staging(tmp_path):
    return tmp_path / "Pulumi.staging.yaml"


def test_a_promotion(shop, pulumi, run, staging):
    pulumi(answers(shop, "staging"))
    web = shop.current("default/web")
    staging.write_text("# who runs it\nconfig:\n  other:key: 1 # stays\n")
    done = run("promote", "web", "--to", "staging")
    assert done.exit_code == 0
    assert done.stderr == (
        f"Pulumi.staging.yaml: openchoreo:bindings.web.releaseName: {web}\n"
        "next: pulumi up --stack staging\n"
    )
    assert done.stdout.startswith(f"default/web: nothing -> {web} in staging, from development\n")
    assert staging.read_text() == (
        "# who runs it\nconfig:\n  other:key: 1 # stays\n"
        f"  openchoreo:bindings:\n    web:\n      releaseName: {web}\n"
    )


def test_everything(shop, pulumi, run, staging):
    pulumi(answers(shop, "staging"))
    assert run("promote", "--to", "staging").exit_code == 0
    api, web = (shop.current(f"default/{name}") for name in ("api", "web"))
    assert staging.read_text() == (
        "# who runs it\n"
        f"config: {{'openchoreo:bindings': {{api: {{releaseName: {api}}},"
        f" web: {{releaseName: {web}}}}}}}\n"
    )


def test_a_dry_run(shop, pulumi, run, staging):
    pulumi(answers(shop, "staging"))
    before = staging.read_text()
    done = run("promote", "web", "--to", "staging", "--dry-run")
    assert (done.exit_code, done.stderr) == (0, "Pulumi.staging.yaml was left as it is.\n")
    assert staging.read_text() == before


def test_what_the_run_would_refuse_is_not_written(shop, pulumi, run, staging, tmp_path):
    (tmp_path / "policy.yaml").write_text("environments: {staging: {approvals: {count: 1}}}\n")
    pulumi(answers(shop, "staging"))
    before = staging.read_text()
    done = run("promote", "web", "--to", "staging")
    assert (done.exit_code, done.stderr) == (1, "Nothing was written.\n")
    assert "approvals: not approved yet; needs 1 more approval in approvals/staging/" in done.stdout
    assert staging.read_text() == before


def test_what_is_written_already(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    run("promote", "web", "--to", "staging")
    done = run("promote", "web", "--to", "staging")
    assert (done.exit_code, done.stderr) == (0, "Pulumi.staging.yaml says so already.\n")


def test_another_release(shop, pulumi, run, staging):
    first = shop.current("default/web")
    shop.define(*component("web", image="app:2"))
    shop.run()
    pulumi(answers(shop, "staging"))
    assert run("promote", "web", "--to", "staging", "--release", first).exit_code == 0
    assert f"releaseName: {first}" in staging.read_text()


def test_a_release_that_nobody_knows(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    web = shop.current("default/web")
    done = run("promote", "web", "--to", "staging", "--release", f"{web[:-1]}x")
    assert done.exit_code == 1
    assert done.stderr == (
        "Component default/web\n"
        f"  no release of it is known as {web[:-1]}x, here or upstream\n"
        f"  did you mean {web}?\n"
    )


@pytest.fixture
def twice(shop):
    """Two releases of web ran in staging."""
    names = []
    for image in ("app:1", "app:2"):
        shop.define(*component("web", image=image))
        shop.run()
        names.append(shop.current("default/web"))
        shop.run("staging", bindings={"web": {"releaseName": names[-1]}})
    return shop, names


def test_back_to_the_one_before(twice, pulumi, run, staging):
    shop, (first, second) = twice
    staging.write_text(f"{FILE}    web: {{releaseName: {second}}} # pinned\n")
    pulumi(answers(shop))
    done = run("rollback", "web", "--env", "staging")
    assert done.exit_code == 0
    assert done.stdout.startswith(f"default/web: {second} -> {first} in staging\n")
    assert staging.read_text() == f"{FILE}    web: {{releaseName: {first}}} # pinned\n"


def test_back_to_what_never_ran(shop, pulumi, run, staging):
    web = shop.current("default/web")
    shop.run("staging", bindings={"web": {"releaseName": web}})
    staging.write_text(f"{FILE}    web: {{releaseName: {web}}}\n")
    pulumi(answers(shop))
    done = run("rollback", "web", "--env", "staging")
    assert (done.exit_code, done.stderr) == (
        1,
        "Component default/web\n  has run nothing else in staging\n",
    )


def test_undeployed_and_deployed_again(shop, pulumi, run, staging):
    web = shop.current("default/web")
    shop.run("staging", bindings={"web": {"releaseName": web}})
    written = f"{FILE}    web:\n      releaseName: {web}\n"
    staging.write_text(written)
    pulumi(answers(shop))
    done = run("undeploy", "web", "--env", "staging")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == f"default/web: {web} -> nothing in staging"
    assert staging.read_text() == f"{written}      state: Undeploy\n"
    assert run("deploy", "web", "--env", "staging").exit_code == 0
    assert staging.read_text() == written


def test_what_a_document_undeploys_is_deployed_by_stack_config(shop, pulumi, run, staging):
    web = shop.current("default/web")
    shop.run("staging", bindings={"web": {"releaseName": web}})
    shop.define(binding("web", "staging", state="Undeploy"))
    shop.write()
    written = f"{FILE}    web:\n      releaseName: {web}\n"
    staging.write_text(written)
    pulumi(answers(shop))
    assert run("deploy", "web", "--env", "staging").exit_code == 0
    assert staging.read_text() == f"{written}      state: Active\n"


def test_held_and_let_go(shop, pulumi, run, tmp_path):
    file = tmp_path / "Pulumi.development.yaml"
    pulumi(answers(shop))
    before = file.read_text()
    assert run("hold", "web", "--env", "development").exit_code == 0
    assert file.read_text() == (
        "# who runs it\nconfig: {'openchoreo:bindings': {web: {hold: true}}}\n"
    )
    assert run("hold", "web", "--env", "development", "--off").exit_code == 0
    assert file.read_text() == before


def test_what_does_not_follow_by_itself_is_pinned(shop, pulumi, run, tmp_path):
    shop.define(*component("web", auto=False, image="app:2"))
    shop.write()
    pulumi(answers(shop))
    done = run("deploy", "web", "--env", "development")
    assert done.exit_code == 0
    assert "releaseName: web-" in (tmp_path / "Pulumi.development.yaml").read_text()


def test_nobody_can_be_asked(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    done = run("promote", "web", "--to", "staging", "--apply")
    assert done.exit_code == 1
    assert done.stderr.endswith("Nobody can be asked here; say --yes to have it applied.\n")
