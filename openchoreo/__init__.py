"""OpenChoreo's deployment model as a Pulumi program.

    import openchoreo

    openchoreo.deploy()

is all that a `__main__.py` needs. The package reads downward: `engine` and `cli` are the edges,
`plan` is the whole run as one value, `rendering` and `delivery` make manifests and decisions,
`catalog` and `model` hold what users wrote, `template` and `cel` are its expression language.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openchoreo.engine.deploy import deploy
    from openchoreo.engine.handed import ConfigMapKey, SecretKey

__all__ = ["ConfigMapKey", "SecretKey", "deploy"]


def __getattr__(name: str) -> object:
    """They are imported when they are asked for: the command line needs no Pulumi."""
    if name == "deploy":
        from openchoreo.garbage import uncollected  # noqa: PLC0415

        with uncollected():
            from openchoreo.engine.deploy import deploy  # noqa: PLC0415

        return deploy
    if name in {"ConfigMapKey", "SecretKey"}:
        from openchoreo.engine import handed  # noqa: PLC0415

        return getattr(handed, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
