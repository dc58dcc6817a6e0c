"""The soak: how long a release has run upstream."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from openchoreo.delivery.gates.answers import Answer
from openchoreo.delivery.gates.question import CLOCK, Question, listed, moment


def soak(question: Question) -> Answer:
    """It has to have run that long at a stretch, in one of the environments before this one, and
    where a cluster has to prove it, on a cluster.
    """
    wanted = question.rules.soak
    if not wanted or not question.situation.upstreams:
        return Answer("soak", passed=True, said="no soak asked for", asked=False)
    times = [
        _Time(upstream.environment, since, until)
        for upstream, record in question.situation.upstream_records()
        for since, until in record.times(question.release.digest, question.rules.proof)
    ]
    soaked = [one for one in times if one.length(question.now) >= wanted]
    if soaked:
        return Answer("soak", passed=True, said=soaked[0].said)
    going_on = [one for one in times if not one.until]
    if going_on:
        return _soaking(question, min(going_on, key=lambda one: one.since))
    if times:
        said = f"{times[0].said}, and has to for {_in_words(wanted)}"
        needed = f"deploy it in {times[0].environment} again"
        return Answer("soak", passed=False, said=said, needed=needed)
    names = listed(one.environment for one in question.situation.upstreams)
    return Answer("soak", passed=False, said=f"has not run in {names}", needed="deploy it there")


def _soaking(question: Question, time: _Time) -> Answer:
    since, wanted = datetime.fromisoformat(time.since), question.rules.soak
    if question.now < since:
        said = f"{time.environment} deployed it at {time.since}, which is later than now"
        return Answer("soak", passed=False, said=said, needed=CLOCK)
    end = moment(since + wanted)
    said = f"runs in {time.environment} since {time.since}, and has to for {_in_words(wanted)}"
    return Answer("soak", passed=False, said=said, needed=f"until {end}", until=end)


class _Time(Struct, frozen=True):
    """In which a release ran somewhere; `until` is empty while it does."""

    environment: str
    since: str
    until: str

    @property
    def said(self) -> str:
        if self.until:
            return f"ran in {self.environment} from {self.since} to {self.until}"
        return f"has run in {self.environment} since {self.since}"

    def length(self, now: datetime) -> timedelta:
        until = datetime.fromisoformat(self.until) if self.until else now
        return until - datetime.fromisoformat(self.since)


def _in_words(length: timedelta) -> str:
    """In the largest unit that fits."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
