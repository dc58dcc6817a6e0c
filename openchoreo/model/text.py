"""The constrained strings and numbers of the API, with the words for what they demand."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

_DNS_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_DNS_NAME = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
_EXPRESSION = r"^\$\{[\s\S]+\}\s*$"
_VARIABLE = r"^[a-zA-Z_][a-zA-Z0-9_]*$"
_TYPE_NAME = r"^(deployment|statefulset|cronjob|job|proxy)/[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_PART = r"[a-zA-Z0-9!#$%&'*+/=?^_~-]+"
_HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_MAIL = rf"^{_PART}(?:\.{_PART})*@{_HOST}(?:\.{_HOST})*$"

ResourceName = Annotated[str, Field(min_length=1, max_length=253, pattern=_DNS_NAME)]
NamespaceName = Annotated[str, Field(min_length=1, max_length=63, pattern=_DNS_LABEL)]
TypeName = Annotated[str, Field(min_length=1, pattern=_DNS_LABEL)]
PlaneName = Annotated[str, Field(min_length=1, max_length=63, pattern=_DNS_LABEL)]
ReferenceName = Annotated[str, Field(min_length=1, max_length=63)]
ComponentTypeName = Annotated[str, Field(pattern=_TYPE_NAME)]
Text = Annotated[str, Field(min_length=1)]
Expression = Annotated[str, Field(pattern=_EXPRESSION)]
Variable = Annotated[str, Field(pattern=_VARIABLE)]
MailAddress = Annotated[str, Field(pattern=_MAIL)]
Port = Annotated[int, Field(ge=1, le=65535)]

WorkloadType = Literal["deployment", "statefulset", "cronjob", "job", "proxy"]
TargetPlane = Literal["dataplane", "observabilityplane"]
RetainPolicy = Literal["Delete", "Retain"]

DEMANDS = {
    _DNS_NAME: "must consist of lower-case letters, digits, - and ., and begin and end with"
    " a letter or digit",
    _DNS_LABEL: "must consist of lower-case letters, digits and -, and begin and end with"
    " a letter or digit",
    _EXPRESSION: "must be one expression from ${ to }, with nothing before or after it",
    _VARIABLE: "must be a variable name: letters, digits and _, not beginning with a digit",
    _TYPE_NAME: "must be <workloadType>/<name>, the workload type one of deployment,"
    " statefulset, cronjob, job, proxy",
    _MAIL: "must be a mail address",
}
"""What a pattern means, for messages."""
