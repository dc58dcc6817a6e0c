import pytest

from openchoreo.delivery import outside_all, pipeline_of

FAN = (
    ("development", "qa"),
    ("development", "staging"),
    ("qa", "production"),
    ("staging", "production"),
)
FOUR = ("development", "qa", "staging", "production")


def test_the_first_environment_is_the_root(make):
    pipeline = make.pipeline(*make.standard)
    assert pipeline.root == "development"
    assert pipeline.environments == ("development", "staging", "production")
    assert str(pipeline) == "DeploymentPipeline default/standard"


def test_releases_come_from_the_environments_that_lie_directly_before(make):
    pipeline = make.pipeline(*FAN, environments=FOUR)
    assert {name: pipeline.upstreams(name) for name in FOUR} == {
        "development": (),
        "qa": ("development",),
        "staging": ("development",),
        "production": ("qa", "staging"),
    }
    assert pipeline.downstreams("development") == ("qa", "staging")
    assert pipeline.downstreams("production") == ()


def test_environments_that_it_does_not_name_are_not_in_it(make):
    pipeline = make.pipeline(*make.standard, environments=(*FOUR, "sandbox"))
    assert "staging" in pipeline
    assert "sandbox" not in pipeline
    assert pipeline.upstreams("sandbox") == ()


def test_a_single_environment_is_a_path_without_targets(make):
    pipeline = make.pipeline(("development", ""))
    assert (pipeline.root, pipeline.environments) == ("development", ("development",))


def test_the_order_of_paths_does_not_matter_for_the_root(make):
    pipeline = make.pipeline(("staging", "production"), ("development", "staging"))
    assert pipeline.root == "development"


PATHS = "DeploymentPipeline default/standard: spec.promotionPaths"

BROKEN = {
    "nothing": (
        (),
        (
            f"{PATHS}\n  it has no promotion paths, so no first environment is known\n"
            "  a single environment is written as {sourceEnvironmentRef: {name: development},"
            " targetEnvironmentRefs: []}"
        ),
    ),
    "unknown target": (
        (("development", "stagin"),),
        (
            f"{PATHS}[0].targetEnvironmentRefs[0].name\n"
            "  there is no Environment stagin in the namespace default\n  did you mean staging?"
        ),
    ),
    "unknown source": (
        (("test", "staging"),),
        (
            f"{PATHS}[0].sourceEnvironmentRef.name\n"
            "  there is no Environment test in the namespace default\n"
            "  known: development, production, staging"
        ),
    ),
    "listed twice": (
        (("development", "staging"), ("development", "staging")),
        (
            f"{PATHS}[1].targetEnvironmentRefs[0].name\n"
            "  the way from development to staging is listed twice\n  remove one of the two"
        ),
    ),
    "several first environments": (
        (("development", "production"), ("staging", "production")),
        (
            f"{PATHS}\n  it begins with several environments: development, staging\n"
            "  a pipeline needs one first environment; give each of the others a pipeline"
        ),
    ),
    "circle at the end": (
        (("development", "staging"), ("staging", "production"), ("production", "staging")),
        (
            f"{PATHS}\n  its promotion paths run in a circle: staging -> production -> staging\n"
            "  remove the way from production to staging"
        ),
    ),
    "nothing but a circle": (
        (("development", "staging"), ("staging", "development")),
        (
            f"{PATHS}\n  its promotion paths run in a circle: development -> staging -> development\n"
            "  remove the way from staging to development"
        ),
    ),
    "to itself": (
        (("development", "development"),),
        (
            f"{PATHS}\n  its promotion paths run in a circle: development -> development\n"
            "  remove the way from development to development"
        ),
    ),
}


@pytest.mark.parametrize(("paths", "message"), BROKEN.values(), ids=BROKEN)
def test_a_graph_that_gives_no_order_is_refused(make, paths, message):
    assert make.refusal(lambda: make.pipeline(*paths)) == message


def test_every_problem_is_told_at_once(make):
    text = make.refusal(lambda: make.pipeline(("a", "b"), ("a", "b")))
    assert text.startswith("5 problems\n")


RELAXED = ("unknown target", "listed twice", "several first environments", "circle at the end")


@pytest.mark.parametrize("case", RELAXED)
def test_relaxed_the_same_is_a_warning(make, case):
    paths, message = BROKEN[case]
    resource = make.pipeline_resource(*paths)
    pipeline = pipeline_of(
        resource, ("development", "staging", "production"), relaxed=frozenset({6})
    )
    assert [str(warning) for warning in pipeline.warnings] == [message]
    assert pipeline.root == "development"
    assert all(len(set(before)) == len(before) for before in pipeline.before.values())


@pytest.mark.parametrize("case", ["nothing", "nothing but a circle"])
def test_without_a_first_environment_nothing_can_be_relaxed(make, case):
    paths, message = BROKEN[case]
    text = make.refusal(lambda: make.pipeline(*paths, relaxed=frozenset({6})))
    assert text == message


def test_an_environment_that_no_pipeline_contains_is_a_problem(make):
    pipelines = [
        make.pipeline(*make.standard),
        make.pipeline(("development", "qa"), environments=FOUR),
    ]
    assert outside_all("qa", pipelines) is None
    assert outside_all("sandbox", []) is None
    assert str(outside_all("sandbox", pipelines)) == (
        "Environment sandbox\n"
        "  is not in DeploymentPipeline default/standard, with the environments"
        " development, staging, production, qa\n"
        "  add it to spec.promotionPaths of a pipeline, or name another openchoreo:environment"
    )
