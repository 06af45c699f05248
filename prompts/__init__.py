"""The words the assistant says and sends: plain text files with checked variables.

A template is ``NAME.txt`` in this folder; ``{variable}`` marks what is filled in, ``{{`` and ``}}``
are braces. Those named ``llm_…`` are sent to an LLM, and a folder of one's own can replace them.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

_OURS = Path(__file__).parent
_FOR_LLM = "llm_*.txt"


class PromptError(ValueError):
    """A prompt cannot be used; the message says which and how it should be."""


@lru_cache
def _template(name: str) -> str:
    return (_OURS / f"{name}.txt").read_text("utf-8").strip()


def _variables(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


def fill(name: str, **values: str | int) -> str:
    """Fill the template ``name``.

    Raises:
        ValueError: The values given are not exactly the variables of the template.
    """
    return _filled(name, _template(name), values)


def _filled(name: str, template: str, values: Mapping[str, str | int]) -> str:
    wanted = _variables(template)
    if wanted != set(values):
        raise ValueError(f"{name}.txt takes {sorted(wanted)}, not {sorted(values)}")
    return template.format(**values)


class Prompts:
    """What is sent to an LLM: the words of this folder, or those of a folder of one's own."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read and check the user's prompts.

        Args:
            folder: Holds any of the ``llm_….txt`` files, with the same variables; None: ours.

        Raises:
            PromptError: One cannot be read, has another name or other variables.
        """
        self._own = dict(_read_own(folder)) if folder else {}

    def fill(self, name: str, **values: str | int) -> str:
        """Fill the prompt ``name``.

        Raises:
            ValueError: The values given are not exactly its variables.
        """
        return _filled(name, self._own.get(name) or _template(name), values)


def _read_own(folder: Path) -> Iterator[tuple[str, str]]:
    known = sorted(path.name for path in _OURS.glob(_FOR_LLM))
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise PromptError(f"{folder} holds no prompts; it should hold one of {', '.join(known)}")
    for path in files:
        if path.name not in known:
            raise PromptError(f"{path} is no prompt that is used; name it {' or '.join(known)}")
        try:
            template = path.read_text("utf-8").strip()
            found = _variables(template)
            template.format(**dict.fromkeys(found, ""))
        except (OSError, ValueError, LookupError) as error:
            raise PromptError(
                f"{path} cannot be used ({error}); a brace that marks no variable is doubled"
            ) from error
        _check(path, template, found)
        yield path.stem, template


def _check(path: Path, template: str, found: set[str]) -> None:
    wanted = _variables(_template(path.stem))
    for each in sorted(wanted - found):
        raise PromptError(f"{path} lacks the variable {{{each}}}")
    for each in sorted(found - wanted):
        allowed = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
        raise PromptError(f"{path} has the unknown variable {{{each}}}; it may have {allowed}")
    if not template:
        raise PromptError(f"{path} is empty; write a prompt or delete it")


__all__ = ["PromptError", "Prompts", "fill"]
