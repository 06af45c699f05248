"""The chat: what is asked, answers with their sources, the article opened at a quote.

A click goes from a button (``buttons``) by its event's name through ``page.js`` to the method of
that name in ``actions``; what is typed goes to ``asking``; ``paint`` shows what came of it. It may
import ``web.html``, ``web.handlers``, ``server`` and what stands below; nothing of the other tab,
but that ``page`` puts both together.
"""
