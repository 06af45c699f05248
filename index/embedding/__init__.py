"""Texts → vectors of texts, sentences and tokens.

``load`` opens a model's exported copy, which ``export`` makes with torch; ``embedder`` runs it,
``encoder`` knows what is embedded for a passage. Knows neither ``sources`` nor ``vectors``.
"""
