"""What a run would change, why, and how risky that is: a plan against what is deployed. Pure.

fields     what differs in two manifests, with list items found by their names
changes    plan against state, object by object
causes     why a field changes
pins       stack config as a promotion would leave it
running    what is to run, beside what is recorded of it
predicting all of it together
risks      what somebody should look at before it happens
impact     what other definitions make something else of
"""

from openchoreo.forecast.changes import Field, ObjectChange, Op
from openchoreo.forecast.fields import (
    MISSING,
    Difference,
    Missing,
    Value,
    differences,
    shown_path,
)
from openchoreo.forecast.pins import Wanted, with_wanted
from openchoreo.forecast.predicting import Forecast, predict
from openchoreo.forecast.risks import Risk, risks_of
from openchoreo.forecast.running import Running, running_in

__all__ = [
    "MISSING",
    "Difference",
    "Field",
    "Forecast",
    "Missing",
    "ObjectChange",
    "Op",
    "Risk",
    "Running",
    "Value",
    "Wanted",
    "differences",
    "predict",
    "risks_of",
    "running_in",
    "shown_path",
    "with_wanted",
]
