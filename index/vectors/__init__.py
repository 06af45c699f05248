"""Sealed Chroma generations: written beside the live one, verified, searched, repaired.

``chroma`` alone knows chromadb; ``write`` makes a generation, ``inspector`` has another process
look at it, ``seal`` tells whether it is still as it was written, ``generations`` commits it with
the catalogue.

Imports catalogue and the ground floor; nothing of sources or embedding.
"""
