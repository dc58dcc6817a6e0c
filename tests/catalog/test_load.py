"""What is taken from files, what is passed over, and what is refused."""

from __future__ import annotations

import textwrap

import pytest

from openchoreo.catalog import load, survey
from openchoreo.errors import OpenChoreoError, describe

DEV = "kind: Environment\nmetadata: {name: dev}\n"
HEADER = "apiVersion: openchoreo.dev/v1alpha1\n"


def lines(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


def test_a_resource_without_a_namespace_is_in_the_default_one(surveyed):
    catalog = surveyed(a=DEV, b="kind: Environment\nmetadata: {name: qa, namespace: acme}").catalog
    assert list(catalog.resources) == [
        ("Environment", "acme", "qa"),
        ("Environment", "default", "dev"),
    ]
    assert catalog.namespaces == ("acme", "default")


def test_a_namespace_of_a_cluster_scoped_kind_is_ignored_with_a_warning(surveyed):
    found = surveyed(a="kind: ClusterTrait\nmetadata: {name: t, namespace: acme}\nspec: {}")
    assert list(found.catalog.resources) == [("ClusterTrait", "", "t")]
    assert describe(found.catalog.warnings) == lines("""
        ClusterTrait t: metadata.namespace
          is ignored: a ClusterTrait belongs to no namespace
          remove it
          a.yaml:3
        """)


def test_everything_below_a_path_is_read_except_what_tools_put_there(surveyed):
    found = surveyed(
        a=DEV,
        deep__er__b="kind: Environment\nmetadata: {name: b}",
        **{
            "c.yml": "kind: Environment\nmetadata: {name: c}",
            "notes.txt": "no: yaml: at: all",
            ".hidden.yaml": "no: yaml: at: all",
            ".git/x.yaml": "no: yaml: at: all",
            "node_modules/x.yaml": "no: yaml: at: all",
            "deep/build/x.yaml": "no: yaml: at: all",
        },
    )
    assert found.problems == ()
    assert found.catalog.names("Environment", "default") == ("b", "c", "dev")


def test_a_given_path_may_have_any_name(here, write):
    write(**{"build/.config/a.yaml": DEV})
    assert survey([here / "build" / ".config"]).catalog.names("Environment", "default") == ("dev",)


def test_a_file_is_read_once_however_often_it_is_reached(here, write):
    write(sub__a=DEV)
    (here / "sub" / "again").symlink_to(here)
    (here / "link.yaml").symlink_to(here / "sub" / "a.yaml")
    found = survey([here, here / "sub", here / "sub" / "a.yaml"])
    assert (found.problems, found.catalog.warnings) == ((), ())
    assert len(found.catalog.resources) == 1


def test_several_documents_and_a_list_of_kubernetes(surveyed):
    found = surveyed(
        a=f"""
        apiVersion: v1
        kind: List
        items:
          - apiVersion: openchoreo.dev/v1alpha1
            kind: Environment
            metadata: {{name: one}}
          - apiVersion: openchoreo.dev/v1alpha1
            kind: Environment
            metadata: {{name: two}}
            spec: {{isProducton: true}}
        ---
        {HEADER.strip()}
        kind: Environment
        metadata: {{name: three}}
        """
    )
    assert found.catalog.names("Environment", "default") == ("one", "three")
    assert describe(found.problems) == lines("""
        Environment default/two: spec.isProducton
          unknown key
          did you mean isProduction?
          a.yaml:10
        """)


def test_what_is_not_deployed_is_counted(surveyed):
    found = surveyed(
        a="kind: WorkflowRun\nmetadata: {name: x}\nspec: {anything: 1}",
        b="apiVersion: v1\nkind: Secret\nmetadata: {name: x}",
        c="apiVersion: v1\nkind: Secret\nmetadata: {name: y}\nx: 1\nx: 2",
        d="image: {tag: 1}",
        e=f"{HEADER}metadata: {{name: w}}\nendpoints: []",
        f="kind: ClusterSecretReference\nmetadata: {name: x}",
        g="apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {}",
        h="# somebody's\nkind: [1]",
    )
    assert found.problems == ()
    assert dict(found.catalog.skipped) == {
        "ClusterSecretReference": 1,
        "WorkflowRun": 1,
        "backstage.io/v1alpha1 Component": 1,
        "not a resource": 2,
        "v1 Secret": 2,
        "workload descriptor": 1,
    }


MISUNDERSTOOD = {
    "misspelt kind": (
        "kind: Enviroment\nmetadata: {name: dev}",
        """
        Enviroment dev: kind
          there is no kind Enviroment
          did you mean Environment?
          a.yaml:2
        """,
    ),
    "kind of an older API": (
        "kind: ServiceClass\nmetadata: {name: x}",
        """
        ServiceClass x: kind
          ServiceClass is a kind of an older OpenChoreo
          write a ComponentType
          a.yaml:2
        """,
    ),
    "version of another API": (
        "apiVersion: openchoreo.dev/v1\nkind: Project\nmetadata: {name: x}",
        """
        Project x: apiVersion
          is of the API version openchoreo.dev/v1; this program knows openchoreo.dev/v1alpha1
          write apiVersion: openchoreo.dev/v1alpha1 and what that version asks for
          a.yaml:1
        """,
    ),
    "group of an older API": (
        "apiVersion: core.choreo.dev/v1\nkind: DeploymentTrack\nmetadata: {name: x}",
        """
        DeploymentTrack x: apiVersion
          is of the API version core.choreo.dev/v1; this program knows openchoreo.dev/v1alpha1
          DeploymentTrack: a Component needs no track; its ReleaseBindings say what runs where
          a.yaml:1
        """,
    ),
    "apiVersion that is missing": (
        "# comment\nkind: Project\nmetadata: {name: x}\nspec: {}",
        """
        Project x: apiVersion
          is required, but missing
          write apiVersion: openchoreo.dev/v1alpha1
          a.yaml:2
        """,
    ),
    "misspelt apiVersion": (
        "apiVersion: openchore.dev/v1alpha1\nkind: Project\nmetadata: {name: x}\nspec: {}",
        """
        Project x: apiVersion
          there is no API version openchore.dev/v1alpha1
          write apiVersion: openchoreo.dev/v1alpha1
          a.yaml:1
        """,
    ),
    "no kind": (
        HEADER + "metadata: {name: x}\nspec: {}",
        """
        x: kind
          is required, but missing
          add kind, for example kind: Component
          a.yaml:1
        """,
    ),
    "kind that is no text": (
        HEADER + "kind: 1\nmetadata: {name: x}",
        """
        x: kind
          must be a string
          a.yaml:2
        """,
    ),
    "metadata that is none": (
        "kind: Project\nmetadata: shop",
        """
        2 problems

        Project: spec
          is required, but missing
          a.yaml:1

        Project: metadata
          must be a mapping, not the string "shop"
          a.yaml:3
        """,
    ),
    "key twice": (
        (
            "kind: Environment\nmetadata: {name: dev}\nspec:\n  isProduction: true\n"
            "  isProduction: false"
        ),
        """
        Environment default/dev
          the key isProduction is given twice in one mapping
          a.yaml:6
        """,
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISUNDERSTOOD.values(), ids=MISUNDERSTOOD.keys())
def test_what_looks_like_a_definition_but_is_none_is_refused(problems, text, expected):
    assert problems(a=text) == lines(expected)


def test_the_same_resource_in_the_same_words_is_accepted_with_a_note(surveyed):
    found = surveyed(a=DEV, b="kind: Environment\nspec: {}\nmetadata: {name: dev}")
    assert found.problems == ()
    assert describe(found.catalog.warnings) == lines("""
        Environment default/dev
          is defined in the same words at a.yaml:1
          keep one of them
          b.yaml:1
        """)


def test_a_resource_that_is_defined_in_two_ways_is_refused(problems):
    text = problems(a=DEV, b="kind: Environment\nspec: {isProduction: true}\nmetadata: {name: dev}")
    assert text == lines("""
        Environment default/dev
          is defined differently at a.yaml:1
          keep one of them
          b.yaml:1
        """)


def test_all_problems_of_all_files_are_reported_together(write):
    root = write(
        a="kind: Environment\nmetadata: {name: dev}\nspec: {isProd: true}",
        b="a: b: c",
        c="kind: Project\nmetadata: {name: shop}",
        d=DEV.replace("dev", "qa"),
    )
    with pytest.raises(OpenChoreoError) as raised:
        load([root])
    assert [(p.resource, p.file, p.line) for p in raised.value.problems] == [
        ("Environment default/dev", "a.yaml", 4),
        ("b.yaml", "b.yaml", 1),
        ("Project default/shop", "c.yaml", 1),
    ]
    assert survey([root]).catalog.names("Environment", "default") == ("qa",)


WORKLOAD = """
kind: Workload
metadata: {name: cart}
spec:
  owner: {projectName: shop, componentName: cart}
  container:
    image: cart
    replica: 1
    env:
      - {key: A, value: "1"}
      - {key: A, value: "2"}
"""


def test_what_strict_reading_refuses_becomes_a_warning_where_it_is_relaxed(write):
    root = write(a=WORKLOAD.lstrip())
    unknown = lines("""
        Workload default/cart: spec.container.replica
          unknown key
          known: args, command, env, files, image
          a.yaml:8
        """)
    repeated = lines("""
        Workload default/cart: spec.container.env[1].key
          A is given by env[0] already
          keep one of them
          a.yaml:11
        """)
    assert describe(survey([root]).problems) == unknown
    one = survey([root], relaxed=frozenset({10}))
    assert describe(one.problems) == repeated
    assert describe(one.catalog.warnings[:1]) == unknown
    both = survey([root], relaxed=frozenset({10, 26}))
    assert both.problems == ()
    assert describe(both.catalog.warnings[1:2]) == repeated
    assert load([root], relaxed=frozenset({10, 26})).get("Workload", "default", "cart")


@pytest.mark.parametrize(
    ("kind", "spec", "path"),
    [
        (
            "ReleaseBinding",
            (
                "{owner: {projectName: p, componentName: c}, environment: e,"
                " workloadOverrides: {container: {files: [{key: f, mountPath: /},"
                " {key: f, mountPath: /x}]}}}"
            ),
            "spec.workloadOverrides.container.files[1].key",
        ),
        (
            "ComponentRelease",
            (
                "{owner: {projectName: p, componentName: c}, componentType: {kind: ComponentType,"
                " name: t, spec: {workloadType: proxy, resources: [{id: a, template: {}}]}},"
                " workload: {container: {image: i, env: [{key: f}, {key: f}]}}}"
            ),
            "spec.workload.container.env[1].key",
        ),
    ],
)
def test_keys_given_twice_are_found_wherever_a_container_is(problems, kind, spec, path):
    assert f"{path}\n  f is given by" in problems(
        a=f"kind: {kind}\nmetadata: {{name: x}}\nspec: {spec}"
    )


def test_resources_of_nobody_are_pointed_out(surveyed):
    found = surveyed(
        component="""
        kind: Component
        metadata: {name: cart}
        spec:
          owner: {projectName: shop}
          componentType: {name: deployment/service}
        """,
        dev=DEV,
        one="""
        kind: ReleaseBinding
        metadata: {name: one}
        spec: {owner: {projectName: shop, componentName: card}, environment: dev}
        """,
        two="""
        kind: ReleaseBinding
        metadata: {name: two}
        spec: {owner: {projectName: shopp, componentName: cart}, environment: developmnt}
        """,
        zoo="""
        kind: ProjectReleaseBinding
        metadata: {name: zoo}
        spec: {owner: {projectName: zoo}, environment: dev}
        """,
    )
    assert found.problems == ()
    assert describe(found.catalog.warnings) == lines("""
        4 problems

        ReleaseBinding default/one: spec.owner.componentName
          there is no Component card in project shop
          did you mean cart?
          one.yaml:4

        ReleaseBinding default/two: spec.owner.componentName
          there is no Component cart in project shopp
          the Component cart belongs to project shop
          two.yaml:4

        ReleaseBinding default/two: spec.environment
          there is no Environment developmnt in namespace default
          known: dev
          two.yaml:4

        ProjectReleaseBinding default/zoo: spec.owner.projectName
          there is no Project zoo
          zoo.yaml:4
        """)


def test_a_broken_type_is_refused_with_the_line_of_its_template(problems):
    text = problems(
        a="""
        kind: ComponentType
        metadata: {name: service}
        spec:
          workloadType: deployment
          resources:
            - id: deployment
              template:
                apiVersion: apps/v1
                kind: Service
                metadata: {name: x}
        """
    )
    assert text == lines("""
        ComponentType default/service: spec.resources
          no template is of the kind deployment, which workloadType: deployment asks for
          a.yaml:6
        """)
