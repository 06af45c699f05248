"""A question → ranked passages, and how near each of their sentences is."""
