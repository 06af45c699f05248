"""A written sentence against quotes → a verdict with its reason, and the quotes to cite.

May import ``language``, ``types`` and ``index.words``; only ``writing`` imports it.
"""
