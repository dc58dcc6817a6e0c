"""Where the public inputs are, if they are."""

import os
from pathlib import Path

import pytest

SAMPLES = Path(
    os.environ.get("OPENCHOREO_SAMPLES", "")
    or Path(__file__).resolve().parents[2].parent / "shared" / "samples"
)

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"NOT RUN: no samples at {SAMPLES} (set OPENCHOREO_SAMPLES)"
)
