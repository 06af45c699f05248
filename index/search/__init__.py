"""A question → ranked passages, and how near each of their sentences is.

``open`` opens an index and follows its generations, ``view`` is one commit of it for one question,
``fusion`` ranks passages, ``sentences`` and ``maxsim`` measure sentences, ``spelling`` corrects
words.
"""
