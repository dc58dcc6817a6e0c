"""`make schemas`: the JSON Schemas for editors, made from the models that read the files."""

from __future__ import annotations

from openchoreo.schemas import shipped
from tools.console import ROOT, main

FOLDER = ROOT / "openchoreo" / "schemas"


def write() -> int:
    for name, text in shipped().items():
        (FOLDER / name).write_text(text, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    main(write)
