"""Texts → vectors of texts, sentences and tokens."""
