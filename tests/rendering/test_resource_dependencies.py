from openchoreo.rendering import Output, ResourceDependency

OUTPUTS = {
    "host": Output.from_document({"name": "host", "value": "db.local"}),
    "password": Output.from_document(
        {"name": "password", "secretKeyRef": {"name": "db-creds", "key": "password"}}
    ),
    "ca": Output.from_document(
        {"name": "ca", "configMapKeyRef": {"name": "db-config", "key": "ca"}}
    ),
    "empty": Output.from_document({"name": "empty", "value": ""}),
}


def dependency(env=None, files=None):
    return ResourceDependency("db", OUTPUTS, env or {}, files or {})


def test_variables_are_in_the_order_of_output_names():
    env = {"password": "DB_PASSWORD", "host": "DB_HOST", "ca": "DB_CA", "empty": "DB_EMPTY"}
    assert dependency(env).document()["envVars"] == [
        {
            "name": "DB_CA",
            "valueFrom": {"configMapKeyRef": {"name": "db-config", "key": "ca"}},
        },
        {"name": "DB_EMPTY"},
        {"name": "DB_HOST", "value": "db.local"},
        {
            "name": "DB_PASSWORD",
            "valueFrom": {"secretKeyRef": {"name": "db-creds", "key": "password"}},
        },
    ]


def test_a_file_is_one_key_mounted_at_its_path():
    document = dependency(files={"password": "/run/pw", "ca": "/etc/ca.pem"}).document()
    config, secret = "r-02264abc", "r-a3243279"
    names = [volume["name"] for volume in document["volumes"]]
    assert document["volumeMounts"] == [
        {"name": names[0], "mountPath": "/etc/ca.pem", "subPath": "ca"},
        {"name": names[1], "mountPath": "/run/pw", "subPath": "password"},
    ]
    assert document["volumes"] == [
        {"name": config, "configMap": {"name": "db-config"}},
        {"name": secret, "secret": {"secretName": "db-creds"}},
    ]


def test_what_is_not_resolved_keeps_the_whole_dependency_pending():
    missing = dependency({"port": "DB_PORT"}).unresolved()
    assert missing == "output not resolved on resource release binding: port"
    assert dependency({"host": "DB_HOST"}).unresolved() == ""


def test_a_plain_value_cannot_be_mounted():
    reason = dependency(files={"host": "/etc/host"}).unresolved()
    assert reason == "output kind cannot be mounted as file: host"
