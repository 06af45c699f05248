"""``python -m assistant …``: the command line."""

from assistant.cli.commands import main

main()
