"""An answer → the terminal: for a person or as JSON, on request with how it came about."""

from __future__ import annotations

import json

import typer
from rich.console import Console

from assistant.cli.explain import explanation_dict, explanation_lines
from assistant.trace import Trace
from assistant.types import Answer, answer_lines


def print_answer(answer: Answer, trace: Trace | None, *, explain: bool) -> None:
    """Print an answer for a person; with ``explain``, how it came about, too."""
    lines = [*answer_lines(answer)]
    if explain:
        lines += explanation_lines(answer, trace)
    console = Console(highlight=False, soft_wrap=True)
    for style, text in lines:
        console.print(text, style=style, markup=False)


def print_json(answer: Answer, trace: Trace | None, *, explain: bool) -> None:
    """Print an answer for a program; with ``explain``, how it came about, too."""
    values = answer.to_dict()
    if explain:
        values["explanation"] = explanation_dict(trace)
    typer.echo(json.dumps(values, ensure_ascii=False, indent=2))
