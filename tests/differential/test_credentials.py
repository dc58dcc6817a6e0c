"""Public definitions hold example passwords, which are words, and one private key."""

import pytest

from openchoreo.catalog import survey
from openchoreo.catalog.files import find
from openchoreo.delivery.credentials import looks_like
from openchoreo.delivery.snapshot import as_written
from openchoreo.errors import format_path
from openchoreo.workspace.credentials import known_in
from tests.differential.cases import samples

TREES = ("openchoreo", "platform", "sample-gitops", "community-modules")
KINDS = (
    "Component",
    "Workload",
    "ComponentType",
    "ClusterComponentType",
    "Trait",
    "ClusterTrait",
    "Project",
    "ProjectType",
    "ClusterProjectType",
    "Resource",
    "ResourceType",
    "ClusterResourceType",
    "ComponentRelease",
    "ReleaseBinding",
)


@pytest.mark.skipif(samples() is None, reason="no public samples here: differential: NOT RUN")
def test_no_public_sample_is_refused_but_for_a_private_key():
    files, _ = find([samples() / tree for tree in TREES])
    looked, found = 0, set()
    for file in files:
        for one in survey([file]).catalog.of_kind(*KINDS):
            looked += 1
            found |= {
                (str(one), format_path(each.place), each.kind)
                for each in looks_like(as_written(one.spec), known_in)
            }
    assert looked > 200
    assert found == {
        (
            "Workload default/demo-app-tls-service-workload",
            'container.files["tls.key"]',
            "a private key",
        )
    }
