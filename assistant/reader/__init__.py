"""Passages → the sentences that answer, or the finding that none does; no LLM.

``read`` goes the way: ``judgement`` says how likely each sentence answers and how surely the
articles do, by the encoder in ``joint`` or by comparing vectors, whose figures ``features``,
``confidence`` and ``trees`` weigh; ``conflicts`` finds articles that differ; ``boilerplate`` is
never quoted; ``selection`` and ``excerpts`` choose what is. May import ``question``, ``language``.
"""
