"""The assistant as LangChain objects: runnable, retriever, documents, runs."""
