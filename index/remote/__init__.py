"""An index on a Chroma server: published, copied, followed."""
