"""What is asked of a Kubernetes API server, which is never changed here.

api        one connection, and what is wrong where there is none
kinds      which kinds a cluster serves
rights     what the user of a context may do
objects    which objects and namespaces are there, and their status
pods       why pods do not become ready, and which images they run
advice     where kinds come from that a cluster lacks
selecting  which pods are those of a component
containers what has become of their containers
logs       lines that containers have written
places     how far they have been read
following  lines as they are written
quiet      why there are none
events     what has happened to objects
plain      what others have written, made safe to show
"""

from openchoreo.cluster.advice import doctor
from openchoreo.cluster.api import Api, ClusterError, connect
from openchoreo.cluster.containers import Container, Source, sources_of
from openchoreo.cluster.events import Event, events_of
from openchoreo.cluster.following import Following, Seen
from openchoreo.cluster.kinds import Kinds, Served, discover, missing_kinds
from openchoreo.cluster.logs import Line, Notice, Window, merged
from openchoreo.cluster.objects import existing, statuses, terminating, uid_of
from openchoreo.cluster.plain import for_terminal, one_line
from openchoreo.cluster.pods import Look, look
from openchoreo.cluster.quiet import (
    finished,
    known_containers,
    not_started,
    unknown_containers,
    without_pods,
)
from openchoreo.cluster.rights import Denied, denied
from openchoreo.cluster.selecting import Share, pods_of

__all__ = [
    "Api",
    "ClusterError",
    "Container",
    "Denied",
    "Event",
    "Following",
    "Kinds",
    "Line",
    "Look",
    "Notice",
    "Seen",
    "Served",
    "Share",
    "Source",
    "Window",
    "connect",
    "denied",
    "discover",
    "doctor",
    "events_of",
    "existing",
    "finished",
    "for_terminal",
    "known_containers",
    "look",
    "merged",
    "missing_kinds",
    "not_started",
    "one_line",
    "pods_of",
    "sources_of",
    "statuses",
    "terminating",
    "uid_of",
    "unknown_containers",
    "without_pods",
]
