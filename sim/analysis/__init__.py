"""The researcher's bench: what carries an answer, when a choice fails, what to learn first, what is best."""
