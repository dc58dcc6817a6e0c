"""What is known of every service of a tree; everything follows from its number."""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE = "default"
ROLES = ("stock", "orders", "web", "mailer")
IN_PROJECT = 20
IN_DIVISION = 400
"""Each role but the first has a type of its own in every division: one for a hundred components."""

TYPES = {
    "stock": ("ClusterComponentType", "deployment/service"),
    "orders": ("ComponentType", "deployment/api"),
    "web": ("ClusterComponentType", "deployment/site"),
    "mailer": ("ClusterComponentType", "cronjob/sender"),
}
BACK = {"stock": (), "orders": (1, IN_PROJECT), "web": (1,), "mailer": (2,)}
"""How far before a service those are that it calls."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A type or trait, by which a component names it."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """One component."""

    number: int

    @property
    def role(self) -> str:
        return ROLES[self.number % len(ROLES)]

    @property
    def name(self) -> str:
        return f"{self.role}-{self.number:04}"

    @property
    def project(self) -> str:
        return project_name(self.number // IN_PROJECT)

    @property
    def even(self) -> bool:
        """Whether its group is; groups take turns in what they use."""
        return self.number // len(ROLES) % 2 == 0

    @property
    def type(self) -> Reference:
        """That of its division; the first role has the platform's, as everybody."""
        kind, name = TYPES[self.role]
        own = "" if self.role == "stock" else f"-{self.number // IN_DIVISION}"
        return Reference(kind, f"{name}{own}")

    @property
    def traits(self) -> tuple[Reference, ...]:
        """Those it has besides what its type brings."""
        tracing, scaling = Reference("ClusterTrait", "tracing"), Reference("Trait", "autoscaling")
        if self.role == "orders":
            return (tracing,) if self.even else (tracing, scaling)
        if self.role == "web" and self.even:
            return (Reference("ClusterTrait", "availability"),)
        return ()

    @property
    def calls(self) -> tuple[Service, ...]:
        """The services it needs; their numbers are smaller, so a tree of any size has them."""
        return tuple(Service(self.number - step) for step in BACK[self.role] if step <= self.number)

    @property
    def stages(self) -> tuple[str, ...]:
        """The environments it says something of."""
        here = (self.number + self.number // len(ROLES)) % 2 == 0
        return ("development", "staging", "production") if here else ("staging", "production")


def project_name(number: int) -> str:
    return f"team-{number:02}"
