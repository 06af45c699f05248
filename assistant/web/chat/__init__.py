"""The chat: conversation, answers, sources, the article opened at a quote."""
