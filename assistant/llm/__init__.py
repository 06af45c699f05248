"""How a chat model is named, called, timed and how it fails; what could steer it from outside.

Knows no question and no evidence. May import ``errors``, ``settings``, ``index.text`` and
``index.network``; only ``providers`` knows the providers' packages.
"""
