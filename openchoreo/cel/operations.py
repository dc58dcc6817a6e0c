"""Compiled operators."""

from __future__ import annotations

from collections.abc import Callable

from openchoreo.cel.equality import contains, equal
from openchoreo.cel.errors import Failure
from openchoreo.cel.limits import TEXT_PER_STEP, Meter
from openchoreo.cel.operators import BINARY, add, negate, no_overload
from openchoreo.cel.scope import Run, Scope, placed
from openchoreo.cel.values import DICT, LIST, Value, is_list

MeterOf = Callable[[Scope], Meter]


def binary(operator: str, left: Run, right: Run, position: int) -> Run:
    """Arithmetic and order."""
    apply = BINARY[operator]

    def run(scope: Scope) -> Value:
        a = left(scope)
        b = right(scope)
        try:
            return apply(a, b)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


def total(terms: tuple[Run, ...], positions: tuple[int, ...], meter_of: MeterOf) -> Run:
    """`a + b + c`, in one go where all are texts."""
    if len(terms) == 2:  # noqa: PLR2004 (the shortest chain)
        return _pair(*terms, positions[0], meter_of)

    def run(scope: Scope) -> Value:
        values = [term(scope) for term in terms]
        try:
            text = "".join(values)
        except TypeError:
            return _fold(values, positions, meter_of(scope))
        if len(text) >= TEXT_PER_STEP:
            meter_of(scope).string(len(text))
        return text

    return run


def _pair(left: Run, right: Run, position: int, meter_of: MeterOf) -> Run:
    def run(scope: Scope) -> Value:
        a = left(scope)
        b = right(scope)
        if type(a) is str and type(b) is str:
            if len(a) + len(b) >= TEXT_PER_STEP:
                meter_of(scope).string(len(a) + len(b))
            return a + b
        if type(a) is float and type(b) is float:
            return a + b
        return _fold([a, b], (position,), meter_of(scope))

    return run


def _fold(values: list[Value], positions: tuple[int, ...], meter: Meter) -> Value:
    sum_ = values[0]
    for value, position in zip(values[1:], positions, strict=True):
        try:
            _allow(sum_, value, meter)
            sum_ = add(sum_, value)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)
    return sum_


def _allow(a: Value, b: Value, meter: Meter) -> None:
    if isinstance(a, (str, bytes)) and isinstance(b, (str, bytes)):
        meter.string(len(a) + len(b))
    elif is_list(a) and is_list(b):
        meter.list(len(a) + len(b))


def equality(left: Run, right: Run, meter_of: MeterOf, *, negated: bool) -> Run:
    def run(scope: Scope) -> Value:
        a = left(scope)
        b = right(scope)
        if type(a) is str and type(b) is str:
            return (a == b) is not negated
        return equal(a, b, lambda: meter_of(scope)) is not negated

    return run


def equality_with_text(operand: Run, text: str, *, negated: bool) -> Run:
    """`operand == 'text'`: only a string can be equal to a string."""

    def run(scope: Scope) -> Value:
        a = operand(scope)
        return (a == text if type(a) is str else isinstance(a, str) and a == text) is not negated

    return run


def membership(element: Run, container: Run, meter_of: MeterOf, position: int) -> Run:
    def run(scope: Scope) -> Value:
        a = element(scope)
        b = container(scope)
        if type(a) is str and (type(b) is DICT or type(b) is LIST):
            return a in b
        try:
            return contains(b, a, lambda: meter_of(scope))
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


def minus(operand: Run, position: int) -> Run:
    def run(scope: Scope) -> Value:
        value = operand(scope)
        try:
            return negate(value)
        except Failure as failure:
            raise placed(failure, position)  # noqa: B904 (the same one)

    return run


def negation(operand: Run, position: int) -> Run:
    def run(scope: Scope) -> Value:
        value = operand(scope)
        if value is True:
            return False
        if value is False:
            return True
        raise placed(no_overload("!", value), position)

    return run


def logical(terms: tuple[Run, ...], *, decisive: bool, position: int) -> Run:
    """`&&` (decided by false) and `||` (decided by true).

    A failure counts only if no term decides, whichever comes first (CEL specification,
    "Logical Operators").
    """
    operator = "||" if decisive else "&&"
    other = not decisive

    def run(scope: Scope) -> Value:
        first: Failure | None = None
        for term in terms:
            try:
                value = term(scope)
            except Failure as failure:
                first = first or failure
                continue
            if value is decisive:
                return decisive
            if value is not other and first is None:
                first = placed(no_overload(operator, value), position)
        if first is not None:
            raise first
        return other

    return run


def conditional(condition: Run, then: Run, otherwise: Run, position: int) -> Run:
    def run(scope: Scope) -> Value:
        value = condition(scope)
        if value is True:
            return then(scope)
        if value is False:
            return otherwise(scope)
        raise placed(no_overload("?:", value), position)

    return run
