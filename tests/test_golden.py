"""Every directory of golden/: definitions, and what becomes of them or is wrong with them.

A directory is named by what it shows. It holds

- `definitions.yaml`; kinds it leaves out are taken from golden/common,
- one of: `manifests.yaml` (what the templates gave, without the platform's labels and without
  the network policy), `everything.yaml` (all of it), `problems.txt` (the whole text of the error)
- `warnings.txt` where there are any,
- `settings.yaml` where something differs from `environment: development` and `relaxed: []`.

`pytest tests/test_golden.py --update-golden` writes what comes out; read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from openchoreo.catalog import load, read_yaml
from openchoreo.config import StackConfig
from openchoreo.errors import OpenChoreoError, describe
from openchoreo.plan import Offline, OfflineInputs, render_offline, scope_of

GOLDEN = Path(__file__).parent / "golden"
COMMON = GOLDEN / "common"
POLICIES = frozenset({"NetworkPolicy", "CiliumNetworkPolicy"})

CASES = sorted(path for path in GOLDEN.iterdir() if path.is_dir() and path.name != COMMON.name)


def settings(case: Path) -> dict:
    file = case / "settings.yaml"
    written = yaml.safe_load(file.read_text()) if file.is_file() else {}
    default = {"environment": "development", "relaxed": [], "everything": False, "projects": False}
    return {**default, **written}


def kinds(file: Path) -> set[str]:
    return {document["kind"] for document in yaml.safe_load_all(file.read_text()) if document}


def results(case: Path) -> dict[str, str]:
    """File name -> text, for all that came out."""
    given = settings(case)
    try:
        offline = rendered(case, given)
    except OpenChoreoError as error:
        return {"problems.txt": text(error.problems)}
    if offline.problems:
        return {"problems.txt": text(offline.problems)}
    manifests = [
        (one.target_plane, one.manifest)
        for resource in offline.resources
        if resource.chain != "project" or given["projects"]
        for one in resource.manifests
    ]
    found = {
        "everything.yaml" if given["everything"] else "manifests.yaml": dumped(
            [
                {
                    **({} if plane == "dataplane" else {"targetPlane": plane}),
                    **shown(manifest, given),
                }
                for plane, manifest in manifests
                if given["everything"] or manifest["kind"] not in POLICIES
            ]
        )
    }
    return {**found, **({"warnings.txt": text(offline.warnings)} if offline.warnings else {})}


def rendered(case: Path, given: dict) -> Offline:
    relaxed = frozenset(given["relaxed"])
    own = kinds(case / "definitions.yaml")
    common = [file for file in sorted(COMMON.iterdir()) if not kinds(file) & own]
    catalog = load([case / "definitions.yaml", *common], relaxed=relaxed)
    scope = scope_of(catalog, StackConfig(environment=given["environment"]))
    return render_offline(
        OfflineInputs(scope=scope, bindings={}, relaxed=relaxed, read_yaml=read_yaml)
    )


def text(problems) -> str:
    """Files as a reader of the directory knows them."""
    return describe(problems).replace(f"{_relative(GOLDEN)}/", "") + "\n"


def _relative(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def shown(manifest: dict, given: dict) -> dict:
    """Without the labels that every object has, unless everything is shown."""
    if given["everything"]:
        return manifest
    metadata = dict(manifest["metadata"])
    labels = {k: v for k, v in metadata.pop("labels", {}).items() if k not in PLATFORM}
    return {**manifest, "metadata": {**metadata, **({"labels": labels} if labels else {})}}


PLATFORM = frozenset(
    f"openchoreo.dev/{name}"
    for name in (
        "namespace",
        "project",
        "component",
        "environment",
        "component-uid",
        "environment-uid",
        "project-uid",
    )
)


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data) -> bool:
        return True


def written_text(dumper, data):
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", data, style="|" if "\n" in data else None
    )


Dumper.add_representer(str, written_text)


def dumped(manifests: list[dict]) -> str:
    return yaml.dump_all(manifests, Dumper=Dumper, width=100, allow_unicode=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Path, update_golden: bool) -> None:
    found = results(case)
    given = {"definitions.yaml", "settings.yaml"}
    if update_golden:
        for file in case.iterdir():
            if file.name not in given:
                file.unlink()
        for name, written in found.items():
            (case / name).write_text(written, encoding="utf-8")
    expected = {
        file.name: file.read_text(encoding="utf-8")
        for file in case.iterdir()
        if file.name not in given
    }
    assert found == expected
