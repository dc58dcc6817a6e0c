"""Which literals look like credentials by what they are called; looks alone are the edge's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.delivery.credentials import IN_URL, literals, looks_like
from openchoreo.delivery.credentials.names import Promise, is_real, promised
from openchoreo.errors import format_path

RANDOM = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzQ1dT9uVw"


def nothing_known(_text):
    return ()


def found(document, known_in=nothing_known):
    return [(format_path(one.place), one.kind) for one in looks_like(document, known_in)]


PROMISES = {
    Promise.PASSWORD: "password DB_PASSWORD dbPassword db.password db-pass PGPASSWD user_pwd_2 --password",
    Promise.SECRET: "secret clientSecret JWT_SECRET jwt-secret",
    Promise.TOKEN: "token GITHUB_TOKEN oauth2Token GH_PAT",
    Promise.KEY: "apikey APIKey api-key AWS_SECRET_ACCESS_KEY privateKey SIGNING_KEY",
    Promise.CREDENTIAL: "credentials GOOGLE_CREDENTIAL",
    Promise.NOTHING: "key PUBLIC_KEY secretName TOKEN_URL PASSWORD_FILE passwordPolicy compass tokens"
    " AWS_ACCESS_KEY_ID _ 42",
}


@pytest.mark.parametrize(
    ("name", "promise"),
    [(name, promise) for promise, names in PROMISES.items() for name in names.split()],
)
def test_what_a_name_promises(name, promise):
    assert promised(name) is promise


PASSWORDS = {
    True: ["hunter2", "Passw0rd", "p@ssword!", "123456", "admin123", RANDOM],
    False: [
        "",
        "a1b2c",  # too short to tell
        "postgres",
        "misamplepassword",
        "change-me-1",
        "your-github-token-here",
        "test1234",
        "xxxx1",
        "${parameters.password1}",
        "$(DB_PASSWORD_1)",
        "$DB_PASSWORD_1",
        "{{ .password1 }}",
        "<password1>",
        "%(password1)s",
        "********",
        "at least 8 characters",
        "/etc/secrets/db1",
        "../secrets/db1",
        "vault://secrets/db1",
    ],
}


@pytest.mark.parametrize(("real", "value"), [(r, v) for r, many in PASSWORDS.items() for v in many])
def test_a_password_that_is_more_than_words(real, value):
    assert is_real(Promise.PASSWORD, value) is real


MADE = {
    True: ["9f8e7d6c5b4a39", "123e4567-e89b-12d3-a456-426614174000", "c2VjcmV0LXRva2Vu0", RANDOM],
    False: [
        "hunter2",
        "db-password-2",
        "aws-rds-credentials",
        "k8s-token-secret",
        "secret/data/shop/db",
        "managed-by-gateway",
        "20260101000000",
        "AKIAIOSFODNN7EXAMPLE",
        "demo-9f8e7d6c5b4a39",
    ],
}


@pytest.mark.parametrize(("real", "value"), [(r, v) for r, many in MADE.items() for v in many])
def test_a_key_that_a_machine_made(real, value):
    assert is_real(Promise.TOKEN, value) is real


@given(st.text())
def test_what_promises_nothing_is_nothing(value):
    assert not is_real(Promise.NOTHING, value)


DOCUMENTS = {
    "a variable": ({"env": [{"key": "DB_PASSWORD", "value": "hunter2"}]}, ["env.DB_PASSWORD"]),
    "in a template of Kubernetes": (
        {"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]},
        ["env.DB_PASSWORD"],
    ),
    "a parameter": ({"auth": {"password": "hunter2"}}, ["auth.password"]),
    "a number": ({"password": 12345678}, ["password"]),
    "the default of a parameter": (
        {"properties": {"password": {"type": "string", "default": "hunter2"}}},
        ["properties.password.default"],
    ),
    "what follows an option": ({"args": ["--password", "hunter2", "--fast"]}, ["args[1]"]),
    "an option": ({"args": ["--password=hunter2"]}, ["args[0]"]),
    "in a command": (
        {"command": ["sh", "-c", "db --password hunter2; PASSWORD=hunter2 db"]},
        ["command[2]"],
    ),
    "a line of a file": (
        {"files": [{"key": "app.properties", "value": "a=b\ndb.password=hunter2\n"}]},
        ['files["app.properties"]'],
    ),
    "JSON in a file": (
        {"files": [{"key": "app.json", "value": '{"apiKey": "9f8e7d6c5b4a39"}'}]},
        ['files["app.json"]'],
    ),
    "a connection string": ({"dsn": "Server=db;User=sa;Password=hunter2;"}, ["dsn"]),
    "in the query of a URL": ({"url": "https://a.example/x?token=9f8e7d6c5b4a39&b=1"}, ["url"]),
    "entries of one name": (
        {"env": [{"key": "A_TOKEN", "value": RANDOM}, {"key": "A_TOKEN", "value": "x"}]},
        ["env[0].value"],
    ),
    "a reference": (
        {
            "env": [
                {"key": "P", "valueFrom": {"secretKeyRef": {"name": "db1-x", "key": "password"}}}
            ]
        },
        [],
    ),
    "names of variables": ({"envBindings": {"password": "DB1_PASSWORD"}}, []),
    "an expression": ({"password": "${string(parameters.password1)}"}, []),
    "names in an expression": ({"data": '${{"password": secret.key1, "secretKey": f1(x)}}'}, []),
    "a call in a file": ({"files": [{"key": "a.py", "value": "token = load1(path)"}]}, []),
    "true": ({"password": True, "secret": None, "token": 1.5}, []),
    "a description": ({"password": {"description": "a password: 8 characters"}}, []),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_where_it_is_looked_for(case):
    document, places = DOCUMENTS[case]
    assert [place for place, _ in found(document)] == places


def test_what_is_known_by_its_looks_goes_before_its_name():
    known = [("a GitHub token", "abc"), (IN_URL, "hunter2")]
    assert found({"password": "hunter2"}, lambda _: known) == [("password", "a GitHub token")]


@pytest.mark.parametrize(
    ("known", "kinds"),
    [
        ((IN_URL, "postgres"), []),
        ((IN_URL, "hunter2"), [("url", IN_URL)]),
        (("an AWS access key", "AKIAIOSFODNN7EXAMPLE"), []),
        (("a private key", "BEGIN PRIVATE KEY"), [("url", "a private key")]),
    ],
)
def test_examples_that_say_so_are_none(known, kinds):
    assert found({"url": "x"}, lambda _: [known]) == kinds


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "name", "value", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_the_path_of_a_literal_leads_to_it_and_no_two_have_one_place(document):
    every = list(literals(document))
    for one in every:
        value = document
        for step in one.path:
            value = value[step]
        assert str(value) == one.text
    assert len({one.path for one in every}) == len(every)


@given(VALUES)
def test_no_finding_holds_a_value(document):
    marked = {"password": "hunter2", "rest": document}
    assert all("hunter2" not in repr(one) for one in looks_like(marked, nothing_known))
