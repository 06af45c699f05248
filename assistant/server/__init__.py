"""The doors for other programs: HTTP, MCP, and who may come in; no gradio."""
