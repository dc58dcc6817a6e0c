"""Every situation of one component that can be written, and what is decided in it, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby, product
from types import SimpleNamespace

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import Decision, Situation, decide
from openchoreo.errors import OpenChoreoError, Problem, Stage

STACKS = {"first": "development", "later": "staging", "outside": "sandbox", "nowhere": "staging"}
DEFINED = {
    "yes": "defined",
    "broken": "defined, but makes no snapshot",
    "no": "not defined any more",
}
PLACES = {
    "first": "the first environment",
    "later": "a later environment",
    "outside": "an environment outside the pipeline",
    "nowhere": "no pipeline",
}
RAN = {
    "nothing": (),
    "running": ("older", "now"),
    "running today": ("older", "today"),
    "undeployed": ("older", "now", None),
}
UPSTREAM_RAN = {
    "runs": ("upstream-older", "upstream-now"),
    "undeployed": ("upstream-older", "upstream-now", None),
    "never deployed": (),
    "no stack": (),
}
RELEASES = ("today", "now", "older", "upstream-now", "upstream-older", "stranger")
UNSOUND = Problem(Stage.COMPONENT, "Component default/greeter", (), "it has no Workload")


class Case(Struct, frozen=True, kw_only=True):
    """`pin` is a name below, a text that is pinned, or empty."""

    place: str
    defined: str
    recorded: str
    upstream: str = ""
    pin: str = ""
    auto_deploy: bool = False
    hold: bool = False
    undeploy: bool = False
    removed: bool = False

    @property
    def heading(self) -> str:
        facts = [PLACES[self.place]] if self.defined != "no" else []
        facts += [DEFINED[self.defined], f"recorded: {self.recorded}"]
        return "; ".join([*facts, f"upstream: {self.upstream}"] if self.upstream else facts)

    @property
    def runs(self) -> bool:
        return self.recorded.startswith("running")


def cases() -> Iterator[Case]:
    for ground in grounds():
        for pin, auto, hold, undeploy, removed in product(pins(ground), *[(False, True)] * 4):
            if auto and ground.defined == "no":
                continue
            yield replace(
                ground, pin=pin, auto_deploy=auto, hold=hold, undeploy=undeploy, removed=removed
            )


def grounds() -> Iterator[Case]:
    """What no line of stack config says."""
    for recorded in RAN:
        if recorded != "running today":
            yield from (Case(place=place, defined="yes", recorded=recorded) for place in ALONE)
            yield Case(place="first", defined="broken", recorded=recorded)
            for upstream in UPSTREAM_RAN:
                yield Case(place="later", defined="yes", recorded=recorded, upstream=upstream)
    yield Case(place="first", defined="yes", recorded="running today")
    # What is neither defined nor recorded is unknown to a run, and no line can name it.
    yield from (Case(place="nowhere", defined="no", recorded=r) for r in ("running", "undeployed"))


ALONE = ("first", "outside", "nowhere")


def pins(ground: Case) -> Iterator[str]:
    yield from ("", "unknown")
    if ground.defined == "yes":
        yield "today"
    if ground.defined == "yes" and ground.place in {"first", "later"}:
        yield "today, wrong digest"
    if ground.recorded != "nothing":
        yield from (label for label in ("now", "older") if label in RAN[ground.recorded])
    ran = UPSTREAM_RAN.get(ground.upstream, ())
    yield from (label for label in reversed(ran) if label and None not in ran)
    yield from (label for label in ran[:1] if None in ran)


class Table:
    """Decides cases, and writes releases by what they are instead of by their digests."""

    def __init__(self, make: SimpleNamespace) -> None:
        self._make = make
        self._releases = {label: make.release(f"greeter:{label}") for label in RELEASES}
        today, stranger = self._releases["today"], self._releases["stranger"]
        self._pins = {label: one.name for label, one in self._releases.items()}
        self._pins["today, wrong digest"] = f"{today.name}@{stranger.digest}"
        self._pins["unknown"] = "greeter-latest"

    def situation(self, case: Case) -> Situation:
        make, ran = self._make, [one and self._releases[one] for one in RAN[case.recorded]]
        said = {"hold": case.hold, **({"state": "Undeploy"} if case.undeploy else {})}
        lost = case.place == "nowhere"
        return make.situation(
            STACKS[case.place],
            *ran,
            pin=self._pins.get(case.pin, case.pin),
            said=said,
            known=tuple(self._releases.values()),
            defined=case.defined != "no",
            auto_deploy=case.auto_deploy,
            today=self._releases["today"] if case.defined == "yes" else None,
            today_problems=(UNSOUND,) if case.defined == "broken" else (),
            removed=case.removed,
            upstreams=(self._upstream(case.upstream),) if case.upstream else (),
            **({"pipeline": None, "absent": "there is no Project default/shop"} if lost else {}),
        )

    def _upstream(self, state: str):
        if state == "no stack":
            return self._make.upstream(
                "development",
                ledger=None,
                problem="there is no stack organization/shop/development",
                hint="pulumi stack init development && pulumi up --stack development",
            )
        ran = [one and self._releases[one] for one in UPSTREAM_RAN[state]]
        return self._make.upstream("development", *ran)

    def decided(self, case: Case) -> Decision | OpenChoreoError:
        try:
            return decide(self.situation(case))
        except OpenChoreoError as error:
            return error

    def labelled(self, text: str) -> str:
        for label, one in self._releases.items():
            text = text.replace(one.name, f"greeter-{label}").replace(one.digest, f"sha256:{label}")
        return text

    def text(self, every: Iterable[Case]) -> str:
        blocks: list[str] = []
        refusals: dict[str, str] = {}
        for heading, rows in groupby(every, key=lambda case: case.heading):
            lines = [f"# {heading}", _row("pin", "autoDeploy", "hold", "state", "removed", "")]
            lines += [self._line(case, refusals) for case in rows]
            blocks.append("\n".join(lines))
        blocks.append("# The refusals")
        blocks += [f"{key} {text}" for text, key in sorted(refusals.items())]
        return "\n\n".join(blocks) + "\n"

    def _line(self, case: Case, refusals: dict[str, str]) -> str:
        decided = self.decided(case)
        if isinstance(decided, OpenChoreoError):
            text = self.labelled(str(decided))
            key = refusals.setdefault(text, sha256(text.encode()).hexdigest()[:4])
            first = self.labelled(decided.problems[0].message.splitlines()[0])
            outcome = f"refused {key}: {first}"
        else:
            outcome = self.labelled(told(decided))
        state = "Undeploy" if case.undeploy else "Active"
        auto, hold = ("on" if case.auto_deploy else "off"), ("hold" if case.hold else "-")
        return _row(case.pin or "-", auto, hold, state, "removed" if case.removed else "-", outcome)


def _row(pin: str, auto: str, hold: str, state: str, removed: str, outcome: str) -> str:
    return f"{pin:19} {auto:10} {hold:4} {state:8} {removed:7} {outcome}".rstrip()


def told(decision: Decision) -> str:
    what = f"{decision.action} {decision.release.name}" if decision.release else decision.action
    offer = f"; available: {decision.available}" if decision.available else ""
    return f"{what} ({decision.reason}){offer}"
