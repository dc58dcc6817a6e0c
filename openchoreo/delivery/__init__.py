"""Releases, the pipeline they move along, and the record of what runs where.

release, snapshot   what a component is made of, frozen and named by its digest
format_1, shape     what a release of format 1 holds, in tables that never change
store               documents of releases as one text
pipeline            which environment comes before which
redaction           documents that were taken away
record, ledger,
outputs             what runs and has run in one environment, and on which evidence
sets, members       what ran together there, and how all of it is promoted as one
history             what happened there, read from a record
history, known      what happened there, and where each release is, read from records
documents           releases as OpenChoreo's documents
exported, joining   both as a file, and a file brought back to its stack
moving,
moved_state         projects that go to another stack: what is recorded, and their resources
deployed            the objects that a stack has, from its state
chains              what components, projects and Resources call their parts
binding,
plain_binding       what definitions and stack config say of one of them in an environment
situation, pins,
decision            what runs here, or why the run is refused
explained           each step of a decision in words
commands            what a refusal tells people to type
"""

from openchoreo.delivery.binding import Binding, Pin, binding_of
from openchoreo.delivery.chains import CHAINS, COMPONENTS, PROJECTS, RESOURCES, Chain, Words
from openchoreo.delivery.decision import Action, Decision, decide
from openchoreo.delivery.documents import binding_document, owner_document, release_document
from openchoreo.delivery.explained import Step, steps
from openchoreo.delivery.exported import Exported, dump_export, load_export
from openchoreo.delivery.history import Event, Moment, moments
from openchoreo.delivery.joining import holds, joined
from openchoreo.delivery.known import KnownRelease, Stay, known_releases
from openchoreo.delivery.ledger import (
    Ledger,
    PlaneTarget,
    Scope,
    empty_ledger,
    load_ledger,
    record_key,
    summary,
    urls,
)
from openchoreo.delivery.outputs import Outputs
from openchoreo.delivery.pipeline import Pipeline, outside_all, pipeline_of
from openchoreo.delivery.plain_binding import project_binding_of, resource_binding_of
from openchoreo.delivery.record import Applied, Entry, Evidence, MadeFrom, Record, Stamp, applied
from openchoreo.delivery.redaction import Redacted, Redaction, redacted_of
from openchoreo.delivery.release import Release, release_from_document, release_name, verify
from openchoreo.delivery.situation import Situation, Upstream
from openchoreo.delivery.snapshot import Snapshots, snapshot
from openchoreo.delivery.store import ReleaseStore, load_store

__all__ = [
    "CHAINS",
    "COMPONENTS",
    "PROJECTS",
    "RESOURCES",
    "Action",
    "Applied",
    "Binding",
    "Chain",
    "Decision",
    "Entry",
    "Event",
    "Evidence",
    "Exported",
    "KnownRelease",
    "Ledger",
    "MadeFrom",
    "Moment",
    "Outputs",
    "Pin",
    "Pipeline",
    "PlaneTarget",
    "Record",
    "Redacted",
    "Redaction",
    "Release",
    "ReleaseStore",
    "Scope",
    "Situation",
    "Snapshots",
    "Stamp",
    "Stay",
    "Step",
    "Upstream",
    "Words",
    "applied",
    "binding_document",
    "binding_of",
    "decide",
    "dump_export",
    "empty_ledger",
    "holds",
    "joined",
    "known_releases",
    "load_export",
    "load_ledger",
    "load_store",
    "moments",
    "outside_all",
    "owner_document",
    "pipeline_of",
    "project_binding_of",
    "record_key",
    "redacted_of",
    "release_document",
    "release_from_document",
    "release_name",
    "resource_binding_of",
    "snapshot",
    "steps",
    "summary",
    "urls",
    "verify",
]
