"""How a command ends that cannot do what it was asked for."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

import click

from openchoreo.errors import OpenChoreoError


@contextmanager
def problems_told() -> Generator[None]:
    """Problems go to standard error, without a traceback, and the command exits with 1."""
    try:
        yield
    except OpenChoreoError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


INTERRUPTED = 130
"""As shells tell of a program that was ended by Ctrl-C."""


@contextmanager
def interrupts_quiet() -> Generator[None]:
    """For what goes on until Ctrl-C, which is no accident then."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
