"""Files, folders and addresses → articles, and what could not be read and why.

``read`` goes through all of them, ``folders`` finds the files, ``fetch`` brings what an address
shows, ``addresses`` and ``feed`` make articles of it.

Imports readers and the ground floor; nothing of embedding, vectors or the catalogue.
"""
