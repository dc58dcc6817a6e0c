"""What a cluster does takes its time; how long is no test's business."""

import time

PATIENCE = 120.0  # seconds; a kubelet may have images to pull
PAUSE = 0.1


def eventually(ask, wanted):
    """What `ask` gives as soon as it is wanted; else a failure that shows the last of it."""
    limit = time.monotonic() + PATIENCE
    while not wanted(given := ask()):
        assert time.monotonic() < limit, given
        time.sleep(PAUSE)
    return given
