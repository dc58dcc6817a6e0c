"""Every expression that stands in the public samples can be read."""

import re

from openchoreo.cel.limits import Limits
from openchoreo.cel.macros import STANDARD
from openchoreo.cel.parser import parse

from .samples import SAMPLES, needs_samples

MACROS = {macro.key: macro for macro in STANDARD}
ONE_LINE = re.compile(r"\$\{([^{}\n]+)\}")


def expressions():
    folders = ("openchoreo", "community-modules", "sample-gitops", "platform")
    files = [path for name in folders for path in (SAMPLES / name).rglob("*.yaml")]
    return sorted({found for path in files for found in ONE_LINE.findall(path.read_text())})


# In comments that speak of expressions.
PROSE = {"...", "parameters.*"}


@needs_samples
def test_the_samples_parse():
    found = [source for source in expressions() if source not in PROSE]
    assert len(found) > 300
    for source in found:
        # As YAML's double quotes have it.
        parse(source.replace('\\"', '"').replace("\\n", "\n"), MACROS, Limits())
