"""Our own code → the command and the environment that run it in a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGES = str(Path(__file__).resolve().parent.parent)


def own_command(*arguments: str) -> list[str]:
    """Return the command that gives arguments, such as ``-m`` and a module, to our interpreter."""
    # -P: the working folder may hold downloaded files, and none of them is to be run.
    return [sys.executable, "-P", *arguments]


def own_environment(**variables: str) -> dict[str, str]:
    """Return an environment in which our packages are found, with variables besides."""
    path = os.pathsep.join(filter(None, [_PACKAGES, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, **variables}
