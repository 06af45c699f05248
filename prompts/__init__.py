"""The words the assistant says and sends: plain text files with checked variables.

A template is ``NAME.txt`` in this folder; ``{variable}`` marks what is filled in.
"""

from __future__ import annotations

import string
from functools import lru_cache
from pathlib import Path


@lru_cache
def _template(name: str) -> str:
    return (Path(__file__).parent / f"{name}.txt").read_text("utf-8").strip()


def fill(name: str, **values: str | int) -> str:
    """Fill the template ``name``.

    Raises:
        ValueError: The values given are not exactly the variables of the template.
    """
    template = _template(name)
    wanted = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    if wanted != set(values):
        raise ValueError(f"{name}.txt takes {sorted(wanted)}, not {sorted(values)}")
    return template.format(**values)


__all__ = ["fill"]
