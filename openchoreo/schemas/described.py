"""What an editor says of a key, by the model that reads it."""

from __future__ import annotations

_VARIABLE = {
    "key": "The name of the variable or file.",
    "value": "Its content. Not together with valueFrom.",
    "valueFrom": "Where its content comes from. Not together with value.",
}

DESCRIPTIONS = {
    "StackConfig": {
        "environment": "The Environment that this stack is. Default: the name of the stack.",
        "definitions": "Files and directories with OpenChoreo YAML, relative to Pulumi.yaml.",
        "namespaces": "The control-plane namespaces that this stack deploys. Default: every"
        " namespace that has the environment.",
        "projects": "The projects that this stack deploys, as project or namespace/project."
        " Default: all of them.",
        "bindings": "What runs here: component or namespace/component -> pin, state and overrides."
        " Goes before the ReleaseBindings of the definitions, field by field.",
        "projectBindings": "Which release of a project runs here: project or namespace/project ->"
        " pin and values. Default: the snapshot of the definitions in the first environment, and"
        " what runs upstream when a project first comes to a later one.",
        "resourceBindings": "Which Resources run here: Resource or namespace/Resource -> pin, state"
        " and values. Goes before the ResourceReleaseBindings of the definitions, field by field.",
        "set": "The digest of a set of releases that ran together in an environment before this one,"
        " or in this one: all of them are pinned by it, or nothing is deployed.",
        "projectStacks": "Projects that another stack deploys to this environment: project or"
        " namespace/project -> <organization>/<Pulumi project>/<stack>. Its ledger says where"
        " their endpoints are.",
        "dataPlanes": "Data plane -> where its manifests go. Default: files below"
        " `manifests/<environment>/<data plane>`.",
        "notificationChannels": "Deploys the channels for alerts of this environment. Default: true,"
        " unless namespaces or projects narrow the stack; one stack of an environment does it.",
        "timeouts": "Kind, or default -> how long a cluster may take to apply an object and to"
        " report it ready, like 90s, 10m or 1h. Default: the provider's own, 10m for most.",
        "waitFor": "Kinds whose acceptance by their controllers is waited for as well.",
        "gates": "Rules that are added to those of policy.yaml. Less than those is refused.",
        "breakGlass": "Passes over gates of policy.yaml, until it expires; recorded for ever.",
        "expect": "The digest that `openchoreo plan` gave for the run that was reviewed. A run with"
        " another one is refused.",
        "adopt": "Takes over objects that are on a cluster already. Default: they are refused.",
        "removed": "What is no longer defined and is to be undeployed: component or"
        " namespace/component, resource/<namespace>/<name>, project/<namespace>/<name>.",
        "releases": "Directories with exported releases: *.json files that hold the output"
        " releases of a stack.",
        "onProblem": "What a refused or invalid component does to the run. stop: nothing is"
        " deployed. isolate: it keeps the release that is recorded, the others go on, and the run"
        " still ends in error.",
    },
    "BreakGlassConfig": {
        "gates": "The gates that are passed over.",
        "reason": "Why; it stays in the record.",
        "expires": "When it ends, in quotes and with a zone: '2026-12-24T18:00:00Z'.",
    },
    "ProjectBindingConfig": {
        "projectRelease": "The pin: the release of the project that runs here.",
        "environmentConfigs": "Values for the environmentConfigs of the project type.",
        "hold": "Keeps the release that is recorded here, whatever the definitions say.",
    },
    "ResourceBindingConfig": {
        "resourceRelease": "The pin: the release of the Resource that runs here.",
        "state": "Undeploy removes the objects of the Resource, unless they are retained; its"
        " history stays.",
        "retainPolicy": "Retain leaves the objects behind when the Resource is undeployed or the"
        " stack is destroyed. Default: what its type says.",
        "resourceTypeEnvironmentConfigs": "Values for the environmentConfigs of the resource type.",
        "hold": "Keeps the release that is recorded here, whatever the definitions say.",
    },
    "BindingConfig": {
        "releaseName": "The pin: the release that runs here.",
        "state": "Undeploy removes the objects of the component; its history stays.",
        "componentTypeEnvironmentConfigs": "Values for the environmentConfigs of the component"
        " type.",
        "traitEnvironmentConfigs": "Trait instance -> values for the environmentConfigs of the"
        " trait.",
        "workloadOverrides": "Variables and files of the container that differ here.",
        "hold": "Keeps the release that is recorded, whatever autoDeploy offers.",
    },
    "Target": {
        "directory": "Relative to Pulumi.yaml. Empty: `manifests/<environment>/<data plane>`.",
        "context": "The context of the cluster that manifests are applied to, instead of files.",
        "kubeconfig": "The file that has the context. Default: what KUBECONFIG names, else"
        " ~/.kube/config.",
        "clusterIdentifier": "What tells the cluster from others. Default: the UID of its namespace"
        " kube-system.",
    },
    "WorkloadOverrides": {
        "container": "The container of the workload.",
    },
    "Configured": {
        "env": "Environment variables; goes before the workload's by key.",
        "files": "Files; goes before the workload's by key.",
    },
    "EnvVar": _VARIABLE,
    "FileVar": {**_VARIABLE, "mountPath": "The directory in the container that holds the file."},
    "ValueFrom": {
        "secretKeyRef": "A key of a SecretReference in the definitions.",
    },
    "SecretKeyRef": {
        "name": "The name of the SecretReference.",
        "key": "The key in it.",
    },
    "Policy": {
        "relaxed": "Differences from OpenChoreo that only warn, by their number in"
        " docs/deviations.md.",
        "upstreams": "Environment -> where its ledger is, if its stack is not named after it, and"
        " which one it is.",
        "environments": "Environment -> what has to be so before something newly runs in it.",
        "rejected": "Releases that nobody may run any more.",
        "credentials": "What is said of literals that look like credentials.",
        "allowedSigners": "Who signs with which SSH key: lines as in ssh-keygen's allowed signers.",
    },
    "CredentialRules": {
        "allowed": "Literals that look like credentials and are none.",
    },
    "AllowedCredential": {
        "kind": "The kind of what the literal belongs to; those of a Workload or a binding belong"
        " to its Component.",
        "name": "Its name; namespace/name, where it has a namespace.",
        "path": "The place of the literal, as the refusal writes it.",
        "reason": "Why it is no credential.",
    },
    "EnvironmentRules": {
        "soak": "How long a release has to have run in the environment before: 30m, 24h, 7d.",
        "approvals": "Who has to approve a digest, in `approvals/<environment>/<digest>.yaml`.",
        "attestations": "Checks that have to have passed for a digest, each in"
        " `attestations/<environment>/<digest>/<check>.yaml`.",
        "signedAttestations": "Whether attestations need a signature.",
        "freezes": "Times in which nothing new runs.",
        "proof": "applied: a cluster upstream has to have reported it ready. rendered: files do.",
        "upstreams": "all: every environment before this one has to have deployed it. any: one of"
        " them is enough.",
        "images": "digest: images have to be named by digest. warn: a tag that moved is told.",
        "forbidden": "Checks of rendered manifests: what they find must not be.",
        "forbiddenKinds": "Kinds that must not be rendered, as Kind or group/Kind.",
        "projects": "Project, or namespace/project -> rules that are added for it.",
    },
    "GateRules": {
        "soak": "How long a release has to have run in the environment before: 30m, 24h, 7d.",
        "approvals": "Who has to approve a digest, in `approvals/<environment>/<digest>.yaml`.",
        "attestations": "Checks that have to have passed for a digest, each in"
        " `attestations/<environment>/<digest>/<check>.yaml`.",
        "signedAttestations": "Whether attestations need a signature.",
        "freezes": "Times in which nothing new runs.",
        "proof": "applied: a cluster upstream has to have reported it ready. rendered: files do.",
        "upstreams": "all: every environment before this one has to have deployed it. any: one of"
        " them is enough.",
        "images": "digest: images have to be named by digest. warn: a tag that moved is told.",
        "forbidden": "Checks of rendered manifests: what they find must not be.",
        "forbiddenKinds": "Kinds that must not be rendered, as Kind or group/Kind.",
    },
    "ApprovalsRule": {
        "count": "How many people have to approve it.",
        "by": "Who may, by the names that approvals have. Default: everybody but who wrote the pin.",
        "signed": "Whether approvals need a signature.",
    },
    "FreezeRule": {
        "from": "When it begins, in quotes: '2026-12-24T18:00'.",
        "to": "When it ends.",
        "timeZone": "The zone of both: Europe/Berlin. Default: UTC.",
        "reason": "Why, for who is refused.",
    },
    "RejectedRule": {
        "digest": "The digest of the release.",
        "reason": "Why, for who is refused.",
    },
    "UpstreamStack": {
        "stack": "The full name of its stack: `<organization>/<project>/<stack>`.",
        "file": "Its exported ledger, for an environment that another backend keeps.",
        "lineage": "The only ledger from which releases are newly taken.",
    },
}
"""Model -> key -> text. Beside the schemas and not in the models: some of them read ReleaseBinding
documents as well, where the same keys mean less."""
