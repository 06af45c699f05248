"""``python -m index …``: the index commands."""

from index.cli import main

main()
