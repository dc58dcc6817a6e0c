"""What is known of the looks of keys and tokens. Made-up ones are put together here, so that they
stand in no file.
"""

import base64
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.workspace.credentials import known_in

DIGITS = "0a1B2c3D4e5F6g7H8i9J"


def made(length, alphabet=DIGITS):
    return (alphabet * (length // len(alphabet) + 1))[:length]


def part(**content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


KNOWN = {
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "an AWS access key": "AKIA" + made(16, "A1B2C3D4"),
    "an Azure storage key": "AccountKey=" + made(86) + "==",
    "a Discord token": f"M{made(23)}.{made(6)}.{made(27)}",
    "a GitHub token": "ghp_" + made(36),
    "a GitLab token": "glpat-" + made(20),
    "a Mailchimp key": made(32, "0a1b2c3d") + "-us7",
    "an npm token": "//registry.example/:_authToken=npm_" + made(36),
    "an OpenAI token": f"sk-{made(20)}T3BlbkFJ{made(20)}",
    "a PyPI token": "pypi-AgEIcHlwaS5vcmc" + made(70),
    "a SendGrid key": f"SG.{made(22)}.{made(43)}",
    "a Slack token": "xoxb-12345678-" + made(24),
    "a Square secret": "sq0csp-" + made(43),
    "a Stripe key": "sk_live_" + made(24),
    "a Telegram token": "123456789:" + made(35),
    "a Twilio key": "SK" + made(32, "0a1b2c3d"),
    "a password in a URL": "postgres://app:hunter2@db:5432/shop",
    "a JSON Web Token": f"{part(alg='HS256')}.{part(sub='ada')}.c2lnbmVk",
}


def kinds(text):
    return {kind for kind, _ in known_in(text)}


@pytest.mark.parametrize("kind", KNOWN)
def test_every_kind_alone_and_within_a_text(kind):
    secret = KNOWN[kind]
    assert kinds(secret) == {kind}
    assert kind in kinds(f"first line\nuse: '{secret}' # last")


@pytest.mark.parametrize("kind", KNOWN)
def test_the_value_is_part_of_the_text(kind):
    for _, value in known_in(f"x = {KNOWN[kind]}"):
        assert value
        assert value in KNOWN[kind]


NONE = {
    "a digest": "sha256:" + made(64, "0a1b2c3d"),
    "an image": "registry.example/shop/api@sha256:" + made(64, "0a1b2c3d"),
    "a commit": made(40, "0a1b2c3d"),
    "a UUID": "123e4567-e89b-12d3-a456-426614174000",
    "a certificate": "-----BEGIN CERTIFICATE-----\nMIIC" + made(60) + "\n-----END CERTIFICATE-----",
    "a public key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + made(43),
    "a URL with a port": "http://api.default:8080/x@y",
    "a URL with a reference": "postgres://app:${DB_PASSWORD}@db/shop",
    "base64 that holds the letters of a key": made(8) + "AKIA" + made(20, "A1B2C3D4"),
    "words": "the private key and the access token are in the vault",
}


@pytest.mark.parametrize("case", NONE)
def test_what_is_none(case):
    assert kinds(NONE[case]) == set()


@given(st.text(st.characters(codec="utf-8", categories=["L", "Zs", "Po"])))
def test_texts_without_digits_are_none(text):
    assert kinds(text) - {"a password in a URL"} == set()


def test_a_plan_imports_it_only_when_it_is_asked():
    program = (
        "import sys; from openchoreo.workspace import gathering as g;"
        "assert 'detect_secrets' not in sys.modules, 'too early';"
        f"print(list(g._known_in({KNOWN['a GitHub token']!r}))[0][0],"
        " 'detect_secrets' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("a GitHub token True\n", "")
