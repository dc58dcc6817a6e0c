"""When an object counts as ready."""

import re


def why_not(live):
    """Why an object is not ready; empty where it is."""
    waited = live["metadata"].get("annotations", {}).get("pulumi.com/waitFor")
    if waited:
        return "" if satisfied(waited, live) else f"waits for {waited}"
    return {
        "Deployment": deployment,
        "StatefulSet": stateful_set,
        "DaemonSet": daemon_set,
        "Job": job,
    }.get(live["kind"], lambda _: "")(live)


def deployment(live):
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "not observed yet"
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if updated < wanted or available < wanted or status.get("replicas", 0) > updated:
        return f"{min(updated, available)} of {wanted} updated replicas are available"
    return ""


def stateful_set(live):
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "not observed yet"
    ready = min(status.get("readyReplicas", 0), status.get("updatedReplicas", 0))
    return "" if ready >= wanted else f"{ready} of {wanted} replicas are ready"


def daemon_set(live):
    status = live.get("status", {})
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "not observed yet"
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberAvailable", 0)
    return "" if ready >= wanted else f"{ready} of {wanted} pods are available"


def job(live):
    if has_condition(live, "Complete", "True"):
        return ""
    return "failed" if has_condition(live, "Failed", "True") else "not complete"


def has_condition(live, name, value):
    conditions = live.get("status", {}).get("conditions") or ()
    return any(each["type"] == name and each["status"] == value for each in conditions)


def satisfied(waited, live):
    if waited.startswith("condition="):
        name, _, value = waited.removeprefix("condition=").partition("=")
        return has_condition(live, name, value or "True")
    path, wanted = re.fullmatch(r"jsonpath=\{(.*)\}=(.*)", waited).groups()
    return wanted in select([live], path)


def select(found, path):
    for step in re.findall(r"\.\w+|\[\*\]|\[\?\(@\.\w+==\"\w+\"\)\]", path):
        if step.startswith("."):
            found = [each[step[1:]] for each in found if step[1:] in each]
        elif step == "[*]":
            found = [one for each in found for one in each]
        else:
            key, value = re.search(r"@\.(\w+)==\"(\w+)\"", step).groups()
            found = [one for each in found for one in each if one.get(key) == value]
    return found
