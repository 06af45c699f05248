"""What several formats need: encodings, head lines, dates, authors, titles, sections.

Imports only types and text.
"""
