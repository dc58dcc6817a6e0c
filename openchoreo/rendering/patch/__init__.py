"""Patches of traits: operations in the manner of RFC 6902 on paths with filters and wildcards.

    patched = apply(manifest, [Change("add", "/metadata/labels/tier", "web")])

Pure: the manifest given is never changed, and what no operation touches is shared.
"""

from openchoreo.rendering.patch.errors import PatchError
from openchoreo.rendering.patch.operations import Change, apply
from openchoreo.rendering.patch.path import parse_path

__all__ = ["Change", "PatchError", "apply", "parse_path"]
