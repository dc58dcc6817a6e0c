import pytest

from openchoreo.rendering.identity import (
    data_plane_namespace,
    object_name,
    resource_object_name,
    resource_uid,
)


def test_a_uid_follows_from_kind_namespace_and_name():
    uid = resource_uid("Component", "default", "greeter-service")
    assert uid == "8b995a2d-95b1-58c7-a8f9-214f4b6e1022"


def test_an_explicit_uid_goes_first():
    assert resource_uid("Component", "default", "greeter", "e-1") == "e-1"


def test_a_cluster_scoped_kind_has_no_namespace_in_its_uid():
    assert resource_uid("ClusterDataPlane", "", "default") == "9ebddbc7-87bd-5d87-b99d-88fd6129d147"


def test_the_name_of_a_component_ends_in_a_hash_of_its_parts():
    assert object_name("greeter-service", "development") == "greeter-service-development-a9f97fde"


def test_the_name_of_a_resource_cannot_be_that_of_a_component():
    assert (
        resource_object_name("doclet-postgres", "development")
        == "r-doclet-postgres-development-14f4e524"
    )


@pytest.mark.parametrize(
    ("namespace", "project", "environment", "name"),
    [
        ("default", "default", "development", "dp-default-default-development-f8e58905"),
        (
            "default",
            "url-shortener",
            "development",
            "dp-default-url-shortener-development-a16f373a",
        ),
        (
            "default",
            "gcp-microservice-demo",
            "development",
            "dp-default-gcp-microserv-development-4b8b4fdc",
        ),
        (
            "my-very-long-namespace",
            "online-boutique-shop",
            "pre-production",
            "dp-my-very-long--online-boutiq-pre-producti-5d8e278b",
        ),
    ],
)
def test_a_data_plane_namespace_fits_a_label(namespace, project, environment, name):
    assert data_plane_namespace(namespace, project, environment) == name
