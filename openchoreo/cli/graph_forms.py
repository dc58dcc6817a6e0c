"""A graph of components for other programs: JSON, and a flowchart of Mermaid."""

from __future__ import annotations

from collections.abc import Iterator

from openchoreo.document import Document, Object
from openchoreo.plan import Edge, Graph, Node, Unmet


def as_document(graph: Graph) -> Object:
    """The stable JSON form; fields are only ever added."""
    projects = {
        (one.namespace, one.name): one.project for one in graph.nodes if not one.is_resource
    }
    return {
        "pipelines": [
            {
                "namespace": way.pipeline.namespace,
                "name": way.pipeline.name,
                "projects": [*way.projects],
                "environments": [
                    {"name": name, "after": [*way.pipeline.upstreams(name)]}
                    for name in way.pipeline.environments
                ],
            }
            for way in graph.ways
        ],
        "environments": [*graph.environments],
        "components": [_component(one) for one in graph.nodes if not one.is_resource],
        "resources": [_named(one) for one in graph.nodes if one.is_resource],
        "dependencies": [
            _dependency(edge, unmet, projects[edge.source]) for edge, unmet in graph.edges.items()
        ],
    }


def _named(node: Node) -> dict[str, Document]:
    return {
        "namespace": node.namespace,
        "project": node.project,
        "name": node.name,
        "type": node.type,
    }


def _component(node: Node) -> dict[str, Document]:
    return {
        **_named(node),
        "endpoints": [
            {
                "name": one.name,
                "type": one.type,
                "port": one.port,
                "visibility": [*one.visibility],
            }
            for one in node.endpoints
        ],
        "undeployed": [*node.undeployed],
        "rendered": node.looked_at,
    }


def _dependency(edge: Edge, unmet: tuple[Unmet, ...], project: str) -> dict[str, Document]:
    needed: dict[str, Document] = (
        {"component": edge.target[1], "endpoint": edge.endpoint, "visibility": edge.visibility}
        if edge.endpoint
        else {"resource": edge.target[1]}
    )
    return {
        "namespace": edge.source[0],
        "from": {"project": project, "component": edge.source[1]},
        "to": {"project": edge.project, **needed},
        "unmet": [
            {"reason": one.reason, "hint": one.hint, "environments": [*one.environments]}
            for one in unmet
        ],
    }


def as_mermaid(graph: Graph) -> str:
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    ids = {(one.is_resource, one.namespace, one.name): f"n{i}" for i, one in enumerate(graph.nodes)}
    projects = dict.fromkeys((one.namespace, one.project) for one in graph.nodes)
    for number, (namespace, project) in enumerate(sorted(projects)):
        yield f"  subgraph p{number}[{_quoted(f'{namespace}/{project}')}]"
        for node in graph.nodes:
            if (node.namespace, node.project) == (namespace, project):
                yield f"    {ids[node.is_resource, node.namespace, node.name]}{_shape(node)}"
        yield "  end"
    for edge, unmet in graph.edges.items():
        key = (not edge.endpoint, *edge.target)
        if key not in ids:
            ids[key] = f"n{len(ids)}"
            yield f"  {ids[key]}[{_quoted(f'{edge.project}/{edge.target[1]}')}]:::elsewhere"
        yield f"  {ids[False, *edge.source]} {_arrow(edge, unmet)} {ids[key]}"
    for number, way in enumerate(graph.ways):
        pipeline = way.pipeline
        yield f"  subgraph w{number}[{_quoted(f'{pipeline.namespace}/{pipeline.name}')}]"
        places = {name: f"w{number}e{i}" for i, name in enumerate(pipeline.environments)}
        for name, place in places.items():
            yield f"    {place}([{_quoted(name)}])"
            for before in pipeline.upstreams(name):
                yield f"    {places[before]} --> {place}"
        yield "  end"
    yield "  classDef elsewhere stroke-dasharray: 4"


def _shape(node: Node) -> str:
    label = _quoted(f"{node.name}<br/>{node.type}")
    return f"[({label})]" if node.is_resource else f"[{label}]"


def _arrow(edge: Edge, unmet: tuple[Unmet, ...]) -> str:
    label = f"{edge.endpoint} ({edge.visibility})" if edge.endpoint else "outputs"
    if not unmet:
        return f"-->|{_quoted(label)}|"
    reasons = "<br/>".join(
        f"not met{f' in {chr(44).join(one.environments)}' if one.environments else ''}: {one.reason}"
        for one in unmet
    )
    return f"-.->|{_quoted(f'{label}<br/>{reasons}')}|"


def _quoted(text: str) -> str:
    """As Mermaid takes any text."""
    return '"' + text.replace("&", "#amp;").replace('"', "#quot;") + '"'
