"""What was read → an answer of exact quotes, a refusal, a summary or a list; questions to ask next.

``citations`` quotes, ``refusal`` refuses, ``overview`` tells of articles nobody searched for,
``suggestions`` makes questions, ``markdown`` exports. May import ``reader``, ``question``, types.
"""
