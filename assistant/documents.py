"""A passage that was found → LangChain's ``Document``, with the place where it stands."""

from __future__ import annotations

from langchain_core.documents import Document

from index import Hit, View


def document_of(view: View, hit: Hit) -> Document:
    """Return a passage's text, with its article and its offsets in the metadata."""
    article = view.article(hit.article.id)
    start = hit.passage.start
    return Document(
        id=hit.passage.id,
        page_content=hit.text,
        metadata={
            "title": hit.article.title,
            "author": hit.article.author,
            "published": hit.article.published,
            "source": hit.article.source,
            "article_id": hit.article.id,
            "passage_id": hit.passage.id,
            "section": article.section_at(start) if article else None,
            "page": article.page_at(start) if article else None,
            "start": start,
            "end": hit.passage.end,
            "score": hit.score,
        },
    )
