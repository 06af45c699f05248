"""Sealed Chroma generations: written beside the live one, verified, searched, repaired."""
