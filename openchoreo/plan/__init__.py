"""catalog + config + ledgers -> Plan: the whole run as one pure value.

scope          which environment and components a stack is about
inputs         what a plan is made from
around         pipelines and ledgers, which all decisions look at
decisions,
owners         what runs here: component by component, and projects and Resources
sets           the set of releases that is promoted as a whole
managed        Resources rendered, and what they offer
running        releases rendered together, so that they find each other's endpoints
dependencies,
offers,
elsewhere,
absence        endpoints and outputs that components need, and why one is not there
late           manifests of which a part is known only once something else is there
settling,
settled_resources
               decisions and renderings that fit together
gating         the policy's gates, asked of what newly runs
credentials,
frozen         literals that look like credentials, and where the definitions have them
isolation,
state          which problems concern one component only, and what it keeps then
projects       the objects of projects
channels       the objects of the environment itself
planes         where objects go
clusters,
waves          objects as a cluster takes them, and in which order
collisions     objects that two of them claim
making,
notes,
assembly       all of it -> Plan
planned        the Plan itself, which is registered, shown or compared
offline,
offline_owners rendering without ledgers
sound_part,
soundness      what is wrong with definitions, told without ledgers
graph          components, Resources and what they need of each other
exporting,
exported_manifests
               what runs as documents of OpenChoreo, and as manifests
images         what pods run here against what ran upstream
record         from what was applied to the outputs of the stack
fingerprint    one digest over the whole Plan
explaining     why something runs here, or does not
onboarding     the first runs of a repository whose bindings pin releases already
pins           releases that are pinned somewhere, whose documents have to stay
"""

from openchoreo.plan.around import (
    Pipelines,
    Recalled,
    downstream_environments,
    upstream_environments,
)
from openchoreo.plan.assembly import make_plan
from openchoreo.plan.channels import has_channels
from openchoreo.plan.credentials import Credentials
from openchoreo.plan.elsewhere import Elsewhere, OtherStack
from openchoreo.plan.explaining import explain, gates_of
from openchoreo.plan.exported_manifests import (
    ExportedManifest,
    ExportedManifests,
    exported_manifests,
)
from openchoreo.plan.exporting import (
    ExportedDocument,
    collisions,
    exported_documents,
    with_exported,
)
from openchoreo.plan.fingerprint import Fingerprint, fingerprint, unexpected
from openchoreo.plan.gating import Gating
from openchoreo.plan.graph import Edge, Graph, Node, Unmet, Way, graph_of
from openchoreo.plan.images import other_images
from openchoreo.plan.inputs import Inputs
from openchoreo.plan.isolation import Isolated, isolate
from openchoreo.plan.late import UNKNOWN
from openchoreo.plan.managed import HANDED, Observed, offered
from openchoreo.plan.offers import Handed
from openchoreo.plan.offline import Offline, render_offline
from openchoreo.plan.offline_inputs import OfflineInputs, RenderedResource
from openchoreo.plan.pins import pinned_elsewhere
from openchoreo.plan.planned import (
    ENVIRONMENT,
    Cluster,
    Plan,
    Plane,
    PlannedComponent,
    PlannedObject,
    PlannedProject,
    PlannedResource,
)
from openchoreo.plan.record import record
from openchoreo.plan.releases import snapshot_of
from openchoreo.plan.scope import Scope, scope_of
from openchoreo.plan.sound_part import Part, sound_part
from openchoreo.plan.soundness import (
    Assumed,
    Checked,
    Sound,
    check_definitions,
    check_environment,
    read_pipelines,
)

__all__ = [
    "ENVIRONMENT",
    "HANDED",
    "UNKNOWN",
    "Assumed",
    "Checked",
    "Cluster",
    "Credentials",
    "Edge",
    "Elsewhere",
    "ExportedDocument",
    "ExportedManifest",
    "ExportedManifests",
    "Fingerprint",
    "Gating",
    "Graph",
    "Handed",
    "Inputs",
    "Isolated",
    "Node",
    "Observed",
    "Offline",
    "OfflineInputs",
    "OtherStack",
    "Part",
    "Pipelines",
    "Plan",
    "Plane",
    "PlannedComponent",
    "PlannedObject",
    "PlannedProject",
    "PlannedResource",
    "Recalled",
    "RenderedResource",
    "Scope",
    "Sound",
    "Unmet",
    "Way",
    "check_definitions",
    "check_environment",
    "collisions",
    "downstream_environments",
    "explain",
    "exported_documents",
    "exported_manifests",
    "fingerprint",
    "gates_of",
    "graph_of",
    "has_channels",
    "isolate",
    "make_plan",
    "offered",
    "other_images",
    "pinned_elsewhere",
    "read_pipelines",
    "record",
    "render_offline",
    "scope_of",
    "snapshot_of",
    "sound_part",
    "unexpected",
    "upstream_environments",
    "with_exported",
]
