"""The content of one file goes in, what it says of title, author, date and text comes out.

One reader per format; each is a function ``read(data: bytes) -> Draft`` (JSON lines, which hold
many articles, have ``read_lines``). `index.sources.read` chooses the reader and reports failures.
"""
