"""Every gate alone and every pair of gates: passed when satisfied, closed when not, whole texts."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from types import SimpleNamespace

import pytest

from openchoreo.delivery import Action, Decision, Entry, Record
from openchoreo.delivery.gates import (
    GATES,
    Approval,
    Approvals,
    Attestation,
    BreakGlass,
    Freeze,
    Papers,
    Question,
    Rejected,
    Rules,
    opened,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32
HEX = "ab" * 32
SINCE = "2026-11-23T00:00:00Z"


def entry(since, proof="rendered", digest=DIGEST, state="Active"):
    return Entry(
        release=digest,
        name="api-1",
        format=1,
        proof=proof,
        rendering=1,
        manifests="sha256:m",
        state=state,
        since=since,
        by="ada",
    )


def situation(*upstreams, recorded=None):
    """`upstreams` are (environment, since, proof), since None where it was not deployed there, or
    (environment, record).
    """

    def record(since="", proof=""):
        if isinstance(since, Record):
            return since
        one = entry(since, proof) if since else entry(SINCE, digest=OTHER)
        return Record(project="shop", history=(one,))

    return SimpleNamespace(
        environment="production",
        recorded=recorded,
        upstreams=[SimpleNamespace(environment=name) for name, *_ in upstreams],
        upstream_records=lambda: [
            (SimpleNamespace(environment=name), record(*more)) for name, *more in upstreams
        ],
    )


RELEASE = SimpleNamespace(digest=DIGEST, shown="api-abababababab")
STAGING = (("staging", SINCE, "rendered"),)

CLOSED = {
    "rejected": (
        Rules(rejected=(Rejected(DIGEST, "leaks memory"),)),
        "rejected: the policy rejects api-abababababab: leaks memory; run another release",
    ),
    "freeze": (
        Rules(freezes=(Freeze(NOON - timedelta(hours=1), NOON + timedelta(hours=1), "holidays"),)),
        "freeze: production is frozen (holidays); until 2026-11-23T13:00:00Z",
    ),
    "upstream": (
        Rules(every_upstream=True),
        "upstream: not deployed in qa; deploy it in qa as well",
    ),
    "proof": (
        Rules(proof="applied"),
        "proof: in staging it has only been rendered to files; deploy it to a cluster in staging",
    ),
    "soak": (
        Rules(soak=timedelta(hours=24)),
        (
            "soak: runs in staging since 2026-11-23T00:00:00Z, and has to for 1d; "
            "until 2026-11-24T00:00:00Z"
        ),
    ),
    "approvals": (
        Rules(approvals=Approvals(2, ("ada", "bob"))),
        (
            "approvals: not approved yet; needs 2 more approvals by ada or bob in "
            f"approvals/production/{HEX}.yaml"
        ),
    ),
    "attestations": (
        Rules(attestations=("load", "scan")),
        (
            "attestations: load and scan has not been attested; needs "
            f"attestations/production/{HEX}/load.yaml and attestations/production/{HEX}/scan.yaml"
        ),
    ),
}

SATISFIED = {
    "rejected": {"rules": Rules(rejected=(Rejected(OTHER),))},
    "freeze": {"now": NOON + timedelta(hours=1)},
    "upstream": {"upstreams": (*STAGING, ("qa", SINCE, "rendered"))},
    "proof": {"upstreams": (("staging", SINCE, "applied"),)},
    "soak": {"now": NOON + timedelta(hours=12)},
    "approvals": {"papers": Papers({DIGEST: (Approval("ada"), Approval("bob"))})},
    "attestations": {"papers": Papers({}, {DIGEST: (Attestation("load"), Attestation("scan"))})},
}


def upstreams_for(gate):
    return (*STAGING, ("qa", None, "")) if gate == "upstream" else STAGING


def question(rules, *, upstreams=STAGING, papers=None, now=NOON, authors=(), recorded=None):
    return Question(
        situation(*upstreams, recorded=recorded),
        RELEASE,
        rules,
        papers or Papers(),
        now,
        frozenset(authors),
        latest=NOON - timedelta(hours=12),
    )


def decision(action=Action.PROMOTE):
    return Decision(action=action, reason="pinned", release=RELEASE)


def lines(found):
    return [answer.line for answer in found.closed]


def test_all_gates_are_in_the_table():
    assert CLOSED.keys() == SATISFIED.keys() == GATES.keys()


@pytest.mark.parametrize("gate", CLOSED)
def test_alone(gate):
    rules, text = CLOSED[gate]
    found = opened(decision(), question(rules, upstreams=upstreams_for(gate)), None)
    assert lines(found) == [text]
    more = {"rules": rules, "upstreams": upstreams_for(gate), **SATISFIED[gate]}
    assert opened(decision(), question(**more), None).open


@pytest.mark.parametrize(("one", "other"), [*combinations(CLOSED, 2)])
def test_in_pairs(one, other):
    """Each is told, and satisfying one of them does not open the other."""
    rules = CLOSED[one][0].narrowed(CLOSED[other][0])
    upstreams = (*STAGING, ("qa", None, "")) if "upstream" in {one, other} else STAGING
    found = opened(decision(), question(rules, upstreams=upstreams), None)
    assert {answer.gate for answer in found.closed} == {one, other}
    for gate, left in ((one, other), (other, one)):
        satisfied = dict(SATISFIED[gate])
        if gate == "rejected":
            satisfied["rules"] = CLOSED[left][0]
        more = {"rules": rules, "upstreams": upstreams, **satisfied}
        if (gate, left) == ("soak", "proof"):  # on a cluster, which is a proof
            more["upstreams"] = SATISFIED["proof"]["upstreams"]
        if "upstreams" in satisfied and left == "upstream":
            more["upstreams"] = (*satisfied["upstreams"], ("qa", None, ""))
        closed = {answer.gate for answer in opened(decision(), question(**more), None).closed}
        assert left in closed or "now" in satisfied
        assert gate not in closed


class TestWhoIsAsked:
    def test_what_runs_already_is_asked_nothing(self):
        rules = CLOSED["approvals"][0]
        assert opened(decision(Action.KEEP), question(rules), None).open

    @pytest.mark.parametrize("action", [Action.ROLL_BACK, Action.DEPLOY, Action.PROMOTE])
    def test_a_way_back_is_only_asked_whether_it_is_rejected(self, action):
        """Also to what was undeployed here, and in the first environment by its definitions."""
        before = Record(
            project="shop",
            history=(entry(SINCE, state="Undeploy"), entry(SINCE, digest=OTHER), entry(SINCE)),
        )
        rules = Rules(soak=timedelta(days=9), approvals=Approvals(1))
        assert opened(decision(action), question(rules, recorded=before), None).open
        other = Record(project="shop", history=(entry(SINCE, digest=OTHER),))
        assert not opened(decision(action), question(rules, recorded=other), None).open
        rules = CLOSED["rejected"][0]
        assert not opened(decision(action), question(rules, recorded=before), None).open

    def test_the_first_environment_has_nothing_to_soak_in(self):
        rules = Rules(soak=timedelta(days=1), proof="applied", every_upstream=True)
        assert opened(decision(Action.DEPLOY), question(rules, upstreams=()), None).open


class TestApprovals:
    RULES = Rules(approvals=Approvals(2, ("ada", "bob", "eve")))

    def closed(self, *names, authors=()):
        papers = Papers({DIGEST: tuple(map(Approval, names))})
        return lines(opened(decision(), question(self.RULES, papers=papers, authors=authors), None))

    def test_one_person_is_one_person(self):
        assert self.closed("ada", "ada") == [
            (
                "approvals: approved by ada only; needs 1 more approval by bob or eve in "
                f"approvals/production/{HEX}.yaml"
            )
        ]

    def test_of_somebody_who_may_not(self):
        assert "needs 1 more approval" in self.closed("ada", "mallory")[0]

    def test_of_who_wrote_the_pin(self):
        assert self.closed("ada", "bob", authors=("bob", "bob@example.test")) == [
            (
                "approvals: approved by ada only; needs 1 more approval by eve in "
                f"approvals/production/{HEX}.yaml"
            )
        ]
        assert self.closed("ada", "eve", authors=("bob",)) == []

    def test_for_another_digest(self):
        papers = Papers({OTHER: (Approval("ada"), Approval("bob"))})
        found = opened(decision(), question(self.RULES, papers=papers), None)
        assert "not approved yet" in lines(found)[0]


class TestSigned:
    RULES = Rules(
        approvals=Approvals(1, signed=True), attestations=("load",), signed_attestations=True
    )

    def test_only_what_is_signed_counts(self):
        papers = Papers({DIGEST: (Approval("ada"),)}, {DIGEST: (Attestation("load"),)})
        found = opened(decision(), question(self.RULES, papers=papers), None)
        assert lines(found) == [
            (
                "approvals: not approved yet; needs 1 more signed approval in "
                f"approvals/production/{HEX}.yaml"
            ),
            (
                "attestations: load has not been attested with a signature; needs "
                f"attestations/production/{HEX}/load.yaml"
            ),
        ]
        papers = Papers(
            {DIGEST: (Approval("ada", signed=True),)}, {DIGEST: (Attestation("load", signed=True),)}
        )
        assert opened(decision(), question(self.RULES, papers=papers), None).open


class TestClock:
    RULES = Rules(soak=timedelta(hours=1))

    def test_moved_back_before_the_deployment(self):
        early = question(self.RULES, now=NOON - timedelta(days=1))
        assert lines(opened(decision(), early, None)) == [
            (
                "soak: staging deployed it at 2026-11-23T00:00:00Z, which is later than now; "
                "set the clock of this machine right"
            )
        ]

    def test_moved_back_brings_neither_break_glass_nor_the_time_before_a_freeze_back(self):
        """What is recorded already says that it is later than that."""
        rules = Rules(freezes=(Freeze(NOON, NOON + timedelta(hours=1)),), approvals=Approvals(1))
        glass = BreakGlass(("approvals",), "outage", NOON - timedelta(hours=13))
        early = question(rules, now=NOON - timedelta(hours=14))
        assert lines(opened(decision(), early, glass)) == [
            (
                "freeze: it is 2026-11-22T22:00:00Z here, and 2026-11-23T00:00:00Z is recorded "
                "already; set the clock of this machine right"
            ),
            (
                "approvals: not approved yet; needs 1 more approval in "
                f"approvals/production/{HEX}.yaml"
            ),
        ]

    def test_the_end_of_a_soak(self):
        end = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        assert not opened(
            decision(), question(self.RULES, now=end - timedelta(seconds=1)), None
        ).open
        assert opened(decision(), question(self.RULES, now=end), None).open


class TestSoak:
    """It is about the time in which a release ran, and not about the time since it was deployed."""

    def soaked(self, *entries, hours=2, upstreams=(), proof="rendered"):
        rules = Rules(soak=timedelta(hours=hours), proof=proof)
        record = Record(project="shop", history=tuple(reversed(entries)))
        asked = question(rules, upstreams=(("staging", record), *upstreams))
        (answer,) = (one for one in opened(decision(), asked, None).answers if one.gate == "soak")
        return answer.line

    def test_one_that_was_replaced_soon_has_not_soaked(self):
        assert self.soaked(entry("2026-11-23T00:00:00Z"), self.other("2026-11-23T01:00:00Z")) == (
            "soak: ran in staging from 2026-11-23T00:00:00Z to 2026-11-23T01:00:00Z, and has to "
            "for 2h; deploy it in staging again"
        )

    def test_one_that_was_undeployed_has_not_soaked_any_longer(self):
        gone = entry("2026-11-23T01:59:59Z", state="Undeploy")
        assert "deploy it in staging again" in self.soaked(entry(SINCE), gone)
        gone = entry("2026-11-23T02:00:00Z", state="Undeploy")
        assert self.soaked(entry(SINCE), gone) == (
            "soak: ran in staging from 2026-11-23T00:00:00Z to 2026-11-23T02:00:00Z"
        )

    def test_it_begins_again_with_the_next_deployment(self):
        times = (SINCE, "2026-11-23T01:00:00Z", "2026-11-23T11:00:00Z")
        text = self.soaked(entry(times[0]), self.other(times[1]), entry(times[2]))
        assert text == (
            "soak: runs in staging since 2026-11-23T11:00:00Z, and has to for 2h; "
            "until 2026-11-23T13:00:00Z"
        )

    def test_another_proof_of_the_same_release_does_not_interrupt_it(self):
        entries = (entry(SINCE), entry("2026-11-23T11:00:00Z", proof="applied"))
        assert self.soaked(*entries, hours=12) == (
            "soak: has run in staging since 2026-11-23T00:00:00Z"
        )

    def test_where_a_cluster_has_to_prove_it_time_on_a_cluster_counts(self):
        entries = (entry(SINCE), entry("2026-11-23T11:00:00Z", proof="applied"))
        assert self.soaked(*entries, proof="applied") == (
            "soak: runs in staging since 2026-11-23T11:00:00Z, and has to for 2h; "
            "until 2026-11-23T13:00:00Z"
        )

    def test_one_environment_of_several_is_enough(self):
        qa = ("qa", "2026-11-23T10:00:00Z", "rendered")
        assert self.soaked(self.other(SINCE), upstreams=(qa,)) == (
            "soak: has run in qa since 2026-11-23T10:00:00Z"
        )

    @staticmethod
    def other(since):
        return entry(since, digest=OTHER)


class TestAttestations:
    def test_one_that_failed(self):
        papers = Papers({}, {DIGEST: (Attestation("load", passed=False), Attestation("scan"))})
        found = opened(decision(), question(CLOSED["attestations"][0], papers=papers), None)
        assert lines(found) == [
            f"attestations: load has failed; needs attestations/production/{HEX}/load.yaml"
        ]


class TestBreakGlass:
    RULES = CLOSED["soak"][0].narrowed(CLOSED["approvals"][0])

    def glass(self, *gates, hours=1):
        return BreakGlass(gates, "outage", NOON + timedelta(hours=hours))

    def test_passes_over_what_it_names_and_nothing_else(self):
        found = opened(decision(), question(self.RULES), self.glass("soak"))
        assert [answer.gate for answer in found.closed] == ["approvals"]
        assert [answer.gate for answer in found.passed_over] == ["soak"]
        assert opened(decision(), question(self.RULES), self.glass("soak", "approvals")).open

    def test_expired(self):
        found = opened(decision(), question(self.RULES), self.glass("soak", "approvals", hours=0))
        assert len(found.closed) == 2

    def test_a_gate_that_is_open_is_not_passed_over(self):
        found = opened(decision(), question(Rules()), self.glass("soak"))
        assert (found.open, found.passed_over) == (True, ())


class TestNarrowing:
    def test_only_adds(self):
        one = Rules(soak=timedelta(hours=2), approvals=Approvals(1, ("ada", "bob")))
        other = Rules(
            soak=timedelta(hours=1), approvals=Approvals(2, ("bob", "eve")), proof="applied"
        )
        both = one.narrowed(other)
        assert both == other.narrowed(one)
        assert (both.soak, both.approvals, both.proof) == (
            timedelta(hours=2),
            Approvals(2, ("bob",)),
            "applied",
        )

    def test_nobody_in_common_keeps_it_closed(self):
        both = Rules(approvals=Approvals(1, ("ada",))).narrowed(
            Rules(approvals=Approvals(1, ("eve",)))
        )
        papers = Papers({DIGEST: (Approval("ada"), Approval("eve"))})
        assert not opened(decision(), question(both, papers=papers), None).open
