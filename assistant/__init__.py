"""From a question to a cited answer; the only public names are those listed here.

Importing this package loads no torch, chromadb or gradio: they load where they are used.
"""

from __future__ import annotations

from assistant.chain import Assistant, open_assistant
from assistant.errors import QuestionError
from assistant.trace import Update
from assistant.types import Answer, Citation, CitedArticle, Sentence, Turn
from index.errors import UserError

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "CitedArticle",
    "QuestionError",
    "Sentence",
    "Turn",
    "Update",
    "UserError",
    "open_assistant",
]
