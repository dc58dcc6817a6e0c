"""The tables of docs/cel.md, from the tables of the language: `python -m tests.cel.reference`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from openchoreo.cel.functions import Function
from openchoreo.cel.library import LIBRARIES
from openchoreo.cel.macros import STANDARD, Macro

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "cel.md"
BEGIN = "<!-- generated from the table of functions: begin -->\n"
END = "<!-- generated from the table of functions: end -->\n"


def signature(row: Function) -> str:
    first, *others = row.parameters or ("",)
    if row.member:
        return f"{first}.{row.name}({', '.join(others)}) -> {row.result}"
    return f"{row.name}({', '.join(row.parameters)}) -> {row.result}"


def row_of(names: list[str], summary: str, examples: list[tuple[str, str]]) -> str:
    cells = (
        "<br>".join(f"`{name}`" for name in names),
        summary,
        "<br>".join(f"`{expression}` is `{value}`" for expression, value in examples),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def functions() -> Iterator[str]:
    for title, rows in LIBRARIES.items():
        yield f"\n### {title}\n\n| function | what it gives | examples |\n|---|---|---|\n"
        for _, group in groupby(rows, key=lambda row: row.name):
            same = [row for row in group if "@" not in row.name]
            if same:
                yield row_of(
                    [signature(row) for row in same],
                    " ".join(row.summary for row in same if row.summary),
                    [example for row in same for example in row.examples],
                )


def macro_name(macro: Macro) -> str:
    if macro.name in {"greatest", "least"}:
        return f"math.{macro.name}(...)"
    if not macro.member:
        return f"{macro.name}(a.field)"
    variables = {"optMap": 1, "optFlatMap": 1, "sortBy": 1}.get(macro.name)
    count = macro.arity or 0
    if macro.name.startswith("transform") or (
        variables is None and count > 2 and macro.name != "map"
    ):
        parts = ["k", "v", "condition", "body"] if count == 4 else ["k", "v", "body"]
    else:
        parts = ["x", "condition", "body"] if count == 3 else ["x", "body"]
    return f"a.{macro.name}({', '.join(parts)})"


def macros() -> Iterator[str]:
    yield "\n### Macros\n\n| macro | what it gives | examples |\n|---|---|---|\n"
    for key, group in groupby(STANDARD, key=lambda macro: macro.expand):
        del key
        same = list(group)
        yield row_of(
            [macro_name(macro) for macro in same],
            " ".join(macro.summary for macro in same if macro.summary),
            [example for macro in same for example in macro.examples],
        )


def generated() -> str:
    return "".join([*macros(), *functions(), "\n"])


def main() -> None:
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(before + BEGIN + generated() + END + after)


if __name__ == "__main__":
    main()
