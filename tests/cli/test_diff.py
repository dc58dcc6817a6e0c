"""openchoreo diff, with a program in Pulumi's place."""

import json

from tests.cli.stacks import answers
from tests.plan.definitions import component, endpoint, needs


def test_a_promotion(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    done = run("diff", "web", "--to", "staging")
    web = shop.current("default/web")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"default/web: nothing -> {web} in staging, from development"
    assert [line.split()[:2] + line.split()[3:] for line in lines[1:4]] == [
        ["+", "Deployment", "create", "(release)"],
        ["+", "NetworkPolicy", "create", "(release)"],
        ["+", "Service", "create", "(release)"],
    ]
    assert lines[5:7] == [
        "Risks",
        (
            f"  image-by-tag  Deployment {_namespace(lines)}/web: container main names app:1 without a"
            " digest"
        ),
    ]
    assert lines[8:] == [
        (
            "The next run changes 1 other object as well, of project/default/shop:"
            " openchoreo diff --env staging"
        )
    ]


def _namespace(lines):
    return lines[1].split()[2].partition("/")[0]


def test_the_next_run(shop, pulumi, run):
    shop.define(*component("web", image="app:2"))
    shop.write()
    pulumi(answers(shop))
    done = run("diff", "--env", "development", "--exit-code")
    before, lines = shop.current("default/web"), done.stdout.splitlines()
    assert done.exit_code == 4
    assert lines[0].startswith(f"default/web: {before} -> web-")
    assert lines[0].endswith(" in development")
    assert lines[2] == ("      spec.template.spec.containers[main].image  app:1 -> app:2  release")


def test_nothing_changes(shop, pulumi, run):
    pulumi(answers(shop))
    done = run("diff", "--env", "development", "--exit-code")
    assert (done.exit_code, done.stdout) == (0, "Nothing changes in development.\n")


def test_of_one_component_nothing_changes(shop, pulumi, run):
    pulumi(answers(shop))
    web = shop.current("default/web")
    assert run("diff", "web", "--env", "development").stdout == (
        f"default/web: {web} in development\n  no object changes\n"
    )


def test_as_data(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    found = json.loads(run("diff", "web", "--to", "staging", "-o", "json").stdout)
    assert {key: len(value) for key, value in found.items() if isinstance(value, list)} == {
        "releases": 1,
        "changes": 3,
        "risks": 1,
        "refusals": 0,
        "others": 1,
    }
    assert found["releases"] == [
        {"owner": "default/web", "before": None, "after": shop.current("default/web")}
    ]
    assert {one["operation"] for one in found["changes"]} == {"create"}


def test_for_a_pull_request(shop, pulumi, run):
    shop.define(*component("web", image="app:2"))
    shop.write()
    pulumi(answers(shop))
    lines = run("diff", "--env", "development", "-o", "markdown").stdout.splitlines()
    assert lines[0] == "### Changes in development"
    assert "| operation | object | cause | fields |" in lines
    assert "- spec.template.spec.containers[main].image: app:1  # release" in lines
    assert "+ spec.template.spec.containers[main].image: app:2  # release" in lines


def test_what_would_be_refused(shop, pulumi, run):
    shop.define(*component("api", endpoints={"http": endpoint()}))
    shop.define(*component("web", needs=[needs("api")]))
    shop.run()
    pulumi(answers(shop, "staging"))
    done = run("diff", "web", "--to", "staging")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    start = lines.index("The run would be refused")
    assert lines[start : start + 3] == [
        "The run would be refused",
        "Workload default/web: spec.dependencies.endpoints[0]",
        "  needs the endpoint http of shop/api: it is not deployed in staging",
    ]
    assert run("diff", "web", "api", "--to", "staging").exit_code == 0


def test_names_that_mean_nothing(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    done = run("diff", "webb", "apii", "--to", "staging")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "2 problems\n\n"
        "Component webb\n  there is no webb in staging\n  did you mean web?\n\n"
        "Component apii\n  there is no apii in staging\n  did you mean api?\n"
    )


def test_an_environment_that_means_nothing(shop, pulumi, run):
    pulumi(answers(shop, "staging"))
    done = run("diff", "web", "--to", "stagging")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "pulumi\n  there is no stack for environment stagging\n  did you mean staging?\n"
    )


def test_no_environment_comes_before(shop, pulumi, run):
    pulumi(answers(shop))
    done = run("diff", "web", "--to", "development")
    assert done.exit_code == 1
    assert done.stderr == (
        "Component default/web\n"
        "  no environment comes before development\n"
        "  openchoreo diff --env development\n"
    )


def test_which_way_is_meant(shop, pulumi, run):
    pulumi(answers(shop))
    done = run("diff", "web")
    assert done.exit_code == 2
    assert "say --to <environment> or --env <environment>" in done.stderr


def test_a_stack_file_that_cannot_be_read(shop, pulumi, run, tmp_path):
    pulumi(answers(shop, "staging"))
    (tmp_path / "Pulumi.staging.yaml").write_text("config:\n\topenchoreo:bindings: {}\n")
    done = run("diff", "web", "--to", "staging")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Pulumi.staging.yaml\n"
        "  a tab is used for indentation\n"
        "  indent with spaces\n"
        "  Pulumi.staging.yaml:2\n"
    )


def test_a_secret_in_stack_config_is_not_shown(shop, pulumi, run, tmp_path):
    pulumi(answers(shop, "staging"))
    (tmp_path / "Pulumi.staging.yaml").write_text(
        "config:\n  openchoreo:bindings: {secure: AAABAOJ}\n"
    )
    done = run("diff", "web", "--to", "staging")
    assert done.exit_code == 1
    assert "is a secret value; nothing under openchoreo: may hold one" in done.stderr
    assert "AAABAOJ" not in done.output
