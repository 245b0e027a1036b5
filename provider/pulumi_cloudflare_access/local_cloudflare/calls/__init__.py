"""One request as a handler gets it, what it answers, and what bodies and refusals share."""
