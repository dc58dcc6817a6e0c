"""A dialect of CEL, and the programs it makes."""

from __future__ import annotations

from collections.abc import Mapping

from openchoreo.cel.checker import check
from openchoreo.cel.compiler import Compiler
from openchoreo.cel.errors import CelError, Exhausted, Failure, Rejected, place
from openchoreo.cel.functions import Function, FunctionTable
from openchoreo.cel.library import STANDARD_FUNCTIONS
from openchoreo.cel.limits import Limits, Meter
from openchoreo.cel.macros import STANDARD as STANDARD_MACROS
from openchoreo.cel.macros import Macro
from openchoreo.cel.parser import parse
from openchoreo.cel.resolution import Cache
from openchoreo.cel.scope import METER, Run
from openchoreo.cel.stack import on_new_stack, on_own_stack
from openchoreo.cel.values import Value


class Program:
    """A compiled expression. Immutable; any number of threads may evaluate it at once."""

    __slots__ = ("_limits", "_metered", "_run", "source", "variables")

    def __init__(
        self, source: str, variables: frozenset[str], run: Run, limits: Limits, *, metered: bool
    ) -> None:
        self.source = source
        self.variables = variables
        self._run = run
        self._limits = limits
        self._metered = metered

    def meter(self) -> Meter | None:
        """What one evaluation may take; None where the expression cannot take much."""
        return Meter(self._limits) if self._metered else None

    def evaluate(self, bindings: Mapping[str, Value], meter: Meter | None = None) -> Value:
        """The value. `bindings` are read as they are; raises CelError(stage="evaluate").

        A caller that wants to know what was spent gives the `meter`.
        """
        if self._metered:
            bindings = {**bindings, METER: meter or Meter(self._limits)}
        try:
            return self._run(bindings)
        except Failure as failure:
            line, column = place(self.source, failure.position)
            raise CelError("evaluate", failure.message, self.source, line, column) from failure
        except Exhausted as exhausted:
            raise CelError("evaluate", exhausted.message, self.source) from None
        except RecursionError:
            return self._deep(bindings)

    def _deep(self, bindings: Mapping[str, Value]) -> Value:
        """The same on a new stack, for a caller that has used up most of its own."""
        if on_own_stack():
            raise self._too_deep() from None
        return on_new_stack(lambda: self.evaluate(bindings))

    def _too_deep(self) -> CelError:
        return CelError(
            "evaluate", "the expression or its input nests too deeply; make it flatter", self.source
        )

    def __repr__(self) -> str:
        return f"Program({self.source!r})"


class Dialect:
    """The standard language with the caller's functions and macros. Immutable."""

    __slots__ = ("_cache", "_functions", "_macros", "limits", "macros")

    def __init__(
        self,
        *,
        functions: tuple[Function, ...] = (),
        macros: tuple[Macro, ...] = (),
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._functions = FunctionTable((*STANDARD_FUNCTIONS, *functions))
        self.macros = (*STANDARD_MACROS, *macros)
        self._macros = {macro.key: macro for macro in self.macros}
        self._cache: Cache = {}

    @property
    def functions(self) -> tuple[Function, ...]:
        """All rows, the standard ones first."""
        return self._functions.rows

    def compile(self, source: str, variables: frozenset[str]) -> Program:
        """Raises CelError(stage="parse" or "check")."""
        try:
            return self._compile(source, variables)
        except Rejected as rejected:
            line, column = place(source, rejected.position)
            raise CelError(rejected.stage, rejected.message, source, line, column) from None
        except RecursionError:
            if on_own_stack():
                raise CelError(
                    "parse", "the expression nests too deeply; make it flatter", source
                ) from None
            return on_new_stack(lambda: self.compile(source, variables))

    def _compile(self, source: str, variables: frozenset[str]) -> Program:
        tree = parse(source, self._macros, self.limits)
        check(tree, variables, self._functions, self._cache)
        compiler = Compiler(variables, self._functions, self.limits)
        run = compiler.compile(tree)
        return Program(source, variables, run, self.limits, metered=compiler.meters)
