"""Which way resources are registered; an engine is needed only to be refused by the program."""

import sys
from importlib import metadata

import pytest
from pulumi.runtime import stack

from openchoreo.engine.registration import choose
from openchoreo.engine.registration.choice import CLASSES, REQUESTS, VARIABLE, chosen
from openchoreo.errors import OpenChoreoError
from tests.engine.runs import told
from tools.versions import pinned, written


@pytest.mark.parametrize(
    ("sdk", "way"),
    [
        ("3.258.9", CLASSES),
        ("3.259.0", REQUESTS),
        ("3.259.1", REQUESTS),
        ("3.272.0", REQUESTS),
        ("3.272.4", REQUESTS),
        ("3.265.0", CLASSES),
        ("3.273.0", CLASSES),
        ("3.1000.0", CLASSES),
        ("4.0.0", CLASSES),
        ("2.300.0", CLASSES),
        ("3.260.0a1732001122", CLASSES),
        ("3.260.0+dev", CLASSES),
        ("3.260", CLASSES),
        ("", CLASSES),
    ],
)
def test_requests_are_for_released_versions_of_the_sdk_that_were_tested(sdk, way):
    assert chosen("", sdk) == way


def test_the_pinned_version_was_tested():
    assert chosen("", written(pinned())) == REQUESTS


@pytest.mark.parametrize("sdk", ["3.259.0", "4.0.0"])
@pytest.mark.parametrize("way", [REQUESTS, CLASSES])
def test_the_variable_goes_before_the_version(way, sdk):
    assert chosen(way, sdk) == way


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("class", "did you mean classes?"),
        ("Requests", "did you mean requests?"),
        ("bulk", "known: classes, requests"),
    ],
)
def test_another_way_is_refused(wrong, hint):
    with pytest.raises(OpenChoreoError) as refused:
        chosen(wrong, "3.259.0")
    assert str(refused.value) == (
        "environment variable: OPENCHOREO_REGISTRATION\n"
        f"  resources are registered by requests or by classes, not by {wrong}\n"
        f"  {hint}"
    )


def test_an_sdk_that_does_not_tell_failures_is_refused(monkeypatch):
    """They would be recorded as deployed: an object that could not be changed has an id."""
    monkeypatch.delattr(stack, "ResourceRegistrationFailed")
    monkeypatch.delitem(sys.modules, "openchoreo.engine.registration.classes", raising=False)
    monkeypatch.setattr(metadata, "version", {"pulumi": "3.200.0"}.__getitem__)
    with pytest.raises(OpenChoreoError) as refused:
        choose("")
    assert str(refused.value) == (
        "pulumi 3.200.0\n"
        "  its classes do not tell a program which resources have failed\n"
        "  install pulumi 3.259.0 or a newer one"
    )


@pytest.mark.engine
def test_a_run_that_names_another_way_touches_nothing(repository, monkeypatch):
    before = repository.raw_outputs("development"), repository.files("manifests")
    repository.set_image("forecast", "next")
    monkeypatch.setenv(VARIABLE, "request")
    done = repository.up("development")
    assert done.code != 0
    assert told(done) == (
        "error: environment variable: OPENCHOREO_REGISTRATION\n"
        "  resources are registered by requests or by classes, not by request\n"
        "  did you mean requests?"
    )
    assert (repository.raw_outputs("development"), repository.files("manifests")) == before
