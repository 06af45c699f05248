"""Passages → the sentences that answer, or the finding that none does; no LLM."""
