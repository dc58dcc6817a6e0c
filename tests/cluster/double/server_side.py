"""Objects on an API server: applied, read, deleted."""

import json
import threading
import time
from functools import cache

from kubernetes import config

from openchoreo.provider.structs import UNKNOWN

APPLY = "application/apply-patch+yaml"
RETRIES = (0.3, 0.7, 1.5, 3.0, 5.0)  # seconds: an API server may be restarted


class RefusedError(Exception):
    """What the API server says no to, or that it is not there."""

    def __init__(self, message, status=0):
        super().__init__(message)
        self.status = status


class Objects:
    def __init__(self, settings):
        client = config.new_client_from_config(
            config_file=settings.get("kubeconfig") or None, context=settings.get("context") or None
        )
        self._client = client
        self._host = client.configuration.host
        self._plurals = {}
        self._lock = threading.Lock()

    def request(self, method, path, body=None, content="application/json"):
        headers = {"Accept": "application/json", "Content-Type": content}
        self._client.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        data = None if body is None else json.dumps(body)
        for pause in (*RETRIES, None):
            try:
                answer = self._client.rest_client.pool_manager.request(
                    method, self._host + path, headers=headers, body=data, retries=False, timeout=30
                )
                break
            except Exception as error:  # noqa: BLE001 - whatever the connection has
                if pause is None:
                    message = f"the API server {self._host} cannot be reached: {error}"
                    raise RefusedError(message) from None
                time.sleep(pause)
        found = json.loads(answer.data)
        if answer.status >= 400:
            raise RefusedError(found.get("message", str(answer.status)), answer.status)
        return found

    def path(self, manifest):
        version, kind = manifest["apiVersion"], manifest["kind"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        plural, namespaced = self._plural(root, kind)
        metadata = manifest["metadata"]
        where = f"/namespaces/{metadata.get('namespace', 'default')}" if namespaced else ""
        return f"{root}{where}/{plural}/{metadata['name']}"

    def _plural(self, root, kind):
        with self._lock:
            if (root, kind) not in self._plurals:
                listed = self.request("GET", root)["resources"]
                for each in listed:
                    if "/" not in each["name"]:
                        self._plurals[root, each["kind"]] = each["name"], each["namespaced"]
        if (root, kind) not in self._plurals:
            message = f"no matches for kind {kind}: verify that any required CRDs have been created"
            raise RefusedError(message, 404)
        return self._plurals[root, kind]

    def get(self, manifest):
        try:
            return self.request("GET", self.path(manifest))
        except RefusedError as refusal:
            if refusal.status == 404:
                return None
            raise

    def apply(self, manifest, manager, *, dry_run, force):
        options = f"?fieldManager={manager}&force={'true' if force else 'false'}"
        options += "&dryRun=All" if dry_run else ""
        return self.request("PATCH", self.path(manifest) + options, manifest, APPLY)

    def delete(self, manifest, limit, cancelled):
        path = self.path(manifest)
        try:
            self.request("DELETE", path, {"propagationPolicy": "Foreground"})
        except RefusedError as refusal:
            if refusal.status == 404:
                return
            raise
        end = time.monotonic() + limit
        while self.get(manifest) is not None:
            if time.monotonic() > end or cancelled.is_set():
                raise RefusedError(f"{path} is still there")
            time.sleep(0.1)


def unknown(value):
    if isinstance(value, dict):
        return any(unknown(each) for each in value.values())
    return any(unknown(each) for each in value) if isinstance(value, list) else value == UNKNOWN


@cache
def connected(settings):
    return Objects(dict(settings))
