"""The command line: parse, call one thing, print; exit codes are in ``commands``.

It may import everything of ``assistant`` and the public names of ``index``; nothing imports it.
"""

from assistant.cli.commands import main

__all__ = ["main"]
