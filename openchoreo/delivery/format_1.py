"""Release format 1: what the spec of a release holds and which defaults are written out.

The same for all three chains: ComponentRelease, ProjectRelease and ResourceRelease.

Frozen for ever. The fields and defaults are those of OpenChoreo's API `v1alpha1` at the time
the format was made; a later change of the API becomes a new format beside this one.
"""

from __future__ import annotations

from openchoreo.delivery.shape import VERBATIM, Field, Kind, ListOf, MapOf, Shape, written
from openchoreo.document import Document, Object

NUMBER = 1


def _shape(*keys: str, **fields: Field) -> Shape:
    """Verbatim optional `keys`, and `fields` that are something else."""
    return Shape({**dict.fromkeys(keys, Field()), **fields})


def _required(kind: Kind = VERBATIM) -> Field:
    return Field(kind, required=True)


def _default(value: Document) -> Field:
    return Field(default=value)


_TEXT = _required()
_PLANE = _default("dataplane")
_LIST = Field(ListOf(VERBATIM))
_MAP = Field(MapOf(VERBATIM))

_SCHEMA = Field(_shape("openAPIV3Schema"))
_RULES = Field(ListOf(_shape(rule=_TEXT, message=_TEXT)))
_TARGET = _shape("where", group=_TEXT, version=_TEXT, kind=_TEXT)
_RULE_TARGET = Shape({**_TARGET.fields, "mustMatch": _default(True)})
_POST_RULES = Field(
    ListOf(
        _shape(
            "when",
            "forEach",
            "var",
            target=_required(_RULE_TARGET),
            targetPlane=_PLANE,
            rule=_TEXT,
            message=_TEXT,
        )
    )
)
_TEMPLATE = _shape("includeWhen", "forEach", "var", targetPlane=_PLANE, template=_TEXT)
_RESOURCE = Shape({**_TEMPLATE.fields, "id": _TEXT})
_VALIDATED = {
    "parameters": _SCHEMA,
    "environmentConfigs": _SCHEMA,
    "validations": _RULES,
    "preRenderValidations": _RULES,
    "postRenderValidations": _POST_RULES,
}

_EMBEDDED = _shape(
    "parameters", "environmentConfigs", kind=_default("Trait"), name=_TEXT, instanceName=_TEXT
)
_TYPE = Shape(
    {
        **_VALIDATED,
        "workloadType": _TEXT,
        "allowedWorkflows": Field(ListOf(_shape(kind=_default("ClusterWorkflow"), name=_TEXT))),
        "traits": Field(ListOf(_EMBEDDED)),
        "allowedTraits": Field(ListOf(_shape(kind=_default("Trait"), name=_TEXT))),
        "resources": _required(ListOf(_RESOURCE)),
    }
)
_CLUSTER_TYPE = Shape(
    {**_TYPE.fields, "traits": Field(ListOf(_EMBEDDED.with_default("kind", "ClusterTrait")))}
)

_REMOVAL = _shape("forEach", "var", target=_required(_TARGET), targetPlane=_PLANE)
_OPERATIONS = _required(ListOf(_shape("value", op=_TEXT, path=_TEXT)))
_TRAIT = Shape(
    {
        **_VALIDATED,
        "creates": Field(ListOf(_TEMPLATE)),
        "patches": Field(ListOf(Shape({**_REMOVAL.fields, "operations": _OPERATIONS}))),
        "removes": Field(ListOf(_REMOVAL)),
    }
)

_INSTANCE = _shape("parameters", kind=_default("Trait"), name=_TEXT, instanceName=_TEXT)
_PROFILE = _shape("parameters", traits=Field(ListOf(_INSTANCE)))

_SECRET_KEY = _shape(name=_TEXT, key=_TEXT)
_ENV = _shape("value", key=_TEXT, valueFrom=Field(_shape(secretKeyRef=Field(_SECRET_KEY))))
_FILE = Shape({**_ENV.fields, "mountPath": _TEXT})
_CONTAINER = _shape(
    image=_TEXT, command=_LIST, args=_LIST, env=Field(ListOf(_ENV)), files=Field(ListOf(_FILE))
)
_ENDPOINT = _shape(
    "targetPort",
    "displayName",
    "basePath",
    type=_TEXT,
    port=_TEXT,
    visibility=_LIST,
    schema=Field(_shape("type", "content")),
)
_CONNECTION = _shape(
    "project",
    component=_TEXT,
    name=_TEXT,
    visibility=_TEXT,
    envBindings=_required(_shape("address", "host", "port", "basePath")),
)
_DEPENDENCIES = _shape(
    endpoints=Field(ListOf(_CONNECTION)),
    resources=Field(ListOf(_shape(ref=_TEXT, envBindings=_MAP, fileBindings=_MAP))),
)
_WORKLOAD = _shape(
    container=_required(_CONTAINER),
    endpoints=Field(MapOf(_ENDPOINT)),
    dependencies=Field(_DEPENDENCIES),
)

_RELEASE = _shape(
    componentType=_required(_shape(kind=_TEXT, name=_TEXT, spec=_required(_TYPE))),
    traits=Field(ListOf(_shape(kind=_TEXT, name=_TEXT, spec=_required(_TRAIT)))),
    componentProfile=Field(_PROFILE),
    workload=_required(_WORKLOAD),
)


_PROJECT_TYPE = _shape(
    parameters=_SCHEMA,
    environmentConfigs=_SCHEMA,
    validations=_RULES,
    resources=_required(ListOf(_RESOURCE)),
)
_OUTPUT = _shape(
    "value", name=_TEXT, secretKeyRef=Field(_SECRET_KEY), configMapKeyRef=Field(_SECRET_KEY)
)
_RESOURCE_TYPE = _shape(
    parameters=_SCHEMA,
    environmentConfigs=_SCHEMA,
    retainPolicy=_default("Delete"),
    outputs=Field(ListOf(_OUTPUT)),
    resources=_required(ListOf(_shape("includeWhen", "readyWhen", id=_TEXT, template=_TEXT))),
)
_PROJECT_RELEASE = _shape(
    "parameters",
    projectType=_required(_shape(kind=_TEXT, name=_TEXT, spec=_required(_PROJECT_TYPE))),
)
_RESOURCE_RELEASE = _shape(
    "parameters",
    resourceType=_required(_shape(kind=_TEXT, name=_TEXT, spec=_required(_RESOURCE_TYPE))),
)


def component_type(kind: str, spec: Object) -> Object:
    """The spec of a (Cluster)ComponentType.

    Traits embedded in a cluster-scoped type are ClusterTraits where they do not say so.
    """
    return written(_CLUSTER_TYPE if kind == "ClusterComponentType" else _TYPE, spec)


def trait(spec: Object) -> Object:
    """The spec of a (Cluster)Trait."""
    return written(_TRAIT, spec)


def project_type(spec: Object) -> Object:
    """The spec of a (Cluster)ProjectType."""
    return written(_PROJECT_TYPE, spec)


def resource_type(spec: Object) -> Object:
    """The spec of a (Cluster)ResourceType."""
    return written(_RESOURCE_TYPE, spec)


def profile(spec: Object) -> Object:
    """What a Component says of itself: parameters and trait instances. Empty for neither."""
    return written(_PROFILE, spec)


def workload(spec: Object) -> Object:
    """The spec of a Workload, without its owner."""
    return written(_WORKLOAD, spec)


def release(spec: Object) -> Object:
    """The spec of a release of any chain, without its owner."""
    if "projectType" in spec:
        return written(_PROJECT_RELEASE, spec)
    if "resourceType" in spec:
        return written(_RESOURCE_RELEASE, spec)
    whole = written(_RELEASE, spec)
    traits = whole.get("traits")
    return {**whole, "traits": in_order(traits)} if isinstance(traits, list) else whole


def in_order(traits: list[Document]) -> list[Document]:
    """Sorted by kind, so ClusterTrait before Trait, then by name."""
    return sorted(traits, key=_kind_and_name)


def _kind_and_name(trait: Document) -> tuple[str, str]:
    assert isinstance(trait, dict)
    return str(trait["kind"]), str(trait["name"])
