"""Definition files of any layout -> one immutable Catalog of resources."""

from openchoreo.catalog.broken import Broken
from openchoreo.catalog.classify import WORKLOAD_DESCRIPTOR
from openchoreo.catalog.index import Catalog, Source
from openchoreo.catalog.load import DEFAULT_NAMESPACE, Survey, load, survey
from openchoreo.catalog.single import line_of, read_yaml, where_in

__all__ = [
    "DEFAULT_NAMESPACE",
    "WORKLOAD_DESCRIPTOR",
    "Broken",
    "Catalog",
    "Source",
    "Survey",
    "line_of",
    "load",
    "read_yaml",
    "survey",
    "where_in",
]
