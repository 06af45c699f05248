"""The command line: ``assistant ask``, ``assistant serve`` and ``assistant index …``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from index.cli import AsJson, IndexFolder, run
from index.cli import app as index_app
from index.display import progress_bar

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask your own articles; every answer quotes and cites them.",
)
app.add_typer(index_app, name="index")

Llm = Annotated[
    str | None,
    typer.Option(help="LLM that phrases the answers, as provider:model; see the README."),
]

NOT_IN_ARTICLES = 3
"""Exit code of ``ask`` when the articles do not answer."""


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In plain words; - reads it from a pipe.")],
    index: IndexFolder = None,
    llm: Llm = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show how the answer came about.")] = (
        False
    ),
    as_json: AsJson = False,
) -> None:
    """Answer one question with quotes from the articles; exits 3 if they do not answer."""
    from assistant.chain import open_assistant

    asked = sys.stdin.read() if question == "-" else question
    with progress_bar() as progress:
        answer, trace = open_assistant(index, llm=llm, progress=progress).explain(asked)
    from assistant.cli.output import print_answer, print_json

    if as_json:
        print_json(answer, trace, explain=explain)
    else:
        print_answer(answer, trace, explain=explain)
    if answer.kind == "not_in_articles":
        raise typer.Exit(NOT_IN_ARTICLES)


@app.command(name="eval")
def evaluate(
    questions: Annotated[
        Path, typer.Argument(help="A folder of articles with questions.jsonl, or a CSV file.")
    ],
    index: IndexFolder = None,
    limit: Annotated[int | None, typer.Option(help="Ask only so many, evenly chosen.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw them (.png, .svg, .pdf).")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Earlier --json file; exits 1 if a figure fell.")
    ] = None,
) -> None:
    """Measure finding, answering, citing and refusing on a set of questions."""
    from assistant.evaluation.command import run_evaluation

    fallen = run_evaluation(questions, index, limit, json_file, picture, compare)
    if fallen:
        raise typer.Exit(1)


@app.command()
def calibrate(
    questions: Annotated[
        Path, typer.Argument(help="A folder of articles with questions.jsonl, or a CSV file.")
    ],
    index: IndexFolder = None,
    share: Annotated[
        float,
        typer.Option(
            min=0.001, max=0.999, help="Of unanswerable questions that may be given an answer."
        ),
    ] = 0.2,
    level: Annotated[
        float, typer.Option("--confidence", min=0.5, max=0.9999, help="That the promise holds.")
    ] = 0.95,
    as_json: AsJson = False,
) -> None:
    """Work out the threshold below which to refuse, so that a promise about refusing holds."""
    from assistant.evaluation.command import run_calibration

    run_calibration(questions, index, share, level, as_json=as_json)


@app.command()
def serve(
    index: IndexFolder = None,
    llm: Llm = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 7860,
    articles: Annotated[
        Path | None, typer.Option(help="Articles to index first if there is no index.")
    ] = None,
    auth: Annotated[
        str | None, typer.Option(metavar="USER", help="Ask for ASSISTANT_PASSWORD.")
    ] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let in whoever comes.")] = False,
) -> None:
    """Start the browser chat."""
    from assistant.server.access import Access
    from assistant.web import serve as serve_page

    serve_page(index, Access(host, port, auth, insecure), articles=articles, llm=llm)


@app.command(name="mcp")
def serve_mcp(
    index: IndexFolder = None,
    llm: Llm = None,
    http: Annotated[bool, typer.Option("--http", help="Over HTTP instead of a pipe.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on, with --http.")] = 7861,
    auth: Annotated[
        str | None, typer.Option(metavar="USER", help="Ask for ASSISTANT_PASSWORD.")
    ] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let in whoever comes.")] = False,
) -> None:
    """Serve the articles as tools for programs with an LLM (Model Context Protocol)."""
    from assistant.server.access import Access
    from assistant.server.mcp import run_mcp

    run_mcp(index, llm, Access(host, port, auth, insecure) if http else None)


def main() -> None:
    """Run the command line."""
    run(app, "assistant")
