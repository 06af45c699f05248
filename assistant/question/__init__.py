"""A message and the conversation before it → ``Query``: what is asked, known once.

``understand`` puts it together from ``intent``, ``followup`` (or ``rewrite``, with an LLM),
``period`` and ``answer_type``; ``messages`` reads other programs' conversations. May import
``language``, ``llm``, types and errors.
"""
