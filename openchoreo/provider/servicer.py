"""The provider protocol, answered for manifests in files.

The inputs of a resource are its manifest, and so are its outputs; the id is the file, relative to
the target directory. State and disk are compared with what the program asks for: a file that is
missing or edited is a change like any other, so a plain preview shows it and a plain update puts
it back. What is already as asked is adopted, which makes an interrupted update, or a second
checkout with the same state, converge.
"""

# ruff: noqa: ARG002, N802 - the methods and their arguments are those of the protocol

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from openchoreo.document import Object
from openchoreo.errors import Path as FieldPath
from openchoreo.provider import PACKAGE
from openchoreo.provider.checks import problems_of_manifest
from openchoreo.provider.claims import Claims
from openchoreo.provider.comparison import compare
from openchoreo.provider.differences import Change, differences
from openchoreo.provider.folder import FileError, ManifestFolder
from openchoreo.provider.identity import identity_of, is_file_of_ours
from openchoreo.provider.notices import Notices
from openchoreo.provider.responses import failures, no_change, replacement, update
from openchoreo.provider.structs import read_struct, write_struct
from openchoreo.provider.target import DIRECTORY, normal_directory, problems_of_settings
from openchoreo.provider.yaml_reading import read_manifest
from openchoreo.provider.yaml_text import yaml_bytes

_IDENTITY: tuple[FieldPath, ...] = (
    ("metadata", "name"),
    ("metadata", "namespace"),
    ("kind",),
    ("apiVersion",),
)


class RefusedError(Exception):
    """What the provider will not do: one sentence for the user."""


class FilesProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider resource of a program. The engine calls it from many threads."""

    def __init__(self, version: str, program: Path, notices: Notices | None = None) -> None:
        self._version = version
        self._program = program
        self._notices = notices or Notices()
        self._claims = Claims()
        self._configured: ManifestFolder | None = None

    @property
    def _folder(self) -> ManifestFolder:
        if self._configured is None:
            message = f"{PACKAGE} was asked for a file before it was configured"
            raise RefusedError(message)
        return self._configured

    # About the provider

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:
        text = {"type": "string", "description": "Where the manifests go."}
        schema = {
            "name": PACKAGE,
            "version": self._version,
            "provider": {"inputProperties": {DIRECTORY: text}, "requiredInputs": [DIRECTORY]},
        }
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Nothing to cut short: every request is one small file."""
        return empty_pb2.Empty()

    # Configuration

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: Any
    ) -> provider_pb2.CheckResponse:
        settings = read_struct(request.news)
        if settings.has_unknowns:
            return provider_pb2.CheckResponse(inputs=request.news)
        problems = problems_of_settings(settings.document, self._program)
        if problems:
            return failures(problems)
        directory = normal_directory(str(settings.document[DIRECTORY]))
        checked = write_struct({**settings.document, DIRECTORY: directory})
        return provider_pb2.CheckResponse(inputs=checked)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: Any
    ) -> provider_pb2.DiffResponse:
        """Another directory: everything is written there, then removed from the old one."""
        old, new = (
            read_struct(each).document.get(DIRECTORY) for each in (request.olds, request.news)
        )
        if old == new:
            return no_change()
        return replacement({(DIRECTORY,): Change.CHANGED}, because=((DIRECTORY,),))

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: Any
    ) -> provider_pb2.ConfigureResponse:
        settings = read_struct(request.args).document
        problems = problems_of_settings(settings, self._program)
        if problems:
            raise RefusedError("; ".join(problems))
        directory = normal_directory(str(settings[DIRECTORY]))
        self._configured = ManifestFolder(self._program / directory, directory)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    # Resources

    def Check(self, request: provider_pb2.CheckRequest, context: Any) -> provider_pb2.CheckResponse:
        properties = read_struct(request.news)
        problems = problems_of_manifest(properties, request.type.partition(":")[2])
        if problems:
            return failures(problems)
        if not properties.has_unknowns:
            file = _file_of(properties.document)
            owner = self._claims.claim(file, request.urn)
            if owner != request.urn:
                other = owner.rpartition("::")[2]
                shown = self._folder.shown(file)
                return failures((f"{shown} already holds the same object for resource {other}",))
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: provider_pb2.DiffRequest, context: Any) -> provider_pb2.DiffResponse:
        news = read_struct(request.news)
        if news.has_unknowns:
            return update(differences(read_struct(request.olds).document, news.document))
        file = _file_of(news.document)
        if file != request.id:
            olds = read_struct(request.olds).document
            return replacement(differences(olds, news.document), because=_IDENTITY)
        try:
            found = self._folder.read(file)
        except FileError:  # Update says why, as a failure of this one resource
            return update(differences({}, news.document))
        if request.olds == request.news and found == yaml_bytes(news.document):
            return no_change()
        comparison = compare(read_struct(request.olds).document, news.document, found)
        if not comparison.needs_update:
            return no_change()
        if comparison.note:
            shown = self._folder.shown(file)
            self._notices.say(request.urn, f"{shown} {comparison.note}; an update writes it again")
        return update(comparison.changes)

    def Create(
        self, request: provider_pb2.CreateRequest, context: Any
    ) -> provider_pb2.CreateResponse:
        properties = read_struct(request.properties)
        if properties.has_unknowns:
            return provider_pb2.CreateResponse(properties=request.properties)
        manifest = properties.document
        file, content = _file_of(manifest), yaml_bytes(manifest)
        self._folder.check(file)
        found = self._folder.read(file)
        if found is not None and found != content:
            self._adopt(file, found, manifest, request.urn)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        self._claims.created(file, request.urn)
        if found != content:
            self._folder.write(file, content)
        return provider_pb2.CreateResponse(id=file, properties=request.properties)

    def Read(self, request: provider_pb2.ReadRequest, context: Any) -> provider_pb2.ReadResponse:
        """What the file says. A file that is no manifest counts as unchanged here: the state has
        no way to hold it, and the next preview compares the bytes anyway.
        """
        found = self._folder.read(_safe(request.id))
        if found is None:
            return provider_pb2.ReadResponse()
        properties = request.properties
        if found != yaml_bytes(read_struct(properties).document):
            manifest = read_manifest(found)
            properties = write_struct(manifest) if manifest is not None else properties
        inputs = request.inputs if request.inputs.fields else properties
        return provider_pb2.ReadResponse(id=request.id, properties=properties, inputs=inputs)

    def Update(
        self, request: provider_pb2.UpdateRequest, context: Any
    ) -> provider_pb2.UpdateResponse:
        news = read_struct(request.news)
        if not news.has_unknowns:
            file, content = _file_of(news.document), yaml_bytes(news.document)
            if request.preview:
                self._folder.check(file)
            else:
                self._folder.write(file, content)
        return provider_pb2.UpdateResponse(properties=request.news)

    def Delete(self, request: provider_pb2.DeleteRequest, context: Any) -> empty_pb2.Empty:
        file = _safe(request.id)
        if self._claims.may_remove(file, request.urn):
            self._folder.remove(file)
        return empty_pb2.Empty()

    def _adopt(self, file: str, found: bytes, manifest: Object, urn: str) -> None:
        """An older version of the same object becomes ours: the state was lost, or an update was
        interrupted before it was recorded. Anything else belongs to somebody.
        """
        shown = self._folder.shown(file)
        there = read_manifest(found)
        if there is None or identity_of(there) != identity_of(manifest):
            message = (
                f"cannot write {shown}: it exists and does not hold {identity_of(manifest)};"
                " move it away, or set another directory"
            )
            raise FileError(message)
        self._notices.say(urn, f"{shown} exists with other content; an update replaces it")


def _file_of(manifest: Object) -> str:
    identity = identity_of(manifest)
    if identity is None:
        message = "the manifest has no apiVersion, kind or metadata.name"
        raise RefusedError(message)
    return identity.file


def _safe(recorded: str) -> str:
    """The id from the state, which leads to a file only if it can be one of ours."""
    if not is_file_of_ours(recorded):
        message = (
            f"the id {recorded!r} in the state is no file of this provider; nothing was touched."
            " `pulumi state delete` removes such an entry"
        )
        raise RefusedError(message)
    return recorded
