"""The files provider: Kubernetes manifests as files, with the life cycle of Pulumi resources.

It runs as a process of its own, started by the Pulumi engine. Nothing is imported here, since the
time from start to the first answer counts in every run.
"""

PACKAGE = "openchoreo-files"
"""The package of its resource tokens: `openchoreo-files:<group or core>/<version>:<Kind>`."""
