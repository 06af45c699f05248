"""The assistant as LangChain objects: runnable, retriever, documents, and runs for tracers.

It may import ``trace``, ``answering`` and what stands below them; ``chain`` imports it, so it
knows ``chain`` not even for its types, and nothing of ``server`` or ``web``.
"""
