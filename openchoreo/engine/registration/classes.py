"""Registers by resources of the SDK's own classes, which are a promise of every version of it.

They take resources where requests take URNs, so those that were made are kept by their URN.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi.resource import DependencyProviderResource, DependencyResource
from pulumi.runtime.stack import ResourceRegistrationFailed

from openchoreo.document import Object
from openchoreo.engine.registration.answers import UNKNOWN_ID, Answer, Options
from openchoreo.engine.registration.evidence import is_evidence

_PROVIDERS = "pulumi:providers:"


class Classes:
    """The resources of one run.

    With `--continue-on-error` a failure is an answer that is not applied; without it the engine
    ends the run and the SDK raises what it was told.
    """

    def __init__(self) -> None:
        self._made: dict[str, pulumi.Resource] = {}

    async def component(self, type_: str, name: str, parent: str, inputs: Object) -> str:
        options = pulumi.ResourceOptions(parent=self._made.get(parent))
        made = pulumi.ComponentResource(type_, name, inputs, options)
        urn = await made.urn.future() or ""
        self._made[urn] = made
        return urn

    async def custom(
        self, type_: str, name: str, parent: str, inputs: Object, options: Options
    ) -> Answer:
        above = self._made.get(parent)
        made = self._custom(type_, name, inputs, options, above)
        try:
            urn, id_ = await made.urn.future() or "", await made.id.future() or ""
        except ResourceRegistrationFailed:
            urn = await pulumi.create_urn(name, type_, above).future() or ""
            self._made[urn] = _failed(type_, urn)
            return Answer(urn, "", applied=False)
        self._made[urn] = made
        applied = bool(id_) and await _came_back(made, _sent(inputs), live=options.live)
        return Answer(urn, id_, applied)

    async def finish(self, urn: str) -> None:
        made = self._made[urn]
        assert isinstance(made, pulumi.ComponentResource)
        made.register_outputs({})

    def _custom(
        self,
        type_: str,
        name: str,
        inputs: Object,
        options: Options,
        above: pulumi.Resource | None,
    ) -> pulumi.CustomResource:
        # A class of our own would have the SDK tell the engine the lines that make resources.
        if type_.startswith(_PROVIDERS):
            told = pulumi.ResourceOptions(parent=above, version=options.version or None)
            return pulumi.ProviderResource(type_.removeprefix(_PROVIDERS), name, inputs, told)
        told = self._options(options, inputs, above)
        return pulumi.CustomResource(type_, name, self._properties(inputs, options), told)

    def _options(
        self, options: Options, inputs: Object, above: pulumi.Resource | None
    ) -> pulumi.ResourceOptions:
        limit = f"{options.timeout}s"
        provider = self._made[options.provider.rpartition("::")[0]]
        assert isinstance(provider, pulumi.ProviderResource)
        return pulumi.ResourceOptions(
            parent=above,
            provider=provider,
            ignore_changes=[*inputs] if options.frozen else None,
            custom_timeouts=pulumi.CustomTimeouts(limit, limit) if options.timeout else None,
            retain_on_delete=options.retained or None,
        )

    def _properties(self, inputs: Object, options: Options) -> Mapping[str, Any]:
        """The inputs, each depending on all that the resource depends on.

        That is what the engine takes a request for that says nothing of single inputs.
        """
        if not options.dependencies:
            return inputs
        after = _after(self._made[urn] for urn in options.dependencies)
        return {key: after.apply(lambda _, value=value: value) for key, value in inputs.items()}


def _after(resources: Iterable[pulumi.Resource]) -> pulumi.Output[None]:
    """Nothing, once there are these resources."""
    return pulumi.Output(
        set(resources),
        asyncio.sleep(0),
        asyncio.sleep(0, result=True),
        asyncio.sleep(0, result=False),
    )


def _failed(type_: str, urn: str) -> pulumi.Resource:
    """Stands for a resource whose own outputs raise, so that the engine skips what needs it."""
    if type_.startswith(_PROVIDERS):
        return DependencyProviderResource(f"{urn}::{UNKNOWN_ID}")
    return DependencyResource(urn)


def _sent(inputs: Object) -> Object:
    """The SDK sends no null that is the whole value of an input."""
    return {key: value for key, value in inputs.items() if value is not None}


async def _came_back(made: pulumi.Resource, sent: Object, *, live: bool) -> bool:
    """The SDK fills in from the inputs what the provider has not returned."""
    # Resources have an id and a urn of their own, whatever a document calls so.
    returned: Object = {key: sent[key] for key in ("id", "urn") if key in sent}
    for key in sent.keys() - returned.keys():
        value = getattr(made, key, None)
        if isinstance(value, pulumi.Output):
            returned[key] = await value.future()
    return is_evidence(returned, sent, live=live)
