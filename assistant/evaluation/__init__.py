"""How well it finds, answers, cites and refuses: question sets → figures with intervals.

``questions`` loads a set, ``run`` asks it, ``metrics`` works out the figures, ``plots`` draws them,
``command`` is ``assistant eval``. May import ``chain`` and what stands below it.
"""
