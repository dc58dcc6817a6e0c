"""`derived`: what the helper calls of templates read, such as configurations.toVolumes().

The names of ConfigMaps and Secrets made here are OpenChoreo's, and begin with
`<component>-<environment>`, not with `metadata.name`.
"""

from __future__ import annotations

from collections.abc import Iterable

from openchoreo.document import Document, Object
from openchoreo.rendering.service_ports import service_ports
from openchoreo.rendering.shapes import items, mapping, text
from openchoreo.template.names import SUBDOMAIN_LIMIT, fnv1a, generate_name


def derived_context(
    prefix: str,
    configurations: Object,
    workload: Object,
    dependencies: Object,
    endpoint_resources: Object,
) -> Object:
    configs, secrets = mapping(configurations, "configs"), mapping(configurations, "secrets")
    names = _Names(prefix)
    config_files = [_with_name(file, names.config_file(file)) for file in items(configs, "files")]
    secret_files = [_with_name(file, names.secret_file(file)) for file in items(secrets, "files")]
    config_envs, secret_envs = configs["envs"], secrets["envs"]
    config_name = names.config_envs() if config_envs else ""
    secret_name = names.secret_envs(items(secrets, "envs")) if secret_envs else ""
    config_ref: Object = {"configMapRef": {"name": config_name}}
    secret_ref: Object = {"secretRef": {"name": secret_name}}
    return {
        "configFileList": [*config_files],
        "secretFileList": [_without_value(file) for file in secret_files],
        "containerEnvFrom": [
            *([config_ref] if config_envs else []),
            *([secret_ref] if secret_envs else []),
        ],
        "configVolumeMounts": [_mount(file) for file in (*config_files, *secret_files)],
        "configVolumes": _volumes(config_files, secret_files),
        "configEnvs": [{"resourceName": config_name, "envs": config_envs}] if config_envs else [],
        "secretEnvs": [{"resourceName": secret_name, "envs": secret_envs}] if secret_envs else [],
        "servicePorts": service_ports(mapping(workload, "endpoints")),
        "endpointResources": endpoint_resources,
        "dependencyEnvVars": dependencies["envVars"],
        "dependencyVolumeMounts": dependencies["volumeMounts"],
        "dependencyVolumes": dependencies["volumes"],
    }


class _Names:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def config_file(self, file: Object) -> str:
        """Does not look at the directory: one file name in two directories is one name."""
        return self._of("config", _dashed(file))

    def secret_file(self, file: Object) -> str:
        remote = mapping(file, "remoteRef")
        return self._of("secret", _dashed(file), extra=fnv1a("\0".join(_parts(remote))))

    def config_envs(self) -> str:
        return self._of("env-configs")

    def secret_envs(self, envs: Iterable[Object]) -> str:
        """Another name when a secret is taken from another place, so that pods start anew."""
        where = "".join(
            "\0".join((text(env, "name"), *_parts(mapping(env, "remoteRef")))) + "\0"
            for env in envs
        )
        return self._of("env-secrets", extra=fnv1a(where))

    def _of(self, *parts: str, extra: str = "") -> str:
        return generate_name(SUBDOMAIN_LIMIT, (self._prefix, *parts), extra)


def volume_name(file: Object) -> str:
    place = f"{text(file, 'mountPath')}/{text(file, 'name')}"
    return f"file-mount-{fnv1a(place)}"


def _dashed(file: Object) -> str:
    return text(file, "name").replace(".", "-")


def _parts(remote: Object) -> tuple[str, str, str]:
    return text(remote, "key"), text(remote, "property"), text(remote, "version")


def _with_name(file: Object, name: str) -> Object:
    return {**file, "resourceName": name}


def _without_value(file: Object) -> Document:
    return {key: value for key, value in file.items() if key != "value"}


def _mount(file: Object) -> Document:
    name = text(file, "name")
    path = f"{text(file, 'mountPath')}/{name}"
    return {"name": volume_name(file), "mountPath": path, "subPath": name}


def _volumes(config_files: list[Object], secret_files: list[Object]) -> list[Document]:
    """One for each name, sorted by it; where they clash the secret is taken."""
    volumes: dict[str, Document] = {}
    for file in config_files:
        name = volume_name(file)
        volumes[name] = {"name": name, "configMap": {"name": text(file, "resourceName")}}
    for file in secret_files:
        name = volume_name(file)
        volumes[name] = {"name": name, "secret": {"secretName": text(file, "resourceName")}}
    return [volumes[name] for name in sorted(volumes)]
