"""What is asked of a Kubernetes API server, which is never changed here.

api        one connection, and what is wrong where there is none
kinds      which kinds a cluster serves
rights     what the user of a context may do
objects    which objects and namespaces are there, and their status
pods       why pods do not become ready, and which images they run
advice     where kinds come from that a cluster lacks
"""

from openchoreo.cluster.advice import doctor
from openchoreo.cluster.api import Api, ClusterError, connect
from openchoreo.cluster.kinds import Kinds, Served, discover, missing_kinds
from openchoreo.cluster.objects import existing, statuses, terminating
from openchoreo.cluster.pods import Look, look
from openchoreo.cluster.rights import Denied, denied

__all__ = [
    "Api",
    "ClusterError",
    "Denied",
    "Kinds",
    "Look",
    "Served",
    "connect",
    "denied",
    "discover",
    "doctor",
    "existing",
    "look",
    "missing_kinds",
    "statuses",
    "terminating",
]
