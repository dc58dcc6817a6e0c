"""The provider protocol, as far as the tests need it."""

# ruff: noqa: N802, ARG002 - the methods and their arguments are those of the protocol

import re
import threading
import time

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from openchoreo.provider.differences import differences
from openchoreo.provider.responses import failures, no_change, replacement, update
from openchoreo.provider.structs import read_struct, write_struct
from tests.cluster.double.readiness import why_not
from tests.cluster.double.server_side import RefusedError, connected, unknown

VERSION = "4.34.2"
DEFAULT_LIMIT = 600.0
IDENTITY = (("metadata", "name"), ("metadata", "namespace"), ("kind",), ("apiVersion",))
FIXED = {
    "Deployment": (("spec", "selector"),),
    "StatefulSet": (("spec", "selector"), ("spec", "serviceName")),
    "Job": (("spec", "template"), ("spec", "selector")),
}


class Double(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self):
        self.cancelled = threading.Event()
        self._settings = {}

    @property
    def _objects(self):
        keys = ("kubeconfig", "context")
        return connected(tuple((key, self._settings.get(key, "")) for key in keys))

    def Handshake(self, request, context):
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request, context):
        return provider_pb2.GetSchemaResponse(
            schema=f'{{"name": "kubernetes", "version": "{VERSION}"}}'
        )

    def Cancel(self, request, context):
        self.cancelled.set()
        return empty_pb2.Empty()

    def CheckConfig(self, request, context):
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request, context):
        olds, news = (read_struct(each).document for each in (request.olds, request.news))
        changes = differences(olds, news)
        if not changes:
            return no_change()
        if ("clusterIdentifier",) in changes:
            return replacement(changes, because=(("clusterIdentifier",),))
        return update(changes)

    def Configure(self, request, context):
        self._settings = read_struct(request.args).document
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request, context):
        manifest = read_struct(request.news).document
        if str(manifest.get("kind", "")).endswith("List"):
            return failures(("a list of objects is no resource",))
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request, context):
        news = read_struct(request.news).document
        inputs = read_struct(request.old_inputs).document
        live = pruned(read_struct(request.olds).document, inputs)
        changes = {**differences(live, news), **differences(inputs, news)}
        if not changes:
            return no_change()
        causes = (*IDENTITY, *FIXED.get(news.get("kind"), ()))
        if any(path[: len(cause)] == cause for path in changes for cause in causes):
            response = replacement(
                changes, because=tuple(p for p in changes if any(p[: len(c)] == c for c in causes))
            )
            response.deleteBeforeReplace = news["metadata"]["name"] == inputs["metadata"]["name"]
            return response
        return update(changes)

    def Create(self, request, context):
        manifest = read_struct(request.properties).document
        if request.preview and unknown(manifest):
            return provider_pb2.CreateResponse(properties=request.properties)
        with told(context):
            upsert = self._settings.get("upsertExistingObjects") == "true"
            there = None if request.preview else self._objects.get(manifest)
            if there is not None and not upsert:
                kind, name = manifest["kind"], manifest["metadata"]["name"]
                raise RefusedError(
                    f'{kind} "{name}" already exists; import it, or give it an alias'
                )
            live = self._applied(manifest, request, request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=write_struct(live))
        live, reasons = self._ready(manifest, live, request.timeout)
        if reasons:
            never_ready(context, manifest, live, reasons)
        return provider_pb2.CreateResponse(id=id_of(manifest), properties=write_struct(live))

    def Update(self, request, context):
        manifest = read_struct(request.news).document
        if request.preview and unknown(manifest):
            return provider_pb2.UpdateResponse(properties=request.news)
        with told(context):
            live = self._applied(manifest, request, request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=write_struct(live))
        live, reasons = self._ready(manifest, live, request.timeout)
        if reasons:
            never_ready(context, manifest, live, reasons)
        return provider_pb2.UpdateResponse(properties=write_struct(live))

    def Read(self, request, context):
        inputs = read_struct(request.inputs).document
        known = read_struct(request.properties).document or inputs
        with told(context):
            live = self._objects.get(known)
        if live is None:
            return provider_pb2.ReadResponse()
        live = shown(live)
        seen = pruned(live, inputs) if inputs else live
        return provider_pb2.ReadResponse(
            id=request.id, properties=write_struct(live), inputs=write_struct(seen)
        )

    def Delete(self, request, context):
        manifest = read_struct(request.properties).document
        with told(context):
            self._objects.delete(manifest, request.timeout or DEFAULT_LIMIT, self.cancelled)
        return empty_pb2.Empty()

    def _applied(self, manifest, request, given):
        annotations = manifest["metadata"].get("annotations", {})
        manager = annotations.get("pulumi.com/patchFieldManager", "pulumi-kubernetes-double")
        force = self._settings.get("enablePatchForce") == "true"
        force = force or annotations.get("pulumi.com/patchForce") == "true"
        try:
            return shown(
                self._objects.apply(manifest, manager, dry_run=request.preview, force=force)
            )
        except RefusedError as refusal:
            if request.preview and refusal.status in {0, 404}:
                return manifest  # its namespace or kind may be about to be made
            raise

    def _ready(self, manifest, live, timeout):
        """The object as it is in the end, and why it is not ready then."""
        annotations = manifest["metadata"].get("annotations", {})
        if annotations.get("pulumi.com/skipAwait") == "true":
            return live, []
        end = time.monotonic() + (timeout or DEFAULT_LIMIT)
        while reason := why_not(live):
            if time.monotonic() > end or self.cancelled.is_set():
                return live, [f"timed out waiting to be Ready: {reason}"]
            time.sleep(0.15)
            try:
                live = shown(self._objects.get(manifest) or live)
            except RefusedError as refusal:
                return live, [str(refusal)]
        return live, []


class told:  # noqa: N801 - reads as a verb
    """What the API server refuses reaches the engine as a sentence."""

    def __init__(self, context):
        self._context = context

    def __enter__(self):
        return self

    def __exit__(self, _, error, __):
        if isinstance(error, RefusedError):
            self._context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))


def never_ready(context, manifest, live, reasons):
    """The engine keeps the object, and why it is not ready."""
    failed = provider_pb2.ErrorResourceInitFailed(
        id=id_of(manifest),
        properties=write_struct(live),
        reasons=reasons,
        inputs=write_struct(manifest),
    )
    detail = any_pb2.Any()
    detail.Pack(failed)
    message = f"{manifest['kind']} {id_of(manifest)} failed to become live: {'; '.join(reasons)}"
    status = status_pb2.Status(
        code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail]
    )
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)


def id_of(manifest):
    metadata = manifest["metadata"]
    return "/".join(metadata[key] for key in ("namespace", "name") if metadata.get(key))


def shown(live):
    metadata = {key: each for key, each in live["metadata"].items() if key != "managedFields"}
    return {**live, "metadata": metadata}


def pruned(live, shape):
    """Of what is there, that which the inputs speak of, in their words where it means the same."""
    if isinstance(live, dict) and isinstance(shape, dict):
        return {
            key: pruned(live.get(key), each)
            for key, each in shape.items()
            if key in live or is_empty(each)
        }
    if isinstance(live, list) and isinstance(shape, list) and len(live) == len(shape):
        return [pruned(one, each) for one, each in zip(live, shape, strict=True)]
    if live is None and is_empty(shape):
        return shape  # servers leave out what is empty
    if isinstance(shape, (str, int, float)) and not isinstance(shape, bool):
        return shape if quantity(live) == quantity(shape) else live
    return live


def is_empty(value):
    return value is None or value in ([], {})


UNITS = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def quantity(value):
    """Servers write 0.5 as 500m, and 1024Mi as 1Gi."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(m|k|M|G|Ki|Mi|Gi)?", str(value))
    return float(found[1]) * UNITS.get(found[2], 1) if found else value
