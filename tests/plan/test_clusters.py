"""What changes in a plan where a data plane is a cluster."""

import pytest

from openchoreo.delivery import Stamp
from openchoreo.plan import other_images, record
from openchoreo.plan.clusters import FIELD_MANAGER
from openchoreo.plan.waves import CONFIGURATION, ROUTES, WORKLOADS, wave_of
from tests.plan.definitions import component, component_type, manifest
from tests.plan.world import NOON, planned_objects

CLUSTER = {"default": {"context": "kind-dev", "clusterIdentifier": "one"}}


def scaler(kind, version, target):
    return manifest(kind, version, spec={"scaleTargetRef": target})


def found(plan, kind):
    (one,) = (each for each in planned_objects(plan) if each.manifest["kind"] == kind)
    return one


class TestObjects:
    def test_every_field_has_the_same_owner_in_every_run(self, world):
        world.define(*component("greeter"))
        for planned in planned_objects(world.plan(dataPlanes=CLUSTER)):
            annotations = planned.manifest["metadata"]["annotations"]
            assert annotations["pulumi.com/patchFieldManager"] == FIELD_MANAGER

    def test_files_are_as_they_were(self, world):
        world.define(*component("greeter"))
        for planned in planned_objects(world.plan()):
            assert "annotations" not in planned.manifest["metadata"]
            assert (planned.wave, planned.timeout) == (0, 0)

    @pytest.mark.parametrize(
        "scaling",
        [
            scaler(
                "HorizontalPodAutoscaler",
                "autoscaling/v2",
                {"kind": "Deployment", "name": "greeter"},
            ),
            scaler("ScaledObject", "keda.sh/v1alpha1", {"name": "greeter"}),
        ],
        ids=lambda one: one["kind"],
    )
    def test_replicas_are_the_autoscalers(self, world, scaling):
        world.define(component_type("service", scaling), *component("greeter"))
        assert (
            "replicas" not in found(world.plan(dataPlanes=CLUSTER), "Deployment").manifest["spec"]
        )
        assert "replicas" in found(world.plan(), "Deployment").manifest["spec"]

    def test_replicas_of_another_workload_stay(self, world):
        other = scaler(
            "HorizontalPodAutoscaler", "autoscaling/v2", {"kind": "Deployment", "name": "x"}
        )
        world.define(component_type("service", other), *component("greeter"))
        assert "replicas" in found(world.plan(dataPlanes=CLUSTER), "Deployment").manifest["spec"]

    def test_the_time_limit_of_a_kind_goes_before_the_one_for_all(self, world):
        world.define(*component("greeter"))
        plan = world.plan(dataPlanes=CLUSTER, timeouts={"default": "5m", "Deployment": "90s"})
        assert found(plan, "Deployment").timeout == 90
        assert found(plan, "Service").timeout == 300

    def test_a_route_is_waited_for_on_request_only(self, world):
        route = manifest("HTTPRoute", "gateway.networking.k8s.io/v1", spec={"parentRefs": []})
        world.define(component_type("service", route), *component("greeter"))

        def notes(**config):
            plan = world.plan(dataPlanes=CLUSTER, **config)
            return found(plan, "HTTPRoute").manifest["metadata"]["annotations"]

        assert "pulumi.com/waitFor" not in notes()
        assert notes(waitFor=["HTTPRoute"])["pulumi.com/waitFor"] == (
            'jsonpath={.status.parents[*].conditions[?(@.type=="Accepted")].status}=True'
        )


def test_a_secret_with_data_never_gets_into_the_state(world):
    secret = manifest("Secret", "v1", stringData={"password": "1234"})
    world.define(component_type("service", secret), *component("greeter"))
    assert world.refusal(dataPlanes=CLUSTER) == (
        "Component default/greeter\n"
        "  renders Secret default/dp-default-shop-development-276893d5/greeter with stringData, "
        "which would be in the state\n"
        "  write an OpenChoreo SecretReference, which names the key in the secret store; the "
        "cluster fetches the value"
    )


@pytest.mark.parametrize(
    ("kind", "version", "spec", "wave"),
    [
        ("ConfigMap", "v1", None, CONFIGURATION),
        ("ExternalSecret", "external-secrets.io/v1", {"target": {}}, CONFIGURATION),
        ("NetworkPolicy", "networking.k8s.io/v1", {}, CONFIGURATION),
        ("Certificate", "cert-manager.io/v1", {}, CONFIGURATION),
        ("Deployment", "apps/v1", {}, WORKLOADS),
        ("Service", "v1", {}, WORKLOADS),
        ("Service", "serving.knative.dev/v1", {}, CONFIGURATION),
        ("HTTPRoute", "gateway.networking.k8s.io/v1", {"parentRefs": []}, ROUTES),
        ("BackendTrafficPolicy", "gateway.envoyproxy.io/v1alpha1", {"targetRefs": []}, ROUTES),
        ("ScaledObject", "keda.sh/v1alpha1", {"scaleTargetRef": {}}, ROUTES),
    ],
)
def test_waves(kind, version, spec, wave):
    document = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}
    assert wave_of(document if spec is None else {**document, "spec": spec}) == wave


class TestTargets:
    @pytest.fixture
    def deployed(self, world):
        world.define(*component("greeter"))
        return world

    def test_the_ledger_keeps_which_cluster_it_was(self, deployed):
        plan = deployed.plan(dataPlanes=CLUSTER)
        assert plan.ledger.planes["default"].model_dump() == {"target": "cluster", "cluster": "one"}

    def test_what_a_cluster_reported_ready_is_applied(self, deployed):
        deployed.deploy(dataPlanes=CLUSTER)
        plan = deployed.plan(dataPlanes=CLUSTER)
        assert plan.ledger.components["default/greeter"].current.proof == "applied"

    def test_from_files_to_a_cluster_is_told(self, deployed):
        deployed.deploy()
        assert deployed.plan(dataPlanes=CLUSTER).notes == (
            (
                "data plane default moves from files to the cluster of context kind-dev: its objects "
                "are created there, then its files are removed; there is no way back in this stack"
            ),
        )

    def test_the_move_is_a_new_entry_of_the_same_release(self, deployed):
        deployed.deploy()
        deployed.deploy(dataPlanes=CLUSTER)
        history = deployed.plan(dataPlanes=CLUSTER).ledger.components["default/greeter"].history
        assert [entry.proof for entry in history] == ["applied", "rendered"]
        assert len({entry.release for entry in history}) == 1

    @pytest.mark.parametrize(
        ("config", "how"),
        [({}, "has no line for it any more"), ({"dataPlanes": {"default": {}}}, "says files")],
        ids=["vanished", "files"],
    )
    def test_there_is_no_way_back(self, deployed, config, how):
        deployed.deploy(dataPlanes=CLUSTER)
        assert deployed.refusal(**config) == (
            "stack config: openchoreo:dataPlanes.default\n"
            f"  this stack deploys to cluster one there, and the config {how}\n"
            "  write default: {context: <context of that cluster>}; a stack that has deployed to a "
            "cluster does not go back to files: use another stack for those"
        )

    def test_another_cluster_is_refused(self, deployed):
        deployed.deploy(dataPlanes=CLUSTER)
        other = {"default": {"context": "kind-other", "clusterIdentifier": "two"}}
        assert deployed.refusal(dataPlanes=other) == (
            "stack config: openchoreo:dataPlanes.default\n"
            "  context kind-other is cluster two, and this stack has deployed to cluster one\n"
            "  use a context of that cluster; where it is the same one, made anew, say "
            "clusterIdentifier: one"
        )

    def test_another_name_of_the_context_is_the_same_cluster(self, deployed):
        deployed.deploy(dataPlanes=CLUSTER)
        renamed = {"default": {"context": "renamed", "clusterIdentifier": "one"}}
        plan = deployed.plan(dataPlanes=renamed)
        assert not any(plan.changes(one) for one in plan.components)


class TestImages:
    @pytest.fixture
    def tried(self, world):
        """greeter in development, with the image that ran there."""
        world.define(*component("greeter"))
        self.apply(world, "development", {"main": "greeter@sha256:a"})
        return world

    @staticmethod
    def apply(world, stack, images=None, **config):
        plan = world.plan(stack, dataPlanes=CLUSTER, **config)
        given = {"default/greeter": images} if images else {}
        outputs = record(plan, ["default/greeter"], Stamp(NOON, "ada"), images=given)
        world.outputs[world.full(stack)] = {
            "pipeline": outputs.pipeline,
            "releases": outputs.releases,
            "summary": outputs.summary,
        }
        return plan

    def pinned(self, world):
        return {"bindings": {"greeter": {"releaseName": world.current("default/greeter")}}}

    def test_an_unchanged_run_keeps_them(self, tried):
        before = tried.outputs[tried.full("development")]
        self.apply(tried, "development")
        assert tried.outputs[tried.full("development")] == before
        assert "greeter@sha256:a" in before["pipeline"]

    def test_another_one_downstream_is_told(self, tried):
        plan = tried.plan("staging", dataPlanes=CLUSTER, **self.pinned(tried))
        release = tried.current("default/greeter")
        assert list(other_images(plan, {"default/greeter": {"main": "greeter@sha256:b"}})) == [
            (
                "default/greeter: container main runs greeter@sha256:b, and in development "
                f"{release} runs greeter@sha256:a; name the image by digest in the workload, so that "
                "it stays the same"
            )
        ]

    def test_the_same_one_is_not(self, tried):
        plan = tried.plan("staging", dataPlanes=CLUSTER, **self.pinned(tried))
        assert not list(other_images(plan, {"default/greeter": {"main": "greeter@sha256:a"}}))
