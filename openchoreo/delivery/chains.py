"""OpenChoreo's three chains of type, release and binding, and what each calls its parts."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Chain: TypeAlias = Literal["components", "projects", "resources"]
"""Each keeps the same records."""

CHAINS: tuple[Chain, ...] = ("components", "projects", "resources")


class Words(Struct, frozen=True):
    """`kind` owns releases of `release_kind`; `config` is the key of stack config with its
    bindings, and `pin` their field that names a release.
    """

    chain: Chain
    kind: str
    release_kind: str
    binding_kind: str
    config: str
    pin: str

    def removal(self, key: str) -> str:
        """What openchoreo:removed says of it, `key` being a namespace/name."""
        return key if self is COMPONENTS else f"{self.kind.lower()}/{key}"


COMPONENTS = Words(
    "components",
    "Component",
    "ComponentRelease",
    "ReleaseBinding",
    "openchoreo:bindings",
    "releaseName",
)
PROJECTS = Words(
    "projects",
    "Project",
    "ProjectRelease",
    "ProjectReleaseBinding",
    "openchoreo:projectBindings",
    "projectRelease",
)
RESOURCES = Words(
    "resources",
    "Resource",
    "ResourceRelease",
    "ResourceReleaseBinding",
    "openchoreo:resourceBindings",
    "resourceRelease",
)
WORDS = {words.chain: words for words in (COMPONENTS, PROJECTS, RESOURCES)}
