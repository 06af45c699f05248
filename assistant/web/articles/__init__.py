"""The tab of the articles: the list, uploads, builds."""
