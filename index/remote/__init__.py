"""An index on a Chroma server: pushed there, copied from there, followed.

``server`` knows the collections, ``records`` what travels, ``push`` and ``sync`` carry it, one push
at a time by a ``lease``; ``replica`` keeps a program's copy up with the server.

Imports catalogue, vectors, passages and the ground floor; nothing of building or searching.
"""
