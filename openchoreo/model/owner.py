"""Who a resource belongs to. In OpenChoreo the owner is named, never derived from its place."""

from openchoreo.model.base import Model
from openchoreo.model.text import Text


class ProjectOwner(Model):
    project_name: Text


class ComponentOwner(Model):
    project_name: Text
    component_name: Text


class ResourceOwner(Model):
    project_name: Text
    resource_name: Text
