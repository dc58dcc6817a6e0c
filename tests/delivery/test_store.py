import json

import pytest

from openchoreo.delivery import ReleaseStore, load_store

RESTORE = (
    "  restore the document from a backup, or from a directory of exported releases that"
    " openchoreo:releases names"
)
STACK = "Stack organization/shop/staging"


@pytest.fixture
def releases(make):
    cases = sorted(make.corpus.glob("*.yaml"))
    return [make.snapshot(path.read_text()) for path in cases]


def test_documents_come_back_as_they_were(releases):
    store = load_store(ReleaseStore().with_releases(releases).dumps(), source=STACK)
    for release in releases:
        found = store.release(release.digest, release.component)
        assert (found, json.dumps(found.spec)) == (release, json.dumps(release.spec))


def test_the_order_of_arrival_does_not_show(releases):
    forward = ReleaseStore().with_releases(releases)
    backward = ReleaseStore().with_releases(releases[::-1]).with_releases(releases)
    assert forward.dumps() == backward.dumps()
    assert load_store(forward.dumps(), source=STACK).dumps() == forward.dumps()


def test_types_that_releases_share_are_stored_once(make):
    store = ReleaseStore().with_releases(make.release(f"greeter:{n}") for n in range(50))
    assert len(store.releases) == 50
    assert len(store.parts) == 1


def test_only_what_is_kept_and_its_parts_remain(releases):
    whole = ReleaseStore().with_releases(releases)
    kept = whole.keeping({releases[0].digest})
    assert kept.dumps() == ReleaseStore().with_releases(releases[:1]).dumps()
    assert releases[0].digest in kept
    assert releases[1].digest not in kept


def test_stores_are_merged(releases):
    one = ReleaseStore().with_releases(releases[:2])
    other = ReleaseStore().with_releases(releases[1:])
    assert one.merged(other).dumps() == ReleaseStore().with_releases(releases).dumps()


def test_a_damaged_document_is_told_with_the_stack_it_was_read_from(make, releases):
    texts = [ReleaseStore().with_releases([release]).dumps() for release in releases[:2]]
    own = load_store(texts[0], source=STACK)
    damaged = texts[1].replace('"format":1', '"format":9')
    upstream = load_store(damaged, source="Stack organization/shop/development")
    merged = ReleaseStore().merged(own, upstream)
    assert merged.release(releases[0].digest, "any").digest == releases[0].digest
    assert make.refusal(lambda: merged.release(releases[1].digest, "any")).startswith(
        f"Stack organization/shop/development: release {releases[1].digest}: format\n"
        "  has format 9; this program knows format 1\n"
    )


def test_a_release_that_is_not_there_is_refused(make):
    digest = "sha256:" + "a" * 64
    assert make.refusal(lambda: ReleaseStore(source=STACK).release(digest, "greeter")) == (
        f"{STACK}: release {digest}\n  is not there\n{RESTORE}"
    )


def test_a_release_whose_type_is_not_there_is_refused(make, releases):
    clock = next(release for release in releases if release.component == "clock")
    store = ReleaseStore().with_releases([clock])
    broken = ReleaseStore(store.releases, {}, STACK)
    digest, (part,) = clock.digest, store.parts
    assert make.refusal(lambda: broken.release(digest, "clock")) == (
        f"{STACK}: release {digest}\n  a part of it, {part}, is not there\n{RESTORE}"
    )


def test_a_type_that_was_changed_is_found_by_every_release_that_uses_it(make, releases):
    text = ReleaseStore().with_releases(releases).dumps()
    store = load_store(text.replace('"Deployment"', '"DaemonSet"'), source=STACK)
    clock = next(release for release in releases if release.component == "clock")
    refusal = make.refusal(lambda: store.release(clock.digest, "clock"))
    assert refusal.startswith(
        f"{STACK}: release {clock.digest}\n  is not the release it is kept as: it should be"
        f" {clock.digest}, but is sha256:"
    )
    gate = next(release for release in releases if release.component == "gate")
    assert store.release(gate.digest, "gate") == gate


def test_documents_of_another_shape_are_refused_like_any_other_damage(make):
    digest = "sha256:" + "a" * 64
    for spec in ('"text"', '{"componentType":"text","workload":{}}', "{}"):
        releases = f'{{"{digest}":{{"format":1,"spec":{spec}}}}}'
        text = f'{{"schemaVersion":1,"releases":{releases},"parts":{{}}}}'
        store = load_store(text, source=STACK)
        message = make.refusal(lambda store=store: store.release(digest, "greeter"))
        assert message.startswith(f"{STACK}: release {digest}\n  is no")
        assert message.endswith(RESTORE)


UNREADABLE = {
    "truncated": (
        '{"parts":',
        (
            f"{STACK}\n  its releases are not whole: Expecting value: line 1 column 10 (char 9)\n"
            f"{RESTORE}"
        ),
    ),
    "no mapping": ("[]", f"{STACK}\n  its releases are not a mapping\n{RESTORE}"),
    "unknown version": (
        '{"schemaVersion":2}',
        (
            f"{STACK}: schemaVersion\n  its releases have schemaVersion 2; this program knows 1\n"
            "  a newer program wrote them: upgrade the openchoreo package, then run again"
        ),
    ),
    "other keys": (
        '{"schemaVersion":1,"releases":{"greeter":{}},"parts":{}}',
        (
            f"{STACK}\n  its releases must hold schemaVersion, releases, parts, documents by their"
            f" digests\n{RESTORE}"
        ),
    ),
}


@pytest.mark.parametrize(("text", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_store_that_cannot_be_trusted_is_refused(make, text, message):
    assert make.refusal(lambda: load_store(text, source=STACK)) == message
