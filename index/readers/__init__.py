"""The content of one file → what it says of title, author, date and text; one module a format.

Each has a function ``read(data: bytes) -> Draft`` (JSON lines, which hold many articles, have
``read_lines``) and an entry in ``registry``, which all that must know formats asks. What may be led
astray by a file is read in a process of its own (``sandbox``).

Imports from index only types, text and own_process.
"""
