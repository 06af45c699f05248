"""Passages → LangChain's ``Document``s, with the place where they stand in their metadata."""

from __future__ import annotations

from collections.abc import Iterator

from langchain_core.documents import Document

from index import Article, ArticleInfo, Hit, Passage, View


def document_of(view: View, hit: Hit) -> Document:
    """Return a passage that was found; its metadata holds its ``score``, too."""
    article = view.article(hit.article.id)
    document = _document(hit.article, hit.passage, hit.text, article)
    document.metadata["score"] = hit.score
    return document


def all_documents(view: View) -> Iterator[Document]:
    """Yield every passage, article by article, in reading order."""
    for info in view.articles():
        article = view.article(info.id)
        for passage in view.passages(info.id):
            text = article.text[passage.start : passage.end] if article else ""
            yield _document(info, passage, text, article)


def _document(info: ArticleInfo, passage: Passage, text: str, article: Article | None) -> Document:
    return Document(
        id=passage.id,
        page_content=text,
        metadata={
            "title": info.title,
            "author": info.author,
            "published": info.published,
            "source": info.source,
            "article_id": info.id,
            "passage_id": passage.id,
            "section": article.section_at(passage.start) if article else None,
            "page": article.page_at(passage.start) if article else None,
            "start": passage.start,
            "end": passage.end,
        },
    )
