"""How well it finds, answers, cites and refuses: question sets → figures with intervals."""
