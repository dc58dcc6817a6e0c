"""Schemas of parameters and environment configs: OpenAPI v3 as Kubernetes understands it.

    schema = compile_schema(section)
    values = schema.apply_defaults(given)
    problems = schema.validate(values)

The validator is our own: Kubernetes has a dialect (`nullable`, `x-kubernetes-*`, its own
formats and messages, integers limited to 2^53), and this runs at every rendering.
"""

from openchoreo.rendering.schema.compiled import Schema, check_schema, compile_schema

__all__ = ["Schema", "check_schema", "compile_schema"]
