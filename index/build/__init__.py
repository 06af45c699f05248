"""Articles and an index → the next state of the index: plan, apply, commit.

``plan`` compares what is read with what is indexed, ``apply`` carries the plan out, ``build`` says
who may do so and when, ``watch`` does it again whenever a folder changes.

Imports everything of the index but search, listing and status, and the commands.
"""
