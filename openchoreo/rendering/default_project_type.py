"""The project type of repositories that have none: a namespace for each environment.

Newer than those repositories, a ProjectType is what makes the namespace components run in.
Its labels are what network policies of other projects look for.
"""

from __future__ import annotations

from openchoreo.document import Object

KIND = "ClusterProjectType"
NAME = "default"


def default_project_type() -> Object:
    """The spec, made anew for each caller."""
    namespace: Object = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "${metadata.namespace}", "labels": "${metadata.labels}"},
    }
    return {
        "resources": [{"id": "namespace", "targetPlane": "dataplane", "template": namespace}],
    }
