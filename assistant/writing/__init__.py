"""Evidence → prompt → the sentences an LLM writes, cleaned, and checked against the quotes.

The only room that imports ``checking``. May import ``answer``, ``reader``, ``question``, ``llm``
and what lies below them; a question that no LLM answers does not come here.
"""
