"""`openchoreo workload create`, on files."""

import pytest
import yaml
from click.testing import CliRunner

from openchoreo.cli import main
from tests.plan.definitions import component, component_type, data_plane, platform, project

DESCRIPTOR = """\
apiVersion: openchoreo.dev/v1alpha1
metadata: {name: api}
endpoints:
  - {name: http, type: HTTP, port: 80, schemaFile: api/openapi.yaml}
"""

WORKLOAD = """\
apiVersion: openchoreo.dev/v1alpha1
kind: Workload
metadata:
  name: api-workload
  namespace: default
spec:
  owner: {projectName: shop, componentName: api}
  container:
    # The image is written by the build.
    image: "api:1"  # keep this
    env:
      - {key: LEVEL, value: info}
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """The component api without a Workload, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "definitions/api"
    folder.mkdir(parents=True)
    common = [data_plane(), component_type(), *platform(), project("shop")]
    (tmp_path / "definitions/platform.yaml").write_text(yaml.safe_dump_all(common))
    (folder / "component.yaml").write_text(yaml.safe_dump(component("api")[0]))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["workload", "create", *arguments])


def create(*arguments):
    done = run("--component", "api", "--image", "api:2", *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_beside_the_component(repository):
    path = "definitions/api/workload.yaml"
    assert create() == f"{path}: Workload default/api-workload\n"
    found = yaml.safe_load((repository / path).read_text())
    assert found["spec"]["container"] == {"image": "api:2"}
    assert found["spec"]["owner"] == {"projectName": "shop", "componentName": "api"}


def test_only_the_image_of_one_that_is_there(repository):
    path = repository / "definitions/api/workload.yaml"
    path.write_text(WORKLOAD)
    assert create() == "definitions/api/workload.yaml:10: api:1 -> api:2\n"
    assert path.read_text() == WORKLOAD.replace('"api:1"', "api:2")


def test_from_a_descriptor(repository):
    source = repository / "src"
    (source / "api").mkdir(parents=True)
    (source / "api/openapi.yaml").write_text("openapi: 3.0.0\n")
    (source / "workload.yaml").write_text(DESCRIPTOR)
    create("--descriptor", "src/workload.yaml")
    found = yaml.safe_load((repository / "definitions/api/workload.yaml").read_text())
    assert found["spec"]["endpoints"]["http"]["schema"] == {
        "type": "openapi",
        "content": "openapi: 3.0.0\n",
    }


def test_to_standard_output(repository):
    text = create("--output", "-")
    assert yaml.safe_load(text)["kind"] == "Workload"
    assert not (repository / "definitions/api/workload.yaml").exists()


def test_a_file_outside_of_the_descriptors_folder(repository):
    (repository / "secret").write_text("s")
    (repository / "src").mkdir()
    (repository / "src/workload.yaml").write_text(
        DESCRIPTOR.replace("api/openapi.yaml", "../secret")
    )
    done = run("--component", "api", "--image", "a", "--descriptor", "src/workload.yaml")
    assert (done.exit_code, done.stderr) == (
        1,
        (
            "src/workload.yaml: endpoints[0].schemaFile\n"
            "  ../secret cannot be read: it is outside of the folder of the descriptor\n"
            "  name a file beside the descriptor or below its folder\n"
            "  src/workload.yaml:4\n"
        ),
    )


def test_what_would_be_lost_is_not_written_over(repository):
    path = repository / "definitions/api/workload.yaml"
    path.write_text(DESCRIPTOR)
    done = run("--component", "api", "--image", "api:2")
    assert (done.exit_code, done.stderr) == (
        1,
        (
            "definitions/api/workload.yaml\n"
            "  is there already, and is not the Workload of api\n"
            "  say where to write to: --output FILE, or --output -\n"
        ),
    )
    assert path.read_text() == DESCRIPTOR


@pytest.mark.usefixtures("repository")
def test_a_component_that_is_not_there():
    done = run("--component", "apii", "--image", "api:2")
    assert (done.exit_code, done.stderr) == (
        1,
        "--component\n  there is no component apii here\n  did you mean api?\n",
    )


def test_who_has_only_a_descriptor_is_told_the_command(repository):
    (repository / "definitions/api/workload.yaml").write_text(DESCRIPTOR)
    done = CliRunner().invoke(main, ["render", "--environment", "development"])
    command = (
        "workload create --component api --descriptor definitions/api/workload.yaml "
        "--image <image> --output definitions/api/api-workload.yaml"
    )
    assert (
        "definitions/api/workload.yaml is a workload descriptor, which names no image; "
        f"make one of it: python -m openchoreo {command}\n"
    ) in done.stderr
    (repository / "definitions/api/api").mkdir()
    (repository / "definitions/api/api/openapi.yaml").write_text("openapi: 3.0.0\n")
    done = CliRunner().invoke(main, command.replace("<image>", "api:1").split())
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, ["render", "--environment", "development"])
    assert done.exit_code == 0, done.output
