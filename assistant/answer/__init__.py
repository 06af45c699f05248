"""What was read → an answer of exact quotes, a refusal, a summary or a list."""
