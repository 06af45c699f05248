"""Passages → the sentences that answer, or the finding that none does; no LLM.

``read`` goes the way: ``features`` and ``trees`` give each sentence its chance, ``confidence``
decides whether the articles answer at all, ``conflicts`` finds articles that differ, ``selection``
and ``excerpts`` choose what is quoted. May import ``question`` and ``language``.
"""
