"""The doors for other programs: HTTP like OpenAI's, MCP, and who may come in.

It may import ``chain`` and all that stands below it; nothing of ``web`` or ``cli``, and no Gradio.
"""
