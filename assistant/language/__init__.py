"""What a text says in names, amounts, dates and negations; knows only ``index.words``."""
