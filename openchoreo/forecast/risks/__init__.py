"""What somebody should look at before a run happens.

objects    what is seen in one object that changes
releases   what is seen in two releases
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openchoreo.errors import Stage, format_path
from openchoreo.forecast.predicting import Forecast
from openchoreo.forecast.risks.objects import of_object
from openchoreo.forecast.risks.releases import of_releases
from openchoreo.forecast.risks.risk import Risk

__all__ = ["Risk", "risks_of"]


def risks_of(forecast: Forecast, owners: Iterable[str]) -> tuple[Risk, ...]:
    """Those of some owners, each once."""
    chosen = tuple(dict.fromkeys(owners))
    found = [risk for change in forecast.of(chosen) for risk in of_object(change)]
    found += of_releases(forecast, chosen)
    found += _missing(forecast, chosen)
    return tuple(dict.fromkeys(found))


def _missing(forecast: Forecast, owners: tuple[str, ...]) -> Iterator[Risk]:
    """Dependencies that are not there; a refusal names the Workload, which is called as its owner."""
    for problem in forecast.refusals:
        if problem.stage is Stage.DEPENDENCIES:
            where = problem.resource.rpartition(" ")[2]
            owner = next((one for one in owners if one == where), owners[0] if owners else "")
            said = problem.message.replace("\n", " ")
            path = format_path(problem.path)
            yield Risk("dependency-missing", owner, problem.resource, f"{path}: {said}")
