"""The check of `'...'.format([...])` where both are literals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from openchoreo.cel.errors import Failure, Rejected
from openchoreo.cel.kinds import CelType
from openchoreo.cel.library.clauses import ACCEPTS, Clause, refusal, split_format
from openchoreo.cel.syntax import Call, Expr, ListLiteral, Literal, MapLiteral


def check_format(call: Call, type_of: Callable[[Expr], CelType]) -> None:
    """Refuses clauses that cannot be read, and arguments that do not fit them."""
    target, arguments = call.target, call.arguments[0]
    if not isinstance(target, Literal) or not isinstance(arguments, ListLiteral):
        return
    items = arguments.items
    try:
        clauses = [part for part in split_format(target.value, len(items)) if part.verb]
    except Failure as failure:
        raise Rejected("check", failure.message, call.position) from None
    for clause, item in zip(clauses, items, strict=False):
        _check_argument(clause, item, type_of)
    if len(items) > len(clauses):
        raise Rejected(
            "check",
            "too many arguments supplied to string.format "
            f"(expected {len(clauses)}, got {len(items)})",
            call.position,
        )


def _check_argument(clause: Clause, item: Expr, type_of: Callable[[Expr], CelType]) -> None:
    for part in _parts(item) if clause.verb == "s" else (item,):
        kind = type_of(part).name
        if kind != "dyn" and kind not in ACCEPTS[clause.verb]:
            raise Rejected("check", refusal(clause.verb, kind), part.position)


def _parts(item: Expr) -> Iterator[Expr]:
    """The literal and everything in it, outermost first."""
    pending = [item]
    while pending:
        part = pending.pop()
        yield part
        if isinstance(part, ListLiteral):
            pending.extend(reversed(part.items))
        elif isinstance(part, MapLiteral):
            pending.extend(reversed([*part.keys, *part.values]))
