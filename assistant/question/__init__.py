"""A message and the conversation before it → what is asked."""
