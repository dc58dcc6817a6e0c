"""The project type of repositories that define none: just the namespace in the data plane.

The labels are those that network policies of other projects look for.
"""

from openchoreo.document import Object

DEFAULT_PROJECT_TYPE: Object = {
    "resources": [
        {
            "id": "namespace",
            "targetPlane": "dataplane",
            "template": {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {
                    "name": "${metadata.namespace}",
                    "labels": "${metadata.labels}",
                },
            },
        }
    ]
}
"""A ProjectType spec."""
