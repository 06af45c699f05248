"""Plan → apply → commit, and watching for what changes."""
