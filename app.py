"""Start the browser chat: ``python app.py``. Articles that have no index yet are indexed first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.web import HOST, PORT, Access, serve
from index.errors import UserError

SAMPLES = Path(__file__).resolve().parent / "articles"


def main(
    index: Annotated[Path | None, typer.Option(help="Folder of the index.")] = None,
    articles: Annotated[
        Path, typer.Option(help="Articles to index when there is no index yet.")
    ] = SAMPLES,
    llm: Annotated[
        str | None, typer.Option(help="LLM that phrases the answers, as provider:model.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = PORT,
    auth: Annotated[
        str | None, typer.Option(metavar="USER", help="Ask for ASSISTANT_PASSWORD.")
    ] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let in whoever comes.")] = False,
) -> None:
    """Ask your articles in the browser."""
    try:
        serve(index, Access(host, port, auth, insecure), articles=articles, llm=llm)
    except UserError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
