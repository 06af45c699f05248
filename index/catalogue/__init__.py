"""The SQLite file that is the truth of an index: articles, passages, vectors and words.

``database`` opens it, ``snapshot`` and ``full_text`` read it as of one commit, ``writer`` changes
it, ``rows`` checks each row against its checksum, ``lock`` lets one builder in.

Imports only the ground floor: types, errors, words, layout, file_stamps.
"""
