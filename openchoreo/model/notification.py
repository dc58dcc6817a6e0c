"""ObservabilityAlertsNotificationChannel: where alerts of an environment are sent."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from openchoreo.model.base import Items, Model, refuse
from openchoreo.model.resource import Resource
from openchoreo.model.text import MailAddress, Port
from openchoreo.model.workload import ValueFrom


class SmtpAuth(Model):
    username: ValueFrom
    password: ValueFrom


class SmtpTls(Model):
    insecure_skip_verify: bool = False


class Smtp(Model):
    host: str
    port: Port
    auth: SmtpAuth
    tls: SmtpTls


class MailTemplate(Model):
    subject: str
    body: str


class EmailConfig(Model):
    from_: MailAddress = Field(alias="from")
    to: Annotated[Items[MailAddress], Field(min_length=1)]
    smtp: Smtp
    template: MailTemplate | None = None


class HeaderValue(Model):
    value: str | None = None
    value_from: ValueFrom | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.value is None) == (self.value_from is None):
            message = "a header needs exactly one of value and valueFrom"
            raise refuse(message)
        return self


class WebhookConfig(Model):
    url: str
    headers: dict[str, HeaderValue] = Field(default_factory=dict)
    payload_template: str | None = None


class NotificationChannelSpec(Model):
    environment: str
    is_env_default: bool = False
    type: Literal["email", "webhook"]
    email_config: EmailConfig | None = None
    webhook_config: WebhookConfig | None = None

    @model_validator(mode="after")
    def _has_its_config(self) -> Self:
        configs = {"email": self.email_config, "webhook": self.webhook_config}
        if configs[self.type] is None:
            message = f"type: {self.type} needs {self.type}Config"
            raise refuse(message, path=("type",))
        return self


class NotificationChannel(Resource):
    spec: NotificationChannelSpec
