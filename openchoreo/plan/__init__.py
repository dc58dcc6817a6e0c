"""catalog + config + ledgers -> Plan: the whole run as one pure value.

scope          which environment and components a stack is about
inputs         what a plan is made from
decisions      what runs here, component by component
running        releases rendered together, so that they find each other's endpoints
dependencies,
absence        endpoints that components need from each other, and why one is not there
settling       decisions and renderings that fit together
isolation,
state          which problems concern one component only, and what it keeps then
projects       the objects of projects
planes         where objects go
clusters,
waves          objects as a cluster takes them, and in which order
collisions     objects that two of them claim
assembly       all of it -> Plan
planned        the Plan itself, which is registered, shown or compared
offline        rendering without ledgers
images         what pods run here against what ran upstream
record         from what was applied to the outputs of the stack
pins           releases that are pinned somewhere, whose documents have to stay
"""

from openchoreo.plan.around import (
    Pipelines,
    Recalled,
    downstream_environments,
    upstream_environments,
)
from openchoreo.plan.assembly import make_plan
from openchoreo.plan.images import other_images
from openchoreo.plan.inputs import Inputs
from openchoreo.plan.isolation import Isolated, isolate
from openchoreo.plan.offline import Offline, OfflineInputs, RenderedResource, render_offline
from openchoreo.plan.pins import pinned_elsewhere
from openchoreo.plan.planned import (
    Cluster,
    Plan,
    Plane,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
)
from openchoreo.plan.record import Outputs, record
from openchoreo.plan.scope import Scope, scope_of

__all__ = [
    "Cluster",
    "Inputs",
    "Isolated",
    "Offline",
    "OfflineInputs",
    "Outputs",
    "Pipelines",
    "Plan",
    "Plane",
    "PlannedComponent",
    "PlannedObject",
    "PlannedProject",
    "Recalled",
    "RenderedResource",
    "Scope",
    "downstream_environments",
    "isolate",
    "make_plan",
    "other_images",
    "pinned_elsewhere",
    "record",
    "render_offline",
    "scope_of",
    "upstream_environments",
]
