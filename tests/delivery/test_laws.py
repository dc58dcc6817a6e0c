"""What holds for every document, every history and every sequence of deployments."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from openchoreo.delivery import (
    ReleaseStore,
    Situation,
    Stamp,
    Upstream,
    applied,
    binding_of,
    decide,
    empty_ledger,
    format_1,
    load_ledger,
    load_store,
    pipeline_of,
    release_from_document,
)
from openchoreo.delivery.record import HISTORY
from openchoreo.delivery.release import release_of
from openchoreo.document import canonical
from openchoreo.errors import OpenChoreoError
from openchoreo.model import BindingValues

TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
RAW = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RAW_OBJECT = st.dictionaries(TEXT, RAW, max_size=4)
RELEASES = st.fixed_dictionaries(
    {
        "componentType": st.fixed_dictionaries(
            {
                "kind": st.just("ComponentType"),
                "name": st.just("deployment/plain"),
                "spec": st.fixed_dictionaries(
                    {
                        "workloadType": st.just("deployment"),
                        "resources": st.lists(
                            st.fixed_dictionaries({"id": TEXT, "template": RAW_OBJECT}),
                            max_size=2,
                        ),
                    }
                ),
            }
        ),
        "componentProfile": st.fixed_dictionaries({}, optional={"parameters": RAW_OBJECT}),
        "workload": st.fixed_dictionaries(
            {"container": st.fixed_dictionaries({"image": TEXT, "args": st.lists(TEXT)})}
        ),
    }
)


def shuffled(document, order):
    """The same document with the keys of every mapping in another order."""
    if isinstance(document, dict):
        keys = list(document)
        order.shuffle(keys)
        return {key: shuffled(document[key], order) for key in keys}
    return [shuffled(item, order) for item in document] if isinstance(document, list) else document


@given(RELEASES, st.randoms(use_true_random=False))
def test_key_order_never_shows(spec, order: random.Random):
    one = release_of("greeter", 1, format_1.release(spec))
    other = release_of("greeter", 1, format_1.release(shuffled(spec, order)))
    assert one == other
    assert json.dumps(one.spec) == json.dumps(other.spec)


@given(RELEASES)
def test_writing_a_release_twice_is_writing_it_once(spec):
    once = format_1.release(spec)
    assert format_1.release(once) == once


@given(RELEASES)
def test_releases_survive_text_and_store(spec):
    before = canonical(spec)
    release = release_of("greeter", 1, format_1.release(spec))
    assert canonical(spec) == before
    assert release_from_document(release.text, component="greeter", source="x") == release
    store = load_store(ReleaseStore().with_releases([release]).dumps(), source="x")
    found = store.release(release.digest, "greeter")
    assert (found.digest, found.text) == (release.digest, release.text)


@given(RELEASES, RELEASES)
def test_equal_content_has_equal_names_and_other_content_other_digests(one, other):
    first, second = (release_of("greeter", 1, format_1.release(spec)) for spec in (one, other))
    equal = canonical(format_1.release(one)) == canonical(format_1.release(other))
    assert (first.digest == second.digest) == equal
    assert not equal or first.name == second.name


IMAGES = 3
RUNS = st.lists(st.integers(0, IMAGES - 1) | st.none(), max_size=12)


@given(RUNS, st.integers(0, IMAGES - 1))
def test_a_ledger_only_grows_and_repeats_change_no_byte(make, runs, last):
    releases = [make.release(f"greeter:{n}") for n in range(IMAGES)]
    ledger = make.ledger("staging", *(None if n is None else releases[n] for n in runs))
    assert load_ledger(ledger.dumps(), source="x") == ledger
    before = ledger.recorded("default/greeter")
    done = make.done(releases[last])
    once = ledger.with_deployed("default/greeter", done, make.stamp(99), project="shop")
    again = once.with_deployed("default/greeter", done, make.stamp(100, "bob"), project="shop")
    assert again.dumps() == once.dumps()
    history = once.recorded("default/greeter").history
    older = before.history if before else ()
    assert history[len(history) - len(older) :] == older


ENVIRONMENTS = ("development", "qa", "staging", "production")
PATHS = (
    ("development", "qa"),
    ("development", "staging"),
    ("qa", "production"),
    ("staging", "production"),
)
KEY = "default/greeter"
HERE = st.sampled_from(ENVIRONMENTS)


class Deployments(RuleBasedStateMachine):
    """Random changes of definitions and config, and deployments that succeed or fail."""

    make = None

    def __init__(self):
        super().__init__()
        resource = self.make.pipeline_resource(*PATHS)
        self.pipeline = pipeline_of(resource, ENVIRONMENTS)
        self.releases = [self.make.release(f"greeter:{n}") for n in range(IMAGES)]
        self.today, self.defined, self.auto_deploy, self.hour = 0, True, True, 0
        self.said = {name: {} for name in ENVIRONMENTS}
        self.removed = set()
        self.ledgers = {name: empty_ledger(name, name) for name in ENVIRONMENTS}
        self.stores = {name: ReleaseStore() for name in ENVIRONMENTS}

    @rule(image=st.integers(0, IMAGES - 1))
    def change_the_definitions(self, image):
        self.today = image

    @rule(here=HERE, image=st.integers(0, IMAGES - 1), misspelt=st.booleans())
    def pin(self, here, image, misspelt):
        name = self.releases[image].name
        self.said[here] = {**self.said[here], "releaseName": name + "x" * misspelt}

    @rule(here=HERE, image=st.integers(0, IMAGES - 1))
    def pin_and_deploy(self, here, image):
        self.pin(here, image, misspelt=False)
        self.deploy(here, works=True, by="ada")

    @rule(image=st.integers(0, IMAGES - 1))
    def promote_all_the_way(self, image):
        self.change_the_definitions(image)
        for here in ENVIRONMENTS:
            self.pin_and_deploy(here, image)

    @rule(here=HERE, key=st.sampled_from(["releaseName", "state", "hold"]))
    def take_a_line_out(self, here, key):
        self.said[here] = {k: v for k, v in self.said[here].items() if k != key}

    @rule(here=HERE, change=st.sampled_from([{"state": "Undeploy"}, {"hold": True}]))
    def write_a_line(self, here, change):
        self.said[here] = {**self.said[here], **change}

    @rule()
    def switch_auto_deploy(self):
        self.auto_deploy = not self.auto_deploy

    @rule(here=HERE)
    @precondition(lambda self: self.hour)
    def remove_or_restore(self, here):
        self.defined = not self.defined
        self.removed = set() if self.defined else {here}

    @rule(here=HERE, works=st.booleans(), by=st.sampled_from(["ada", "bob"]))
    def deploy(self, here, works, by):
        situation = self.situation(here)
        running = situation.running
        try:
            decision = decide(situation)
        except OpenChoreoError:
            return
        self.check(situation, decision)
        if not works:
            return
        self.hour += 1
        before = self.ledgers[here].recorded(KEY)
        self.record(here, decision, self.make.stamp(self.hour, by))
        after = self.ledgers[here].recorded(KEY)
        if before:
            assert (
                after.history[len(after.history) - len(before.history) :][1:] == before.history[1:]
            )
        if running and not after.running:
            assert self.said[here].get("state") == "Undeploy" or here in self.removed

    def situation(self, here):
        hold = bool(self.said[here].get("hold"))
        said = {key: value for key, value in self.said[here].items() if key != "hold"}
        values = BindingValues.model_validate(said)
        upstreams = tuple(
            Upstream(environment=name, stack=f"o/p/{name}", ledger=self.ledgers[name])
            for name in self.pipeline.upstreams(here)
        )
        documents = self.stores[here].merged(*(self.stores[u.environment] for u in upstreams))
        return Situation(
            namespace="default",
            project="shop",
            component="greeter",
            environment=here,
            stack=f"o/p/{here}",
            binding=binding_of("Component default/greeter", "greeter", (), values, hold=hold),
            defined=self.defined,
            auto_deploy=self.auto_deploy,
            pipeline=self.pipeline if self.defined else None,
            today=self.releases[self.today] if self.defined else None,
            recorded=self.ledgers[here].recorded(KEY),
            upstreams=upstreams,
            documents=documents,
            removed=here in self.removed,
        )

    def record(self, here, decision, stamp: Stamp):
        ledger = self.ledgers[here]
        ledger = ledger.within(namespaces=["default"], projects=[("default", "shop")], planes={})
        if decision.release:
            done = applied(
                decision.release,
                proof="rendered",
                rendering=1,
                manifests=decision.release.digest,
                upstream=decision.upstream,
            )
            ledger = ledger.with_deployed(KEY, done, stamp, project="shop")
            self.stores[here] = self.stores[here].with_releases([decision.release])
        elif ledger.recorded(KEY) and decision.action in {"undeploy", "remove"}:
            ledger = ledger.with_undeployed(KEY, stamp)
        text = ledger.dumps()
        self.ledgers[here] = load_ledger(text, source=here, environment=here)
        assert self.ledgers[here].dumps() == text
        kept = self.stores[here].keeping(ledger.referenced())
        self.stores[here] = load_store(kept.dumps(), source=here)

    def check(self, situation, decision):
        """A pin is what runs, and nothing stops that was not asked to."""
        pin = situation.binding.pin
        asked = situation.binding.undeploy or situation.removed
        if situation.running and not asked:
            assert decision.release is not None
        if decision.release and pin:
            assert decision.release.name == pin.text
        if decision.release and not pin and not situation.first:
            assert situation.binding.hold

    @precondition(lambda self: self.hour)
    @invariant()
    def nothing_runs_that_no_upstream_has_deployed(self):
        for here in ENVIRONMENTS[1:]:
            record = self.ledgers[here].recorded(KEY)
            upstream = [self.ledgers[name].recorded(KEY) for name in self.pipeline.upstreams(here)]
            for entry in record.releases() if record else ():
                assert any(other and other.deployed(entry.release) for other in upstream)

    @invariant()
    def what_runs_has_its_document(self):
        for here in ENVIRONMENTS:
            record = self.ledgers[here].recorded(KEY)
            if record:
                assert record.current.release in self.stores[here]
                assert len(record.history) <= HISTORY


def test_no_sequence_of_deployments_breaks_the_rules(make):
    Deployments.make = make
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Deployments,
        settings=settings(max_examples=100, stateful_step_count=30, deadline=None),
    )
