"""The browser chat: a Gradio page over an ``Assistant``. Importing this loads no Gradio.

The only room that knows Gradio. It may import ``server``, ``chain`` and what stands below, and the
public names of ``index``; only ``cli`` and ``app.py`` import it.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from assistant.server.access import (
    HOST,
    PORT,
    Access,
    check_address,
    read_login,
    require_safe,
    taken,
)
from index.errors import IndexMissingError
from index.settings import IndexSettings, read_settings

if TYPE_CHECKING:
    from assistant.chain import Assistant

__all__ = ["HOST", "PORT", "Access", "serve"]

LOCAL = Access()


def serve(
    index_dir: Path | None = None,
    access: Access = LOCAL,
    *,
    articles: Path | None = None,
    llm: str | None = None,
) -> None:
    """Serve the page until it is interrupted.

    Args:
        index_dir: Folder of the index; the one in the settings if None.
        access: Where to listen, and who may come in.
        articles: What to index first when there is no index yet.
        llm: ``provider:model`` of the LLM that phrases the answers; else what the settings name.

    Raises:
        UserError: The address cannot be used or is not safe, or there is no index that can be used.
    """
    require_safe(access)
    login = read_login(access)
    check_address(access.host, access.port)
    _stay_offline()
    assistant = _open(index_dir, articles, llm)
    import typer

    from assistant.server.login import PasswordCheck
    from assistant.server.openai_api import api_routes
    from assistant.web.chat.page import AT_ONCE, build_page, start_page

    password_check = PasswordCheck(login) if login else None
    page = build_page(assistant, feedback_file(index_dir), Path(assistant.status().directory))
    with TemporaryDirectory(prefix="article-assistant-") as incoming:
        os.environ["GRADIO_TEMP_DIR"] = incoming  # Gradio's own is open to everyone's eyes
        try:
            start_page(page, access, password_check, api_routes(assistant, password_check, AT_ONCE))
        except OSError as error:  # it was free a moment ago
            raise taken(access.port) from error
        typer.echo(f"Article Assistant is ready at {page.local_url} (Ctrl+C stops it).")
        page.block_thread()


def feedback_file(index_dir: Path | None) -> Path:
    """Return the file beside an index that takes what readers think of answers."""
    folder = (index_dir or read_settings(IndexSettings).index).resolve()
    # Beside it, not in it: an index can be deleted and made again, opinions cannot.
    return folder.with_name(f"{folder.name}.feedback.jsonl")


def _stay_offline() -> None:
    """Switch off what Gradio would send or store; it reads these when it is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"


def _open(index_dir: Path | None, articles: Path | None, llm: str | None) -> Assistant:
    from assistant.chain import open_assistant

    try:
        assistant = open_assistant(index_dir, llm=llm)
        assistant.status()
    except IndexMissingError:
        if articles is None:
            raise
    else:
        return assistant
    from index.cli import build_with_progress

    build_with_progress([articles], index_dir or read_settings(IndexSettings).index)
    return open_assistant(index_dir, llm=llm)
