"""The tester's program; what it does is in `runner`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Load the runner and run it; return its exit status."""
    # A third of the time until the first check is imports, and a sixth of that would be looking for garbage in modules.
    gc.disable()
    from grader_checks.runner import run  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    return run()


if __name__ == "__main__":
    sys.exit(main())
