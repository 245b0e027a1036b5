"""Requests as handlers get them, their answers, and checks and refusals that all kinds share."""
