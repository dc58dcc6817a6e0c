"""The standard functions, one row per overload."""

from openchoreo.cel.library import (
    conversions,
    encoders,
    lists,
    math,
    optionals,
    sets,
    standard,
    strings,
    times,
)

LIBRARIES = {
    "Standard": standard.FUNCTIONS,
    "Conversions": conversions.FUNCTIONS,
    "Timestamps and durations": times.FUNCTIONS,
    "Strings": strings.FUNCTIONS,
    "Encoders": encoders.FUNCTIONS,
    "Math": math.FUNCTIONS,
    "Lists": lists.FUNCTIONS,
    "Sets": sets.FUNCTIONS,
    "Optionals": optionals.FUNCTIONS,
}

STANDARD_FUNCTIONS = tuple(row for rows in LIBRARIES.values() for row in rows)
