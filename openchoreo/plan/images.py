"""Images that pods run here, against those that ran where a release was promoted from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openchoreo.plan.planned import Plan


def other_images(plan: Plan, images: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """A sentence for each container whose image is not the one that was tried upstream.

    A tag may have moved meanwhile: the release is the same, and what runs is not.
    """
    for component in plan.components:
        here = images.get(component.key, {})
        for ledger in plan.upstream_ledgers:
            record = ledger.recorded(component.key)
            entry = record.deployed(component.release.digest) if record else None
            tried = entry.images if entry else {}
            for container in sorted(here.keys() & tried.keys()):
                if here[container] != tried[container]:
                    yield (
                        f"{component.key}: container {container} runs {here[container]}, and in "
                        f"{ledger.environment} {component.release.shown} runs {tried[container]}; "
                        "name the image by digest in the workload, so that it stays the same"
                    )
