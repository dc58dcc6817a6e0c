"""openchoreo plan, and runs that expect what was reviewed."""

import json
import re
from pathlib import Path

import pytest

from openchoreo.errors import OpenChoreoError
from openchoreo.plan import fingerprint
from openchoreo.workspace.expected import check_expected
from tests.cli.stacks import answers
from tests.plan.definitions import component

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def test_one_digest(shop, pulumi, run):
    pulumi(answers(shop))
    done = run("plan", "--env", "development")
    digest, *rest = done.stdout.splitlines()
    assert (done.exit_code, done.stderr) == (0, "")
    assert DIGEST.fullmatch(digest)
    assert rest[0].startswith("development: 7 objects, 3 releases, openchoreo ")
    assert rest[1:] == [
        (
            "to have nothing else applied:"
            f" pulumi config set openchoreo:expect {digest} --stack development"
        )
    ]


def test_the_run_that_was_reviewed(shop):
    plan = shop.plan()
    check_expected(plan, "")
    check_expected(plan, fingerprint(plan, _program()).digest)


def _program():
    from openchoreo.workspace.expected import program_version

    return program_version()


def test_the_digest_is_the_same_after_the_run(shop):
    shop.define(*component("web", image="app:2"))
    before = fingerprint(shop.plan(), "1").digest
    shop.run()
    assert fingerprint(shop.plan(), "1").digest == before


@pytest.mark.parametrize("saved", [False, True])
def test_another_run(shop, pulumi, run, saved):
    pulumi(answers(shop))
    options = ["--save"] if saved else []
    digest = run("plan", "--env", "development", *options).stdout.splitlines()[0]
    before = shop.current("default/web")
    shop.define(*component("web", image="app:2"))
    plan = shop.plan()
    with pytest.raises(OpenChoreoError) as found:
        check_expected(plan, digest)
    now = fingerprint(plan, _program()).digest
    heading = f"stack config: openchoreo:expect\n  {digest} was reviewed, and this run is {now}\n"
    if saved:
        namespace = "dp-default-shop-development-" + re.search(
            r"development-([0-9a-f]+)", _objects(plan)
        ).group(1)
        assert str(found.value) == (
            f"{heading}"
            "  releases: default/web differs\n"
            f"  objects: apps/v1 Deployment default/{namespace}/web differs\n"
            "  review it again: openchoreo plan --env development"
        )
        assert before != shop.plan().ledger.environment
    else:
        assert str(found.value) == (
            f"{heading}"
            "  openchoreo plan --save, where it is reviewed, keeps what is in it; with that file"
            " the run says what differs"
        )


def _objects(plan):
    return " ".join(one.name for component in plan.components for one in component.objects)


def test_what_is_saved(shop, pulumi, run):
    pulumi(answers(shop))
    done = run("plan", "--env", "development", "--save", "-o", "json")
    found = json.loads(done.stdout)
    file = Path("plans/development") / f"{found['digest'].removeprefix('sha256:')}.json"
    assert done.stderr == f"saved as {file}\n"
    assert json.loads(file.read_text()) == found["content"]
    assert set(found["content"]) == {
        "format",
        "environment",
        "program",
        "releases",
        "undeployed",
        "evidence",
        "targets",
        "objects",
    }


def test_a_file_that_was_edited_says_nothing(shop, pulumi, run):
    pulumi(answers(shop))
    digest = run("plan", "--env", "development", "--save").stdout.splitlines()[0]
    (file,) = Path("plans/development").iterdir()
    file.write_text(file.read_text().replace("format", "formal"))
    shop.define(*component("web", image="app:2"))
    with pytest.raises(OpenChoreoError, match="keeps what is in it"):
        check_expected(shop.plan(), digest)


def test_what_would_be_refused_has_no_digest(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    Path("Pulumi.staging.yaml").write_text(
        "config:\n  openchoreo:bindings: {web: {releaseName: web-0}}\n"
    )
    done = run("plan", "--env", "staging")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no release of web is known as web-0" in done.stderr
