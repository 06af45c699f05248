"""The SQLite catalogue, which is the truth: tables, rows with checksums, transactions, the lock."""
