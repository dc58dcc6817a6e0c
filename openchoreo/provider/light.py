"""Only the protocol stubs of the Pulumi SDK, without the SDK.

Importing anything of the SDK imports all of it, a quarter of a second that every run would wait
for. The stubs need none of it, so in the provider's own process the packages above them are
entered as bare packages: their modules are found, their `__init__` is not run.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_ABOVE_THE_STUBS = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def skip_the_sdk() -> None:
    """To be called before the first import from `pulumi`; later it changes nothing."""
    if "pulumi" in sys.modules:
        return
    found = importlib.util.find_spec("pulumi")
    if found is None or not found.submodule_search_locations:
        return
    root = found.submodule_search_locations[0]
    for name in _ABOVE_THE_STUBS:
        spec = ModuleSpec(name, loader=None, is_package=True)
        bare = ModuleType(name)
        bare.__spec__ = spec
        bare.__path__ = ["/".join((root, *name.split(".")[1:]))]
        sys.modules[name] = bare
