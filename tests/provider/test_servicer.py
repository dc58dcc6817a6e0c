"""The life of a manifest as the engine sees it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from openchoreo.provider.folder import FileError
from openchoreo.provider.servicer import RefusedError
from openchoreo.provider.structs import UNKNOWN, read_struct, write_struct

CONFIG: Any = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "cart", "namespace": "shop"},
    "data": {"level": "info"},
}
FILE = "shop/configmap_cart.yaml"
TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: cart
  namespace: shop
data:
  level: info
"""
LOUD = {**CONFIG, "data": {"level": "debug"}}
OTHER = {**CONFIG, "metadata": {"name": "other", "namespace": "shop"}}

ADD, DELETE, UPDATE, REPLACE = 0, 2, 4, 5


def kinds(response):
    return {path: diff.kind for path, diff in response.detailedDiff.items()}


def unchanged(response):
    return response.changes == provider_pb2.DiffResponse.DIFF_NONE


def put(engine, text, file=FILE):
    path = engine.program / "manifests" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


class TestCreate:
    def test_writes_one_file_whose_path_is_the_id(self, engine):
        assert engine.create(CONFIG) == FILE
        assert engine.files() == {f"manifests/{FILE}": TEXT}

    def test_a_preview_touches_nothing(self, engine):
        assert engine.create(CONFIG, preview=True) == ""
        assert list(engine.program.iterdir()) == []

    def test_a_preview_with_unknown_values_touches_nothing(self, engine):
        unknown = {**CONFIG, "metadata": {"name": UNKNOWN}}
        assert engine.create(unknown, preview=True) == ""
        assert list(engine.program.iterdir()) == []

    def test_the_same_bytes_are_adopted(self, engine):
        path = put(engine, TEXT)
        before = path.stat()
        assert engine.create(CONFIG) == FILE
        assert path.stat().st_mtime_ns == before.st_mtime_ns
        assert path.stat().st_ino == before.st_ino
        assert engine.said.lines == []

    def test_an_older_version_of_the_same_object_is_replaced(self, engine):
        put(engine, TEXT.replace("info", "error"))
        engine.create(CONFIG, preview=True)
        assert engine.files() == {f"manifests/{FILE}": TEXT.replace("info", "error")}
        assert engine.create(CONFIG) == FILE
        assert engine.files() == {f"manifests/{FILE}": TEXT}
        said = f"manifests/{FILE} exists with other content; an update replaces it"
        assert engine.said.lines == [said, said]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("just a note\n", id="no manifest"),
            pytest.param(TEXT.replace("cart", "card"), id="another object"),
            pytest.param(TEXT + "---\n" + TEXT, id="several objects"),
            pytest.param("", id="empty"),
        ],
    )
    @pytest.mark.parametrize("preview", [True, False])
    def test_a_file_of_somebody_else_is_refused(self, engine, text, preview):
        put(engine, text)
        with pytest.raises(FileError) as caught:
            engine.create(CONFIG, preview=preview)
        assert str(caught.value) == (
            f"cannot write manifests/{FILE}: it exists and does not hold ConfigMap shop/cart;"
            " move it away, or set another directory"
        )
        assert engine.files() == {f"manifests/{FILE}": text}

    @pytest.mark.parametrize("preview", [True, False])
    def test_a_folder_in_its_place_is_a_sentence(self, engine, preview):
        (engine.program / "manifests" / FILE).mkdir(parents=True)
        with pytest.raises(FileError) as caught:
            engine.create(CONFIG, preview=preview)
        assert str(caught.value) == (
            f"cannot write manifests/{FILE}: something else than a file is in its place; remove it"
        )


class TestDiff:
    def test_nothing_changed(self, engine):
        engine.create(CONFIG)
        assert unchanged(engine.diff(FILE, CONFIG, CONFIG))

    def test_the_order_of_keys_is_no_change(self, engine):
        engine.create(CONFIG)
        assert unchanged(engine.diff(FILE, CONFIG, dict(reversed(CONFIG.items()))))

    def test_the_program_changed_a_field(self, engine):
        engine.create(CONFIG)
        response = engine.diff(FILE, CONFIG, LOUD)
        assert kinds(response) == {"data.level": UPDATE}
        assert list(response.diffs) == ["data"]
        assert list(response.replaces) == []
        assert engine.said.lines == []

    def test_the_file_is_there_already_but_the_state_is_behind(self, engine):
        """An update was interrupted after it wrote the file."""
        put(engine, TEXT.replace("info", "debug"))
        assert kinds(engine.diff(FILE, CONFIG, LOUD)) == {"data.level": UPDATE}
        assert engine.said.lines == []

    def test_the_file_is_missing(self, engine):
        response = engine.diff(FILE, CONFIG, CONFIG)
        assert kinds(response) == dict.fromkeys(CONFIG, ADD)
        assert engine.said.lines == [f"manifests/{FILE} is missing; an update writes it again"]

    def test_the_file_was_edited(self, engine):
        put(engine, TEXT.replace("level: info", "level: warn\n  extra: x"))
        response = engine.diff(FILE, CONFIG, CONFIG)
        assert kinds(response) == {"data.level": ADD, "data.extra": DELETE}
        assert engine.said.lines == [
            f"manifests/{FILE} was edited: data.extra, data.level; an update writes it again"
        ]

    def test_a_comment_was_added(self, engine):
        put(engine, f"# mine\n{TEXT}")
        response = engine.diff(FILE, CONFIG, CONFIG)
        assert response.changes == provider_pb2.DiffResponse.DIFF_SOME
        assert kinds(response) == {}
        assert engine.said.lines == [
            f"manifests/{FILE} was edited in its comments or layout; an update writes it again"
        ]

    def test_the_file_is_no_manifest_any_more(self, engine):
        put(engine, "oops: [\n")
        assert kinds(engine.diff(FILE, CONFIG, CONFIG)) == dict.fromkeys(CONFIG, ADD)
        assert engine.said.lines == [
            f"manifests/{FILE} no longer holds one manifest; an update writes it again"
        ]

    def test_a_file_that_cannot_be_read_fails_in_the_update_not_here(self, engine):
        (engine.program / "manifests" / FILE).mkdir(parents=True)
        assert kinds(engine.diff(FILE, CONFIG, CONFIG)) == dict.fromkeys(CONFIG, ADD)
        for preview in (True, False):
            with pytest.raises(FileError, match="something else than a file is in its place"):
                engine.update(FILE, CONFIG, CONFIG, preview=preview)

    def test_another_name_is_another_object(self, engine):
        engine.create(CONFIG)
        response = engine.diff(FILE, CONFIG, OTHER)
        assert kinds(response) == {"metadata.name": REPLACE}
        assert list(response.replaces) == ["metadata.name"]
        assert not response.deleteBeforeReplace

    def test_another_namespace_too(self, engine):
        moved = {**CONFIG, "metadata": {"name": "cart"}}
        response = engine.diff(FILE, CONFIG, moved)
        assert kinds(response) == {"metadata.namespace": DELETE + 1}

    def test_another_version_is_the_same_object(self, engine):
        older = {**CONFIG, "apiVersion": "batch/v1beta1"}
        newer = {**CONFIG, "apiVersion": "batch/v1"}
        file = engine.create(older)
        response = engine.diff(file, older, newer)
        assert kinds(response) == {"apiVersion": UPDATE}

    def test_a_file_under_an_earlier_name_moves(self, engine):
        response = engine.diff("shop/cart.yaml", CONFIG, CONFIG)
        assert kinds(response) == {"metadata.name": REPLACE}

    def test_unknown_values_are_compared_with_the_state_only(self, engine):
        unknown = {**CONFIG, "data": {"level": UNKNOWN}}
        assert kinds(engine.diff(FILE, CONFIG, unknown)) == {"data.level": UPDATE}


class TestUpdate:
    def test_writes_what_the_program_asks_for(self, engine):
        put(engine, "whatever\n")
        engine.update(FILE, CONFIG, LOUD)
        assert engine.files() == {f"manifests/{FILE}": TEXT.replace("info", "debug")}

    def test_a_preview_touches_nothing(self, engine):
        put(engine, "whatever\n")
        engine.update(FILE, CONFIG, LOUD, preview=True)
        assert engine.files() == {f"manifests/{FILE}": "whatever\n"}


class TestRead:
    def test_an_unchanged_file(self, engine):
        engine.create(CONFIG)
        response = engine.read(FILE, CONFIG)
        assert (response.id, response.properties) == (FILE, write_struct(CONFIG))

    def test_a_missing_file_is_gone(self, engine):
        assert engine.read(FILE, CONFIG).id == ""

    def test_an_edited_file_is_what_it_is_now(self, engine):
        put(engine, TEXT.replace("info", "warn"))
        response = engine.read(FILE, CONFIG)
        assert read_struct(response.properties).document["data"] == {"level": "warn"}
        assert response.inputs == write_struct(CONFIG)

    def test_after_such_a_refresh_the_next_diff_puts_it_back(self, engine):
        put(engine, TEXT.replace("info", "warn"))
        state = read_struct(engine.read(FILE, CONFIG).properties).document
        assert kinds(engine.diff(FILE, state, CONFIG)) == {"data.level": UPDATE}
        assert engine.said.lines == []

    def test_a_file_that_is_no_manifest_leaves_the_state_alone(self, engine):
        put(engine, "oops: [\n")
        assert engine.read(FILE, CONFIG).properties == write_struct(CONFIG)

    def test_an_import_takes_inputs_from_the_file(self, engine):
        put(engine, TEXT)
        response = engine.provider.Read(provider_pb2.ReadRequest(id=FILE), None)
        assert response.inputs == write_struct(CONFIG)


class TestDelete:
    def test_removes_the_file_and_its_empty_folder(self, engine):
        engine.create(CONFIG)
        engine.restarted().delete(FILE)
        assert engine.files() == {}
        assert list((engine.program / "manifests").iterdir()) == []

    def test_leaves_everything_else(self, engine):
        engine.create(CONFIG)
        put(engine, "mine\n", "shop/readme.txt")
        engine.restarted().delete(FILE)
        assert engine.files() == {"manifests/shop/readme.txt": "mine\n"}

    def test_removes_an_edited_file_as_well(self, engine):
        put(engine, "oops: [\n")
        engine.delete(FILE)
        assert engine.files() == {}

    def test_a_missing_file_is_no_error(self, engine):
        engine.delete(FILE)

    @pytest.mark.parametrize("id_", ["../../etc/passwd", "/etc/passwd", "shop/../x.yaml", "", "."])
    @pytest.mark.parametrize("call", ["read", "delete"])
    def test_an_id_that_leads_elsewhere_is_refused(self, engine, call, id_):
        arguments = (CONFIG,) if call == "read" else ()
        with pytest.raises(RefusedError) as caught:
            getattr(engine, call)(id_, *arguments)
        assert str(caught.value) == (
            f"the id {id_!r} in the state is no file of this provider; nothing was touched."
            " `pulumi state delete` removes such an entry"
        )


class TestTwoResourcesForOneFile:
    def test_both_registered_is_a_mistake(self, engine):
        assert engine.check(CONFIG, "first") == []
        assert engine.check(CONFIG, "first") == []
        assert engine.check(CONFIG, "second") == [
            f"manifests/{FILE} already holds the same object for resource first"
        ]

    def test_a_replacement_under_another_urn_survives_its_predecessor(self, engine):
        engine.check(CONFIG, "new")
        engine.create(CONFIG, "new")
        engine.delete(FILE, "old")
        assert engine.files() == {f"manifests/{FILE}": TEXT}

    def test_a_replacement_that_was_written_before_survives_too(self, engine):
        engine.create(CONFIG, "new")
        later = engine.restarted()
        later.check(CONFIG, "new")
        later.delete(FILE, "old")
        assert later.files() == {f"manifests/{FILE}": TEXT}

    def test_a_forced_replacement_survives_the_removal_of_the_original(self, engine):
        engine.check(CONFIG)
        engine.create(CONFIG)
        engine.delete(FILE)
        assert engine.files() == {f"manifests/{FILE}": TEXT}

    def test_removing_before_creating_works_too(self, engine):
        engine.create(CONFIG)
        later = engine.restarted()
        later.check(CONFIG)
        later.delete(FILE)
        assert later.files() == {}
        later.create(CONFIG)
        assert later.files() == {f"manifests/{FILE}": TEXT}


class TestConfiguration:
    def test_the_directory_is_written_one_way(self, engine):
        assert engine.check_config(directory="./a//b/") == ({"directory": "a/b"}, [])

    def test_unknown_settings_wait(self, engine):
        assert engine.check_config(directory=UNKNOWN) == ({"directory": UNKNOWN}, [])

    def test_problems_are_failures(self, engine):
        (engine.program / "file").touch()
        expected = "directory file is not a directory; move it away, or set another directory"
        assert engine.check_config(directory="file") == ({}, [expected])
        with pytest.raises(RefusedError) as caught:
            engine.configure(directory="file")
        assert str(caught.value) == expected

    @pytest.mark.parametrize(
        ("new", "replaces"), [("a", []), ("b", ["directory"]), ("./a", ["directory"])]
    )
    def test_another_directory_replaces_everything(self, engine, new, replaces):
        request = provider_pb2.DiffRequest(
            olds=write_struct({"directory": "a"}), news=write_struct({"directory": new})
        )
        response = engine.provider.DiffConfig(request, None)
        assert list(response.replaces) == replaces
        assert unchanged(response) == (not replaces)

    def test_nothing_is_created_before_the_first_file(self, engine):
        engine.check_config(directory="deep/er")
        engine.configure(directory="deep/er")
        assert list(engine.program.iterdir()) == []
        engine.create(CONFIG)
        assert engine.files() == {f"deep/er/{FILE}": TEXT}


def test_about_itself(engine):
    assert engine.provider.GetPluginInfo(None, None).version == "1.2.3"
    schema = json.loads(engine.provider.GetSchema(None, None).schema)
    assert (schema["name"], schema["version"]) == ("openchoreo-files", "1.2.3")
    assert engine.provider.Handshake(None, None).accept_secrets
    engine.provider.Cancel(None, None)


def test_a_secret_value_is_refused(engine):
    mark: Any = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "value": "hush",
    }
    secret = write_struct({**CONFIG, "data": {"level": mark}})
    request = provider_pb2.CheckRequest(
        urn=engine.urn("it"), type="openchoreo-files:core/v1:ConfigMap", news=secret
    )
    (failure,) = engine.provider.Check(request, None).failures
    assert failure.reason.startswith("data.level is a secret, and files are read by everyone;")


def test_many_at_once(engine):
    manifests = [
        {**CONFIG, "metadata": {"name": f"c{index}", "namespace": f"n{index % 7}"}}
        for index in range(140)
    ]
    with ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(lambda each: engine.create(each, each["metadata"]["name"]), manifests))
    assert len(engine.files()) == len(set(ids)) == 140
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(engine.restarted().delete, ids))
    assert list((engine.program / "manifests").iterdir()) == []
