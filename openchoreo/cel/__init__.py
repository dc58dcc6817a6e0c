"""The Common Expression Language: a leaf that knows nothing of the program around it.

    dialect = Dialect(functions=(...), macros=(...), limits=Limits())
    program = dialect.compile("m.a + 1", frozenset({"m"}))  # CelError(stage "parse" or "check")
    value = program.evaluate({"m": {"a": 1}})               # CelError(stage "evaluate")

Dialects and programs are immutable and may be shared between threads. Bindings are read as they
are: int, float, bool, str, bytes, None, list or tuple, dict, `Uint`, `Optional_`, `Timestamp`,
`Duration`, `CelType`, and the caller's own subclasses of `Opaque`. Results are of the same kinds.
Exactly the variables named at compilation are declared, each of any type.

A `Function` is a row of the table: name, parameter kinds, result kind, implementation. It raises
`Failure(message)` for an error of its own. A `Macro` rewrites a call while it is parsed, with
the nodes that its `Factory` makes.
"""

from openchoreo.cel.dialect import Dialect, Program
from openchoreo.cel.errors import CelError, Failure
from openchoreo.cel.functions import Function
from openchoreo.cel.instants import Duration, Timestamp
from openchoreo.cel.kinds import CelType
from openchoreo.cel.limits import Limits, Meter
from openchoreo.cel.macros import Factory, Macro, is_ident
from openchoreo.cel.syntax import Expr
from openchoreo.cel.values import NONE, Opaque, Optional_, Uint, Value, kind_of

__all__ = [
    "NONE",
    "CelError",
    "CelType",
    "Dialect",
    "Duration",
    "Expr",
    "Factory",
    "Failure",
    "Function",
    "Limits",
    "Macro",
    "Meter",
    "Opaque",
    "Optional_",
    "Program",
    "Timestamp",
    "Uint",
    "Value",
    "is_ident",
    "kind_of",
]
