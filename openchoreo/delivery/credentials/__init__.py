"""Literals that look like credentials: they would be recorded for ever, and readable.

literals   every literal of a document, and what it is called
names      what a name promises, and whether a value looks real
looking    both together, and what somebody else knows of well-known keys and tokens
"""

from openchoreo.delivery.credentials.literals import Literal, literals
from openchoreo.delivery.credentials.looking import IN_URL, Finding, KnownIn, looks_like

__all__ = ["IN_URL", "Finding", "KnownIn", "Literal", "literals", "looks_like"]
