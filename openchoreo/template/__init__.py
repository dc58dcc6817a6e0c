"""The template language of OpenChoreo: documents with `${...}` in them.

    template = compile_template({"replicas": "${parameters.replicas}"},
                                variables=frozenset({"parameters"}))
    template.render({"parameters": {"replicas": 2.0}})    # {"replicas": 2.0}

One expression alone keeps the type of its value; inside other text it is written out.
"""

from openchoreo.cel import Dialect
from openchoreo.template.compile import Template, compile_template
from openchoreo.template.errors import TemplateError, TemplateProblem
from openchoreo.template.functions import COMPONENT, PLAIN, dialect
from openchoreo.template.values import MOST_STEPS, MOST_WRITTEN, OMIT, Omit, Room

__all__ = [
    "COMPONENT",
    "MOST_STEPS",
    "MOST_WRITTEN",
    "OMIT",
    "PLAIN",
    "Dialect",
    "Omit",
    "Room",
    "Template",
    "TemplateError",
    "TemplateProblem",
    "compile_template",
    "dialect",
]
