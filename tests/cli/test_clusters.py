"""openchoreo doctor and openchoreo drift."""

import pytest

REFRESH = (
    "refresh --preview-only --diff --expect-no-changes --suppress-outputs --stack staging "
    "--non-interactive"
)
UP = "up --yes --skip-preview --continue-on-error"
REPAIR = f"{UP} --refresh --suppress-outputs --stack staging --non-interactive"
AGAIN = f"{UP} --suppress-outputs --stack staging --non-interactive"


class TestDrift:
    def test_nothing_has_changed(self, run, pulumi):
        pulumi({REFRESH: (0, "")})
        done = run("drift", "--stack", "staging")
        assert (done.exit_code, done.stdout) == (0, "Everything is as it was deployed.\n")

    def test_what_differs_is_told_with_the_way_to_mend_it(self, run, pulumi):
        pulumi({REFRESH: (1, "")})
        done = run("drift", "--stack", "staging")
        assert (done.exit_code, done.stderr) == (
            1,
            "To put it back: python -m openchoreo drift --stack staging --repair\n",
        )

    def test_a_repair_takes_fields_back_and_ends_as_a_run_without_that(self, run, pulumi):
        pulumi({REPAIR: (0, ""), AGAIN: (0, "")})
        done = run("drift", "--stack", "staging", "--repair")
        assert (done.exit_code, done.stdout) == (0, "Everything is as it was deployed.\n")

    def test_a_repair_that_fails(self, run, pulumi):
        pulumi({REPAIR: (255, "")})
        assert run("drift", "--stack", "staging", "--repair").exit_code == 1


@pytest.mark.usefixtures("world")
class TestDoctor:
    def test_files_need_no_cluster(self, run):
        done = run("doctor", "--stack", "development")
        assert (done.exit_code, done.stdout) == (
            0,
            "No data plane of this stack is a cluster: there is nothing to ask.\n",
        )

    def test_a_cluster_that_does_not_answer(self, run, tmp_path):
        done = run(
            *("doctor", "--environment", "development", "--context", "kind-dev"),
            *("--kubeconfig", tmp_path / "none"),
        )
        assert done.exit_code == 1
        assert done.stdout.startswith(f"kind-dev: no kubeconfig can be read from {tmp_path}/none: ")
        assert done.stdout.endswith(
            "\n  write kubeconfig: <path> beside context, or set KUBECONFIG\n"
        )

    def test_neither_stack_nor_environment(self, run):
        done = run("doctor")
        assert done.exit_code == 2
        assert "say --stack, or --environment and --context" in done.stderr

    @pytest.mark.parametrize("command", ["doctor", "drift"])
    def test_help(self, run, command):
        assert run(command, "--help").exit_code == 0
