"""How the handlers of both tabs are registered with Gradio, and what they return."""

from __future__ import annotations

from typing import Any, Final

Changes = dict[Any, Any]
"""New values by component: what a Gradio handler returns."""

# What can fail goes through the queue: without it, Gradio drops its warnings.
QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
"""How the page's own events are registered: no spinner, no entry in the public API."""
