"""A written sentence against quotes → a verdict with its reason; knows language and types only."""
