"""Evidence → prompt → the sentences an LLM writes, cleaned, and checked against the quotes."""
