"""Which rendering a ledger entry was made with."""

RENDERING = 1
"""Raised whenever any golden output changes, so that a changed manifest can be told apart
from a changed definition."""
