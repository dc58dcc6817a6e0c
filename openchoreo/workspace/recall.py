"""Reads what this stack, and those before and after it, recorded, before the first resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from openchoreo.delivery import (
    Ledger,
    ReleaseStore,
    Upstream,
    empty_ledger,
    load_export,
    load_ledger,
    load_store,
    redacted_of,
)
from openchoreo.document import Object
from openchoreo.errors import Collector, OpenChoreoError, Problem, Stage
from openchoreo.plan import Elsewhere, OtherStack, Recalled

ReadOutputs = Callable[[str], Object | None]
"""The last outputs of a stack by its full name; None where there is no such stack."""


class Place(Struct, frozen=True):
    """Where the ledger of an environment is: the full name of a stack, or an exported file.

    `lineage` is that of the only ledger to take from. A place that is `strict` takes from no other
    ledger than before, where none is named.
    """

    environment: str
    stack: str = ""
    file: str = ""
    lineage: str = ""
    strict: bool = False


def recall(
    stack: str,
    environment: str,
    upstreams: Iterable[Place],
    read_outputs: ReadOutputs,
    *,
    lineage: str,
    exported: ReleaseStore,
) -> Recalled:
    """What is known of `environment`, in `stack`, and of the environments before it.

    `lineage` is for a stack that has none yet; `exported` are release documents kept outside of
    stacks. Raises OpenChoreoError where a ledger is not whole or is that of another environment.
    """
    outputs = read_outputs(stack) or {}
    ledger = _ledger(outputs, stack) or empty_ledger(lineage, environment)
    if ledger.environment != environment:
        raise OpenChoreoError(_other_environment(stack, ledger.environment, environment))
    own = _store(outputs, stack)
    read = [_read(place, ledger, stack, read_outputs) for place in upstreams]
    ledgers = [upstream.ledger for upstream, _ in read if upstream.ledger]
    redacted = redacted_of(ledger, ledgers, own.releases)
    every = own.merged(*(documents for _, documents in read), exported)
    return Recalled(
        stack=stack,
        ledger=ledger,
        documents=every.without(redacted),
        kept=frozenset(own.releases),
        redacted=redacted,
        upstreams={upstream.environment: upstream for upstream, _ in read},
    )


def _read(
    place: Place, own: Ledger, stack: str, read_outputs: ReadOutputs
) -> tuple[Upstream, ReleaseStore]:
    read = _from_file(place) if place.file else _from_stack(place, stack, read_outputs)
    upstream, documents = read
    told = _another_ledger(place, upstream, own.lineages(place.environment))
    refused = told if place.strict or place.lineage else ""
    return replace(upstream, began_anew=told, problem=upstream.problem or refused), documents


def _another_ledger(place: Place, upstream: Upstream, taken: frozenset[str]) -> str:
    """What is wrong where the stack was destroyed or lost and began anew, or has another's state."""
    known = frozenset({place.lineage}) if place.lineage else taken
    if upstream.ledger is None or not known or upstream.ledger.lineage in known:
        return ""
    where = upstream.file or f"stack {upstream.stack}"
    so_far = "policy.yaml names" if place.lineage else "releases were taken so far from"
    return (
        f"{where} holds another ledger, {upstream.ledger.lineage}, and {so_far}"
        f" {', '.join(sorted(known))}; bring that one back (python -m openchoreo ledger import),"
        f" or accept this one as upstreams.{place.environment}.lineage in policy.yaml"
    )


def recall_others(
    own: str, environment: str, named: Mapping[str, str], read_outputs: ReadOutputs
) -> Elsewhere:
    """What the stacks recorded that deploy other projects, by project as stack config names them.

    Raises OpenChoreoError where a name is no full one, or a ledger is not whole.
    """
    wrong = [_no_full_name(project, stack) for project, stack in named.items() if _short(stack)]
    if wrong:
        raise OpenChoreoError(*wrong)
    organization = own.partition("/")[0]
    found: dict[str, OtherStack] = {}
    for project, stack in named.items():
        full = stack if stack.count("/") == _FULL else f"{organization}/{stack}"
        upstream, documents = _from_stack(Place(environment, full), own, read_outputs)
        hint = f"deploy it there first: pulumi up --stack {full}"
        found[project] = OtherStack(replace(upstream, hint=hint), documents)
    return Elsewhere(found)


_FULL = 2
"""Slashes in <organization>/<Pulumi project>/<stack>."""


def _short(stack: str) -> bool:
    parts = stack.split("/")
    return len(parts) not in {_FULL, _FULL + 1} or not all(parts)


def _no_full_name(project: str, stack: str) -> Problem:
    message = f"{stack!r} does not say which Pulumi project it belongs to"
    hint = "write <organization>/<Pulumi project>/<stack>"
    path = ("openchoreo:projectStacks", project)
    return Problem(Stage.CONFIG, "stack config", path, message, hint)


def lost_environment(outputs: Object | None, stack: str, known: Iterable[str]) -> Problem | None:
    """The problem of a stack whose own environment is not among those of the definitions."""
    ledger = _ledger(outputs or {}, stack)
    environments = sorted(set(known))
    if ledger is None or not ledger.components or ledger.environment in environments:
        return None
    short = stack.rpartition("/")[2]
    message = (
        f"it holds the ledger of {ledger.environment}, and the definitions have no such Environment"
    )
    hint = (
        f"restore it, also to undeploy what runs here; known: {', '.join(environments)}\n"
        "or remove all that it has deployed: "
        f"python -m openchoreo ledger export --stack {short}, then pulumi destroy --stack {short}"
    )
    return Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint)


def named_downstream(places: Iterable[Place], read_outputs: ReadOutputs) -> frozenset[str]:
    """Digests of what the environments after this one run, and have run last.

    A ledger that cannot be read names nothing: whoever reads it for its own sake says why.
    """
    named: set[str] = set()
    for place in places:
        try:
            ledger = _ledger(read_outputs(place.stack) or {}, place.stack)
        except OpenChoreoError:
            continue
        named.update(ledger.referenced() if ledger else ())
    return frozenset(named)


def read_exported(directories: Iterable[str]) -> ReleaseStore:
    """Release documents in the *.json files of directories, at any depth.

    `python -m openchoreo releases export` writes them; a file may also hold what
    `pulumi stack output releases` prints. Raises OpenChoreoError for a directory or file that is not there or not whole.
    """
    found = Collector()
    store = ReleaseStore()
    for index, name in enumerate(directories):
        directory = Path(name)
        if not directory.is_dir():
            message = f"there is no directory {name}"
            path = ("openchoreo:releases", index)
            found.add(Problem(Stage.CONFIG, "stack config", path, message))
        for file in sorted(directory.rglob("*.json")):
            more = found.attempt(lambda file=file: _exported(file))
            store = store.merged(more) if more else store
    found.raise_if_any()
    return store


def _exported(file: Path) -> ReleaseStore:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        raise OpenChoreoError(Problem(Stage.LEDGER, str(file), (), message)) from None
    return load_store(text, source=str(file))


def _from_stack(place: Place, own: str, read_outputs: ReadOutputs) -> tuple[Upstream, ReleaseStore]:
    outputs = read_outputs(place.stack)
    upstream = _upstream(own, place.environment, place.stack, outputs)
    return upstream, _store(outputs or {}, place.stack)


def _from_file(place: Place) -> tuple[Upstream, ReleaseStore]:
    """The ledger of an environment that another backend keeps, as it was exported."""
    file, environment = place.file, place.environment
    hint = f"where {environment} is deployed: python -m openchoreo ledger export; then bring that file here"
    try:
        text = Path(file).read_text("utf-8")
    except FileNotFoundError:
        problem = f"there is no file {file}"
        missing = Upstream(environment=environment, stack="", file=file, problem=problem, hint=hint)
        return missing, ReleaseStore(source=file)
    except (OSError, UnicodeDecodeError) as error:
        raise OpenChoreoError(Problem(Stage.LEDGER, file, (), f"cannot be read: {error}")) from None
    found = load_export(text, source=file)
    upstream = Upstream(
        environment=environment, stack=found.stack, ledger=found.ledger, file=file, hint=hint
    )
    return upstream, found.documents


def _upstream(own: str, environment: str, stack: str, outputs: Object | None) -> Upstream:
    if outputs is not None:
        return Upstream(environment=environment, stack=stack, ledger=_ledger(outputs, stack))
    project, _, short = stack.rpartition("/")
    if project == own.rpartition("/")[0]:
        hint = f"pulumi stack init {short} && pulumi up --stack {short}"
    else:
        hint = f"deploy that stack first, or mend upstreams.{environment}.stack in policy.yaml"
    problem = f"there is no stack {stack}"
    return Upstream(environment=environment, stack=stack, problem=problem, hint=hint)


def _ledger(outputs: Object, stack: str) -> Ledger | None:
    text = outputs.get("pipeline")
    if text is None:
        return None
    return _parsed(_text(text, stack, "pipeline"), f"Stack {stack}")


@lru_cache(maxsize=4)
def _parsed(text: str, source: str) -> Ledger:
    """A run looks into its own ledger before it knows what it is about, and recalls it then."""
    return load_ledger(text, source=source)


def _store(outputs: Object, stack: str) -> ReleaseStore:
    text = outputs.get("releases")
    if text is None:
        return ReleaseStore(source=f"Stack {stack}")
    return load_store(_text(text, stack, "releases"), source=f"Stack {stack}")


def _text(value: object, stack: str, output: str) -> str:
    if isinstance(value, str):
        return value
    message = f"its output {output} is not the text that this program writes"
    hint = "is it the stack of another program? policy.yaml can name another one under upstreams"
    raise OpenChoreoError(Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint))


def _other_environment(stack: str, found: str, wanted: str) -> Problem:
    message = f"it holds the ledger of {found}, and the config says {wanted}"
    hint = f"set openchoreo:environment to {found}, or use another stack for {wanted}"
    return Problem(Stage.LEDGER, f"Stack {stack}", (), message, hint)
