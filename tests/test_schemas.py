"""The JSON Schemas for editors accept what the models accept, and say so of every key."""

import copy
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from openchoreo import config, policy, schemas
from openchoreo.document import normalised
from openchoreo.errors import OpenChoreoError
from openchoreo.schemas.described import DESCRIPTIONS
from tools import engine, stack

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "openchoreo" / "schemas"

STACK_CONFIG = Draft202012Validator(schemas.stack_config())
POLICY = Draft202012Validator(schemas.policy())


# What Pulumi makes of a file


def handed_over(document, project="shop"):
    """The config of a stack file as a program gets it: key -> text, and the secret keys."""
    written = {
        whole_key(key, project): value for key, value in (document.get("config") or {}).items()
    }
    return (
        {key: as_text(value) for key, value in written.items()},
        [key for key, value in written.items() if holds_secret(value)],
    )


def whole_key(key, project):
    return re.sub(r"^([^:]+):config:", r"\1:", key) if ":" in key else f"{project}:{key}"


def as_text(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(normalised(value))


def holds_secret(value):
    if isinstance(value, dict):
        if value.keys() == {"secure"} and isinstance(value["secure"], str):
            return True
        return any(map(holds_secret, value.values()))
    return isinstance(value, list) and any(map(holds_secret, value))


READ = """\
  openchoreo:empty:
  openchoreo:integral: 1.0
  openchoreo:fraction: 1.5
  openchoreo:exponent: 1.0e+3
  openchoreo:truth: true
  openchoreo:quoted: "2024-01-01"
  openchoreo:nested: [1.0, 1.0e+3, 1.0e+30, 1.5, 10000000000000000000, null, true, text]
  openchoreo:numbers: {1: a, b: {secure: 5}, c: {secure: d, e: f}}
  openchoreo:nothing: {}
  openchoreo:json: '["a"]'
  openchoreo:config:older: 1
  bare: 1
  other:key: 7
"""


@pytest.fixture
def pulumi(tmp_path):
    """Runs Pulumi on a project without a program, and returns what it prints."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", "utf-8")
    (tmp_path / "state").mkdir()
    chosen = engine.ensure()
    store = stack.Backend(url=f"file://{tmp_path}/state", why="this test", chosen=True)
    surroundings = {
        **os.environ,
        **stack.additions({}, chosen, store, tmp_path),
        "PATH": f"{chosen.directory}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_HOME": str(tmp_path / "home"),
    }

    def run(*arguments):
        command = ["pulumi", *arguments, "--non-interactive"]
        done = subprocess.run(
            command, cwd=tmp_path, env=surroundings, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    return run


@pytest.mark.engine
def test_pulumi_reads_a_stack_file_as_these_tests_do(pulumi, tmp_path):
    pulumi("stack", "init", "dev")
    pulumi("config", "set", "--stack=dev", "--secret", "--path", "openchoreo:hidden.deep", "x")
    file = tmp_path / "Pulumi.dev.yaml"
    text = file.read_text("utf-8") + READ
    file.write_text(text, "utf-8")
    texts, secrets = handed_over(yaml.safe_load(text))
    found = json.loads(pulumi("config", "--stack=dev", "--json"))
    assert secrets == ["openchoreo:hidden"]
    assert secrets == [key for key, value in found.items() if value["secret"]]
    assert {key: meant(text) for key, text in texts.items() if key not in secrets} == {
        key: meant(value["value"]) for key, value in found.items() if key not in secrets
    }


def meant(text):
    """JSON without its space and the order of its keys."""
    return json.loads(text) if text[:1] in {"[", "{"} else text


def refusal(document, project="shop"):
    """What the program says of a stack file; empty where it takes it."""
    raw, secret = handed_over(document, project)
    try:
        config.parse(raw, stack="dev", secret_keys=secret)
    except OpenChoreoError as error:
        return str(error)
    return ""


def refusal_of_policy(document):
    try:
        policy.parse(normalised(document))
    except OpenChoreoError as error:
        return str(error)
    return ""


def complaints(validator, document):
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


# Files that both take

# Not a bracket or brace first, which is JSON for the program: see EXCEPTIONS.
words = st.from_regex(r"[A-Za-z0-9/._-][ -~]{0,9}", fullmatch=True)
letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[{"), max_size=5)
names = st.sampled_from(["greeter", "default/greeter", "a.b", "1"])
texts = st.one_of(words, st.integers(-1000, 2**63), st.booleans())
free = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(-9, 9), letters),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
maps = st.dictionaries(words, free, max_size=3)


def mapping(required=None, **optional):
    return st.fixed_dictionaries(required or {}, optional=optional)


references = st.none() | mapping(secretKeyRef=st.none() | mapping({"name": texts, "key": texts}))
sources = mapping(value=st.none() | texts) | mapping(value=st.none(), valueFrom=references)


def configured(**required):
    """A variable or a file: what it is called, and one source."""
    return st.builds(lambda one, two: one | two, mapping({"key": texts, **required}), sources)


containers = mapping(
    env=st.lists(configured(), max_size=2), files=st.lists(configured(mountPath=texts), max_size=2)
)
bindings = mapping(
    releaseName=st.none() | texts,
    state=st.sampled_from(["Active", "Undeploy"]),
    componentTypeEnvironmentConfigs=st.none() | maps,
    traitEnvironmentConfigs=st.dictionaries(names, maps, max_size=2),
    workloadOverrides=st.none() | mapping(container=st.none() | containers),
    hold=st.booleans(),
)
project_bindings = mapping(
    projectRelease=st.none() | texts,
    environmentConfigs=st.none() | maps,
    hold=st.booleans(),
)
resource_bindings = mapping(
    resourceRelease=st.none() | texts,
    state=st.sampled_from(["Active", "Undeploy"]),
    retainPolicy=st.sampled_from([None, "Delete", "Retain"]),
    resourceTypeEnvironmentConfigs=st.none() | maps,
    hold=st.booleans(),
)
targets = st.just("files") | mapping(
    directory=words | st.just("") | st.integers(0, 9) | st.booleans()
)
lists = st.lists(texts, max_size=2)
configs = mapping(
    **{
        "openchoreo:environment": texts | st.floats(0, 9),
        "openchoreo:definitions": lists,
        "openchoreo:namespaces": lists,
        "openchoreo:projects": lists,
        "openchoreo:bindings": st.dictionaries(names, bindings, max_size=2),
        "openchoreo:projectBindings": st.dictionaries(names, project_bindings, max_size=2),
        "openchoreo:resourceBindings": st.dictionaries(names, resource_bindings, max_size=2),
        "openchoreo:set": st.just("sha256:" + "0af9" * 16),
        "openchoreo:projectStacks": st.dictionaries(names, texts, max_size=2),
        "openchoreo:dataPlanes": st.dictionaries(names, targets, max_size=2),
        "openchoreo:notificationChannels": st.booleans() | st.sampled_from(["true", "false"]),
        "openchoreo:adopt": st.booleans() | st.sampled_from(["true", "false"]),
        "openchoreo:expect": st.just("sha256:" + "09af" * 16),
        "openchoreo:gates": mapping(
            soak=st.sampled_from(["30m", "24h", "7d"]),
            proof=st.sampled_from(["rendered", "applied"]),
            attestations=st.lists(st.sampled_from(["load", "scan"]), max_size=2),
        ),
        "openchoreo:removed": lists,
        "openchoreo:releases": lists,
        "openchoreo:onProblem": st.sampled_from(["stop", "isolate"]),
        "other:key": free,
        "bare": free,
    }
)
stack_files = mapping(
    encryptionsalt=words,
    secretsprovider=words,
    encryptedkey=words,
    environment=st.lists(words, max_size=2) | maps,
    config=st.none() | configs,
)
upstreams = st.one_of(
    mapping({"stack": words}, file=st.just("")), mapping({"file": words}, stack=st.just(""))
)
allowed = mapping(
    {
        "kind": st.sampled_from(["Component", "Project", "ClusterTrait"]),
        **dict.fromkeys(("name", "path", "reason"), words.filter(bool)),
    }
)
policies = mapping(
    relaxed=st.lists(st.sampled_from(sorted(policy.RELAXABLE)), max_size=3),
    upstreams=st.dictionaries(names, upstreams, max_size=2),
    credentials=st.none() | mapping(allowed=st.lists(allowed, max_size=2)),
)


def without_secrets(document):
    return not holds_secret(list(document.values()))


@given(stack_files.filter(without_secrets))
def test_both_take_what_a_stack_file_may_say(document):
    assert refusal(document) == ""
    assert complaints(STACK_CONFIG, document) == []


@given(st.none() | policies)
def test_both_take_what_a_policy_may_say(document):
    assert refusal_of_policy(document) == ""
    assert complaints(POLICY, document) == []


# Files with a mistake

WRONG = st.one_of(
    st.sampled_from(
        [None, True, False, 0, 7, -1, 1.5, "", "text", "files", "Active", "stop", "true", "7"]
    ),
    st.sampled_from(
        [[], ["a"], [7], [True], [None], [1.5], [{}], {}, {"a": 1}, {"a": {}}, {"key": "A"}]
    ),
    st.sampled_from(
        [{"secure": "x"}, {"secure": 5}, {"a": {"secure": "x"}}, [{"secure": "x"}], {"file": "x"}]
    ),
    free,
)


def places(value, path=()):
    """The paths of everything inside a document."""
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, step)
            yield from places(item, (*path, step))


def at(document, path):
    for step in path:
        document = document[step]
    return document


@st.composite
def with_mistakes(draw, documents, *, below=()):
    """A document in which one or two values are replaced by others, or left out."""
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(1, 2))):
        inside = [
            path for path in places(document) if path[: len(below)] == below and path != below
        ]
        if not inside:
            break
        *path, last = draw(st.sampled_from(inside))
        if isinstance(last, str) and draw(st.booleans()):
            del at(document, path)[last]
        else:
            at(document, path)[last] = copy.deepcopy(draw(WRONG))
    return document


@given(with_mistakes(mapping({"config": configs.filter(bool)}), below=("config",)))
def test_schema_and_program_agree_on_stack_files(document):
    # As in EXCEPTIONS: the others cannot come of these mistakes.
    assume(document["config"].get("openchoreo:environment", "x") not in (None, ""))
    assert bool(complaints(STACK_CONFIG, document)) == bool(refusal(document))


@given(with_mistakes(policies.filter(bool)))
def test_schema_and_program_agree_on_policies(document):
    assert bool(complaints(POLICY, document)) == bool(refusal_of_policy(document))


FREE = {
    "componentTypeEnvironmentConfigs",
    "environmentConfigs",
    "resourceTypeEnvironmentConfigs",
    "traitEnvironmentConfigs",
    "other:key",
    "bare",
}
NAMED_BY_USERS = [
    ("config", "openchoreo:bindings"),
    ("config", "openchoreo:dataPlanes"),
    ("config", "openchoreo:projectBindings"),
    ("config", "openchoreo:projectStacks"),
    ("config", "openchoreo:resourceBindings"),
    ("upstreams",),
]


@st.composite
def with_unknown_key(draw, documents, *, below=(), first=""):
    """A document with one more key, where a model says which keys there are."""
    document = copy.deepcopy(draw(documents))
    closed = [
        path
        for path in ((), *places(document))
        if path[: len(below)] == below
        and path not in NAMED_BY_USERS
        and not FREE.intersection(path)
        and isinstance(at(document, path), dict)
    ]
    path = draw(st.sampled_from(closed))
    at(document, path)[f"{first}surplus" if path == below else "surplus"] = True
    return document


secretless = mapping({"config": configs.filter(without_secrets)})


@given(with_unknown_key(secretless, below=("config",), first="openchoreo:"))
def test_an_unknown_key_of_a_stack_file_is_refused_by_both(document):
    assert "surplus\n  unknown key\n" in refusal(document)
    assert complaints(STACK_CONFIG, document)


@given(with_unknown_key(policies))
def test_an_unknown_key_of_a_policy_is_refused_by_both(document):
    assert "surplus\n  unknown key\n" in refusal_of_policy(document)
    assert complaints(POLICY, document)


def overriding(**container):
    return {"bindings": {"greeter": {"workloadOverrides": {"container": container}}}}


TAKEN = {
    "a pin that is a number": {"bindings": {"greeter": {"releaseName": 12}}},
    "a pin that is a truth": {"bindings": {"greeter": {"releaseName": True}}},
    "an integer with a point": {"bindings": {"greeter": {"releaseName": 1.0}}},
    "an environment with a fraction": {"environment": 1.5},
    "two sources of which one is null": overriding(
        env=[
            {"key": "A", "value": None, "valueFrom": {}},
            {"key": "B", "value": 8080, "valueFrom": None},
        ]
    ),
    "a key called secure beside another": {
        "bindings": {"greeter": {"componentTypeEnvironmentConfigs": {"secure": "a", "b": "c"}}}
    },
}


@pytest.mark.parametrize("name", TAKEN)
def test_both_take(name):
    document = {"config": {f"openchoreo:{key}": value for key, value in TAKEN[name].items()}}
    assert refusal(document) == ""
    assert complaints(STACK_CONFIG, document) == []


BOTH_SOURCES = {"key": "A", "value": "a", "valueFrom": {}}
MISTAKES = {
    "a pin with a fraction": {"bindings": {"greeter": {"releaseName": 1.5}}},
    "a variable from two places": overriding(env=[BOTH_SOURCES]),
    "a file from two places": overriding(files=[BOTH_SOURCES | {"mountPath": "/a"}]),
    "a file without a directory": overriding(files=[{"key": "A"}]),
    "a secret pin": {"bindings": {"greeter": {"releaseName": {"secure": "v1:a"}}}},
    "a secret among values": {
        "bindings": {
            "greeter": {"componentTypeEnvironmentConfigs": {"a": [{"b": {"secure": "v1:a"}}]}}
        }
    },
    "a secret instead of data planes": {"dataPlanes": {"secure": "files"}},
    "a truth instead of a hold": {"bindings": {"greeter": {"hold": "true"}}},
    "a directory that is a list": {"dataPlanes": {"default": {"directory": ["out"]}}},
    "another target": {"dataPlanes": {"default": "file"}},
    "half a set": {"set": "sha256:0af9"},
    "a set that is no text": {"set": 12},
    "another answer to problems": {"onProblem": "isolat"},
    "nothing instead of a list": {"projects": None},
    "a text instead of a list": {"projects": "shop"},
    "a list instead of an environment": {"environment": ["dev"]},
}


@pytest.mark.parametrize("name", MISTAKES)
def test_both_refuse(name):
    document = {"config": {f"openchoreo:{key}": value for key, value in MISTAKES[name].items()}}
    assert refusal(document)
    assert complaints(STACK_CONFIG, document)


MISTAKES_OF_POLICY = {
    "a difference that is always strict": {"relaxed": [9]},
    "a ledger that is nowhere": {"upstreams": {"dev": {"stack": "", "file": ""}}},
    "a ledger in two places": {"upstreams": {"dev": {"stack": "a/b/c", "file": "c.json"}}},
}


@pytest.mark.parametrize("name", MISTAKES_OF_POLICY)
def test_both_refuse_as_policy(name):
    assert refusal_of_policy(MISTAKES_OF_POLICY[name])
    assert complaints(POLICY, MISTAKES_OF_POLICY[name])


EXCEPTIONS = {
    # The plan refuses it: no Environment has such a name.
    "no environment": ({"openchoreo:environment": None}, "program"),
    "an empty environment": ({"openchoreo:environment": ""}, "program"),
    # `pulumi config set` without --path writes this. No schema looks into a text.
    "a list as JSON in a text": ({"openchoreo:projects": '["shop"]'}, "program"),
    "an environment that is JSON": ({"openchoreo:environment": "[7]"}, "schema"),
    # An editor reads a date as text, Pulumi as a point in time.
    "a date": (
        {"openchoreo:bindings": {"greeter": {"releaseName": "2024-01-01 00:00:00 +0000 UTC"}}},
        "schema",
    ),
    # For JSON Schema this is an integer; Pulumi writes it as 1e+30.
    "a number beyond 64 bits": (
        {"openchoreo:bindings": {"greeter": {"releaseName": 1e30}}},
        "schema",
    ),
    # Pulumi's older way to write openchoreo:environment.
    "an older key": ({"openchoreo:config:environment": "dev"}, "program"),
    # Pulumi adds the name of the project, which a schema does not know.
    "a key without a namespace": ({"bindngs": {}}, "schema"),
    # A schema cannot count bytes.
    "too much": (
        {"openchoreo:bindings": {"a": {"componentTypeEnvironmentConfigs": {"a": "x" * 130_000}}}},
        "schema",
    ),
}
"""Where only one of them takes a file, and which."""


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_a_schema_cannot_say(name):
    values, taken_by = EXCEPTIONS[name]
    taken = {
        "program": not refusal({"config": values}, project="openchoreo"),
        "schema": not complaints(STACK_CONFIG, {"config": values}),
    }
    assert [one for one, takes in taken.items() if takes] == [taken_by]


# What is around the config


@pytest.mark.parametrize(
    "document",
    [None, {}, {"config": None}, {"environment": ["shared"]}, {"environment": {"values": {}}}],
    ids=str,
)
def test_a_stack_file_may_lack_what_pulumi_does_not_need(document):
    assert complaints(STACK_CONFIG, document) == []


def test_a_key_that_pulumi_passes_over_without_a_word_is_a_mistake():
    assert complaints(STACK_CONFIG, {"confg": {}}) == [
        "$: Additional properties are not allowed ('confg' was unexpected)"
    ]


# What is shipped


@pytest.mark.parametrize("name", schemas.shipped())
def test_the_shipped_schema_is_the_one_of_the_models(name):
    assert (FOLDER / name).read_bytes() == schemas.shipped()[name].encode(), "run `make schemas`"


def test_no_other_schema_is_shipped():
    assert {file.name for file in FOLDER.glob("*.json")} == set(schemas.shipped())


@pytest.mark.parametrize(
    "schema", [schemas.stack_config(), schemas.policy()], ids=["stack", "policy"]
)
def test_it_is_a_json_schema_that_needs_no_other_file(schema):
    Draft202012Validator.check_schema(schema)
    references = re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema))
    assert {each.removeprefix("#/$defs/") for each in references} == set(schema["$defs"])


def test_every_key_is_described():
    texts = [text for keys in DESCRIPTIONS.values() for text in keys.values()]
    written = schemas.shipped()
    assert all(text.endswith(".") for text in texts)
    assert all(any(json.dumps(text) in schema for schema in written.values()) for text in texts)


# What is written elsewhere


def blocks(name):
    """The YAML blocks of a page."""
    text = (ROOT / name).read_text("utf-8")
    return [yaml.safe_load(each) for each in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def pages_with(*keys):
    pages = ["README.md", *(f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md")))]
    return [
        (page, block)
        for page in pages
        for block in blocks(page)
        if isinstance(block, dict) and not block.keys().isdisjoint(keys)
    ]


def test_the_stack_files_of_this_repository_are_taken():
    files = sorted(ROOT.glob("Pulumi.*.yaml"))
    assert len(files) >= 3
    for file in files:
        document = yaml.safe_load(file.read_text("utf-8"))
        assert (file.name, complaints(STACK_CONFIG, document)) == (file.name, [])


def test_the_stack_config_in_the_documents_is_taken():
    shown = pages_with("config", "encryptionsalt")
    assert "docs/config.md" in [page for page, _ in shown]
    for page, block in shown:
        assert (page, complaints(STACK_CONFIG, block), refusal(block)) == (page, [], "")


def test_the_policies_in_the_documents_are_taken():
    shown = pages_with("relaxed", "upstreams")
    readme = (ROOT / "README.md").read_text("utf-8")
    inline = re.findall(r"`((?:relaxed|upstreams): [^`]+)`", readme)
    assert "docs/config.md" in [page for page, _ in shown]
    assert inline
    for block in [*(block for _, block in shown), *map(yaml.safe_load, inline)]:
        assert (complaints(POLICY, block), refusal_of_policy(block)) == ([], "")


def test_what_the_readme_sets_is_taken():
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"pulumi config set --path '(openchoreo:[^']+)' (\S+)", readme)
    assert {path.rpartition(".")[2] for path, _ in commands} == {
        "releaseName",
        "state",
        "hold",
        "payments",
    }
    for path, text in commands:
        key, *steps = path.split(".")
        value = {"true": True}.get(text, text)
        for step in reversed(steps):
            value = {step: value}
        document = {"config": {key: value}}
        assert (path, complaints(STACK_CONFIG, document), refusal(document)) == (path, [], "")


SECTIONS = {
    "Stack config": ["StackConfig"],
    "A binding": ["BindingConfig"],
    "A binding of a project": ["ProjectBindingConfig"],
    "A binding of a Resource": ["ResourceBindingConfig"],
    "Overrides of the workload": [
        "WorkloadOverrides",
        "Configured",
        "EnvVar",
        "FileVar",
        "ValueFrom",
        "SecretKeyRef",
    ],
    "A data plane": ["Target"],
    "Break-glass": ["BreakGlassConfig"],
    "policy.yaml": ["Policy", "UpstreamStack"],
    "Gates": ["EnvironmentRules", "GateRules"],
    "Approvals": ["ApprovalsRule"],
    "A freeze": ["FreezeRule"],
    "A rejected release": ["RejectedRule"],
    "An allowed literal": ["CredentialRules", "AllowedCredential"],
}


def test_every_model_has_a_section():
    assert sorted(model for models in SECTIONS.values() for model in models) == sorted(DESCRIPTIONS)


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_page_on_config_tells_every_key_and_no_other(heading):
    page = (ROOT / "docs" / "config.md").read_text("utf-8")
    section = re.split(rf"^##+ {re.escape(heading)}$", page, flags=re.MULTILINE)[1]
    section = re.split(r"^##", section, flags=re.MULTILINE)[0]
    cells = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    told = {key for cell in cells for key in re.split(r"\.|\[\]", cell.removeprefix("openchoreo:"))}
    known = {key for model in SECTIONS[heading] for key in DESCRIPTIONS[model]}
    assert {key for key in told if key and not key.startswith("<")} == known
