"""One portable file name for every object, and never the same for two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.provider.identity import Identity, identity_of, is_file_of_ours, token_of

LONG = "a" * 253


@pytest.mark.parametrize(
    ("identity", "file"),
    [
        pytest.param(
            Identity("apps", "Deployment", "shop", "cart"),
            "shop/deployment.apps_cart.yaml",
            id="kind and group before the name",
        ),
        pytest.param(
            Identity("", "Service", "shop", "cart"),
            "shop/service_cart.yaml",
            id="the core group has no name",
        ),
        pytest.param(
            Identity("gateway.networking.k8s.io", "HTTPRoute", "shop", "cart-http"),
            "shop/httproute.gateway.networking.k8s.io_cart-http.yaml",
            id="a group of many parts",
        ),
        pytest.param(
            Identity("", "Namespace", "", "shop"),
            "_cluster/namespace_shop.yaml",
            id="cluster-scoped objects have a folder of their own",
        ),
        pytest.param(
            Identity("", "ConfigMap", "shop", "a.b-c"),
            "shop/configmap_a.b-c.yaml",
            id="points and hyphens stay",
        ),
        pytest.param(
            Identity("rbac.authorization.k8s.io", "Role", "shop", "system:Node"),
            "shop/role.rbac.authorization.k8s.io_system-node__f79794e937454e0a.yaml",
            id="colons and capitals are told apart by a digest",
        ),
        pytest.param(
            Identity("", "ConfigMap", "nul", "x"),
            "nul__99e6242759016035/configmap_x.yaml",
            id="a namespace called like a device of Windows",
        ),
        pytest.param(
            Identity("example.com", "Con", "shop", "x"),
            "shop/con-example-com_x__7abbde04e099a3a0.yaml",
            id="a kind called like a device of Windows",
        ),
        pytest.param(
            Identity("apps", "Deployment", "shop", LONG),
            f"shop/deployment.apps_{'a' * 86}__328114dfec95785d.yaml",
            id="long names are cut",
        ),
    ],
)
def test_the_file_of_an_object(identity, file):
    assert identity.file == file
    assert is_file_of_ours(file)


LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=63)
NAMES = st.text(st.characters(exclude_characters="/%", codec="utf-8"), min_size=1, max_size=253)
ANY_NAMES = st.one_of(LABELS, NAMES, st.text("aA.:_-", min_size=1, max_size=4))
IDENTITIES = st.builds(
    Identity,
    group=st.sampled_from(["", "a", "apps", "a.b", "a-b", LONG[:200]]),
    kind=st.sampled_from(["A", "Con", "Deployment", "Service", "A" * 63]),
    namespace=st.one_of(st.just(""), st.sampled_from(["con", "shop"]), LABELS, ANY_NAMES),
    name=ANY_NAMES,
)


@given(IDENTITIES, IDENTITIES)
def test_two_objects_never_share_a_file(one, other):
    assert (one.file == other.file) == (one == other)


@given(IDENTITIES)
def test_file_names_are_portable(identity):
    folder, name = identity.file.split("/")
    for part in (folder, name):
        assert part == part.lower()
        assert part.isascii()
        assert len(part) <= 127
        assert not set(part) & set('<>:"\\|?* ')
        assert part[-1] not in ". "
        assert part.partition(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert is_file_of_ours(identity.file)


@pytest.mark.parametrize(
    "recorded",
    [
        "",
        "x.yaml",
        "/etc/passwd.yaml",
        "../x.yaml",
        "shop/../x.yaml",
        "shop/../../x.yaml",
        "shop/..yaml",
        "a/b/c.yaml",
        "shop//x.yaml",
        "./x.yaml",
        "shop/x.yaml\n",
        "shop/x.txt",
        "shop/.hidden.yaml",
        "Shop/x.yaml",
        "C:/x.yaml",
        "shop\\x.yaml",
        "shop/x\\..\\y.yaml",
        "shop/\0.yaml",
    ],
)
def test_an_id_that_is_no_file_of_ours_leads_nowhere(recorded):
    assert not is_file_of_ours(recorded)


@pytest.mark.parametrize(
    ("manifest", "identity"),
    [
        pytest.param(
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}},
            Identity("apps", "Deployment", "", "x"),
            id="without a namespace",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "y"}},
            Identity("", "Pod", "y", "x"),
            id="with one",
        ),
        pytest.param({"apiVersion": "v1", "kind": "Pod"}, None, id="no metadata"),
        pytest.param({"apiVersion": "v1", "kind": "Pod", "metadata": {}}, None, id="no name"),
        pytest.param(
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": 1}}, None, id="name no text"
        ),
        pytest.param({"kind": "Pod", "metadata": {"name": "x"}}, None, id="no apiVersion"),
    ],
)
def test_identity_of_a_manifest(manifest, identity):
    assert identity_of(manifest) == identity


def test_the_version_is_no_part_of_the_identity():
    older, newer = (
        identity_of({"apiVersion": version, "kind": "Job", "metadata": {"name": "x"}})
        for version in ("batch/v1beta1", "batch/v1")
    )
    assert older == newer


def test_tokens():
    assert token_of("apps/v1", "Deployment") == "apps/v1:Deployment"
    assert token_of("v1", "Service") == "core/v1:Service"
