"""Which pods are those of a component, and whether more will come of them."""

from __future__ import annotations

import pytest

from openchoreo.cluster import ClusterError, Share, finished, pods_of
from openchoreo.cluster.selecting import is_workload, selector_of


def made(kind, version="apps/v1", **spec):
    metadata = {"name": "api", "namespace": "shop"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def selecting(**selector):
    return made("Deployment", selector=selector, template={})


class Api:
    """Answers by path."""

    def __init__(self, **answers):
        self.context, self.asked, self.answers = "test", [], answers

    def get(self, path):
        self.asked.append(path)
        answer = self.answers.get(path.partition("?")[0].rpartition("/")[2])
        if isinstance(answer, ClusterError):
            raise answer
        return answer


def share(*manifests, **answers):
    return Share(Api(**answers), manifests, {"openchoreo.dev/component": "api"})


@pytest.mark.parametrize(
    ("selector", "asked"),
    [
        ({"matchLabels": {"b": "2", "a": "1"}}, "a=1,b=2"),
        (
            {
                "matchLabels": {"a": "1"},
                "matchExpressions": [
                    {"key": "t", "operator": "In", "values": ["x", "y"]},
                    {"key": "u", "operator": "NotIn", "values": ["z"]},
                    {"key": "v", "operator": "Exists"},
                    {"key": "w", "operator": "DoesNotExist"},
                ],
            },
            "a=1,t in (x,y),u notin (z),v,!w",
        ),
    ],
)
def test_selectors_as_a_query_takes_them(selector, asked):
    assert selector_of(selecting(**selector)) == asked


def test_what_selects_nothing_is_no_workload():
    """An empty query would be answered with all pods of the namespace."""
    assert not is_workload(selecting())
    assert not is_workload(made("Service", "v1", selector={"app": "api"}))
    assert not is_workload(made("NetworkPolicy", selector={"matchLabels": {"a": "1"}}))
    assert is_workload(made("Rollout", selector={"matchLabels": {"a": "1"}}, template={}))


def test_a_pod_is_found_by_its_name():
    found = share(made("Pod", "v1"))
    assert pods_of(found) == []
    assert found.api.asked == [
        "/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Dapi",
        "/api/v1/namespaces/shop/pods?labelSelector=openchoreo.dev/component%3Dapi",
    ]


def test_where_no_workload_is_nothing_is_asked_outside_of_its_namespaces():
    cluster_scoped = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    found = share(cluster_scoped)
    assert pods_of(found) == []
    assert found.api.asked == []


COMPLETE = {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}
JOB = made("Job", "batch/v1")


@pytest.mark.parametrize(
    ("manifests", "live", "over"),
    [
        ([JOB], COMPLETE, True),
        ([JOB], {"status": {"conditions": [{"type": "Failed", "status": "True"}]}}, True),
        ([JOB], {"status": {"conditions": [{"type": "Suspended", "status": "True"}]}}, False),
        ([JOB], {"status": {}}, False),
        ([JOB], None, False),
        ([JOB], ClusterError("no", status=403), False),
        ([JOB, selecting(matchLabels={"a": "1"})], COMPLETE, False),
        ([made("CronJob", "batch/v1")], COMPLETE, False),
        ([], COMPLETE, False),
    ],
)
def test_only_jobs_are_over_at_some_time(manifests, live, over):
    assert finished(share(*manifests, api=live)) is over
