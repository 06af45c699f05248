"""The tab of the articles: their list, charts, uploads, builds and their progress.

``tab`` lays it out and connects it; ``markup`` and ``charts`` are pure; ``uploads`` and ``builds``
know no Gradio. It may import ``web.html``, ``web.handlers`` and the public names of ``index``;
nothing of the chat.
"""
