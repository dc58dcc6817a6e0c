"""A provider in this process, and the requests an engine would send."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from openchoreo.provider.notices import Notices
from openchoreo.provider.servicer import FilesProvider
from openchoreo.provider.structs import read_struct, write_struct


class Said(Notices):
    """Keeps what would be said to the user."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, urn: str, message: str) -> None:
        assert urn
        self.lines.append(message)


@dataclass
class Engine:
    """Speaks to the provider the way the engine does, and keeps the state of one stack."""

    program: Path
    provider: FilesProvider
    said: Said

    @classmethod
    def started(cls, program: Path) -> Engine:
        said = Said()
        engine = cls(program, FilesProvider("1.2.3", program, said), said)
        engine.configure(directory="manifests")
        return engine

    def restarted(self) -> Engine:
        """As in another run: the files are there, the memory is not."""
        return self.started(self.program)

    @staticmethod
    def urn(name: str) -> str:
        return f"urn:pulumi:development::shop::openchoreo-files:core/v1:ConfigMap::{name}"

    def configure(self, **settings: Any) -> None:
        arguments = write_struct(settings)
        self.provider.Configure(provider_pb2.ConfigureRequest(args=arguments), None)

    def check_config(self, **settings: Any) -> tuple[Any, list[str]]:
        request = provider_pb2.CheckRequest(news=write_struct(settings))
        response = self.provider.CheckConfig(request, None)
        return read_struct(response.inputs).document, [each.reason for each in response.failures]

    def check(self, manifest: Any, name: str = "it", token: str = "") -> list[str]:
        version = manifest.get("apiVersion", "v1")
        type_ = f"{version if '/' in str(version) else f'core/{version}'}:{manifest.get('kind')}"
        request = provider_pb2.CheckRequest(
            urn=self.urn(name),
            type=f"openchoreo-files:{token or type_}",
            news=write_struct(manifest),
        )
        response = self.provider.Check(request, None)
        assert response.failures or response.inputs == request.news
        return [each.reason for each in response.failures]

    def diff(self, id_: str, old: Any, new: Any) -> provider_pb2.DiffResponse:
        request = provider_pb2.DiffRequest(
            urn=self.urn("it"), id=id_, olds=write_struct(old), news=write_struct(new)
        )
        return self.provider.Diff(request, None)

    def create(self, manifest: Any, name: str = "it", *, preview: bool = False) -> str:
        properties = write_struct(manifest)
        request = provider_pb2.CreateRequest(
            urn=self.urn(name), properties=properties, preview=preview
        )
        response = self.provider.Create(request, None)
        assert response.properties == properties
        return response.id

    def update(self, id_: str, old: Any, new: Any, *, preview: bool = False) -> None:
        request = provider_pb2.UpdateRequest(
            urn=self.urn("it"),
            id=id_,
            olds=write_struct(old),
            news=write_struct(new),
            preview=preview,
        )
        assert self.provider.Update(request, None).properties == request.news

    def read(self, id_: str, state: Any) -> provider_pb2.ReadResponse:
        properties = write_struct(state)
        request = provider_pb2.ReadRequest(id=id_, properties=properties, inputs=properties)
        return self.provider.Read(request, None)

    def delete(self, id_: str, name: str = "it") -> None:
        self.provider.Delete(provider_pb2.DeleteRequest(urn=self.urn(name), id=id_), None)

    def files(self) -> dict[str, str]:
        return {
            path.relative_to(self.program).as_posix(): path.read_text()
            for path in sorted(self.program.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine.started(tmp_path)


DROP = """
import ctypes, os, sys
if os.geteuid() == 0:
    drop_from_bounding_set, overriding_permissions = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, overriding_permissions, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def without_privileges() -> list[str]:
    """Before a command: permission bits count, also for root, who else is above them."""
    return [sys.executable, "-c", DROP]
