"""How well it finds, answers, cites and refuses: question sets → figures with intervals.

``questions`` loads a set, ``run`` asks it, ``metrics`` works out the figures, ``plots`` draws them;
``confidences`` asks it for the threshold that ``calibration`` works out. ``command`` is the work
behind ``assistant eval`` and ``assistant calibrate``. May import ``chain`` and what is below it.
"""
