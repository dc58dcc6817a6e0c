import json

import pytest
import yaml

from openchoreo.delivery import Snapshots, snapshot
from openchoreo.delivery.format_1 import component_type as component_type_of_format_1
from openchoreo.delivery.release import FORMATS, Format
from openchoreo.delivery.shape import NotInShape
from openchoreo.document import canonical, digest

SMALLEST = """\
kind: Component
metadata: {name: clock, namespace: default}
spec:
  owner: {projectName: tools}
  componentType: {name: deployment/plain}
---
kind: ComponentType
metadata: {name: plain, namespace: default}
spec:
  workloadType: deployment
  resources:
    - id: deployment
      template: {kind: Deployment, spec: {replicas: 1}}
---
kind: Workload
metadata: {name: clock, namespace: default}
spec:
  owner: {projectName: tools, componentName: clock}
  container: {image: clock:1}
"""


def test_a_release_is_named_by_component_and_digest(make):
    release = make.snapshot(SMALLEST)
    assert release.digest == digest({"format": 1, "spec": release.spec})
    assert release.name == f"clock-{release.digest[7:19]}"
    assert release.text == canonical({"format": 1, "spec": release.spec})


CHANGES_THAT_MATTER = {
    "image": ("clock:1", "clock:2"),
    "template": ("replicas: 1", "replicas: 2"),
    "number and text": ("replicas: 1", 'replicas: "1"'),
    "workload": ("{image: clock:1}", "{image: clock:1, args: [a]}"),
    "parameters": ("deployment/plain}", "deployment/plain}\n  parameters: {a: 1}"),
}


@pytest.mark.parametrize("change", CHANGES_THAT_MATTER.values(), ids=CHANGES_THAT_MATTER)
def test_content_that_changes_makes_another_release(make, change):
    assert make.snapshot(SMALLEST.replace(*change)).digest != make.snapshot(SMALLEST).digest


CHANGES_THAT_DO_NOT = {
    "comment": ("replicas: 1", "replicas: 1 # one is enough\n        "),
    "key order": (
        "{kind: Deployment, spec: {replicas: 1}}",
        "{spec: {replicas: 1}, kind: Deployment}",
    ),
    "default written out": ("- id: deployment", "- id: deployment\n      targetPlane: dataplane"),
    "integral number": ("replicas: 1", "replicas: 1.0"),
    "empty list": ("workloadType: deployment", "workloadType: deployment\n  allowedTraits: []"),
    "empty section": ("workloadType: deployment", "workloadType: deployment\n  parameters: {}"),
    "null": ("deployment/plain}", "deployment/plain}\n  parameters: null"),
    "empty command": ("{image: clock:1}", "{image: clock:1, command: []}"),
    "label": (
        "{name: clock, namespace: default}",
        "{name: clock, namespace: default, labels: {a: b}}",
    ),
    "autoDeploy": (
        "owner: {projectName: tools}\n  componentType",
        "autoDeploy: true\n  owner: {projectName: tools}\n  componentType",
    ),
    "project": ("tools", "gadgets"),
    "explicit kind": ("{name: deployment/plain}", "{kind: ComponentType, name: deployment/plain}"),
}


@pytest.mark.parametrize("change", CHANGES_THAT_DO_NOT.values(), ids=CHANGES_THAT_DO_NOT)
def test_what_changes_no_content_makes_no_new_release(make, change):
    changed = SMALLEST.replace(*change)
    assert changed != SMALLEST
    assert make.snapshot(changed) == make.snapshot(SMALLEST)


def test_equal_content_is_an_equal_release_under_another_name(make):
    other = make.snapshot(
        SMALLEST.replace("name: clock", "name: watch").replace(
            "componentName: clock", "componentName: watch"
        )
    )
    assert other.digest == make.snapshot(SMALLEST).digest
    assert other.name == f"watch-{other.digest[7:19]}"


def test_embedded_traits_are_part_of_the_release_and_sorted(make):
    spec = make.snapshot((make.corpus / "everything.yaml").read_text()).spec
    assert [(t["kind"], t["name"]) for t in spec["traits"]] == [
        ("ClusterTrait", "backup"),
        ("Trait", "guard"),
        ("Trait", "volume"),
    ]


def test_traits_of_a_cluster_scoped_type_are_cluster_traits():
    written = component_type_of_format_1(
        "ClusterComponentType",
        {"workloadType": "job", "resources": [], "traits": [{"name": "a", "instanceName": "b"}]},
    )
    assert written["traits"] == [{"kind": "ClusterTrait", "name": "a", "instanceName": "b"}]


def test_the_snapshot_of_models_is_what_reading_it_back_gives_in_order_as_well(make):
    release = make.snapshot((make.corpus / "everything.yaml").read_text())
    assert json.dumps(json.loads(release.text)["spec"]) == json.dumps(release.spec)


def test_types_and_traits_are_written_once_for_many_components(make):
    text = (make.corpus / "everything.yaml").read_text()
    resources, snapshots = make.parsed(text), Snapshots()
    first = make.snapshot_of_resources(resources, snapshots)
    second = make.snapshot_of_resources(resources, snapshots)
    assert first.spec["componentType"]["spec"] is second.spec["componentType"]["spec"]
    assert first.spec["traits"][0] is second.spec["traits"][0]


def test_snapshots_do_not_change_what_they_are_made_of(make):
    text = (make.corpus / "everything.yaml").read_text()
    resources = make.parsed(text)
    make.snapshot_of_resources(resources)
    assert resources == make.parsed(text)


def test_the_function_for_one_component_gives_the_same(make):
    component, component_type, workload = make.parsed(SMALLEST)
    assert snapshot(component, component_type, (), workload) == make.snapshot(SMALLEST)


class TestFormats:
    """Seen with an invented format 2, which has defaults that format 1 does not know."""

    @staticmethod
    def formats():
        one = FORMATS[1]

        def component_type(kind, spec):
            return {"probes": "none", **one.component_type(kind, spec)}

        def workload(spec):
            container = {"pullPolicy": "Always", **spec["container"]}
            return {**one.workload(spec), "container": container}

        return {1: one, 2: Format(2, component_type, one.trait, one.profile, workload, one.release)}

    def test_a_release_that_is_recorded_in_an_older_format_stays(self, make):
        recorded = make.snapshot(SMALLEST)
        today = make.snapshot_of_resources(
            make.parsed(SMALLEST),
            Snapshots(self.formats()),
            recorded=[(recorded.format, recorded.digest)],
        )
        assert today == recorded

    def test_what_changes_besides_is_written_in_the_newest_format(self, make):
        recorded = make.snapshot(SMALLEST)
        today = make.snapshot_of_resources(
            make.parsed(SMALLEST.replace("clock:1", "clock:2")),
            Snapshots(self.formats()),
            recorded=[(recorded.format, recorded.digest)],
        )
        assert today.format == 2
        assert today.spec["workload"]["container"]["pullPolicy"] == "Always"
        assert today.spec["componentType"]["spec"]["probes"] == "none"

    def test_definitions_that_go_back_make_the_release_that_ran_before(self, make):
        before = make.snapshot(SMALLEST)
        formats = Snapshots(self.formats())
        changed = make.snapshot_of_resources(
            make.parsed(SMALLEST.replace("clock:1", "clock:2")), formats
        )
        history = [(2, changed.digest), (1, before.digest)]
        back = make.snapshot_of_resources(make.parsed(SMALLEST), formats, recorded=history)
        assert back == before

    def test_of_equal_content_in_two_formats_the_one_that_ran_last_stays(self, make):
        older = make.snapshot(SMALLEST)
        formats = Snapshots(self.formats())
        newer = make.snapshot_of_resources(make.parsed(SMALLEST), formats)
        for history in ([older, newer], [newer, older]):
            recorded = [(one.format, one.digest) for one in history]
            today = make.snapshot_of_resources(make.parsed(SMALLEST), formats, recorded=recorded)
            assert today == history[0]

    def test_what_the_older_format_has_no_place_for_is_written_in_the_newest(self, make):
        one = self.formats()[1]

        def refuse(_spec):
            raise NotInShape(("container",), "is not part of this format")

        older = Format(1, one.component_type, one.trait, one.profile, refuse, one.release)
        formats = {1: older, 2: self.formats()[2]}
        recorded = make.snapshot(SMALLEST)
        today = make.snapshot_of_resources(
            make.parsed(SMALLEST), Snapshots(formats), recorded=[(1, recorded.digest)]
        )
        assert today.format == 2

    def test_a_field_without_a_place_in_the_newest_format_is_refused(self, make):
        one = FORMATS[1]

        def refuse(_spec):
            raise NotInShape(("container", "gpu"), "is not part of this format")

        formats = {1: Format(1, one.component_type, one.trait, one.profile, refuse, one.release)}
        text = make.refusal(
            lambda: make.snapshot_of_resources(make.parsed(SMALLEST), Snapshots(formats))
        )
        assert text == (
            "Workload default/clock: spec.container.gpu\n"
            "  cannot be part of a release of format 1: is not part of this format"
        )


class TestImportedReleases:
    @staticmethod
    def document(make, name="clock-20260223-1", **changes):
        spec = {**make.snapshot(SMALLEST).spec, **changes}
        spec["owner"] = {"projectName": "tools", "componentName": "clock"}
        document = {
            "kind": "ComponentRelease",
            "metadata": {"name": name, "namespace": "default"},
            "spec": spec,
        }
        (resource,) = make.parsed(yaml.safe_dump(document))
        return resource

    def test_keep_their_own_name_as_an_alias_of_the_digest(self, make):
        release = Snapshots().imported(self.document(make))
        assert release.digest == make.snapshot(SMALLEST).digest
        assert release.alias == "clock-20260223-1"
        assert release.shown == "clock-20260223-1"
        assert release.names == (release.name, "clock-20260223-1")

    def test_that_are_named_by_their_digest_have_no_alias(self, make):
        release = Snapshots().imported(self.document(make, make.snapshot(SMALLEST).name))
        assert release.alias == ""
        assert release.names == (release.name,)

    def test_get_the_defaults_that_files_leave_out(self, make):
        whole = make.snapshot(SMALLEST).spec
        kind = whole["componentType"]
        bare = {"id": "deployment", "template": kind["spec"]["resources"][0]["template"]}
        spec = {**kind["spec"], "resources": [bare], "allowedTraits": []}
        imported = Snapshots().imported(
            self.document(make, componentType={**kind, "spec": spec}, traits=[])
        )
        assert imported.digest == make.snapshot(SMALLEST).digest

    def test_that_are_known_in_an_older_format_stay_what_they_are(self, make):
        one = FORMATS[1]

        def release(spec):
            return {**one.release(spec), "invented": True}

        two = Format(2, one.component_type, one.trait, one.profile, one.workload, release)
        document, snapshots = self.document(make), Snapshots({1: one, 2: two})
        old = make.snapshot(SMALLEST)
        assert snapshots.imported(document, known={old.digest}) == old
        assert snapshots.imported(document).format == 2

    def test_have_their_traits_sorted(self, make):
        traits = [{"kind": kind, "name": "a", "spec": {}} for kind in ("Trait", "ClusterTrait")]
        one = Snapshots().imported(self.document(make, traits=traits))
        other = Snapshots().imported(self.document(make, traits=traits[::-1]))
        assert one.digest == other.digest
