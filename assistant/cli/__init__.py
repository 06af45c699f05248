"""The command line: parse, call one thing, print; exit codes are in ``commands``."""

from assistant.cli.commands import main

__all__ = ["main"]
