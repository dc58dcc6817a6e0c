"""What beginners get wrong: each is done to a sound copy of the example."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WEATHER = "definitions/namespaces/default/projects/weather"
FORECAST = f"{WEATHER}/components/forecast"
DASHBOARD = f"{WEATHER}/components/dashboard"
STAGING = "Pulumi.staging.yaml"


@dataclass(frozen=True)
class Mistake:
    """`do` gets the folder and the release of the forecast that runs in development."""

    name: str
    do: Callable[[Path, str], object]
    stack: str = "development"


def edit(file: str, old: str, new: str) -> Callable[[Path, str], object]:
    def do(root: Path, _: str) -> None:
        path = root / file
        text = path.read_text()
        assert re.search(old, text, re.MULTILINE), f"{file} has no {old}"
        path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE))

    return do


def config(text: str) -> Callable[[Path, str], object]:
    """What stands under config in the file of staging; {release} is the forecast's."""

    def do(root: Path, release: str) -> None:
        body = text.replace("{release}", release)
        (root / STAGING).write_text(f"config:\n{body}")

    return do


def removed(file: str) -> Callable[[Path, str], object]:
    return lambda root, _: (root / file).unlink()


def policy(text: str) -> Callable[[Path, str], object]:
    return lambda root, _: (root / "policy.yaml").write_text(text)


MISTAKES = [
    Mistake(
        "the field of another API for the pin",
        config("  openchoreo:bindings:\n    forecast:\n      componentRelease: {release}\n"),
        "staging",
    ),
    Mistake(
        "a release that nobody has",
        config("  openchoreo:bindings:\n    forecast:\n      releaseName: forecast-000000000000\n"),
        "staging",
    ),
    Mistake(
        "a slip in the name of a release",
        lambda root, release: (root / STAGING).write_text(
            "config:\n  openchoreo:bindings:\n    forecast:\n"
            f"      releaseName: {release[:-1]}{'0' if release[-1] != '0' else '1'}\n"
        ),
        "staging",
    ),
    Mistake(
        "past an environment",
        lambda root, release: (root / "Pulumi.production.yaml").write_text(
            f"config:\n  openchoreo:bindings:\n    forecast:\n      releaseName: {release}\n"
        ),
        "production",
    ),
    Mistake(
        "a component that is not called so",
        config("  openchoreo:bindings:\n    forcast:\n      releaseName: {release}\n"),
        "staging",
    ),
    Mistake("another environment", config("  openchoreo:environment: stagging\n"), "staging"),
    Mistake("a key that is not there", config("  openchoreo:binding: {}\n"), "staging"),
    Mistake("a tab in stack config", config("  openchoreo:bindings:\n\tforecast: {}\n"), "staging"),
    Mistake(
        "only the consumer is promoted",
        lambda root, _: (root / STAGING).write_text(
            "config:\n  openchoreo:bindings:\n    dashboard:\n"
            f"      releaseName: {DASHBOARD_RELEASE}\n"
        ),
        "staging",
    ),
    Mistake("no workload", removed(f"{FORECAST}/workload.yaml")),
    Mistake(
        "a tab in the definitions",
        edit(f"{FORECAST}/workload.yaml", r"^  container:", "\tcontainer:"),
    ),
    Mistake("a colon in a text", edit(f"{FORECAST}/workload.yaml", r"image: \S+", "image: a: b")),
    Mistake(
        "a type that is not there",
        edit(f"{FORECAST}/component.yaml", r"name: deployment/service", "name: deployment/servise"),
    ),
    Mistake(
        "a parameter that the type has not",
        edit(f"{FORECAST}/component.yaml", r"^spec:\n", "spec:\n  parameters:\n    replica: 3\n"),
    ),
    Mistake(
        "a trait that is not there",
        edit(
            f"{FORECAST}/component.yaml",
            r"^spec:\n",
            "spec:\n  traits:\n    - name: autoscaler\n      instanceName: scale\n",
        ),
    ),
    Mistake(
        "a field that is misspelt",
        edit(f"{FORECAST}/component.yaml", r"autoDeploy:", "autodeploy:"),
    ),
    Mistake(
        "a project that is not there",
        edit(f"{FORECAST}/component.yaml", r"projectName: weather", "projectName: wether"),
    ),
    Mistake(
        "a number that is to be text",
        edit(f"{FORECAST}/workload.yaml", r"^(\s+)value: .*$", r"\1value: 8080"),
    ),
    Mistake(
        "an endpoint that is not there",
        edit(f"{DASHBOARD}/workload.yaml", r"name: http$", "name: htpp"),
    ),
    Mistake(
        "the same component twice",
        lambda root, _: (root / FORECAST / "copy.yaml").write_text(
            (root / FORECAST / "component.yaml").read_text().replace("true", "false")
        ),
    ),
    Mistake(
        "an override of the wrong type",
        config(
            "  openchoreo:bindings:\n    forecast:\n      releaseName: {release}\n"
            "      componentTypeEnvironmentConfigs:\n        replicas: many\n"
        ),
        "staging",
    ),
    Mistake(
        "a rule of the policy that is not there",
        policy("environments:\n  staging:\n    approval: {count: 1}\n"),
        "staging",
    ),
    Mistake(
        "a duration without a unit",
        policy("environments:\n  staging:\n    soak: 24\n"),
        "staging",
    ),
    Mistake(
        "a password in stack config",
        config("  openchoreo:bindings:\n    secure: AAABAIx1bm90aGluZw==\n"),
        "staging",
    ),
]

DASHBOARD_RELEASE = "dashboard-0294d598d19d"
