"""Start the MCP server: over standard input and output, or over HTTP behind the same guard."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from assistant.chain import open_assistant
from assistant.errors import MissingExtraError
from assistant.server.access import Access, Guard, check_address, read_login, require_safe
from assistant.server.login import PasswordCheck, PasswordWall


def run_mcp(index_dir: Path | None, llm: str | None, access: Access | None) -> None:
    """Serve the tools until the client leaves, or until it is interrupted.

    Args:
        index_dir: Folder of the index; the one in the settings if None.
        llm: ``provider:model`` of the LLM that phrases the answers; else what the settings name.
        access: Where to listen for HTTP, and who may come in; None: standard input and output.

    Raises:
        MissingExtraError: The package ``mcp`` is not installed.
        UserError: The address is not safe or not free, or there is no usable index.
    """
    if find_spec("mcp") is None:
        raise MissingExtraError(
            "The MCP server needs the package mcp; install it with "
            "`pip install -c constraints.txt -e '.[mcp]'`."
        )
    if access is None:
        from assistant.server.mcp_tools import build_server

        build_server(open_assistant(index_dir, llm=llm)).run("stdio")
        return
    require_safe(access)
    login = read_login(access)
    password_check = PasswordCheck(login) if login else None
    check_address(access.host, access.port)
    import uvicorn
    from mcp.server.transport_security import TransportSecuritySettings

    from assistant.server.mcp_tools import build_server

    server = build_server(open_assistant(index_dir, llm=llm))
    # Host and origin are the Guard's to judge: it knows this computer's names and --auth.
    own = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = server.streamable_http_app(transport_security=own, host=access.host)
    guarded = Guard(PasswordWall(app, password_check), any_name=access.any_name)
    uvicorn.run(guarded, host=access.host.strip("[]"), port=access.port, log_level="warning")
