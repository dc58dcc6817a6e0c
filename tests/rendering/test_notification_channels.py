"""What the observability plane gets of a channel, without a value of a secret."""

from openchoreo.model import parse
from openchoreo.rendering import render_channel
from tests.plan.definitions import resource

KIND = "ObservabilityAlertsNotificationChannel"
LABELS = {
    "app.kubernetes.io/managed-by": "observabilityalertsnotificationchannel-controller",
    "app.kubernetes.io/name": "alerts",
    "openchoreo.dev/notification-channel-name": "alerts",
}
EMAIL = {
    "environment": "development",
    "isEnvDefault": True,
    "type": "email",
    "emailConfig": {
        "from": "a@example.test",
        "to": ["b@example.test", "c@example.test"],
        "smtp": {
            "host": "mail.example.test",
            "port": 587,
            "auth": {
                "username": {"secretKeyRef": {"name": "smtp", "key": "user"}},
                "password": {"secretKeyRef": {"name": "smtp", "key": "pass"}},
            },
            "tls": {"insecureSkipVerify": False},
        },
        "template": {"subject": "${alertName}", "body": "${alertValue}"},
    },
}
WEBHOOK = {
    "environment": "development",
    "type": "webhook",
    "webhookConfig": {
        "url": "https://example.test",
        "headers": {
            "X-Key": {"valueFrom": {"secretKeyRef": {"name": "hook", "key": "key"}}},
            "Accept": {"value": "application/json"},
        },
        "payloadTemplate": "{}",
    },
}


def channel(spec):
    return parse(resource(KIND, "alerts", spec)).resource


def secret(name, *keys):
    data = [{"secretKey": key, "remoteRef": {"key": f"{name}/{key}"}} for key in keys]
    document = resource("SecretReference", name, {"template": {"type": "Opaque"}, "data": data})
    return {name: parse(document).resource}


def test_mail():
    config, external = render_channel(
        channel(EMAIL), secret("smtp", "user", "pass"), "store"
    ).manifests
    assert config["metadata"] == {"name": "alerts", "namespace": "default", "labels": LABELS}
    assert config["data"] == {
        "from": "a@example.test",
        "isEnvDefault": "true",
        "smtp.host": "mail.example.test",
        "smtp.port": "587",
        "smtp.tls.insecureSkipVerify": "false",
        "template.body": "${alertValue}",
        "template.subject": "${alertName}",
        "to": "[b@example.test c@example.test]",
        "type": "email",
    }
    assert external["kind"] == "ExternalSecret"
    assert external["spec"] == {
        "refreshInterval": "15s",
        "secretStoreRef": {"name": "store", "kind": "ClusterSecretStore"},
        "target": {"name": "alerts", "creationPolicy": "Owner"},
        "data": [
            {"secretKey": "smtp.auth.username", "remoteRef": {"key": "smtp/user"}},
            {"secretKey": "smtp.auth.password", "remoteRef": {"key": "smtp/pass"}},
        ],
    }


def test_webhook():
    config, external = render_channel(channel(WEBHOOK), secret("hook", "key"), "store").manifests
    assert config["data"] == {
        "isEnvDefault": "false",
        "type": "webhook",
        "webhook.header.Accept": "application/json",
        "webhook.headers": "Accept,X-Key",
        "webhook.payloadTemplate": "{}",
        "webhook.url": "https://example.test",
    }
    assert [one["secretKey"] for one in external["spec"]["data"]] == ["webhook.header.X-Key"]


def test_credentials_that_no_reference_names_are_told():
    found = render_channel(channel(WEBHOOK), secret("hooks", "key"), "store")
    assert [one["kind"] for one in found.manifests] == ["ConfigMap"]
    assert [str(one) for one in found.warnings] == [
        (
            f"{KIND} default/alerts: spec.webhookConfig.headers.X-Key.valueFrom.secretKeyRef\n"
            "  there is no SecretReference hook, so its value goes nowhere\n"
            "  did you mean hooks?; or put it into the Secret alerts of the observability plane as "
            "webhook.header.X-Key"
        )
    ]


def test_a_key_that_is_not_there_and_a_plane_without_a_store():
    (warning,) = render_channel(channel(WEBHOOK), secret("hook", "kye"), "store").warnings
    assert "SecretReference hook has no key key" in warning.message
    (warning,) = render_channel(channel(WEBHOOK), secret("hook", "key"), "").warnings
    assert "no secretStoreRef" in warning.message
