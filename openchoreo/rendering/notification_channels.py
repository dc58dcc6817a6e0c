"""Notification channels as the observability plane reads them: a ConfigMap, and a Secret beside it.

OpenChoreo's controller copies values of Secrets into that Secret. No value passes through here: an
ExternalSecret lets the cluster fetch what SecretReferences name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from openchoreo.document import Document, Object
from openchoreo.errors import Path, Problem, Stage, nearest
from openchoreo.model import NotificationChannel, SecretReference
from openchoreo.model.notification import EmailConfig, WebhookConfig
from openchoreo.model.workload import SecretKeyRef, ValueFrom
from openchoreo.rendering.identity import LABEL_PREFIX

_MANAGED_BY = "observabilityalertsnotificationchannel-controller"
_REFRESH = "15s"


class RenderedChannel(Struct, frozen=True):
    manifests: tuple[Object, ...]
    warnings: tuple[Problem, ...]
    """Credentials that somebody has to bring there another way."""


def render_channel(
    channel: NotificationChannel, secrets: Mapping[str, SecretReference], store: str
) -> RenderedChannel:
    """`store` is the secret store of the data plane; empty where it has none."""
    config: Object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(channel),
        "data": dict(sorted(_config(channel).items())),
    }
    references = dict(_references(channel))
    wrong = tuple(_missing(channel, references, secrets, store))
    if not references or wrong:
        return RenderedChannel((config,), wrong)
    return RenderedChannel((config, _external_secret(channel, references, secrets, store)), ())


def _metadata(channel: NotificationChannel) -> Object:
    return {
        "name": channel.name,
        "namespace": channel.namespace,
        "labels": {
            "app.kubernetes.io/managed-by": _MANAGED_BY,
            "app.kubernetes.io/name": channel.name,
            f"{LABEL_PREFIX}notification-channel-name": channel.name,
        },
    }


def _config(channel: NotificationChannel) -> dict[str, Document]:
    spec = channel.spec
    data: dict[str, Document] = {"type": spec.type, "isEnvDefault": _truth(spec.is_env_default)}
    if spec.type == "email" and spec.email_config:
        data.update(_email(spec.email_config))
    if spec.type == "webhook" and spec.webhook_config:
        data.update(_webhook(spec.webhook_config))
    return data


def _email(config: EmailConfig) -> dict[str, Document]:
    data: dict[str, Document] = {
        "from": config.from_,
        # As Go prints a list of strings, which is what the observer reads.
        "to": f"[{' '.join(config.to)}]",
        "smtp.host": config.smtp.host,
        "smtp.port": str(config.smtp.port),
        "smtp.tls.insecureSkipVerify": _truth(config.smtp.tls.insecure_skip_verify),
    }
    if config.template:
        data["template.subject"] = config.template.subject
        data["template.body"] = config.template.body
    return data


def _webhook(config: WebhookConfig) -> dict[str, Document]:
    data: dict[str, Document] = {"webhook.url": config.url}
    if config.payload_template:
        data["webhook.payloadTemplate"] = config.payload_template
    if config.headers:
        data["webhook.headers"] = ",".join(sorted(config.headers))
    for name, header in config.headers.items():
        if header.value is not None:
            data[f"webhook.header.{name}"] = header.value
    return data


def _references(channel: NotificationChannel) -> Iterator[tuple[str, tuple[SecretKeyRef, Path]]]:
    """Key of the Secret -> what it comes from, and where that is written."""
    spec = channel.spec
    if spec.type == "email" and spec.email_config:
        auth = spec.email_config.smtp.auth
        for name, source in (("username", auth.username), ("password", auth.password)):
            if source.secret_key_ref:
                path = ("spec", "emailConfig", "smtp", "auth", name)
                yield f"smtp.auth.{name}", (source.secret_key_ref, path)
    if spec.type == "webhook" and spec.webhook_config:
        for name, header in sorted(spec.webhook_config.headers.items()):
            reference = _reference(header.value_from)
            if reference:
                path = ("spec", "webhookConfig", "headers", name, "valueFrom")
                yield f"webhook.header.{name}", (reference, path)


def _reference(source: ValueFrom | None) -> SecretKeyRef | None:
    return source.secret_key_ref if source else None


def _missing(
    channel: NotificationChannel,
    references: Mapping[str, tuple[SecretKeyRef, Path]],
    secrets: Mapping[str, SecretReference],
    store: str,
) -> Iterator[Problem]:
    for key, (reference, path) in references.items():
        found = secrets.get(reference.name)
        known = [entry.secret_key for entry in found.spec.data] if found else []
        by_hand = f"or put it into the Secret {channel.name} of the observability plane as {key}"
        if found is None:
            message = f"there is no SecretReference {reference.name}, so its value goes nowhere"
            hint = f"{nearest(reference.name, tuple(secrets)) or 'write one'}; {by_hand}"
        elif reference.key not in known:
            message = f"SecretReference {reference.name} has no key {reference.key}"
            hint = f"{nearest(reference.key, known)}; {by_hand}"
        elif not store:
            message = "the data plane has no secretStoreRef to fetch it from"
            hint = f"name a secret store; {by_hand}"
        else:
            continue
        yield Problem(Stage.SECRETS, str(channel), (*path, "secretKeyRef"), message, hint)


def _external_secret(
    channel: NotificationChannel,
    references: Mapping[str, tuple[SecretKeyRef, Path]],
    secrets: Mapping[str, SecretReference],
    store: str,
) -> Object:
    data: list[Document] = [
        {"secretKey": key, "remoteRef": _remote(secrets[reference.name], reference.key)}
        for key, (reference, _) in references.items()
    ]
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": _metadata(channel),
        "spec": {
            "refreshInterval": _REFRESH,
            "secretStoreRef": {"name": store, "kind": "ClusterSecretStore"},
            "target": {"name": channel.name, "creationPolicy": "Owner"},
            "data": data,
        },
    }


def _remote(secret: SecretReference, key: str) -> Document:
    entry = next(one for one in secret.spec.data if one.secret_key == key)
    return entry.remote_ref.document()


def _truth(value: bool) -> str:
    return "true" if value else "false"
