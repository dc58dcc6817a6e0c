"""A graph of components as trees for the terminal: a project each, and one of the pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from rich.tree import Tree

from openchoreo.cli.showing import console
from openchoreo.delivery import Pipeline
from openchoreo.plan import Edge, Graph, Node, Unmet, Way


def shown(graph: Graph) -> Iterator[Tree | str]:
    arrow = " -> " if console().options.ascii_only else " → "
    if graph.ways:
        yield _pipelines(graph.ways, arrow)
    projects = dict.fromkeys((one.namespace, one.project) for one in graph.nodes)
    for namespace, project in sorted(projects):
        yield ""
        tree = Tree(Text(f"Project {namespace}/{project}", "bold"))
        for node in graph.nodes:
            if (node.namespace, node.project) == (namespace, project):
                _add(tree, node, graph)
        yield tree


def _pipelines(ways: tuple[Way, ...], arrow: str) -> Tree:
    tree = Tree(Text("Pipelines", "bold"))
    for way in ways:
        pipeline = way.pipeline
        projects = f"  ({', '.join(way.projects)})" if way.projects else ""
        name = f"{pipeline.namespace}/{pipeline.name}"
        line = _line(pipeline)
        if line:
            tree.add(Text(f"{name}: {arrow.join(line)}{projects}"))
            continue
        branch = tree.add(Text(f"{name}{projects}"))
        for environment in pipeline.environments:
            before = ", ".join(pipeline.upstreams(environment))
            branch.add(Text(f"{environment}  after {before}" if before else environment))
    return tree


def _line(pipeline: Pipeline) -> tuple[str, ...]:
    """The environments one after the other, where no way branches; else nothing."""
    straight = all(
        len(pipeline.upstreams(one)) <= 1 and len(pipeline.downstreams(one)) <= 1
        for one in pipeline.environments
    )
    found = [pipeline.root]
    while straight and (following := pipeline.downstreams(found[-1])):
        found += following
    return tuple(found) if straight and len(found) == len(pipeline.environments) else ()


def _add(tree: Tree, node: Node, graph: Graph) -> None:
    name = Text(f"Resource {node.name}" if node.is_resource else node.name, "cyan")
    branch = tree.add(name.append(f"  {node.type}", "dim"))
    if node.undeployed:
        branch.add(Text(f"undeployed in {', '.join(node.undeployed)}", "yellow"))
    if not node.looked_at and graph.environments:
        branch.add(Text("has problems: openchoreo validate", "red"))
    for one in node.endpoints:
        seen = ", ".join(dict.fromkeys(("project", *one.visibility)))
        branch.add(Text(f"offers {one.name}: {one.type} {one.port}, to {seen}"))
    for edge, unmet in graph.edges.items():
        if edge.source == (node.namespace, node.name) and not node.is_resource:
            branch.add(_need(edge, unmet, node))


def _need(edge: Edge, unmet: tuple[Unmet, ...], node: Node) -> Text:
    if edge.endpoint:
        project = "" if edge.project == node.project else f"{edge.project}/"
        what = f"needs {edge.endpoint} of {project}{edge.target[1]} ({edge.visibility})"
    else:
        what = f"needs Resource {edge.target[1]}"
    text = Text(what)
    for one in unmet:
        where = f" in {', '.join(one.environments)}" if one.environments else ""
        hint = f" ({' '.join(one.hint.split())})" if one.hint else ""
        text.append(f"; NOT MET{where}: {one.reason}{hint}", "red")
    return text
