"""What a text says in names, amounts, dates and negations; imports only ``index.words``."""
